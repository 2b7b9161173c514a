"""Responsibility lists: drawn up as of a day, edited, confirmed, signed; one entry an act."""

import os
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from luoshi.base import files
from luoshi.base.change import change, claim
from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives import breakdown
from luoshi.directives.actions import Scan
from luoshi.directives.models import Directive
from luoshi.duties import lists
from luoshi.duties.lists import DRAFT
from luoshi.duties.models import DutyLine, DutyList
from luoshi.ledger import actions as ledger
from luoshi.lib.ids import new_id
from luoshi.lib.periods import CADENCES
from luoshi.orgs import access, queries
from luoshi.orgs.models import Post, Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = DutyList.State


class OneOpen(Refused):
    """A list of the same unit or post is being drawn up already."""

    status = 409
    default = _("A list is being drawn up already. Finish or withdraw it first.")


class NotDraft(Refused):
    """The list is confirmed, signed or withdrawn; its lines no longer change."""

    status = 409
    default = _("This list is confirmed or withdrawn; its lines no longer change.")


class NotToSign(Refused):
    """The list does not wait for a signature."""

    status = 409
    default = _("This list does not wait for a signature.")


class NotHolder(NotAllowed):
    """The list is somebody else's."""

    default = _("Only whose list it is signs it: the holder of the post, or the head of the unit.")


