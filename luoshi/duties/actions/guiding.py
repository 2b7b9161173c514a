"""指导意见: a unit above tells a unit below, the unit answers, the giving side notes the effect.

A note is no task: nothing falls due, nobody is late, and nothing of it is counted for a person.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change, claim
from luoshi.base.clock import day_of
from luoshi.base.names import typed, typed_text
from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused
from luoshi.directives.models import Directive
from luoshi.duties.actions.reporting import MOST_FILES, TooManyFiles, Upload, kept_files, listed
from luoshi.duties.guidance import GIVE, giver_for, gives, receives
from luoshi.duties.models import (
    Assignment,
    Guidance,
    GuidanceAnswer,
    GuidanceFile,
    Occurrence,
)
from luoshi.ledger import actions as ledger
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = Guidance.State
RUNNING = (State.WAITING, State.OPEN)


class Ended(Refused):
    """The note was withdrawn, or its effect was noted."""

    status = 409
    default = _("This note was closed or withdrawn; read it again, please.")


@transaction.atomic
def guide(
    unit: Unit,
    *,
    kind: str = Guidance.Kind.GUIDANCE,
    subject: str,
    text: str,
    about: Directive | Assignment | Occurrence | None = None,
    answer_by: date | None = None,
    follows: Guidance | None = None,
    uploads: Sequence[Upload] = (),
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Guidance:
    """Write a note to a unit below, on something that it was given or in general.

    With `answer_by` an answer is asked until that day. `follows` is an earlier note of the same
    side to the same unit. Raises `NotAllowed` unless the person acts for a unit above, `BadInput`
    with the field, `TooManyFiles`.
    """
    if unit.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    path = queries.path_of(unit.pk, standing.on)
    standing.require(GIVE, path)
    seat = giver_for(standing, path)
    if seat is None:
        raise NotAllowed(_("Guidance goes to a unit below the one that you act for."))
    giver_id = seat.acts_for_id
    if follows is not None:
        if follows.unit_id != unit.pk or not gives(standing, follows):
            raise OutOfScope()
        giver_id = follows.giver_id
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if kind not in Guidance.Kind.values:
        raise BadInput(_("Choose one."), field="kind")
    subject = typed(subject, field="subject", most=100)
    text = typed_text(text, field="text", most=5000)
    if not text:
        raise BadInput(_("Fill this in."), field="text")
    if answer_by is not None and not standing.on <= answer_by <= _far(standing.on):
        raise BadInput(_("Ask for the answer on a day to come, within a year."), field="answer_by")
    _check_files(uploads)
    note = Guidance.objects.create(
        organisation_id=by.organisation_id,
        giver_id=giver_id,
        unit=unit,
        kind=kind,
        subject=subject,
        text=text,
        follows=follows,
        answer_by=answer_by,
        state=State.WAITING if answer_by else State.OPEN,
        by=by,
        at=at,
        **_about(about, unit),
    )
    files = _attach(note, None, uploads, at=at)
    _record(
        "guidance.given", note, by=by, at=at, giver=giver_id, unit=unit.pk, kind=kind,
        subject=subject, text=text, directive=note.directive_id, assignment=note.assignment_id,
        occurrence=note.occurrence_id, follows=note.follows_id, answer_by=answer_by, files=files,
    )  # fmt: skip
    return note


def _far(on: date) -> date:
    """A year on; from 29 February to the 28th."""
    return on.replace(year=on.year + 1, day=min(on.day, 28) if on.month == 2 else on.day)


def _about(about: Directive | Assignment | Occurrence | None, unit: Unit) -> dict[str, Any]:
    """The column that says what a note is about; something that the unit was given."""
    if about is None:
        return {}
    if isinstance(about, Directive):
        handed = Assignment.objects.filter(
            organisation_id=unit.organisation_id, directive=about, unit=unit
        )
        if not handed.exists():
            raise BadInput(_("The unit was not given this."), field="about")
        return {"directive": about}
    if about.unit_id != unit.pk or about.organisation_id != unit.organisation_id:
        raise BadInput(_("The unit was not given this."), field="about")
    return {"assignment" if isinstance(about, Assignment) else "occurrence": about}


@transaction.atomic
def answer_guidance(
    note: Guidance,
    *,
    text: str,
    said_by: str = "",
    uploads: Sequence[Upload] = (),
    by: "User",
    at: datetime,
    request_id: str = "",
) -> GuidanceAnswer:
    """The unit answers, once or more often; late is taken as well, and shown as late.

    The giving side's office may enter it for the unit with the name of who said it (代录). Raises
    `NotAllowed`, `Ended`, `BadInput`, `TooManyFiles`.
    """
    standing = _require_side(note, by, at)
    path = queries.path_of(note.unit_id, standing.on)
    if receives(standing, note) and standing.may("occurrence.submit", path):
        said_by = ""
    else:
        standing.require("occurrence.record", path)
        said_by = typed(said_by, field="said_by", most=60)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    _check_running(note)
    text = typed_text(text, field="text", most=5000)
    if not text and not uploads:
        raise BadInput(_("Write the answer, or attach it."), field="text")
    _check_files(uploads)
    change(note, state=State.OPEN)
    said = GuidanceAnswer.objects.create(
        organisation_id=note.organisation_id, guidance=note, text=text, by=by, at=at,
        said_by=said_by,
    )  # fmt: skip
    files = _attach(note, said, uploads, at=at)
    _record(
        "guidance.answered", note, by=by, at=at, answer=said.pk, text=text, said_by=said_by,
        files=files,
    )  # fmt: skip
    return said


@transaction.atomic
def note_effect(
    note: Guidance,
    *,
    effect: str,
    found: str,
    seen_on: date | None = None,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """The giving side says what it saw come of the note, and on which day; that closes it.

    `seen_on` defaults to today. Raises `NotAllowed`, `Ended`, `Stale`, `BadInput`.
    """
    standing = _require_giver(note, by, at)
    _check_running(note)
    if effect not in (Guidance.Effect.EFFECTIVE, Guidance.Effect.INEFFECTIVE):
        raise BadInput(_("Say whether it helped."), field="effect")
    found = typed(found.replace("\r", "").replace("\n", " "), field="found", most=1000)
    seen_on = seen_on or standing.on
    if not day_of(note.at) <= seen_on <= standing.on:
        raise BadInput(_("The day lies between the note and today."), field="seen_on")
    change(
        note, seen=seen, state=State.CLOSED, effect=effect, found=found, seen_on=seen_on,
        ended_by=by, ended_at=at,
    )  # fmt: skip
    _record(
        "guidance.effect_noted", note, by=by, at=at, effect=effect, found=found, seen_on=seen_on
    )


@transaction.atomic
def withdraw_guidance(
    note: Guidance, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """The giving side takes a note out of force, with the reason; both sides still read it."""
    _require_giver(note, by, at)
    _check_running(note)
    reason = typed(reason, field="reason", most=500)
    change(note, seen=seen, state=State.WITHDRAWN, reason=reason, ended_by=by, ended_at=at)
    _record("guidance.withdrawn", note, by=by, at=at, reason=reason)


def _require_side(note: Guidance, by: "User", at: datetime) -> access.Standing:
    if note.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    if not receives(standing, note) and not gives(standing, note):
        raise NotAllowed()
    return standing


def _require_giver(note: Guidance, by: "User", at: datetime) -> access.Standing:
    standing = _require_side(note, by, at)
    if not gives(standing, note):
        raise NotAllowed(_("Whoever gave this guidance does that; your post does not."))
    return standing


def _check_running(note: Guidance) -> None:
    if note.state not in RUNNING:
        raise Ended()


def _check_files(uploads: Sequence[Upload]) -> None:
    if len(uploads) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES, field="files")


def _attach(
    note: Guidance, said: GuidanceAnswer | None, uploads: Sequence[Upload], *, at: datetime
) -> list[dict[str, Any]]:
    """Keep the files; what the entry says of them."""
    kept = kept_files(uploads, organisation_id=note.organisation_id, at=at)
    GuidanceFile.objects.bulk_create(
        GuidanceFile(organisation_id=note.organisation_id, guidance=note, answer=said, file=file)
        for file in kept
    )
    return listed(kept)


def _record(kind_of_act: str, note: Guidance, *, by: "User", at: datetime, **values: Any) -> None:
    ledger.append(
        kind_of_act,
        organisation_id=note.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="guidance",
        object_id=note.pk,
        version=note.version,
        values={"state": note.state, **values},
    )
