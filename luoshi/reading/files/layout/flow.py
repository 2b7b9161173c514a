"""Lines in reading order to paragraphs: a line that was full goes on, one that was ended ends."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median, mode
from typing import NamedTuple

from ...outline import enumerator
from .. import grid
from .model import Item, Line, Table
from .wraps import glued

_FINAL = "。！？!?；;：:…”」』）)"
_OPEN = "，、,《“（(—和与及或的"
_NUMBERED = frozenset(
    ("volume", "chapter", "section", "article", "cn", "cn_paren", "number", "number_paren",
     "circled", "hash")
)  # fmt: skip


class _Measure(NamedTuple):
    """The measure of a stream of text: left and right edge, size, distance of base lines."""

    left: float
    right: float
    size: float
    pitch: float
    indented: bool
    full: bool


def text(items: Sequence[Item]) -> str:
    """The text of the items: paragraphs and rows of tables, one a line."""
    measures = _measures(items)
    out: list[str] = []
    before: Item | None = None
    rows = _Rows(out)
    for item in items:
        if isinstance(item.what, Table):
            rows.add(item.what, item.page)
            before = item
            continue
        words = item.what.text().strip()
        if not words:
            continue
        if out and before is not None and _goes_on(before, item, measures, out[-1], words):
            out[-1] = glued(out[-1], words)
        else:
            out.append(words)
        before = item
        rows.end()
    return "\n".join(out)


def _measures(items: Iterable[Item]) -> dict[tuple[int, str], _Measure]:
    held: dict[tuple[int, str], list[Item]] = defaultdict(list)
    for item in items:
        if isinstance(item.what, Line):
            held[item.stream].append(item)
    return {stream: _measure(found, *stream) for stream, found in held.items()}


def _measure(items: Sequence[Item], width: float, column: str) -> _Measure:
    every = [item.what for item in items if isinstance(item.what, Line)]
    size = mode(round(line.size * 2) / 2 for line in every)
    body = [line for line in every if abs(line.size - size) < 0.12 * size] or every
    ends = sorted((line.x1 for line in body), reverse=True)
    # One line may hang out; the edge is where several end.
    right = ends[len(ends) // 50 + 1 if len(ends) > 9 else 0]
    full = [line for line in body if line.x1 > right - 1.6 * size]
    starts = sorted(line.x0 for line in body)
    left = starts[min(len(starts) - 1, len(starts) // 50)]
    pitches = [
        b.what.bottom - a.what.bottom
        for a, b in pairwise(items)
        if a.page == b.page and a.place == b.place and 0 < b.what.bottom - a.what.bottom < 4 * size
    ]
    indents = sum(1 for line in body if 1.2 * size < line.x0 - left < 3 * size)
    # Text that never comes near the right margin was not broken by it.
    goes_on = sum(1 for line in full if line.text()[-1] not in _FINAL)
    broken = goes_on >= 4 and 2 * goes_on > len(full) and 3 * len(full) > len(body)
    reaches = bool(column) or right > width - max(left * 1.6, left + 3 * size)
    return _Measure(
        left, right, size, median(pitches) if pitches else 1.6 * size,
        indents >= max(1, 0.08 * len(body)), reaches or broken,
    )  # fmt: skip


def _goes_on(
    one: Item, two: Item, measures: dict[tuple[int, str], _Measure], said: str, words: str
) -> bool:
    """Whether line `two` continues the paragraph that `said` ends with."""
    if not (isinstance(one.what, Line) and isinstance(two.what, Line)):
        return False
    a, b = one.what, two.what
    if abs(a.size - b.size) > 0.12 * max(a.size, b.size):
        return False
    measure, other = measures[one.stream], measures[two.stream]
    together = one.page == two.page and one.place == two.place
    gap = b.bottom - a.bottom
    if together and gap > 1.45 * max(measure.pitch, 1.2 * a.size):
        return False
    if len(a.segments) > 1 and len(b.segments) > 1:
        return False
    size = a.size
    kind = enumerator(words, 0, len(words))[0]
    if a.size > 1.15 * measure.size:  # a title: centred lines of large letters are one
        return (
            together
            and kind is None
            and _centred(a, b, measure)
            and not said.endswith(tuple("。：》"))
        )
    if not measure.full:
        # Too little text to know its right edge: what is inset goes on in the line below it.
        below = 1.2 * a.size < a.x0 - b.x0 < 3 * a.size and together and a.x1 >= b.x1
        return said[-1] in _OPEN or (below and said[-1] not in _FINAL and kind is None)
    short = a.x1 + b.first < measure.right - 0.6 * size
    if short:
        return False
    ended = said[-1] in _FINAL
    inset = b.x0 - other.left
    if kind in _NUMBERED and (ended or inset > 0.8 * size or _is_heading(said)):
        return False
    if inset > 1.2 * size:
        hanging = (
            a.x0 - measure.left < 0.6 * size
            or abs(a.x0 - b.x0 + other.left - measure.left) < 0.3 * size
        )
        return not ended and hanging and not _is_heading(said)
    return True


def _centred(a: Line, b: Line, measure: _Measure) -> bool:
    middle = (measure.left + measure.right) / 2
    return all(abs((line.x0 + line.x1) / 2 - middle) < 2.5 * line.size for line in (a, b))


def _is_heading(said: str) -> bool:
    kind = enumerator(said, 0, min(len(said), 60))[0]
    return kind in _NUMBERED and len(said) <= 30 and not re.search(r"[，。；]", said)


class _Rows:
    """Writes the rows of tables; a table that goes on on the next page is one with it."""

    def __init__(self, out: list[str]) -> None:
        self.out = out
        self.above: Table | None = None
        self.head: list[str] = []
        self.page = -1

    def end(self) -> None:
        """Something else came: what follows is another table."""
        self.above = None

    def add(self, table: Table, page: int) -> None:
        """Write a table's rows."""
        rows = [_spread(row) for row in table.rows]
        if self._same(table) and page != self.page:
            if rows and rows[0] == self.head:
                rows = rows[1:]  # the heads again, at the top of the page
            self._mend(rows)
        elif rows:
            self.head = rows[0]
        self.out += ["\t".join(row) for row in rows if any(row)]
        self.above, self.page = table, page

    def _same(self, table: Table) -> bool:
        above = self.above
        if above is None or not self.out:
            return False
        if table.spans or above.spans:
            return len(table.spans) == len(above.spans)
        return len(above.edges) == len(table.edges) and all(
            abs(a - b) <= 6 for a, b in zip(above.edges, table.edges, strict=True)
        )

    def _mend(self, rows: list[list[str]]) -> None:
        """Put a row together that the page cut in two; cells over both pages are said again."""
        last = self.out[-1].split("\t")
        if not rows or len(last) != len(rows[0]):
            return
        first = rows[0]
        if not first[0] and last[0] and any(first) and self.above and 0 not in self.above.going:
            pairs = list(zip(last, first, strict=True))
            broken = any(a and b and a[-1] not in "。；;！" for a, b in pairs)
            less = sum(map(bool, first)) < sum(map(bool, last))
            if broken or (less and all(a or not b for a, b in pairs)):
                self.out[-1] = "\t".join(glued(a, b) for a, b in pairs)
                del rows[0]
        for column in self.above.going if self.above else ():
            for row in rows:
                if column >= len(row) or row[column]:
                    break
                row[column] = last[column]


def _spread(row: Sequence[grid.Cell]) -> list[str]:
    """A row's words, with empty ones behind a cell over several columns."""
    return next(grid.lines([row]), "").split("\t")
