"""When an assignment closes and when it opens again, up the chain of parts.

A unit's part closes only when everything that it owes is accepted or waived and the parts below are
closed or were given away. What opens again below opens what stands above, visibly.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change
from luoshi.base.clock import day_of
from luoshi.base.refused import Refused
from luoshi.directives.models import Part, TaskKind
from luoshi.directives.price import table
from luoshi.duties.actions.common import lapse
from luoshi.duties.models import Assignment, Closing, Occurrence, Request
from luoshi.duties.sums import Tally, code_of
from luoshi.lib.workdays import DAY

if TYPE_CHECKING:
    from datetime import date

    from luoshi.accounts.models import User
    from luoshi.directives.models import Task

State = Occurrence.State
SETTLED = (State.ACCEPTED, State.WAIVED)
CHECK_AFTER = 30
"""Days from the closure of a key task to its effect check, where the task says nothing else."""


class PartsOpen(Refused):
    """Parts below are not closed yet, so this cannot be accepted."""

    status = 409
    default = _("Not closed below yet: %(names)s. This can be accepted once they are.")


def check_parts(occurrence: Occurrence) -> None:
    """Refuse to accept an occurrence while the parts below owe the same, or anything at the end."""
    children = Assignment.objects.filter(
        organisation_id=occurrence.organisation_id, parent_id=occurrence.assignment_id
    ).exclude(state=Assignment.State.MOVED)
    rest = (
        Occurrence.objects.filter(assignment_id=occurrence.assignment_id)
        .exclude(pk=occurrence.pk)
        .exclude(state__in=SETTLED)
    )
    if rest.exists():
        behind = Occurrence.objects.filter(
            assignment__in=children, key=occurrence.key, number=occurrence.number
        ).exclude(state__in=SETTLED)
        children = children.filter(pk__in=behind.values("assignment_id"))
    else:
        children = children.filter(state=Assignment.State.OPEN)
    names = list(
        children.order_by("unit__position", "unit_id").values_list("unit__name", flat=True)[:6]
    )
    if names:
        raise PartsOpen(names="、".join(names[:5]) + ("……" if len(names) > 5 else ""))


def settle(
    assignment: Assignment, *, by: "User", at: datetime, tally: Tally
) -> list[dict[str, Any]]:
    """Close the assignment where everything is done, then those above it; what closed."""
    changed: list[dict[str, Any]] = []
    found: Assignment | None = assignment
    cause: Assignment | None = None
    while found is not None:
        found = _locked(found)
        if found.state != Assignment.State.OPEN or found.part != Part.LEAD:
            break
        owed = Occurrence.objects.filter(assignment=found)
        below = Assignment.objects.filter(parent=found)
        if owed.exclude(state__in=SETTLED).exists() or not (owed.exists() or below.exists()):
            break
        if below.filter(state=Assignment.State.OPEN, part=Part.LEAD).exists():
            break
        on = day_of(at)
        done = (
            owed.filter(state=State.ACCEPTED).exists()
            or below.filter(state=Assignment.State.CLOSED).exists()
        )
        check_on = effect_day(found.task, on) if done else None
        _change(
            found, Assignment.State.CLOSED, by=by, at=at, tally=tally, cause=cause, closed_on=on,
            effect=Assignment.Effect.UNCHECKED if check_on else Assignment.Effect.NONE,
            check_on=check_on,
        )  # fmt: skip
        lapsed = lapse(assignment=found, kind=Request.Kind.OBJECTION, by=by, at=at)
        changed.append({**said(found), "lapsed": lapsed} if lapsed else said(found))
        found, cause = found.parent, found
    _carry(assignment, changed)
    return changed


def reopen(
    assignment: Assignment, *, by: "User", at: datetime, tally: Tally
) -> list[dict[str, Any]]:
    """Open a closed assignment again, and the closed ones above it; what opened, for the entry."""
    changed: list[dict[str, Any]] = []
    found: Assignment | None = assignment
    cause: Assignment | None = None
    while found is not None:
        found = _locked(found)
        if found.state != Assignment.State.CLOSED:
            break
        _change(
            found, Assignment.State.OPEN, by=by, at=at, tally=tally, cause=cause, closed_on=None,
            effect=Assignment.Effect.NONE, check_on=None,
        )  # fmt: skip
        changed.append(said(found))
        found, cause = found.parent, found
    _carry(assignment, changed)
    return changed


def give_away(
    assignment: Assignment, *, by: "User", at: datetime, tally: Tally
) -> list[dict[str, Any]]:
    """Mark an assignment as given to another unit, and see whether what stands above closes."""
    found = _locked(assignment)
    _change(
        found, Assignment.State.MOVED, by=by, at=at, tally=tally, cause=None, closed_on=day_of(at),
        effect=Assignment.Effect.NONE, check_on=None,
    )  # fmt: skip
    changed = [said(found)]
    _carry(assignment, changed)
    if found.parent is not None:
        changed += settle(found.parent, by=by, at=at, tally=tally)
    return changed


def mark_effective(assignment: Assignment, *, by: "User", at: datetime, tally: Tally) -> None:
    """A closed key task had its effect."""
    found = _locked(assignment)
    _change(
        found, found.state, by=by, at=at, tally=tally, cause=None,
        effect=Assignment.Effect.EFFECTIVE, check_on=None,
    )  # fmt: skip
    _carry(assignment, [said(found)])


def pass_effect_on(
    taker: Assignment,
    check_on: "date | None",
    *,
    cause: Assignment,
    by: "User",
    at: datetime,
    tally: Tally,
) -> list[dict[str, Any]]:
    """What a closed unit had finished is closed with its taker too, its effect still to be seen."""
    found = _locked(taker)
    _change(
        found, Assignment.State.CLOSED, by=by, at=at, tally=tally, cause=cause,
        closed_on=cause.closed_on, effect=Assignment.Effect.UNCHECKED, check_on=check_on,
    )  # fmt: skip
    return [said(found)]


def said(assignment: Assignment) -> dict[str, Any]:
    """An assignment's state as the entry of an act names it."""
    return {
        "id": assignment.pk,
        "version": assignment.version,
        "state": assignment.state,
        "closed_on": assignment.closed_on,
        "effect": assignment.effect,
        "check_on": assignment.check_on,
    }


