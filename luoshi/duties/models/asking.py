"""What a unit asks of whoever gave it the work, pauses, and effect checks after closure."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import OrganisationKey, OrganisationModel, Versioned
from luoshi.duties.models.work import Assignment, Occurrence
from luoshi.orgs.models import Unit


class Request(Versioned):
    """What a unit asks of whoever gave it the work, with a reason; decided on that side (申请).

    `wanted_on` is the new day (extension), or when an answer is expected (pause). `awaits` names
    whose answer a pause waits for. An objection is about the whole assignment, the others about
    one occurrence. `granted_on` is the day that was granted; `moved_to` the unit that takes over.
    """

    class Kind(models.TextChoices):
        EXTENSION = "extension", _("Extension")
        PAUSE = "pause", _("Pause")
        WAIVER = "waiver", _("Waiver")
        OBJECTION = "objection", _("Objection")

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", _("Taken back")
        LAPSED = "lapsed", _("No longer needed")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    assignment = OrganisationKey(Assignment, models.PROTECT, related_name="requests")
    occurrence = OrganisationKey(Occurrence, models.PROTECT, related_name="requests", null=True)
    reason = models.CharField(max_length=500)
    wanted_on = models.DateField(null=True)
    awaits = models.CharField(max_length=100, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    said_by = models.CharField(max_length=60, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    granted_on = models.DateField(null=True)
    moved_to = OrganisationKey(Unit, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "assignment", "occurrence", "kind"],
                condition=Q(state="asked", occurrence__isnull=False),
                name="request_one_open",
            ),
            models.UniqueConstraint(
                fields=["organisation", "assignment", "kind"],
                condition=Q(state="asked", occurrence__isnull=True),
                name="request_one_open_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "asked_at"],
                condition=Q(state="asked"),
                name="request_waiting",
            )
        ]


class Pause(OrganisationModel):
    """An occurrence stands still while somebody else's answer is awaited (暂停).

    `was` is the state that it goes back to; the days of the pause are added to its day at the end.
    """

    occurrence = OrganisationKey(Occurrence, models.PROTECT, related_name="pauses")
    was = models.CharField(max_length=10)
    awaits = models.CharField(max_length=100)
    reason = models.CharField(max_length=500)
    since_on = models.DateField()
    expected_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "occurrence"],
                condition=Q(ended_on__isnull=True),
                name="pause_one_open",
            )
        ]


class EffectCheck(OrganisationModel):
    """What a check found some time after closure, by somebody outside, against the measure.

    `found` is what was seen or counted. `again_on` is the day for doing it again, where it had no
    effect.
    """

    class Verdict(models.TextChoices):
        EFFECTIVE = "effective", _("Effective")
        INEFFECTIVE = "ineffective", _("Without effect")

    assignment = OrganisationKey(Assignment, models.PROTECT, related_name="checks")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    found = models.CharField(max_length=1000)
    again_on = models.DateField(null=True)
    cross_check = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "assignment", "at"], name="checks_of")]
