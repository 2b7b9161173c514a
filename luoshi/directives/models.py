"""Directives, requirements bound to characters of their text, and the tasks drafted from them.

A requirement says what the text asks and how it was triaged; a task says who does what by when.
Each requirement gets one draft task at import, so that its fields have one place; it goes out only
when the requirement is triaged `task`. More tasks may share a requirement.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import OrganisationKey, OrganisationModel, StoredFile, Versioned
from luoshi.orgs.models import Appointment, Unit


class Directive(Versioned):
    """A document that deploys work. `text` never changes; `sha256` is over its UTF-8 bytes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CONFIRMED = "confirmed", _("Triage confirmed")
        ISSUED = "issued", _("Issued")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    owner = OrganisationKey(Unit, models.PROTECT, related_name="directives")
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True)
    year = models.PositiveSmallIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    source_name = models.CharField(max_length=200)
    source = OrganisationKey(StoredFile, models.PROTECT, related_name="+", null=True)
    outline = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    handed_out_at = models.DateTimeField(null=True)
    price = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="directive_newest"),
            models.Index(fields=["organisation", "sha256"], name="directive_by_text"),
        ]

    def __str__(self) -> str:
        return self.title


class Triage(models.TextChoices):
    """What a requirement is taken for (DESIGN.md idea 1)."""

    UNDECIDED = "undecided", _("For you to decide")
    CONTEXT = "context", _("Context")
    COVERED = "covered", _("Covered")
    RELAYED = "relayed", _("Relayed")
    TASK = "task", _("Task")


class Requirement(Versioned):
    """Something the text asks: characters `start` to `end` (code points, `end` exclusive).

    Fields of the reader are kept as it proposed them; a person's edits are changes of the row.
    `decided` tells a person's choice from the default. `bound` names the bound that the clause
    touches (tracking, opinion, ranking), empty for none. `confidence` is the reader's, of a
    hundred; None where the rules alone or a person marked the clause.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        DISMISSED = "dismissed", _("Not taken")
        REPLACED = "replaced", _("Replaced by split or merge")

    directive = OrganisationKey(Directive, models.PROTECT, related_name="requirements")
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    heading_path = models.JSONField(default=list)
    actors = models.JSONField(default=list)
    lead = models.JSONField(default=list)
    support = models.JSONField(default=list)
    deadline = models.CharField(max_length=200, blank=True)
    cadence = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20)
    modality = models.CharField(max_length=20)
    relayed = models.BooleanField(default=False)
    why = models.JSONField(default=list)
    confidence = models.PositiveSmallIntegerField(null=True)
    bound = models.CharField(max_length=20, blank=True)
    selectors = models.JSONField(default=list)
    triage = models.CharField(max_length=12, choices=Triage.choices)
    decided = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    reason = models.CharField(max_length=500, blank=True)
    covered_by = models.JSONField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="requirement_span"),
        ]
        indexes = [
            models.Index(fields=["organisation", "directive", "position"], name="requirement_order")
        ]


class TaskKind(models.TextChoices):
    """Row S28: key work has milestones, basic work a cadence, hard work repeats until verified."""

    KEY = "key", _("Key")
    BASIC = "basic", _("Basic")
    HARD = "hard", _("Hard")


class Task(Versioned):
    """This year's task: what, checked by what, by when or how often, under which leader.

    `leader` is empty until a person chooses; `leader_proposed` and its reason come from the
    portfolios and are never filled in silently.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    directive = OrganisationKey(Directive, models.PROTECT, related_name="tasks")
    requirement = OrganisationKey(Requirement, models.PROTECT, related_name="tasks")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    measure = models.TextField()
    check_text = models.CharField(max_length=200, blank=True)
    task_kind = models.CharField(max_length=8, choices=TaskKind.choices)
    due_on = models.DateField(null=True)
    due_why = models.CharField(max_length=200, blank=True)
    rhythm = models.CharField(max_length=12, blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    leader = OrganisationKey(Appointment, models.PROTECT, related_name="+", null=True)
    leader_proposed = OrganisationKey(Appointment, models.PROTECT, related_name="+", null=True)
    leader_why = models.JSONField(default=dict)
    rewritten = models.BooleanField(default=False)
    rewrite_reason = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        indexes = [
            models.Index(fields=["organisation", "directive", "position"], name="task_order"),
            models.Index(fields=["organisation", "requirement"], name="task_by_requirement"),
        ]

    def __str__(self) -> str:
        return self.title


class Part(models.TextChoices):
    """A unit's part in a task."""

    LEAD = "lead", _("Lead")
    SUPPORT = "support", _("Support")


class TaskUnit(OrganisationModel):
    """A unit that a task goes to, and why: the phrase that named it, or a person's hand."""

    task = OrganisationKey(Task, models.CASCADE, related_name="units")
    unit = OrganisationKey(Unit, models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=Part.choices)
    phrase = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "task", "unit", "part"], name="task_unit_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "unit"], name="task_by_unit")]
