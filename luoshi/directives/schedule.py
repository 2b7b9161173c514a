"""When a task falls due: the one rule that the price, the plan and issuing share."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from luoshi.directives.models import Milestone, Task, TaskKind
from luoshi.lib.periods import CADENCES, occurrences
from luoshi.lib.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Due:
    """One occurrence to come: its period's key (or `once`, `R1`), its number, its last day."""

    key: str
    number: int
    due_on: date | None


def plan_dates(
    task: Task,
    *,
    year: int,
    start: date,
    calendar: Workdays,
    deemed_after: int = 0,
    milestones: Sequence[Milestone] = (),
) -> list[Due]:
    """What a lead unit will owe for `task` when it is issued on `start`, in order.

    A cadence gives the periods of `year` that are left, up to and including `due_on` if it is set.
    Key work with milestones owes each of them (`M1`, `M2`, …). Else there is one occurrence:
    `once`, or for hard work the first round, `R1`, on the task's day, or some time after receipt,
    which counts as given `deemed_after` working days after issue. Nothing where no time is known.
    """
    if task.rhythm in CADENCES:
        start = max(start, date(year, 1, 1))
        end = date(year + 1, 1, 1)
        if task.due_on is not None:
            end = min(end, date.fromordinal(task.due_on.toordinal() + 1))
        dues = occurrences(task.rhythm, task.times, start, end, calendar)
        return [Due(d.key, d.number, d.due_on) for d in dues]
    if milestones and task.task_kind == TaskKind.KEY:
        return [Due(f"M{m.number}", 1, m.due_on) for m in milestones]
    due_on = task.due_on
    if due_on is None and task.within:
        received_on = calendar.add(start, deemed_after)
        due_on = after(received_on, task.within, task.within_unit, calendar)
    if due_on is None:
        return []
    key = "R1" if task.task_kind == TaskKind.HARD else "once"
    return [Due(key, 1, due_on)]


def after(received_on: date, number: int, unit: str, calendar: Workdays) -> date:
    """The last day of a deadline that counts from receipt; the day of receipt does not count."""
    if unit == Task.Within.WORKDAYS:
        return calendar.add(received_on, number)
    if unit == Task.Within.DAYS:
        return received_on + timedelta(days=number)
    months = received_on.year * 12 + received_on.month - 1 + number
    year, month = divmod(months, 12)
    return date(year, month + 1, min(received_on.day, monthrange(year, month + 1)[1]))


def milestones_of(directive_id: UUID) -> dict[UUID, list[Milestone]]:
    """task → its milestones in order; one query."""
    found: dict[UUID, list[Milestone]] = {}
    for one in Milestone.objects.filter(task__directive_id=directive_id).order_by("number"):
        found.setdefault(one.task_id, []).append(one)
    return found


def unknown_years(dues: Iterable[Due], calendar: Workdays) -> list[int]:
    """The years of `dues` for which the table of working days has only weekends."""
    return calendar.unknown_years(d.due_on for d in dues if d.due_on is not None)
