"""任务分解台账: the task list as a workbook that prints on A4 landscape without a touch.

Text is always written as text: a cell that begins with `=`, `+`, `-` or `@` is never a formula
(XlsxWriter's `write_string` stores a shared string, which no program evaluates).
"""

import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import BinaryIO

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from luoshi.papers import qr
from luoshi.papers.layout import COLUMNS, Column, Place, columns
from luoshi.papers.made import midnight
from luoshi.papers.proof import PaperProof
from luoshi.papers.rows import BLANK, GroupBy, TaskListRow, grouped

__all__ = ["BLANK", "COLUMNS", "Column", "TaskListRow", "write"]

BODY_FONT, HEAD_FONT, TITLE_FONT = "仿宋_GB2312", "黑体", "方正小标宋简体"


def _cells(text: str) -> int:
    """The width of a text in half-width cells."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of `width` characters."""
    room = max(width - 1, 2)
    return sum(max(1, -(-_cells(line) // int(room))) for line in text.split("\n"))


def write(
    out: BinaryIO | str,
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
    """Write the workbook to `out` (a path or a binary file).

    Rows are grouped as `rows.grouped` has it; `layout` is an office's own form (see `layout`).

    Same input, same bytes: the file's dates come from `as_of`; None names no day on the sheet and
    dates the file with the first day that its format knows. Sections stand as rows of their own
    across the sheet, in column A, so the filter keeps working on the rows below.
    """
    shown = (*columns(layout), *extra_columns)
    last = len(shown) - 1
    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    day = as_of or date(1980, 1, 1)
    book.set_properties({"title": title, "author": made_by, "created": midnight(day)})
    sheet = book.add_worksheet("任务分解台账")
    _page(sheet, shown)

    def style(**more: object) -> object:
        base = {"font_name": BODY_FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}
        return book.add_format({**base, **more})

    heading = style(
        font_name=HEAD_FONT, bold=True, align="center", border=1, bg_color="#F0EDE6", top=2
    )
    body, centred = style(border=1), style(border=1, align="center")
    blank = style(border=3, align="center", font_color="#444444")
    section = style(font_name=HEAD_FONT, bold=True, text_wrap=False, top=1, bottom=1)
    line = style(text_wrap=False)

    sheet.set_row(0, 34)
    sheet.merge_range(
        0, 0, 0, last, title,
        style(font_name=TITLE_FONT, font_size=19, align="center", text_wrap=False),
    )  # fmt: skip
    sheet.set_row(1, 20)
    for place in range(last + 1):
        sheet.write_blank(1, place, None, line)
    sheet.write_string(1, 0, f"来文：{source}", line)
    sheet.write_string(1, last // 2, f"制表：{made_by}", line)
    if as_of:
        right = style(text_wrap=False, align="right")
        sheet.write_string(1, last, f"截至{as_of.year}年{as_of.month}月{as_of.day}日", right)
    sheet.set_row(2, 30)
    for place, column in enumerate(shown):
        sheet.write_string(2, place, column.heading, heading)
    at = 3
    for group in grouped(rows, group_by, units=units):
        if group.heading:
            sheet.set_row(at, 20)
            for place in range(last + 1):
                sheet.write_blank(at, place, None, section)
            sheet.write_string(at, 0, group.heading, section)
            at += 1
        for row in group.rows:
            height = 1
            for place, column in enumerate(shown):
                text = column.text(row)
                if not text and column.wanted:
                    sheet.write_string(at, place, BLANK, blank)
                else:
                    sheet.write_string(at, place, text, centred if column.centred else body)
                height = max(height, _lines(text, column.width))
            sheet.set_row(at, min(6 + 14.5 * height, 400))
            at += 1
    sheet.autofilter(2, 0, max(at - 1, 2), last)
    if proof:
        _proof(sheet, at, proof, line)
        at += 1
    sheet.print_area(0, 0, max(at - 1, 2), last)
    book.close()


def _proof(sheet: Worksheet, at: int, proof: PaperProof, line: object) -> None:
    """The code by which the paper holds the record to it, below the list."""
    edge, unit = 92, 4
    picture = qr.png(proof.link, unit=unit)
    scale = edge / int.from_bytes(picture[16:20])  # a PNG's width stands in its header
    sheet.set_row(at, 76)
    sheet.write_string(at, 2, "　".join(proof.lines), line)
    sheet.insert_image(
        at,
        0,
        "code.png",
        {
            "image_data": io.BytesIO(picture),
            "x_scale": scale,
            "y_scale": scale,
            "x_offset": 3,
            "y_offset": 4,
            "object_position": 3,
            "description": "二维码：存证",
        },
    )


def _page(sheet: Worksheet, shown: Sequence[Column]) -> None:
    """A4 landscape, 12 mm margins, one page wide, the head on every page, page x of y."""
    sheet.set_landscape()
    sheet.set_paper(9)
    inch = 12 / 25.4
    sheet.set_margins(left=inch, right=inch, top=inch, bottom=inch + 0.2)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 2)
    sheet.set_footer("&R&10第 &P 页，共 &N 页")
    for place, column in enumerate(shown):
        sheet.set_column(place, place, column.width)
