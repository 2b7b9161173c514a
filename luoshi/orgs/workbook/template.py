"""The workbook as .xlsx: heads with notes, drop-downs, examples or the present state.

Text is written as text, so that nothing typed becomes a formula. Same input, same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import BinaryIO

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from luoshi.orgs.models import PostRole, UnitKind
from luoshi.orgs.workbook import words
from luoshi.papers.made import midnight
from luoshi.papers.sheets import Value

FONT, HEAD_FONT = "仿宋_GB2312", "黑体"
ROOM = 5_000
"""Drop-downs reach at least so many rows down."""
EXAMPLES: Mapping[str, Sequence[Sequence[Value]]] = {
    words.UNITS: (
        ("示例：JG01", "云州市水务局", "市水务局", "", "机关本级", "市本级", "", "正处级", 1),
        ("示例：BD", "北渡分局", "", "云州市水务局", "下级单位", "北渡区", "河湖管理", "正科级", 9),
        ("示例", "第一支部", "", "北渡分局", "党支部", "北渡区", "党建", "", 1),
    ),
    words.PEOPLE: (("示例：周衍之", "SW0002"), ("示例：宋晴川", "")),
    words.SEATS: (
        ("示例：周衍之", "云州市水务局", "副局长", "副职", "", 2, date(2024, 4, 1), None, "工程建设科、北渡分局"),
        ("示例：何静之", "办公室", "文秘督办岗", "经办人", "云州市水务局", 3, date(2025, 7, 1), None, ""),
    ),
}  # fmt: skip
NOTES = (
    "怎样填",
    "1. 三张表各填一类：单位、人员、任职。列可以换位置，不用的列可以删去；以“示例”开头的行不读取，可以删去。",
    "2. 单位和人员按编号认，没有编号的按名称认。以 # 开头的编号是系统给的，请保持原样。",
    "3. 名称有重复时：单位写“上级/单位”，人员写“姓名（编号）”，或都只写编号。",
    "4. 上传后先看到核对结果：新增、变更、结束各多少，错误在哪一行哪一列。确认之前什么都不会写入；有一处错误就一处也不写入。",
    "5. 人离任：在“止”里填离任那一天。改职责类型或代办范围：直接改，从起算日起算新的岗位，以前的记录不变。",
    "6. 只有勾选“这是完整的一份”时，文件里没有的单位、岗位、任职和分管才会在起算日结束；不勾选就只增加和变更。",
    "7. 本表不开通账号，也不要填写密码；账号在人员页面上开通。",
)


def write(out: BinaryIO, rows: Mapping[str, Sequence[Sequence[Value]]] | None, *, on: date) -> None:
    """Write the workbook: with `rows` (of `export.rows`) the present state, without, examples."""
    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "组织", "created": midnight(on)})
    base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    head = book.add_format({**base, "font_name": HEAD_FONT, "border": 1, "bg_color": "#F0EDE6"})
    wanted = book.add_format(
        {**base, "font_name": HEAD_FONT, "bold": True, "border": 1, "bg_color": "#E4DCC8"}
    )
    styles = {
        "text": book.add_format({**base, "num_format": "@"}),
        "day": book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "left"}),
        "number": book.add_format({**base, "num_format": "0", "align": "left"}),
    }
    grey = {"italic": True, "font_color": "#8A8578"}
    pale = {
        "text": book.add_format({**base, **grey, "num_format": "@"}),
        "day": book.add_format({**base, **grey, "num_format": "yyyy-mm-dd", "align": "left"}),
        "number": book.add_format({**base, **grey, "num_format": "0", "align": "left"}),
    }
    for name, columns in words.SHEETS.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 24)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, styles[_style(column.field)])
            sheet.write_string(0, place, column.heading, wanted if column.wanted else head)
            sheet.write_comment(0, place, column.note, {"x_scale": 2, "font_size": 10})
        body = EXAMPLES[name] if rows is None else rows[name]
        _fill(sheet, columns, body, pale if rows is None else styles)
        last = max(len(body) + 1, ROOM)
        for place, column in enumerate(columns):
            _rule(sheet, column.field, place, last)
        sheet.autofilter(0, 0, max(len(body), 1), len(columns) - 1)
    _help(book, base)
    book.close()


def _style(field: str) -> str:
    if field in ("valid_from", "valid_to"):
        return "day"
    return "number" if field == "position" else "text"


def _fill(
    sheet: Worksheet,
    columns: Sequence[words.Column],
    body: Sequence[Sequence[Value]],
    styles: Mapping[str, object],
) -> None:
    for number, row in enumerate(body, 1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            style = styles[_style(column.field)]
            if isinstance(value, date):
                sheet.write_datetime(number, place, value, style)
            elif isinstance(value, int):
                sheet.write_number(number, place, value, style)
            elif value:
                sheet.write_string(number, place, str(value), style)


def _rule(sheet: Worksheet, field: str, place: int, last: int) -> None:
    """The drop-down of a column, and a warning for what is no day or whole number."""
    offered = {
        "unit_kind": [words.KINDS[kind][0] for kind in UnitKind],
        "post_role": [words.ROLES[role][0] for role in PostRole],
    }.get(field)
    if offered is not None:
        sheet.data_validation(
            1, place, last, place,
            {
                "validate": "list", "source": offered,
                "error_title": "请从列表选择", "error_message": "这一列只能填列表中的词。",
            },
        )  # fmt: skip
    elif field in ("valid_from", "valid_to"):
        sheet.data_validation(
            1, place, last, place,
            {
                "validate": "date", "criteria": ">=", "value": date(1950, 1, 1),
                "error_type": "warning", "error_title": "日期",
                "error_message": "请填日期，如 2026-03-01。",
            },
        )  # fmt: skip


def _help(book: Workbook, base: Mapping[str, object]) -> None:
    sheet = book.add_worksheet(words.HELP)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 100)
    title = book.add_format({**base, "font_name": HEAD_FONT, "font_size": 14, "bold": True})
    line = book.add_format({**base, "text_wrap": True})
    for number, note in enumerate(NOTES):
        sheet.set_row(number, 24 if number == 0 else 36)
        sheet.write_string(number, 0, note, title if number == 0 else line)
