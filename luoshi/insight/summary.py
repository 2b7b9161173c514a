"""How a unit and the units directly below it stand, over everything or one directive.

Today's answer comes from sums (`duties.sums`): what is stored and what is pending, read by one
statement. A past day's answer is counted from the transitions, in the tree of that day; later acts
never change it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from luoshi.base import bulk
from luoshi.base.models import Organisation
from luoshi.duties import sums
from luoshi.duties.models import (
    NO_DAY,
    Assignment,
    Closing,
    Occurrence,
    SumDelta,
    SumHead,
    Transition,
    TreeSum,
    UnitSum,
)
from luoshi.duties.queries import SOON
from luoshi.orgs import paths
from luoshi.orgs.models import SEGMENT, Placement

State = Occurrence.State


@dataclass(slots=True)
class Figures:
    """How many occurrences in which state; of closed assignments, which had their effect.

    `total` leaves waived ones out. `overdue` and `soon` are part of what is open or returned.
    Accepted, effective and not yet checked are three things.
    """

    total: int = 0
    accepted: int = 0
    submitted: int = 0
    returned: int = 0
    overdue: int = 0
    soon: int = 0
    paused: int = 0
    waived: int = 0
    closed: int = 0
    unchecked: int = 0
    effective: int = 0

    def count(self, code: str, due_on: date, on: date, number: int) -> None:
        """Count `number` of a code and its day in."""
        if code == State.WAIVED:
            self.waived += number
            return
        if code in ("closed", "unchecked", "effective"):
            self.closed += number
            if code != "closed":
                setattr(self, code, getattr(self, code) + number)
            return
        self.total += number
        if code in (State.ACCEPTED, State.SUBMITTED, State.PAUSED):
            setattr(self, code, getattr(self, code) + number)
            return
        dated = due_on > NO_DAY
        if dated and due_on < on:
            self.overdue += number
        elif code == State.RETURNED:
            self.returned += number
        elif dated and due_on <= on + timedelta(days=SOON):
            self.soon += number

    @property
    def per_cent(self) -> int:
        """How much of what is asked is accepted, in whole per cent; 0 where nothing is asked."""
        return self.accepted * 100 // self.total if self.total else 0


Row = tuple[str, str, date, int]
"""branch path, code, day (one for all of a bucket), number."""

_PLACED = "p.valid_from <= %(on)s AND (p.valid_to IS NULL OR p.valid_to > %(on)s)"
_BUCKET = """CASE WHEN {s}.due_on = {no_day} THEN 0 WHEN {s}.due_on < %(on)s THEN 1
WHEN {s}.due_on <= %(soon)s THEN 2 ELSE 3 END"""
_OWN = """
SELECT %(path)s AS branch, s.code, {bucket_s} AS bucket, s.count AS n
FROM {unit} s WHERE s.organisation_id = %(organisation)s AND s.unit_id = %(unit_id)s {one_s}
"""
_CHILDREN = """
SELECT p.path, s.code, {bucket_s}, s.count
FROM {placement} p {join} {tree} s
  ON s.organisation_id = p.organisation_id AND s.unit_id = p.unit_id
WHERE p.organisation_id = %(organisation)s AND p.parent_id = %(unit_id)s AND {placed}
  AND s.directive_id = %(directive_or_all)s
"""
_SUBTREE = """
SELECT substr(p.path, 1, %(depth)s), s.code, {bucket_s}, s.count
FROM {placement} p {join} {unit} s
  ON s.organisation_id = p.organisation_id AND s.unit_id = p.unit_id
WHERE p.organisation_id = %(organisation)s AND p.path > %(path)s AND p.path < %(after)s
  AND {placed} {one_s}
"""
_PENDING = """
SELECT substr(p.path, 1, %(depth)s), d.code, {bucket_d}, d.count
FROM {delta} d JOIN {placement} p ON p.organisation_id = d.organisation_id AND p.unit_id = d.unit_id
WHERE d.organisation_id = %(organisation)s AND p.path >= %(path)s AND p.path < %(after)s
  AND {placed} {one_d}
