"""Tables: thin lines inside, thicker around, a head that repeats, rows that never break."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from luoshi.lib.gongwen import fonts
from luoshi.lib.gongwen.blocks import Across, Cell, Field, Form, Line, Table
from luoshi.lib.gongwen.measures import points, pt, twips
from luoshi.lib.gongwen.paragraphs import paragraph, run, spacing
from luoshi.lib.gongwen.xml import tag

OUTER, INNER = 8, 4
"""Lines in eighths of a point."""
PADDING = 1.2
"""Left and right of a cell's text, mm."""
ABOVE = twips(0.7)
"""Above and below it."""


def shares(given: Sequence[float], width: float) -> list[int]:
    """Widths in twips, in proportion, that add up to `width` mm exactly."""
    whole, total = twips(width), sum(given)
    edges = [0]
    for share in given:
        edges.append(edges[-1] + round(share / total * whole))
    edges[-1] = whole
    return [right - left for left, right in pairwise(edges)]


def table_xml(widths: Sequence[int], rows: Iterable[str], *, padding: float = PADDING) -> str:
    """A table of fixed columns (twips) from its rows, with lines around and between."""
    side = twips(padding)

    def border(name: str) -> str:
        size = INNER if name.startswith("inside") else OUTER
        return tag(name, val="single", sz=size, space=0, color="000000")

    return tag(
        "tbl",
        tag(
            "tblPr",
            tag("tblW", w=sum(widths), type="dxa"),
            tag("tblInd", w=0, type="dxa"),
            tag(
                "tblBorders",
                *map(border, ("top", "left", "bottom", "right", "insideH", "insideV")),
            ),
            tag("tblLayout", type="fixed"),
            tag(
                "tblCellMar",
                tag("top", w=ABOVE, type="dxa"),
                tag("left", w=side, type="dxa"),
                tag("bottom", w=ABOVE, type="dxa"),
                tag("right", w=side, type="dxa"),
            ),
        ),
        tag("tblGrid", *(tag("gridCol", w=width) for width in widths)),
        *rows,
    )


def row_xml(cells: Iterable[str], *, height: float = 0, head: bool = False) -> str:
    """A row that never breaks; `height` is the least, in points."""
    return tag(
        "tr",
        tag(
            "trPr",
            tag("cantSplit"),
            tag("trHeight", val=pt(height), hRule="atLeast") if height else "",
            tag("tblHeader") if head else "",
        ),
        *cells,
    )


def cell_xml(width: int, *content: str, span: int = 1, top: bool = False, more: str = "") -> str:
    """A cell; its content stands in the middle, or at the `top`. `more` goes before vAlign."""
    return tag(
        "tc",
        tag(
            "tcPr",
            tag("tcW", w=width, type="dxa"),
            tag("gridSpan", val=span) if span > 1 else "",
            more,
            "" if top else tag("vAlign", val="center"),
        ),
        *content,
    )


