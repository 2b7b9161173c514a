"""The board of a directive: tasks by the units directly below one unit, opened level by level."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from luoshi.directives.models import Directive, Task, Triage
from luoshi.directives.rows import when_in_words
from luoshi.insight import rollup
from luoshi.insight.rollup import Cell
from luoshi.orgs import paths
from luoshi.orgs.models import Placement, Unit, UnitKind

MOST_COLUMNS = 50
OFFICES = (
    UnitKind.DEPARTMENT,
    UnitKind.COMMITTEE,
    UnitKind.DISCIPLINE,
    UnitKind.SECTION,
    UnitKind.GROUP,
)
"""Kinds of units of the body itself: on a wide board they share one column that opens."""
FEW = 12
"""Up to this many columns every unit has one of its own."""


@dataclass(slots=True)
class Column:
    """A unit, or the offices of the body together (`key` "offices"), and the paths it sums."""

    key: str
    name: str
    paths: list[str]
    opens: bool = False
    opened: bool = False
    inner: bool = False
    last: bool = False
    unit_id: UUID | None = None


@dataclass(slots=True)
class Line:
    """A task with its cells in the order of the columns; `all` sums the whole subtree.

    `unchecked` and `effective` count its closed parts there by what is known of their effect.
    """

    task: Task
    number: str
    cells: list[Cell]
    all: Cell
    trend: list[int] = field(default_factory=list)
    unchecked: int = 0
    effective: int = 0
    pairs: list[tuple[Cell, Column]] = field(default_factory=list)

    @property
    def when(self) -> str:
        """The task's date or cadence in words."""
        return when_in_words(self.task)


@dataclass(slots=True)
class Board:
    """Everything the page shows."""

    unit: Unit
    above: list[Unit]
    columns: list[Column]
    groups: list[tuple[str, list[Line]]]
    sums: Cell
    trend: list[int]
    more_columns: int = 0


def build(
    directive: Directive,
    unit: Unit,
    path: str,
    on: date,
    *,
    opened: str = "",
    kind: str = "",
    state: str = "",
) -> Board:
    """The board below `unit` at `path`; `opened` a column key; seven or eight queries."""
    organisation = directive.organisation_id
    columns, more = _columns(organisation, path, on, opened)
    depth = paths.depth(path) + 1
    outer = _by_task(rollup.by_branch(organisation, directive.pk, path, on, depth=depth))
    below = next((c.paths[0] for c in columns if c.opened and c.unit_id), "")
    inner = (
        _by_task(rollup.by_branch(organisation, directive.pk, below, on, depth=depth + 1))
        if below
        else {}
    )
    effects = rollup.effects(organisation, directive.pk, path, on)
    by_task, trend = rollup.weekly(organisation, directive.pk, path, on)
    tasks = (
        Task.objects.filter(organisation_id=organisation, directive=directive)
        .filter(state=Task.State.ISSUED, requirement__triage=Triage.TASK)
        .select_related("requirement")
        .order_by("position", "id")
    )
    groups: list[tuple[str, list[Line]]] = []
    board = Board(unit, _above(organisation, path, on), columns, groups, Cell(), trend, more)
    for number, task in enumerate(tasks, 1):
        mine, deeper = outer.get(task.pk, {}), inner.get(task.pk, {})
        line = Line(
            task,
            str(number),
            [_together(deeper if below and c.inner else mine, c.paths) for c in columns],
            _together(mine, list(mine)),
            by_task.get(task.pk, [0] * rollup.WEEKS),
            *effects.get(task.pk, (0, 0)),
        )
        board.sums.add(line.all)
        if not line.all.total and unit.pk != directive.owner_id:
            continue  # this task asks nothing of the subtree shown
        if kind and task.task_kind != kind:
            continue
        if state and state not in {c.state for c in line.cells}:
            continue
        heading = (task.requirement.heading_path or [""])[0]
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].append(line)
    own = columns[0]
    if not any(line.cells[0].total for _heading, lines in groups for line in lines):
        columns.remove(own)
        for _heading, lines in groups:
            for line in lines:
                line.cells.pop(0)
    for _heading, lines in groups:
        for line in lines:
            line.pairs = list(zip(line.cells, columns, strict=True))
    return board


def _by_task(cells: dict[tuple[UUID, str], Cell]) -> dict[UUID, dict[str, Cell]]:
    found: dict[UUID, dict[str, Cell]] = {}
    for (task_id, branch), cell in cells.items():
        found.setdefault(task_id, {})[branch] = cell
    return found


def _together(mine: dict[str, Cell], wanted: list[str]) -> Cell:
    found = Cell()
    for path in wanted:
        if path in mine:
            found.add(mine[path])
    return found


def _above(organisation: UUID, path: str, on: date) -> list[Unit]:
    rows = (
        Placement.objects.on(on)
        .filter(organisation_id=organisation, path__in=paths.ancestors(path)[:-1])
        .select_related("unit")
        .order_by("path")
    )
    return [row.unit for row in rows]


def _columns(organisation: UUID, path: str, on: date, opened: str) -> tuple[list[Column], int]:
    """The units directly below in their order (排序号); offices together where there are many."""
    places = _children(organisation, path, on)
    has_below = set(
        Placement.objects.on(on)
        .filter(organisation_id=organisation, parent_id__in=[p.unit_id for p in places])
        .values_list("parent_id", flat=True)
    )
    columns = [Column("own", _("itself"), [path])]
    offices = [p for p in places if p.unit.unit_kind in OFFICES]
    grouped = len(places) > FEW and len(offices) > 1
    if grouped:
        columns.append(
            Column(
                "offices",
                _("offices"),
                [p.path for p in offices],
                opens=True,
                opened=opened == "offices",
            )
        )
        if opened == "offices":
            columns += [_column(p, inner=True) for p in offices]
            columns[-1].last = True
    for place in places:
        if grouped and place.unit.unit_kind in OFFICES:
            continue
        column = _column(place, opens=place.unit_id in has_below)
        column.opened = column.opens and opened == column.key
        columns.append(column)
        if column.opened:
            columns.append(Column("inner-own", _("itself"), [place.path], inner=True))
            columns += [_column(p, inner=True) for p in _children(organisation, place.path, on)]
            columns[-1].last = True
    more = max(0, len(columns) - MOST_COLUMNS - 1)
    return columns[: MOST_COLUMNS + 1] if more else columns, more


def _children(organisation: UUID, path: str, on: date) -> list[Any]:
    parent = (
        Placement.objects.on(on)
        .filter(organisation_id=organisation, path=path)
        .values("unit_id")[:1]
    )
    return list(
        Placement.objects.on(on)
        .filter(organisation_id=organisation, parent_id__in=parent)
        .select_related("unit")
        .order_by("unit__position", "unit_id")
    )


def _column(place: Any, *, inner: bool = False, opens: bool = False) -> Column:
    return Column(
        str(place.unit_id),
        place.unit.short_name or place.unit.name,
        [place.path],
        opens=opens,
        inner=inner,
        unit_id=place.unit_id,
    )
