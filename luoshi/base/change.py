"""Changing a row: compare the version that was seen, swap, or say that it is stale."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from luoshi.base.models import RequestId, Versioned
from luoshi.base.refused import AlreadyDone, Stale


def change(row: Versioned, *, seen: int | None = None, **values: Any) -> None:
    """Set `values` on `row` in the database and in memory, and raise its version by one.

    `seen` is the version the person saw (default: the one in memory). Raises `Stale` when the row
    has moved on since; nothing is written then.
    """
    expected = row.version if seen is None else seen
    model = type(row)
    count = model._default_manager.filter(
        organisation_id=row.organisation_id, pk=row.pk, version=expected
    ).update(version=expected + 1, **values)
    if count != 1:
        raise Stale()
    row.version = expected + 1
    for name, value in values.items():
        setattr(row, name, value)


def claim(request_id: str, *, organisation_id: UUID, user_id: UUID, at: datetime) -> None:
    """Note that a form was sent. Raises `AlreadyDone` when the same form came before.

    Called inside the action's transaction, so a refused action gives the id back.
    """
    request_id = request_id[:40].replace("\0", "")
    if not request_id:
        return
    try:
        with transaction.atomic():
            RequestId.objects.create(
                organisation_id=organisation_id,
                user_id=user_id,
                request_id=request_id[:40].replace("\0", ""),
                at=at,
            )
    except IntegrityError as error:
        raise AlreadyDone() from error


def claimed(request_id: str, *, organisation_id: UUID, user_id: UUID) -> bool:
    """Whether this form was taken before: for pages whose object is gone once it was."""
    return (
        bool(request_id)
        and RequestId.objects.filter(
            organisation_id=organisation_id, user_id=user_id, request_id=request_id[:40]
        ).exists()
    )
