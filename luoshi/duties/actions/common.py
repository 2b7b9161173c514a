"""What the acts on an occurrence share: moving it, its entry, who is on the side that gave it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change
from luoshi.base.refused import NotAllowed, Refused
from luoshi.duties.models import Assignment, Occurrence, Transition
from luoshi.duties.sums import Tally
from luoshi.ledger import actions as ledger
from luoshi.orgs import access, paths, queries
from luoshi.orgs.models import Unit, UnitKind

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = Occurrence.State
DECIDE = "request.decide"


class NotOpen(Refused):
    """The occurrence takes no report in its state."""

    status = 409
    default = _("This was reported or closed already; there is nothing to report now.")


class NotGiver(NotAllowed):
    """Only whoever gave the work decides on it, and never the unit that asks."""

    default = _("Whoever gave this work decides on it; your post does not.")


def move(
    occurrence: Occurrence,
    to: str,
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
    tally: Tally | None = None,
    **values: Any,
) -> None:
    """Swap the state (and other values), keep the transition, count it in the sums."""
    before, due = occurrence.state, occurrence.due_on
    change(occurrence, seen=seen, state=to, **values)
    Transition.objects.create(
        organisation_id=occurrence.organisation_id,
        occurrence=occurrence,
        from_state=before,
        to_state=to,
        due_was=due,
        due_on=occurrence.due_on,
        at=at,
        by=by,
    )
    mine = Tally() if tally is None else tally
    mine.moved(occurrence, (before, due))
    if tally is None:
        mine.write(occurrence.organisation_id)


def begin(
    assignment: Assignment,
    key: str,
    due_on: date,
    *,
    number: int = 1,
    by: "User",
    at: datetime,
    tally: Tally,
) -> Occurrence:
    """A further occurrence of an assignment: another round, or doing it again."""
    occurrence = Occurrence.objects.create(
        organisation_id=assignment.organisation_id,
        assignment=assignment,
        directive_id=assignment.directive_id,
        task_id=assignment.task_id,
        unit_id=assignment.unit_id,
        key=key,
        number=number,
        due_on=due_on,
    )
    Transition.objects.create(
        organisation_id=assignment.organisation_id,
        occurrence=occurrence,
        from_state="",
        to_state=State.OPEN,
        due_on=due_on,
        at=at,
        by=by,
    )
    tally.moved(occurrence, None)
    return occurrence


def begun(occurrence: Occurrence) -> dict[str, Any]:
    """A further occurrence as the entry of its act names it."""
    return {
        "id": occurrence.pk,
        "key": occurrence.key,
        "number": occurrence.number,
        "due_on": occurrence.due_on,
        "state": occurrence.state,
    }


def record(kind: str, occurrence: Occurrence, *, by: "User", at: datetime, **values: Any) -> None:
    """The entry of an act on one occurrence."""
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


def gave(standing: access.Standing, assignment: Assignment) -> bool:
    """Whether the person acts for whoever gave this work: the issuer, or the unit that broke its
    part down. Nobody who sits in the unit or below it, or leads the task, decides for it; for the
    root, which has nothing beside it, the discipline body does, as it verifies it.
    """
    path = queries.last_path(assignment.unit_id, standing.on)
    if paths.depth(path) == 1:
        return (
            standing.has(DECIDE)
            and Unit.objects.filter(
                pk__in=standing.unit_ids, unit_kind=UnitKind.DISCIPLINE
            ).exists()
        )
    if any(s.unit_path.startswith(path) for s in standing.seats):
        return False
    if assignment.task.leader_id in {s.appointment_id for s in standing.seats}:
        return False
    if assignment.parent_id:
        above = assignment.parent
        return standing.may(DECIDE, queries.last_path(above.unit_id, standing.on))
    return standing.may(DECIDE, queries.last_path(assignment.directive.owner_id, standing.on))


def require_giver(standing: access.Standing, assignment: Assignment) -> None:
    """Raise `NotGiver` unless the person decides on what this unit asks."""
    if not gave(standing, assignment):
        raise NotGiver()
