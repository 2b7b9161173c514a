"""The workbook of one unit that has no account: what it owes, with room to answer, and back again.

Each row carries the id of what is owed and a check of it; both columns are hidden and locked, as
are the columns that say what is asked. A workbook that comes back is read by its headings, so
columns may have been moved; text is always written as text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from xlsxwriter.workbook import Workbook

from luoshi.lib.unreadable import Unreadable
from luoshi.papers import sheets
from luoshi.papers.made import midnight
from luoshi.papers.sheets import Sheet, Value, text

FORMAT = "luoshi-unit-1"
MOST_CELLS = 100_000
"""A unit owes some hundreds of rows a year; more is no workbook of ours."""
SHEET, KEYS = "任务", "标识"
DONE, NOT_YET = "已完成，报送", "尚未完成"
BODY_FONT, HEAD_FONT = "仿宋_GB2312", "黑体"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """Something that the unit owes; `key` and `check` come back unchanged."""

    key: str
    check: str
    task: str
    clause: str
    period: str
    due: str
    wanted: str
    state: str


@dataclass(frozen=True, slots=True)
class UnitBook:
    """A unit's workbook; `year` is that of `made_on`."""

    organisation: str
    unit_key: str
    unit: str
    made_on: date
    rows: Sequence[UnitRow]


HEADS: tuple[tuple[str, str, float], ...] = (
    ("number", "序号", 5),
    ("task", "任务", 22),
    ("clause", "原文要求", 36),
    ("period", "期次", 9),
    ("due", "完成时限", 13),
    ("wanted", "成果形式", 14),
    ("state", "目前状态", 9),
    ("status", "办理情况（请选择）", 15),
    ("progress", "进展情况（请填写）", 34),
    ("proof", "佐证名称或存放处（请填写）", 22),
    ("done_on", "完成日期", 12),
    ("by", "报送人", 10),
    ("key", "编号（勿改）", 9),
    ("check", "校验（勿改）", 9),
)
"""(field, heading, width): the columns of the sheet 任务, in order."""
OPEN_FIELDS = ("status", "progress", "proof", "done_on", "by")
NOTES = (
    "1. 只填“办理情况”“进展情况”“佐证名称或存放处”“完成日期”“报送人”五列，其他列请勿改动。",
    "2. 选“已完成，报送”的行才会报送；没有选的行照旧，下次再报即可。不要求照片。",
    "3. 填好后原样交回发表单位，由其代为录入，您的姓名一并留存；录入前会先核对。",
)


def write(out: BinaryIO | str, book: UnitBook) -> None:
    """Write the workbook: A4 landscape, one page wide; same input, same bytes."""
    file = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    day = book.made_on
    file.set_properties({"title": f"{book.unit}任务办理表", "created": midnight(day)})
    base = {"font_name": BODY_FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}
    fixed = file.add_format({**base, "border": 1})
    room = file.add_format({**base, "border": 1, "locked": False, "bg_color": "#FFFDF5"})
    days = file.add_format(
        {**base, "border": 1, "locked": False, "bg_color": "#FFFDF5", "num_format": "yyyy-mm-dd"}
    )
    head = file.add_format(
        {**base, "font_name": HEAD_FONT, "bold": True, "border": 1, "align": "center",
         "bg_color": "#F0EDE6"}
    )  # fmt: skip
    plain = file.add_format({**base, "text_wrap": False})
    title = file.add_format({**base, "font_size": 16, "text_wrap": False})
    sheet = file.add_worksheet(SHEET)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.47, right=0.47, top=0.47, bottom=0.6)
    sheet.set_footer("&R&10第 &P 页，共 &N 页")
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, f"{book.unit}任务办理表", title)
    sheet.write_string(1, 0, f"{book.organisation}　{_day(day)}制　共{len(book.rows)}项", plain)
    for number, line in enumerate(NOTES, 2):
        sheet.write_string(number, 0, line, plain)
    top = 2 + len(NOTES)
    sheet.set_row(top, 32)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 2)
    for place, (field, heading, width) in enumerate(HEADS):
        hidden = {"hidden": 1} if field in ("key", "check") else {}
        sheet.set_column(place, place, width, None, hidden)
        sheet.write_string(top, place, heading, head)
    for number, row in enumerate(book.rows, 1):
        at = top + number
        for place, (field, _heading, _width) in enumerate(HEADS):
            if field == "number":
                sheet.write_number(at, place, number, fixed)
            elif field in OPEN_FIELDS:
                sheet.write_blank(at, place, None, days if field == "done_on" else room)
            else:
                sheet.write_string(at, place, getattr(row, field), fixed)
    if book.rows:
        place = [field for field, _h, _w in HEADS].index("status")
        sheet.data_validation(
            top + 1,
            place,
            top + len(book.rows),
            place,
            {
                "validate": "list",
                "source": [DONE, NOT_YET],
                "error_title": "办理情况",
                "error_message": "请从下拉列表中选择。",
            },
        )
        sheet.autofilter(top, 0, top + len(book.rows), len(HEADS) - 1)
    sheet.protect(
        "", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True}
    )
    keys = file.add_worksheet(KEYS)
    for number, (name, value) in enumerate(
        (
            ("format", FORMAT),
            ("unit", book.unit_key),
            ("name", book.unit),
            ("year", str(day.year)),
            ("made_on", day.isoformat()),
        )
    ):
        keys.write_string(number, 0, name)
        keys.write_string(number, 1, value)
    keys.protect("")
    keys.hide()
    file.close()


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row that came back; `line` counts from 1 as the program shows it. `flaw` is a bad cell."""

    line: int
    key: str
    check: str
    task: str
    period: str
    due: str
    status: str
    progress: str
    proof: str
    done_on: date | None
    by: str
    flaw_zh: str = ""
    flaw_en: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook that came back."""

    unit_key: str
    unit: str
    year: int
    made_on: date
    rows: tuple[ReturnedRow, ...]


