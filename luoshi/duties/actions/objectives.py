"""目标管理: set for a unit, values entered over time, concluded by somebody outside the unit."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change, claim
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives.models import Task
from luoshi.duties.access import Reviewers
from luoshi.duties.actions.reviewing import WHY, NotYours
from luoshi.duties.models import (
    Assignment,
    Objective,
    ObjectiveChange,
    ObjectiveTask,
    ObjectiveValue,
)
from luoshi.duties.models.objectives import DIGITS, PLACES
from luoshi.duties.objectives import (
    SET,
    decision,
    from_above,
    in_force,
    may_change,
    offered_leads,
)
from luoshi.ledger import actions as ledger
from luoshi.orgs import access, queries
from luoshi.orgs.models import Post, Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = Objective.State
Result = Objective.Result
FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋％", "0123456789.-+%")


class Concluded(Refused):
    """The objective takes nothing more."""

    status = 409
    default = _("This objective is concluded; nothing is entered any more.")


class NoValue(Refused):
    """Nothing was reported that could show it as reached."""

    status = 409
    default = _("No value was entered yet, so nobody can say that it is reached.")


@transaction.atomic
def set_objective(
    unit: Unit,
    *,
    year: int,
    title: str,
    indicator: str,
    counted_in: str = "",
    baseline: str = "",
    target: str,
    due_on: date | None,
    lead: Post | None = None,
    tasks: Sequence[Task] = (),
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Objective:
    """Set an objective of a unit for a year, from above or by the unit itself.

    `target` and `baseline` are numbers where they read as such, else words. Raises `NotAllowed`,
    `BadInput` with the field.
    """
    if unit.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    path = queries.path_of(unit.pk, standing.on)
    standing.require(SET, path)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if not standing.on.year - 1 <= year <= standing.on.year + 5:
        raise BadInput(_("Choose this year or one of the next."), field="year")
    values = _checked(
        unit.pk, unit.organisation_id, year, standing.on, title=title, indicator=indicator,
        counted_in=counted_in, baseline=baseline, target=target, due_on=due_on, lead=lead,
    )  # fmt: skip
    objective = Objective.objects.create(
        organisation_id=by.organisation_id, unit=unit, year=year,
        own=not from_above(standing, path), by=by, at=at, **values,
    )  # fmt: skip
    linked = _link(objective, _own_tasks(objective, tasks), by=by, at=at)
    _record(
        "objective.set", objective, by=by, at=at, unit=unit.pk, year=year, own=objective.own,
        tasks=linked, **_plain(values),
    )  # fmt: skip
    return objective


@transaction.atomic
def change_objective(
    objective: Objective,
    *,
    reason: str,
    title: str,
    indicator: str,
    counted_in: str = "",
    baseline: str = "",
    target: str,
    due_on: date | None,
    lead: Post | None = None,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> ObjectiveChange:
    """Change an objective with a reason; what it was stays beside what it became.

    What was set from above is changed from above alone. Raises `NotAllowed`, `Concluded`,
    `Stale`, `BadInput`: also where nothing changes, or where values are numbers and the target
    would no longer be one.
    """
    standing, path = _standing(objective, by, at)
    if not may_change(standing, objective, path):
        raise NotAllowed(_("It was set from above; whoever set it changes it."))
    _check_open(objective)
    reason = typed(reason, field="reason", most=500)
    values = _checked(
        objective.unit_id, objective.organisation_id, objective.year, standing.on, title=title,
        indicator=indicator, counted_in=counted_in, baseline=baseline, target=target,
        due_on=due_on, lead=lead, kept=objective.lead_id,
    )  # fmt: skip
    numbered = values["target"] is not None
    if numbered != objective.numbered and objective.values.exists():
        raise BadInput(
            _("Values were entered already; the target stays a number, or stays words."),
            field="target",
        )
    was = _plain({name: getattr(objective, name) for name in values})
    became = _plain(values)
    names = [name for name in became if was[name] != became[name]]
    if not names:
        raise BadInput(_("Nothing was changed."))
    change(objective, seen=seen, **values)
    made = ObjectiveChange.objects.create(
        organisation_id=objective.organisation_id,
        objective=objective,
        was={n: was[n] for n in names},
        became={n: became[n] for n in names},
        reason=reason,
        by=by,
        at=at,
    )
    _record("objective.changed", objective, by=by, at=at, reason=reason, **made.became)
    return made


@transaction.atomic
def choose_tasks(
    objective: Objective,
    tasks: Sequence[Task],
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Link the objective to exactly these tasks of the unit; a link that goes keeps its days.

    Raises `NotAllowed`, `Concluded`, `Stale`, `BadInput` for a task that the unit does not have.
    """
    standing, path = _standing(objective, by, at)
    standing.require(SET, path)
    _check_open(objective)
    links = {
        link.task_id: link
        for link in ObjectiveTask.objects.filter(objective=objective, ended_at__isnull=True)
    }
    wanted = {t.pk for t in tasks}
    more = _own_tasks(objective, [t for t in tasks if t.pk not in links])
    gone = [link for pk, link in links.items() if pk not in wanted]
    if not more and not gone:
        return
    change(objective, seen=seen)
    ObjectiveTask.objects.filter(
        organisation_id=objective.organisation_id, pk__in=[link.pk for link in gone]
    ).update(ended_at=at)
    added = _link(objective, more, by=by, at=at)
    _record(
        "objective.linked", objective, by=by, at=at, added=added,
        ended=sorted(str(link.task_id) for link in gone),
    )  # fmt: skip


