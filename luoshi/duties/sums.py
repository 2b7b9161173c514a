"""Sums that stay exact: how much of what each unit has, and everything below it.

An act adds `SumDelta` rows in its own transaction and touches no shared row. The worker folds them
into `UnitSum` (the unit's own) and `TreeSum` (the unit and all above it) and takes them away. Who
reads adds what is stored and what is pending, in one statement, and is exact at any moment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Min

from luoshi.base import bulk
from luoshi.base.models import Organisation
from luoshi.duties.models import (
    NO_DAY,
    Assignment,
    Occurrence,
    SumDelta,
    SumHead,
    TreeSum,
    UnitSum,
)
from luoshi.lib.ids import new_texts
from luoshi.orgs import paths
from luoshi.orgs.models import Placement

State = Occurrence.State
ALL = UUID(int=0)
"""In `TreeSum`: all directives together."""
DATED = (State.OPEN, State.RETURNED, Assignment.Effect.UNCHECKED)
"""Codes whose day says whether something is overdue; the others need none."""
CHUNK = 20_000

Key = tuple[UUID, UUID, str, date]
"""unit, directive, code, day."""


class Tally(Counter[Key]):
    """Changes of sums while an act collects them."""

    def put(self, unit: UUID, directive: UUID, code: str, day: date | None, count: int) -> None:
        """Count `count` more (or less) of a code and its day."""
        self[unit, directive, str(code), day if code in DATED and day else NO_DAY] += count

    def moved(self, occurrence: Occurrence, before: tuple[str, date | None] | None) -> None:
        """An occurrence as it is now, where it was (state, day) `before`; None: it is new."""
        unit, directive = occurrence.unit_id, occurrence.directive_id
        if before is not None:
            self.put(unit, directive, *before, -1)
        self.put(unit, directive, occurrence.state, occurrence.due_on, 1)

    def closed(self, assignment: Assignment, before: tuple[str, date | None]) -> None:
        """An assignment as it is now, where it had (code, day of the check) `before`."""
        unit, directive = assignment.unit_id, assignment.directive_id
        if before[0]:
            self.put(unit, directive, *before, -1)
        if now := code_of(assignment):
            self.put(unit, directive, now, assignment.check_on, 1)

    def write(self, organisation_id: UUID) -> None:
        """Add what was collected as deltas, inside the calling act's transaction."""
        value = bulk.uuid_writer()
        found = [(key, count) for key, count in self.items() if count]
        organisation = value(organisation_id)
        bulk.insert(
            SumDelta,
            ("id", "organisation_id", "unit_id", "directive_id", "code", "due_on", "count"),
            [
                (value(pk), organisation, value(unit), value(directive), code, str(day), count)
                for pk, ((unit, directive, code, day), count) in zip(
                    new_texts(len(found)), found, strict=True
                )
            ],
        )
        self.clear()


def code_of(assignment: Assignment) -> str:
    """The code under which an assignment counts; empty while it is not closed."""
    if assignment.state != Assignment.State.CLOSED:
        return ""
    return str(assignment.effect or Assignment.State.CLOSED)


_COUNTED = """
SELECT unit_id, directive_id, state AS code,
  CASE WHEN state IN ('open', 'returned') THEN COALESCE(due_on, {no_day}) ELSE {no_day} END AS day,
  COUNT(*) AS n
FROM {occurrence} WHERE organisation_id = %s GROUP BY 1, 2, 3, 4
UNION ALL
SELECT unit_id, directive_id, CASE effect WHEN '' THEN 'closed' ELSE effect END AS code,
  CASE effect WHEN 'unchecked' THEN COALESCE(check_on, {no_day}) ELSE {no_day} END AS day,
  COUNT(*) AS n
FROM {assignment} WHERE organisation_id = %s AND state = 'closed' GROUP BY 1, 2, 3, 4
"""
_STORED = """
SELECT unit_id, directive_id, code, due_on AS day, count AS n FROM {unit} WHERE organisation_id = %s
UNION ALL
SELECT unit_id, directive_id, code, due_on AS day, count AS n FROM {delta}
WHERE organisation_id = %s
"""


def _asked(sql: str, organisation_id: UUID) -> Iterator[tuple[Key, list[int]]]:
    """Rows of a question over sums: the key, and the numbers behind it."""
    quote, value = connection.ops.quote_name, bulk.uuid_writer()
    native = connection.features.has_native_uuid_field
    names = {
        "occurrence": Occurrence, "assignment": Assignment, "unit": UnitSum, "delta": SumDelta,
    }  # fmt: skip
    tables = {name: quote(model._meta.db_table) for name, model in names.items()}
    sql = sql.format(no_day="DATE '0001-01-01'" if native else "'0001-01-01'", **tables)
    with connection.cursor() as cursor:
        cursor.execute(sql, [value(organisation_id)] * sql.count("%s"))
        for unit, directive, code, day, *numbers in cursor.fetchall():
            key = (
                (unit, directive, code, day)
                if native
                else (UUID(unit), UUID(directive), code, _day(day))
            )
            yield key, [int(n) for n in numbers]


