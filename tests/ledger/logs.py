"""A log for tests of the ledger: entries as an act would leave them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from luoshi.base.models import Organisation
from luoshi.ledger import actions
from luoshi.ledger.models import Entry
from luoshi.ledger.sequence import sequence
from luoshi.lib.ids import new_id

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def put(
    organisation: Organisation,
    number: int = 1,
    *,
    rows: Iterable[Mapping[str, Any]] | None = None,
    about: UUID | None = None,
    version: int = 1,
    at: datetime = AT,
    kind: str = "unit.created",
) -> Entry:
    """One entry in a transaction of its own."""
    with transaction.atomic():
        return actions.append(
            kind,
            organisation_id=organisation.pk,
            actor="何静之 <hejingzhi> 0190",
            at=at,
            object_kind="unit",
            object_id=about or new_id(),
            version=version,
            values={"number": number},
            rows=rows,
        )


def numbered(organisation: Organisation, count: int, *, at: datetime = AT) -> list[Entry]:
    """`count` entries, sequenced at `at`."""
    made = [put(organisation, n, at=at) for n in range(count)]
    sequence(organisation.pk, holder="tests", now=at)
    for entry in made:
        entry.refresh_from_db()
    return made
