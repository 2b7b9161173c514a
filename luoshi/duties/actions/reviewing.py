"""Verdicts on reports by somebody outside the unit, bound to exactly what was reviewed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refusal, Refused
from luoshi.directives.models import Part, TaskKind
from luoshi.duties.access import Decision, Reviewers, authors, decide
from luoshi.duties.actions.common import (
    begin,
    begun,
    check_day_to_come,
    lapse,
    move,
    next_key,
    record,
)
from luoshi.duties.actions.settling import check_parts, settle
from luoshi.duties.models import Occurrence, Review, Submission
from luoshi.duties.sums import Tally
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical, moment
from luoshi.orgs import access

if TYPE_CHECKING:
    from luoshi.accounts.models import User

MOST_AT_ONCE = 20
"""So many are reviewed on one page: each is looked at, none is ticked unseen."""
State = Occurrence.State


class NotReviewable(Refused):
    """The occurrence is not waiting for a review."""

    status = 409
    default = _("This is not waiting for review; somebody may have decided it a moment ago.")


class NotYours(NotAllowed):
    """The person may not review this; the message says why."""

    default = _("Somebody outside the unit verifies this; your post does not.")


WHY = {
    "own_unit": _("Nobody verifies the work of their own unit."),
    "own_report": _("You reported this yourself; somebody else verifies it."),
    "in_charge": _("You are in charge of this unit; somebody else verifies it."),
    "closed": _("This unit was closed; hand over what it left behind."),
    "leads": _("You lead this task; somebody else verifies it."),
}


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
        reported_by=authors(submission, occurrence.submissions.filter(part=Part.SUPPORT)),
    )


def accept(
    occurrence: Occurrence,
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
    note: str = "",
    again_on: date | None = None,
) -> Review:
    """Accept what a unit reported; a salted digest binds the verdict to exactly that.

    For hard work `again_on` asks for another round until that day; without it the matter is
    solved. Raises `NotReviewable` unless it is submitted, `NotYours` if `by` may not review it,
    `PartsOpen` while parts below are open, `Stale`.
    """
    return _review(
        occurrence, Review.Verdict.ACCEPTED, note=note, again_on=again_on, by=by, at=at, seen=seen
    )


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
    again_on: date | None = None,
) -> Review:
    if occurrence.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    submission = (
        occurrence.submissions.filter(part=Part.LEAD)
        .select_related("same_as")
        .order_by("-at", "-id")
        .first()
    )
    reviewers = Reviewers(occurrence.organisation_id, standing.on)
    decision = may_review(occurrence, submission, standing, reviewers)
    if not decision.allowed:
        raise NotYours(WHY.get(decision.why))
    if occurrence.state != State.SUBMITTED or submission is None:
        raise NotReviewable()
    note = typed(note.replace("\r", "").replace("\n", " "), field="note", most=2000, optional=True)
    accepted = verdict == Review.Verdict.ACCEPTED
    _check_round(occurrence, again_on, at)
    tally = Tally()
    if accepted:
        check_parts(occurrence)
    move(
        occurrence,
        State.ACCEPTED if accepted else State.RETURNED,
        by=by,
        at=at,
        seen=seen,
        tally=tally,
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
        solved=again_on is None,
        salt=salt.hex(),
        digest=merkle.commitment(salt, canonical(content_of(submission, at))).hex(),
    )
    more: dict[str, Any] = {}
    if again_on is not None:
        key = next_key(occurrence.assignment_id, "R", least=2)
        more["next"] = begun(begin(occurrence.assignment, key, again_on, by=by, at=at, tally=tally))
    elif accepted and (closed := settle(occurrence.assignment, by=by, at=at, tally=tally)):
        more["closed"] = closed
    if accepted and (lapsed := lapse(occurrence=occurrence, by=by, at=at)):
        more["lapsed"] = lapsed
    tally.write(occurrence.organisation_id)
    record(
        "occurrence.accepted" if accepted else "occurrence.returned",
        occurrence,
        by=by,
        at=at,
        review=review.pk,
        submission=submission.pk,
        note=note,
        cross_check=decision.cross_check,
        digest=review.digest,
        **more,
    )
    return review


def _check_round(occurrence: Occurrence, again_on: date | None, at: datetime) -> None:
    if again_on is None:
        return
    if occurrence.task.task_kind != TaskKind.HARD:
        raise BadInput(_("Only hard work goes in rounds."), field="again_on")
    check_day_to_come(again_on, at, field="again_on")


def content_of(submission: Submission, at: datetime) -> dict[str, Any]:
    """Exactly what a reviewer decides on at a moment: the digest of a review is over this.

    Parts that support units had added by then belong to it.
    """
    parts = submission.occurrence.submissions.filter(part=Part.SUPPORT, at__lte=at)
    found = _content(submission)
    listed = [_content(part) for part in parts.order_by("at", "id")]
    return {**found, "parts": listed} if listed else found


def _content(submission: Submission) -> dict[str, Any]:
    more: dict[str, Any] = {"said_by": submission.said_by} if submission.said_by else {}
    if submission.same_as_id:
        more["same_as"] = str(submission.same_as_id)
    if submission.part == Part.SUPPORT:
        more["unit"] = str(submission.unit_id)
    return {
        **more,
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


def holds(review: Review) -> bool:
    """Whether a verdict still stands for what is stored: a content that was changed has none."""
    made = merkle.commitment(
        bytes.fromhex(review.salt), canonical(content_of(review.submission, review.at))
    )
    return made.hex() == review.digest


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of a page of reviews: which, as it was seen, accepted or returned with a reason."""

    occurrence: Occurrence
    seen: int
    accepted: bool
    note: str = ""


@dataclass(slots=True)
class Reviewed:
    """What came of a page of reviews; `failed` are the lines that could not be, with the reason."""

    accepted: int = 0
    returned: int = 0
    failed: list[tuple[Verdict, str]] = field(default_factory=list)


def review_many(verdicts: Sequence[Verdict], *, by: "User", at: datetime) -> Reviewed:
    """Carry out the verdicts of one page, each an act of its own; what is refused stays as it is.

    At most twenty; raises `BadInput` for more.
    """
    if len(verdicts) > MOST_AT_ONCE:
        raise BadInput(_("At most %(most)s at once."), most=MOST_AT_ONCE)
    outcome = Reviewed()
    for one in verdicts:
        try:
            if one.accepted:
                accept(one.occurrence, note=one.note, by=by, at=at, seen=one.seen)
                outcome.accepted += 1
            else:
                return_(one.occurrence, note=one.note, by=by, at=at, seen=one.seen)
                outcome.returned += 1
        except Refusal as error:
            outcome.failed.append((one, str(error)))
    return outcome
