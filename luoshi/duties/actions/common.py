"""What the acts on an occurrence share: moving it, its entry, who is on the side that gave it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change
from luoshi.base.clock import day_of
from luoshi.base.refused import BadInput, NotAllowed, Refused
from luoshi.duties.access import answers_to
from luoshi.duties.models import Assignment, Occurrence, Request, Transition
from luoshi.duties.sums import Tally
from luoshi.ledger import actions as ledger
from luoshi.orgs import access, paths, queries
from luoshi.orgs.models import Unit, UnitKind

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = Occurrence.State
DECIDE = "request.decide"
YEARS = 5
"""So far ahead a day may lie."""


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


def next_key(assignment_id: UUID, letter: str, *, least: int = 1) -> str:
    """The key of a further occurrence: R2, R3, … for rounds, E1, E2, … for doing it again."""
    keys = Occurrence.objects.filter(
        assignment_id=assignment_id, key__startswith=letter
    ).values_list("key", flat=True)
    most = max((int(k[1:]) for k in keys if k[1:].isdecimal()), default=0)
    return f"{letter}{max(most + 1, least)}"


def check_day_to_come(day: date, at: datetime, *, field: str) -> None:
    """Refuse a day that is not to come, or lies more than five years off."""
    today = day_of(at)
    if day <= today:
        raise BadInput(_("Choose a day to come."), field=field)
    if day.year > today.year + YEARS:
        raise BadInput(_("Choose a day within the next %(years)s years."), field=field, years=YEARS)


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


def lapse(
    *,
    assignment: Assignment | None = None,
    occurrence: Occurrence | None = None,
    kind: str = "",
    but: Request | None = None,
    by: "User",
    at: datetime,
) -> list[dict[str, Any]]:
    """Requests about something that is settled need no answer any more; for the entry of its act.

    `kind`: these alone; `but`: the request that is being granted.
    """
    rows = Request.objects.filter(state=Request.State.ASKED)
    if occurrence is not None:
        rows = rows.filter(occurrence=occurrence)
    else:
        rows = rows.filter(assignment=assignment)
    if kind:
        rows = rows.filter(kind=kind)
    told = []
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    for asked in rows.order_by("id"):
        change(asked, state=Request.State.LAPSED, decided_by=by, decided_at=at)
        told.append({"id": str(asked.pk), "version": asked.version, "state": str(asked.state)})
    return told


def rehang(found: Assignment, taker: UUID | str) -> list[dict[str, Any]]:
    """Parts further down answer to the taker from now on; for the entry of its act."""
    told = []
    for child in found.children.order_by("id"):
        change(child, parent_id=UUID(str(taker)))
        told.append({"id": str(child.pk), "version": child.version})
    return told


def gave(standing: access.Standing, assignment: Assignment) -> bool:
    """Whether the person acts for whoever gave this work: the issuer, or the unit that broke its
    part down; where that unit is closed or no longer stands above, the unit directly above decides.
    Nobody who sits in the unit or below it, is in charge of it, or leads the task decides for it;
    for the root, which has nothing beside it, the discipline body does, as it verifies it.
    """
    if not standing.has(DECIDE) or assignment.unit_id in standing.in_charge:
        return False
    if assignment.task.leader_id in {s.appointment_id for s in standing.seats}:
        return False
    path = queries.last_path(assignment.unit_id, standing.on)
    if paths.depth(path) == 1:
        return Unit.objects.filter(pk__in=standing.unit_ids, unit_kind=UnitKind.DISCIPLINE).exists()
    if any(s.unit_path.startswith(path) for s in standing.seats):
        return False
    giver = assignment.parent.unit_id if assignment.parent_id else assignment.directive.owner_id
    where = queries.paths_of([giver], standing.on).get(giver, "")
    return standing.may(DECIDE, answers_to(path, where))


def require_giver(standing: access.Standing, assignment: Assignment) -> None:
    """Raise `NotGiver` unless the person decides on what this unit asks."""
    if not gave(standing, assignment):
        raise NotGiver()
