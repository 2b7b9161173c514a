"""Objectives as somebody sees them, with the latest value; who may set, report and conclude."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from luoshi.base.refused import OutOfScope
from luoshi.directives.models import Task
from luoshi.duties.access import Decision, Reviewers, decide
from luoshi.duties.models import Assignment, Objective, ObjectiveTask, ObjectiveValue
from luoshi.duties.queries import units_in_scope
from luoshi.orgs import queries
from luoshi.orgs.access import BELOW, GRANTS, Standing
from luoshi.orgs.models import Appointment, DatedQuerySet, Placement, Portfolio, Post
from luoshi.web.templatetags.ui import full_day

SET = "objective.set"
State = Objective.State


@dataclass(frozen=True, slots=True)
class Line:
    """An objective with its latest value, as a list shows it."""

    objective: Objective
    last: ObjectiveValue | None

    @property
    def present(self) -> str:
        """The latest value with its unit; empty where none was reported."""
        return self.objective.counted(self.last.shown) if self.last else ""


def from_above(standing: Standing, path: str) -> bool:
    """Whether the person sets objectives for the unit at `path` from a unit above it."""
    return any(
        GRANTS[s.role].get(SET) == BELOW
        and s.acts_for_path != path
        and path.startswith(s.acts_for_path)
        for s in standing.seats
    )


def may_change(standing: Standing, objective: Objective, path: str) -> bool:
    """Whether the person may change the objective: what was set from above, from above alone."""
    return standing.may(SET, path) and (objective.own or from_above(standing, path))


def visible_to(standing: Standing) -> "QuerySet[Objective]":
    """Objectives of the units whose work the person reads."""
    return Objective.objects.filter(
        organisation_id=standing.user.organisation_id,
        unit_id__in=units_in_scope(standing, "occurrence.read"),
    )


def fetch(standing: Standing, pk: UUID) -> Objective:
    """An objective that the person may read or, as a peer, conclude; else `OutOfScope`."""
    found = (
        Objective.objects.filter(organisation_id=standing.user.organisation_id, pk=pk)
        .select_related("unit", "lead__unit", "by", "closed_by")
        .first()
    )
    if found is None:
        raise OutOfScope()
    if standing.may("occurrence.read", queries.path_of(found.unit_id, standing.on)):
        return found
    outside = found.state == State.OPEN and standing.has("occurrence.review")
    if outside and decision(standing, Reviewers(found.organisation_id, standing.on), found).allowed:
        return found
    raise OutOfScope()


def decision(standing: Standing, reviewers: Reviewers, objective: Objective) -> Decision:
    """Whether the person may conclude it: the rule of reviews, for its latest value."""
    return _decisions(standing, reviewers, [objective])[0]


def to_conclude(standing: Standing, reviewers: Reviewers) -> list[Objective]:
    """Objectives past their day that the person may conclude, the oldest first; three queries."""
    rows = list(
        Objective.objects.filter(
            organisation_id=standing.user.organisation_id,
            state=State.OPEN,
            due_on__lt=standing.on,
        )
        .only("unit_id", "lead_id")
        .order_by("due_on", "id")
    )
    verdicts = _decisions(standing, reviewers, rows)
    return [one for one, verdict in zip(rows, verdicts, strict=True) if verdict.allowed]


def _decisions(
    standing: Standing, reviewers: Reviewers, found: Sequence[Objective]
) -> list[Decision]:
    """The decision on each; two queries."""
    last = latest(found)
    held = dict(
        Appointment.objects.on(standing.on)
        .filter(pk__in=[s.appointment_id for s in standing.seats])
        .values_list("post_id", "pk")
    )
    return [
        decide(
            standing,
            reviewers,
            unit_id=one.unit_id,
            leader_appointment=held.get(one.lead_id) if one.lead_id else None,
            reported_by=[last[one.pk].by_id] if one.pk in last else [],
        )
        for one in found
    ]


def in_force(rows: "QuerySet[ObjectiveValue]") -> "QuerySet[ObjectiveValue]":
    """Values that no later row corrects."""
    return rows.filter(corrected_by__isnull=True)


def latest(objectives: Iterable[Objective]) -> dict[UUID, ObjectiveValue]:
    """objective → the value of its latest day; one query."""
    rows = ObjectiveValue.objects.filter(objective__in=[o.pk for o in objectives])
    return {v.objective_id: v for v in in_force(rows).order_by("on", "at", "id")}


def lines(objectives: Sequence[Objective]) -> list[Line]:
    """Objectives as lines of a list; one query."""
    last = latest(objectives) if objectives else {}
    return [Line(o, last.get(o.pk)) for o in objectives]


def of_unit(unit_id: UUID, organisation_id: UUID, year: int, *, most: int = 20) -> list[Line]:
    """The unit's objectives of a year, and those of earlier ones that still run; two queries."""
    rows = Objective.objects.filter(organisation_id=organisation_id, unit_id=unit_id).filter(
        Q(year=year) | Q(year__lt=year, state=State.OPEN)
    )
    return lines(list(rows.order_by("due_on", "id")[:most]))


