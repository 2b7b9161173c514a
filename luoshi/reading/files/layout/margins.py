"""Running heads, feet and page numbers: what repeats near the edges of the pages is dropped."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from .lines import rows
from .model import Page, Run, words

ZONE = 0.13
"""How far from the upper and the lower edge, of the height, a running head may stand."""
_MOST = 3
_DASH = "-—–－─_·•~～"
_NUMBER = re.compile(
    rf"[{_DASH}]{{1,3}}\d{{1,4}}[{_DASH}]{{1,3}}"
    r"|第[\d一二三四五六七八九十百]{1,4}页(?:[,，/]?共[\d一二三四五六七八九十百]{1,4}页)?"
    r"|共\d{1,4}页[,，]?第\d{1,4}页|\d{1,4}/\d{1,4}|(?i:page)\d{1,4}(?:of\d{1,4})?"
)
_FIGURES = re.compile(r"\d+")
_BARE = re.compile(r"\d{1,4}|[ivxlcIVXLC]{1,6}")


def drop(pages: Sequence[Page]) -> None:
    """Take running heads, feet and page numbers out of the pages' runs.

    A line near an edge goes when it is nothing but a marked page number (— 3 —, 第3页), or when it
    stands apart from the text and the same words, whatever figures are in them, stand at the same
    height on many pages.
    """
    seen: dict[tuple[bool, str], list[tuple[Page, list[Run], float]]] = defaultdict(list)
    written = [page for page in pages if page.runs]
    for page in written:
        for edge in _near_edges(page):
            said = _said(edge.row)
            if _NUMBER.fullmatch(said):
                _remove(page, edge.row)
                continue
            key = "#" if _BARE.fullmatch(said) else _FIGURES.sub("#", said)
            if (key == "#" and not edge.outermost) or not edge.apart:
                continue
            height = (edge.row[0].top + edge.row[0].bottom) / 2
            away = height if edge.at_top else page.height - height
            seen[edge.at_top, key].append((page, edge.row, away))
    for held in seen.values():
        usual = median(height for _, _, height in held)
        level = [(page, row) for page, row, height in held if abs(height - usual) < 8]
        if len(level) >= 2 and (len(level) >= 0.4 * len(written) or len(level) >= 3):
            for page, row in level:
                _remove(page, row)


class _Edge(NamedTuple):
    """A line near an edge: at the top?, outermost?, apart from the text?, and its runs."""

    at_top: bool
    outermost: bool
    apart: bool
    row: list[Run]


def _near_edges(page: Page) -> list[_Edge]:
    """The lines in both zones, outermost first; of a lone line only a marked page number."""
    every = rows(page.runs)
    if len(every) == 1:
        return [_Edge(True, True, False, every[0])]
    found: list[_Edge] = []
    pitch = median(_between(a, b) for a, b in pairwise(every))
    for at_top, order in ((True, every), (False, every[::-1])):
        zone = page.height * ZONE
        near = [
            row
            for row in order[:_MOST]
            if (row[0].middle if at_top else page.height - row[0].middle) < zone
        ]
        apart = False
        edges: list[_Edge] = []
        for number in range(len(near) - 1, -1, -1):
            row = near[number]
            inner = order[number + 1] if number + 1 < len(order) else None
            apart = apart or inner is None or _apart(row, inner, pitch)
            edges.append(_Edge(at_top, number == 0, apart, row))
        found += edges[::-1]
    return found


def _between(one: Sequence[Run], two: Sequence[Run]) -> float:
    return abs(two[0].middle - one[0].middle)


def _apart(row: Sequence[Run], inner: Sequence[Run], pitch: float) -> bool:
    """Whether a line is of another size than the next one, or further from it than usual."""
    sizes = max(run.size for run in row), max(run.size for run in inner)
    return min(sizes) < 0.9 * max(sizes) or _between(row, inner) > 1.25 * pitch


def _said(row: Sequence[Run]) -> str:
    return re.sub(r"\s", "", "".join(words(run.letters) for run in row))


def _remove(page: Page, row: Sequence[Run]) -> None:
    gone = {id(run) for run in row}
    page.runs = [run for run in page.runs if id(run) not in gone]
