"""How much was recorded when: registers by the day of a matter and the day it was entered.

Facts for the eye, no result: units stand in their order, nothing is rated. A year holds what
happened in it or was recorded in it, so that a ledger filled in afterwards shows in both years.
Counts are of the units as they stand today, and of those alone that the person may read.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count, DateField, F, Func, Model, Q, QuerySet, Value
from django.db.models.functions import Substr, TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.directives.models import Approval
from luoshi.duties.models import Receipt, Submission
from luoshi.orgs import paths
from luoshi.orgs.access import Standing
from luoshi.orgs.models import SEGMENT, Placement, Unit
from luoshi.web.templatetags.ui import day

WEEK, MONTH = 7, 30
"""Days up to which an entry stands in the first and in the second column."""
MONTHS = range(1, 13)
BEFORE, LATER, UNKNOWN = 0, 13, 14
"""Beside the months of the year: happened before it; recorded after it; day not given."""
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Register:
    """Rows with a day on which something happened (`day`) and a moment of entry (`at`).

    `unit` leads to the unit it belongs to; `only` leaves out rows that say nothing of the kind.
    """

    key: str
    name: Promise
    model: type[Model]
    day: str
    at: str
    unit: str = "unit"
    only: Q = field(default_factory=Q)


REGISTERS = (
    Register("reports", gettext_lazy("Reports of the units"), Submission, "happened_on", "at"),
    Register(
        "receipts",
        gettext_lazy("Receipts of directives"),
        Receipt,
        "received_on",
        "received_at",
    ),
    Register(
        "transmissions",
        gettext_lazy("Passed on at meetings"),
        Receipt,
        "transmitted_on",
        "transmitted_at",
        only=Q(transmitted_on__isnull=False),
    ),
    Register(
        "signatures",
        gettext_lazy("Approvals signed on paper"),
        Approval,
        "signed_on",
        "at",
        unit="directive__owner",
        only=Q(on_paper=True),
    ),
)
"""One line each; the page, its sums and its scope follow from it."""


@dataclass(slots=True)
class Figures:
    """The entries of a branch: how long after the day they were made, and on which days."""

    total: int = 0
    week: int = 0
    month: int = 0
    longer: int = 0
    undated: int = 0
    days: "Counter[date]" = field(default_factory=Counter)

    def add(self, on: date | None, recorded_on: date, count: int) -> None:
        """Count entries in."""
        self.total += count
        self.days[recorded_on] += count
        if on is None:
            self.undated += count
            return
        after = (recorded_on - on).days
        if after <= WEEK:
            self.week += count
        elif after <= MONTH:
            self.month += count
        else:
            self.longer += count

    @property
    def most(self) -> int:
        """How many were recorded on the day with the most of them."""
        return max(self.days.values(), default=0)

    @property
    def most_on(self) -> list[date]:
        """The day on which most was recorded; several where they are even."""
        most = self.most
        return sorted(one for one, count in self.days.items() if count == most)

    @property
    def busiest(self) -> str:
        """6月20日，60条中35条; empty where no two were recorded on one day."""
        most, days = self.most, self.most_on
        if most < 2:
            return ""
        values = {"day": day(days[0]), "most": most, "total": self.total}
        if len(days) == 1:
            return _("%(day)s, %(most)s of %(total)s") % values
        return _("%(day)s, first of %(count)s days with %(most)s each, of %(total)s") % (
            values | {"count": len(days)}
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the matrix; `level` from 0 to 4 is its shade, `same` the month itself."""

    count: int
    level: int
    same: bool
    possible: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What happened in a month (or before the year, or on a day not given)."""

    happened: int
    cells: list[Cell]
    total: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows: when it happened; columns: when it was recorded."""

    columns: list[int]
    rows: list[Row]
    totals: list[int]


@dataclass(frozen=True, slots=True)
class Line:
    """A branch directly below the unit shown, or the unit itself (`unit` None)."""

    unit: Unit | None
    figures: Figures


@dataclass(slots=True)
class Recorded:
    """Everything the page shows of one register, unit and year."""

    register: Register
    year: int
    above: list[Unit]
    sums: Figures
    matrix: Matrix
    lines: list[Line]


