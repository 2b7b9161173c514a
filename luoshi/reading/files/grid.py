"""Rows of a table to lines of text: cells stand apart by tabs, and columns keep their place."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

WIDEST = 100
"""Columns that a cell may span at most; what claims more is no table for people."""


class Cell(NamedTuple):
    """A cell's words in one line, and how many columns it takes."""

    words: str
    span: int = 1


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """One line a row. A cell over several columns is followed by empty ones; blank rows fall away.

    A cell that goes on over several rows is to be given in each of them, so that every row says
    by itself what it asks, of whom, and by when.
    """
    for row in rows:
        words: list[str] = []
        for cell in row:
            words.append(cell.words)
            words += [""] * (min(cell.span, WIDEST) - 1)
        if any(words):
            yield "\t".join(words)
