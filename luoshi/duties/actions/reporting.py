"""The life of an occurrence: reported, accepted or returned, waived."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base import files
from luoshi.base.change import change, claim
from luoshi.base.clock import day_of
from luoshi.base.names import typed, typed_text
from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused
from luoshi.duties.access import Decision, Reviewers, decide
from luoshi.duties.models import Occurrence, Review, Submission, SubmissionFile, Transition
from luoshi.ledger import actions as ledger
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical, moment
from luoshi.orgs import access, queries

if TYPE_CHECKING:
    from luoshi.accounts.models import User

MOST_FILES = 20
State = Occurrence.State


class NotOpen(Refused):
    """The occurrence takes no report in its state."""

    status = 409
    default = _("This was reported or closed already; there is nothing to report now.")


class NotReviewable(Refused):
    """The occurrence is not waiting for a review."""

    status = 409
    default = _("This is not waiting for review; somebody may have decided it a moment ago.")


class NotYours(NotAllowed):
    """The person may not review this; the message says why."""

    default = _("Somebody outside the unit verifies this; your post does not.")


class TooManyFiles(Refused):
    """More files than a report takes."""

    default = _("At most %(most)s files go with a report. Put them into one archive or document.")


WHY = {
    "own_unit": _("Nobody verifies the work of their own unit."),
    "own_report": _("You reported this yourself; somebody else verifies it."),
    "in_charge": _("You are in charge of this unit; somebody else verifies it."),
    "leads": _("You lead this task; somebody else verifies it."),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives: name, type as claimed, bytes in pieces."""

    name: str
    media_type: str
    chunks: Iterable[bytes]


def _move(
    occurrence: Occurrence, to: str, *, by: "User", at: datetime, seen: int | None, **values: Any
) -> None:
    """Swap the state and keep the transition."""
    before = occurrence.state
    change(occurrence, seen=seen, state=to, **values)
    Transition.objects.create(
        organisation_id=occurrence.organisation_id,
        occurrence=occurrence,
        from_state=before,
        to_state=to,
        at=at,
        by=by,
    )


def _record(kind: str, occurrence: Occurrence, *, by: "User", at: datetime, **values: Any) -> None:
    ledger.append(
        kind,
        organisation_id=occurrence.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="occurrence",
        object_id=occurrence.pk,
        version=occurrence.version,
        values={"state": occurrence.state, **values},
    )


@transaction.atomic
def submit(
    occurrence: Occurrence,
    *,
    note: str,
    by: "User",
    at: datetime,
    seen: int | None = None,
    uploads: Sequence[Upload] = (),
    happened_on: date | None = None,
    said_by: str = "",
    request_id: str = "",
) -> Submission:
    """A unit reports an occurrence with a note or files. Late is taken as well, and shown as late.

    The office above may enter it for the unit (代录); `said_by` then names who reported. Raises
    `NotOpen`, `NotAllowed` for another unit's occurrence, `BadInput`, `TooManyFiles`.
    """
    standing = access.standing_at(by, at)
    if occurrence.organisation_id != by.organisation_id:
        raise OutOfScope()
    path = queries.path_of(occurrence.unit_id, standing.on)
    own = standing.may("occurrence.submit", path)
    if not own:
        standing.require("occurrence.record", path)
    said_by = "" if own else typed(said_by, field="said_by", most=60)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if occurrence.state not in (State.OPEN, State.RETURNED):
        raise NotOpen()
    note = typed_text(note, field="note", most=5000)
    if not note and not uploads:
        raise BadInput(_("Write what was done, or attach a proof."), field="note")
    if happened_on is not None and happened_on > standing.on:
        raise BadInput(_("The day lies in the future."), field="happened_on")
    if len(uploads) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES, field="files")
    _move(occurrence, State.SUBMITTED, by=by, at=at, seen=seen)
    submission = Submission.objects.create(
        organisation_id=occurrence.organisation_id,
        occurrence=occurrence,
        unit_id=occurrence.unit_id,
        by=by,
        at=at,
        said_by=said_by,
        happened_on=happened_on,
        note=note,
    )
    kept = [
        files.keep(
            upload.chunks,
            name=upload.name,
            media_type=upload.media_type,
            organisation_id=occurrence.organisation_id,
            at=at,
        )
        for upload in uploads
    ]
    SubmissionFile.objects.bulk_create(
        SubmissionFile(organisation_id=occurrence.organisation_id, submission=submission, file=file)
        for file in kept
    )
    _record(
        "occurrence.submitted",
        occurrence,
        by=by,
        at=at,
        submission=submission.pk,
        note=note,
        said_by=said_by,
        happened_on=happened_on,
        files=[{"id": f.pk, "name": f.name, "sha256": f.sha256, "size": f.size} for f in kept],
    )
    return submission


