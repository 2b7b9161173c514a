"""Appending to the log, inside the transaction of the act that it records.

Leaf and body are final: leaf = RFC 8785 JSON of `{v, kind, at, commitment}`; commitment =
SHA-256(salt ‖ canonical body); a bulk act's body names the RFC 6962 root over the commitments of
its rows. `docs/ledger.md` has both formats and every kind.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from luoshi.base import bulk
from luoshi.ledger.kinds import KINDS, UnknownKind
from luoshi.ledger.models import BulkRow, Entry
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical, moment
from luoshi.lib.ids import new_id, new_texts

SALT_BYTES = 16


def plain(value: Any) -> Any:
    """`value` in the body's types: dates and ids become text, moments UTC with six decimals."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, (date, UUID)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    raise TypeError(f"{type(value).__name__} has no place in a ledger body")


def append(
    kind: str,
    *,
    organisation_id: UUID,
    actor: str,
    at: datetime,
    object_kind: str,
    object_id: UUID,
    version: int,
    values: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]] | None = None,
) -> Entry:
    """Record one act. `values` are the changed values, enough to rebuild the object's state.

    `rows` makes it a bulk act: each row is salted and stored alone and the body commits to their
    root. Must be called inside the act's own transaction; `kind` is one of `KINDS`, `version` the
    object's after the act. Raises `UnknownKind`.
    """
    if kind not in KINDS:
        raise UnknownKind(kind)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a ledger entry belongs to its act")
    entry_id = new_id()
    body: dict[str, Any] = {
        "organisation": str(organisation_id),
        "actor": actor,
        "object": {"kind": object_kind, "id": str(object_id), "version": version},
        "values": plain(values),
    }
    kept: list[tuple[int, bytes, bytes]] = []
    if rows is not None:
        kept = _salted(rows)
        hashes = [merkle.leaf_hash(merkle.commitment(salt, text)) for _, salt, text in kept]
        body["rows"] = {"root": merkle.root(hashes).hex(), "size": len(kept)}
    salt, text = os.urandom(SALT_BYTES), canonical(body)
    entry = Entry(
        id=entry_id,
        organisation_id=organisation_id,
        kind=kind,
        at=moment(at),
        commitment=merkle.commitment(salt, text).hex(),
        object_kind=object_kind,
        object_id=object_id,
        object_version=version,
    )
    _insert(entry, salt, text.decode())
    if kept:
        _insert_rows(entry, kept)
    return entry


_ENTRY = """INSERT INTO ledger_entry
(id, organisation_id, v, kind, at, commitment, object_kind, object_id, object_version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_BODY = "INSERT INTO ledger_body (id, organisation_id, salt, body) VALUES (%s, %s, %s, %s)"


def _insert(entry: Entry, salt: bytes, body: str) -> None:
    """Entry and body, past the ORM: on every act's way, on PostgreSQL in one round trip."""
    value = bulk.uuid_writer()
    key, owner = value(entry.pk), value(entry.organisation_id)
    row = [key, owner, entry.v, entry.kind, entry.at, entry.commitment, entry.object_kind,
           value(entry.object_id), entry.object_version]  # fmt: skip
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"WITH entry AS ({_ENTRY}) {_BODY}", [*row, key, owner, salt, body])
        else:
            cursor.execute(_ENTRY, row)
            cursor.execute(_BODY, [key, owner, salt, body])


def _salted(rows: Iterable[Mapping[str, Any]]) -> list[tuple[int, bytes, bytes]]:
    bodies = [canonical(row) for row in rows]
    salts = os.urandom(SALT_BYTES * len(bodies))
    return [
        (number, salts[number * SALT_BYTES : (number + 1) * SALT_BYTES], text)
        for number, text in enumerate(bodies)
    ]


def _insert_rows(entry: Entry, kept: list[tuple[int, bytes, bytes]]) -> None:
    value = bulk.uuid_writer()
    organisation, parent = value(entry.organisation_id), value(entry.pk)
    ids = new_texts(len(kept))
    bulk.insert(
        BulkRow,
        ("id", "organisation_id", "entry_id", "number", "salt", "body"),
        (
            (value(row_id), organisation, parent, number, salt, text.decode())
            for row_id, (number, salt, text) in zip(ids, kept, strict=True)
        ),
    )