def _day(kept: date | str) -> date:
    """SQLite gives a day of a column as such, and one that it computed as text."""
    return kept if isinstance(kept, date) else date.fromisoformat(kept)


def recount(organisation_id: UUID) -> Tally:
    """Every unit's own sums, counted from occurrences and assignments; pending deltas go with it.

    One statement on PostgreSQL, so that an act that commits meanwhile is either counted or pending.
    """
    sql = _COUNTED
    if connection.vendor == "postgresql":
        sql = "WITH gone AS (DELETE FROM {delta} WHERE organisation_id = %s) " + sql
    else:
        SumDelta.objects.filter(organisation_id=organisation_id).delete()
    found = Tally()
    for key, (count,) in _asked(sql, organisation_id):
        found[key] += count
    return found


class Tree:
    """Which units stand above which on a day."""

    def __init__(self, organisation_id: UUID, day: date) -> None:
        self.paths: dict[UUID, str] = dict(
            Placement.objects.on(day)
            .filter(organisation_id=organisation_id)
            .values_list("unit_id", "path")
        )
        self._units = {path: unit for unit, path in self.paths.items()}
        self._above: dict[UUID, list[UUID]] = {}

    def above(self, unit: UUID) -> list[UUID]:
        """The unit itself and every unit above it; nothing where it stands in no tree that day."""
        if unit not in self._above:
            path = self.paths.get(unit)
            self._above[unit] = (
                [self._units[p] for p in paths.ancestors(path) if p in self._units] if path else []
            )
        return self._above[unit]

    def spread(self, own: Iterable[tuple[Key, int]]) -> Counter[Key]:
        """Own sums carried up: to each unit above, for the directive and for all of them."""
        found: Counter[Key] = Counter()
        for (unit, directive, code, day), count in own:
            for above in self.above(unit):
                found[above, directive, code, day] += count
                found[above, ALL, code, day] += count
        return found


def fold(organisation_id: UUID, today: date) -> int:
    """Fold pending deltas into the sums; how many. The tree is taken anew where it has changed.

    One transaction for each twenty thousand; a fold that is killed loses and doubles nothing.
    """
    done = 0
    while True:
        with transaction.atomic():
            tree = _locked(organisation_id, today)
            rows = list(
                SumDelta.objects.filter(organisation_id=organisation_id)
                .order_by("id")
                .values_list("pk", "unit_id", "directive_id", "code", "due_on", "count")[:CHUNK]
            )
            if not rows:
                return done
            own: Counter[Key] = Counter()
            for _pk, unit, directive, code, day, count in rows:
                own[unit, directive, code, day] += count
            tree = tree or Tree(organisation_id, today)
            _add(UnitSum, organisation_id, own)
            _add(TreeSum, organisation_id, tree.spread(own.items()))
            for start in range(0, len(rows), 500):
                SumDelta.objects.filter(pk__in=[r[0] for r in rows[start : start + 500]]).delete()
            done += len(rows)


def _locked(organisation_id: UUID, today: date) -> Tree | None:
    """Take the head's lock; where it is for another tree or day, bring `TreeSum` up to this one."""
    version = _version(organisation_id)
    if not SumHead.objects.filter(pk=organisation_id).exists():
        rebuild(organisation_id, today)
    head = SumHead.objects.select_for_update(no_key=True).get(pk=organisation_id)
    if head.day == today and head.tree == version:
        return None
    for model in (UnitSum, TreeSum):
        model.objects.filter(organisation_id=organisation_id, count=0).delete()
    if holds(head, version, today):
        SumHead.objects.filter(pk=organisation_id).update(day=today)
        return None
    return _retree(organisation_id, version, today)


def holds(head: SumHead | None, version: int, today: date) -> bool:
    """Whether the tree sums are for the tree of this version on this day."""
    return (
        head is not None
        and head.tree == version
        and NO_DAY < head.day <= today
        and (head.until is None or today < head.until)
    )


def _retree(organisation_id: UUID, version: int, today: date) -> Tree:
    """Make `TreeSum` anew from the units' own sums, for the tree of today."""
    tree = Tree(organisation_id, today)
    sums = tree.spread(_kept(UnitSum, organisation_id))
    TreeSum.objects.filter(organisation_id=organisation_id).delete()
    _insert(TreeSum, organisation_id, sums.items())
    SumHead.objects.filter(pk=organisation_id).update(
        tree=version, day=today, until=next_change(organisation_id, today)
    )
    return tree


