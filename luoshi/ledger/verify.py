"""Recomputing the log from its bodies: does what is stored still give the recorded roots?

One pass over entries and bodies in the order of the log. What lies outside the database (a
witness's cosignature, a checkpoint that somebody holds, the signer's own memory) is compared with
the root at its size. Whatever cannot be read was changed; it is a finding, never an error.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Window
from django.db.models.functions import Lag
from django.utils.translation import gettext_lazy as _

from luoshi.base import bulk
from luoshi.base.models import Organisation
from luoshi.ledger import keys
from luoshi.ledger.erasing import ERASING
from luoshi.ledger.findings import NOTICES, Finding, Held, Verdict
from luoshi.ledger.leaf import leaf_text
from luoshi.ledger.models import (
    Body,
    BulkRow,
    Checkpoint,
    Entry,
    Erasure,
    Head,
    LogKey,
    OutsideCopy,
    Tile,
    Witness,
)
from luoshi.ledger.sequence import waiting_long
from luoshi.lib import evidence, merkle, notes, tiles

__all__ = ["Finding", "Held", "Verdict", "verify"]

MOST = 100
"""So many findings of one kind are named."""
CHUNK = 5_000
SIGNED = 200
"""So many of the newest checkpoints have their signatures checked."""
OBJECT, ROWS = ',"object":{', '"rows":{"root":"'
"""How a canonical body names its object, and a bulk act its rows; no text within can look so,
since its quotes are escaped."""
ID = len(OBJECT) + len('"id":"')
ABOUT_OUTSIDE = ("witness.named", "checkpoint.handed_over", "key.introduced")


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry as findings name it."""

    id: str
    index: int | None
    kind: str
    at: str

    def said(self) -> dict[str, Any]:
        number = "–" if self.index is None else self.index + 1
        return {"number": number, "kind": self.kind, "at": f"{self.at[:16]} UTC".replace("T", " ")}


@dataclass(slots=True)
class _Pass:
    """One run over an organisation's log."""

    organisation_id: UUID
    found: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    edge: tiles.Edge = field(default_factory=tiles.Edge)
    roots: dict[int, str] = field(default_factory=dict)
    bulk: list[tuple[_Place, str, int]] = field(default_factory=list)
    gone: list[_Place] = field(default_factory=list)
    outside: list[tuple[_Place, dict[str, Any]]] = field(default_factory=list)
    erased: dict[tuple[str, int | None], int] = field(default_factory=dict)
    odd: list[int] = field(default_factory=list)
    bodies: int = 0

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

    `against` are size and root of checkpoints held outside. With `now`, what is to be known today
    is told (entries that wait too long, missing keys). Erased bodies are no finding, when a later
    entry of the log records their erasure. Of signatures the newest 200 are checked.
    """
    pk = organisation.pk
    run = _Pass(pk)
    head = Head.objects.filter(pk=pk).first()
    size = head.size if head else 0
    recorded = dict(
        Checkpoint.objects.filter(organisation_id=pk, size__lte=size).values_list("size", "root")
    )
    held = [*_copies(run), *_remembered(pk)]
    held += [Held(_("your side"), n, r.hex()) for n, r in against]
    whole = _entries(run, size, {*recorded, *(h.size for h in held)}, recorded, held)
    if whole and run.edge.size != size:
        run.say("tail", said=size, here=run.edge.size)
    if size and size not in recorded:
        run.say("bare", size=size)
    beyond = Checkpoint.objects.filter(organisation_id=pk, size__gt=size).order_by("-size").first()
    if beyond is not None:
        run.say("checkpoint", size=beyond.size)
    agreed = _compared(run, held, recorded if run.found else {}, whole)
    _rows_and_erasures(run, whole)
    if whole:
        _strays(run)
        _falling_versions(run)
        _lost(run)
    _signatures(run, size, now)
    if run.odd:
        run.say("clock", count=len(run.odd), first=run.odd[0] + 1)
    if now is not None:
        _told(run, now)
    return Verdict(
        organisation.name,
        run.edge.size,
        Entry.objects.filter(organisation_id=pk, index__isnull=True).count(),
        sum(row is None for _entry, row in run.erased),
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
            at = _cosigned_at(keys.origin(run.organisation_id), copy)
            if at is None:
                run.say("witness", name=copy.witness.name, size=copy.size)
                continue
        yield Held(copy.witness.name, copy.size, copy.root, at, proven=bool(copy.line))


def _cosigned_at(origin: str, copy: OutsideCopy) -> datetime | None:
    try:
        text = notes.text_of(origin, copy.size, bytes.fromhex(copy.root))
        return notes.cosigned_at(notes.with_lines(text, [copy.line]), copy.witness.vkey)
    except ValueError:
        return None


def _remembered(organisation_id: UUID) -> list[Held]:
    """What the signer itself signed last, from the data folder: no proof, but it must agree."""
    known = keys.remembered(organisation_id)
    if known is None:
        return []
    name = _("the data folder with the signing key")
    return [Held(name, *known, proven=False, own=True)]


def _compared(
    run: _Pass, held: Sequence[Held], recorded: dict[int, str], whole: bool
) -> list[Held]:
    """Which of them agree. What differs where the own checkpoint differs too was said already."""
    agreed = []
    for one in held:
        values = {"name": one.name, "size": one.size, "here": run.edge.size}
        if run.roots.get(one.size) == one.root:
            agreed.append(one)
        elif recorded.get(one.size) == one.root:
            continue
        elif one.size in run.roots:
            run.say("fork", **values)
        elif whole:
            run.say("rollback", **values)
    return [one for one in agreed if not one.own]


_SQL = """
SELECT {id}, e."index", e.v, e.kind, e.at, e.commitment, e.object_kind, {object_id},
       e.object_version, b.salt, b.body
