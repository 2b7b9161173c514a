"""任务分解台账 as a Word paper: the same rows and columns as the workbook, on A4 landscape.

The table is written as text (`lib.gongwen`), not cell by cell through an object model: 500 rows of
eleven columns take a fraction of a second (bench/papers.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from luoshi.lib.gongwen import blocks, fonts, tables
from luoshi.lib.gongwen.document import picture_block
from luoshi.lib.gongwen.measures import twips
from luoshi.lib.gongwen.package import Package
from luoshi.lib.gongwen.paragraphs import TINY, gap, paragraph, run, spacing
from luoshi.lib.gongwen.sections import page_field, section
from luoshi.lib.gongwen.titles import day
from luoshi.lib.gongwen.xml import tag
from luoshi.papers.layout import Column, Place, columns
from luoshi.papers.proof import PaperProof, code
from luoshi.papers.rows import BLANK, Group, GroupBy, TaskListRow, grouped

MARGIN = 12.0
WIDTH = 297 - 2 * MARGIN
SIZE, LINE, TITLE = 10.0, 14.5, 19.0
FOOT = 5.5
"""From the sheet's edge to the foot, mm."""
FIRST_DAY = date(1980, 1, 1)
"""The day in a file that names none: the first that its format knows."""


def write(
    out: BinaryIO | str | Path,
    rows: Iterable[TaskListRow],
    *,
    title: str,
    source: str,
    made_by: str,
    as_of: date | None,
    extra_columns: Sequence[Column] = (),
    group_by: GroupBy = "point",
    units: Sequence[str] = (),
    layout: Sequence[Place] | None = None,
    proof: PaperProof | None = None,
) -> None:
    """Write the paper to `out` (a path or a binary file); arguments as those of `tasklist.write`.

    Margins 12 mm, the head on every page, rows that never split, headings kept with the next row,
    page x of y at the foot. Same input, same bytes.
    """
    package = Package(title, made_by, as_of or FIRST_DAY)
    foot = package.footer(_foot())
    shown = (*columns(layout), *extra_columns)
    package.write(
        out,
        paragraph(
            "Title", run(title, size=TITLE), spacing=spacing(26, after=4), keepNext=tag("keepNext")
        ),
        _line(source, made_by, as_of),
        tables.table(as_table(shown, grouped(rows, group_by, units=units)), WIDTH),
        picture_block(package, code(proof), WIDTH) if proof else "",
        gap(TINY),
        section((MARGIN, MARGIN, MARGIN, MARGIN), lying=True, footers={"default": foot}, foot=FOOT),
    )


def as_table(
    shown: Sequence[Column], groups: Iterable[Group], *, size: float = SIZE, line: float = LINE
) -> blocks.Table:
    """The table of a list: columns in proportion to their characters, headings as rows across."""
    return blocks.Table(
        tuple(blocks.Column(c.heading, c.width, c.centred) for c in shown),
        _rows(shown, groups),
        size=size,
        line=line,
    )


def _rows(shown: Sequence[Column], groups: Iterable[Group]) -> Iterator[blocks.Row]:
    blank = blocks.Cell(BLANK, blank=True)
    for group in groups:
        if group.heading:
            yield blocks.Across(group.heading)
        for row in group.rows:
            texts = ((column, column.text(row)) for column in shown)
            yield [blank if column.wanted and not text else text for column, text in texts]


def _line(source: str, made_by: str, as_of: date | None) -> str:
    """来文 at the left, 制表 in the middle, the day at the right."""
    when = f"截至{day(as_of)}" if as_of else ""
    whole = twips(WIDTH)
    return paragraph(
        "TableText",
        run(f"来文：{source}\t制表：{made_by}\t{when}", size=SIZE),
        spacing=spacing(LINE, after=2),
        tabs=tag(
            "tabs",
            tag("tab", val="center", pos=whole // 2),
            tag("tab", val="right", pos=whole),
        ),
        keepNext=tag("keepNext"),
    )


def _foot() -> str:
    return paragraph(
        "Footer",
        run("第 ", fonts.FANGSONG, size=SIZE),
        page_field(size=SIZE),
        run(" 页，共 ", fonts.FANGSONG, size=SIZE),
        page_field("NUMPAGES", size=SIZE),
        run(" 页", fonts.FANGSONG, size=SIZE),
        spacing=spacing(12),
        jc=tag("jc", val="right"),
    )
