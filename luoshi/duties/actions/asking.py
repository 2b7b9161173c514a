"""延期、免报、暂停、异议: asked with a reason by the unit, decided on the side that gave the work.

Whoever gave the work may also do each of them without being asked. What was asked, and how often,
stays: an occurrence counts its extensions.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change, claim
from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives.price import table
from luoshi.duties.actions.common import NotOpen, lapse, move, record, require_giver
from luoshi.duties.actions.moving import settled, take_away
from luoshi.duties.actions.settling import settle
from luoshi.duties.models import Assignment, Occurrence, Pause, Request
from luoshi.duties.sums import Tally
from luoshi.ledger import actions as ledger
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = Occurrence.State
OWED = (State.OPEN, State.RETURNED)


class AskedAlready(Refused):
    """The same is asked and not decided yet."""

    status = 409
    default = _("This was asked already and waits for an answer.")


class Decided(Refused):
    """The request was decided or taken back in the meantime."""

    status = 409
    default = _("This was decided or taken back a moment ago.")


@transaction.atomic
def ask(
    assignment: Assignment,
    kind: str,
    *,
    occurrence: Occurrence | None = None,
    reason: str,
    wanted_on: date | None = None,
    awaits: str = "",
    said_by: str = "",
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Request:
    """A unit asks for more time, a pause, a waiver, or says that the task is not its own.

    Raises `NotAllowed` for another unit's work, `NotOpen` where nothing is owed any more,
    `AskedAlready`, `BadInput` with the field.
    """
    if assignment.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    path = queries.path_of(assignment.unit_id, standing.on)
    own = standing.may("occurrence.submit", path)
    if not own:
        standing.require("occurrence.record", path)
    said_by = "" if own else typed(said_by, field="said_by", most=60)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if kind not in Request.Kind.values:
        raise BadInput(_("Choose what you ask for."), field="kind")
    _check_open(assignment, occurrence, kind)
    reason = typed(reason, field="reason", most=500)
    if kind == Request.Kind.EXTENSION:
        assert occurrence is not None
        _check_later(occurrence, wanted_on, at, field="wanted_on")
    elif kind == Request.Kind.PAUSE:
        if wanted_on is not None and wanted_on <= standing.on:
            raise BadInput(_("The answer is expected on a day to come."), field="wanted_on")
        awaits = typed(awaits, field="awaits", most=100)
    else:
        wanted_on = None
    try:
        with transaction.atomic():
            asked = Request.objects.create(
                organisation_id=assignment.organisation_id,
                kind=kind,
                assignment=assignment,
                occurrence=occurrence,
                reason=reason,
                wanted_on=wanted_on,
                awaits=awaits if kind == Request.Kind.PAUSE else "",
                asked_by=by,
                asked_at=at,
                said_by=said_by,
            )
    except IntegrityError as error:
        raise AskedAlready() from error
    _record(
        "request.asked", asked, by=by, at=at, kind=kind, assignment=assignment.pk,
        occurrence=occurrence.pk if occurrence else None, reason=reason, wanted_on=wanted_on,
        awaits=asked.awaits, said_by=said_by,
    )  # fmt: skip
    return asked


def _check_open(assignment: Assignment, occurrence: Occurrence | None, kind: str) -> None:
    """Refuse what is asked about something closed; an objection is about the whole assignment."""
    if kind == Request.Kind.OBJECTION:
        if occurrence is not None or assignment.state != Assignment.State.OPEN:
            raise NotOpen(_("This is closed or was given to another unit already."))
        return
    if occurrence is None or occurrence.assignment_id != assignment.pk:
        raise OutOfScope()
    if occurrence.state not in OWED:
        raise NotOpen()


def _check_later(occurrence: Occurrence, day: date | None, at: datetime, *, field: str) -> date:
    """Refuse a new day that is none: it lies behind the present one, and not in the past."""
    if day is None:
        raise BadInput(_("Say until when."), field=field)
    if day < day_of(at):
        raise BadInput(_("The new day lies in the past."), field=field)
    if occurrence.due_on is not None and day <= occurrence.due_on:
        raise BadInput(
            _("The new day must lie behind the present one, %(day)s."),
            field=field,
            day=occurrence.due_on,
        )
    if day.year > day_of(at).year + 5:
        raise BadInput(_("Type a day like 2026-06-30."), field=field)
    return day


@transaction.atomic
def take_back(asked: Request, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """The unit no longer asks for it."""
    if asked.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    path = queries.path_of(asked.assignment.unit_id, standing.on)
    if not standing.may("occurrence.submit", path):
        standing.require("occurrence.record", path)
    _check_asked(asked)
    change(asked, seen=seen, state=Request.State.TAKEN_BACK, decided_by=by, decided_at=at)
    _record("request.taken_back", asked, by=by, at=at)


@transaction.atomic
def refuse(
    asked: Request, *, answer: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Whoever gave the work says no, with the reason. Raises `NotGiver`, `Decided`, `Stale`."""
    _check_decides(asked, by, at)
    answer = typed(answer, field="answer", most=500)
    change(
        asked, seen=seen, state=Request.State.REFUSED, answer=answer, decided_by=by, decided_at=at
    )
    _record("request.refused", asked, by=by, at=at, answer=answer)


