"""What a person sees of the work: owed by one's units, waiting for one's decision, one by one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When

from luoshi.base.refused import OutOfScope
from luoshi.directives.models import Part
from luoshi.duties.access import REVIEWING, Decision, Reviewers, answers_to, authors, decide
from luoshi.duties.models import Assignment, Occurrence, Submission
from luoshi.orgs import paths, queries
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Placement, Unit, UnitKind

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
    path = queries.last_path(found.unit_id, standing.on)
    if standing.may("occurrence.read", path) or _answers_for_root(standing, path):
        return found
    if found.state == State.SUBMITTED and standing.has("occurrence.review"):
        reviewers = Reviewers(found.organisation_id, standing.on)
        if decision(standing, reviewers, found, authors_of([found])[found.pk]).allowed:
            return found
    raise OutOfScope()


def _answers_for_root(standing: Standing, path: str) -> bool:
    """Whether the person is of the discipline body, which decides and verifies for the root."""
    if paths.depth(path) != 1 or not standing.has("occurrence.review"):
        return False
    return Unit.objects.filter(pk__in=standing.unit_ids, unit_kind=UnitKind.DISCIPLINE).exists()


def fetch_assignment(standing: Standing, pk: UUID) -> Assignment:
    """An assignment that the person may read, of a closed unit as well; else `OutOfScope`."""
    found: Assignment = queries.fetch(
        Assignment.objects.filter(organisation_id=standing.user.organisation_id).select_related(
            "task__requirement", "directive__owner", "unit", "parent__unit", "taken_from__unit"
        ),
        pk,
    )
    path = queries.last_path(found.unit_id, standing.on)
    if standing.may("occurrence.read", path) or _answers_for_root(standing, path):
        return found
    if found.effect == Assignment.Effect.UNCHECKED and standing.has("occurrence.review"):
        reviewers = Reviewers(found.organisation_id, standing.on)
        if check_decision(standing, reviewers, found, authors_in([found])[found.pk]).allowed:
            return found
    raise OutOfScope()


def owed_above(occurrence: Occurrence) -> date | None:
    """The day by which the unit above owes what this is a part of, where that is sooner."""
    if occurrence.assignment.parent_id is None or occurrence.due_on is None:
        return None
    above = Occurrence.objects.unfinished().filter(
        assignment_id=occurrence.assignment.parent_id,
        key=occurrence.key,
        number=occurrence.number,
        due_on__lt=occurrence.due_on,
    )
    found: date | None = above.values_list("due_on", flat=True).first()
    return found


def stands(unit: Unit, on: date) -> bool:
    """Whether a unit is still there on a day."""
    return unit.closed_on is None or unit.closed_on > on


def authors_of(occurrences: Sequence[Occurrence]) -> dict[UUID, frozenset[UUID]]:
    """occurrence → everybody of whom something is under the verdict on it; one query."""
    rows = (
        Submission.objects.filter(occurrence__in=[o.pk for o in occurrences])
        .select_related("same_as")
        .only("organisation_id", "occurrence_id", "part", "by_id", "same_as__by_id")
        .order_by("at", "id")
    )
    leads: dict[UUID, Submission] = {}
    parts: dict[UUID, list[Submission]] = {}
    for row in rows:
        if row.part == Part.LEAD:
            leads[row.occurrence_id] = row
        else:
            parts.setdefault(row.occurrence_id, []).append(row)
    return {o.pk: authors(leads.get(o.pk), parts.get(o.pk, ())) for o in occurrences}


def authors_in(assignments: Sequence[Assignment]) -> dict[UUID, frozenset[UUID]]:
    """assignment → everybody who ever put something forward in it; one query."""
    found: dict[UUID, set[UUID]] = {a.pk: set() for a in assignments}
    rows = Submission.objects.filter(occurrence__assignment__in=list(found))
    for assignment, by in rows.values_list("occurrence__assignment_id", "by_id").distinct():
        found[assignment].add(by)
    return {pk: frozenset(people) for pk, people in found.items()}


def decision(
    standing: Standing, reviewers: Reviewers, occurrence: Occurrence, by: Collection[UUID]
) -> Decision:
    """Whether the person may review what these people put forward, and why not."""
    return decide(
        standing,
        reviewers,
        unit_id=occurrence.unit_id,
        leader_appointment=occurrence.task.leader_id,
        reported_by=by,
    )


def check_decision(
    standing: Standing, reviewers: Reviewers, assignment: Assignment, by: Collection[UUID]
) -> Decision:
    """The same for the effect of a whole assignment."""
    return decide(
        standing,
        reviewers,
        unit_id=assignment.unit_id,
        leader_appointment=assignment.task.leader_id,
        reported_by=by,
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


def near(standing: Standing, mine: Collection[UUID]) -> "QuerySet[Any]":
    """Ids of units that may answer to these units: directly below them, beside them, or the root
    above them.
    """
    places = Placement.objects.on(standing.on).filter(organisation_id=standing.user.organisation_id)
    above = places.filter(unit_id__in=mine, parent__isnull=False).values("parent_id")
    return places.filter(
        Q(parent_id__in=mine) | Q(parent_id__in=above) | Q(unit_id__in=above)
    ).values("unit_id")


def mine_among(standing: Standing, posts: Collection[str]) -> set[UUID]:
    """Units that the person sits in or acts for in one of these posts."""
    return {
        unit
        for seat in standing.seats
        if seat.post_role in posts
        for unit in (seat.unit_id, seat.acts_for_id)
    }


def for_me(
    reviewers: Reviewers, mine: set[UUID], unit_id: UUID, giver: UUID, verdict: Decision
) -> bool:
    """Whether work that the person may decide on is pressed on them: it answers to a unit of
    theirs, or they decide as a peer. Others above may as well, from its page.
    """
    where = reviewers.where
    path = where.get(unit_id, "")
    asker = answers_to(path, where.get(giver, ""))
    return verdict.cross_check or asker in {where[u] for u in mine if u in where}


def waiting(
    standing: Standing, *, most: int = 100, reviewers: Reviewers | None = None
) -> list[Item]:
    """What waits for the person's verdict: asked by a unit that the person acts for, or by peers.

    Where the unit that gave the work is closed or no longer stands above, it is the one directly
    above. Others above may verify as well, from the page of the occurrence. `reviewers` where the
    caller has them at hand.
    """
    mine = mine_among(standing, REVIEWING)
    if not mine:
        return []
    rows: QuerySet[Occurrence] = Occurrence.objects.filter(
        Q(assignment__parent__unit_id__in=mine)
        | Q(assignment__parent__isnull=True, directive__owner_id__in=mine)
        | Q(unit_id__in=near(standing, mine)),
        organisation_id=standing.user.organisation_id,
        state=State.SUBMITTED,
    )
    found = list(
        _shown(rows).select_related("assignment__parent").order_by("due_on", "id")[: most * 4]
    )
    if not found:
        return []
    last = last_submissions(found)
    by = authors_of(found)
    reviewers = reviewers or Reviewers(standing.user.organisation_id, standing.on)
    items = []
    for occurrence in found:
        verdict = decision(standing, reviewers, occurrence, by[occurrence.pk])
        above = occurrence.assignment.parent
        giver = above.unit_id if above is not None else occurrence.directive.owner_id
        if verdict.allowed and for_me(reviewers, mine, occurrence.unit_id, giver, verdict):
            items.append(
                Item(
                    occurrence,
                    "submitted",
                    title_of(occurrence),
                    submission=last.get(occurrence.pk),
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
