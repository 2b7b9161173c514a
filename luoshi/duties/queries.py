"""What a person sees of the work: owed by one's units, waiting for one's decision, one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When

from luoshi.base.refused import OutOfScope
from luoshi.directives.models import Part
from luoshi.duties.access import REVIEWING, Decision, Reviewers, decide
from luoshi.duties.models import Assignment, Occurrence, Submission
from luoshi.orgs import paths, queries
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Placement, Unit

SOON = 7
"""Days before its day at which something counts as due soon."""
AGAIN = "E"
"""How the keys of what is done again after an effect check begin."""
State = Occurrence.State


def units_in_scope(standing: Standing, permission: str) -> "QuerySet[Any]":
    """Ids of the units that a permission reaches today, as a subquery."""
    return (
        Placement.objects.on(standing.on)
        .filter(standing.scope(permission), organisation_id=standing.user.organisation_id)
        .values("unit_id")
    )


def visible_to(standing: Standing) -> "QuerySet[Occurrence]":
    """Occurrences of units that the person may read."""
    found: QuerySet[Occurrence] = Occurrence.objects.filter(
        organisation_id=standing.user.organisation_id,
        unit_id__in=units_in_scope(standing, "occurrence.read"),
    )
    return found


def assignments_visible_to(standing: Standing) -> "QuerySet[Assignment]":
    """Assignments of units that the person may read."""
    return Assignment.objects.filter(
        organisation_id=standing.user.organisation_id,
        unit_id__in=units_in_scope(standing, "occurrence.read"),
    )


def fetch(standing: Standing, pk: UUID, *, to_act: bool = False) -> Occurrence:
    """An occurrence that the person may read or, as a peer, review; else `OutOfScope`.

    With what its page shows; `to_act`: with what an act on it needs, which is half the work.
    """
    rows: QuerySet[Occurrence] = Occurrence.objects.filter(
        organisation_id=standing.user.organisation_id, pk=pk
    )
    if to_act:
        rows = _shown(rows).select_related("assignment__parent")
    else:
        rows = rows.select_related(
            "task__requirement", "directive__owner", "unit", "assignment__parent__unit"
        )
    found: Occurrence | None = rows.first()
    if found is None:
        raise OutOfScope()
    found.assignment.task, found.assignment.directive = found.task, found.directive
    if standing.may("occurrence.read", queries.last_path(found.unit_id, standing.on)):
        return found
    if found.state == State.SUBMITTED and standing.has("occurrence.review"):
        reviewers = Reviewers(found.organisation_id, standing.on)
        if decision(standing, reviewers, found, last_submission(found)).allowed:
            return found
    raise OutOfScope()


def fetch_assignment(standing: Standing, pk: UUID) -> Assignment:
    """An assignment that the person may read, of a closed unit as well; else `OutOfScope`."""
    found: Assignment = queries.fetch(
        Assignment.objects.filter(organisation_id=standing.user.organisation_id).select_related(
            "task__requirement", "directive__owner", "unit", "parent__unit", "taken_from__unit"
        ),
        pk,
    )
    if not standing.may("occurrence.read", queries.last_path(found.unit_id, standing.on)):
        raise OutOfScope()
    return found


def stands(unit: Unit, on: date) -> bool:
    """Whether a unit is still there on a day."""
    return unit.closed_on is None or unit.closed_on > on


def last_submission(occurrence: Occurrence) -> Submission | None:
    """What was put forward last."""
    found: Submission | None = (
        occurrence.submissions.filter(part=Part.LEAD).order_by("-at", "-id").first()
    )
    return found


def decision(
    standing: Standing, reviewers: Reviewers, occurrence: Occurrence, last: Submission | None
) -> Decision:
    """Whether the person may review this, and why not."""
    return decide(
        standing,
        reviewers,
        unit_id=occurrence.unit_id,
        leader_appointment=occurrence.task.leader_id,
        reported_by=last.by_id if last else None,
    )


def shown_state(state: str, due_on: date | None, today: date) -> str:
    """The state as a page shows it: overdue and due soon are computed from the day."""
    if state in (State.OPEN, State.RETURNED) and due_on is not None:
        if due_on < today:
            return "overdue"
        if state == State.OPEN and due_on <= today + timedelta(days=SOON):
            return "soon"
    return str(state)


@dataclass(slots=True)
class Item:
    """An occurrence in a list, with what its line says. `due` is far away where there is none.

    `name` is the milestone that it is, `back` why it came back (see `shown.filled`).
    """

    occurrence: Occurrence
    state: str
    title: str
    due: date = date.max
    late_days: int = 0
    name: str = ""
    back: str = ""
    submission: Submission | None = None
    decision: Decision | None = None


def my_units(standing: Standing) -> list[UUID]:
    """The units whose work is the person's own: where the person sits and acts for."""
    found: dict[UUID, None] = {}
    for seat in standing.seats:
        found.update({seat.unit_id: None, seat.acts_for_id: None})
    return list(found)


