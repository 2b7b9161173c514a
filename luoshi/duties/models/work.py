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
    on which the effect check (跟踪问效) is due. `taken_from` is the assignment whose rest this one
    took over, where a unit gave it up or was closed.
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
    taken_from = OrganisationKey("self", models.PROTECT, related_name="taken_over", null=True)
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
                condition=Q(parent__isnull=True, taken_from__isnull=True) & ~Q(state="moved"),
                name="assignment_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "parent", "unit", "part"],
                condition=Q(parent__isnull=False, taken_from__isnull=True) & ~Q(state="moved"),
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
    """A unit has what was issued to it (签收), and passed it on (传达), if it did.

    One a directive and unit. `way`: at a meeting (`meeting` names it), by a document or online
    (`meeting` may say which). `said_by` names who received it where the office entered it (代录).
    `received_at` and `transmitted_at` say when the two days were entered, whatever else of the row
    changed later (`at`). Nothing waits for it: dates run from issue.
    """

    class Way(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        DOCUMENT = "document", _("Document")
        ONLINE = "online", _("Online")

    directive = OrganisationKey(Directive, models.PROTECT, related_name="receipts", db_index=False)
    unit = OrganisationKey(Unit, models.PROTECT, related_name="+")
    received_on = models.DateField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_by = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=Way.choices, blank=True)
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
