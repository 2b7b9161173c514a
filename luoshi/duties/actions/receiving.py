"""签收 and 传达: a unit confirms that it has what was issued, and how it passed it on."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change
from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, OutOfScope, Refused, Stale
from luoshi.directives.models import Directive
from luoshi.directives.price import table
from luoshi.directives.schedule import after
from luoshi.duties.actions.common import move
from luoshi.duties.models import Assignment, Occurrence, Receipt
from luoshi.duties.sums import Tally
from luoshi.ledger import actions as ledger
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User


class NothingToReceive(Refused):
    """The directive gave the unit nothing."""

    status = 409
    default = _("Nothing of this directive was issued to “%(unit)s”.")


@transaction.atomic
def receive(
    directive: Directive,
    unit: Unit,
    *,
    meeting: str = "",
    transmitted_on: date | None = None,
    received_on: date | None = None,
    said_by: str = "",
    by: "User",
    at: datetime,
) -> Receipt:
    """Confirm a unit's receipt, once; called again it changes how it was passed on.

    By the unit itself, or by the office above with the name of who received it (`said_by`).
    `received_on` defaults to today; a meeting needs its day. Deadlines that count from receipt run
    from its day, where that is sooner than the day on which it was deemed to be received. Raises
    `NothingToReceive`, `NotAllowed`, `BadInput`.
    """
    standing = access.standing_at(by, at)
    if (
        directive.organisation_id != by.organisation_id
        or unit.organisation_id != by.organisation_id
    ):
        raise OutOfScope()
    path = queries.path_of(unit.pk, standing.on)
    own = standing.may("occurrence.submit", path)
    if not own:
        standing.require("occurrence.record", path)
    said_by = typed(said_by, field="said_by", most=60, optional=own)
    handed = Assignment.objects.filter(
        organisation_id=by.organisation_id, directive=directive, unit=unit
    )
    if not handed.exists() or directive.handed_out_at is None:
        raise NothingToReceive(unit=unit.name)
    meeting = typed(meeting, field="meeting", most=100, optional=True)
    if bool(meeting) != (transmitted_on is not None):
        missing = "meeting" if transmitted_on else "transmitted_on"
        raise BadInput(_("A meeting and its day belong together; give both."), field=missing)
    first = day_of(directive.handed_out_at)
    for name, day in (("received_on", received_on), ("transmitted_on", transmitted_on)):
        if day is not None and not first <= day <= standing.on:
            raise BadInput(_("The day lies between the issue and today."), field=name)
    found = Receipt.objects.filter(
        organisation_id=by.organisation_id, directive=directive, unit=unit
    ).first()
    values: dict[str, Any] = {
        "meeting": meeting,
        "transmitted_on": transmitted_on,
        "said_by": said_by,
    }
    if found is None:
        try:
            with transaction.atomic():
                found = Receipt.objects.create(
                    organisation_id=by.organisation_id,
                    directive=directive,
                    unit=unit,
                    received_on=received_on or standing.on,
                    received_at=at,
                    transmitted_at=at if transmitted_on else None,
                    by=by,
                    at=at,
                    **values,
                )
        except IntegrityError as error:
            raise Stale() from error
        kind = "receipt.given"
    else:
        received_on = received_on or found.received_on
        moments: dict[str, Any] = {}
        if received_on != found.received_on:
            moments["received_at"] = at
        if transmitted_on != found.transmitted_on:
            moments["transmitted_at"] = at if transmitted_on else None
        change(found, received_on=received_on, by=by, at=at, **moments, **values)
        kind = "receipt.changed"
    sooner = _clocks(directive, unit, found.received_on, by=by, at=at)
    ledger.append(
        kind,
        organisation_id=by.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="receipt",
        object_id=found.pk,
        version=found.version,
        values={
            "directive": directive.pk,
            "unit": unit.pk,
            "received_on": found.received_on,
            **values,
            **({"due": sooner} if sooner else {}),
        },
    )
    return found


def _clocks(
    directive: Directive, unit: Unit, received_on: date, *, by: "User", at: datetime
) -> list[dict[str, Any]]:
    """Let deadlines that count from receipt run from its day, where that is sooner than deemed."""
    tally, calendar, moved = Tally(), table(), list[dict[str, Any]]()
    rows = Occurrence.objects.filter(
        organisation_id=directive.organisation_id,
        directive=directive,
        unit=unit,
        task__within__isnull=False,
        task__due_on__isnull=True,
        state=Occurrence.State.OPEN,
        extensions=0,
        assignment__parent__isnull=True,
    ).select_related("task")
    for one in rows.order_by("id"):
        due_on = after(received_on, one.task.within, one.task.within_unit, calendar)
        if one.due_on is not None and due_on < one.due_on and one.key in ("once", "R1"):
            move(one, one.state, by=by, at=at, tally=tally, due_on=due_on)
            moved.append({"id": one.pk, "version": one.version, "due_on": due_on})
    tally.write(directive.organisation_id)
    return moved
