"""Who has received what was issued, when, and through which meeting it was passed on (row S01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from luoshi.directives.models import Directive, IssueNotice
from luoshi.duties.models import Assignment, Receipt
from luoshi.duties.queries import my_units, units_in_scope
from luoshi.orgs import paths, queries
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Unit


def notice_of(directive: Directive) -> IssueNotice | None:
    """The paper that put the directive's breakdown in force."""
    return IssueNotice.objects.filter(
        organisation_id=directive.organisation_id, directive=directive
    ).first()


def series_used(organisation_id: UUID) -> list[str]:
    """The series of numbers in use, the latest first."""
    rows = (
        IssueNotice.objects.filter(organisation_id=organisation_id)
        .exclude(series="")
        .order_by("-at")
        .values_list("series", flat=True)[:50]
    )
    return list(dict.fromkeys(rows))


@dataclass(frozen=True, slots=True)
class Row:
    """A unit that something was issued to, and its receipt where it gave one.

    `below` and `below_received` count the units further down that got a part, and how many of them
    have received it.
    """

    unit: Unit
    tasks: int
    receipt: Receipt | None
    below: int = 0
    below_received: int = 0


def rows(directive: Directive, standing: Standing) -> list[Row]:
    """Every unit of the person's scope that it went to, in their order; three queries."""
    handed: dict[UUID, int] = {}
    found: dict[UUID, Unit] = {}
    for one in (
        Assignment.objects.filter(
            organisation_id=directive.organisation_id,
            directive=directive,
            unit_id__in=units_in_scope(standing, "occurrence.read"),
        )
        .select_related("unit")
        .order_by("unit__position", "unit_id")
    ):
        found[one.unit_id] = one.unit
        handed[one.unit_id] = handed.get(one.unit_id, 0) + 1
    receipts = {
        r.unit_id: r
        for r in Receipt.objects.filter(
            organisation_id=directive.organisation_id, directive=directive
        ).select_related("by")
    }
    where = queries.paths_of(found, standing.on)
    below: dict[str, int] = {}
    received: dict[str, int] = {}
    for pk, path in where.items():
        for above in paths.ancestors(path)[:-1]:
            below[above] = below.get(above, 0) + 1
            received[above] = received.get(above, 0) + (pk in receipts)
    return [
        Row(
            unit,
            handed[pk],
            receipts.get(pk),
            below.get(where.get(pk, ""), 0),
            received.get(where.get(pk, ""), 0),
        )
        for pk, unit in found.items()
    ]


def to_receive(standing: Standing, *, most: int = 50) -> Sequence[tuple[Directive, Unit]]:
    """What was issued to the person's own units and not received yet, the latest first.

    Two queries; nothing where the person may not report for a unit.
    """
    if not standing.has("occurrence.submit"):
        return []
    units = my_units(standing)
    handed = Assignment.objects.filter(
        organisation_id=standing.user.organisation_id,
        unit_id__in=units,
        directive__state=Directive.State.ISSUED,
    )
    given = Receipt.objects.filter(
        organisation_id=OuterRef("organisation_id"),
        directive_id=OuterRef("directive_id"),
        unit_id=OuterRef("unit_id"),
    )
    waiting: QuerySet[Assignment, tuple[UUID, UUID]] = (
        handed.filter(~Exists(given))
        .order_by("-directive__handed_out_at", "directive_id", "unit_id")
        .values_list("directive_id", "unit_id")
        .distinct()
    )
    pairs = list(waiting[:most])
    if not pairs:
        return []
    directives = {
        d.pk: d
        for d in Directive.objects.filter(pk__in={d for d, _u in pairs})
        .select_related("owner")
        .defer("text", "outline")
    }
    named = {u.pk: u for u in Unit.objects.filter(pk__in={u for _d, u in pairs})}
    return [(directives[d], named[u]) for d, u in pairs]