FROM ledger_entry e LEFT JOIN ledger_body b ON b.id = e.id AND b.organisation_id = e.organisation_id
WHERE e.organisation_id = %s AND {which}
"""


def _rows(organisation_id: UUID, which: str, *values: Any) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of `_SQL` in chunks."""
    key = bulk.uuid_writer()(organisation_id)
    # PostgreSQL's own text of an id is made faster than Python's
    cast = "::text" if connection.features.has_native_uuid_field else ""
    named = {"id": f"e.id{cast}", "object_id": f"e.object_id{cast}"}
    with connection.chunked_cursor() as cursor:
        cursor.execute(_SQL.format(which=which, **named), [key, *values])
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _dashed(text: str) -> str:
    """An id as it stands in bodies; SQLite keeps it without dashes."""
    if len(text) == 32:
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return text


def _entries(
    run: _Pass, size: int, sizes: set[int], recorded: dict[int, str], held: Sequence[Held]
) -> bool:
    """The pass itself; False where it had to stop."""
    edge, newest, good = run.edge, "", 0
    digests: dict[tiles.Place, bytes] = {}
    clocks = [(h.size, h.at) for h in held if h.at]
    body = _body(run)
    chunks = _rows(run.organisation_id, 'e."index" < %s ORDER BY e."index"', size)
    for row in chain.from_iterable(chunks):
        _id, index, v, kind, at, made = row[:6]
        if index != edge.size:
            run.say("gap", number=edge.size + 1)
            return False
        edge.append(sha256(b"\0" + leaf_text(v, kind, at, made).encode()).digest())
        body(row)
        if index + 1 in sizes:
            run.roots[index + 1] = root = edge.root().hex()
            if recorded.get(index + 1, root) != root:
                run.say("root", after=good, number=index + 1)
                return False
            good = index + 1
        if at < newest or clocks:
            _clock(run, index, at, newest, clocks)
        if at > newest:
            newest = at
        if not index % 16_384:
            _digested(edge, digests)
    _digested(edge, digests, last=edge.size == size)
    _tiles(run, digests)
    return True


def _clock(
    run: _Pass, index: int, at: str, newest: str, clocks: Sequence[tuple[int, datetime]]
) -> None:
    try:
        moment = datetime.fromisoformat(at)
        early = bool(newest) and moment < datetime.fromisoformat(newest) - evidence.SLACK
        wrong = any(
            moment < then - evidence.SLACK if index >= size else moment > then + evidence.SLACK
            for size, then in clocks
        )
    except (TypeError, ValueError):  # a leaf that was changed: its root tells as well
        early = wrong = True
    if early or wrong:
        run.odd.append(index)


