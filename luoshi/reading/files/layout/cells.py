"""The lines of one cell to its words."""

from collections.abc import Iterable

from .lines import line, rows
from .model import Line, Run
from .wraps import glued


def said(runs: Iterable[Run], room: float) -> str:
    """A cell's words in one line. `room` is how wide a line of the cell may be.

    A line that was broken for want of room goes on without a mark; one that ends early was ended
    on purpose, and a blank stands for that.
    """
    out = ""
    before: Line | None = None
    for row in rows(runs):
        now = line(row)
        words = now.text().replace("  ", " ")
        if before is None:
            out = words
        elif out[-1] in "、，。；：" or before.x1 - before.x0 + now.first > room + 0.1 * now.size:
            out = glued(out, words)
        else:
            out = f"{out} {words}"
        before = now
    return out
