"""Recomputing the log from its bodies: does what is stored still give the recorded roots?

One pass over entries and bodies in the order of the log. What lies outside the server (a witness's
cosignature, a checkpoint that somebody holds) is compared with the root at its size.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Window
from django.db.models.functions import Lag
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luoshi.base import bulk
from luoshi.base.models import Organisation
from luoshi.ledger import keys
from luoshi.ledger.erasing import RECORDS
from luoshi.ledger.leaf import leaf_text
from luoshi.ledger.models import (
    Body,
    BulkRow,
    Checkpoint,
    Entry,
    Head,
    OutsideCopy,
    Tile,
)
from luoshi.ledger.sequence import waiting_long
from luoshi.lib import evidence, merkle, notes, tiles

WORDS: dict[str, str | Promise] = {
    "gap": _("Entry %(index)s is missing; what follows cannot be checked."),
    "root": _("At entry %(index)s or before it, a leaf or the order differs from the checkpoint."),
    "tail": _("%(said)s entries were numbered, %(here)s lie here: the end is missing."),
    "checkpoint": _("There is a checkpoint of %(size)s entries, which this log cannot give."),
    "signature": _("The signature of the checkpoint of %(size)s entries is not good."),
    "tile": _("The stored hashes of level %(level)s, part %(number)s, are not those of the log."),
    "body": _("The body of entry %(id)s is not what was recorded."),
    "object": _("Entry %(id)s stands under another object than its body names."),
    "missing": _("The body of entry %(id)s is gone and no entry records its erasure."),
    "rows": _("The rows of entry %(id)s are not those that were recorded."),
    "stray": _("A body or rows belong to no entry: %(id)s."),
    "order": _("Entry %(index)s is about an older version of its object than the one before it."),
    "rollback": _("%(name)s holds a checkpoint of %(size)s entries, here are only %(here)s: the "
                  "end was cut off, or the server was set back to a backup."),
    "fork": _("%(name)s holds another root for %(size)s entries: the log was rewritten before that "
              "entry, or there are two of it."),
    "witness": _("The cosignature of %(name)s on %(size)s entries is not good."),
    "clock": _("%(count)s entries, from entry %(first)s on, say a time before that of entries "
               "before them or against the clock of a witness: the server's clock may have been "
               "set."),
    "late": _("%(count)s entries have waited for their number for over a minute: is the worker "
              "running?"),
    "unsigned": _("The newest checkpoint bears no signature: the key %(key)s is not in the data "
                  "folder."),
}  # fmt: skip
"""Code → what it says. Those in `NOTICES` are told; the log holds all the same."""
NOTICES = {"clock", "late", "unsigned"}
MOST = 100
CHUNK = 5_000
OBJECT, ROWS = ',"object":{', '"rows":{"root":"'
"""How a canonical body names its object, and a bulk act its rows; no text within can look so,
since its quotes are escaped."""
SIGNED = 50
"""So many of the newest checkpoints have their signatures checked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the log does not hold, or that is to be known. `code` is stable."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(WORDS[self.code]) % self.values


