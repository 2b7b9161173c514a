"""Reading uploaded workbooks (.xlsx): values, and what a person must know about them.

    book = read(data, "组织.xlsx")            # Unreadable: password, damage, macros, old format …
    sheet = book.sheet("单位")                # None where there is no such sheet
    for number, row in enumerate(sheet.rows): # rows and columns count from 0
        text(sheet.at(number, 2))             # as a person reads it
    where(sheet.name, 4, 2)                   # “单位”表第 5 行 C 列, and the same in English

What is read: stored values only. Formulas are never computed: their last stored value counts, and
a formula without one is a `Flaw`, as is an error value (#REF!). A range merged over several rows
gives its value to each of them (`Sheet.spread` tells which). Links to other files are left alone.

Source of the format: ECMA-376 part 1, chapter 18 (cell types 18.18.11, number formats 18.8.30,
dates 18.17.4). The parts are read in one pass here and not by calamine, which lays a sheet out as
a full rectangle: one cell with a far address makes it ask for more memory than there is, and the
process ends. Older formats (.xls, .et) are refused with how to save them, for the same reason.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from luoshi.lib.packages import LIMITS, WORKBOOK, Package, damaged, macros, open_package
from luoshi.lib.unreadable import Unreadable
from luoshi.papers.made import midnight

Value = str | int | float | bool | date | datetime | None

LARGEST = LIMITS.packed
MOST_SHEETS = 50
MOST_CELLS = 2_000_000
MOST_FLAWS = 1_000
MOST_MERGES = 50_000
LAST_ROW, LAST_COLUMN = 1_048_575, 16_383

_FIRST = date(1899, 12, 30)
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NO_FORMAT = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|\\.|_.|\*.', re.IGNORECASE)
_DATE_IDS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
"""Built-in number formats that show a date or a time; 27–36 and 50–58 are those of Chinese."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell whose value cannot be used. `code`: no_value (a formula never computed) or error."""

    row: int
    column: int
    code: str
    message_zh: str
    message_en: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, first and last row and column included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet. `rows[r][c]`; a row ends with its last value, an empty one is `[]`."""

    name: str
    rows: list[list[Value]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: int = 0
    """How many rows with values are hidden; they are read like the others."""
    hidden_columns: int = 0
    merges: tuple[Merge, ...] = ()
    spread: frozenset[tuple[int, int]] = frozenset()
    """Cells that hold the value of a range merged downward into them."""
    flaws: tuple[Flaw, ...] = ()

    def at(self, row: int, column: int) -> Value:
        """The value of a cell; None where it is empty or outside."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return None


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook in their order; charts and the like are left out."""

    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, white space around it aside."""
        return next((s for s in self.sheets if s.name.strip() == name), None)


def read(data: bytes, name: str, *, most_cells: int = MOST_CELLS) -> Book:
    """The workbook in `data`. `name` is the file's, for messages; the content decides.

    Raises `Unreadable` with code empty, too_large, encrypted, old, renamed, type, macros, damaged,
    zip_bomb, too_many_sheets, too_many_cells.
    """
    package = open_package(data, name, WORKBOOK)
    parts = package.relations(package.main)
    listed, old_days = _listed(package)
    if any("macrosheet" in kind.lower() for kind, _ in parts.values()):
        raise macros(WORKBOOK)
    wanted = [
        (title, hidden, parts[key][1])
        for title, hidden, key in listed
        if key in parts and parts[key][0] == "worksheet"
    ]
    if len(wanted) > MOST_SHEETS:
        raise Unreadable(
            "too_many_sheets",
            f"这个工作簿有 {len(wanted)} 张表，最多读取 {MOST_SHEETS} 张。请删去不用的表后再试。",
            f"This workbook has {len(wanted)} sheets; at most {MOST_SHEETS} are read. "
            "Delete those that are not needed.",
        )
    if not wanted:
        raise damaged(WORKBOOK, "里面没有工作表", "there is no sheet inside")
    beside = {kind: target for kind, target in parts.values() if target in package.names}
    strings = _strings(package, beside.get("sharedStrings"))
    dated = _dated(package, beside.get("styles"))
    left = most_cells
    sheets = []
    for title, hidden, part in wanted:
        reader = _Reader(package, title, strings, dated, old_days, left)
        sheets.append(reader.read(part, hidden))
        left = reader.left
    return Book(tuple(sheets))


