"""Assignments (a task handed to a unit), their occurrences, submissions and reviews.

An occurrence goes open → submitted → accepted | returned, or is waived, or paused for a while;
overdue is computed from `due_on`, never stored. An assignment closes when all of its occurrences
and the parts below are closed; for key tasks an effect check follows. Each change is also a row of
`Transition` or `Closing`, so that any past day can be asked about.
"""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import (
    Organisation,
    OrganisationKey,
    OrganisationModel,
    StoredFile,
    Versioned,
)
from luoshi.directives.models import Directive, Part, Task
from luoshi.orgs.models import Unit


class Assignment(Versioned):
    """A task in the hands of a unit. `parent` is the assignment that was broken down into it.

    It is closed when every occurrence is accepted or waived and every part below is closed or gave
    its work to somebody else (`moved`). `effect` says for a closed key task whether the work has
    had its effect: accepted, effective and not yet checked are three things. `check_on` is the day
    on which the effect check (跟踪问效) is due.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        CLOSED = "closed", _("Closed")
        MOVED = "moved", _("Given to another unit")

    class Effect(models.TextChoices):
        NONE = "", _("No check asked")
        UNCHECKED = "unchecked", _("Not yet checked")
        EFFECTIVE = "effective", _("Effective")

    directive = OrganisationKey(
        Directive, models.PROTECT, related_name="assignments", db_index=False
    )
    task = OrganisationKey(Task, models.PROTECT, related_name="assignments", db_index=False)
    unit = OrganisationKey(Unit, models.PROTECT, related_name="assignments", db_index=False)
    parent = OrganisationKey("self", models.PROTECT, related_name="children", null=True)
    part = models.CharField(max_length=8, choices=Part.choices, default=Part.LEAD)
    title = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(null=True)
    effect = models.CharField(
        max_length=10, choices=Effect.choices, default=Effect.NONE, blank=True
    )
    check_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "task", "unit", "part"],
                condition=Q(parent__isnull=True),
                name="assignment_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "parent", "unit", "part"],
                condition=Q(parent__isnull=False),
                name="assignment_below_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "unit", "directive"], name="assignment_by_unit"),
            models.Index(fields=["organisation", "task"], name="assignment_by_task"),
            models.Index(
                fields=["organisation", "check_on"],
                condition=Q(effect="unchecked"),
                name="assignment_to_check",
            ),
        ]

    def shown_title(self) -> str:
        """The unit's own wording, or the task's title."""
        return self.title or self.task.title


class Receipt(Versioned):
    """A unit has what was issued to it (签收), and passed it on at a meeting (传达), if it did.

    One a directive and unit. `said_by` names who received it where the office entered it (代录).
    `received_at` and `transmitted_at` say when the two days were entered, whatever else of the row
    changed later (`at`). Nothing waits for it: dates run from issue.
    """

    directive = OrganisationKey(Directive, models.PROTECT, related_name="receipts", db_index=False)
    unit = OrganisationKey(Unit, models.PROTECT, related_name="+")
    received_on = models.DateField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_by = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    meeting = models.CharField(max_length=100, blank=True)
    transmitted_on = models.DateField(null=True)
    transmitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "directive", "unit"], name="receipt_once"
            )
        ]


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Occurrences by what they ask for on a day."""

    def unfinished(self) -> "OccurrenceQuerySet":
        """Still owed by the unit: open or returned (paused ones wait for an answer)."""
        return self.filter(state__in=(Occurrence.State.OPEN, Occurrence.State.RETURNED))

    def overdue(self, on: date) -> "OccurrenceQuerySet":
        """Owed and due before `on` (due until the end of `due_on`)."""
        return self.unfinished().filter(due_on__lt=on)


