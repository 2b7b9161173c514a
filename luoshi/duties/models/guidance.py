"""指导意见、工作提示: what a unit above tells a unit below, its answer, and the effect it had."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import OrganisationKey, OrganisationModel, StoredFile, Versioned
from luoshi.directives.models import Directive
from luoshi.duties.models.work import Assignment, Occurrence
from luoshi.orgs.models import Unit


class Guidance(Versioned):
    """A note of a unit above (`giver`) to a unit below: no task, never overdue, never scored.

    It waits while an answer is asked until `answer_by` and none has come; a late one is taken.
    `effect`, `found` and `seen_on` are what the giving side saw later; that closes it. `follows`
    is the note that this one goes on from. At most one of directive, assignment, occurrence says
    what it is about.
    """

    class Kind(models.TextChoices):
        GUIDANCE = "guidance", _("Guidance")
        REMINDER = "reminder", _("Working reminder")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for an answer")
        OPEN = "open", _("Effect not yet noted")
        CLOSED = "closed", _("Effect noted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Effect(models.TextChoices):
        NONE = "", _("Not noted")
        EFFECTIVE = "effective", _("It helped")
        INEFFECTIVE = "ineffective", _("It did not help")

    giver = OrganisationKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit = OrganisationKey(Unit, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.CharField(max_length=100)
    text = models.TextField()
    directive = OrganisationKey(Directive, models.PROTECT, related_name="+", null=True)
    assignment = OrganisationKey(Assignment, models.PROTECT, related_name="+", null=True)
    occurrence = OrganisationKey(Occurrence, models.PROTECT, related_name="+", null=True)
    follows = OrganisationKey("self", models.PROTECT, related_name="further", null=True)
    answer_by = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    effect = models.CharField(
        max_length=12, choices=Effect.choices, default=Effect.NONE, blank=True
    )
    found = models.CharField(max_length=1000, blank=True)
    seen_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(directive__isnull=True, assignment__isnull=True)
                | Q(directive__isnull=True, occurrence__isnull=True)
                | Q(assignment__isnull=True, occurrence__isnull=True),
                name="guidance_about_one",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(answer_by__isnull=False),
                name="guidance_waits_until",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", seen_on__isnull=False) & ~Q(effect="")
                | ~Q(state="closed") & Q(seen_on__isnull=True, effect=""),
                name="guidance_closed_by_effect",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "unit", "state", "at"], name="guidance_of_unit"),
            models.Index(fields=["organisation", "giver", "state", "at"], name="guidance_given"),
        ]


class GuidanceAnswer(OrganisationModel):
    """What the unit answered; `said_by` names who did where the giving side entered it (代录)."""

    guidance = OrganisationKey(Guidance, models.PROTECT, related_name="answers")
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    said_by = models.CharField(max_length=60, blank=True)


class GuidanceFile(OrganisationModel):
    """A file of a note, or of an answer to it."""

    guidance = OrganisationKey(Guidance, models.PROTECT, related_name="attached")
    answer = OrganisationKey(GuidanceAnswer, models.PROTECT, related_name="attached", null=True)
    file = OrganisationKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "guidance", "file"], name="guidance_file_once"
            )
        ]
