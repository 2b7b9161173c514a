"""Erasing bodies at the end of their retention. The leaf stays, so the tree still verifies."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from luoshi.base.names import typed
from luoshi.base.refused import BadInput, Refused
from luoshi.ledger import actions
from luoshi.ledger.models import Body, BulkRow, Entry, Erasure
from luoshi.lib import merkle
from luoshi.lib.ids import new_id

ERASING = ("entry.erased", "entry.rows_erased")
"""Kinds that record an erasure."""
KEPT = (
    *ERASING,
    "key.introduced",
    "witness.named",
    "witness.ended",
    "checkpoint.handed_over",
    "organisation.created",
)
"""Kinds that are never erased: without them nobody could tell what lies outside, and why."""
MOST = 2_000
"""Bodies that one act erases; more take several."""


class Kept(Refused):
    """Something that must stay for the log to be checked."""

    status = 409


@transaction.atomic
def erase(
    organisation_id: UUID, entry_ids: Iterable[UUID], *, under: str, actor: str, at: datetime
) -> int:
    """Erase salt, body and rows of entries, recorded as one act with a row for each.

    `under` names the rule (a retention period, a decision). Entries that are erased already are
    passed over; returns how many went. Raises `Kept` for entries without a place yet and for those
    that themselves record an erasure, `BadInput` for an empty rule.
    """
    under = typed(under, field="under", most=200)
    wanted = list(dict.fromkeys(entry_ids))
    entries = list(
        Entry.objects.filter(organisation_id=organisation_id, pk__in=wanted).order_by("index")
    )
    present = set(
        Body.objects.filter(organisation_id=organisation_id, pk__in=wanted).values_list(
            "pk", flat=True
        )
    )
    going = [entry for entry in entries if entry.pk in present]
    if len(going) > MOST:
        raise BadInput(_("At most %(most)s entries can be erased at once."), most=MOST)
    for entry in going:
        if entry.index is None:
            raise Kept(_("An entry that has no number yet cannot be erased."))
        if entry.kind in KEPT:
            raise Kept(_("The record of an erasure is not erased."))
    if not going:
        return 0
    by_entry = actions.append(
        "entry.erased",
        organisation_id=organisation_id,
        actor=actor,
        at=at,
        object_kind="erasure",
        object_id=new_id(),
        version=1,
        values={"under": under, "count": len(going)},
        rows=[{"entry": str(entry.pk), "index": entry.index} for entry in going],
    )
    keys = [entry.pk for entry in going]
    Body.objects.filter(organisation_id=organisation_id, pk__in=keys).delete()
    BulkRow.objects.filter(organisation_id=organisation_id, entry_id__in=keys).delete()
    Erasure.objects.bulk_create(
        Erasure(organisation_id=organisation_id, entry_id=key, by_entry=by_entry) for key in keys
    )
    return len(going)


@transaction.atomic
def erase_rows(
    entry: Entry, numbers: Sequence[int], *, under: str, actor: str, at: datetime
) -> int:
    """Erase single rows of a bulk act: their commitments stay, so its root still verifies."""
    under = typed(under, field="under", most=200)
    if entry.index is None or entry.kind in KEPT:
        raise Kept(_("The record of an erasure is not erased."))
    rows = list(
        BulkRow.objects.filter(
            organisation_id=entry.organisation_id, entry=entry, number__in=numbers, commitment=""
        ).order_by("number")
    )
    if not rows:
        return 0
    by_entry = actions.append(
        "entry.rows_erased",
        organisation_id=entry.organisation_id,
        actor=actor,
        at=at,
        object_kind="erasure",
        object_id=new_id(),
        version=1,
        values={"under": under, "entry": entry.pk, "index": entry.index, "count": len(rows)},
        rows=[{"entry": str(entry.pk), "index": entry.index, "row": row.number} for row in rows],
    )
    for row in rows:
        row.commitment = merkle.commitment(bytes(row.salt), row.body.encode()).hex()
        row.salt, row.body = b"", ""
    BulkRow.objects.bulk_update(rows, ["commitment", "salt", "body"], batch_size=200)
    Erasure.objects.bulk_create(
        Erasure(
            organisation_id=entry.organisation_id, entry=entry, row=row.number, by_entry=by_entry
        )
        for row in rows
    )
    return len(rows)
