"""The two lines, governance and business, through the same four stages (rows S30, S31).

Planned: tasks drafted or issued for a unit. Deployed: handed to it, receipt known. Advanced:
reports accepted of those due, overdue ones shown. Assessed: assignments closed, their effect
checked. Counts of units' work; nothing is scored, ranked or summed to a grade.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from luoshi.directives.models import Directive, Part, TaskUnit
from luoshi.directives.pairs import going
from luoshi.directives.queries import OPEN
from luoshi.duties.models import Assignment, Occurrence, Receipt
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Appointment, Person, Portfolio, PostRole, Unit

STAGES = ("planned", "deployed", "advanced", "assessed")
LINES = (str(Directive.WorkLine.GOVERNANCE), str(Directive.WorkLine.BUSINESS))
HEADS = (PostRole.HEAD, PostRole.SECRETARY)
State = Occurrence.State


@dataclass(slots=True)
class Figures:
    """One line of one unit. `papers` are directives handed to it, `received` those it confirmed.

    `due` counts reports whose day has come and early accepted ones; `lead` the parts that can be
    closed.
    """

    drafted: int = 0
    handed: int = 0
    papers: int = 0
    received: int = 0
    due: int = 0
    accepted: int = 0
    overdue: int = 0
    lead: int = 0
    closed: int = 0
    effective: int = 0
    unchecked: int = 0

    @property
    def planned(self) -> int:
        """Tasks that name the unit, still drafted or handed out."""
        return self.drafted + self.handed

    def add(self, other: "Figures") -> None:
        """Count another one in."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


Counts = dict[tuple[UUID, str], Figures]


def figures(
    organisation_id: UUID, units: Iterable[UUID], among: "QuerySet[Directive]", on: date
) -> Counts:
    """(unit, line) → figures over the directives `among`; four queries for any number of units."""
    ids = list(units)
    found: Counts = {(unit, line): Figures() for unit in ids for line in LINES}
    scope: dict[str, Any] = {"organisation_id": organisation_id, "unit_id__in": ids}
    for unit, line, count in (
        TaskUnit.objects.filter(going(), **scope)
        .filter(task__directive__in=among.filter(state__in=OPEN).values("pk"))
        .order_by()
        .values("unit_id", "task__directive__work_line")
        .annotate(count=Count("task_id", distinct=True))
        .values_list("unit_id", "task__directive__work_line", "count")
    ):
        found[unit, line].drafted = count
    issued = among.filter(state=Directive.State.ISSUED).values("pk")
    lead = Q(part=Part.LEAD)
    closed = lead & Q(state=Assignment.State.CLOSED)
    for row in (
        Assignment.objects.filter(directive__in=issued, **scope)
        .exclude(state=Assignment.State.MOVED)
        .order_by()
        .values("unit_id", "directive__work_line")
        .annotate(
            handed=Count("task_id", distinct=True),
            papers=Count("directive_id", distinct=True),
            lead=Count("pk", filter=lead),
            closed=Count("pk", filter=closed),
            effective=Count("pk", filter=closed & Q(effect=Assignment.Effect.EFFECTIVE)),
            unchecked=Count("pk", filter=closed & Q(effect=Assignment.Effect.UNCHECKED)),
        )
    ):
        one = found[row.pop("unit_id"), row.pop("directive__work_line")]
        for name, value in row.items():
            setattr(one, name, value)
    for unit, line, count in (
        Receipt.objects.filter(directive__in=issued, **scope)
        .order_by()
        .values("unit_id", "directive__work_line")
        .annotate(count=Count("pk"))
        .values_list("unit_id", "directive__work_line", "count")
    ):
        found[unit, line].received = count
    owed = Q(state__in=(State.OPEN, State.RETURNED))
    for row in (
        Occurrence.objects.filter(directive__in=issued, **scope)
        .exclude(state=State.WAIVED)
        .order_by()
        .values("unit_id", "directive__work_line")
        .annotate(
            due=Count("pk", filter=Q(due_on__lte=on) | Q(state=State.ACCEPTED)),
            accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
            overdue=Count("pk", filter=owed & Q(due_on__lt=on)),
        )
    ):
        one = found[row.pop("unit_id"), row.pop("directive__work_line")]
        for name, value in row.items():
            setattr(one, name, value)
    return found


@dataclass(slots=True)
class Row:
    """A unit with both lines; `why` says that the person is in charge of it, or heads it."""

    unit: Unit
    why: str = ""
    cells: list[tuple[str, Figures]] = field(default_factory=list)


def rows(units: list[tuple[Unit, str]], counts: Counts) -> list[Row]:
    """The units in their order, each with the figures of both lines."""
    return [
        Row(unit, why, [(line, counts[unit.pk, line]) for line in LINES]) for unit, why in units
    ]


def units_of(person: Person, on: date) -> list[tuple[Unit, str]]:
    """The units that the person heads or is in charge of on a day, by 排序号; two queries."""
    held = (
        Appointment.objects.on(on)
        .filter(organisation_id=person.organisation_id, person=person, post__post_role__in=HEADS)
        .select_related("post__unit")
    )
    found = {a.post.unit_id: (a.post.unit, "heads") for a in held}
    portfolios = (
        Portfolio.objects.on(on)
        .filter(organisation_id=person.organisation_id, appointment__person=person)
        .select_related("unit")
    )
    for one in portfolios:
        found.setdefault(one.unit_id, (one.unit, "in_charge"))
    return sorted(found.values(), key=lambda pair: (pair[0].position, pair[0].pk))


def may_read(standing: Standing, person: Person, paths: Iterable[str]) -> bool:
    """Whether somebody sees a person's page: their own, or of who sits within their scope.

    `paths` are those of the units in which the person sits today.
    """
    if person.user_id == standing.user.pk:
        return True
    seats = list(paths)
    return bool(seats) and all(standing.may("lines.read", path) for path in seats)
