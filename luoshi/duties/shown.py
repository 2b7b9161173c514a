"""What pages of the daily work show beside a line: names of steps, reasons, what is around it.

Each function takes all rows of a page at once and asks one query, or none where no row needs it.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from luoshi.directives.models import Milestone, Part
from luoshi.duties.models import Assignment, EffectCheck, Occurrence, Pause, Review, Submission
from luoshi.duties.queries import Item, my_units, shown_state
from luoshi.ledger.models import Body, Entry
from luoshi.lib.canonical import moment
from luoshi.orgs.access import Standing

State = Occurrence.State
STEP = re.compile(r"M(\d{1,4})")
AGAIN = re.compile(r"E(\d{1,4})")
GIVEN = ("occurrence.waived", "occurrence.extended", "occurrence.paused")
"""Acts whose reason stands in their entry alone."""
MOST_SUPPORTED = 200
"""So many reports of lead units are looked at for the list of what a unit supports."""


def step_names(occurrences: Iterable[Occurrence]) -> dict[UUID, str]:
    """occurrence → the name of the milestone that it is, where it is one."""
    wanted = {o.pk: (o.task_id, int(m[1])) for o in occurrences if (m := STEP.fullmatch(o.key))}
    if not wanted:
        return {}
    rows = Milestone.objects.filter(task_id__in={task for task, _number in wanted.values()})
    named = {(task, number): title for task, number, title in
             rows.values_list("task_id", "number", "title")}  # fmt: skip
    return {pk: named[step] for pk, step in wanted.items() if step in named}


def returned_with(occurrences: Iterable[Occurrence]) -> dict[UUID, Review]:
    """occurrence → the verdict by which its report went back last, for the returned ones."""
    wanted = [o.pk for o in occurrences if o.state == State.RETURNED]
    if not wanted:
        return {}
    rows = Review.objects.filter(occurrence__in=wanted, verdict=Review.Verdict.RETURNED)
    return {r.occurrence_id: r for r in rows.select_related("by").order_by("at", "id")}


def found_at(occurrences: Iterable[Occurrence]) -> dict[UUID, EffectCheck]:
    """occurrence → the effect check for which it is to be done again, where there was one.

    The check may be one of the part from which this was broken down or taken over.
    """
    wanted = {o.pk: (o.assignment, int(m[1])) for o in occurrences if (m := AGAIN.fullmatch(o.key))}
    if not wanted:
        return {}
    near = {pk: (a.pk, a.parent_id, a.taken_from_id) for pk, (a, _number) in wanted.items()}
    rows = EffectCheck.objects.filter(
        assignment__in={pk for three in near.values() for pk in three if pk},
        verdict=EffectCheck.Verdict.INEFFECTIVE,
    )
    checks: dict[UUID, list[EffectCheck]] = {}
    for one in rows.order_by("at", "id"):
        checks.setdefault(one.assignment_id, []).append(one)
    found = {}
    for pk, (_assignment, number) in wanted.items():
        for where in near[pk]:
            if where is not None and len(checks.get(where, ())) >= number:
                found[pk] = checks[where][number - 1]
                break
    return found


def filled(items: Sequence[Item]) -> Sequence[Item]:
    """The lines with the names of their steps and why they came back."""
    rows = [i.occurrence for i in items]
    names, returned, found = step_names(rows), returned_with(rows), found_at(rows)
    for item in items:
        pk = item.occurrence.pk
        item.name = names.get(pk, "")
        if pk in returned:
            item.back = returned[pk].note
        elif pk in found:
            item.back = found[pk].found
    return items


def reasons(occurrence: Occurrence) -> dict[str, str]:
    """moment of an act → the reason that whoever gave the work wrote, as the entry has it.

    Nothing for an entry that was erased at the end of retention.
    """
    body = Body.objects.filter(
        organisation_id=OuterRef("organisation_id"), pk=OuterRef("pk")
    ).values("body")
    rows = (
        Entry.objects.filter(
            organisation_id=occurrence.organisation_id,
            object_kind="occurrence",
            object_id=occurrence.pk,
            kind__in=GIVEN,
        )
        .annotate(body=Subquery(body))
        .values_list("at", "body")
    )
    return {at: json.loads(text)["values"].get("reason", "") for at, text in rows if text}


def course(occurrence: Occurrence) -> list[tuple[object, str]]:
    """The changes of an occurrence in their order, each with its reason; two queries."""
    given = reasons(occurrence)
    return [
        (t, given.get(moment(t.at), ""))
        for t in occurrence.transitions.select_related("by").order_by("at", "id")
    ]


def pauses(occurrences: Iterable[Occurrence]) -> dict[UUID, Pause]:
    """occurrence → the pause in which it is."""
    wanted = [o.pk for o in occurrences if o.state == State.PAUSED]
    if not wanted:
        return {}
    rows = Pause.objects.filter(occurrence__in=wanted, ended_on__isnull=True)
    return {p.occurrence_id: p for p in rows}


def resting(standing: Standing, *, most: int = 20) -> list[Pause]:
    """What rests in the person's units, the answer that was expected first on top; one query."""
    rows = (
        Pause.objects.filter(
            organisation_id=standing.user.organisation_id,
            ended_on__isnull=True,
            occurrence__unit_id__in=my_units(standing),
            occurrence__state=State.PAUSED,
        )
        .select_related("occurrence__task", "occurrence__assignment", "occurrence__unit")
        .defer("occurrence__task__measure")
        .order_by("expected_on", "since_on", "id")
    )
    return list(rows[:most])