def _body(run: _Pass) -> Callable[[tuple[Any, ...]], None]:
    """Checks the body of one row of `_SQL`."""

    def check(row: tuple[Any, ...]) -> None:
        key, index, _v, kind, at, made, what, about, version, salt, body = row
        if salt is None:
            run.gone.append(_Place(_dashed(key), index, kind, at))
            return
        run.bodies += 1
        try:
            same = sha256(bytes(salt) + body.encode()).hexdigest() == made
        except (TypeError, AttributeError):
            same = False
        if not same:
            run.say("body", **_Place(_dashed(key), index, kind, at).said())
            return
        start = body.find(OBJECT)
        named = f'","kind":"{what}","version":{version}}},'
        if (
            start < 0
            or body[start + ID : start + ID + 36].replace("-", "") != about.replace("-", "")
            or not body.startswith(named, start + ID + 36)
        ):
            run.say("object", **_Place(_dashed(key), index, kind, at).said())
        if ROWS in body:
            rows = json.loads(body).get("rows")
            if rows:
                place = _Place(_dashed(key), index, kind, at)
                run.bulk.append((place, rows["root"], rows["size"]))
        if kind in ABOUT_OUTSIDE:
            run.outside.append((_Place(_dashed(key), index, kind, at), json.loads(body)))

    return check


def _digested(edge: tiles.Edge, digests: dict[tiles.Place, bytes], *, last: bool = False) -> None:
    """Keep the digests of the tiles that an edge has finished, and let go of the tiles."""
    full = tiles.WIDTH * tiles.HASH
    for place in [p for p, tile in edge.changed.items() if last or len(tile) == full]:
        digests[place] = sha256(edge.changed.pop(place)).digest()


def _tiles(run: _Pass, digests: dict[tiles.Place, bytes]) -> None:
    """Compare the stored tiles with those that the entries gave."""
    rows = Tile.objects.filter(organisation_id=run.organisation_id).values_list(
        "level", "number", "hashes"
    )
    stored = {
        (level, number): sha256(hashes).digest()
        for level, number, hashes in rows.iterator(chunk_size=1_000)
    }
    for place in sorted(digests):
        if stored.get(place) != digests[place]:
            run.say("tile", level=place[0], number=place[1])


def _rows_and_erasures(run: _Pass, whole: bool) -> None:
    """Rows of bulk acts; first of those that erased others, since only what holds may excuse."""
    body = _body(run)
    for row in chain.from_iterable(_rows(run.organisation_id, 'e."index" IS NULL ORDER BY e.id')):
        body(row)
    first = [act for act in run.bulk if act[0].kind in ERASING]
    for place, root, size in first:
        if _bulk_holds(run, place, root, size):
            _excused(run, place)
        else:
            run.say("rows", **place.said())
    for place, root, size in run.bulk:
        if place.kind not in ERASING and not _bulk_holds(run, place, root, size):
            run.say("rows", **place.said())
    lawful = set()
    for place in run.gone:
        by = run.erased.get((place.id, None))
        later = by is not None and place.index is not None and by > place.index
        if place.kind in ERASING or not later:
            run.say("missing", **place.said())
        else:
            lawful.add((place.id, None))
    rows = {key for key in run.erased if key[1] is not None}
    run.erased = {key: by for key, by in run.erased.items() if key in lawful | rows}


def _excused(run: _Pass, place: _Place) -> None:
    """Note what a record of erasure, which holds, says is gone; an unnumbered one comes last."""
    by = 2**63 if place.index is None else place.index
    rows = BulkRow.objects.filter(organisation_id=run.organisation_id, entry_id=place.id)
    for body in rows.values_list("body", flat=True).iterator(chunk_size=CHUNK):
        said = json.loads(body)
        run.erased[said["entry"], said.get("row")] = by


def _bulk_holds(run: _Pass, place: _Place, root: str, size: int) -> bool:
    frontier = merkle.Frontier()
    rows = BulkRow.objects.filter(organisation_id=run.organisation_id, entry_id=place.id)
    kept_rows = rows.order_by("number").values_list("number", "salt", "body", "commitment")
    for number, salt, body, kept in kept_rows.iterator(chunk_size=CHUNK):
        try:
            if kept and not body and (place.id, number) in run.erased:
                made = bytes.fromhex(kept)
            else:
                made = merkle.commitment(bytes(salt), body.encode())
        except (TypeError, ValueError, AttributeError):
            return False
        if number != frontier.size:
            return False
        frontier.append(merkle.leaf_hash(made))
    return frontier.size == size and frontier.root().hex() == root


