"""Units without accounts: the workbooks that go out to them, and a check of those that come back.

Nothing is written here: `check` says what each row of the returned files would do, and the act
`record_returned` does it.
"""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luoshi.base.names import typed, typed_text
from luoshi.base.refused import BadInput
from luoshi.duties.models import Occurrence
from luoshi.duties.periods import in_words
from luoshi.duties.queries import shown_state, units_in_scope
from luoshi.lib.canonical import canonical
from luoshi.lib.packages import BROKEN, Limits, trouble
from luoshi.lib.unreadable import Unreadable
from luoshi.orgs.access import GRANTS, ROLE_OF_POST, Standing
from luoshi.orgs.models import Appointment, Unit
from luoshi.papers import unitbook
from luoshi.papers.sheets import LARGEST
from luoshi.papers.unitbook import Returned, ReturnedRow, UnitBook, UnitRow
from luoshi.web.templatetags.ui import full_day, state_word

State = Occurrence.State
MOST_FILES = 1_000
LIMITS = Limits(members=2 * MOST_FILES)
"""Folders count as members too."""
REPORTING = frozenset(
    post for post, role in ROLE_OF_POST.items() if "occurrence.submit" in GRANTS[role]
)


@dataclass(frozen=True, slots=True)
class Offline:
    """A unit that owes something; `signs_in`: somebody there can report by themselves."""

    unit: Unit
    owed: int
    signs_in: bool


def units(standing: Standing, *, until: date) -> list[Offline]:
    """The units in the clerk's scope that owe something up to a day, in their order.

    Three queries; their own unit is left out.
    """
    rows = (
        Occurrence.objects.filter(
            organisation_id=standing.user.organisation_id,
            unit_id__in=units_in_scope(standing, "occurrence.record"),
            state__in=(State.OPEN, State.RETURNED),
            due_on__lte=until,
        )
        .exclude(unit_id__in=standing.unit_ids)
        .values_list("unit_id", flat=True)
    )
    owed = Counter(rows)
    able = set(
        Appointment.objects.on(standing.on)
        .filter(
            organisation_id=standing.user.organisation_id,
            post__unit_id__in=list(owed),
            post__post_role__in=REPORTING,
            person__user__is_active=True,
        )
        .values_list("post__unit_id", flat=True)
    )
    found = Unit.objects.filter(pk__in=list(owed)).order_by("position", "id")
    return [Offline(unit, owed[unit.pk], unit.pk in able) for unit in found]


def owed_by(standing: Standing, unit_ids: Iterable[UUID], *, until: date) -> list[Occurrence]:
    """What units owe up to a day, by unit and day; only units that the person may record for."""
    return list(
        Occurrence.objects.filter(
            organisation_id=standing.user.organisation_id,
            unit_id__in=units_in_scope(standing, "occurrence.record"),
            state__in=(State.OPEN, State.RETURNED),
            due_on__lte=until,
        )
        .filter(unit_id__in=list(unit_ids))
        .select_related("task", "unit", "assignment")
        .order_by("unit__position", "unit_id", "due_on", "task__position", "id")
    )


def check_of(occurrence_id: UUID, unit_id: UUID, version: int) -> str:
    """The check of a row: its version, and a keyed hash that binds id, unit and version together.

    An id that was typed over no longer fits; a row that has moved on shows another version.
    """
    words = f"{occurrence_id}:{unit_id}:{version}"
    return f"{version}-{salted_hmac('luoshi.unitbook', words, algorithm='sha256').hexdigest()[:16]}"


def books(
    occurrences: Sequence[Occurrence], *, organisation: str, today: date
) -> list[tuple[str, UnitBook]]:
    """A workbook for each unit that owes something, with its file's name."""
    by_unit: dict[UUID, list[Occurrence]] = {}
    for one in occurrences:
        by_unit.setdefault(one.unit_id, []).append(one)
    found = []
    for number, (unit_id, mine) in enumerate(by_unit.items(), 1):
        unit = mine[0].unit
        rows = [
            UnitRow(
                key=str(o.pk),
                check=check_of(o.pk, unit_id, o.version),
                task=o.assignment.title or o.task.title,
                clause=o.task.measure,
                period=in_words(o.key, o.number),
                due=full_day(o.due_on),
                wanted=o.task.check_text,
                state=state_word(shown_state(o.state, o.due_on, today)),
            )
            for o in mine
        ]
        safe = "".join("_" if c in '\\/:*?"<>|' else c for c in unit.name)
        book = UnitBook(organisation, str(unit_id), unit.name, today, rows)
        found.append((f"{number:03}{safe}任务办理表.xlsx", book))
    return found


