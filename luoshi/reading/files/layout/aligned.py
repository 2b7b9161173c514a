"""Tables without rules: cells that stand under one another, below a line of column heads."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ...tables import header
from ..grid import Cell
from .cells import said
from .model import Line, Run, Table

_LEAST = 3
"""Rows of equal make that are taken for a table though no head says what the columns are."""


Columns = list[list[float]]
"""Where each column begins and ends."""


def tables(items: Sequence[Line | Table], above: Line | Table | None) -> list[Line | Table]:
    """The items of a column, in order, with lines that form a table put together.

    `above` is what came last before them: a table without rules may go on on the next page.
    """
    found: list[Line | Table] = []
    at = 0
    if isinstance(above, Table) and above.spans:
        columns = [list(span) for span in above.spans]
        end = _rows(items, 0, columns)
        if end and _fits(items[0], above.spans):
            found.append(_table([item for item in items[:end] if isinstance(item, Line)], columns))
            at = end
    while at < len(items):
        head = items[at]
        columns = [[s.x0, s.x1] for s in head.segments] if isinstance(head, Line) else []
        if isinstance(head, Line) and _is_head(head):
            end = _rows(items, at + 1, columns, head)
        else:
            end = _equal(items, at)
        if end:
            held = [item for item in items[at:end] if isinstance(item, Line)]
            found.append(_table(held, columns))
            at = end
        else:
            found.append(head)
            at += 1
    return found


def _is_head(line: Line) -> bool:
    if not 2 <= len(line.segments) <= 15:
        return False
    said = "\t".join(line.text().split("  "))
    return header(said, 0, len(said)) is not None


def _fits(item: Line | Table, spans: Sequence[Sequence[float]]) -> bool:
    """Whether a line has several cells, each under a column that was there before."""
    return (
        isinstance(item, Line)
        and len(item.segments) > 1
        and all(
            sum(min(s.x1, b) - max(s.x0, a) > 0.3 * s.size for a, b in spans) == 1
            for s in item.segments
        )
    )


def _rows(
    items: Sequence[Line | Table], begin: int, columns: Columns, head: Line | None = None
) -> int:
    """Where the rows end that stand under the columns, which grow with them; 0 for none."""
    end, last = begin, head
    while end < len(items):
        line = items[end]
        if not isinstance(line, Line):
            break
        high = line.bottom - line.top
        if last is not None and (
            line.top - last.bottom > 2.6 * high or abs(line.size - last.size) > 0.2 * last.size
        ):
            break
        taken = [_column(segment, columns) for segment in line.segments]
        if any(len(hit) != 1 for hit in taken) or _is_prose(line, columns):
            break
        for segment, hit in zip(line.segments, taken, strict=True):
            columns[hit[0]][0] = min(columns[hit[0]][0], segment.x0)
            columns[hit[0]][1] = max(columns[hit[0]][1], segment.x1)
        last = line
        end += 1
    return end if end > begin else 0


def _is_prose(line: Line, columns: Columns) -> bool:
    """One segment that begins left of the first column and is no cell of it."""
    return len(line.segments) == 1 and (
        line.x0 < columns[0][0] - 3 * line.size and line.x1 > columns[0][1]
    )


def _column(segment: Run, columns: Columns) -> list[int]:
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


def _table(lines: Sequence[Line], columns: Columns) -> Table:
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
    return Table(
        rows, lines[0].x0, max(b for _, b in columns), lines[0].top, lines[-1].bottom,
        (), max(line.size for line in lines),
        tuple((a, b) for a, b in columns),
    )  # fmt: skip


def _grouped(
    lines: Sequence[Line], placed: Sequence[list[tuple[int, Run]]]
) -> list[list[list[tuple[int, Run]]]]:
    """The lines of each row: by the wider gaps where there are some, else by the first column."""
    gaps = [b.top - a.bottom for a, b in pairwise(lines)]
    narrow, wide = min(gaps, default=0.0), max(gaps, default=0.0)
    size = median(line.size for line in lines)
    by_gap = wide - narrow > 0.35 * size
    groups: list[list[list[tuple[int, Run]]]] = [[placed[0]]]
    for number, row in enumerate(placed[1:], 1):
        starts = any(column == 0 for column, _ in row)
        apart = gaps[number - 1] > (narrow + wide) / 2
        head = number == 1 and _is_head(lines[0])
        if head or (apart if by_gap else starts):
            groups.append([row])
        else:
            groups[-1].append(row)
    return groups