class Sheet:
    """The rows of one table as text: what repeats in each cell is made once."""

    def __init__(self, table: Table, width: float) -> None:
        self.table = table
        self.widths = shares([column.width for column in table.columns], width)
        self.set_ = spacing(table.line)
        self.centre = tag("jc", val="center")

    def text(self, text: str, *, centred: bool, boxed: bool = False, keep: bool = False) -> str:
        """The paragraph of a cell."""
        given = {"spacing": self.set_}
        if centred:
            given["jc"] = self.centre
        if keep:
            given["keepNext"] = tag("keepNext")
        return paragraph("TableText", run(text, size=self.table.size, boxed=boxed), **given)

    def folded(self, heading: str, width: int) -> str:
        """A short heading that finds no room on one line, in two equal lines."""
        room = (width - 2 * twips(PADDING)) / 20 / self.table.size
        half = -(-len(heading) // 2)
        if "\n" in heading or not room < len(heading) <= 6 or half > room:
            return heading
        return f"{heading[:half]}\n{heading[half:]}"

    def head(self) -> str:
        """The row of headings."""
        return row_xml(
            (
                cell_xml(
                    width,
                    paragraph(
                        "TableText",
                        run(self.folded(column.heading, width), fonts.HEI, size=self.table.size),
                        spacing=self.set_,
                        jc=self.centre,
                        keepNext=tag("keepNext"),
                    ),
                )
                for column, width in zip(self.table.columns, self.widths, strict=True)
            ),
            height=self.table.line * 1.6,
            head=True,
        )

    def across(self, row: Across) -> str:
        """A section's row."""
        inner = paragraph(
            "TableText",
            run(row.text, fonts.HEI, size=self.table.size),
            spacing=self.set_,
            keepNext=tag("keepNext"),
        )
        cell = cell_xml(sum(self.widths), inner, span=len(self.widths))
        return row_xml((cell,), height=self.table.line * 1.4)

    def row(self, cells: Sequence[str | Cell]) -> str:
        """An ordinary row; raises `ValueError` where it has not a cell for each column."""
        made = []
        for column, width, cell in zip(self.table.columns, self.widths, cells, strict=True):
            boxed = isinstance(cell, Cell) and cell.blank
            text = cell.text if isinstance(cell, Cell) else cell
            made.append(
                cell_xml(width, self.text(text, centred=column.centred or boxed, boxed=boxed))
            )
        return row_xml(made, height=self.table.line * 1.3)


def table(block: Table, width: float) -> str:
    """The table `width` mm wide."""
    sheet = Sheet(block, width)
    rows = [sheet.head()]
    rows += [sheet.across(row) if isinstance(row, Across) else sheet.row(row) for row in block.rows]
    return table_xml(sheet.widths, rows)


def form(block: Form, width: float) -> str:
    """The form `width` mm wide. Raises `ValueError` where a row does not fill its columns."""
    widths = shares(block.widths, width)
    rows = []
    for row in block.rows:
        at, cells = 0, []
        for field in row.fields:
            wide = sum(widths[at : at + field.span])
            at += field.span
            cells.append(cell_xml(wide, *_lines(field, block), span=field.span, top=field.top))
        if at != len(widths):
            raise ValueError(f"a row of {at} columns in a form of {len(widths)}")
        rows.append(row_xml(cells, height=points(row.height)))
    return table_xml(widths, rows, padding=2)


def _lines(field: Field, block: Form) -> list[str]:
    if isinstance(field.content, str):
        line = Line(field.content, blank=field.blank)
        centred = field.label or field.blank
        lines: Sequence[Line] = (replace(line, align="center") if centred else line,)
    else:
        lines = field.content
    font = fonts.HEI if field.label else None
    return [
        paragraph(
            "TableText",
            run(line.text, font, size=block.size, boxed=line.blank),
            spacing=spacing(block.line, before=line.before),
            jc=tag("jc", val=line.align),
        )
        for line in lines
    ]


AS_TALL_AS_NEEDED = tag("spacing", before=0, after=0, line=240, lineRule="auto")
"""A line of exact height would cut a picture."""


def beside(picture: str, edge: float, words: Sequence[str], width: float) -> str:
    """A run with a square picture of `edge` mm, and paragraphs at its right; no lines around."""
    left = twips(edge + 4)
    right = twips(width) - left
    row = tag(
        "tr",
        tag("trPr", tag("cantSplit")),
        cell_xml(left, paragraph("TableText", picture, spacing=AS_TALL_AS_NEEDED)),
        cell_xml(right, *words),
    )
    return tag(
        "tbl",
        tag(
            "tblPr",
            tag("tblW", w=left + right, type="dxa"),
            tag("tblLayout", type="fixed"),
            tag("tblCellMar", tag("left", w=0, type="dxa"), tag("right", w=0, type="dxa")),
        ),
        tag("tblGrid", tag("gridCol", w=left), tag("gridCol", w=right)),
        row,
    )
