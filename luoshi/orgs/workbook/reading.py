"""The three sheets to plain records; everything that is wrong in them, with its cell, at once."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luoshi.base.names import typed
from luoshi.base.refused import BadInput
from luoshi.orgs.workbook import words
from luoshi.papers import columns, sheets
from luoshi.papers.sheets import Book, Sheet, Value

MOST_ROWS = 50_000
MOST_POSITION = 100_000
_CODE = re.compile(r"[\w.\-]{1,40}")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class Place:
    """A cell for a person: the sheet's name, row and column counted from 0 where there are any."""

    sheet: str
    row: int | None = None
    column: int | None = None

    @property
    def text(self) -> str:
        """“单位”表第 5 行 C 列, in the language of the page."""
        zh, en = sheets.where(self.sheet, self.row, self.column)
        return zh if (get_language() or "").startswith("zh") else en


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and how to mend it, in the language of the page."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of 单位. `given` holds the fields whose column is there, already cleaned."""

    row: int
    name: str
    code: str
    reference: str
    parent: str
    given: dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A row of 人员."""

    row: int
    name: str
    code: str
    reference: str


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A row of 任职; `person` empty: vacant. `given`: the columns that are there."""

    row: int
    person: str
    unit: str
    title: str
    post_role: str
    acts_for: str
    position: int | None
    valid_from: date | None
    valid_to: date | None
    portfolios: tuple[str, ...]
    given: frozenset[str]


@dataclass(slots=True)
class Table:
    """A sheet that was found: its name in the file and where its fields stand."""

    name: str
    at: dict[str, int] = field(default_factory=dict)

    def place(self, row: int | None = None, field: str = "") -> Place:
        """The cell of a field in a row."""
        return Place(self.name, row, self.at.get(field))


@dataclass(slots=True)
class Records:
    """What the workbook says."""

    units: list[UnitRow] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    seats: list[SeatRow] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    unread: dict[str, set[str]] = field(default_factory=dict)
    """sheet → names in rows that have a problem: what refers to them is not told once more."""

    def table(self, sheet: str) -> Table:
        """The table of a sheet; one without columns where the file has none."""
        return self.tables.get(sheet, Table(sheet))


def read(book: Book, *, complete: bool) -> Records:
    """The records of a workbook. Nothing raises: what cannot be taken stands in `problems`.

    `complete`: all three sheets must be there.
    """
    records = Records()
    for key in (words.UNITS, words.PEOPLE, words.SEATS):
        sheet = _found(book, key)
        if sheet is not None:
            _Rows(records, key, sheet).read()
        elif complete:
            records.problems.append(
                Problem(
                    Place(key),
                    _("The sheet “%(sheet)s” is missing. A complete file has all three.")
                    % {"sheet": key},
                )
            )
    if not records.tables:
        records.problems.append(
            Problem(
                Place(book.sheets[0].name),
                _(
                    "No sheet is named 单位, 人员 or 任职. "
                    "Download the template and put the rows into its sheets."
                ),
            )
        )
    return records


def _found(book: Book, key: str) -> Sheet | None:
    names = [words.folded(name) for name in words.SHEET_NAMES[key]]
    fits = [s for s in book.sheets if words.folded(s.name) in names]
    return min(fits, key=lambda s: names.index(words.folded(s.name)), default=None)


