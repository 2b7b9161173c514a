"""目标管理: what a unit is to reach in a year, how that is measured, and its values over time."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import OrganisationKey, OrganisationModel, Versioned
from luoshi.directives.models import Task
from luoshi.orgs.models import Post, Unit

DIGITS, PLACES = 15, 4
"""Digits of a figure, and those behind the point: what both databases keep exactly."""


def figure(value: Decimal | None, words: str) -> str:
    """A number without noughts at its end, or the words in its place."""
    return words if value is None else f"{value.normalize():f}"


def one_of(number: str, words: str, name: str) -> models.CheckConstraint:
    """A figure is a number or words, never both and never neither."""
    return models.CheckConstraint(
        condition=Q(**{f"{number}__isnull": False, words: ""})
        | Q(**{f"{number}__isnull": True}) & ~Q(**{words: ""}),
        name=name,
    )


class Objective(Versioned):
    """What a unit is to reach by a day of a year: an indicator, and its target as number or words.

    `counted_in` is the unit of the figures (%, 处). `own` says that the unit set it for itself;
    one that was set from above is changed from above alone. `lead` is the post that answers for
    it. It is closed with a `result` by somebody outside the unit. Its figures are the unit's,
    never a person's.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Running")
        CLOSED = "closed", _("Concluded")

    class Result(models.TextChoices):
        NONE = "", _("No result yet")
        REACHED = "reached", _("Reached")
        NOT_REACHED = "not_reached", _("Not reached")
        DROPPED = "dropped", _("Dropped")

    unit = OrganisationKey(Unit, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    indicator = models.CharField(max_length=200)
    counted_in = models.CharField(max_length=20, blank=True)
    baseline = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    baseline_words = models.CharField(max_length=60, blank=True)
    target = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    target_words = models.CharField(max_length=60, blank=True)
    due_on = models.DateField()
    lead = OrganisationKey(Post, models.PROTECT, related_name="+", null=True)
    own = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    result = models.CharField(
        max_length=12, choices=Result.choices, default=Result.NONE, blank=True
    )
    found = models.CharField(max_length=500, blank=True)
    cross_check = models.BooleanField(default=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("target", "target_words", "objective_target"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(result="")
                | Q(state="open", closed_at__isnull=True, result=""),
                name="objective_closed_with_result",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "unit", "year", "due_on"], name="objective_of_unit"
            )
        ]

    @property
    def numbered(self) -> bool:
        """Whether the target is a number, so that every figure of it is one."""
        return self.target is not None

    @property
    def shown_target(self) -> str:
        """The target with its unit."""
        return self.counted(figure(self.target, self.target_words))

    @property
    def shown_baseline(self) -> str:
        """Where it began, with the unit; empty where nobody said."""
        return self.counted(figure(self.baseline, self.baseline_words))

    def counted(self, text: str) -> str:
        """A figure with the objective's unit: 95%, 12处, 12 sites."""
        if not text or not self.numbered:
            return text
        first = self.counted_in[:1]
        return f"{text}{' ' if first.isascii() and first.isalpha() else ''}{self.counted_in}"


class ObjectiveTask(OrganisationModel):
    """A task of the unit that serves an objective, until `ended_at`."""

    objective = OrganisationKey(Objective, models.PROTECT, related_name="links")
    task = OrganisationKey(Task, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "objective", "task"],
                condition=Q(ended_at__isnull=True),
                name="objective_task_once",
            )
        ]


class ObjectiveValue(OrganisationModel):
    """The indicator on a day, as the unit reports it; a correction is a row of its own.

    `corrects` is the row that this one takes the place of, with the `reason`; that row stays.
    `said_by` names who reported it where the office entered it (代录).
    """

    objective = OrganisationKey(Objective, models.PROTECT, related_name="values")
    on = models.DateField()
    value = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    words = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    said_by = models.CharField(max_length=60, blank=True)
    corrects = OrganisationKey("self", models.PROTECT, related_name="corrected_by", null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["on", "at", "id"]
        constraints = [
            one_of("value", "words", "objective_value_given"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, reason="")
                | Q(corrects__isnull=False) & ~Q(reason=""),
                name="objective_value_reason",
            ),
            models.UniqueConstraint(
                fields=["organisation", "corrects"],
                condition=Q(corrects__isnull=False),
                name="objective_value_corrected_once",
            ),
        ]

    @property
    def shown(self) -> str:
        """The figure without its unit."""
        return figure(self.value, self.words)


class ObjectiveChange(OrganisationModel):
    """An objective was changed, with the reason: `was` and `became` hold the changed values."""

    objective = OrganisationKey(Objective, models.PROTECT, related_name="changes")
    was = models.JSONField()
    became = models.JSONField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