def packed(named: Iterable[tuple[str, UnitBook]]) -> bytes:
    """One .zip with a workbook for each unit."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, book in named:
            one = io.BytesIO()
            unitbook.write(one, book)
            package.writestr(name, one.getvalue())
    return out.getvalue()


@dataclass(slots=True)
class Budget:
    """What is left for all files of an upload together: bytes unpacked, and files."""

    room: int
    files: int = MOST_FILES

    def take(self, name: str, size: int, files: int = 1) -> None:
        """Count a file before it is unpacked. Raises `BadInput` when it would be too much."""
        self.room -= size
        self.files -= files
        if self.room < 0 or self.files < 0:
            raise BadInput(
                _("“%(name)s” holds more than fits at once. Send the files in parts."),
                field="files",
                name=name,
            )


def unpacked(name: str, data: bytes, budget: Budget) -> list[tuple[str, bytes]]:
    """The workbooks of an upload: the file itself, or those in a .zip. Raises `BadInput`."""
    if not name.lower().endswith(".zip"):
        budget.take(name, len(data))
        return [(name, data)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = [m for m in package.infolist() if not m.is_dir()]
            code = trouble(package.infolist(), len(data), LIMITS)
            if code in ("encrypted", "packing"):
                raise _closed(name)
            whole = sum(m.file_size for m in members)
            budget.take(name, budget.room + 1 if code == "bulky" else whole, len(members))
            found = []
            for member in members:
                last = _member_name(member)
                if last.startswith((".", "~$")) or "__MACOSX" in member.filename:
                    continue
                with package.open(member) as source:
                    found.append((last, source.read(min(LARGEST + 1, member.file_size + 1))))
            return found
    except BROKEN as error:
        raise _closed(name) from error


def _closed(name: str) -> BadInput:
    return BadInput(
        _("“%(name)s” cannot be unpacked: it is damaged or has a password. Pack it anew."),
        field="files",
        name=name,
    )


def _member_name(member: zipfile.ZipInfo) -> str:
    """The member's own name; Chinese packers write GBK and do not say so."""
    name = member.filename
    if not member.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")
    return name.replace("\\", "/").rpartition("/")[2][-120:]


@dataclass(slots=True)
class Entry:
    """What a row would do. `verdict`: take, skip, conflict, error; `why` says it for a person."""

    line: int
    task: str
    period: str
    due: str
    verdict: str
    why: str = ""
    occurrence_id: UUID | None = None
    version: int = 0
    note: str = ""
    happened_on: date | None = None
    said_by: str = ""


@dataclass(slots=True)
class FileCheck:
    """A returned file; `error` where it cannot be used at all."""

    name: str
    unit: str = ""
    unit_id: UUID | None = None
    error: str = ""
    entries: list[Entry] = field(default_factory=list)

    def count(self, verdict: str) -> int:
        """How many rows have a verdict."""
        return sum(e.verdict == verdict for e in self.entries)

    @property
    def takes(self) -> list[Entry]:
        """The rows that would be reported."""
        return [e for e in self.entries if e.verdict == "take"]

    @property
    def troubles(self) -> list[Entry]:
        """The rows that a person must look at."""
        return [e for e in self.entries if e.verdict in ("conflict", "error")]


@dataclass(slots=True)
class Check:
    """The dry run over all files of an upload."""

    files: list[FileCheck]

    def count(self, verdict: str) -> int:
        """How many rows have a verdict."""
        return sum(f.count(verdict) for f in self.files)

    @property
    def takes(self) -> int:
        """Rows that would be reported."""
        return self.count("take")

    @property
    def fingerprint(self) -> str:
        """A hash of every verdict: another one means that something moved in between."""
        content = [
            [f.name, f.error, [[e.line, e.verdict, e.version, e.note] for e in f.entries]]
            for f in self.files
        ]
        return hashlib.sha256(canonical(content)).hexdigest()