@transaction.atomic
def grant(
    asked: Request,
    *,
    by: "User",
    at: datetime,
    answer: str = "",
    granted_on: date | None = None,
    moved_to: Unit | None = None,
    seen: int | None = None,
) -> None:
    """Whoever gave the work grants what a unit asked, and it takes effect in the same act.

    An extension may be granted until another day than was wanted (`granted_on`). An upheld
    objection takes the work off the unit and hands it to `moved_to`, where one is named. Raises
    `NotGiver`, `Decided`, `NotOpen`, `Stale`, `BadInput`.
    """
    _check_decides(asked, by, at)
    answer = typed(answer, field="answer", most=500, optional=True)
    occurrence, kind = asked.occurrence, asked.kind
    tally, values, rows = Tally(), dict[str, Any](), None
    if kind == Request.Kind.OBJECTION:
        values, rows = take_away(asked, moved_to, by=by, at=at, tally=tally)
    else:
        assert occurrence is not None
        if occurrence.state not in OWED:
            raise NotOpen(
                _(
                    "The unit has reported meanwhile. Decide on its report; once that is accepted, "
                    "this lapses."
                )
            )
        if kind == Request.Kind.EXTENSION:
            until = granted_on or asked.wanted_on
            _extended(occurrence, until, by=by, at=at, tally=tally, field="granted_on")
            granted_on = until
        elif kind == Request.Kind.PAUSE:
            _paused(
                occurrence, awaits=asked.awaits, reason=asked.reason, expected_on=asked.wanted_on,
                by=by, at=at, tally=tally,
            )  # fmt: skip
            granted_on = None
        else:
            values |= _waived(occurrence, by=by, at=at, tally=tally, but=asked)
            granted_on = None
        values["occurrence"] = settled(occurrence)
    change(
        asked,
        seen=seen,
        state=Request.State.GRANTED,
        answer=answer,
        decided_by=by,
        decided_at=at,
        granted_on=granted_on,
        moved_to=moved_to if kind == Request.Kind.OBJECTION else None,
    )
    tally.write(asked.organisation_id)
    _record(
        "request.granted", asked, by=by, at=at, rows=rows, answer=answer, granted_on=granted_on,
        moved_to=asked.moved_to_id, **values,
    )  # fmt: skip


def _check_asked(asked: Request) -> None:
    if asked.state != Request.State.ASKED:
        raise Decided()


def _check_decides(asked: Request, by: "User", at: datetime) -> None:
    if asked.organisation_id != by.organisation_id:
        raise OutOfScope()
    if asked.asked_by_id == by.pk:
        raise NotAllowed(_("You asked for this yourself; somebody else decides."))
    require_giver(access.standing_at(by, at), asked.assignment)
    _check_asked(asked)


