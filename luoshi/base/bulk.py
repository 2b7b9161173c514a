"""Many rows at once, past the ORM: COPY on PostgreSQL, executemany on SQLite.

For hand-outs to many units; both databases check the same constraints as for single rows.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows` (values in the order of `columns`, already in the database's own types).

    Use `db_uuid` for ids. Must run inside a transaction; the caller's constraints apply.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(c) for c in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["?"] * len(columns))
            cursor.cursor.connection.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({marks})", rows
            )


def db_uuid(value: UUID) -> Any:
    """A UUID as the connected database keeps it (32 hex digits on SQLite)."""
    return value if connection.features.has_native_uuid_field else value.hex
