"""What the body of a paper is made of: declared, not drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph of body text, its first line two characters in."""

    text: str
    indented: bool = True


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: 1 一、黑体, 2 （一）楷体, 3 1. 仿宋, 4 （1）仿宋 (GB/T 9704-2012, 7.3.3).

    The number is counted by the writer, anew under each heading above. `follow` is text that goes
    on in the same paragraph. With `numbered` off the text stands as it is.
    """

    level: Literal[1, 2, 3, 4]
    text: str
    follow: str = ""
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the table's width, how it is set."""

    heading: str
    width: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that differs: `blank` sets its text in a dashed box, for a pen to fill."""

    text: str
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Across:
    """A row across the whole table: the heading of a section, kept with the row below it."""

    text: str


Row = Sequence[str | Cell] | Across


@dataclass(frozen=True, slots=True)
class Table:
    """A table as wide as the type area. The head repeats on each page, no row breaks.

    `size` is that of the text in points, `line` the pitch of its lines.
    """

    columns: Sequence[Column]
    rows: Iterable[Row]
    size: float = 12
    line: float = 17


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph in a cell of a form; `before` is empty room above it, in points."""

    text: str
    align: Literal["left", "center", "right"] = "left"
    before: float = 0
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A cell of a form: text or lines. `label` sets it as a name, centred in 黑体."""

    content: str | Sequence[Line]
    label: bool = False
    span: int = 1
    blank: bool = False
    top: bool = False


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a form, at least `height` mm high."""

    fields: Sequence[Field]
    height: float = 10


@dataclass(frozen=True, slots=True)
class Form:
    """A table of names and values, as wide as the type area; `widths` are shares of it."""

    widths: Sequence[float]
    rows: Sequence[FormRow]
    size: float = 12
    line: float = 17


@dataclass(frozen=True, slots=True)
class Code:
    """A square PNG of `size` mm with a few small lines at its right, such as a QR code."""

    png: bytes
    lines: Sequence[str]
    size: float = 20
    name: str = ""


Block = Para | Heading | PageBreak | Table | Form | Code


@dataclass(frozen=True, slots=True)
class Annex:
    """An attachment bound with the paper: on a page of its own, after the body, before the foot
    block (GB/T 9704-2012, 7.3.7). A wide table goes `landscape`, its head at the left of the sheet
    and the page number where it is on every other page (8).
    """

    title: str
    body: Sequence[Block]
    landscape: bool = False
