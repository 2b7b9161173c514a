"""Running heads, feet and page numbers: what repeats near the edges of the pages is dropped."""

import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

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
_BARE = re.compile(r"\d{1,4}|[ivxlcIVXLC]{1,6}")


def drop(pages: Sequence[Page]) -> None:
    """Take running heads, feet and page numbers out of the pages' runs.

    A line near an edge goes when it is nothing but a marked page number (— 3 —, 第3页), or when the
    same words, whatever figures are in them, stand at the same height on many pages.
    """
    seen: dict[tuple[bool, str], list[tuple[Page, list[Run], float]]] = defaultdict(list)
    written = [page for page in pages if page.runs]
    for page in written:
        for at_top, outermost, row in _near_edges(page):
            said = re.sub(r"\s", "", "".join(words(run.letters) for run in row))
            if _NUMBER.fullmatch(said):
                _remove(page, row)
                continue
            key = "#" if _BARE.fullmatch(said) else re.sub(r"\d+", "#", said)
            if key == "#" and not outermost:
                continue
            height = (row[0].top + row[0].bottom) / 2
            seen[at_top, key].append((page, row, height if at_top else page.height - height))
    for held in seen.values():
        usual = median(height for _, _, height in held)
        level = [(page, row) for page, row, height in held if abs(height - usual) < 8]
        if len(level) >= 2 and (len(level) >= 0.4 * len(written) or len(level) >= 3):
            for page, row in level:
                _remove(page, row)


def _near_edges(page: Page) -> list[tuple[bool, bool, list[Run]]]:
    """The lines in both zones, outermost first: at the top?, outermost?, its runs."""
    upper, lower = page.height * ZONE, page.height * (1 - ZONE)
    top = rows(run for run in page.runs if run.middle < upper)[:_MOST]
    bottom = rows(run for run in page.runs if run.middle > lower)[::-1][:_MOST]
    if len(top) + len(bottom) and len(rows(page.runs)) <= 1:
        return [(True, False, row) for row in top if _is_number(row)] + [
            (False, False, row) for row in bottom if _is_number(row)
        ]
    return [(True, number == 0, row) for number, row in enumerate(top)] + [
        (False, number == 0, row) for number, row in enumerate(bottom)
    ]


def _is_number(row: Sequence[Run]) -> bool:
    said = re.sub(r"\s", "", "".join(words(run.letters) for run in row))
    return bool(_NUMBER.fullmatch(said))


def _remove(page: Page, row: Sequence[Run]) -> None:
    gone = {id(run) for run in row}
    page.runs = [run for run in page.runs if id(run) not in gone]