@transaction.atomic
def extend(
    occurrence: Occurrence,
    *,
    until: date,
    reason: str,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Whoever gave the work gives more time, unasked. Raises `NotGiver`, `NotOpen`, `BadInput`."""
    reason = _giving(occurrence, reason, by=by, at=at, seen=seen)
    _extended(occurrence, until, by=by, at=at, tally=None, field="until")
    record(
        "occurrence.extended", occurrence, by=by, at=at, reason=reason, due_on=occurrence.due_on,
        extensions=occurrence.extensions,
    )  # fmt: skip


@transaction.atomic
def pause(
    occurrence: Occurrence,
    *,
    awaits: str,
    reason: str,
    expected_on: date | None = None,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Let an occurrence rest while somebody else's answer is awaited (`awaits` names whose)."""
    reason = _giving(occurrence, reason, by=by, at=at, seen=seen)
    awaits = typed(awaits, field="awaits", most=100)
    _paused(
        occurrence, awaits=awaits, reason=reason, expected_on=expected_on, by=by, at=at, tally=None
    )
    record(
        "occurrence.paused", occurrence, by=by, at=at, reason=reason, awaits=awaits,
        expected_on=expected_on,
    )  # fmt: skip


@transaction.atomic
def resume(occurrence: Occurrence, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """The answer has come: the work goes on, and its day moves by the working days of the pause.

    The unit itself or whoever gave the work says so. Raises `NotOpen` where nothing is paused.
    """
    if occurrence.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    path = queries.last_path(occurrence.unit_id, standing.on)
    if not standing.may("occurrence.submit", path) and not standing.may("occurrence.record", path):
        require_giver(standing, occurrence.assignment)
    paused = Pause.objects.filter(occurrence=occurrence, ended_on__isnull=True).first()
    if occurrence.state != State.PAUSED or paused is None:
        raise NotOpen(_("This is not paused."))
    due = occurrence.due_on
    if due is not None:
        calendar = table()
        due = calendar.add(due, calendar.between(paused.since_on, standing.on))
    Pause.objects.filter(pk=paused.pk, organisation_id=paused.organisation_id).update(
        ended_on=standing.on
    )
    move(occurrence, paused.was, by=by, at=at, seen=seen, due_on=due)
    record("occurrence.resumed", occurrence, by=by, at=at, due_on=due, ended_on=standing.on)


@transaction.atomic
def waive(
    occurrence: Occurrence, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Whoever gave the work lets a unit off one occurrence, with the reason."""
    reason = _giving(occurrence, reason, by=by, at=at, seen=seen)
    tally = Tally()
    more = _waived(occurrence, by=by, at=at, tally=tally)
    tally.write(occurrence.organisation_id)
    record("occurrence.waived", occurrence, by=by, at=at, reason=reason, **more)


def _giving(
    occurrence: Occurrence, reason: str, *, by: "User", at: datetime, seen: int | None
) -> str:
    """Checks that the acts of whoever gave the work share; the reason, cleaned."""
    if occurrence.organisation_id != by.organisation_id:
        raise OutOfScope()
    require_giver(access.standing_at(by, at), occurrence.assignment)
    if seen is not None and seen != occurrence.version:
        raise Stale()
    if occurrence.state not in OWED:
        raise NotOpen()
    return typed(reason, field="reason", most=500)


def _extended(
    occurrence: Occurrence,
    until: date | None,
    *,
    by: "User",
    at: datetime,
    tally: Tally | None,
    field: str,
) -> None:
    if occurrence.state not in OWED:
        raise NotOpen()
    until = _check_later(occurrence, until, at, field=field)
    move(
        occurrence, occurrence.state, by=by, at=at, tally=tally, due_on=until,
        extensions=occurrence.extensions + 1,
    )  # fmt: skip


def _paused(
    occurrence: Occurrence,
    *,
    awaits: str,
    reason: str,
    expected_on: date | None,
    by: "User",
    at: datetime,
    tally: Tally | None,
) -> None:
    if occurrence.state not in OWED:
        raise NotOpen()
    Pause.objects.create(
        organisation_id=occurrence.organisation_id,
        occurrence=occurrence,
        was=occurrence.state,
        awaits=awaits,
        reason=reason,
        since_on=day_of(at),
        expected_on=expected_on,
        by=by,
        at=at,
    )
    move(occurrence, State.PAUSED, by=by, at=at, tally=tally)


def _waived(
    occurrence: Occurrence,
    *,
    by: "User",
    at: datetime,
    tally: Tally,
    but: Request | None = None,
) -> dict[str, Any]:
    if occurrence.state not in OWED:
        raise NotOpen()
    move(occurrence, State.WAIVED, by=by, at=at, tally=tally, closed_on=day_of(at))
    lapsed = lapse(occurrence=occurrence, but=but, by=by, at=at)
    closed = settle(occurrence.assignment, by=by, at=at, tally=tally)
    return {name: found for name, found in (("closed", closed), ("lapsed", lapsed)) if found}


def _record(
    entry: str,
    asked: Request,
    *,
    by: "User",
    at: datetime,
    rows: list[dict[str, Any]] | None = None,
    **values: Mapping[str, Any] | Any,
) -> None:
    ledger.append(
        entry,
        organisation_id=asked.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="request",
        object_id=asked.pk,
        version=asked.version,
        values={"state": asked.state, **values},
        rows=rows,
    )