class Occurrence(Versioned):
    """One time that a unit owes something. `key` names the period (2026-Q3), or the milestone."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SUBMITTED = "submitted", _("Submitted")
        ACCEPTED = "accepted", _("Accepted")
        RETURNED = "returned", _("Returned")
        WAIVED = "waived", _("Waived")
        PAUSED = "paused", _("Paused")

    assignment = OrganisationKey(Assignment, models.PROTECT, related_name="occurrences")
    # Copies of the assignment's own, for the board's index; the assignment holds the constraints.
    directive = OrganisationKey(
        Directive, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    task = OrganisationKey(
        Task, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    unit = OrganisationKey(
        Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    key = models.CharField(max_length=12)
    number = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(null=True)
    extensions = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager[Any]] = OccurrenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "assignment", "key", "number"], name="occurrence_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation", "directive", "unit", "task", "state", "due_on"],
                name="occurrence_board",
            ),
            models.Index(fields=["organisation", "unit", "state", "due_on"], name="occurrence_due"),
            models.Index(
                fields=["organisation", "directive", "task", "closed_on", "state"],
                condition=Q(closed_on__isnull=False),
                name="occurrence_closed",
            ),
        ]


class Transition(OrganisationModel):
    """A change of an occurrence: of its state, of its day, or both.

    The first state, open, has no row where issue made it; an occurrence that was added later (a
    further round, a repetition) begins with a row from the empty state. `due_was` and `due_on`
    are the day before and after.
    """

    occurrence = OrganisationKey(Occurrence, models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    due_was = models.DateField(null=True)
    due_on = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "occurrence", "at"], name="transition_order")
        ]


class Submission(OrganisationModel):
    """What a unit put forward for an occurrence: a note and files, on a day.

    `said_by` names who reported where the office entered it for the unit (代录). A support unit
    adds its part (`part`); the lead unit's is what moves the occurrence on. `same_as` is an earlier
    accepted report that holds unchanged: nothing is written again.
    """

    occurrence = OrganisationKey(Occurrence, models.PROTECT, related_name="submissions")
    unit = OrganisationKey(Unit, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    said_by = models.CharField(max_length=60, blank=True)
    happened_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    part = models.CharField(max_length=8, choices=Part.choices, default=Part.LEAD)
    same_as = OrganisationKey("self", models.PROTECT, related_name="+", null=True)


class SubmissionFile(OrganisationModel):
    """A file of a submission."""

    submission = OrganisationKey(Submission, models.PROTECT, related_name="attached")
    file = OrganisationKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "submission", "file"], name="submission_file_once"
            )
        ]


class Review(OrganisationModel):
    """A verdict on a submission by somebody outside the unit.

    `digest` is SHA-256(salt ‖ canonical content) of exactly what was reviewed; `cross_check` says
    that a peer unit reviewed since nobody above could. For hard work `solved` tells the last round
    from one that is accepted and followed by another.
    """

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        RETURNED = "returned", _("Returned")

    occurrence = OrganisationKey(Occurrence, models.PROTECT, related_name="reviews")
    submission = OrganisationKey(Submission, models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    cross_check = models.BooleanField(default=False)
    solved = models.BooleanField(default=True)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "submission"], name="review_once_a_submission"
            )
        ]


class Closing(OrganisationModel):
    """A change of an assignment: closed, open again, given away, checked for its effect.

    `effect` is the one after the change. `cause` is the assignment below that took this one with
    it, where one did.
    """

    assignment = OrganisationKey(Assignment, models.PROTECT, related_name="closings")
    from_state = models.CharField(max_length=8)
    to_state = models.CharField(max_length=8)
    effect = models.CharField(max_length=10, blank=True)
    cause = OrganisationKey(Assignment, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "assignment", "at"], name="closing_order")]


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


NO_DAY = date(1, 1, 1)
"""Stands for "no day" in sums, so that a unique constraint covers it on both databases."""


class SumModel(OrganisationModel):
    """How many of a unit in a directive have a code and a day.

    `code` is a state of an occurrence, or of an assignment that is closed: `closed`, `unchecked`,
    `effective`. `due_on` is the day of what is still to come, else `NO_DAY`.
    """

    unit_id = models.UUIDField()
    directive_id = models.UUIDField()
    code = models.CharField(max_length=10)
    due_on = models.DateField()
    count = models.IntegerField()

    class Meta:
        abstract = True


class SumDelta(SumModel):
    """A change of a unit's own sums that the worker has not folded in yet; only ever added."""

    class Meta:
        indexes = [models.Index(fields=["organisation", "unit_id"], name="sum_delta_by_unit")]


class UnitSum(SumModel):
    """A unit's own sums, whatever its place in the tree."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "unit_id", "directive_id", "code", "due_on"],
                name="unit_sum_once",
            )
        ]


class TreeSum(SumModel):
    """Sums over a unit and everything below it, as the tree stands on `SumHead.day`.

    `directive_id` nil (all zeros) sums over all directives.
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "unit_id", "directive_id", "code", "due_on"],
                name="tree_sum_once",
            )
        ]


class SumHead(models.Model):
    """For which tree an organisation's `TreeSum` rows hold: its version, its day, until which day.

    `until` is the next day on which a placement begins or ends by itself; None for none.
    """

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="+"
    )
    tree = models.PositiveIntegerField()
    day = models.DateField()
    until = models.DateField(null=True)
