"""Issuing a directive to units, and breaking a unit's part down to the next level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from luoshi.base import bulk
from luoshi.base.change import change, claim
from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives import schedule
from luoshi.directives.actions.common import lock
from luoshi.directives.breakdown import content_of
from luoshi.directives.models import Directive, Part, Task
from luoshi.directives.price import Lack, Price, counted, going_out, table, units_of
from luoshi.directives.road import holds_decision, left_open
from luoshi.duties.actions.common import NotOpen, begin
from luoshi.duties.actions.numbering import Paper, give_number
from luoshi.duties.actions.settling import reopen
from luoshi.duties.models import Assignment, Occurrence
from luoshi.duties.sums import Tally
from luoshi.ledger import actions as ledger
from luoshi.lib.ids import new_texts
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User


MOST_DEEMED = 30
"""Working days at the most after which receipt counts as given."""


class NotIssuable(Refused):
    """The plan is not complete; `lacks` says what is missing where."""

    default = _("The plan is not complete: %(count)s tasks lack a unit, a date or a rewriting.")

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(count=len(lacks))
        self.lacks = list(lacks)


class NotDecided(Refused):
    """The breakdown, as it is, was not decided on."""

    status = 409
    default = _(
        "This breakdown was not decided on (审定), or was changed after that. "
        "Send it for the decision; then it can be issued."
    )


class NotBelow(Refused):
    """A part can go to units directly below only."""

    default = _("“%(unit)s” does not stand directly below your unit today.")


@transaction.atomic
def issue(
    directive: Directive,
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
    paper: Paper | None = None,
    deemed_after: int | None = None,
    request_id: str = "",
) -> Price:
    """Hand every task of the plan to its units and put their occurrences on the calendar.

    `paper` says number, day and recipients of the issue notice; without one it goes unnumbered to
    the units concerned. `deemed_after`: so many working days after issue receipt counts as given,
    where deadlines run from it (1 to 30; as the directive has it where nothing is said). One ledger
    entry with a row for each assignment covering its occurrences. What it costs is counted, kept
    with the directive and returned. Raises `NotDecided` unless the decision covers the breakdown as
    it is (an instruction or a meeting's decision needs none), `NotIssuable` with everything that is
    missing, `Stale`, `BadInput` for a number that is taken; nothing is handed out then.
    """
    standing = access.standing_at(by, at)
    if directive.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing.require("directive.issue", queries.path_of(directive.owner_id, standing.on))
    lock(directive)
    if directive.state not in (Directive.State.DRAFT, Directive.State.CONFIRMED):
        raise Refused(_("This directive has been issued or withdrawn already."))
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    tasks, units = going_out(directive), units_of(directive)
    if not tasks:
        raise Refused(_("No clause is triaged as a task yet; there is nothing to issue."))
    price = counted(directive, tasks, units, at)
    if price.lacks:
        raise NotIssuable(price.lacks)
    if directive.source_kind == Directive.SourceKind.DOCUMENT:
        if (left := left_open(directive)) is not None:
            raise NotDecided(left)
        if not holds_decision(directive, content_of(directive, units)):
            raise NotDecided()
    if deemed_after is not None and not 1 <= deemed_after <= MOST_DEEMED:
        raise BadInput(
            _("Say after how many working days, from 1 to %(most)s."),
            field="deemed_after",
            most=MOST_DEEMED,
        )
    notice = give_number(directive, paper, units, by=by, at=at)
    change(
        directive,
        seen=seen,
        state=Directive.State.ISSUED,
        deemed_after=directive.deemed_after if deemed_after is None else deemed_after,
        handed_out_at=at,
        price=price.kept(),
    )
    Task.objects.filter(pk__in=[t.pk for t in tasks]).update(
        state=Task.State.ISSUED, version=F("version") + 1
    )
    calendar, start = table(), day_of(at)
    milestones = schedule.milestones_of(directive.pk)
    tally = Tally()
    hand = Hand(directive, at, tally)
    for task in tasks:
        dues = schedule.plan_dates(
            task,
            year=directive.year,
            start=start,
            calendar=calendar,
            deemed_after=directive.deemed_after,
            milestones=milestones.get(task.pk, ()),
        )
        hand.out(task.pk, units.get(task.pk, []), dues)
    hand.write()
    tally.write(directive.organisation_id)
    ledger.append(
        "directive.issued",
        organisation_id=directive.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="directive",
        object_id=directive.pk,
        version=directive.version,
        values={
            "state": directive.state,
            "price": price.kept(),
            "deemed_after": directive.deemed_after,
            "notice": {
                "id": notice.pk,
                "number": notice.number,
                "dated_on": notice.dated_on,
                "recipients": notice.recipients,
                "copies_to": notice.copies_to,
            },
        },
        rows=hand.rows,
    )
    return price


@dataclass(frozen=True, slots=True)
class _Given:
    """A task as it is handed to each of its units; ids as the database keeps them and as text."""

    task: Any
    task_text: str
    above: Any
    above_text: str | None
    taken: Any
    taken_text: str | None
    owed: list[tuple[str, int, date | None, str | None]]


class Hand:
    """Collects a hand-out, then writes its rows at once in the database's own types.

    Rows and their ids go in the order of units: what a unit got lies together in every index,
    which takes a third off the time that the database needs (bench/issue.py).
    """

    def __init__(self, directive: Directive, at: datetime, tally: Tally) -> None:
        self.tally, self.directive_id = tally, directive.pk
        self.value = bulk.uuid_writer()
        self.organisation = self.value(directive.organisation_id)
        self.directive = self.value(directive.pk)
        self.at = bulk.db_moment(at)
        self.by_unit: dict[UUID, list[tuple[_Given, str, str, str]]] = {}
        self.assignments: list[tuple[Any, ...]] = []
        self.occurrences: list[tuple[Any, ...]] = []
        self.rows: list[dict[str, Any]] = []

    def out(
        self,
        task_id: UUID,
        units: Sequence[tuple[UUID, str]],
        dues: Sequence[schedule.Due],
        *,
        parent: UUID | None = None,
        titles: Sequence[tuple[str, str]] = (),
        taken_from: UUID | None = None,
    ) -> None:
        """Give one task to units: lead units owe the dues, support units owe nothing.

        `taken_from`: the assignment whose rest is given.
        """
        given = _Given(
            self.value(task_id),
            str(task_id),
            self.value(parent) if parent else None,
            str(parent) if parent else None,
            self.value(taken_from) if taken_from else None,
            str(taken_from) if taken_from else None,
            [(d.key, d.number, d.due_on, str(d.due_on) if d.due_on else None) for d in dues],
        )
        for number, (unit_id, part) in enumerate(units):
            title, note = titles[number] if titles else ("", "")
            self.by_unit.setdefault(unit_id, []).append((given, part, title, note))

    def _rows(self) -> None:
        value, lead = self.value, str(Part.LEAD)
        for unit_id in sorted(self.by_unit):
            unit, unit_text, mine = value(unit_id), str(unit_id), self.by_unit[unit_id]
            ids = iter(new_texts(sum(1 + len(given.owed) for given, *_rest in mine)))
            days: dict[date | None, int] = {}
            for given, part, title, note in mine:
                assignment_id = next(ids)
                assignment = value(assignment_id)
                self.assignments.append(
                    (
                        assignment, self.organisation, 1, self.directive, given.task, unit,
                        given.above, given.taken, part, title, note, self.at, "open", "",
                    )
                )  # fmt: skip
                listed = []
                for key, number, due_on, text in given.owed if part == lead else ():
                    occurrence_id = next(ids)
                    self.occurrences.append(
                        (
                            value(occurrence_id), self.organisation, 1, assignment, self.directive,
                            given.task, unit, key, number, due_on, "open", None, 0,
                        )
                    )  # fmt: skip
                    listed.append([occurrence_id, key, number, text])
                    days[due_on] = days.get(due_on, 0) + 1
                row: dict[str, Any] = {
                    "id": assignment_id,
                    "task": given.task_text,
                    "unit": unit_text,
                    "part": part,
                    "state": "open",
                    "occurrences": listed,
                }
                if given.above_text:
                    row |= {"parent": given.above_text, "title": title, "note": note}
                if given.taken_text:
                    row["taken_from"] = given.taken_text
                self.rows.append(row)
            for day, count in days.items():
                self.tally.put(unit_id, self.directive_id, "open", day, count)

    def write(self) -> None:
        """Insert what was collected."""
        self._rows()
        bulk.insert(
            Assignment,
            (
                "id", "organisation_id", "version", "directive_id", "task_id", "unit_id",
                "parent_id", "taken_from_id", "part", "title", "note", "created_at", "state",
                "effect",
            ),
            self.assignments,
        )  # fmt: skip
        bulk.insert(
            Occurrence,
            (
                "id", "organisation_id", "version", "assignment_id", "directive_id", "task_id",
                "unit_id", "key", "number", "due_on", "state", "closed_on", "extensions",
            ),
            self.occurrences,
        )  # fmt: skip


@transaction.atomic
def break_down(
    assignment: Assignment,
    parts: Sequence[tuple[Unit, str, str]],
    *,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> int:
    """Give parts of a unit's assignment to units directly below: (unit, own title, note).

    The parts take the dates of what the unit still owes; the clause stays attached through the
    task. A unit that has its part already is given what has come since (another round, doing it
    again): its part opens again with that. Returns how many asks it makes. Raises `NotBelow`,
    `NotOpen` for what is closed, `BadInput` for a unit that has everything already.
    """
    standing = access.standing_at(by, at)
    if assignment.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing.require("task.break_down", queries.path_of(assignment.unit_id, standing.on))
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    assignment.refresh_from_db(fields=["state", "version"])
    if assignment.state != Assignment.State.OPEN:
        raise NotOpen(_("This is closed or was given to another unit already."))
    if assignment.part != Part.LEAD:
        raise NotOpen(_("Your unit supports this task; only what it leads is handed on."))
    if not parts:
        raise BadInput(_("Choose at least one unit."), field="units")
    below = set(queries.children(assignment.unit_id, standing.on).values_list("pk", flat=True))
    dues = [
        schedule.Due(key, number, due_on)
        for key, number, due_on in assignment.occurrences.unfinished()
        .order_by("due_on", "key", "number")
        .values_list("key", "number", "due_on")
    ]
    if not dues:
        raise NotOpen(_("Nothing is owed here any more, so there is no part to hand on."))
    have = {
        child.unit_id: child for child in assignment.children.exclude(state=Assignment.State.MOVED)
    }
    tally, again, titles, units = Tally(), list[dict[str, Any]](), [], []
    for unit, title, note in parts:
        if unit.pk not in below:
            raise NotBelow(unit=unit.name, field="units")
        if unit.pk in have:
            again.append(_again(have[unit.pk], unit, dues, by=by, at=at, tally=tally))
            continue
        units.append((unit.pk, str(Part.LEAD)))
        titles.append(
            (
                typed(title, field="title", most=200, optional=True),
                typed(note, field="note", most=500, optional=True),
            )
        )
    hand = Hand(assignment.directive, at, tally)
    hand.out(assignment.task_id, units, dues, parent=assignment.pk, titles=titles)
    hand.write()
    tally.write(assignment.organisation_id)
    change(assignment)
    ledger.append(
        "assignment.broken_down",
        organisation_id=assignment.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="assignment",
        object_id=assignment.pk,
        version=assignment.version,
        values={},
        rows=[*hand.rows, *again],
    )
    return len(hand.occurrences) + sum(len(row["occurrences"]) for row in again)


def _again(
    child: Assignment,
    unit: Unit,
    dues: Sequence[schedule.Due],
    *,
    by: "User",
    at: datetime,
    tally: Tally,
) -> dict[str, Any]:
    """Give a part what has come since it was handed on; its row of the entry."""
    known = set(child.occurrences.values_list("key", "number"))
    new = [d for d in dues if (d.key, d.number) not in known and d.due_on is not None]
    if not new:
        raise BadInput(_("“%(unit)s” has its part already."), field="units", unit=unit.name)
    opened = reopen(child, by=by, at=at, tally=tally)
    listed = []
    for due in new:
        assert due.due_on is not None
        made = begin(child, due.key, due.due_on, number=due.number, by=by, at=at, tally=tally)
        listed.append([str(made.pk), made.key, made.number, str(made.due_on)])
    row: dict[str, Any] = {
        "id": str(child.pk),
        "task": str(child.task_id),
        "unit": str(unit.pk),
        "part": child.part,
        "state": "open",
        "occurrences": listed,
        "parent": str(child.parent_id),
        "reopened": [ledger.plain(one) for one in opened],
    }
    return row
