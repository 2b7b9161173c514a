"""Vetting and decision of a breakdown: sent, approved or returned, on screen or on paper."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base import files
from luoshi.base.change import change, claim
from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused
from luoshi.directives import breakdown, price
from luoshi.directives.actions.common import keep_snapshot, lock, open_for, record
from luoshi.directives.breakdown import Content
from luoshi.directives.models import Approval, Directive, Look, Stage
from luoshi.directives.road import Road, road_of, signers
from luoshi.orgs import access, queries
from luoshi.orgs.models import Appointment

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = Approval.State


class NotReady(Refused):
    """The breakdown cannot be sent for approval yet."""

    status = 409


class AlreadySent(Refused):
    """An approval is open; one at a time."""

    status = 409
    default = _("It lies with %(name)s already. Take it back first to send it elsewhere.")


class NotAsked(NotAllowed):
    """The approval was asked of somebody else."""

    default = _("This approval was asked of somebody else.")


class NotWaiting(Refused):
    """The approval was given, returned or taken back before."""

    status = 409
    default = _("This is not waiting for approval any more.")


class MovedOn(Refused):
    """The breakdown changed after the page was opened; nothing was approved."""

    status = 409
    default = _(
        "The breakdown changed while you had the page open. Nothing was approved: "
        "the changes stand below, look at them and decide again."
    )


class Lapsed(Refused):
    """The vetting no longer covers the breakdown."""

    status = 409
    default = _("After the vetting the breakdown was changed. Send it for vetting once more.")


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting that decided (审定): its name, its number, its day."""

    name: str = ""
    number: str = ""
    held_on: date | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """The signed paper as a file: name, type as claimed, bytes in pieces."""

    name: str
    media_type: str
    chunks: Iterable[bytes]


