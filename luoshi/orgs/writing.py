"""Many new rows of the organisation at once, with the ledger row of each.

`loading` writes whole invented organisations with it, `workbook` what an uploaded one adds. Checks
are the caller's; a writer belongs to one transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from luoshi.base import bulk
from luoshi.ledger import actions as ledger
from luoshi.lib.ids import new_id
from luoshi.orgs.models import Appointment, Person, Placement, Portfolio, Post, Unit

BATCH = 500
ORDER: Sequence[type[models.Model]] = (Unit, Placement, Post, Person, Appointment, Portfolio)

R = TypeVar("R", Unit, Post, Person, Appointment, Portfolio)


class Writer:
    """Collects new rows; `write` puts them into the database in the order of their keys.

    `rows` are the rows of the bulk act's entry, one for each unit, post, person, appointment and
    portfolio: `{kind, id, …values}`, with `extra` in each.
    """

    def __init__(self, organisation_id: UUID, **extra: str) -> None:
        self.organisation_id = organisation_id
        self.rows: list[dict[str, Any]] = []
        self._extra = extra
        self._new: dict[type[models.Model], list[Any]] = {model: [] for model in ORDER}

    def unit(self, *, parent: Unit | None, path: str, on: date, **values: Any) -> Unit:
        """A unit that stands at `path` below `parent` from `on`."""
        unit = self._made(
            Unit(id=new_id(), organisation_id=self.organisation_id, opened_on=on, **values)
        )
        parent_id = parent.pk if parent else None
        self._new[Placement].append(
            Placement(
                organisation_id=self.organisation_id,
                unit=unit,
                parent_id=parent_id,
                path=path,
                valid_from=on,
            )
        )
        self._row("unit", unit, parent=parent_id, path=path, valid_from=on, **values)
        return unit

    def post(self, *, unit: Unit, acts_for: Unit | None, **values: Any) -> Post:
        """A seat."""
        post = self._made(
            Post(
                id=new_id(),
                organisation_id=self.organisation_id,
                unit=unit,
                acts_for=acts_for,
                **values,
            )
        )
        self._row("post", post, unit=post.unit_id, acts_for=post.acts_for_id, **values)
        return post

    def person(self, **values: Any) -> Person:
        """Somebody."""
        person = self._made(Person(id=new_id(), organisation_id=self.organisation_id, **values))
        self._row("person", person, **values)
        return person

    def appointment(self, *, post: Post, person: Person, **span: date | None) -> Appointment:
        """A person in a seat over `valid_from`, `valid_to`."""
        appointment = self._made(
            Appointment(
                id=new_id(), organisation_id=self.organisation_id, post=post, person=person, **span
            )
        )
        self._row("appointment", appointment, post=post.pk, person=person.pk, **span)
        return appointment

    def portfolio(self, *, appointment: Appointment, unit: Unit, **span: date | None) -> Portfolio:
        """A unit in a leader's charge over `valid_from`, `valid_to`."""
        portfolio = self._made(
            Portfolio(
                id=new_id(),
                organisation_id=self.organisation_id,
                appointment=appointment,
                unit=unit,
                **span,
            )
        )
        self._row("portfolio", portfolio, appointment=appointment.pk, unit=unit.pk, **span)
        return portfolio

    def write(self) -> None:
        """Insert everything, and have PostgreSQL count the tables anew."""
        for model, new in self._new.items():
            _insert(model, new)
        bulk.analyze(*ORDER)

    def _made(self, row: R) -> R:
        self._new[type(row)].append(row)
        return row

    def _row(self, kind: str, row: models.Model, **values: Any) -> None:
        self.rows.append(ledger.plain({**self._extra, "kind": kind, "id": row.pk, **values}))


def _insert(model: type[models.Model], rows: Iterable[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=BATCH)