@dataclass(slots=True)
class Supported:
    """A task that one of the person's units supports: what its lead units owe next."""

    assignment_id: UUID
    next: Occurrence
    units: int = 1


def supported(standing: Standing) -> list[Supported]:
    """The supporting parts of the person's units while a lead unit owes something; one query."""
    mine = Assignment.objects.filter(
        organisation_id=standing.user.organisation_id,
        unit_id__in=my_units(standing),
        part=Part.SUPPORT,
    ).exclude(state=Assignment.State.MOVED)
    here = mine.filter(task_id=OuterRef("task_id")).order_by("id").values("pk")[:1]
    rows = (
        Occurrence.objects.filter(
            organisation_id=standing.user.organisation_id,
            assignment__organisation_id=standing.user.organisation_id,
            assignment__task_id__in=mine.values("task_id"),
            assignment__parent__isnull=True,
            state__in=(State.OPEN, State.RETURNED, State.SUBMITTED),
        )
        .annotate(support=Subquery(here))
        .select_related("task", "unit")
        .defer("task__measure")
        .order_by("due_on", "id")
    )
    found: dict[UUID, Supported] = {}
    leads: dict[UUID, set[UUID]] = {}
    for row in rows[:MOST_SUPPORTED]:
        part: UUID = row.__dict__["support"]
        found.setdefault(part, Supported(part, row))
        leads.setdefault(part, set()).add(row.unit_id)
    for pk, one in found.items():
        one.units = len(leads[pk])
    return list(found.values())


def contributions(support: Assignment, today: date) -> list[tuple[Submission, str]]:
    """What a supporting unit added, the latest first, with the state of the report it belongs to.

    Two queries.
    """
    rows = (
        Submission.objects.filter(
            organisation_id=support.organisation_id,
            unit_id=support.unit_id,
            part=Part.SUPPORT,
            occurrence__assignment__task_id=support.task_id,
        )
        .select_related("by", "occurrence__unit", "occurrence__task", "occurrence__assignment")
        .prefetch_related("attached__file")
        .order_by("-at", "-id")
    )
    return [
        (one, shown_state(one.occurrence.state, one.occurrence.due_on, today)) for one in rows[:50]
    ]


def parts_below(
    occurrence: Occurrence, today: date
) -> list[tuple[Assignment, Occurrence | None, str]]:
    """The parts that stand below, each with what it owes under the same key and the state of that.

    Two queries; no state for a part that owes nothing under the key, or was given away.
    """
    children = list(
        Assignment.objects.filter(
            organisation_id=occurrence.organisation_id, parent_id=occurrence.assignment_id
        )
        .select_related("unit", "task")
        .order_by("unit__position", "unit_id", "id")
    )
    if not children:
        return []
    rows = Occurrence.objects.filter(
        assignment__in=children, key=occurrence.key, number=occurrence.number
    )
    owed = {o.assignment_id: o for o in rows}
    found: list[tuple[Assignment, Occurrence | None, str]] = []
    for child in children:
        one = owed.get(child.pk)
        holds = one is not None and child.state != Assignment.State.MOVED
        state = shown_state(one.state, one.due_on, today) if one and holds else ""
        found.append((child, one, state))
    return found


def steps_of(task_id: UUID) -> "QuerySet[Milestone]":
    """The milestones of a task with their days."""
    return Milestone.objects.filter(task_id=task_id).order_by("number")