"""


def today(
    organisation_id: UUID,
    unit_id: UUID,
    path: str,
    on: date,
    *,
    directive_id: UUID | None = None,
) -> dict[str, Figures]:
    """path → figures: of the unit alone under its own path, of each branch below under the child's.

    Two queries. Exact whatever the worker has folded; while the tree sums are for another tree,
    the units' own sums are added up instead.
    """
    head = SumHead.objects.filter(pk=organisation_id).values_list(
        "tree", "day", "until", "organisation__tree"
    ).first()  # fmt: skip
    stored = head is not None and sums.holds(
        SumHead(tree=head[0], day=head[1], until=head[2]), head[3], on
    )
    return _figures(_rows(organisation_id, unit_id, path, on, directive_id, stored=stored), on)


def _rows(
    organisation_id: UUID,
    unit_id: UUID,
    path: str,
    on: date,
    directive_id: UUID | None,
    *,
    stored: bool,
) -> Iterator[Row]:
    quote, value = connection.ops.quote_name, bulk.uuid_writer()
    models = {
        "unit": UnitSum, "tree": TreeSum, "delta": SumDelta, "placement": Placement,
    }  # fmt: skip
    no_day = "'0001-01-01'"
    names = {
        **{name: quote(model._meta.db_table) for name, model in models.items()},
        "placed": _PLACED,
        "bucket_s": _BUCKET.format(s="s", no_day=no_day),
        "bucket_d": _BUCKET.format(s="d", no_day=no_day),
        "one_s": "AND s.directive_id = %(directive)s" if directive_id else "",
        "one_d": "AND d.directive_id = %(directive)s" if directive_id else "",
        # SQLite's planner keeps the order of a CROSS JOIN: the units first, then their sums.
        "join": "CROSS JOIN" if connection.vendor == "sqlite" else "JOIN",
    }
    parts = [_OWN, _CHILDREN if stored else _SUBTREE, _PENDING]
    sql = (
        "SELECT branch, code, bucket, SUM(n) FROM ("
        + " UNION ALL ".join(parts).format(**names)
        + ") AS found GROUP BY 1, 2, 3"
    )
    given: dict[str, Any] = {
        "organisation": value(organisation_id),
        "unit_id": value(unit_id),
        "path": path,
        "after": paths.after(path),
        "depth": len(path) + SEGMENT,
        "on": on,
        "soon": on + timedelta(days=SOON),
        "directive": value(directive_id) if directive_id else None,
        "directive_or_all": value(directive_id or sums.ALL),
    }
    days = (NO_DAY, on - timedelta(days=1), on, date.max)
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        for branch, code, bucket, number in cursor.fetchall():
            yield branch, code, days[bucket], int(number)


def _figures(rows: Iterable[Row], on: date) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for branch, code, due_on, number in rows:
        if number:
            found.setdefault(branch, Figures()).count(code, due_on, on, number)
    return found


def as_of(
    organisation: Organisation,
    path: str,
    day: date,
    *,
    directive_id: UUID | None = None,
) -> dict[str, Figures]:
    """The same as it stood at the end of a past day, in the tree of that day.

    `path` is the unit's on that day. Counted from occurrences and their transitions: as many rows
    as the subtree has, so slower than today's.
    """
    end = _end_of(day)
    where = dict(
        Placement.objects.on(day)
        .filter(paths.below(path), organisation_id=organisation.pk)
        .values_list("unit_id", "path")
    )
    depth = len(path) + SEGMENT
    rows: list[Row] = []
    moves = Transition.objects.filter(occurrence=OuterRef("pk"))
    before, behind = _around(moves, end)
    occurrences = Occurrence.objects.filter(
        organisation_id=organisation.pk, assignment__created_at__lt=end
    )
    closings = Closing.objects.filter(assignment=OuterRef("pk"))
    last, next_ = _around(closings, end)
    assignments = Assignment.objects.filter(organisation_id=organisation.pk, created_at__lt=end)
    if directive_id:
        occurrences = occurrences.filter(directive_id=directive_id)
        assignments = assignments.filter(directive_id=directive_id)
    counted = (
        occurrences.annotate(
            was=Coalesce(
                Subquery(before.values("to_state")[:1]),
                Subquery(behind.values("from_state")[:1]),
                F("state"),
            ),
            due=Coalesce(
                Subquery(before.values("due_on")[:1]),
                Subquery(behind.values("due_was")[:1]),
                F("due_on"),
            ),
        )
        .values_list("unit_id", "was", "due")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for unit_id, was, due, number in counted:
        if was and unit_id in where:
            rows.append((where[unit_id][:depth], was, due or NO_DAY, number))
    shut = (
        assignments.annotate(
            was=Coalesce(
                Subquery(last.values("to_state")[:1]),
                Subquery(next_.values("from_state")[:1]),
                F("state"),
            ),
            had=Coalesce(Subquery(last.values("effect")[:1]), Value("")),
        )
        .filter(was=Assignment.State.CLOSED)
        .values_list("unit_id", "had")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for unit_id, had, number in shut:
        if unit_id in where:
            rows.append((where[unit_id][:depth], had or "closed", date.max, number))
    return _figures(rows, day)


def _around(moves: Any, end: datetime) -> tuple[Any, Any]:
    """The last change before a moment, and the first one from then on."""
    return (
        moves.filter(at__lt=end).order_by("-at", "-id"),
        moves.filter(at__gte=end).order_by("at", "id"),
    )


def _end_of(day: date) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


__all__ = ["Figures", "as_of", "today"]