def may_review(
    occurrence: Occurrence,
    submission: Submission | None,
    standing: access.Standing,
    reviewers: Reviewers,
) -> Decision:
    """The review rule for one occurrence; for buttons and for the act itself."""
    return decide(
        standing,
        reviewers,
        unit_id=occurrence.unit_id,
        leader_appointment=occurrence.task.leader_id,
        reported_by=submission.by_id if submission else None,
    )


def accept(
    occurrence: Occurrence,
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
    note: str = "",
) -> Review:
    """Accept what a unit reported; a salted digest binds the verdict to exactly that.

    Raises `NotReviewable` unless it is submitted, `NotYours` if `by` may not review it, `Stale`.
    """
    return _review(occurrence, Review.Verdict.ACCEPTED, note=note, by=by, at=at, seen=seen)


def return_(
    occurrence: Occurrence, *, note: str, by: "User", at: datetime, seen: int | None = None
) -> Review:
    """Return a report with the reason. Raises as `accept` does, and `BadInput` without a reason."""
    if not note.strip():
        raise BadInput(_("Write what is missing, so that the unit can mend it."), field="note")
    return _review(occurrence, Review.Verdict.RETURNED, note=note, by=by, at=at, seen=seen)


@transaction.atomic
def _review(
    occurrence: Occurrence,
    verdict: str,
    *,
    note: str,
    by: "User",
    at: datetime,
    seen: int | None,
) -> Review:
    if occurrence.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    submission = occurrence.submissions.order_by("-at", "-id").first()
    reviewers = Reviewers(occurrence.organisation_id, standing.on)
    decision = may_review(occurrence, submission, standing, reviewers)
    if not decision.allowed:
        raise NotYours(WHY.get(decision.why))
    if occurrence.state != State.SUBMITTED or submission is None:
        raise NotReviewable()
    note = typed(note.replace("\r", "").replace("\n", " "), field="note", most=2000, optional=True)
    accepted = verdict == Review.Verdict.ACCEPTED
    _move(
        occurrence,
        State.ACCEPTED if accepted else State.RETURNED,
        by=by,
        at=at,
        seen=seen,
        closed_on=day_of(at) if accepted else None,
    )
    salt = os.urandom(16)
    review = Review.objects.create(
        organisation_id=occurrence.organisation_id,
        occurrence=occurrence,
        submission=submission,
        verdict=verdict,
        by=by,
        at=at,
        note=note,
        cross_check=decision.cross_check,
        salt=salt.hex(),
        digest=merkle.commitment(salt, canonical(content_of(submission))).hex(),
    )
    _record(
        "occurrence.accepted" if accepted else "occurrence.returned",
        occurrence,
        by=by,
        at=at,
        review=review.pk,
        submission=submission.pk,
        note=note,
        cross_check=decision.cross_check,
        digest=review.digest,
    )
    return review


def content_of(submission: Submission) -> dict[str, Any]:
    """Exactly what a reviewer decides on: the digest of a review is over this."""
    entered = {"said_by": submission.said_by} if submission.said_by else {}
    return {
        **entered,
        "submission": str(submission.pk),
        "occurrence": str(submission.occurrence_id),
        "note": submission.note,
        "happened_on": submission.happened_on.isoformat() if submission.happened_on else None,
        "at": moment(submission.at),
        "files": [
            {"name": a.file.name, "sha256": a.file.sha256, "size": a.file.size}
            for a in submission.attached.select_related("file").order_by("file_id")
        ],
    }


@transaction.atomic
def waive(
    occurrence: Occurrence, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """The issuer lets a unit off one occurrence, with the reason."""
    if occurrence.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    owner = queries.path_of(occurrence.directive.owner_id, standing.on)
    standing.require("directive.issue", owner)
    if occurrence.state not in (State.OPEN, State.RETURNED):
        raise NotOpen()
    reason = typed(reason, field="reason", most=500)
    _move(occurrence, State.WAIVED, by=by, at=at, seen=seen, closed_on=day_of(at))
    _record("occurrence.waived", occurrence, by=by, at=at, reason=reason)
