"""The keys that sign an organisation's checkpoints. Private keys are files, never rows.

They lie in `ledger-keys/<organisation>/<key id>` in the data folder, mode 600, so that a copy of
the database alone can sign nothing.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from luoshi.ledger import actions
from luoshi.ledger.models import LogKey
from luoshi.lib.notes import Signer

log = logging.getLogger("luoshi.ledger")

OVERLAP = timedelta(days=30)
"""How long an old key signs beside the new one: outsiders pass from one to the other."""


def origin(organisation_id: UUID) -> str:
    """The name of an organisation's log on its checkpoints; also the name of its keys."""
    return f"luoshi/{organisation_id}"


def _path(organisation_id: UUID, vkey: str) -> Path:
    key_id = vkey.split("+")[1]
    return Path(settings.DATA_DIR) / "ledger-keys" / str(organisation_id) / key_id


def public(organisation_id: UUID) -> list[str]:
    """Every public key that signed for this organisation, the newest first."""
    return list(
        LogKey.objects.filter(organisation_id=organisation_id)
        .order_by("-introduced_at", "-id")
        .values_list("vkey", flat=True)
    )


def rows(organisation_id: UUID) -> list[LogKey]:
    """Every key with its time, the newest first."""
    found = LogKey.objects.filter(organisation_id=organisation_id)
    return list(found.order_by("-introduced_at", "-id"))


def signing(organisation_id: UUID, now: datetime) -> list[LogKey]:
    """The keys that sign now, the newest first."""
    current = Q(retires_at__isnull=True) | Q(retires_at__gt=now)
    rows = LogKey.objects.filter(current, organisation_id=organisation_id)
    return list(rows.order_by("-introduced_at", "-id"))


def signers(organisation_id: UUID, now: datetime) -> list[Signer]:
    """The private keys that sign now; the first one is made when there has been none.

    A key whose file is missing signs nothing: the checkpoint goes without it, and the record page
    says so.
    """
    rows = signing(organisation_id, now)
    if not rows and not LogKey.objects.filter(organisation_id=organisation_id).exists():
        rows = [_make(organisation_id, now)]
    found = []
    for row in rows:
        try:
            found.append(Signer.load(_path(organisation_id, row.vkey)))
        except (OSError, ValueError):
            log.error("the signing key %s is not in the data folder", row.vkey.split("+")[1])
    return found


def _memory(organisation_id: UUID) -> Path:
    return Path(settings.DATA_DIR) / "ledger-keys" / str(organisation_id) / "signed"


def remembered(organisation_id: UUID) -> tuple[int, str] | None:
    """Size and root that were signed here last; None where nothing was, or it cannot be read."""
    try:
        size, root = _memory(organisation_id).read_text(encoding="utf-8").split()
        return int(size), root
    except (OSError, ValueError):
        return None


def remember(organisation_id: UUID, size: int, root: str) -> None:
    """Note beside the keys what was signed: a database that was rewritten is not signed again."""
    path = _memory(organisation_id)
    part = path.with_suffix(".part")
    part.write_text(f"{size} {root}\n", encoding="utf-8")
    part.replace(path)


def missing(organisation_id: UUID, now: datetime) -> list[str]:
    """Public keys that should sign now and whose private key is not in the data folder."""
    rows = signing(organisation_id, now)
    return [row.vkey for row in rows if not _path(organisation_id, row.vkey).exists()]


def _make(organisation_id: UUID, at: datetime) -> LogKey:
    signer = Signer.new(origin(organisation_id))
    signer.keep(_path(organisation_id, signer.vkey))
    return LogKey.objects.create(
        organisation_id=organisation_id, vkey=signer.vkey, introduced_at=at
    )


@transaction.atomic
def rotate(organisation_id: UUID, *, actor: str, at: datetime) -> LogKey:
    """Introduce a new key, recorded in the log; the present one signs beside it for `OVERLAP`.

    Private keys that have retired before are removed from the data folder. What was signed so far
    is forgotten: after a database had to be restored from a backup, this is how signing goes on.
    """
    before = signing(organisation_id, at)
    key = _make(organisation_id, at)
    _memory(organisation_id).unlink(missing_ok=True)
    LogKey.objects.filter(pk__in=[row.pk for row in before], retires_at__isnull=True).update(
        retires_at=at + OVERLAP
    )
    retired = LogKey.objects.filter(organisation_id=organisation_id, retires_at__lte=at)
    paths = [_path(organisation_id, row.vkey) for row in retired]

    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(remove)
    actions.append(
        "key.introduced",
        organisation_id=organisation_id,
        actor=actor,
        at=at,
        object_kind="key",
        object_id=key.pk,
        version=1,
        values={"key": key.vkey, "beside": [row.vkey for row in before], "until": at + OVERLAP},
    )
    return key
