"""The sequencer: gives committed entries their index, extends the tree, signs a checkpoint.

One holder per organisation at a time, by a lease taken with compare-and-swap. Entries get their
index in the order of their ids (UUIDv7: by time), those of one object in the order of its
versions. Indexes, tiles, checkpoint and head move in one transaction, so a killed sequencer loses
nothing and doubles nothing.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from luoshi.base import bulk
from luoshi.base.models import Organisation
from luoshi.ledger import keys
from luoshi.ledger.leaf import leaf_text
from luoshi.ledger.models import Checkpoint, Entry, Head, Tile
from luoshi.ledger.proofs import Tree
from luoshi.lib import merkle, notes
from luoshi.lib.tiles import Edge

log = logging.getLogger("luoshi.ledger")

LEASE = timedelta(seconds=30)
BATCH = 5_000
FIRST = UUID(int=0)
WAITING_LONG = timedelta(seconds=60)
"""An entry that waits longer for its index is reported."""


class _Waiting(NamedTuple):
    id: UUID
    v: int
    kind: str
    at: str
    commitment: str
    object_kind: str
    object_id: UUID
    object_version: int


def sequence(organisation_id: UUID, *, holder: str, now: datetime) -> int:
    """Index what is waiting, write signed checkpoints, and return how many entries were indexed.

    Returns 0 when nothing waits or another holder has the lease.
    """
    if not Entry.objects.filter(organisation_id=organisation_id, index__isnull=True).exists():
        return 0
    if not _lease(organisation_id, holder, now):
        return 0
    signers = keys.signers(organisation_id, now)
    done = 0
    low = FIRST
    while (batch := _batch(organisation_id, holder, now, signers, low)) or low != FIRST:
        done += len(batch)
        # what was numbered leaves dead rows in the index: the next batch begins behind them
        low = sorted(entry.id for entry in batch)[BATCH - 1] if len(batch) >= BATCH else FIRST
    if done:
        newest = Checkpoint.objects.filter(organisation_id=organisation_id).latest("size")
        if newest.note:
            keys.remember(organisation_id, newest.size, newest.root)
    Head.objects.filter(pk=organisation_id, lease_holder=holder).update(
        lease_holder="", lease_until=None
    )
    return done


def sequence_all(*, holder: str, now: datetime) -> int:
    """Run `sequence` for every organisation of this database; a damaged log stops no other."""
    done = 0
    for pk in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        try:
            done += sequence(pk, holder=holder, now=now)
        except Damaged as error:
            log.error("the record of %s is damaged, nothing is added to it: %s", pk, error)
    return done


def sign_newest(organisation_id: UUID, now: datetime) -> bool:
    """Sign the newest checkpoint where no key was at hand when it was made; whether it was."""
    newest = Checkpoint.objects.filter(organisation_id=organisation_id).order_by("-size").first()
    if newest is None or newest.note or not _whole(organisation_id, newest):
        return False
    signers = keys.signers(organisation_id, now)
    newest.note = _note(organisation_id, newest.size, bytes.fromhex(newest.root), signers, now)
    if newest.note:
        newest.save(update_fields=["note"])
        keys.remember(organisation_id, newest.size, newest.root)
    return bool(newest.note)


def _whole(organisation_id: UUID, checkpoint: Checkpoint) -> bool:
    """Whether the stored tiles still give a checkpoint."""
    try:
        return Tree(organisation_id).root(checkpoint.size).hex() == checkpoint.root
    except KeyError:
        return False


def _note(
    organisation_id: UUID, size: int, root: bytes, signers: Sequence[notes.Signer], now: datetime
) -> str:
    if not signers or not _continues(organisation_id, size):
        return ""
    text = notes.text_of(keys.origin(organisation_id), size, root)
    return notes.with_lines(text, [signer.line(text, now) for signer in signers])


def _continues(organisation_id: UUID, size: int) -> bool:
    """Whether the tree still begins with what was signed last (kept beside the keys).

    Else the database was rewritten or set back: it is not signed, and `luoshi verify` says so.
    """
    known = keys.remembered(organisation_id)
    if known is None:
        return True
    try:
        same = known[0] <= size and Tree(organisation_id).root(known[0]).hex() == known[1]
    except KeyError:
        same = False
    if not same:
        log.error("the record of %s does not continue what was signed; not signed", organisation_id)
    return same


def waiting_long(organisation_id: UUID, now: datetime) -> int:
    """How many entries have waited for their index for over a minute: the sequencer is down."""
    return Entry.objects.filter(
        organisation_id=organisation_id, index__isnull=True, inserted_at__lt=now - WAITING_LONG
    ).count()


def _lease(organisation_id: UUID, holder: str, now: datetime) -> bool:
    with transaction.atomic():
        Head.objects.get_or_create(organisation_id=organisation_id)
        free = Q(lease_holder__in=("", holder)) | Q(lease_until__lt=now)
        free |= Q(lease_until__gt=now + LEASE)  # the clock was ahead when it was taken
        taken = Head.objects.filter(free, pk=organisation_id).update(
            lease_holder=holder, lease_until=now + LEASE
        )
    return taken == 1


@transaction.atomic
def _batch(
    organisation_id: UUID,
    holder: str,
    now: datetime,
    signers: Sequence[notes.Signer],
    low: UUID,
) -> list[_Waiting]:
    head = Head.objects.get(pk=organisation_id)
    waiting = _next(organisation_id, low)
    if not waiting:
        return []
    edge = _edge(organisation_id, head.size)
    last = Checkpoint.objects.filter(organisation_id=organisation_id, size=head.size).first()
    if head.size and (last is None or last.root != edge.root().hex()):
        raise Damaged("the stored tree is not that of the last checkpoint")
    for entry in waiting:
        leaf = leaf_text(entry.v, entry.kind, entry.at, entry.commitment)
        edge.append(merkle.leaf_hash(leaf.encode()))
    pairs = [(entry.id, head.size + offset) for offset, entry in enumerate(waiting)]
    bulk.update(Entry, "index", organisation_id, pairs)
    Tile.objects.bulk_create(
        [
            Tile(organisation_id=organisation_id, level=level, number=number, hashes=bytes(hashes))
            for (level, number), hashes in edge.changed.items()
        ],
        update_conflicts=True,
        unique_fields=["organisation", "level", "number"],
        update_fields=["hashes"],
    )
    moved = Head.objects.filter(pk=organisation_id, lease_holder=holder, size=head.size).update(
        size=edge.size, lease_until=now + LEASE
    )
    if moved != 1:
        raise LeaseLost
    root = edge.root()
    Checkpoint.objects.create(
        organisation_id=organisation_id,
        size=edge.size,
        root=root.hex(),
        at=now,
        note=_note(organisation_id, edge.size, root, signers, now),
    )
    return waiting


def _next(organisation_id: UUID, low: UUID) -> list[_Waiting]:
    """The next entries to index, in their order, beginning behind `low`.

    Two processes can make ids that stand the other way round than their acts on one object did
    (the same millisecond, clocks that differ). The act on the higher version had seen the lower
    one committed, so both wait here: they change places. One that a full batch would leave behind
    is drawn forward.
    """
    rows = Entry.objects.filter(organisation_id=organisation_id)
    # with a lower bound SQLite reads the partial index in its order and does not sort all that wait
    waiting = rows.filter(index__isnull=True, id__gt=low).order_by("id")
    batch = [_Waiting(*row) for row in waiting.values_list(*_Waiting._fields)[:BATCH]]
    if len(batch) == BATCH or (batch and low != FIRST):
        batch += _behind(rows, batch)
    return in_order(batch)


def _behind(rows: "QuerySet[Entry]", batch: list[_Waiting]) -> list[_Waiting]:
    """Entries that wait outside a batch, about an older version of an object than one inside it.

    They are looked up by object; that the index is missing is asked in a way that no planner takes
    for the way in, since a million may wait.
    """
    highest: dict[str, dict[UUID, int]] = {}
    for entry in batch:
        mine = highest.setdefault(entry.object_kind, {})
        mine[entry.object_id] = max(entry.object_version, mine.get(entry.object_id, 0))
    found: list[_Waiting] = []
    inside = {entry.id for entry in batch}
    for kind, versions in highest.items():
        others = rows.alias(
            number=Coalesce("index", Value(-1), output_field=BigIntegerField())
        ).filter(number=-1, object_kind=kind, object_id__in=list(versions))
        found += [
            entry
            for entry in (_Waiting(*row) for row in others.values_list(*_Waiting._fields))
            if entry.id not in inside and entry.object_version < versions[entry.object_id]
        ]
    return sorted(found)


def in_order(batch: list[_Waiting]) -> list[_Waiting]:
    """The batch with the entries of each object in the order of its versions."""
    places: dict[UUID, list[int]] = {}
    for place, entry in enumerate(batch):
        places.setdefault(entry.object_id, []).append(place)
    for mine in places.values():
        if _falls(batch[place].object_version for place in mine):
            entries = sorted((batch[place] for place in mine), key=lambda e: e.object_version)
            for place, entry in zip(mine, entries, strict=True):
                batch[place] = entry
    return batch


def _falls(versions: Iterable[int]) -> bool:
    last = 0
    for version in versions:
        if version < last:
            return True
        last = version
    return False


def _edge(organisation_id: UUID, size: int) -> Edge:
    wanted = Edge.places(size)
    found = Tile.objects.filter(
        organisation_id=organisation_id,
        level__in=[level for level, _number in wanted],
        number__in=[number for _level, number in wanted],
    ).values_list("level", "number", "hashes")
    try:
        return Edge(size, {(level, number): bytes(hashes) for level, number, hashes in found})
    except KeyError as error:
        raise Damaged(f"the tile {error} is missing") from error


class Damaged(RuntimeError):
    """The stored tree was changed; nothing is numbered on top of it until somebody has looked."""


class LeaseLost(RuntimeError):
    """Another sequencer moved the head; this batch is rolled back and the other one's counts."""