def _strays(run: _Pass) -> None:
    """Bodies without an entry, rows that no body names."""
    pk = run.organisation_id
    bodies = Body.objects.filter(organisation_id=pk)
    if bodies.count() != run.bodies:
        entries = Entry.objects.filter(organisation_id=pk, pk=OuterRef("pk"))
        for stray in bodies.exclude(Exists(entries)).values_list("pk", flat=True)[:MOST]:
            run.say("stray", id=stray)
    named = {place.id for place, _root, _size in run.bulk}
    owners = BulkRow.objects.filter(organisation_id=pk).values_list("entry_id", flat=True)
    for owner in owners.distinct().order_by("entry_id"):
        if str(owner) not in named:
            run.say("stray", id=owner)


def _falling_versions(run: _Pass) -> None:
    before = Window(
        Lag("object_version"),
        partition_by=[F("object_kind"), F("object_id")],
        order_by=[F("index")],
    )
    falls = (
        Entry.objects.filter(organisation_id=run.organisation_id, index__isnull=False)
        .annotate(before=before)
        .filter(before__gt=F("object_version"))
    )
    for index in falls.values_list("index", flat=True)[:MOST]:
        run.say("order", number=(index or 0) + 1)


def _lost(run: _Pass) -> None:
    """What the log says about the outside must be in the tables, and the other way round."""
    pk = run.organisation_id
    copies = {
        str(c.pk): c for c in OutsideCopy.objects.filter(organisation_id=pk, line="")
        .select_related("witness")
    }  # fmt: skip
    witnesses = set(
        map(str, Witness.objects.filter(organisation_id=pk).values_list("pk", flat=True))
    )
    known = set(LogKey.objects.filter(organisation_id=pk).values_list("vkey", flat=True))
    recorded: set[str] = set()
    introduced: set[str] = set()
    for place, body in run.outside:
        key, values = body["object"]["id"], body["values"]
        if place.kind == "key.introduced":
            introduced.add(values["key"])
            gone, what = values["key"] not in known, values["key"]
        elif place.kind == "witness.named":
            gone, what = key not in witnesses, values["name"]
        else:
            recorded.add(key)
            copy = copies.get(key)
            gone = copy is None or (copy.size, copy.root) != (values["size"], values["root"])
            what = f"{values['name']} {values['size']}:{values['root'][:8]}"
            if run.roots.get(values["size"], values["root"]) != values["root"]:
                run.say("fork", name=values["name"], size=values["size"])
        if gone:
            run.say("lost", **place.said(), what=what)
    for key, copy in copies.items():
        if key not in recorded:
            run.say("unrecorded", name=copy.witness.name, size=copy.size)
    strange = sorted(known - introduced)
    for vkey in strange[1:]:  # the first key of a log was there before its first checkpoint
        run.say("key", key=vkey)
    erased = Erasure.objects.filter(organisation_id=pk).count()
    if erased != len(run.erased):
        run.say("lost", number="–", what=_("an erasure"))


def _signatures(run: _Pass, size: int, now: datetime | None) -> None:
    origin = keys.origin(run.organisation_id)
    rows = keys.rows(run.organisation_id)
    signed = Checkpoint.objects.filter(organisation_id=run.organisation_id).order_by("-size")
    for checkpoint in signed[:SIGNED]:
        present = [k.vkey for k in rows if k.retires_at is None or k.retires_at > checkpoint.at]
        good = bool(checkpoint.note) and _signed(origin, checkpoint, present)
        if checkpoint.note and not good:
            run.say("signature", size=checkpoint.size)
        if now is not None and checkpoint.size == size and not good:
            run.say("unsigned")


def _signed(origin: str, checkpoint: Checkpoint, present: Sequence[str]) -> bool:
    try:
        text = notes.text_of(origin, checkpoint.size, bytes.fromhex(checkpoint.root))
        note = evidence.Checkpoint(checkpoint.note)
        return note.text == text and any(note.signed(key) is True for key in present)
    except ValueError:
        return False


def _told(run: _Pass, now: datetime) -> None:
    if count := waiting_long(run.organisation_id, now):
        run.say("late", count=count)
    for key in keys.missing(run.organisation_id, now):
        run.say("keyless", key=key)
