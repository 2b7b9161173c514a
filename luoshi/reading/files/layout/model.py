"""Letters, runs of them, lines, tables and pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..grid import Cell


class Letter(NamedTuple):
    """A character, where it begins and ends along its line, and whether a blank stood before."""

    char: str
    x0: float
    x1: float
    blank: bool = False


def is_wide(char: str) -> bool:
    """Whether a character fills a square, as Chinese ones and their marks do."""
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\uffef" or char > "\U0001ffff"


_NEVER_FIRST = frozenset("，。、；：！？）》」』】〕”’%,.;:!?)")


@dataclass(slots=True)
class Run:
    """Letters that stand together on one base line. `size` is the height of a square letter."""

    letters: list[Letter]
    top: float
    bottom: float
    size: float

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.letters[0].x0

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.letters[-1].x1

    @property
    def middle(self) -> float:
        """Half-way between top and bottom."""
        return (self.top + self.bottom) / 2


def words(letters: Sequence[Letter]) -> str:
    """The letters as text; blanks are put back where they mean something.

    Between Chinese characters a gap is a matter of setting, unless it is as wide as a character.
    """
    out: list[str] = []
    before: Letter | None = None
    for one in letters:
        if before is not None:
            gap = one.x0 - before.x1
            size = max(before.x1 - before.x0, one.x1 - one.x0)
            wide = is_wide(before.char) + is_wide(one.char)
            if (wide == 0 and (one.blank or gap > size * 0.35)) or (
                one.blank and gap > size * 0.45
            ):
                out.append(" ")
        out.append(one.char)
        before = one
    return "".join(out)


@dataclass(slots=True)
class Line:
    """A line of a page: segments with a wide gap between them."""

    segments: list[Run]
    top: float
    bottom: float
    size: float

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.segments[0].x0

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.segments[-1].x1

    @property
    def first(self) -> float:
        """How wide its first unbreakable piece is: a Chinese character, or a word or figure.

        A mark that may not begin a line goes with what stands before it.
        """
        letters = self.segments[0].letters
        end = 1
        if not is_wide(letters[0].char):
            while end < len(letters) and not (is_wide(letters[end].char) or letters[end].blank):
                end += 1
        while end < len(letters) and letters[end].char in _NEVER_FIRST:
            end += 1
        return letters[end - 1].x1 - letters[0].x0

    def text(self) -> str:
        """The line's words; a wide gap is two blanks, but not within a word set apart (通  知)."""
        parts = [words(segment.letters) for segment in self.segments]
        apart = len(parts) > 1 and all(len(part) == 1 and is_wide(part) for part in parts)
        return ("" if apart else "  ").join(parts)


@dataclass(slots=True)
class Table:
    """Rows of cells, where the table stands, and where its columns are.

    `edges` between ruling lines, `spans` of the words in a table without them; `going` are the
    columns whose last cell began in a row before.
    """

    rows: list[list[Cell]]
    x0: float
    x1: float
    top: float
    bottom: float
    edges: tuple[float, ...] = ()
    size: float = 12.0
    spans: tuple[tuple[float, float], ...] = ()
    going: frozenset[int] = frozenset()


Rule = tuple[float, float, float, float]
"""A ruling line: x0, y0, x1, y1, level or upright."""


@dataclass(slots=True)
class Page:
    """A page as it is read upright."""

    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


class Item(NamedTuple):
    """A line or a table in reading order, the stream of text it belongs to, its page and place."""

    what: Line | Table
    stream: tuple[int, str]
    page: int
    place: int
