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


class ReceivedAlready(Refused):
    """One click on a receipt that was given before changes nothing."""

    status = 409
    default = _("Received already on %(day)s; nothing was changed.")


@transaction.atomic
def receive(
    directive: Directive,
    unit: Unit,
    *,
    way: str = "",
    meeting: str = "",
    transmitted_on: date | None = None,
    received_on: date | None = None,
    said_by: str = "",
    by: "User",
    at: datetime,
    seen: int | None = None,
    once: bool = False,
) -> Receipt:
    """Confirm a unit's receipt, once; called again it changes how it was passed on.

    `way` is how (`Receipt.Way`; a meeting where only `meeting` is given). `once`: the one click
    that changes nothing where a receipt was given before. `seen` is the version of the receipt that
    a form was made from, 0 where there was none.

    By the unit itself, or by the office above with the name of who received it (`said_by`).
    `received_on` defaults to today; passing on needs its day, a meeting its name. Deadlines that
    count from receipt run from its day, where that is sooner than the day on which it was deemed to
    be received. Raises `NothingToReceive`, `ReceivedAlready`, `Stale`, `NotAllowed`, `BadInput`.
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
    way = _way(way, meeting, transmitted_on)
    first = day_of(directive.handed_out_at)
    for name, day in (("received_on", received_on), ("transmitted_on", transmitted_on)):
        if day is not None and not first <= day <= standing.on:
            raise BadInput(_("The day lies between the issue and today."), field=name)
    found = Receipt.objects.filter(
        organisation_id=by.organisation_id, directive=directive, unit=unit
    ).first()
    if found is not None and once:
        raise ReceivedAlready(day=found.received_on)
    if seen is not None and seen != (found.version if found is not None else 0):
        raise Stale()
    values: dict[str, Any] = {
        "way": way,
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
        if (way, transmitted_on) != (found.way, found.transmitted_on):
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


def _way(way: str, meeting: str, transmitted_on: date | None) -> str:
    """How it was passed on, checked against what goes with it."""
    if not way and (meeting or transmitted_on is not None):
        way = Receipt.Way.MEETING
    if not way:
        return ""
    if way not in Receipt.Way.values:
        raise BadInput(_("Choose how it was passed on."), field="way")
    if transmitted_on is None:
        raise BadInput(_("Give the day on which it was passed on."), field="transmitted_on")
    if way == Receipt.Way.MEETING and not meeting:
        raise BadInput(_("Name the meeting at which it was passed on."), field="meeting")
    return way


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
