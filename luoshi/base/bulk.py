"""Many rows at once, past the ORM: COPY or unnest on PostgreSQL, executemany on SQLite.

For hand-outs to many units; both databases check the same constraints as for single rows.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows` (values in the order of `columns`, already in the database's own types).

    Use `uuid_writer` for ids and `db_moment` for moments. Must run inside a transaction; the
    caller's constraints apply.
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


def analyze(*tables: type[models.Model]) -> None:
    """Have PostgreSQL count these tables now, at the end of a load.

    Its planner would otherwise go on the guess of empty tables until autovacuum comes round, and
    join hundreds of rows by their organisation alone. SQLite plans well without figures.
    """
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(t._meta.db_table) for t in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")


def uuid_writer() -> Callable[[UUID | str], Any]:
    """Turns UUIDs, or their text, into what the connected database keeps.

    That is 32 hex digits on SQLite; PostgreSQL reads the text itself.
    """
    return str if connection.features.has_native_uuid_field else _hex


def _hex(value: UUID | str) -> Any:
    return str(value).replace("-", "")


def db_moment(at: datetime) -> Any:
    """A moment as the connected database keeps it, as the ORM would write it."""
    return connection.ops.adapt_datetimefield_value(at)


def update(
    model: type[models.Model], column: str, organisation_id: UUID, pairs: Sequence[tuple[UUID, int]]
) -> None:
    """Set one whole-number column of many rows of an organisation, by their ids, in one statement.

    `pairs` are (id, value). SQLite prepares one statement and runs it for each.
    """
    table, name = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(column)
    value = uuid_writer()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {table} AS t SET {name} = v.value FROM "
                "(SELECT unnest(%s::uuid[]) AS id, unnest(%s::bigint[]) AS value) AS v "
                "WHERE t.id = v.id AND t.organisation_id = %s",
                [[key for key, _value in pairs], [n for _key, n in pairs], organisation_id],
            )
        else:
            cursor.cursor.connection.executemany(
                f"UPDATE {table} SET {name} = ? WHERE id = ?",
                [(number, value(key)) for key, number in pairs],
            )
