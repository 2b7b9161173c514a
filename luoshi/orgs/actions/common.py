"""What the acts on the organisation share: who may, locks, spans, the entry."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import Organisation, OrganisationModel
from luoshi.base.refused import BadInput, OutOfScope
from luoshi.ledger import actions as ledger
from luoshi.orgs import access
from luoshi.orgs.models import Appointment, Person, Placement, Portfolio, Post, Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

OBJECT_KIND = {
    Unit: "unit",
    Post: "post",
    Person: "person",
    Appointment: "appointment",
    Portfolio: "portfolio",
}

Row = Unit | Post | Person | Appointment | Portfolio


def allow(by: "User", at: datetime, *rows: OrganisationModel | None, unit: Unit | None) -> None:
    """Refuse who may not manage `unit` (None: the whole tree), or rows of another organisation."""
    if any(row.organisation_id != by.organisation_id for row in (*rows, unit) if row):
        raise OutOfScope()
    standing = access.standing_at(by, at)
    path = ""
    if unit is not None:
        places = Placement.objects.filter(unit=unit, organisation_id=unit.organisation_id)
        path = places.on(standing.on).values_list("path", flat=True).first() or ""
    standing.require("orgs.manage", path)


def lock_tree(organisation_id: UUID) -> None:
    """Let acts that change the tree's shape happen one after the other; the tree gets a version."""
    Organisation.objects.filter(pk=organisation_id).update(tree=F("tree") + 1)


def lock(unit: Unit) -> None:
    """Let appointments and closings of one unit happen one after the other; read it anew."""
    fresh = Unit.objects.select_for_update(no_key=True).get(
        pk=unit.pk, organisation_id=unit.organisation_id
    )
    unit.closed_on = fresh.closed_on


def overlapping(start: date, end: date | None) -> Q:
    """Rows whose span shares a day with `[start, end)`."""
    shared = Q(valid_to__isnull=True) | Q(valid_to__gt=start)
    return shared if end is None else shared & Q(valid_from__lt=end)


def check_span(start: date, end: date | None, *, field: str = "valid_to") -> None:
    """Refuse a span that ends before it begins, or on the same day."""
    if end is not None and end <= start:
        raise BadInput(
            _("The last day must lie behind the first day, %(start)s."), field=field, start=start
        )


def check_end(row: Post | Appointment | Portfolio, on: date) -> None:
    """Refuse an end on or before the row's first day, and one that would prolong it."""
    if on <= row.valid_from:
        raise BadInput(
            _("It began on %(start)s; choose a later day."), field="on", start=row.valid_from
        )
    if row.valid_to is not None and row.valid_to <= on:
        raise BadInput(
            _("It has ended on %(end)s already; choose an earlier day or leave it."),
            field="on",
            end=row.valid_to,
        )


def record(kind: str, row: Row, by: "User", at: datetime, **values: Any) -> None:
    """The entry of an act on one row. `rows=` makes it a bulk act."""
    rows = values.pop("rows", None)
    ledger.append(
        kind,
        organisation_id=row.organisation_id,
        actor=by.actor,
        at=at,
        object_kind=OBJECT_KIND[type(row)],
        object_id=row.pk,
        version=row.version,
        values=values,
        rows=rows,
    )
