"""Columns of text: a gutter that divides a stretch of a page is read left side first."""

from collections.abc import Sequence
from typing import NamedTuple

from ...tables import header
from .lines import rows
from .model import Page, Run, Table, words

_BIN = 2.0
_DEEPEST = 2
_LEAST_ROWS = 4


class Stretch(NamedTuple):
    """Runs and tables that are read one after the other; `key` names their column."""

    items: list[Run | Table]
    key: str


def order(items: Sequence[Run | Table], page: Page) -> list[Stretch]:
    """The stretches of a page in reading order."""
    return _order(list(items), page.width, "", 0)


def _order(items: list[Run | Table], width: float, key: str, depth: int) -> list[Stretch]:
    gutter = _gutter(items, width) if depth < _DEEPEST else None
    if gutter is None:
        return [Stretch(items, key)] if items else []
    found: list[Stretch] = []
    wide: list[Run | Table] = []
    for band, crossing in _bands(items, gutter):
        left = [item for item in band if item.x1 <= gutter[1]]
        right = [item for item in band if item.x1 > gutter[1]]
        if not crossing and _is_text(left, right):
            if wide:
                found.append(Stretch(wide, key))
                wide = []
            found += _order(left, width, f"{key}l", depth + 1)
            found += _order(right, width, f"{key}r", depth + 1)
        else:
            wide += band
    if wide:
        found.append(Stretch(wide, key))
    return found


def _gutter(items: Sequence[Run | Table], width: float) -> tuple[float, float] | None:
    """The widest upright stripe that hardly anything crosses, well within the text."""
    runs = [item for item in items if isinstance(item, Run)]
    if len(runs) < 2 * _LEAST_ROWS:
        return None
    low, high = min(run.x0 for run in runs), max(run.x1 for run in runs)
    count = int((high - low) / _BIN) + 2
    if count > 10_000:
        return None
    steps = [0] * (count + 1)
    for run in runs:
        steps[int((run.x0 - low) / _BIN)] += 1
        steps[int((run.x1 - low) / _BIN) + 1] -= 1
    covered, now = [], 0
    for step in steps:
        now += step
        covered.append(now)
    most = max(covered)
    size = sorted(run.size for run in runs)[len(runs) // 2]
    best: tuple[float, float, float] | None = None
    begin: int | None = None
    for at in range(int(count * 0.2), int(count * 0.8) + 1):
        clear = covered[at] <= 0.25 * most
        if clear and begin is None:
            begin = at
        if begin is not None and (not clear or at == int(count * 0.8)):
            stripe = (low + begin * _BIN, low + at * _BIN)
            if stripe[1] - stripe[0] >= max(0.8 * size, 8.0):
                rate = (stripe[1] - stripe[0]) / (1 + min(covered[begin:at] or [0]))
                if best is None or rate > best[0]:
                    best = (rate, *stripe)
            begin = None
    return None if best is None else (best[1], best[2])


def _bands(
    items: Sequence[Run | Table], gutter: tuple[float, float]
) -> list[tuple[list[Run | Table], bool]]:
    """The items from the top down, cut where some cross the gutter: band, whether it crosses."""
    middle = (gutter[0] + gutter[1]) / 2
    found: list[tuple[list[Run | Table], bool]] = []
    for item in sorted(items, key=lambda item: (item.top + item.bottom) / 2):
        crossing = item.x0 < middle < item.x1
        if not found or found[-1][1] != crossing:
            found.append(([], crossing))
        found[-1][0].append(item)
    return found


def _is_text(left: Sequence[Run | Table], right: Sequence[Run | Table]) -> bool:
    """Whether both sides are running text and not cells of a table without rules."""
    sides = []
    for side in (left, right):
        held = rows(item for item in side if isinstance(item, Run))
        if len(held) < _LEAST_ROWS:
            return False
        low = min(row[0].x0 for row in held)
        high = max(row[-1].x1 for row in held)
        size = sorted(run.size for row in held for run in row)[-1]
        if high - low < 7 * size:
            return False
        full = sum(1 for row in held if row[-1].x1 > high - 1.6 * size)
        if full < 0.4 * len(held):
            return False
        sides.append(high - low)
    together = rows(item for item in (*left, *right) if isinstance(item, Run))
    for row in together[:6]:
        said = "\t".join(words(run.letters) for run in row)
        if header(said, 0, len(said)):
            return False
    return 0.4 < sides[0] / sides[1] < 2.5
