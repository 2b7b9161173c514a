"""What an upheld objection does: the rest of an assignment leaves a unit, to another one or not."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from luoshi.base.clock import day_of
from luoshi.base.refused import BadInput, Refused
from luoshi.directives.models import Part
from luoshi.directives.schedule import Due
from luoshi.duties.actions.common import NotOpen, lapse, move, rehang
from luoshi.duties.actions.handing import Hand
from luoshi.duties.actions.settling import give_away
from luoshi.duties.models import Assignment, Occurrence, Request
from luoshi.duties.sums import Tally
from luoshi.orgs import queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = Occurrence.State
OWED = (State.OPEN, State.RETURNED)


def take_away(
    asked: Request, to: Unit | None, *, by: "User", at: datetime, tally: Tally
) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
    """Take what a unit still owes off it, and hand it to another one where one is named.

    What it has reported stays with it. Parts that it gave on below must be taken back first; those
    that are closed answer to the taker from now on.
    """
    assignment = asked.assignment
    if assignment.state != Assignment.State.OPEN:
        raise NotOpen(_("This is closed or was given to another unit already."))
    if to is None and assignment.parent_id is None and not _others(assignment):
        raise BadInput(
            _(
                "Name the unit that takes it over: no other unit leads this task. If nobody is to "
                "do it, let the unit off instead."
            ),
            field="moved_to",
        )
    if assignment.children.filter(state=Assignment.State.OPEN).exists():
        raise Refused(_("The unit gave parts of it on below; those must be closed or moved first."))
    owed = list(assignment.occurrences.filter(state__in=OWED).order_by("due_on", "key", "number"))
    if assignment.occurrences.filter(state__in=(State.SUBMITTED, State.PAUSED)).exists():
        raise Refused(_("A report waits for its verdict, or a pause runs; decide that first."))
    rows = None
    if to is not None:
        hand = Hand(assignment.directive, at, tally)
        dues = [Due(o.key, o.number, o.due_on) for o in owed]
        _check_taker(assignment, to, at)
        hand.out(
            assignment.task_id, [(to.pk, assignment.part)], dues, parent=assignment.parent_id,
            titles=[(assignment.title, assignment.note)], taken_from=assignment.pk,
        )  # fmt: skip
        hand.write()
        rows = hand.rows
        parts = rehang(assignment, rows[0]["id"])
    else:
        parts = []
    for occurrence in owed:
        move(occurrence, State.WAIVED, by=by, at=at, tally=tally, closed_on=day_of(at))
    lapsed = lapse(assignment=assignment, but=asked, by=by, at=at)
    changed = give_away(assignment, by=by, at=at, tally=tally)
    more = {name: found for name, found in (("parts", parts), ("lapsed", lapsed)) if found}
    return {"closed": changed, "waived": [settled(o) for o in owed], **more}, rows


def _others(assignment: Assignment) -> bool:
    """Whether another unit leads the same task beside this one."""
    return (
        Assignment.objects.filter(
            organisation_id=assignment.organisation_id,
            task_id=assignment.task_id,
            parent_id=assignment.parent_id,
            part=Part.LEAD,
        )
        .exclude(pk=assignment.pk)
        .exclude(state=Assignment.State.MOVED)
        .exists()
    )


def _check_taker(assignment: Assignment, to: Unit, at: datetime) -> None:
    """Refuse a unit that has the work already or stands outside of what the giver can give to."""
    giver = assignment.parent.unit_id if assignment.parent_id else assignment.directive.owner_id
    on = day_of(at)
    path = queries.paths_of([to.pk], on).get(to.pk, "")
    above = queries.path_of(giver, on)
    if not path.startswith(above) or (assignment.parent_id and path == above):
        raise BadInput(_("A unit outside your tree cannot be given a task."), field="moved_to")
    same = Assignment.objects.filter(
        organisation_id=assignment.organisation_id, task_id=assignment.task_id, unit=to,
        parent_id=assignment.parent_id, part__in=(assignment.part, Part.LEAD),
    ).exclude(state=Assignment.State.MOVED)  # fmt: skip
    if same.exists():
        raise BadInput(_("“%(unit)s” has its part already."), field="moved_to", unit=to.name)


def settled(occurrence: Occurrence) -> dict[str, Any]:
    """An occurrence as the entry of another object's act names it."""
    return {
        "id": occurrence.pk,
        "version": occurrence.version,
        "state": occurrence.state,
        "due_on": occurrence.due_on,
        "extensions": occurrence.extensions,
    }
