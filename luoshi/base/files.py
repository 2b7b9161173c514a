"""Keeping uploaded bytes: streamed, hashed, fsynced and renamed before the row is committed.

Files lie under `settings.FILES_DIR/<organisation>/<id>`, are not deduplicated (so erasure is
exact) and are only ever served by a view that has checked who asks.
"""

import hashlib
import os
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import StoredFile
from luoshi.base.refused import Refused
from luoshi.lib.ids import new_id


class FileTooLarge(Refused):
    """The upload is over the limit."""

    status = 413
    default = _("“%(name)s” is larger than %(limit)s MB. Split it or send a smaller version.")


class FileChanged(Refused):
    """The bytes in the store are not those that were recorded."""

    status = 409
    default = _(
        "“%(name)s” is not what was recorded on arrival: the stored file is damaged, replaced or "
        "gone. Nothing is sent. Tell whoever keeps the server; a backup holds the original."
    )


class FileEmpty(Refused):
    """The upload has no bytes."""

    default = _("“%(name)s” is empty. Check the file and choose it again.")


def path_of(organisation_id: UUID, file_id: UUID) -> Path:
    """Where the bytes of a stored file lie."""
    return Path(settings.FILES_DIR) / str(organisation_id) / str(file_id)


def shown_name(name: str) -> str:
    """The last part of a client's file name, without control or direction characters."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return kept.strip()[:200] or "file"


def keep(
    chunks: Iterable[bytes],
    *,
    name: str,
    media_type: str,
    organisation_id: UUID,
    at: datetime,
    limit: int | None = None,
) -> StoredFile:
    """Write `chunks` to the store and return the saved row; call inside the action's transaction.

    Raises `FileTooLarge` over `limit` bytes (default `settings.UPLOAD_LIMIT`), `FileEmpty`.
    A rolled-back transaction leaves an orphan, which `sweep` removes after a day.
    """
    most = settings.UPLOAD_LIMIT if limit is None else limit
    name = shown_name(name)
    file_id = new_id()
    final = path_of(organisation_id, file_id)
    final.parent.mkdir(parents=True, exist_ok=True)
    part = final.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise FileTooLarge(name=name, limit=most // (1024 * 1024))
                digest.update(chunk)
                out.write(chunk)
            if not size:
                raise FileEmpty(name=name)
            out.flush()
            os.fsync(out.fileno())
        os.rename(part, final)
    except Refused:
        part.unlink(missing_ok=True)
        raise
    return StoredFile.objects.create(
        id=file_id,
        organisation_id=organisation_id,
        name=name,
        media_type=media_type[:100] or "application/octet-stream",
        size=size,
        sha256=digest.hexdigest(),
        created_at=at,
    )


def opened(stored: StoredFile) -> BinaryIO:
    """The bytes of a stored file, open for reading; its digest is made anew before.

    Raises `FileChanged` where they are not those that were recorded: a verdict on a file holds for
    its digest, so no other bytes are ever handed out under its name.
    """
    try:
        found = path_of(stored.organisation_id, stored.pk).open("rb")
    except OSError as error:
        raise FileChanged(name=stored.name) from error
    if hashlib.file_digest(found, "sha256").hexdigest() != stored.sha256:
        found.close()
        raise FileChanged(name=stored.name)
    found.seek(0)
    return found


AT_A_GLANCE = 1024 * 1024
"""Up to so many bytes a page makes a file's digest anew; of a larger one it compares the size."""


def looks_intact(stored: StoredFile) -> bool:
    """Whether a stored file is still there as recorded, as far as a page can see at a glance.

    `opened` makes the digest of every file before it is handed out.
    """
    try:
        size = path_of(stored.organisation_id, stored.pk).stat().st_size
        if size != stored.size or size > AT_A_GLANCE:
            return size == stored.size
        opened(stored).close()
    except (OSError, FileChanged):
        return False
    return True


def sweep(now: datetime) -> int:
    """Remove files older than a day that no row knows (a broken upload). Returns how many."""
    root = Path(settings.FILES_DIR)
    old, removed = (now - timedelta(days=1)).timestamp(), 0
    for path in root.glob("*/*"):
        if path.stat().st_mtime < old and not StoredFile.objects.filter(pk=path.stem).exists():
            path.unlink()
            removed += 1
    return removed