def effect_day(task: "Task", closed_on: "date") -> "date | None":
    """The day on which the effect of a key task is to be checked; None where no check is asked."""
    if task.task_kind != TaskKind.KEY:
        return None
    days = CHECK_AFTER if task.check_after is None else task.check_after
    if not days:
        return None
    day = closed_on + timedelta(days=days)
    calendar = table()
    while not calendar.is_workday(day):
        day += DAY
    return day


def lock(assignment: Assignment) -> None:
    """Lock an assignment and bring the caller's own copy up to what is stored."""
    _carry(assignment, [said(_locked(assignment))])


def _locked(assignment: Assignment) -> Assignment:
    """Read anew under a lock: two parts that close at once must not miss each other."""
    found: Assignment = (
        Assignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("task", "parent")
        .get(pk=assignment.pk, organisation_id=assignment.organisation_id)
    )
    return found


def _change(
    found: Assignment,
    to: str,
    *,
    by: "User",
    at: datetime,
    tally: Tally,
    cause: Assignment | None,
    **values: Any,
) -> None:
    before, code = found.state, (code_of(found), found.check_on)
    change(found, state=to, **values)
    Closing.objects.create(
        organisation_id=found.organisation_id,
        assignment=found,
        from_state=before,
        to_state=to,
        effect=found.effect,
        cause=cause,
        at=at,
        by=by,
    )
    tally.closed(found, code)


def _carry(assignment: Assignment, changed: list[dict[str, Any]]) -> None:
    """Bring the caller's own copy up to what was stored."""
    for one in changed:
        if one["id"] == assignment.pk:
            for name in ("version", "state", "closed_on", "effect", "check_on"):
                setattr(assignment, name, one[name])
