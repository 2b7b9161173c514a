"""What closed units left behind, and who hands it over (移交未完事项)."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from luoshi.base.refused import OutOfScope
from luoshi.directives.models import Part
from luoshi.duties.actions.common import DECIDE
from luoshi.duties.actions.settling import SETTLED
from luoshi.duties.models import Assignment, Occurrence
from luoshi.orgs.access import Standing
from luoshi.orgs.models import SEGMENT, Placement, Unit


def left_behind(organisation_id: UUID, unit_id: UUID) -> "QuerySet[Assignment]":
    """A unit's assignments that still need somebody: open ones, and effects not yet checked.

    A supporting part needs somebody while any lead unit of the task owes something.
    """
    found = _left(organisation_id).filter(unit_id=unit_id)
    return found.select_related("task", "directive__owner", "parent__unit", "unit").defer(
        "directive__text", "directive__outline", "task__measure"
    )


def _left(organisation_id: UUID) -> "QuerySet[Assignment]":
    owed = Occurrence.objects.filter(
        organisation_id=OuterRef("organisation_id"), task_id=OuterRef("task_id")
    ).exclude(state__in=SETTLED)
    found: QuerySet[Assignment] = Assignment.objects.filter(
        Q(state=Assignment.State.OPEN, part=Part.LEAD)
        | Q(Exists(owed), state=Assignment.State.OPEN, part=Part.SUPPORT)
        | Q(effect=Assignment.Effect.UNCHECKED),
        organisation_id=organisation_id,
    )
    return found


@dataclass(frozen=True, slots=True)
class Left:
    """A closed unit with what it left behind, and the path of the unit that stood above it."""

    unit: Unit
    count: int
    above: str


def closed_units(standing: Standing) -> list[Left]:
    """Closed units that left something behind, for whom decides for the unit above them.

    One query where no unit was ever closed, three otherwise.
    """
    if not standing.has(DECIDE):
        return []
    closed = Unit.objects.filter(
        organisation_id=standing.user.organisation_id, closed_on__lte=standing.on
    )
    gone = {u.pk: u for u in closed.order_by("-closed_on", "position", "id")}
    if not gone:
        return []
    counts = dict(
        _left(standing.user.organisation_id)
        .filter(unit_id__in=gone)
        .values_list("unit_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    units = {pk: unit for pk, unit in gone.items() if pk in counts}
    last: dict[UUID, str] = {}
    rows = Placement.objects.filter(
        organisation_id=standing.user.organisation_id, unit_id__in=units
    ).order_by("valid_from")
    for unit_id, path in rows.values_list("unit_id", "path"):
        last[unit_id] = path
    found = []
    for pk, unit in units.items():
        above = last[pk][:-SEGMENT]
        if above and standing.may(DECIDE, above):
            found.append(Left(unit, counts[pk], above))
    return found


def fetch(standing: Standing, pk: UUID) -> Left:
    """One of `closed_units`, also with nothing left; else `OutOfScope`."""
    unit = Unit.objects.filter(
        organisation_id=standing.user.organisation_id, pk=pk, closed_on__lte=standing.on
    ).first()
    place = Placement.objects.filter(unit=unit).order_by("-valid_from").first() if unit else None
    if unit is None or place is None:
        raise OutOfScope()
    above = place.path[:-SEGMENT]
    if not above or not standing.may(DECIDE, above):
        raise OutOfScope()
    return Left(unit, left_behind(unit.organisation_id, pk).count(), above)


def link_to(standing: Standing, unit_id: UUID) -> Unit | None:
    """The closed unit, where its page of what it left behind is open to the person."""
    try:
        return fetch(standing, unit_id).unit
    except OutOfScope:
        return None