class _Rows:
    """One sheet while its rows become records."""

    def __init__(self, records: Records, key: str, sheet: Sheet) -> None:
        self.records, self.key, self.sheet = records, key, sheet
        self.table = records.tables[key] = Table(sheet.name)
        self.row = 0
        self.bad = False

    def read(self) -> None:
        guess = columns.recognise(self.sheet.rows, words.fields_of(self.key), self.sheet.merges)
        self.table.at = {name: found.index for name, found in guess.columns.items()}
        for column in words.SHEETS[self.key]:
            if column.wanted and column.field not in self.table.at:
                self.problem(
                    None,
                    "",
                    _("There is no column “%(heading)s”. Name the column so, as in the template.")
                    % {"heading": column.heading},
                )
                self.bad = True
        for name, found in guess.columns.items():
            if not found.sure:
                place = Place(self.sheet.name, guess.header_row, found.index)
                heading = next(c.heading for c in words.SHEETS[self.key] if c.field == name)
                message = _("Taken as “%(heading)s”, but another column has the same heading.")
                self.records.notes.append(Problem(place, message % {"heading": heading}))
        for index, heading in guess.unknown:
            place = Place(self.sheet.name, guess.header_row, index)
            message = _("The column “%(heading)s” is not read.") % {"heading": heading}
            self.records.notes.append(Problem(place, message))
        if self.bad:
            return
        if len(self.sheet.rows) - guess.first_row > MOST_ROWS:
            self.problem(
                None,
                "",
                _("More than %(most)s rows. Delete empty rows far below, or split the file.")
                % {"most": MOST_ROWS},
            )
            return
        flaws = {(f.row, f.column): f for f in self.sheet.flaws}
        take: Callable[[], None] = {
            words.UNITS: self.unit,
            words.PEOPLE: self.person,
            words.SEATS: self.seat,
        }[self.key]
        skip = {row for row, _c in flaws if row >= guess.first_row}
        for row in sorted({*range(guess.first_row, len(self.sheet.rows)), *skip}):
            self.row = row
            if self.empty(row) and row not in skip:
                continue
            self.bad = False
            for name, index in self.table.at.items():
                flaw = flaws.get((row, index))
                if flaw is not None:
                    self.problem(row, name, _flaw(flaw.code))
            if self.bad:
                self.unread("name", "code")
            elif not self.empty(row):
                take()

    def empty(self, row: int) -> bool:
        """Nothing in the columns that are read, an example, or only what merged cells spread."""
        cells = [(i, self.cell(row, i)) for i in sorted(self.table.at.values())]
        filled = [(i, text) for i, text in cells if text]
        if not filled or filled[0][1].startswith((words.EXAMPLE, f"（{words.EXAMPLE}")):
            return True
        return all((row, i) in self.sheet.spread for i, _text in filled)

    def cell(self, row: int, column: int) -> str:
        return sheets.text(self.sheet.at(row, column))

    def value(self, name: str) -> Value:
        return self.sheet.at(self.row, self.table.at[name]) if name in self.table.at else None

    def text(self, name: str) -> str:
        return sheets.text(self.value(name))

    def problem(self, row: int | None, name: str, message: str) -> None:
        self.bad = True
        self.records.problems.append(Problem(self.table.place(row, name), message))

    def unread(self, *fields: str) -> None:
        known = self.records.unread.setdefault(self.key, set())
        known.update(text for text in map(self.text, fields) if text)

    # Cells

    def name(self, field: str, most: int, *, wanted: bool = False) -> str:
        """A cleaned text of at most so many characters."""
        try:
            return typed(self.text(field), field=field, most=most, optional=not wanted)
        except BadInput as error:
            self.problem(self.row, field, str(error))
            return ""

    def code(self) -> tuple[str, str]:
        """The 编号, or the program's own reference in its place."""
        text = self.text("code")
        if text.startswith(words.REFERENCE):
            reference = text[1:].lower()
            if not re.fullmatch(r"[0-9a-f]{12}", reference):
                self.problem(
                    self.row,
                    "code",
                    _("A number with # is the program's own and must stay as it was."),
                )
            return "", reference
        if text and not _CODE.fullmatch(text):
            self.problem(
                self.row,
                "code",
                _("“%(text)s” is no number: letters, digits, - and . only, at most 40.")
                % {"text": text[:40]},
            )
        return text, ""

    def whole(self, field: str) -> int | None:
        text = self.text(field)
        if not text:
            return None
        if not text.isdecimal() or len(text) > 9 or int(text) > MOST_POSITION:
            self.problem(
                self.row,
                field,
                _("“%(text)s” is no whole number from 0 to 100000.") % {"text": text[:40]},
            )
            return None
        return int(text)

    def day(self, field: str) -> date | None:
        value = self.value(field)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = sheets.text(value)
        if not text:
            return None
        found = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
        try:
            if found is not None:
                return date(int(found[1]), int(found[2]), int(found[3] or 1))
        except ValueError:
            pass
        self.problem(
            self.row,
            field,
            _("“%(text)s” is no day. Type one like 2026-06-30.") % {"text": text[:40]},
        )
        return None

    def word(self, field: str, known: dict[str, str], offered: Sequence[str]) -> str:
        text = self.text(field)
        code = known.get(words.folded(text), "")
        if text and not code:
            self.problem(
                self.row,
                field,
                _("“%(text)s” is not among the words: %(words)s.")
                % {"text": text[:40], "words": "、".join(offered)},
            )
        return code

    # Rows

    def unit(self) -> None:
        code, reference = self.code()
        name = self.name("name", 100, wanted=True)
        parent = self.name("parent", 400)
        given: dict[str, str | int | None] = {
            field: self.name(field, most)
            for field, most in (("short_name", 30), ("region", 40), ("line", 40), ("rank", 40))
            if field in self.table.at
        }
        if "unit_kind" in self.table.at:
            offered = [group[0] for group in words.KINDS.values()]
            given["unit_kind"] = self.word("unit_kind", words.KIND_OF, offered)
        given["position"] = self.whole("position")
        if self.bad:
            self.unread("name", "code", "short_name")
            return
        self.records.units.append(UnitRow(self.row, name, code, reference, parent, given))

    def person(self) -> None:
        code, reference = self.code()
        name = self.name("name", 60, wanted=True)
        if self.bad:
            self.unread("name", "code")
            return
        self.records.people.append(PersonRow(self.row, name, code, reference))

    def seat(self) -> None:
        person = self.name("person", 110)
        unit = self.name("unit", 400, wanted=True)
        title = self.name("title", 60, wanted=True)
        offered = [group[0] for group in words.ROLES.values()]
        role = self.word("post_role", words.ROLE_OF, offered)
        if not role and not self.text("post_role"):
            self.problem(
                self.row,
                "post_role",
                _("Fill this in: one of %(words)s.") % {"words": "、".join(offered)},
            )
        start, end = self.day("valid_from"), self.day("valid_to")
        if start and end and end <= start:
            self.problem(
                self.row,
                "valid_to",
                _("The last day must lie behind the first day, %(start)s.") % {"start": start},
            )
        listed = re.split(f"[{words.LIST_MARKS}]", self.text("portfolios"))
        portfolios = tuple(dict.fromkeys(part.strip() for part in listed if part.strip()))
        if portfolios and not person:
            self.problem(
                self.row, "portfolios", _("A vacant post is in charge of nothing. Empty this cell.")
            )
        acts_for, position = self.name("acts_for", 400), self.whole("position")
        if not self.bad:
            self.records.seats.append(
                SeatRow(
                    self.row,
                    person,
                    unit,
                    title,
                    role,
                    acts_for,
                    position,
                    start,
                    end,
                    portfolios,
                    frozenset(self.table.at),
                )
            )


def _flaw(code: str) -> str:
    if code == "no_value":
        return _(
            "The formula has no computed value. Open and save the file in Excel or WPS, "
            "or type the value itself."
        )
    return _("The cell holds an error of its formula. Type the value itself.")
