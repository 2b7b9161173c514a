"""Who keeps copies of the record outside, and the keys that sign it (`ledger.witness`)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from luoshi.accounts.access import require
from luoshi.base.change import claim
from luoshi.base.refused import OutOfScope
from luoshi.ledger import keys, outside
from luoshi.ledger.models import LogKey, OutsideCopy, Witness

if TYPE_CHECKING:
    from luoshi.accounts.models import User


def _allow(by: "User", witness: Witness | None = None) -> None:
    if witness is not None and witness.organisation_id != by.organisation_id:
        raise OutOfScope()
    require(by, "ledger.witness")


@transaction.atomic
def name_witness(
    *,
    name: str,
    way: str,
    vkey: str = "",
    address: str = "",
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Witness:
    """Name who keeps copies of checkpoints outside. Raises `BadInput` with the field."""
    _allow(by)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    return outside.name_witness(
        by.organisation_id,
        name=name,
        way=way,
        vkey=vkey,
        address=address,
        actor=by.actor,
        at=at,
    )


@transaction.atomic
def end_witness(witness: Witness, *, reason: str, seen: int, by: "User", at: datetime) -> None:
    """The witness gets no further copies; those that it holds go on counting."""
    _allow(by, witness)
    outside.end_witness(witness, reason=reason, seen=seen, actor=by.actor, at=at)


@transaction.atomic
def hand_over(
    witness: Witness, *, size: int, root_start: str, on: date, by: "User", at: datetime
) -> OutsideCopy:
    """Record that a witness was given the checkpoint of `size` entries on a day."""
    _allow(by, witness)
    return outside.hand_over(
        witness, size=size, root_start=root_start, on=on, actor=by.actor, at=at
    )


@transaction.atomic
def take_cosignature(witness: Witness, lines: str, *, by: "User", at: datetime) -> OutsideCopy:
    """Keep what a witness signed on its own machine and sent back as a file."""
    _allow(by, witness)
    return outside.take_cosignature(witness, lines, at=at)


@transaction.atomic
def rotate_key(*, by: "User", at: datetime, request_id: str = "") -> LogKey:
    """Introduce a new signing key; the present one signs beside it for thirty days."""
    _allow(by)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    return keys.rotate(by.organisation_id, actor=by.actor, at=at)
