"""Uploads that wait for a person: a dry run was shown, and only their word carries it out.

`keep` after the dry run, `fetch` on the next page, `done` inside the act's own transaction. An
upload belongs to one user and one purpose, counts once, and is forgotten after a week.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.base import files
from luoshi.base.models import PendingUpload, StoredFile
from luoshi.base.refused import AlreadyDone, OutOfScope

KEPT_FOR = timedelta(days=7)


class Owner(Protocol):
    """Whose upload it is: a user."""

    @property
    def pk(self) -> Any:
        """The user's id."""

    @property
    def organisation_id(self) -> UUID:
        """The organisation that the user belongs to."""


@transaction.atomic
def keep(
    chunks: Iterable[bytes],
    *,
    name: str,
    purpose: str,
    user: Owner,
    at: datetime,
    state: Mapping[str, Any] | None = None,
    media_type: str = "application/octet-stream",
) -> PendingUpload:
    """Store the bytes and what the next page must know (`state`, small and plain JSON).

    `purpose` names the flow (at most 40 characters). Raises `FileTooLarge`, `FileEmpty`.
    """
    file = files.keep(
        chunks, name=name, media_type=media_type, organisation_id=user.organisation_id, at=at
    )
    return PendingUpload.objects.create(
        organisation_id=user.organisation_id,
        user_id=user.pk,
        purpose=purpose,
        file=file,
        state=dict(state or {}),
        created_at=at,
    )


def fetch(user: Owner, purpose: str, pk: UUID | str) -> PendingUpload:
    """The user's own upload for this purpose; anybody else's, or a used one, is `OutOfScope`."""
    try:
        return PendingUpload.objects.select_related("file").get(
            pk=pk, organisation_id=user.organisation_id, user_id=user.pk, purpose=purpose
        )
    except (PendingUpload.DoesNotExist, ValidationError, ValueError) as error:
        raise OutOfScope() from error


def waiting(user: Owner, purpose: str, state: Mapping[str, Any]) -> PendingUpload | None:
    """The user's newest upload for this purpose in exactly this state; None where there is none."""
    rows = PendingUpload.objects.select_related("file").filter(
        organisation_id=user.organisation_id, user_id=user.pk, purpose=purpose
    )
    return next((p for p in rows.order_by("-created_at")[:20] if p.state == dict(state)), None)


def data(pending: PendingUpload) -> bytes:
    """The uploaded bytes. Raises `AlreadyDone` where the upload was used up meanwhile."""
    try:
        return files.path_of(pending.organisation_id, pending.file_id).read_bytes()
    except FileNotFoundError as error:  # used up by another page a moment ago
        raise AlreadyDone() from error


def note(pending: PendingUpload, state: Mapping[str, Any]) -> None:
    """Keep another state for the next page. Raises `AlreadyDone` when it was used meanwhile."""
    found = PendingUpload.objects.filter(pk=pending.pk, organisation_id=pending.organisation_id)
    if found.update(state=dict(state)) != 1:
        raise AlreadyDone()
    pending.state = dict(state)


@transaction.atomic
def done(pending: PendingUpload, *, keep_file: bool = False) -> StoredFile | None:
    """Use the upload up; it counts once. Call it first in the act's transaction.

    The file goes with it after the commit, or is given back with `keep_file`. Raises `AlreadyDone`
    when it was used before.
    """
    gone, _ = PendingUpload.objects.filter(
        pk=pending.pk, organisation_id=pending.organisation_id
    ).delete()
    if gone != 1:
        raise AlreadyDone()
    file = pending.file
    if keep_file:
        return StoredFile.objects.get(pk=file.pk, organisation_id=file.organisation_id)
    _forget(file)
    return None


def sweep(now: datetime) -> int:
    """Remove uploads that nobody confirmed within a week, with their files. Returns how many."""
    old = PendingUpload.objects.filter(created_at__lt=now - KEPT_FOR).select_related("file")
    removed = 0
    for pending in old:
        with transaction.atomic():
            gone, _ = PendingUpload.objects.filter(pk=pending.pk).delete()
            if gone:
                _forget(pending.file)
        removed += gone
    return removed


def _forget(file: StoredFile) -> None:
    path = files.path_of(file.organisation_id, file.pk)
    StoredFile.objects.filter(pk=file.pk, organisation_id=file.organisation_id).delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
