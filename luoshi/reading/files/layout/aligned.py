"""Tables without rules: cells that stand under one another, below a line of column heads."""

from collections.abc import Sequence
from statistics import median

from ...tables import header
from ..grid import Cell
from .cells import said
from .model import Line, Run, Table

_LEAST = 3
"""Rows of equal make that are taken for a table though no head says what the columns are."""


def tables(items: Sequence[Line | Table]) -> list[Line | Table]:
    """The items of a column, in order, with lines that form a table put together."""
    found: list[Line | Table] = []
    at = 0
    while at < len(items):
        end = _below_head(items, at) or _equal(items, at)
        if end:
            held = [item for item in items[at:end] if isinstance(item, Line)]
            found.append(_table(held))
            at = end
        else:
            found.append(items[at])
            at += 1
    return found


def _is_head(line: Line) -> bool:
    if not 2 <= len(line.segments) <= 15:
        return False
    said = "\t".join(line.text().split("  "))
    return header(said, 0, len(said)) is not None


def _below_head(items: Sequence[Line | Table], begin: int) -> int:
    """Where the table ends whose heads are the line at `begin`; 0 where it is no such line."""
    head = items[begin]
    if not isinstance(head, Line) or not _is_head(head):
        return 0
    columns = [[segment.x0, segment.x1] for segment in head.segments]
    pitch = 2.6 * (head.bottom - head.top)
    end, last = begin + 1, head
    while end < len(items):
        line = items[end]
        if not isinstance(line, Line) or line.top - last.bottom > pitch:
            break
        taken = [_column(segment, columns) for segment in line.segments]
        if any(len(hit) != 1 for hit in taken):
            break
        if _is_prose(line, columns, head):
            break
        for segment, hit in zip(line.segments, taken, strict=True):
            columns[hit[0]][0] = min(columns[hit[0]][0], segment.x0)
            columns[hit[0]][1] = max(columns[hit[0]][1], segment.x1)
        last = line
        end += 1
    return end if end > begin + 1 else 0


def _is_prose(line: Line, columns: Sequence[Sequence[float]], head: Line) -> bool:
    """One segment that starts left of all columns or ends right of the next one's head."""
    if len(line.segments) > 1:
        return False
    return line.x0 < columns[0][0] - 3 * line.size and line.x1 > head.segments[0].x1


def _column(segment: Run, columns: Sequence[Sequence[float]]) -> list[int]:
    """The columns that a segment overlaps; the nearest where it overlaps none."""
    hit = [
        number
        for number, (a, b) in enumerate(columns)
        if min(segment.x1, b) - max(segment.x0, a) > 0.3 * segment.size
    ]
    if hit:
        return hit
    middle = (segment.x0 + segment.x1) / 2
    near = min(range(len(columns)), key=lambda n: abs(sum(columns[n]) / 2 - middle))
    return [near]


def _equal(items: Sequence[Line | Table], begin: int) -> int:
    """Where lines end that have as many cells, at the same places, as the one at `begin`."""
    first = items[begin]
    if not isinstance(first, Line) or len(first.segments) < 3:
        return 0
    end = begin + 1
    while end < len(items):
        line = items[end]
        if not isinstance(line, Line) or len(line.segments) != len(first.segments):
            break
        if not all(
            abs(a.x0 - b.x0) < a.size or abs(a.x0 + a.x1 - b.x0 - b.x1) < 2 * a.size
            for a, b in zip(line.segments, first.segments, strict=True)
        ):
            break
        end += 1
    return end if end - begin >= _LEAST else 0


def _table(lines: Sequence[Line]) -> Table:
    columns = [[segment.x0, segment.x1] for segment in lines[0].segments]
    placed: list[list[tuple[int, Run]]] = []
    for line in lines:
        row = [(_column(segment, columns)[0], segment) for segment in line.segments]
        for column, segment in row:
            columns[column][0] = min(columns[column][0], segment.x0)
            columns[column][1] = max(columns[column][1], segment.x1)
        placed.append(row)
    rooms = [b - a for a, b in columns]
    rows = [
        [
            Cell(said([run for row in held for c, run in row if c == number], rooms[number]))
            for number in range(len(columns))
        ]
        for held in _grouped(lines, placed)
    ]
    edges = tuple(a for a, _ in columns)
    return Table(
        rows, lines[0].x0, max(b for _, b in columns), lines[0].top, lines[-1].bottom,
        edges, max(line.size for line in lines),
    )  # fmt: skip


def _grouped(
    lines: Sequence[Line], placed: Sequence[list[tuple[int, Run]]]
) -> list[list[list[tuple[int, Run]]]]:
    """The lines of each row: by the wider gaps where there are some, else by the first column."""
    gaps = [b.top - a.bottom for a, b in zip(lines, lines[1:], strict=False)]
    narrow, wide = min(gaps, default=0.0), max(gaps, default=0.0)
    size = median(line.size for line in lines)
    by_gap = wide - narrow > 0.35 * size
    groups: list[list[list[tuple[int, Run]]]] = [[placed[0]]]
    for number, row in enumerate(placed[1:], 1):
        starts = any(column == 0 for column, _ in row)
        apart = gaps[number - 1] > (narrow + wide) / 2
        if number == 1 or (apart if by_gap else starts):
            groups.append([row])
        else:
            groups[-1].append(row)
    return groups