def owed(standing: Standing, *, until: date, most: int = 100) -> list[Occurrence]:
    """What the person's units owe up to a day, the earliest first; before it what came back.

    That is what a reviewer returned and what an effect check opened again, whatever its day.
    """
    again = Q(state=State.RETURNED) | Q(key__startswith=AGAIN)
    rows: QuerySet[Occurrence] = Occurrence.objects.filter(
        Q(due_on__lte=until) | again,
        organisation_id=standing.user.organisation_id,
        unit_id__in=my_units(standing),
        state__in=(State.OPEN, State.RETURNED),
    ).annotate(rank=Case(When(again, then=Value(0)), default=Value(1)))
    return list(_shown(rows).order_by("rank", "due_on", "id")[:most])


def came_back(occurrence: Occurrence) -> bool:
    """Whether a reviewer returned it, or an effect check opened it again."""
    return occurrence.state == State.RETURNED or occurrence.key.startswith(AGAIN)


def _shown(rows: "QuerySet[Occurrence]") -> "QuerySet[Occurrence]":
    return rows.select_related("task", "unit", "assignment", "directive").defer(
        "directive__text", "directive__outline", "task__measure"
    )


def waiting(standing: Standing, *, most: int = 100) -> list[Item]:
    """What waits for the person's verdict: asked by a unit that the person acts for, or by peers.

    Others above may verify as well, from the page of the occurrence; it is not pressed on them.
    """
    mine = {
        u for s in standing.seats if s.post_role in REVIEWING for u in (s.unit_id, s.acts_for_id)
    }
    if not mine:
        return []
    asked = Q(assignment__parent__unit_id__in=mine) | Q(
        assignment__parent__isnull=True, directive__owner_id__in=mine
    )
    peers = [
        paths.below(s.unit_path[: -len(paths.segment(0))])
        for s in standing.seats
        if s.post_role in REVIEWING and len(s.unit_path) > len(paths.segment(0))
    ]
    if peers:
        near = Q(pk__in=[])
        for one in peers:
            near |= one
        asked |= Q(
            unit_id__in=Placement.objects.on(standing.on)
            .filter(near, organisation_id=standing.user.organisation_id)
            .values("unit_id")
        )
    rows: QuerySet[Occurrence] = Occurrence.objects.filter(
        asked, organisation_id=standing.user.organisation_id, state=State.SUBMITTED
    )
    found = list(_shown(rows).order_by("due_on", "id")[: most * 4])
    if not found:
        return []
    last = last_submissions(found)
    reviewers = Reviewers(standing.user.organisation_id, standing.on)
    asking = {o.pk: o.directive.owner_id if o.assignment.parent_id is None else None for o in found}
    parents = dict(
        Assignment.objects.filter(
            pk__in=[o.assignment.parent_id for o in found if o.assignment.parent_id]
        ).values_list("pk", "unit_id")
    )
    items = []
    for occurrence in found:
        submission = last.get(occurrence.pk)
        verdict = decision(standing, reviewers, occurrence, submission)
        asker = asking[occurrence.pk] or parents.get(occurrence.assignment.parent_id)
        if verdict.allowed and (asker in mine or verdict.cross_check):
            items.append(
                Item(
                    occurrence,
                    "submitted",
                    title_of(occurrence),
                    submission=submission,
                    decision=verdict,
                )
            )
    return items[:most]


def last_submissions(occurrences: Sequence[Occurrence]) -> dict[UUID, Submission]:
    """occurrence → what was put forward last; one query."""
    found: dict[UUID, Submission] = {}
    rows = (
        Submission.objects.filter(occurrence__in=[o.pk for o in occurrences], part=Part.LEAD)
        .select_related("by", "unit")
        .prefetch_related("attached__file")
        .order_by("at", "id")
    )
    for row in rows:
        found[row.occurrence_id] = row
    return found


def last_days(occurrences: Sequence[Occurrence]) -> dict[UUID, Submission]:
    """occurrence → what was put forward last, with its two times only; one query."""
    rows = (
        Submission.objects.filter(occurrence__in=[o.pk for o in occurrences], part=Part.LEAD)
        .only("organisation_id", "occurrence_id", "happened_on", "at")
        .order_by("at", "id")
    )
    return {row.occurrence_id: row for row in rows}


def title_of(occurrence: Occurrence) -> str:
    """The unit's own wording, or the task's title, and the period where it recurs."""
    return str(occurrence.assignment.title or occurrence.task.title)


def items(
    occurrences: Iterable[Occurrence], today: date, last: Mapping[UUID, Submission] | None = None
) -> list[Item]:
    """Occurrences as lines of a list; `last` as `last_days` gives it."""
    return [
        Item(
            o,
            shown_state(o.state, o.due_on, today),
            title_of(o),
            o.due_on or date.max,
            submission=last.get(o.pk) if last else None,
        )
        for o in occurrences
    ]


def of_unit(unit_id: UUID, organisation_id: UUID) -> "QuerySet[Occurrence]":
    """All occurrences of a unit, for its page."""
    rows: QuerySet[Occurrence] = Occurrence.objects.filter(
        organisation_id=organisation_id, unit_id=unit_id
    )
    return _shown(rows)