def read(data: bytes, name: str) -> Returned:
    """Read a workbook of `write` that was filled in.

    Raises `Unreadable` as `sheets.read` does, and with code `foreign` for a workbook that was not
    made here, `columns` where columns are missing.
    """
    book = sheets.read(data, name, most_cells=MOST_CELLS)
    keys = _keys(book.sheet(KEYS))
    sheet = book.sheet(SHEET)
    if keys is None or sheet is None:
        raise Unreadable(
            "foreign",
            f"“{name}”不是从这里导出的任务办理表，或“{KEYS}”表被删去。请在导出的表上填写后交回。",
            f"“{name}” is no workbook that was exported here, or its sheet “{KEYS}” was deleted. "
            "Fill in the exported one.",
        )
    top, columns = _columns(sheet)
    missing = [heading for field, heading, _w in HEADS if field not in columns]
    needed = [h for f, h, _w in HEADS if h in missing and f not in ("number", "clause", "wanted")]
    if top is None or needed:
        words = "、".join(needed)
        raise Unreadable(
            "columns",
            f"“{name}”的“{SHEET}”表缺少列：{words}。请在导出的表上填写，不要删列。",
            f"Sheet “{SHEET}” of “{name}” lacks columns: {words}. Fill in the exported workbook.",
        )
    flaws = {(f.row, f.column): f for f in sheet.flaws}
    rows = []
    for number in range(top + 1, len(sheet.rows)):
        found = {field: sheet.at(number, at) for field, at in columns.items()}
        if not any(text(value) for value in found.values()):
            continue
        flaw = next((flaws[number, at] for at in columns.values() if (number, at) in flaws), None)
        zh, en = (flaw.message_zh, flaw.message_en) if flaw else ("", "")
        done_on = _typed_day(found["done_on"])
        if done_on is None and text(found["done_on"]) and not zh:
            zh = f"完成日期“{text(found['done_on'])}”不是日期，请填成 2026-06-30 的样子。"
            en = f"“{text(found['done_on'])}” is not a day; type it like 2026-06-30."
        typed = {field: text(value) for field, value in found.items()}
        rows.append(
            ReturnedRow(
                number + 1,
                typed["key"],
                typed["check"],
                typed["task"],
                typed["period"],
                typed["due"],
                typed["status"],
                typed["progress"],
                typed["proof"],
                done_on,
                typed["by"],
                zh,
                en,
            )
        )
    return Returned(
        keys["unit"],
        keys["name"],
        int(keys["year"]),
        date.fromisoformat(keys["made_on"]),
        tuple(rows),
    )


def _keys(sheet: Sheet | None) -> dict[str, str] | None:
    if sheet is None:
        return None
    found = {text(row[0]): text(row[1]) for row in sheet.rows if len(row) > 1}
    try:
        date.fromisoformat(found.get("made_on", ""))
    except ValueError:
        return None
    whole = {"unit", "name", "year"} <= set(found) and found["year"].isdecimal()
    whole = whole and len(found["year"]) == 4
    return found if whole and found.get("format") == FORMAT else None


def _columns(sheet: Sheet) -> tuple[int | None, dict[str, int]]:
    wanted = {heading: field for field, heading, _w in HEADS}
    best: tuple[int | None, dict[str, int]] = (None, {})
    for number, row in enumerate(sheet.rows[:40]):
        found = {wanted[text(v)]: at for at, v in enumerate(row) if text(v) in wanted}
        if len(found) > len(best[1]):
            best = (number, found)
    return best


def _typed_day(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    words = text(value).replace("年", "-").replace("月", "-").replace("日", "")
    parts = words.replace("/", "-").replace(".", "-").strip("-").split("-")
    if len(parts) != 3 or not all(p.isdecimal() and len(p) < 5 for p in parts):
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
