"""Last year's task list: its columns recognised, its rows read, and what they are good for now.

A clause that asks what an old task did already can be covered by it; a clause without a unit gets
the old task's lead unit proposed, with the reason, and never filled in silently.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luoshi.directives import resolving
from luoshi.directives.models import ColumnMap, OldList, OldTask
from luoshi.lib.canonical import canonical
from luoshi.lib.similar import covered, pairs, share
from luoshi.orgs import queries
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Placement, Unit
from luoshi.papers import sheets
from luoshi.papers.columns import Guess, heading, recognise
from luoshi.papers.sheets import Book, Sheet, letter, text
from luoshi.papers.taskheads import FIELDS

PURPOSE = "old list"
MOST_ROWS = 5_000
LIKE, SAME = 0.45, 0.8
"""From how alike an old task is proposed, and from how alike it is said to be the same."""
LONGEST = {"title": 200, "leader": 200, "lead": 500, "support": 500, "deadline": 200, "check": 500}
TOTALS = ("合计", "总计", "小计", "填表人", "制表", "审核人", "联系电话")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is shown for correction: heading, the first values, the field taken for it."""

    index: int
    letter: str
    heading: str
    samples: tuple[str, ...]
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that becomes an old task; `number` counts from 1 as the program shows it."""

    number: int
    values: Mapping[str, str]
    units: tuple[UUID, ...]
    unknown: tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What a sheet would give: its columns, the rows, what is left out, what is doubtful."""

    sheet: str
    sheets: tuple[str, ...]
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    left_out: list[tuple[int, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    remembered: bool = False

    @property
    def unknown(self) -> dict[str, int]:
        """Names of units that nobody here has → in how many rows."""
        found: dict[str, int] = {}
        for row in self.rows:
            for name in row.unknown:
                found[name] = found.get(name, 0) + 1
        return found

    @property
    def with_units(self) -> int:
        """How many rows name a unit that exists."""
        return sum(bool(r.units) for r in self.rows)

    @property
    def fingerprint(self) -> str:
        """A hash of everything that confirming would keep."""
        content = [[r.number, dict(r.values), [str(u) for u in r.units]] for r in self.rows]
        return hashlib.sha256(canonical(content)).hexdigest()


def best_sheet(book: Book) -> str:
    """The sheet whose headings say most: visible ones first."""

    def score(sheet: Sheet) -> tuple[bool, int, int]:
        guess = recognise(sheet.rows, FIELDS, merges=sheet.merges)
        return (not sheet.hidden, len(guess.columns), len(sheet.rows))

    return max(book.sheets, key=score).name


def headings_of(sheet: Sheet, guess: Guess) -> str:
    """The hash of a head row: the same headings in the same order."""
    row = sheet.rows[guess.header_row] if guess.header_row is not None else []
    return hashlib.sha256("\x1f".join(heading(v) for v in row).encode()).hexdigest()


def mapping_for(organisation_id: UUID, purpose: str, headings: str) -> dict[int, str] | None:
    """What a person confirmed for these headings before."""
    kept = ColumnMap.objects.filter(
        organisation_id=organisation_id, purpose=purpose, headings=headings
    ).first()
    return {int(k): str(v) for k, v in kept.columns.items()} if kept else None


def read(
    book: Book,
    sheet_name: str,
    *,
    tree: resolving.Tree,
    organisation_id: UUID,
    mapping: Mapping[int, str] | None = None,
) -> Reading:
    """Read one sheet with a mapping (column → field), or with the remembered or recognised one."""
    sheet = book.sheet(sheet_name) or book.sheets[0]
    guess = recognise(sheet.rows, FIELDS, merges=sheet.merges)
    remembered = None
    if mapping is None:
        remembered = mapping_for(organisation_id, PURPOSE, headings_of(sheet, guess))
    chosen = dict(mapping or remembered or {f.index: n for n, f in guess.columns.items()})
    found = Reading(
        sheet.name,
        tuple(s.name for s in book.sheets),
        _columns(sheet, guess, chosen),
        remembered=remembered is not None,
    )
    fields = {name: index for index, name in chosen.items() if name}
    if len(fields) < sum(bool(name) for name in chosen.values()):
        twice = sorted({n for n in chosen.values() if n and list(chosen.values()).count(n) > 1})
        found.errors.append(
            (sheet.name, _("Two columns are taken for the same: %(names)s. Choose one.")
             % {"names": "、".join(str(NAMES[n]) for n in twice)})
        )  # fmt: skip
        return found
    if "title" not in fields and "measure" not in fields:
        found.errors.append((sheet.name, _("No column is taken for the task. Choose one below.")))
        return found
    _rows(sheet, guess, fields, tree, found)
    return found


NAMES: Mapping[str, Any] = {
    "number": gettext_lazy("Number"),
    "title": gettext_lazy("Task"),
    "measure": gettext_lazy("Wording"),
    "leader": gettext_lazy("Leader"),
    "lead": gettext_lazy("Lead unit"),
    "support": gettext_lazy("Support units"),
    "deadline": gettext_lazy("Date or cadence"),
    "check": gettext_lazy("Checked by"),
    "progress": gettext_lazy("Progress"),
    "proof": gettext_lazy("Proof"),
    "note": gettext_lazy("Note"),
    "source": gettext_lazy("Source clause"),
}
"""field → its name on the page."""


def _columns(sheet: Sheet, guess: Guess, chosen: Mapping[int, str]) -> list[Column]:
    """Every column that has a heading or a value, with its first three values."""
    body = sheet.rows[guess.first_row : guess.first_row + 200]
    heads = sheet.rows[guess.header_row] if guess.header_row is not None else []
    width = max((len(row) for row in [heads, *body]), default=0)
    why = {
        f.index: f.why_zh if (get_language() or "").startswith("zh") else f.why_en
        for f in guess.columns.values()
    }
    columns = []
    for index in range(min(width, 200)):
        values = [text(row[index]) for row in body if index < len(row) and text(row[index])]
        head = text(heads[index]) if index < len(heads) else ""
        if head or values:
            samples = tuple(v if len(v) <= 30 else f"{v[:28]}…" for v in values[:3])
            taken, said = chosen.get(index, ""), why.get(index, "")
            columns.append(Column(index, letter(index), head, samples, taken, said))
    return columns


def _rows(
    sheet: Sheet,
    guess: Guess,
    fields: Mapping[str, int],
    tree: resolving.Tree,
    found: Reading,
) -> None:
    flaws = {(f.row, f.column): f for f in sheet.flaws}
    units: dict[str, tuple[tuple[UUID, ...], tuple[str, ...]]] = {}
    for number in range(guess.first_row, len(sheet.rows)):
        values = {name: text(sheet.at(number, at)) for name, at in fields.items()}
        whole = [text(v) for v in sheet.rows[number] if text(v)]
        if not whole:
            continue
        for name, at in fields.items():
            if flaw := flaws.get((number, at)):
                zh, en = sheets.where(sheet.name, number, at)
                chinese = (get_language() or "").startswith("zh")
                said = flaw.message_zh if chinese else flaw.message_en
                found.errors.append((zh if chinese else en, said))
                values[name] = ""
        what = values.get("title") or values.get("measure", "")
        filled = sum(bool(v) for v in values.values())
        if not what or (filled == 1 and len(set(whole)) == 1) or what.startswith(TOTALS):
            found.left_out.append((number + 1, whole[0][:40]))
            continue
        if len(found.rows) >= MOST_ROWS:
            found.errors.append(
                (sheet.name, _("More than %(most)s rows; split the list.") % {"most": MOST_ROWS})
            )
            return
        values["title"] = (values.get("title") or what).replace("\n", " ")
        for name, most in LONGEST.items():
            values[name] = values.get(name, "")[:most]
        named = values["lead"]
        if named not in units:
            units[named] = _units(named, tree)
        found.rows.append(Row(number + 1, values, *units[named]))


def _units(named: str, tree: resolving.Tree) -> tuple[tuple[UUID, ...], tuple[str, ...]]:
    ids: dict[UUID, None] = {}
    unknown = []
    for resolved in resolving.typed_units(named.replace("\n", "、"), tree):
        if resolved.units:
            ids.update((node.id, None) for node in resolved.units)
        else:
            unknown.append(resolved.phrase)
    return tuple(ids), tuple(unknown)


def visible_to(standing: Standing) -> "QuerySet[OldList]":
    """Old lists of owners for whom the person triages."""
    owners = (
        Placement.objects.on(standing.on)
        .filter(standing.scope("directive.triage"), organisation_id=standing.user.organisation_id)
        .values("unit_id")
    )
    return OldList.objects.filter(
        organisation_id=standing.user.organisation_id,
        owner_id__in=owners,
        state=OldList.State.ACTIVE,
    )


@dataclass(frozen=True, slots=True)
class Match:
    """An old task that is like a clause: how much (0–1), whether it is as good as the same."""

    task: OldTask
    like: float

    @property
    def same(self) -> bool:
        """Whether it asks as good as the same."""
        return self.like >= SAME

    @property
    def percent(self) -> int:
        """How alike, of a hundred."""
        return round(self.like * 100)


def matches(clause: str, standing: Standing, *, before: int, most: int = 5) -> list[Match]:
    """Old tasks most like a clause, of lists before a year, the most alike first; one query.

    Alike is what shares its pairs of characters: the better of both texts together and of the
    clause alone against the old task's words.
    """
    wanted = pairs(clause)
    found = []
    rows = OldTask.objects.filter(
        old_list__in=visible_to(standing).filter(year__lt=before)
    ).select_related("old_list")
    for task in rows.iterator(chunk_size=1000):
        title = pairs(task.title)
        whole = pairs(task.measure) if task.measure else title
        like = max(
            share(wanted, whole), share(wanted, title), 0.9 * covered(title, wanted)
            if title.total() >= 6 else 0.0,
        )  # fmt: skip
        if like >= LIKE:
            found.append(Match(task, like))
    found.sort(key=lambda m: (-m.like, -m.task.old_list.year, m.task.row))
    return found[:most]


def lead_of(match: Match, on: date) -> list[Unit]:
    """The lead units of an old task that still stand in the tree on a day."""
    ids = [i for i in map(_uuid, match.task.lead_units) if i]
    standing = set(queries.paths_of(ids, on))
    rows = {u.pk: u for u in Unit.objects.filter(pk__in=[i for i in ids if i in standing])}
    return [rows[i] for i in ids if i in rows]


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