def next_change(organisation_id: UUID, today: date) -> date | None:
    """The next day after `today` on which a placement begins or ends by itself."""
    rows = Placement.objects.filter(organisation_id=organisation_id)
    days = [
        rows.filter(valid_from__gt=today).aggregate(day=Min("valid_from"))["day"],
        rows.filter(valid_to__gt=today).aggregate(day=Min("valid_to"))["day"],
    ]
    return min((d for d in days if d is not None), default=None)


def _values(
    model: Any, organisation_id: UUID, rows: Sequence[tuple[Key, int]]
) -> Iterator[tuple[Any, ...]]:
    value = bulk.uuid_writer()
    organisation = value(organisation_id)
    for pk, ((unit, directive, code, day), count) in zip(new_texts(len(rows)), rows, strict=True):
        yield value(pk), organisation, value(unit), value(directive), code, str(day), count


COLUMNS = ("id", "organisation_id", "unit_id", "directive_id", "code", "due_on", "count")


def _insert(model: Any, organisation_id: UUID, rows: Iterable[tuple[Key, int]]) -> None:
    found = [(key, count) for key, count in rows if count]
    bulk.insert(model, COLUMNS, _values(model, organisation_id, found))


def _add(model: Any, organisation_id: UUID, sums: Counter[Key]) -> None:
    """Add to stored counts, row by row, always in one order."""
    found = sorted((key, count) for key, count in sums.items() if count)
    table = connection.ops.quote_name(model._meta.db_table)
    sql = (
        f"INSERT INTO {table} (id, organisation_id, unit_id, directive_id, code, due_on, count) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (organisation_id, unit_id, directive_id, code, due_on) "
        f"DO UPDATE SET count = {table}.count + excluded.count"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(_values(model, organisation_id, found)))


@transaction.atomic
def rebuild(organisation_id: UUID, today: date) -> int:
    """Count everything anew; how many own sums there are. For after a repair, or for doubt."""
    version = _version(organisation_id)
    SumHead.objects.get_or_create(
        organisation_id=organisation_id, defaults={"tree": version, "day": NO_DAY}
    )
    SumHead.objects.select_for_update(no_key=True).get(pk=organisation_id)
    own = recount(organisation_id)
    UnitSum.objects.filter(organisation_id=organisation_id).delete()
    _insert(UnitSum, organisation_id, own.items())
    _retree(organisation_id, version, today)
    return len(own)


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that is not what counting gives: `where` is `unit` (own) or `tree`."""

    where: str
    key: Key
    stored: int
    counted: int


@transaction.atomic
def verify(organisation_id: UUID, today: date) -> list[Difference]:
    """Where stored sums, with what is pending, differ from counting; nothing where all hold."""
    both = (
        f"SELECT unit_id, directive_id, code, day, SUM(kept), SUM(counted) FROM ("
        f"SELECT unit_id, directive_id, code, day, 0 AS kept, n AS counted FROM ({_COUNTED}) AS c "
        f"UNION ALL SELECT unit_id, directive_id, code, day, n, 0 FROM ({_STORED}) AS s) AS two "
        "GROUP BY 1, 2, 3, 4 HAVING SUM(kept) <> SUM(counted) ORDER BY 1, 2, 3, 4"
    )
    found = [
        Difference("unit", key, kept, counted)
        for key, (kept, counted) in _asked(both, organisation_id)
    ]
    head = SumHead.objects.select_for_update(no_key=True).filter(pk=organisation_id).first()
    if head is None or not holds(head, _version(organisation_id), today):
        return found  # nothing reads the tree sums now; the worker makes them anew
    wanted = Tree(organisation_id, head.day).spread(_kept(UnitSum, organisation_id))
    have = Counter(dict(_kept(TreeSum, organisation_id)))
    found += [
        Difference("tree", key, have[key], wanted[key])
        for key in sorted({*wanted, *have})
        if have[key] != wanted[key]
    ]
    return found


def _version(organisation_id: UUID) -> int:
    return Organisation.objects.values_list("tree", flat=True).get(pk=organisation_id)


def _kept(model: Any, organisation_id: UUID) -> Iterator[tuple[Key, int]]:
    rows = model.objects.filter(organisation_id=organisation_id).values_list(
        "unit_id", "directive_id", "code", "due_on", "count"
    )
    for unit, directive, code, day, count in rows.iterator(chunk_size=CHUNK):
        yield (unit, directive, code, day), count


def fold_all(today: date) -> int:
    """Fold for every organisation with something pending or a tree that has moved on."""
    current = SumHead.objects.filter(tree=F("organisation__tree"), day=today).values("pk")
    stale = Organisation.objects.exclude(pk__in=current).values_list("pk", flat=True)
    pending = SumDelta.objects.values_list("organisation_id", flat=True).distinct()
    return sum(fold(pk, today) for pk in {*stale, *pending})