@transaction.atomic
def send(
    directive: Directive,
    *,
    stage: str,
    asked: Appointment | None = None,
    signer: str = "",
    message: str = "",
    by: "User",
    at: datetime,
    seen: int | None = None,
    request_id: str = "",
) -> Approval:
    """Send the breakdown to somebody for vetting or for the decision, as it is now.

    `asked` is the seat of a head or deputy; without one, `signer` names who will sign by hand.
    Raises `NotReady` for a breakdown with blanks, `AlreadySent`, `Lapsed` for a decision whose
    vetting no longer holds, `BadInput`.
    """
    standing = open_for(directive, "directive.plan", by=by, at=at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if stage not in Stage.values:
        raise BadInput(_("Choose vetting or decision."), field="stage")
    road = road_of(directive)
    _ready(directive, road, stage, at)
    if asked is not None:
        _may_be_asked(asked, directive, stage, standing)
        signer = asked.person.name
    elif not signer.strip():
        raise BadInput(
            _("Choose who is asked, or type the name of who signs by hand."), field="signer"
        )
    signer = typed(signer, field="signer", most=60)
    salt = os.urandom(16)
    # the directive's version moves, so that two clerks cannot send at once
    change(directive, seen=seen)
    approval = Approval.objects.create(
        organisation_id=directive.organisation_id,
        directive=directive,
        stage=stage,
        asked=asked,
        signer=signer,
        asked_by=by,
        asked_at=at,
        message=typed(message, field="message", most=500, optional=True),
        snapshot=keep_snapshot(directive, road.content, at),
        salt=salt.hex(),
        digest=breakdown.sealed(road.content, salt),
    )
    record(
        "approval.asked",
        approval,
        by=by,
        at=at,
        values={
            "directive": directive.pk,
            "directive_version": directive.version,
            "stage": stage,
            "state": approval.state,
            "asked": approval.asked_id,
            "signer": signer,
            "message": approval.message,
            "salt": approval.salt,
            "digest": approval.digest,
        },
    )
    return approval


def _ready(directive: Directive, road: Road, stage: str, at: datetime) -> None:
    if road.open is not None:
        raise AlreadySent(name=road.open.signer)
    if directive.state != Directive.State.CONFIRMED:
        raise NotReady(_("Confirm the triage first; then the breakdown can be sent for approval."))
    if not road.content["tasks"]:
        raise NotReady(_("No clause is triaged as a task yet; there is nothing to approve."))
    if lacks := price.price_of(directive, at=at).lacks:
        raise NotReady(
            _("%(count)s tasks lack a unit, a date or a rewriting. Fill the blanks in the plan."),
            count=len(lacks),
        )
    if road.consultation is not None and road.consultation.closed_at is None:
        raise NotReady(_("The units are still being asked. Close the consultation first."))
    if road.unanswered:
        raise NotReady(
            _("%(count)s comments of units have no answer yet. Adopt or refuse each of them."),
            count=road.unanswered,
        )
    if stage == Stage.DECISION and road.vetting is not None and not road.vetted:
        raise Lapsed()


def _may_be_asked(
    asked: Appointment, directive: Directive, stage: str, standing: access.Standing
) -> None:
    if asked.organisation_id != standing.user.organisation_id:
        raise OutOfScope()
    if asked.pk in {s.appointment_id for s in standing.seats}:
        raise BadInput(_("Nobody approves what they send themselves."), field="asked")
    found = {s.appointment_id: s for s in signers(directive, standing.on, standing)}.get(asked.pk)
    if found is None:
        raise BadInput(_("Choose somebody from the list: a head or a deputy."), field="asked")
    if stage == Stage.DECISION and not found.decides:
        raise BadInput(
            _("The decision is for a head or deputy of “%(unit)s” itself."),
            field="asked",
            unit=directive.owner.name,
        )


@transaction.atomic
def take_back(approval: Approval, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """The clerk takes back what was sent, before there is a verdict."""
    open_for(approval.directive, "directive.plan", by=by, at=at)
    _waiting(approval)
    change(approval, seen=seen, state=State.TAKEN_BACK, by=by, at=at)
    record("approval.taken_back", approval, by=by, at=at, values={"state": approval.state})


def _waiting(approval: Approval) -> None:
    if approval.state != State.ASKED:
        raise NotWaiting()


@transaction.atomic
def approve(
    approval: Approval,
    *,
    content_seen: str,
    by: "User",
    at: datetime,
    note: str = "",
    meeting: Meeting | None = None,
    seen: int | None = None,
) -> None:
    """Who was asked approves exactly what they saw; `content_seen` is its `fingerprint`.

    The salted digest of that content is kept. Raises `NotAsked`, `NotWaiting`, `MovedOn` when the
    breakdown is no longer what was seen, `Lapsed` for a decision over a vetting that lapsed.
    """
    road = _deciding(approval, by=by, at=at)
    if breakdown.fingerprint(road.content) != content_seen:
        raise MovedOn()
    if approval.stage == Stage.DECISION and road.vetting is not None and not road.vetted:
        raise Lapsed()
    values = _meeting(approval.stage, meeting, at)
    _settle(
        approval, State.APPROVED, road.content, note=note, by=by, at=at, seen=seen,
        signed_on=day_of(at), **values,
    )  # fmt: skip
    _see(approval.directive, road.content, by=by, at=at)


@transaction.atomic
def return_(
    approval: Approval,
    *,
    note: str,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Who was asked sends the breakdown back with the reason."""
    road = _deciding(approval, by=by, at=at)
    if not note.strip():
        raise BadInput(_("Write what is to be changed, so that it can be mended."), field="note")
    _settle(approval, State.RETURNED, road.content, note=note, by=by, at=at, seen=seen)
    _see(approval.directive, road.content, by=by, at=at)


def _deciding(approval: Approval, *, by: "User", at: datetime) -> Road:
    if approval.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    if approval.asked_id not in {s.appointment_id for s in standing.seats}:
        raise NotAsked()
    directive = approval.directive
    if not standing.has("directive.approve") or approval.asked_by_id == by.pk:
        raise NotAllowed()
    if approval.stage == Stage.DECISION:
        standing.require("directive.approve", queries.path_of(directive.owner_id, standing.on))
    lock(directive)
    if directive.state != Directive.State.CONFIRMED:
        raise NotWaiting()
    _waiting(approval)
    return road_of(directive)


@transaction.atomic
def record_on_paper(
    approval: Approval,
    *,
    approved: bool,
    signer: str,
    signed_on: date | None,
    scan: Scan | None,
    note: str = "",
    meeting: Meeting | None = None,
    by: "User",
    at: datetime,
    seen: int | None = None,
    request_id: str = "",
) -> None:
    """The clerk enters what somebody signed by hand on the slip (代录), with the scan.

    It binds to what the slip showed, the content when it was sent, also where the breakdown has
    changed since: then the approval has lapsed at once, and the page says so. Raises `BadInput`
    for a missing name, day or scan, `NotWaiting`.
    """
    standing = open_for(approval.directive, "directive.plan", by=by, at=at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    _waiting(approval)
    signer = typed(signer, field="signer", most=60)
    if signed_on is None:
        raise BadInput(_("Type the day of the signature, like 2026-06-30."), field="signed_on")
    if not day_of(approval.asked_at) <= signed_on <= standing.on:
        raise BadInput(
            _("The signature lies between the day it was sent and today."), field="signed_on"
        )
    if scan is None:
        raise BadInput(_("Attach the signed slip as a scan or a photo."), field="scan")
    if not approved and not note.strip():
        raise BadInput(_("Write what is to be changed, so that it can be mended."), field="note")
    values = _meeting(approval.stage, meeting, at) if approved else {}
    kept = files.keep(
        scan.chunks,
        name=scan.name,
        media_type=scan.media_type,
        organisation_id=approval.organisation_id,
        at=at,
    )
    _settle(
        approval,
        State.APPROVED if approved else State.RETURNED,
        None,
        note=note,
        by=by,
        at=at,
        seen=seen,
        signer=signer,
        signed_on=signed_on,
        on_paper=True,
        scan=kept,
        **values,
    )


def _meeting(stage: str, meeting: Meeting | None, at: datetime) -> dict[str, Any]:
    """The meeting's fields; all three or none, and only for a decision."""
    if meeting is None or stage != Stage.DECISION:
        return {}
    name = typed(meeting.name, field="meeting", most=100, optional=True)
    number = typed(meeting.number, field="meeting_number", most=60, optional=True)
    if not (name or number or meeting.held_on):
        return {}
    if not name:
        raise BadInput(_("Name the meeting that decided."), field="meeting")
    if not number:
        raise BadInput(_("Type the meeting's number, such as 2026年第6次."), field="meeting_number")
    if meeting.held_on is None:
        raise BadInput(_("Type the day of the meeting, like 2026-06-30."), field="held_on")
    if meeting.held_on > day_of(at):
        raise BadInput(_("The day lies in the future."), field="held_on")
    return {"meeting": name, "meeting_number": number, "held_on": meeting.held_on}


def _settle(
    approval: Approval,
    state: str,
    content: Content | None,
    *,
    note: str,
    by: "User",
    at: datetime,
    seen: int | None,
    **values: Any,
) -> None:
    """Keep the verdict; with `content` the digest is made anew over what was seen."""
    note = note.replace("\r", "").replace("\n", " ")
    values |= {
        "state": state,
        "note": typed(note, field="note", most=1000, optional=True),
        "by": by,
        "at": at,
    }
    if content is not None and approval.snapshot.sha256 != breakdown.fingerprint(content):
        # the check code of the slip stays where the content is still what was sent
        salt = os.urandom(16)
        values |= {
            "snapshot": keep_snapshot(approval.directive, content, at),
            "salt": salt.hex(),
            "digest": breakdown.sealed(content, salt),
        }
    change(approval, seen=seen, **values)
    scan = approval.scan
    record(
        "approval.given" if state == State.APPROVED else "approval.returned",
        approval,
        by=by,
        at=at,
        values={
            "directive": approval.directive_id,
            "stage": approval.stage,
            "state": state,
            "signer": approval.signer,
            "signed_on": approval.signed_on,
            "on_paper": approval.on_paper,
            "note": approval.note,
            "salt": approval.salt,
            "digest": approval.digest,
            "meeting": approval.meeting,
            "meeting_number": approval.meeting_number,
            "held_on": approval.held_on,
            "scan": {"id": scan.pk, "name": scan.name, "sha256": scan.sha256} if scan else None,
        },
    )


@transaction.atomic
def look(directive: Directive, content: Content, *, by: "User", at: datetime) -> Look:
    """Note what somebody who is asked sees now. The same content again changes nothing.

    Returns the look; `before` is what they had seen until then (None: nothing).
    """
    if directive.organisation_id != by.organisation_id:
        raise OutOfScope()
    return _see(directive, content, by=by, at=at)


def _see(directive: Directive, content: Content, *, by: "User", at: datetime) -> Look:
    found = (
        Look.objects.filter(organisation_id=directive.organisation_id, directive=directive, user=by)
        .select_related("snapshot", "before")
        .first()
    )
    sha256 = breakdown.fingerprint(content)
    if found is not None and found.snapshot.sha256 == sha256:
        return found
    snapshot = keep_snapshot(directive, content, at)
    if found is None:
        # two pages of the same person may open at once: one of them notes the look
        found, made = Look.objects.get_or_create(
            organisation_id=directive.organisation_id,
            directive=directive,
            user=by,
            defaults={"snapshot": snapshot, "at": at},
        )
        if not made:
            return found
    else:
        found.before, found.before_at = found.snapshot, found.at
        found.snapshot, found.at = snapshot, at
        Look.objects.filter(organisation_id=found.organisation_id, pk=found.pk).update(
            before=found.before, before_at=found.before_at, snapshot=snapshot, at=at
        )
    record("directive.looked", directive, by=by, at=at, values={"content": sha256})
    return found
