"""代录: what units without accounts report on paper or in a workbook, entered by the office."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from luoshi.base import pending
from luoshi.base.change import change
from luoshi.base.models import PendingUpload
from luoshi.base.names import typed
from luoshi.base.refused import OutOfScope, Refusal
from luoshi.duties.actions.common import NotOpen
from luoshi.duties.models import Occurrence, Submission, Transition
from luoshi.duties.sums import Tally
from luoshi.ledger import actions as ledger
from luoshi.lib.ids import new_id
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User
    from luoshi.duties.offline import Check

State = Occurrence.State


@dataclass(frozen=True, slots=True)
class Said:
    """A report as it came: for which occurrence (and its version), by whom, with what words."""

    occurrence_id: UUID
    seen: int
    note: str
    happened_on: date | None = None
    said_by: str = ""


@transaction.atomic
def record_returned(
    unit: Unit, said: Sequence[Said], *, source: str, by: "User", at: datetime
) -> int:
    """Enter what one unit reported in a returned workbook; all of its rows or none.

    Each becomes a submission by the unit, entered by `by` with the name of who reported (else the
    unit's). One bulk entry with a row for each. Raises `NotAllowed`, `NotOpen`, `Stale`,
    `OutOfScope` for an occurrence of another unit. Returns how many.
    """
    if unit.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    standing.require("occurrence.record", queries.path_of(unit.pk, standing.on))
    if not said:
        return 0
    found = {
        o.pk: o
        for o in Occurrence.objects.filter(
            organisation_id=by.organisation_id,
            unit=unit,
            pk__in=[one.occurrence_id for one in said],
        )
    }
    submissions, transitions, rows = [], [], []
    tally = Tally()
    for one in said:
        occurrence = found.get(one.occurrence_id)
        if occurrence is None:
            raise OutOfScope()
        before = occurrence.state
        if before not in (State.OPEN, State.RETURNED):
            raise NotOpen()
        change(occurrence, seen=one.seen, state=State.SUBMITTED)
        tally.moved(occurrence, (before, occurrence.due_on))
        who = typed(one.said_by, field="by", most=60, optional=True) or unit.name[:60]
        submission = Submission(
            id=new_id(),
            organisation_id=by.organisation_id,
            occurrence=occurrence,
            unit=unit,
            by=by,
            said_by=who,
            at=at,
            happened_on=one.happened_on,
            note=one.note,
        )
        submissions.append(submission)
        transitions.append(
            Transition(
                id=new_id(),
                organisation_id=by.organisation_id,
                occurrence=occurrence,
                from_state=before,
                to_state=State.SUBMITTED,
                due_was=occurrence.due_on,
                due_on=occurrence.due_on,
                at=at,
                by=by,
            )
        )
        rows.append(
            {
                "occurrence": str(occurrence.pk),
                "version": occurrence.version,
                "state": str(State.SUBMITTED),
                "submission": str(submission.pk),
                "note": one.note,
                "happened_on": one.happened_on.isoformat() if one.happened_on else None,
                "said_by": who,
            }
        )
    Submission.objects.bulk_create(submissions, batch_size=500)
    Transition.objects.bulk_create(transitions, batch_size=500)
    tally.write(by.organisation_id)
    ledger.append(
        "occurrences.recorded",
        organisation_id=by.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="unit",
        object_id=unit.pk,
        version=unit.version,
        values={"source": source},
        rows=rows,
    )
    return len(rows)


@dataclass(slots=True)
class Outcome:
    """What came of a merge: rows taken, and files whose rows could not be, with the reason."""

    taken: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def merge_returned(found: "Check", upload: PendingUpload, *, by: "User", at: datetime) -> Outcome:
    """Enter every row that the dry run would take, one transaction a file; then it is used up.

    A file in which something moved on in between stays out as a whole and is named: of two merges
    of the same upload the second one finds its rows reported. Raises `AlreadyDone` then, at the
    end.
    """
    outcome = Outcome()
    ids = {f.unit_id for f in found.files if f.takes and f.unit_id}
    units = Unit.objects.filter(organisation_id=by.organisation_id).in_bulk(list(ids))
    for one in found.files:
        if not one.takes or one.unit_id not in units:
            continue
        said = [
            Said(e.occurrence_id, e.version, e.note, e.happened_on, e.said_by)
            for e in one.takes
            if e.occurrence_id
        ]
        try:
            outcome.taken += record_returned(
                units[one.unit_id], said, source=one.name, by=by, at=at
            )
        except Refusal as error:
            outcome.failed.append((one.name, str(error)))
    pending.done(upload)
    return outcome