def check(uploads: Iterable[tuple[str, bytes]], standing: Standing) -> Check:
    """What each row of each returned file would do today; one query for all files."""
    read: list[tuple[FileCheck, Returned | None]] = []
    for name, data in uploads:
        found = FileCheck(name)
        try:
            book = unitbook.read(data, name)
        except Unreadable as error:
            found.error = _said(error.message_zh, error.message_en)
            read.append((found, None))
            continue
        found.unit = book.unit
        if book.year != standing.on.year:
            found.error = _(
                "This workbook is of %(year)s. Export one of this year and fill that in."
            ) % {"year": book.year}
            read.append((found, None))
            continue
        read.append((found, book))
    ids = {_id(row.key) for _f, book in read if book for row in book.rows} - {None}
    known = _known(standing, [i for i in ids if i])
    uses = Counter(
        str(_id(row.key))
        for _f, book in read
        if book
        for row in book.rows
        if row.status == unitbook.DONE
    )
    for found, returned in read:
        if returned is not None:
            found.unit_id = _id(returned.unit_key)
            found.entries = [
                _entry(row, found.unit_id, known, uses, standing.on) for row in returned.rows
            ]
    return Check([f for f, _book in read])


def _said(zh: str, en: str) -> str:
    return zh if (get_language() or "").startswith("zh") else en


def _id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _known(standing: Standing, ids: Sequence[UUID]) -> dict[UUID, Occurrence]:
    found: dict[UUID, Occurrence] = {}
    for start in range(0, len(ids), 500):
        rows = Occurrence.objects.filter(
            organisation_id=standing.user.organisation_id,
            unit_id__in=units_in_scope(standing, "occurrence.record"),
        )
        for one in rows.filter(pk__in=ids[start : start + 500]):
            found[one.pk] = one
    return found


def _entry(
    row: ReturnedRow,
    unit_id: UUID | None,
    known: dict[UUID, Occurrence],
    uses: Counter[str],
    today: date,
) -> Entry:
    entry = Entry(row.line, row.task, row.period, row.due, "skip")
    filled = bool(row.progress or row.proof or row.done_on)
    if row.status != unitbook.DONE:
        if row.status not in ("", unitbook.NOT_YET):
            entry.verdict = "error"
            entry.why = _("“%(word)s” is not a choice of the list.") % {"word": row.status}
        elif filled:
            entry.why = _("Something is written, but “%(done)s” was not chosen; not reported.") % {
                "done": unitbook.DONE
            }
        return entry
    found_id = _id(row.key)
    found = known.get(found_id) if found_id else None
    version, _dash, _hash = row.check.partition("-")
    if found_id is None or unit_id is None:
        return _bad(entry, _("The hidden column 编号 was changed; the row is not known any more."))
    if (
        not version.isdecimal()
        or len(version) > 9
        or row.check != check_of(found_id, unit_id, int(version))
    ):
        return _bad(
            entry,
            _("编号 and 校验 do not fit each other: a hidden column or the unit was changed."),
        )
    if found is None or found.unit_id != unit_id:
        return _bad(entry, _("This is not owed by the unit any more, or it is not yours to enter."))
    if uses[str(found_id)] > 1:
        return _conflict(
            entry, _("The same row stands in the files more than once; report it by hand.")
        )
    if row.flaw_zh:
        return _bad(entry, _said(row.flaw_zh, row.flaw_en))
    if found.state not in (State.OPEN, State.RETURNED):
        word = state_word(shown_state(found.state, found.due_on, today))
        return _conflict(entry, _("Since the export it has become: %(state)s.") % {"state": word})
    if found.version != int(version):
        return _conflict(
            entry, _("Since the export it was returned or changed; look at it and report it there.")
        )
    if not row.progress and not row.proof:
        return _bad(entry, _("Write what was done, or name a proof."))
    if row.done_on is not None and row.done_on > today:
        return _bad(entry, _("The day lies in the future."))
    note = row.progress
    if row.proof:
        note = f"{note}\n佐证：{row.proof}" if note else f"佐证：{row.proof}"
    try:
        entry.note = typed_text(note, field="progress", most=5000)
        entry.said_by = typed(row.by, field="by", most=60, optional=True)
    except BadInput as error:
        return _bad(entry, str(error))
    entry.verdict = "take"
    entry.occurrence_id, entry.version = found.pk, found.version
    entry.happened_on = row.done_on
    return entry


def _bad(entry: Entry, why: str) -> Entry:
    entry.verdict, entry.why = "error", why
    return entry


def _conflict(entry: Entry, why: str) -> Entry:
    entry.verdict, entry.why = "conflict", why
    return entry
