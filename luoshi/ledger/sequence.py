"""The sequencer: gives committed entries their index and extends the organisation's tree.

One holder per organisation at a time, by a lease taken with compare-and-swap. Entries get their
index in the order of their ids (UUIDv7: by time). Indexes and the head move in one transaction,
so a killed sequencer loses nothing and doubles nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from luoshi.base.models import Organisation
from luoshi.ledger.actions import leaf_bytes
from luoshi.ledger.models import Checkpoint, Entry, Head
from luoshi.lib import merkle

LEASE = timedelta(seconds=30)
BATCH = 5_000


def sequence(organisation_id: UUID, *, holder: str, now: datetime) -> int:
    """Index what is waiting, write a checkpoint, and return how many entries were indexed.

    Returns 0 when nothing waits or another holder has the lease.
    """
    if not Entry.objects.filter(organisation_id=organisation_id, index__isnull=True).exists():
        return 0
    if not _lease(organisation_id, holder, now):
        return 0
    done = 0
    while count := _batch(organisation_id, holder, now):
        done += count
    Head.objects.filter(pk=organisation_id, lease_holder=holder).update(
        lease_holder="", lease_until=None
    )
    return done


def sequence_all(*, holder: str, now: datetime) -> int:
    """Run `sequence` for every organisation of this database."""
    return sum(
        sequence(pk, holder=holder, now=now)
        for pk in Organisation.objects.order_by("pk").values_list("pk", flat=True)
    )


def _lease(organisation_id: UUID, holder: str, now: datetime) -> bool:
    with transaction.atomic():
        Head.objects.get_or_create(organisation_id=organisation_id)
        free = Q(lease_holder__in=("", holder)) | Q(lease_until__lt=now)
        taken = Head.objects.filter(free, pk=organisation_id).update(
            lease_holder=holder, lease_until=now + LEASE
        )
    return taken == 1


@transaction.atomic
def _batch(organisation_id: UUID, holder: str, now: datetime) -> int:
    head = Head.objects.get(pk=organisation_id)
    waiting = list(
        Entry.objects.filter(organisation_id=organisation_id, index__isnull=True).order_by("id")[
            :BATCH
        ]
    )
    if not waiting:
        return 0
    frontier = merkle.Frontier.load(head.size, head.frontier)
    for offset, entry in enumerate(waiting):
        entry.index = head.size + offset
        frontier.append(merkle.leaf_hash(leaf_bytes(entry)))
    Entry.objects.bulk_update(waiting, ["index"], batch_size=200)
    moved = Head.objects.filter(pk=organisation_id, lease_holder=holder, size=head.size).update(
        size=frontier.size, frontier=frontier.dump(), lease_until=now + LEASE
    )
    if moved != 1:
        raise LeaseLost
    Checkpoint.objects.create(
        organisation_id=organisation_id, size=frontier.size, root=frontier.root().hex(), at=now
    )
    return len(waiting)


class LeaseLost(RuntimeError):
    """Another sequencer moved the head; this batch is rolled back and the other one's counts."""