@transaction.atomic
def report_value(
    objective: Objective,
    *,
    on: date | None,
    value: str,
    note: str = "",
    said_by: str = "",
    by: "User",
    at: datetime,
    request_id: str = "",
) -> ObjectiveValue:
    """The unit enters the indicator's value of a day; the office may, with who reported it (代录).

    A day has one value; another one of the same day is a correction. Raises `NotAllowed`,
    `Concluded`, `BadInput`.
    """
    standing, said_by = _reporter(objective, said_by, by, at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    _check_open(objective)
    on = _day(on, standing.on, objective)
    if in_force(objective.values.filter(on=on)).exists():
        raise BadInput(
            _("There is a value of this day already; correct that one, with the reason."),
            field="on",
        )
    return _enter(objective, "objective.reported", on, value, note, said_by, None, "", by=by, at=at)


@transaction.atomic
def correct_value(
    old: ObjectiveValue,
    *,
    value: str,
    reason: str,
    on: date | None = None,
    note: str = "",
    said_by: str = "",
    by: "User",
    at: datetime,
) -> ObjectiveValue:
    """Enter another value in place of one that was wrong, with the reason; the old row stays.

    `on` moves it to another day. Raises `NotAllowed`, `Concluded`, `Stale` where somebody has
    corrected it already, `BadInput`.
    """
    objective = old.objective
    standing, said_by = _reporter(objective, said_by, by, at)
    _check_open(objective)
    if old.corrected_by.exists():
        raise Stale()
    reason = typed(reason, field="reason", most=500)
    on = _day(on or old.on, standing.on, objective)
    if in_force(objective.values.filter(on=on)).exclude(pk=old.pk).exists():
        raise BadInput(
            _("There is a value of this day already; correct that one, with the reason."),
            field="on",
        )
    return _enter(
        objective, "objective.corrected", on, value, note, said_by, old, reason, by=by, at=at
    )


@transaction.atomic
def close_objective(
    objective: Objective,
    *,
    result: str,
    found: str = "",
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Conclude an objective with its result: by somebody outside the unit, as reports are reviewed.

    Reached needs a value that was entered; the other two need a reason. Raises `NotYours`,
    `Concluded`, `NoValue`, `Stale`, `BadInput`.
    """
    if objective.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    verdict = decision(standing, Reviewers(objective.organisation_id, standing.on), objective)
    if not verdict.allowed:
        raise NotYours(WHY.get(verdict.why))
    _check_open(objective)
    if result not in (Result.REACHED, Result.NOT_REACHED, Result.DROPPED):
        raise BadInput(_("Choose the result."), field="result")
    found = typed(
        found.replace("\r", "").replace("\n", " "), field="found", most=500,
        optional=result == Result.REACHED,
    )  # fmt: skip
    if result == Result.REACHED and not objective.values.exists():
        raise NoValue()
    change(
        objective, seen=seen, state=State.CLOSED, result=result, found=found, closed_by=by,
        closed_at=at, cross_check=verdict.cross_check,
    )  # fmt: skip
    _record(
        "objective.closed", objective, by=by, at=at, state=objective.state, result=result,
        found=found, cross_check=verdict.cross_check,
    )  # fmt: skip


def _standing(objective: Objective, by: "User", at: datetime) -> tuple[access.Standing, str]:
    if objective.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    return standing, queries.path_of(objective.unit_id, standing.on)


def _reporter(
    objective: Objective, said_by: str, by: "User", at: datetime
) -> tuple[access.Standing, str]:
    """Who may enter values for the unit; the name of who reported where the office enters it."""
    standing, path = _standing(objective, by, at)
    if standing.may("occurrence.submit", path):
        return standing, ""
    standing.require("occurrence.record", path)
    return standing, typed(said_by, field="said_by", most=60)


def _check_open(objective: Objective) -> None:
    if objective.state != State.OPEN:
        raise Concluded()


def _day(on: date | None, today: date, objective: Objective) -> date:
    """The day of a value: not to come, and not before the year that the baseline is of."""
    if on is None:
        raise BadInput(_("Fill this in."), field="on")
    if on > today:
        raise BadInput(_("The day lies in the future."), field="on")
    if on.year < objective.year - 1:
        raise BadInput(_("The day lies more than a year before the objective."), field="on")
    return on


NOT_COUNTED = {
    "value": _("The target is a number, so this is one too; words go into the note."),
    "baseline": _(
        "The target is a number, so where it begins is one too; leave it empty where nobody "
        "counted."
    ),
}
"""Field → what is said of words where a number belongs."""


def read_figure(
    text: str, *, counted_in: str, field: str, most: int, number: bool | None = None
) -> tuple[Decimal | None, str]:
    """A typed figure: a number (its unit behind it left out), else words of at most `most`.

    `number` says which of the two it has to be. Raises `BadInput` at `field`.
    """
    words = typed(text, field=field, most=most)
    plain = words.translate(FULL_WIDTH)
    if counted_in:
        plain = plain.removesuffix(counted_in.translate(FULL_WIDTH))
    try:
        found = Decimal(plain.replace(",", "").replace("，", "").replace(" ", ""))
    except InvalidOperation:
        found = None
    if found is not None and not found.is_finite():
        found = None
    if number is False or (found is None and number is None):
        return None, words
    if found is None:
        raise BadInput(NOT_COUNTED.get(field, NOT_COUNTED["value"]), field=field)
    if abs(found) >= 10 ** (DIGITS - PLACES) or found != round(found, PLACES):
        raise BadInput(
            _("At most %(digits)s digits before the point and %(places)s behind it."),
            field=field,
            digits=DIGITS - PLACES,
            places=PLACES,
        )
    return round(found, PLACES), ""


def _checked(
    unit_id: UUID,
    organisation_id: UUID,
    year: int,
    today: date,
    *,
    title: str,
    indicator: str,
    counted_in: str,
    baseline: str,
    target: str,
    due_on: date | None,
    lead: Post | None,
    kept: UUID | None = None,
) -> dict[str, Any]:
    """The typed values, cleaned. `kept`: the lead until now, which may stay as it is."""
    title = typed(title, field="title", most=100)
    indicator = typed(indicator, field="indicator", most=200)
    counted_in = typed(counted_in, field="counted_in", most=20, optional=True)
    if not counted_in and target.strip()[-1:] in ("%", "％"):
        counted_in = "%"
    goal, goal_words = read_figure(target, counted_in=counted_in, field="target", most=60)
    start: Decimal | None = None
    start_words = ""
    if baseline.strip():
        start, start_words = read_figure(
            baseline, counted_in=counted_in, field="baseline", most=60, number=goal is not None
        )
    if due_on is None or due_on.year != year:
        raise BadInput(_("The day lies in the year %(year)s."), field="due_on", year=year)
    if lead is not None and lead.pk != kept:
        offered = {p.pk for p, _holders in offered_leads(unit_id, organisation_id, today)}
        if lead.pk not in offered:
            raise BadInput(_("Choose a post of the unit, or one in charge of it."), field="lead")
    return {
        "title": title,
        "indicator": indicator,
        "counted_in": counted_in,
        "baseline": start,
        "baseline_words": start_words,
        "target": goal,
        "target_words": goal_words,
        "due_on": due_on,
        "lead_id": lead.pk if lead else None,
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as an entry names them: numbers as text, since bodies hold no fractions."""
    said = {"lead_id": "lead"}
    return {
        said.get(name, name): None
        if value is None
        else f"{value.normalize():f}"
        if isinstance(value, Decimal)
        else str(value)
        for name, value in values.items()
    }


def _own_tasks(objective: Objective, tasks: Sequence[Task]) -> list[Task]:
    """Refuse a task that the unit does not have."""
    wanted = {t.pk: t for t in tasks}
    have = (
        Assignment.objects.filter(
            organisation_id=objective.organisation_id, unit_id=objective.unit_id, task__in=wanted
        )
        .exclude(state=Assignment.State.MOVED)
        .values_list("task_id", flat=True)
    )
    if wanted and not wanted.keys() <= set(have):
        raise BadInput(_("The unit was not given this task."), field="tasks")
    return list(wanted.values())


def _link(objective: Objective, tasks: Sequence[Task], *, by: "User", at: datetime) -> list[str]:
    ObjectiveTask.objects.bulk_create(
        ObjectiveTask(
            organisation_id=objective.organisation_id, objective=objective, task=task, by=by, at=at
        )
        for task in tasks
    )
    return sorted(str(task.pk) for task in tasks)


def _enter(
    objective: Objective,
    kind: str,
    on: date,
    value: str,
    note: str,
    said_by: str,
    corrects: ObjectiveValue | None,
    reason: str,
    *,
    by: "User",
    at: datetime,
) -> ObjectiveValue:
    number, words = read_figure(
        value, counted_in=objective.counted_in, field="value", most=200, number=objective.numbered
    )
    note = typed(note.replace("\r", "").replace("\n", " "), field="note", most=500, optional=True)
    change(objective)  # one after the other: a day has one value, a row one correction
    made = ObjectiveValue.objects.create(
        organisation_id=objective.organisation_id, objective=objective, on=on, value=number,
        words=words, note=note, by=by, at=at, said_by=said_by, corrects=corrects, reason=reason,
    )  # fmt: skip
    more = {"corrects": corrects.pk, "reason": reason} if corrects else {}
    _record(
        kind, objective, by=by, at=at, value_id=made.pk, on=on, value=made.shown, note=note,
        said_by=said_by, **more,
    )  # fmt: skip
    return made


def _record(kind: str, objective: Objective, *, by: "User", at: datetime, **values: Any) -> None:
    ledger.append(
        kind,
        organisation_id=objective.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="objective",
        object_id=objective.pk,
        version=objective.version,
        values=values,
    )