@dataclass(frozen=True, slots=True)
class Held:
    """A checkpoint that lies outside: by whom, and since when by the witness's own clock."""

    name: str
    size: int
    root: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What recomputing one organisation's log gave. `outside` is what agreed, the largest last."""

    organisation: str
    size: int
    waiting: int
    erased: int
    root: str
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...] = ()
    outside: tuple[Held, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything that is stored gives what was recorded."""
        return not self.findings

    @property
    def witnessed(self) -> int:
        """Up to which entry something outside agrees."""
        return max((held.size for held in self.outside), default=0)

    def lines(self) -> list[str]:
        """What is proven and what is not, in plain words of the present language."""
        values = {"name": self.organisation, "size": self.size, "root": self.root or "–"}
        said: list[Any] = [
            (
                _("%(name)s: the record holds. %(size)s entries recomputed, root %(root)s.")
                if self.holds
                else _("%(name)s: the record does not hold. %(size)s entries read.")
            )
            % values
        ]
        said += [f"· {finding}" for finding in (*self.findings, *self.notices)]
        if self.waiting:
            said.append(_("%(n)s entries wait for their number.") % {"n": self.waiting})
        if self.erased:
            said.append(
                _("%(n)s bodies were erased, as further entries record.") % {"n": self.erased}
            )
        if self.size:
            said += self._outside()
            said.append(_("Not proven: the times, which are the server's own."))
        return [str(line) for line in said]

    def _outside(self) -> list[str]:
        said = [
            _("Agrees with what %(name)s holds: %(size)s entries.")
            % {"name": held.name, "size": held.size}
            for held in {h.name: h for h in self.outside}.values()
        ]
        left = {"size": self.witnessed, "more": self.size - self.witnessed}
        if not self.witnessed:
            said.append(
                _(
                    "Not proven: no outside witness. Whoever holds the server and its key could "
                    "rewrite all %(more)s entries unnoticed."
                )
                % left
            )
        elif left["more"]:
            said.append(
                _(
                    "Not proven: no outside witness since entry %(size)s. Whoever holds the server "
                    "and its key could rewrite the %(more)s entries after it."
                )
                % left
            )
        return [str(line) for line in said]


@dataclass(slots=True)
class _Pass:
    """One run over an organisation's log."""

    organisation_id: UUID
    erased: set[tuple[str, int, int | None]]
    found: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    edge: tiles.Edge = field(default_factory=tiles.Edge)
    roots: dict[int, str] = field(default_factory=dict)
    bulk: list[tuple[str, str, int]] = field(default_factory=list)
    bodies: int = 0
    odd: list[int] = field(default_factory=list)

    def say(self, code: str, **values: Any) -> None:
        """Note a finding; of a kind that comes in masses, the first hundred."""
        self.counts[code] += 1
        if self.counts[code] <= MOST:
            self.found.append(Finding(code, values))


def verify(
    organisation: Organisation,
    *,
    against: Sequence[tuple[int, bytes]] = (),
    now: datetime | None = None,
) -> Verdict:
    """Recompute every commitment, leaf, tile and root of one organisation's log.

    `against` are size and root of checkpoints held outside. With `now`, entries that wait too long
    are told. Erased bodies are no finding, when an entry records their erasure.
    """
    pk = organisation.pk
    run = _Pass(pk, erased=_erased(pk))
    head = Head.objects.filter(pk=pk).first()
    size = head.size if head else 0
    recorded = dict(
        Checkpoint.objects.filter(organisation_id=pk, size__lte=size).values_list("size", "root")
    )
    held = [
        *_copies(run),
        *(Held(str(_("A checkpoint held outside")), n, r.hex()) for n, r in against),
    ]
    whole = _entries(run, size, {*recorded, *(h.size for h in held)}, recorded, held)
    if whole and run.edge.size != size:
        run.say("tail", said=size, here=run.edge.size)
    beyond = Checkpoint.objects.filter(organisation_id=pk, size__gt=size).order_by("-size").first()
    if beyond is not None:
        run.say("checkpoint", size=beyond.size)
    agreed = []
    for one in held:
        values = {"name": str(one.name), "size": one.size, "here": run.edge.size}
        if one.size > run.edge.size:
            run.say("rollback", **values)
        elif run.roots.get(one.size) not in (one.root, None):
            run.say("fork", **values)
        elif one.size in run.roots:
            agreed.append(one)
    _others(run, whole)
    if run.odd:
        run.say("clock", count=len(run.odd), first=run.odd[0])
    waiting = Entry.objects.filter(organisation_id=pk, index__isnull=True).count()
    if now is not None:
        _told(run, now)
    return Verdict(
        organisation.name,
        run.edge.size,
        waiting,
        sum(row is None for _entry, _index, row in run.erased),
        run.edge.root().hex() if run.edge.size else "",
        tuple(f for f in run.found if f.code not in NOTICES),
        tuple(f for f in run.found if f.code in NOTICES),
        tuple(sorted(agreed, key=lambda h: h.size)),
    )


def _copies(run: _Pass) -> Iterator[Held]:
    rows = OutsideCopy.objects.filter(organisation_id=run.organisation_id).select_related("witness")
    for copy in rows.order_by("size"):
        at = None
        if copy.line:
            text = notes.text_of(
                keys.origin(run.organisation_id), copy.size, bytes.fromhex(copy.root)
            )
            at = notes.cosigned_at(notes.with_lines(text, [copy.line]), copy.witness.vkey)
            if at is None:
                run.say("witness", name=copy.witness.name, size=copy.size)
                continue
        yield Held(copy.witness.name, copy.size, copy.root, at)


_SQL = """
SELECT {id}, e."index", e.v, e.kind, e.at, e.commitment, e.object_kind, {object_id},
       e.object_version, b.salt, b.body
FROM ledger_entry e LEFT JOIN ledger_body b ON b.id = e.id AND b.organisation_id = e.organisation_id
WHERE e.organisation_id = %s AND {which}
"""


def _rows(organisation_id: UUID, which: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        key = bulk.uuid_writer()(organisation_id)
        # PostgreSQL's own text of an id is made faster than Python's
        cast = "::text" if connection.features.has_native_uuid_field else ""
        names = {"id": f"e.id{cast}", "object_id": f"e.object_id{cast}"}
        cursor.execute(_SQL.format(which=which, **names), [key, *values])
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _dashed(text: str) -> str:
    """An id as it stands in bodies; SQLite keeps it without dashes."""
    if len(text) == 32:
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return text


def _entries(
    run: _Pass, size: int, sizes: set[int], recorded: dict[int, str], held: Sequence[Held]
) -> bool:
    """The pass itself; False where it had to stop."""
    edge, seen, newest = run.edge, _tiles(run), ""
    clocks = [(h.size, h.at) for h in held if h.at]
    body = _body(run)
    for row in _rows(run.organisation_id, 'e."index" < %s ORDER BY e."index"', size):
        _id, index, v, kind, at, made = row[:6]
        if index != edge.size:
            run.say("gap", index=edge.size)
            return False
        edge.append(sha256(b"\0" + leaf_text(v, kind, at, made).encode()).digest())
        body(row)
        if index + 1 in sizes:
            run.roots[index + 1] = root = edge.root().hex()
            if recorded.get(index + 1, root) != root:
                run.say("root", index=index)
                return False
        if at < newest or clocks:
            _clock(run, index, at, newest, clocks)
        if at > newest:
            newest = at
        if not index % 16_384:
            seen(edge)
    seen(edge, last=edge.size == size)
    return True


def _clock(
    run: _Pass, index: int, at: str, newest: str, clocks: Sequence[tuple[int, datetime]]
) -> None:
    moment = datetime.fromisoformat(at)
    early = bool(newest) and moment < datetime.fromisoformat(newest) - evidence.SLACK
    wrong = any(
        moment < then - evidence.SLACK if index >= size else moment > then + evidence.SLACK
        for size, then in clocks
    )
    if early or wrong:
        run.odd.append(index)


def _body(run: _Pass) -> Callable[[tuple[Any, ...]], None]:
    """Checks the body of one row of `_SQL`."""

    wrong, bulk_acts = run.say, run.bulk

    def check(row: tuple[Any, ...]) -> None:
        key, index, _v, _kind, _at, made, what, about, version, salt, body = row
        if salt is None:
            if index is None or (_dashed(key), index, None) not in run.erased:
                wrong("missing", id=_dashed(key))
            return
        run.bodies += 1
        if sha256(bytes(salt) + body.encode()).hexdigest() != made:
            wrong("body", id=_dashed(key))
            return
        start = body.find(OBJECT)
        named = f'{OBJECT}"id":"{_dashed(about)}","kind":"{what}","version":{version}}},'
        if start < 0 or not body.startswith(named, start):
            wrong("object", id=_dashed(key))
        if ROWS in body:
            rows = json.loads(body).get("rows")
            if rows:
                bulk_acts.append((_dashed(key), rows["root"], rows["size"]))

    return check


def _tiles(run: _Pass) -> Callable[..., None]:
    """Compares the tiles that an edge has made with the stored ones, and forgets them."""

    def compare(edge: tiles.Edge, *, last: bool = False) -> None:
        done = {
            place: bytes(tile)
            for place, tile in edge.changed.items()
            if last or len(tile) == tiles.WIDTH * tiles.HASH
        }
        stored: dict[tiles.Place, bytes] = {}
        for level in {level for level, _number in done}:
            rows = Tile.objects.filter(
                organisation_id=run.organisation_id,
                level=level,
                number__in=[number for at, number in done if at == level],
            )
            stored |= {(level, t.number): bytes(t.hashes) for t in rows}
        for place, tile in done.items():
            if stored.get(place) != tile:
                run.say("tile", level=place[0], number=place[1])
            del edge.changed[place]

    return compare


def _others(run: _Pass, whole: bool) -> None:
    """What no pass over the entries sees: waiting ones, rows, strays, the order of an object."""
    pk = run.organisation_id
    body = _body(run)
    for row in _rows(pk, 'e."index" IS NULL ORDER BY e.id'):
        body(row)
    for entry_id, root, size in run.bulk:
        if not _bulk_holds(run, entry_id, root, size):
            run.say("rows", id=entry_id)
    named = {entry_id for entry_id, _root, _size in run.bulk}
    entries = Entry.objects.filter(organisation_id=pk)
    bodies = Body.objects.filter(organisation_id=pk)
    if whole and bodies.count() != run.bodies:
        for stray in bodies.exclude(Exists(entries.filter(pk=OuterRef("pk")))).values_list("pk"):
            run.say("stray", id=stray[0])
    owners = BulkRow.objects.filter(organisation_id=pk).values_list("entry_id", flat=True)
    for owner in owners.distinct().order_by("entry_id"):
        if str(owner) not in named and bodies.filter(pk=owner).exists():
            run.say("stray", id=owner)
    if whole:
        before = Window(
            Lag("object_version"),
            partition_by=[F("object_kind"), F("object_id")],
            order_by=[F("index")],
        )
        falls = (
            entries.filter(index__isnull=False)
            .annotate(before=before)
            .filter(before__gt=F("object_version"))
        )
        for index in falls.values_list("index", flat=True)[:MOST]:
            run.say("order", index=index)
    origin, known = keys.origin(pk), keys.public(pk)
    signed = Checkpoint.objects.filter(organisation_id=pk).exclude(note="").order_by("-size")
    for checkpoint in signed[:SIGNED]:
        text = notes.text_of(origin, checkpoint.size, bytes.fromhex(checkpoint.root))
        note = evidence.Checkpoint(checkpoint.note)
        if note.text != text or not any(note.signed(key) for key in known):
            run.say("signature", size=checkpoint.size)


def _told(run: _Pass, now: datetime) -> None:
    if count := waiting_long(run.organisation_id, now):
        run.say("late", count=count)
    for key in keys.missing(run.organisation_id, now):
        run.say("unsigned", key=key)


def _erased(organisation_id: UUID) -> set[tuple[str, int, int | None]]:
    """What the log itself says was erased: (entry, index, row or None for all of it).

    Taken from the rows of the entries that record it, which are checked like all others; a row of
    our own table would prove nothing.
    """
    rows = BulkRow.objects.filter(organisation_id=organisation_id, entry__kind__in=RECORDS)
    found = set()
    for body in rows.values_list("body", flat=True).iterator(chunk_size=CHUNK):
        said = json.loads(body)
        found.add((said["entry"], said["index"], said.get("row")))
    return found


def _bulk_holds(run: _Pass, entry_id: str, root: str, size: int) -> bool:
    frontier = merkle.Frontier()
    rows = BulkRow.objects.filter(organisation_id=run.organisation_id, entry_id=entry_id)
    gone = {row for entry, _index, row in run.erased if entry == entry_id}
    kept_rows = rows.order_by("number").values_list("number", "salt", "body", "commitment")
    for place, salt, body, kept in kept_rows.iterator(chunk_size=CHUNK):
        if kept and place in gone and not body:
            made = bytes.fromhex(kept)
        else:
            made = merkle.commitment(bytes(salt), body.encode())
        frontier.append(merkle.leaf_hash(made))
    return frontier.size == size and frontier.root().hex() == root