def text(value: Value) -> str:
    """A value as a person reads it: NFC, trimmed, line breaks inside kept; whole numbers plain."""
    if value is None:
        return ""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def letter(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def where(sheet: str, row: int | None = None, column: int | None = None) -> tuple[str, str]:
    """A place for a person, Chinese and English; rows and columns count from 0, None: left out."""
    zh, en = f"“{sheet}”表", f"sheet “{sheet}”"
    if row is not None:
        zh, en = f"{zh}第 {row + 1} 行", f"{en}, row {row + 1}"
    if column is not None:
        zh, en = f"{zh} {letter(column)} 列", f"{en}, column {letter(column)}"
    return zh, en


def _listed(package: Package) -> tuple[list[tuple[str, bool, str]], bool]:
    """(name, hidden, relation) of each sheet, and whether days count from 1904."""
    found: list[tuple[str, bool, str]] = []
    old_days = False

    def start(tag: str, a: dict[str, str]) -> None:
        nonlocal old_days
        if tag == "sheet":
            key = next((v for k, v in a.items() if k.rpartition(":")[2] == "id" and ":" in k), "")
            found.append((a.get("name", ""), a.get("state", "visible") != "visible", key))
        elif tag == "workbookPr":
            old_days = a.get("date1904") in ("1", "true")

    package.parse(package.main, start)
    return found, old_days


def _strings(package: Package, part: str | None) -> list[str]:
    """The shared strings, without what is written above characters to tell their sound."""
    found: list[str] = []
    pieces: list[str] = []
    taking = False
    beside = 0

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal taking, beside
        if tag == "si":
            pieces.clear()
        elif tag == "rPh":
            beside += 1
        taking = tag == "t" and not beside

    def end(tag: str) -> None:
        nonlocal taking, beside
        taking = False
        if tag == "si":
            found.append(_unescaped("".join(pieces)))
        elif tag == "rPh":
            beside -= 1

    def text(piece: str) -> None:
        if taking:
            pieces.append(piece)

    if part is not None:
        package.parse(part, start, end, text)
    return found


def _unescaped(value: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        if code < 32 and code not in (9, 10, 13):
            return ""  # no text of a person, and no database takes NUL
        return found[0] if 0xD800 <= code < 0xE000 else chr(code)

    if "_x" in value:
        value = _ESCAPED.sub(one, value)
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _dated(package: Package, part: str | None) -> frozenset[int]:
    """The numbers of the cell styles that show a day or a time."""
    custom: dict[int, bool] = {}
    styles: list[int] = []
    inside = False

    def start(tag: str, a: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            custom[_number(a.get("numFmtId"))] = _shows_date(a.get("formatCode", ""))
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            styles.append(_number(a.get("numFmtId")))

    def end(tag: str) -> None:
        nonlocal inside
        if tag == "cellXfs":
            inside = False

    if part is not None:
        package.parse(part, start, end)
    return frozenset(n for n, key in enumerate(styles) if custom.get(key, key in _DATE_IDS))


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 9 else -1


def _shows_date(code: str) -> bool:
    """Whether a number format shows days or hours: y, m, d, h, s outside of quoted text."""
    plain = _NO_FORMAT.sub("", code.partition(";")[0]).lower().replace("general", "")
    return any(c in plain for c in "ymdhs")


def _day(serial: float, old_days: bool) -> Value:
    """The day or moment of a serial number; a time alone is text; what is neither stays a number.

    Day 60 of the 1900 system never was (29 February 1900); it is read as 1 March.
    """
    if old_days:
        serial += 1462
    if not 0 <= serial < 2_958_466:
        return int(serial) if serial.is_integer() else serial
    if serial < 1:
        return _clock(serial)
    if serial < 61:
        serial += 1
    moment = midnight(_FIRST) + timedelta(seconds=round(serial * 86_400))
    return moment.date() if moment.time() == time(0) else moment


def _clock(part: float) -> str:
    hours, seconds = divmod(round(part * 86_400), 3600)
    minutes, seconds = divmod(seconds, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


class _Reader:
    """One sheet while it is read."""

    def __init__(
        self,
        package: Package,
        name: str,
        strings: Sequence[str],
        dated: frozenset[int],
        old_days: bool,
        left: int,
    ) -> None:
        self.package, self.name, self.strings = package, name, strings
        self.dated, self.old_days, self.left = dated, old_days, left
        self.rows: list[list[Value]] = []
        self.flaws: list[Flaw] = []
        self.merges: list[Merge] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.columns: dict[str, int] = {}
        self.row = self.column = -1
        self.kind = ""
        self.style = 0
        self.formula = self.stored = self.taking = False
        self.beside = 0
        self.pieces: list[str] = []

    def read(self, part: str, hidden: bool) -> Sheet:
        self.package.parse(part, self.start, self.end, self.text)
        spread = self.spread()
        return Sheet(
            self.name,
            self.rows,
            hidden=hidden,
            hidden_rows=sum(r < len(self.rows) and bool(self.rows[r]) for r in self.hidden_rows),
            hidden_columns=len(self.hidden_columns),
            merges=tuple(self.merges),
            spread=spread,
            flaws=tuple(self.flaws),
        )

    def start(self, tag: str, a: dict[str, str]) -> None:
        if tag == "c":
            self.place(a.get("r"))
            self.kind = a.get("t", "n")
            self.style = _number(a.get("s", "0"))
            self.formula = self.stored = False
            self.pieces.clear()
        elif tag == "v" or (tag == "t" and not self.beside):
            self.taking = self.stored = True
        elif tag == "f":
            self.formula = True
        elif tag == "rPh":
            self.beside += 1
        elif tag == "row":
            self.row = self.row + 1 if "r" not in a else _number(a["r"]) - 1
            self.column = -1
            if not 0 <= self.row <= LAST_ROW:
                raise self.bad()
            if a.get("hidden") in ("1", "true"):
                self.hidden_rows.add(self.row)
        elif tag == "mergeCell":
            self.merge(a.get("ref", ""))
        elif tag == "col" and a.get("hidden") in ("1", "true"):
            first, last = _number(a.get("min")), _number(a.get("max"))
            if 0 < first <= last <= LAST_COLUMN + 1:
                self.hidden_columns.update(range(first, last + 1))

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.taking = False
        elif tag == "rPh":
            self.beside -= 1
        elif tag == "c":
            self.cell("".join(self.pieces))

    def text(self, piece: str) -> None:
        if self.taking:
            self.pieces.append(piece)

    def place(self, address: str | None) -> None:
        if address is None:
            self.column += 1
        else:
            self.row, self.column = self.parsed(address)
        if self.row < 0 or self.column > LAST_COLUMN:
            raise self.bad()

    def parsed(self, address: str) -> tuple[int, int]:
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise self.bad()
        letters = found[1]
        column = self.columns.get(letters)
        if column is None:
            column = 0
            for c in letters:
                column = column * 26 + ord(c) - 64
            self.columns[letters] = column = column - 1
        row = int(found[2]) - 1
        if row > LAST_ROW or column > LAST_COLUMN:
            raise self.bad()
        return row, column

    def cell(self, raw: str) -> None:
        """The cell is complete: keep its value, or the flaw."""
        if not raw:
            if self.formula and self.kind != "str":
                self.flaw(
                    "no_value",
                    "公式还没有计算结果。请在 Excel 或 WPS 中打开、保存后再上传，"
                    "或把公式改成固定的内容。",
                    "The formula has no computed value. Open and save the file in Excel or WPS, "
                    "or type the value itself.",
                )
            return
        kind = self.kind
        value: Value
        if kind == "s":
            number = _number(raw.strip())
            if not 0 <= number < len(self.strings):
                raise self.bad()
            value = self.strings[number]
        elif kind in ("str", "inlineStr"):
            value = _unescaped(raw)
        elif kind == "e":
            self.flaw(
                "error",
                f"单元格是错误值 {raw[:20]}。请改成正确的内容。",
                f"The cell holds the error {raw[:20]}. Put the right value in.",
            )
            return
        elif kind == "b":
            value = raw.strip() in ("1", "true")
        elif kind == "d":
            value = self.iso(raw.strip())
        else:
            value = self.amount(raw)
        if value != "":
            self.keep(value)

    def amount(self, raw: str) -> Value:
        try:
            number = float(raw)
        except ValueError:
            raise self.bad() from None
        if number != number or number in (float("inf"), float("-inf")):
            raise self.bad()
        if self.style in self.dated:
            return _day(number, self.old_days)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number

    def iso(self, raw: str) -> Value:
        try:
            moment = datetime.fromisoformat(raw).replace(tzinfo=None)
        except ValueError:
            return raw
        return moment.date() if moment.time() == time(0) else moment

    def keep(self, value: Value) -> None:
        rows, row, column = self.rows, self.row, self.column
        wider = row + 1 - len(rows)
        longer = column + 1 - (len(rows[row]) if wider <= 0 else 0)
        self.left -= max(0, wider) + max(0, longer)
        if self.left < 0:
            zh, en = where(self.name, row, column)
            raise Unreadable(
                "too_many_cells",
                f"工作簿太大：到{zh}为止已超过 {MOST_CELLS // 10_000} 万格。请删去远处多余的内容和"
                "空行，或分成几个文件。",
                f"The workbook is too large: up to {en} there are more than {MOST_CELLS} cells. "
                "Delete stray content far out, or split the file.",
            )
        if wider > 0:
            rows.extend([] for _ in range(wider))
        if longer > 0:
            rows[row].extend([None] * longer)
        rows[row][column] = value

    def merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        top, left = self.parsed(first)
        bottom, right = self.parsed(last or first)
        if len(self.merges) < MOST_MERGES and (top, left) != (bottom, right):
            self.merges.append(Merge(top, left, max(top, bottom), max(left, right)))

    def spread(self) -> frozenset[tuple[int, int]]:
        """Give the value of each range merged downward to the rows that it covers."""
        found: set[tuple[int, int]] = set()
        for merge in self.merges:
            if merge.bottom == merge.top or merge.top >= len(self.rows):
                continue
            upper = self.rows[merge.top]
            value = upper[merge.left] if merge.left < len(upper) else None
            if value is None:
                continue
            for row in range(merge.top + 1, min(merge.bottom + 1, len(self.rows))):
                self.row, self.column = row, merge.left
                self.left -= 1
                self.keep(value)
                found.add((row, merge.left))
        return frozenset(found)

    def flaw(self, code: str, zh: str, en: str) -> None:
        if len(self.flaws) < MOST_FLAWS:
            self.flaws.append(Flaw(self.row, self.column, code, zh, en))

    def bad(self) -> Unreadable:
        row = self.row if 0 <= self.row <= LAST_ROW else None
        zh, en = where(self.name, row)
        return damaged(WORKBOOK, f"{zh}附近的单元格写法不对", f"a cell is malformed near {en}")
