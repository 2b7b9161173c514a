"""Tables between ruling lines: lines that meet form a grid, and a missing piece merges cells."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ..grid import Cell
from .cells import said
from .model import Letter, Page, Run, Table

_NEAR = 3.5
_MOST = 700


def tables(page: Page) -> tuple[list[Table], list[Run]]:
    """The tables of a page, and the runs that stand in none."""
    level = _merged((y, x0, x1) for x0, y, x1, y1 in page.rules if y == y1)
    upright = _merged((x, y0, y1) for x, y0, x1, y1 in page.rules if x == x1)
    if len(level) < 2 or not upright or len(level) + len(upright) > _MOST:
        return [], page.runs
    found: list[Table] = []
    rest = page.runs
    for rules in _groups(level, upright):
        grid = _Grid(*rules)
        if grid.worth_it:
            inside = [run for run in rest if grid.holds(run)]
            if inside:
                gone = {id(run) for run in inside}
                rest = [run for run in rest if id(run) not in gone]
                found.append(grid.table(inside))
    return found, rest


Span = tuple[float, float, float]
"""A ruling line in one direction: where it lies, from where to where it goes."""


def _merged(rules: Iterable[Span]) -> list[Span]:
    """Pieces of one line put together."""
    found: list[Span] = []
    for at, begin, end in sorted(rules):
        for number in range(len(found) - 1, max(-1, len(found) - 40), -1):
            there, a, b = found[number]
            if at - there > 2.5:
                continue
            if begin <= b + _NEAR and end >= a - _NEAR:
                found[number] = (there, min(a, begin), max(b, end))
                break
        else:
            found.append((at, begin, end))
    return [span for span in found if span[2] - span[1] > 4]


def _groups(level: Sequence[Span], upright: Sequence[Span]) -> list[tuple[list[Span], list[Span]]]:
    """Lines that meet, directly or through others."""
    owner = list(range(len(level) + len(upright)))

    def root(at: int) -> int:
        while owner[at] != at:
            owner[at] = owner[owner[at]]
            at = owner[at]
        return at

    for i, (y, x0, x1) in enumerate(level):
        for j, (x, y0, y1) in enumerate(upright, len(level)):
            if x0 - _NEAR <= x <= x1 + _NEAR and y0 - _NEAR <= y <= y1 + _NEAR:
                owner[root(i)] = root(j)
    held: dict[int, tuple[list[Span], list[Span]]] = defaultdict(lambda: ([], []))
    for i, span in enumerate(level):
        held[root(i)][0].append(span)
    for j, span in enumerate(upright, len(level)):
        held[root(j)][1].append(span)
    return sorted(
        (pair for pair in held.values() if len(pair[0]) >= 2 and pair[1]),
        key=lambda pair: pair[0][0][0],
    )


def _places(values: Iterable[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _NEAR:
            out.append(value)
    return out


class _Grid:
    """Rows and columns between lines that meet."""

    def __init__(self, level: list[Span], upright: list[Span]) -> None:
        self.level, self.upright = level, upright
        # A table open at its sides ends where its level lines end.
        self.xs = _places(
            [x for x, _, _ in upright] + [min(a for _, a, _ in level), max(b for _, _, b in level)]
        )
        self.ys = _places(
            [y for y, _, _ in level]
            + [min(a for _, a, _ in upright), max(b for _, _, b in upright)]
        )

    @property
    def worth_it(self) -> bool:
        """At least two columns; a mere box around words is no table."""
        return len(self.xs) >= 3 and len(self.ys) >= 2

    def holds(self, run: Run) -> bool:
        middle = (run.x0 + run.x1) / 2
        return (
            self.xs[0] - 1 <= middle <= self.xs[-1] + 1
            and self.ys[0] - 1 <= run.middle <= self.ys[-1] + 1
        )

    def _parted_right(self, row: int, column: int) -> bool:
        x, y = self.xs[column + 1], (self.ys[row] + self.ys[row + 1]) / 2
        return any(abs(at - x) <= _NEAR and a <= y <= b for at, a, b in self.upright)

    def _parted_below(self, row: int, column: int) -> bool:
        y, x = self.ys[row + 1], (self.xs[column] + self.xs[column + 1]) / 2
        return any(abs(at - y) <= _NEAR and a <= x <= b for at, a, b in self.level)

    def _owners(self) -> list[list[tuple[int, int]]]:
        """For each place of the grid the first place of its cell."""
        wide, high = len(self.xs) - 1, len(self.ys) - 1
        owner = [[(r, c) for c in range(wide)] for r in range(high)]
        for r in range(high):
            for c in range(wide):
                if c and not self._parted_right(r, c - 1):
                    owner[r][c] = owner[r][c - 1]
                elif r and not self._parted_below(r - 1, c):
                    owner[r][c] = owner[r - 1][c]
        return owner

    def table(self, runs: Sequence[Run]) -> Table:
        owner = self._owners()
        held: dict[tuple[int, int], list[Run]] = defaultdict(list)
        for run in runs:
            row = _between(self.ys, run.middle)
            for column, letters in self._cut(run, row):
                held[owner[row][column]].append(Run(letters, run.top, run.bottom, run.size))
        last: dict[tuple[int, int], int] = {}
        for line in owner:
            for c, place in enumerate(line):
                last[place] = max(last.get(place, 0), c)
        words = {
            place: said(cell, self.xs[last[place] + 1] - self.xs[place[1]] - 1.25 * cell[0].size)
            for place, cell in held.items()
        }
        rows: list[list[Cell]] = []
        for line in owner:
            cells: list[Cell] = []
            begin = 0
            for c in range(1, len(line) + 1):
                if c == len(line) or line[c] != line[begin]:
                    cells.append(Cell(words.get(line[begin], ""), c - begin))
                    begin = c
            rows.append(cells)
        return Table(
            rows, self.xs[0], self.xs[-1], self.ys[0], self.ys[-1],
            tuple(self.xs), max(run.size for run in runs), (),
            frozenset(c for c, place in enumerate(owner[-1]) if place[0] < len(owner) - 1),
        )  # fmt: skip

    def _cut(self, run: Run, row: int) -> list[tuple[int, list[Letter]]]:
        """A run's letters by the columns they stand in; only a line that is there cuts."""
        found: list[tuple[int, list[Letter]]] = []
        for letter in run.letters:
            column = _between(self.xs, (letter.x0 + letter.x1) / 2)
            if found:
                before = found[-1][0]
                if column == before or not any(
                    self._parted_right(row, c) for c in range(before, column)
                ):
                    found[-1][1].append(letter)
                    continue
            found.append((column, [letter]))
        return found


def _between(edges: Sequence[float], at: float) -> int:
    """The number of the stripe in which a coordinate lies."""
    for number in range(len(edges) - 2):
        if at < edges[number + 1]:
            return number
    return len(edges) - 2
