"""What units put forward: the lead unit its report, support units their part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base import files
from luoshi.base.change import change, claim
from luoshi.base.clock import day_of
from luoshi.base.models import StoredFile
from luoshi.base.names import typed, typed_text
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives.models import Part
from luoshi.duties.actions.common import NotOpen, move, record
from luoshi.duties.models import Assignment, Occurrence, Submission, SubmissionFile
from luoshi.orgs import access, queries

if TYPE_CHECKING:
    from luoshi.accounts.models import User

MOST_FILES = 20
BEFORE = timedelta(days=366)
"""So long before the issue something may have happened that is reported for it."""
State = Occurrence.State


class TooManyFiles(Refused):
    """More files than a report takes."""

    default = _("At most %(most)s files go with a report. Put them into one archive or document.")


class NothingBefore(Refused):
    """There is no accepted report that could hold unchanged."""

    default = _(
        "No report of this unit was accepted yet, so there is nothing that holds unchanged."
    )


class NotPeriodic(Refused):
    """Only what recurs can be as it was the last time."""

    default = _(
        "“Nothing has changed” is for what recurs. A milestone, a round, or what is done again "
        "after an effect check needs a report of its own."
    )


class NoPart(Refused):
    """The unit does not support this task, or its work was given away."""

    status = 409
    default = _("Your unit has no supporting part in this any more.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives: name, type as claimed, bytes in pieces."""

    name: str
    media_type: str
    chunks: Iterable[bytes]


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
    unchanged: bool = False,
    request_id: str = "",
) -> Submission:
    """A unit reports an occurrence with a note or files. Late is taken as well, and shown as late.

    `unchanged`: the last accepted report of the same assignment still holds; nothing need be
    written again. The office above may enter it for the unit (代录); `said_by` then names who
    reported. Raises `NotOpen`, `NotAllowed` for another unit's occurrence, `BadInput`,
    `TooManyFiles`, `NothingBefore`.
    """
    said_by = _allowed(occurrence, occurrence.unit_id, said_by, by=by, at=at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if occurrence.state not in (State.OPEN, State.RETURNED):
        raise NotOpen()
    same_as = _holding(occurrence) if unchanged else None
    note = _checked(occurrence, note, uploads, happened_on, at=at, needed=not unchanged)
    move(occurrence, State.SUBMITTED, by=by, at=at, seen=seen)
    submission, kept = _keep(
        occurrence, occurrence.unit_id, Part.LEAD, note, uploads, happened_on, said_by,
        same_as=same_as, by=by, at=at,
    )  # fmt: skip
    record(
        "occurrence.submitted",
        occurrence,
        by=by,
        at=at,
        submission=submission.pk,
        note=note,
        said_by=said_by,
        happened_on=happened_on,
        files=listed(kept),
        **({"same_as": same_as.pk} if same_as else {}),
    )
    return submission


@transaction.atomic
def contribute(
    assignment: Assignment,
    occurrence: Occurrence,
    *,
    note: str,
    by: "User",
    at: datetime,
    uploads: Sequence[Upload] = (),
    happened_on: date | None = None,
    said_by: str = "",
    request_id: str = "",
) -> Submission:
    """A support unit adds its part to what the lead unit reports, until that is accepted.

    `assignment` is the support unit's own; the occurrence is one of the same task. The reviewer
    decides on all of it: who has the page open is told that something was added. Raises `NoPart`,
    `NotOpen`, `BadInput`, `TooManyFiles`.
    """
    if occurrence.organisation_id != by.organisation_id:
        raise OutOfScope()
    said_by = _allowed(assignment, assignment.unit_id, said_by, by=by, at=at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if (
        assignment.part != Part.SUPPORT
        or assignment.state == Assignment.State.MOVED
        or occurrence.task_id != assignment.task_id
    ):
        raise NoPart()
    if occurrence.state not in (State.OPEN, State.RETURNED, State.SUBMITTED):
        raise NotOpen()
    note = _checked(occurrence, note, uploads, happened_on, at=at, needed=True)
    change(occurrence)
    submission, kept = _keep(
        occurrence, assignment.unit_id, Part.SUPPORT, note, uploads, happened_on, said_by,
        same_as=None, by=by, at=at,
    )  # fmt: skip
    record(
        "occurrence.contributed",
        occurrence,
        by=by,
        at=at,
        submission=submission.pk,
        unit=assignment.unit_id,
        note=note,
        said_by=said_by,
        happened_on=happened_on,
        files=listed(kept),
    )
    return submission


def _holding(occurrence: Occurrence) -> Submission:
    """The report of an earlier period that still holds, as it was first written."""
    if not recurs(occurrence):
        raise NotPeriodic()
    found = last_accepted(occurrence)
    if found is None:
        raise NothingBefore()
    return found.same_as or found


def recurs(occurrence: Occurrence) -> bool:
    """Whether it is one of several periods: a milestone, a round or doing it again is none."""
    return bool(occurrence.task.rhythm) and not occurrence.key.startswith(("E", "M", "R"))


def last_accepted(occurrence: Occurrence) -> Submission | None:
    """The unit's last accepted report in the same assignment."""
    return (
        Submission.objects.filter(
            organisation_id=occurrence.organisation_id,
            occurrence__assignment_id=occurrence.assignment_id,
            part=Part.LEAD,
            reviews__verdict="accepted",
        )
        .select_related("same_as")
        .order_by("-at", "-id")
        .first()
    )


def _allowed(
    what: Occurrence | Assignment, unit_id: UUID, said_by: str, *, by: "User", at: datetime
) -> str:
    """Who may report for the unit; the name of who did where the office enters it."""
    if what.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    path = queries.path_of(unit_id, standing.on)
    if standing.may("occurrence.submit", path):
        return ""
    standing.require("occurrence.record", path)
    return typed(said_by, field="said_by", most=60)


def _checked(
    occurrence: Occurrence,
    note: str,
    uploads: Sequence[Upload],
    happened_on: date | None,
    *,
    at: datetime,
    needed: bool,
) -> str:
    note = typed_text(note, field="note", most=5000)
    if needed and not note and not uploads:
        raise BadInput(_("Write what was done, or attach a proof."), field="note")
    if happened_on is not None and happened_on > day_of(at):
        raise BadInput(_("The day lies in the future."), field="happened_on")
    issued = occurrence.directive.handed_out_at
    if happened_on is not None and issued and happened_on < day_of(issued) - BEFORE:
        raise BadInput(
            _("The day lies more than a year before this was issued."), field="happened_on"
        )
    if len(uploads) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES, field="files")
    return note


def _keep(
    occurrence: Occurrence,
    unit_id: UUID,
    part: str,
    note: str,
    uploads: Sequence[Upload],
    happened_on: date | None,
    said_by: str,
    *,
    same_as: Submission | None,
    by: "User",
    at: datetime,
) -> tuple[Submission, list[StoredFile]]:
    submission = Submission.objects.create(
        organisation_id=occurrence.organisation_id,
        occurrence=occurrence,
        unit_id=unit_id,
        by=by,
        at=at,
        said_by=said_by,
        happened_on=happened_on,
        note=note,
        part=part,
        same_as=same_as,
    )
    kept = kept_files(uploads, organisation_id=occurrence.organisation_id, at=at)
    SubmissionFile.objects.bulk_create(
        SubmissionFile(organisation_id=occurrence.organisation_id, submission=submission, file=file)
        for file in kept
    )
    return submission, kept


def kept_files(
    uploads: Sequence[Upload], *, organisation_id: UUID, at: datetime
) -> list[StoredFile]:
    """Keep files as they arrived; inside the action's transaction."""
    return [
        files.keep(
            upload.chunks,
            name=upload.name,
            media_type=upload.media_type,
            organisation_id=organisation_id,
            at=at,
        )
        for upload in uploads
    ]


def listed(kept: Sequence[StoredFile]) -> list[dict[str, Any]]:
    """Files as the entry of an act names them."""
    return [{"id": f.pk, "name": f.name, "sha256": f.sha256, "size": f.size} for f in kept]
