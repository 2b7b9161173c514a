"""Portfolios (分管): which leader is in charge of which unit, from when to when."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change, claim
from luoshi.base.refused import BadInput
from luoshi.orgs.actions.common import allow, check_end, check_span, lock, overlapping, record
from luoshi.orgs.actions.posts import TwoAtOnce
from luoshi.orgs.models import Appointment, Placement, Portfolio, Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User


@transaction.atomic
def give_portfolio(
    appointment: Appointment,
    *,
    unit: Unit,
    valid_from: date,
    valid_to: date | None = None,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Portfolio:
    """Put a unit in a leader's charge over `[valid_from, valid_to)`, within the appointment.

    An open portfolio of an appointment that ends, ends with it. Raises `BadInput` with the field,
    `TwoAtOnce` when the same leader has the unit already, `NotAllowed`.
    """
    allow(by, at, appointment, unit, unit=unit)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if valid_to is None:
        valid_to = appointment.valid_to
    check_span(valid_from, valid_to)
    if valid_from < appointment.valid_from:
        raise BadInput(
            _("The appointment begins on %(start)s; choose that day or a later one."),
            field="valid_from",
            start=appointment.valid_from,
        )
    if appointment.valid_to is not None and (valid_to is None or valid_to > appointment.valid_to):
        raise BadInput(
            _("The appointment ends on %(end)s; choose an earlier day."),
            field="valid_to",
            end=appointment.valid_to,
        )
    lock(unit)
    if not Placement.objects.on(valid_from).filter(unit=unit).exists():
        raise BadInput(
            _("“%(unit)s” does not exist on %(day)s. Choose another day or another unit."),
            field="unit",
            unit=unit.name,
            day=valid_from,
        )
    same = Portfolio.objects.filter(
        overlapping(valid_from, valid_to),
        appointment=appointment,
        unit=unit,
        organisation_id=unit.organisation_id,
    ).first()
    if same is not None:
        raise TwoAtOnce(
            _("This leader is in charge of “%(unit)s” since %(start)s already."),
            field="unit",
            unit=unit.name,
            start=same.valid_from,
        )
    portfolio: Portfolio = Portfolio.objects.create(
        organisation_id=unit.organisation_id,
        appointment=appointment,
        unit=unit,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    record(
        "portfolio.given",
        portfolio,
        by,
        at,
        appointment=appointment.pk,
        unit=unit.pk,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return portfolio


@transaction.atomic
def end_portfolio(
    portfolio: Portfolio, *, on: date, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Take a unit out of a leader's charge on `on`. Raises `BadInput`, `Stale`, `NotAllowed`."""
    allow(by, at, portfolio, unit=portfolio.unit)
    lock(portfolio.unit)
    check_end(portfolio, on)
    change(portfolio, seen=seen, valid_to=on)
    record("portfolio.ended", portfolio, by, at, valid_to=on)