def build(register: Register, standing: Standing, unit: Unit, path: str, year: int) -> Recorded:
    """The register's year at `unit` (at `path`) and below; two queries, whatever the size.

    Only what the person may read is counted, and the lines add up to the sums.
    """
    depth = paths.depth(path)
    places = list(
        Placement.objects.on(standing.on)
        .filter(Q(path__in=paths.ancestors(path)[:-1]) | Q(parent=unit))
        .filter(standing.scope("occurrence.read"), organisation_id=unit.organisation_id)
        .select_related("unit")
        .order_by("unit__position", "unit_id")
    )
    below = [place for place in places if paths.depth(place.path) > depth]
    above = sorted((p for p in places if p not in below), key=lambda p: len(p.path))
    branches = {path: Figures()} | {place.path: Figures() for place in below}
    sums, cells = Figures(), Counter[tuple[int, int]]()
    for branch, on, recorded_on, count in _counted(register, standing, path, year, depth + 1):
        if branch in branches:  # a seat further down is looked at from its own page
            sums.add(on, recorded_on, count)
            branches[branch].add(on, recorded_on, count)
            cells[_row(on, year), _column(recorded_on, year)] += count
    lines = [Line(place.unit, branches[place.path]) for place in below]
    if lines and branches[path].total:
        lines.insert(0, Line(None, branches[path]))
    return Recorded(register, year, [p.unit for p in above], sums, _matrix(cells), lines)


def _counted(
    register: Register, standing: Standing, path: str, year: int, depth: int
) -> Iterable[tuple[str, date | None, date, int]]:
    """(path cut to `depth` segments, day, day of entry in the site's zone, count); one query."""
    zone, place = ZoneInfo(settings.TIME_ZONE), f"{register.unit}__placements__"
    first, last = date(year, 1, 1), date(year, 12, 31)
    begin, end = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    open_end = Q(**{f"{place}valid_to__isnull": True}) | Q(**{f"{place}valid_to__gt": standing.on})
    here = paths.below(path, place) & standing.scope("occurrence.read", place)
    in_year = Q(**{f"{register.day}__range": (first, last)})
    in_year |= Q(**{f"{register.at}__gte": begin, f"{register.at}__lt": end})
    begun = {f"{place}valid_from__lte": standing.on}
    rows: QuerySet[Any] = register.model._default_manager.filter(
        # in one call, so that all of it speaks of the same placement
        register.only,
        here,
        open_end,
        in_year,
        organisation_id=standing.user.organisation_id,
        **begun,
    )
    found: Iterable[tuple[str, date | None, date, int]] = (
        rows.annotate(
            branch=Substr(f"{place}path", 1, depth * SEGMENT),
            recorded_on=_local_day(register.at, zone, year, standing.on),
        )
        .order_by()
        .values_list("branch", register.day, "recorded_on")
        .annotate(count=Count("*"))
    )
    return found


def _local_day(name: str, zone: ZoneInfo, year: int, on: date) -> Func | TruncDate:
    """The day of a moment in the zone.

    On SQLite Django asks Python for each row, a second for 100,000 of them; where the zone keeps
    one distance from UTC from the year's start until now, the database's own function does.
    """
    if connection.vendor == "sqlite":
        start = datetime(year, 1, 1, tzinfo=zone)
        days = range((on - start.date()).days + 2)
        shifts = {(start + timedelta(days=n)).utcoffset() or timedelta() for n in days}
        if len(shifts) == 1:
            shift = Value(f"{shifts.pop().total_seconds():+.0f} seconds")
            return Func(F(name), shift, function="date", output_field=DateField())
    return TruncDate(name, tzinfo=zone)


def _row(on: date | None, year: int) -> int:
    if on is None:
        return UNKNOWN
    return on.month if on.year == year else BEFORE


def _column(recorded_on: date, year: int) -> int:
    return recorded_on.month if recorded_on.year == year else LATER


def _matrix(cells: "Counter[tuple[int, int]]") -> Matrix:
    """Months always stand there; the rows and the column beside them only where they hold some."""
    columns = [*MONTHS] + [LATER] * any(column == LATER for _row, column in cells)
    most = max(cells.values(), default=0)
    rows = [
        Row(
            row,
            [
                Cell(
                    cells[row, column],
                    -(-LEVELS * cells[row, column] // most) if most else 0,
                    row == column,
                    column >= row if row in MONTHS else column != LATER,
                )
                for column in columns
            ],
            sum(cells[row, column] for column in columns),
        )
        for row in (BEFORE, *MONTHS, UNKNOWN)
        if row in MONTHS or any(key[0] == row for key in cells)
    ]
    return Matrix(columns, rows, [sum(r.cells[n].count for r in rows) for n in range(len(columns))])