def of_task(unit_id: UUID, organisation_id: UUID, task_id: UUID) -> list[Line]:
    """The unit's objectives that a task serves; two queries."""
    rows = Objective.objects.filter(
        organisation_id=organisation_id,
        unit_id=unit_id,
        links__task_id=task_id,
        links__ended_at__isnull=True,
    )
    return lines(list(rows.order_by("due_on", "id")[:20]))


def tasks_of(objective: Objective) -> list[tuple[Task, Assignment | None]]:
    """The tasks that serve it, each with the unit's assignment of it; two queries."""
    links = list(
        ObjectiveTask.objects.filter(objective=objective, ended_at__isnull=True)
        .select_related("task")
        .order_by("task__position", "task_id")
    )
    held: dict[UUID, Assignment] = {
        a.task_id: a
        for a in Assignment.objects.filter(
            organisation_id=objective.organisation_id,
            unit_id=objective.unit_id,
            task__in=[link.task_id for link in links],
        ).order_by("-created_at", "id")
    }
    return [(link.task, held.get(link.task_id)) for link in links]


def offered_tasks(unit_id: UUID, organisation_id: UUID, *, most: int = 100) -> list[Task]:
    """Tasks that the unit has in hand, the latest first: what an objective may be linked to."""
    rows = Assignment.objects.filter(organisation_id=organisation_id, unit_id=unit_id).exclude(
        state=Assignment.State.MOVED
    )
    found: dict[UUID, Task] = {}
    for one in rows.select_related("task").order_by("-created_at", "task__position", "id")[:most]:
        found.setdefault(one.task_id, one.task)
    return list(found.values())


def offered_leads(unit_id: UUID, organisation_id: UUID, on: date) -> list[tuple[Post, str]]:
    """Posts that may answer for a unit's objective, with who holds them: those of the unit, and
    those in charge of it; two queries."""
    in_charge = (
        Portfolio.objects.on(on)
        .filter(organisation_id=organisation_id, unit_id=unit_id)
        .values("appointment__post_id")
    )
    posts = list(
        Post.objects.on(on)
        .filter(Q(unit_id=unit_id) | Q(pk__in=in_charge), organisation_id=organisation_id)
        .select_related("unit")
        .order_by("position", "id")[:100]
    )
    return [(post, names) for post, names in zip(posts, _held_by(posts, on), strict=True)]


def _held_by(posts: Sequence[Post], on: date) -> list[str]:
    held: dict[UUID, list[str]] = {}
    for post_id, name in (
        Appointment.objects.on(on)
        .filter(post__in=[p.pk for p in posts])
        .order_by("valid_from", "id")
        .values_list("post_id", "person__name")
    ):
        held.setdefault(post_id, []).append(name)
    return ["、".join(held.get(p.pk, ())) for p in posts]


def holder(post: Post, on: date) -> str:
    """Who holds the post on a day; empty where nobody does."""
    return _held_by([post], on)[0]


def places(standing: Standing) -> DatedQuerySet:
    """Where the units stand today for which the person may set objectives."""
    rows: DatedQuerySet = Placement.objects.on(standing.on).filter(
        standing.scope(SET), organisation_id=standing.user.organisation_id
    )
    return rows


@dataclass(frozen=True, slots=True)
class Course:
    """Values over time as points of a drawing `WIDTH` by `HEIGHT`; `target` and `baseline` are
    heights, `first` and `last` the values at its ends."""

    points: str
    dots: tuple[tuple[int, int, str], ...]
    first: ObjectiveValue
    last: ObjectiveValue
    target: int | None
    baseline: int | None


WIDTH, HEIGHT, EDGE = 640, 120, 10


def course(objective: Objective, values: Sequence[ObjectiveValue]) -> Course | None:
    """The course of numbers, from the lowest to the highest of values, baseline and target.

    None where fewer than two numbers were reported: the table says all there is.
    """
    numbers = [(v.on, v.value, v) for v in values if v.value is not None]
    if len(numbers) < 2 or numbers[0][0] == numbers[-1][0]:
        return None
    known = [n for _on, n, _value in numbers]
    known += [n for n in (objective.baseline, objective.target) if n is not None]
    low, high = min(known), max(known)
    begin, end = numbers[0][0], max(numbers[-1][0], objective.due_on)

    def height(number: Decimal | None) -> int | None:
        if number is None:
            return None
        share = (number - low) / (high - low) if high > low else Decimal("0.5")
        return HEIGHT - EDGE - int(share * (HEIGHT - 2 * EDGE))

    dots = tuple(
        (
            EDGE + (on - begin).days * (WIDTH - 2 * EDGE) // (end - begin).days,
            height(n) or 0,
            f"{objective.counted(v.shown)} · {full_day(on)}",
        )
        for on, n, v in numbers
    )
    return Course(
        points=" ".join(f"{x},{y}" for x, y, _text in dots),
        dots=dots,
        first=numbers[0][2],
        last=numbers[-1][2],
        target=height(objective.target),
        baseline=height(objective.baseline),
    )