@transaction.atomic
def draw_up(
    unit: Unit,
    post: Post | None = None,
    *,
    as_of: date,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> DutyList:
    """Begin the next list of a unit or a post with what was theirs at the end of `as_of`.

    What an earlier signed list added by hand is taken along, marked as such; every line can be
    dropped with a reason. Raises `OneOpen`, `BadInput` for a day to come or a vacant post.
    """
    standing = access.standing_at(by, at)
    if unit.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing.require(DRAFT, queries.path_of(unit.pk, standing.on))
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if as_of > standing.on:
        raise BadInput(_("The day lies in the future."), field="on")
    whose = lists.subject(by.organisation_id, unit, post, as_of)
    rows = lists.of(unit.organisation_id, unit.pk, post.pk if post else None)
    last = rows.filter(state=State.SIGNED).order_by("-number").first()
    try:
        with transaction.atomic():
            found = DutyList.objects.create(
                organisation_id=unit.organisation_id,
                unit=unit,
                post=post,
                appointment=whose.appointment,
                number=(rows.aggregate(most=Max("number"))["most"] or 0) + 1,
                as_of=as_of,
                made_by=by,
                made_at=at,
            )
    except IntegrityError as error:
        raise OneOpen() from error
    lines = [
        DutyLine(
            id=new_id(),
            organisation_id=unit.organisation_id,
            duty_list=found,
            position=place,
            key=one.key,
            task=one.task,
            work_line=one.task.directive.work_line,
            title=one.title,
            check_text=one.task.check_text,
            due_on=one.due_on,
            rhythm=one.task.rhythm,
            times=one.task.times,
            basis=one.basis[:300],
            why=one.why,
        )
        for place, one in enumerate(lists.collect(whose, as_of), 1)
    ]
    lines += _taken_along(found, last, len(lines))
    DutyLine.objects.bulk_create(lines, batch_size=200)
    _record(
        "duty_list.drawn_up",
        found,
        by=by,
        at=at,
        values={
            "unit": found.unit_id,
            "post": found.post_id,
            "appointment": found.appointment_id,
            "number": found.number,
            "as_of": as_of,
            "state": found.state,
        },
        rows=[_row(line) for line in lines],
    )
    return found


def _taken_along(found: DutyList, last: DutyList | None, count: int) -> list[DutyLine]:
    """The lines that people added to the last signed list."""
    kept = (last.content or {}).get("lines", []) if last is not None else []
    return [
        DutyLine(
            id=new_id(),
            organisation_id=found.organisation_id,
            duty_list=found,
            position=count + place,
            key=line["key"],
            work_line=line["work_line"],
            title=line["title"],
            check_text=line["check"],
            due_on=date.fromisoformat(line["due_on"]) if line["due_on"] else None,
            rhythm=line["rhythm"],
            times=line["times"],
            basis=line["basis"],
            why=[["kept", ""]],
        )
        for place, line in enumerate((x for x in kept if x["key"].startswith("hand:")), 1)
    ]


def _row(line: DutyLine) -> dict[str, Any]:
    """A line as entries name it."""
    return {
        "id": str(line.pk),
        "key": line.key,
        "work_line": str(line.work_line),
        "title": line.title,
        "check": line.check_text,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "rhythm": line.rhythm,
        "times": line.times,
        "basis": line.basis,
        "why": line.why,
    }


def _drafting(found: DutyList, *, by: "User", at: datetime) -> None:
    """Refuse who may not draw it up, and a list that is no draft any more; holds the list."""
    _require_draft(found, by=by, at=at)
    if _locked(found) != State.DRAFT:
        raise NotDraft()


def _require_draft(found: DutyList, *, by: "User", at: datetime) -> access.Standing:
    if found.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    standing.require(DRAFT, queries.path_of(found.unit_id, standing.on))
    return standing


def _require_dropped(line: DutyLine, wanted: bool) -> None:
    """Refuse to drop what is dropped and to put back what is not; the list is held."""
    rows = DutyLine.objects.filter(organisation_id=line.organisation_id, pk=line.pk)
    if rows.values_list("dropped", flat=True).get() != wanted:
        raise AlreadyDone()


def _locked(found: DutyList) -> str:
    rows = DutyList.objects.select_for_update(no_key=True)
    row = rows.filter(organisation_id=found.organisation_id, pk=found.pk)
    found.state = row.values_list("state", flat=True).get()
    return found.state


@transaction.atomic
def drop_line(
    line: DutyLine, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Take a line off the list, with the reason; it stays readable and can be put back."""
    _drafting(line.duty_list, by=by, at=at)
    _require_dropped(line, False)
    reason = typed(reason, field="reason", most=500)
    change(line, seen=seen, dropped=True, reason=reason)
    change(line.duty_list)
    _record(
        "duty_list.line_dropped",
        line.duty_list,
        by=by,
        at=at,
        values={"line": line.pk, "key": line.key, "reason": reason},
    )


@transaction.atomic
def put_back(line: DutyLine, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """Put a dropped line back on the list."""
    _drafting(line.duty_list, by=by, at=at)
    _require_dropped(line, True)
    change(line, seen=seen, dropped=False, reason="")
    change(line.duty_list)
    _record(
        "duty_list.line_put_back",
        line.duty_list,
        by=by,
        at=at,
        values={"line": line.pk, "key": line.key},
    )


@transaction.atomic
def add_line(
    found: DutyList,
    *,
    title: str,
    basis: str,
    check: str = "",
    due_on: date | None = None,
    rhythm: str = "",
    work_line: str = Directive.WorkLine.GOVERNANCE,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> DutyLine:
    """Add a responsibility by hand, with what it rests on (`basis`, never empty)."""
    _drafting(found, by=by, at=at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if rhythm and rhythm not in CADENCES:
        raise BadInput(_("Choose a cadence from the list."), field="rhythm")
    if work_line not in Directive.WorkLine.values:
        raise BadInput(_("Choose governance or business."), field="work_line")
    pk = new_id()
    last = found.lines.aggregate(most=Max("position"))["most"] or 0
    line = DutyLine.objects.create(
        id=pk,
        organisation_id=found.organisation_id,
        duty_list=found,
        position=last + 1,
        key=f"hand:{pk}",
        work_line=work_line,
        title=typed(title, field="title", most=200),
        check_text=typed(check, field="check", most=200, optional=True),
        due_on=due_on,
        rhythm=rhythm,
        basis=typed(basis, field="basis", most=300),
        why=[["hand", ""]],
    )
    change(found)
    _record("duty_list.line_added", found, by=by, at=at, values={"line": _row(line)})
    return line


@transaction.atomic
def confirm(found: DutyList, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """Confirm the lines as they stand: they are fixed and wait for the signature.

    Keeps the content and its salted digest, to which the signature binds.
    """
    _drafting(found, by=by, at=at)
    lines = list(found.lines.order_by("position", "id"))
    if not any(not line.dropped for line in lines):
        raise Refused(_("The list has no line. Add one, or withdraw the list."))
    content, salt = lists.content_of(found, lines), os.urandom(16)
    change(
        found,
        seen=seen,
        state=State.CONFIRMED,
        content=content,
        salt=salt.hex(),
        digest=breakdown.sealed(content, salt),
        confirmed_by=by,
        confirmed_at=at,
    )
    _record(
        "duty_list.confirmed",
        found,
        by=by,
        at=at,
        values={
            "state": found.state,
            "salt": found.salt,
            "digest": found.digest,
            "lines": len(content["lines"]),
        },
    )


def _to_sign(found: DutyList) -> None:
    if _locked(found) != State.CONFIRMED:
        raise NotToSign()


@transaction.atomic
def sign(
    found: DutyList,
    *,
    digest_seen: str,
    note: str = "",
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Whose list it is takes exactly what was shown (`digest_seen`) upon themselves.

    The holder of the post, or for a unit its head or secretary. Raises `NotHolder`, `NotToSign`,
    `Stale` where the list was sent back and confirmed anew meanwhile.
    """
    if found.organisation_id != by.organisation_id:
        raise OutOfScope()
    if not lists.may_sign(access.standing_at(by, at), found):
        raise NotHolder()
    _to_sign(found)
    if digest_seen != found.digest:
        raise Stale()
    _settle(found, by=by, at=at, seen=seen, signer=by.name[:60], signed_on=day_of(at), note=note)


@transaction.atomic
def sign_on_paper(
    found: DutyList,
    *,
    signer: str,
    signed_on: date | None,
    scan: Scan | None,
    note: str = "",
    by: "User",
    at: datetime,
    seen: int | None = None,
    request_id: str = "",
) -> None:
    """Enter what was signed by hand on the printed list (代录), with the scan."""
    standing = _require_draft(found, by=by, at=at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    _to_sign(found)
    signer = typed(signer, field="signer", most=60)
    if signed_on is None:
        raise BadInput(_("Type the day of the signature, like 2026-06-30."), field="signed_on")
    assert found.confirmed_at is not None
    if not day_of(found.confirmed_at) <= signed_on <= standing.on:
        raise BadInput(
            _("The signature lies between the day it was confirmed and today."), field="signed_on"
        )
    if scan is None:
        raise BadInput(_("Attach the signed list as a scan or a photo."), field="scan")
    kept = files.keep(
        scan.chunks,
        name=scan.name,
        media_type=scan.media_type,
        organisation_id=found.organisation_id,
        at=at,
    )
    _settle(
        found, by=by, at=at, seen=seen, signer=signer, signed_on=signed_on, note=note,
        on_paper=True, scan=kept,
    )  # fmt: skip


def _settle(
    found: DutyList, *, by: "User", at: datetime, seen: int | None, note: str, **values: Any
) -> None:
    note = typed(note.replace("\r", "").replace("\n", " "), field="note", most=500, optional=True)
    change(found, seen=seen, state=State.SIGNED, signed_by=by, signed_at=at, note=note, **values)
    scan = found.scan
    _record(
        "duty_list.signed",
        found,
        by=by,
        at=at,
        values={
            "state": found.state,
            "signer": found.signer,
            "signed_on": found.signed_on,
            "on_paper": found.on_paper,
            "note": note,
            "salt": found.salt,
            "digest": found.digest,
            "scan": {"id": scan.pk, "name": scan.name, "sha256": scan.sha256} if scan else None,
        },
    )


@transaction.atomic
def send_back(
    found: DutyList, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Whose list it is, or who draws it up, opens a confirmed list again, with the reason."""
    if found.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    if not lists.may_sign(standing, found):
        standing.require(DRAFT, queries.path_of(found.unit_id, standing.on))
    _to_sign(found)
    reason = typed(reason, field="reason", most=500)
    change(
        found, seen=seen, state=State.DRAFT, content=None, salt="", digest="",
        confirmed_by=None, confirmed_at=None, note=reason,
    )  # fmt: skip
    values = {"state": found.state, "reason": reason}
    _record("duty_list.sent_back", found, by=by, at=at, values=values)


@transaction.atomic
def withdraw_list(
    found: DutyList, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Withdraw a draft, with the reason; its number is not given again."""
    _drafting(found, by=by, at=at)
    reason = typed(reason, field="reason", most=500)
    change(found, seen=seen, state=State.WITHDRAWN, note=reason)
    values = {"state": found.state, "reason": reason}
    _record("duty_list.withdrawn", found, by=by, at=at, values=values)


def _record(
    kind: str,
    found: DutyList,
    *,
    by: "User",
    at: datetime,
    values: Mapping[str, Any],
    rows: list[dict[str, Any]] | None = None,
) -> None:
    ledger.append(
        kind,
        organisation_id=found.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="duty_list",
        object_id=found.pk,
        version=found.version,
        values=values,
        rows=rows,
    )
