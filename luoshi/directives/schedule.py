"""When a task falls due: the one rule that the price, the plan and issuing share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from luoshi.directives.models import Task, TaskKind
from luoshi.lib.periods import CADENCES, occurrences
from luoshi.lib.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Due:
    """One occurrence to come: its period's key (or `once`, `R1`), its number, its last day."""

    key: str
    number: int
    due_on: date | None


def plan_dates(task: Task, *, year: int, start: date, calendar: Workdays) -> list[Due]:
    """What a lead unit will owe for `task` when it is issued on `start`, in order.

    A cadence gives the periods of `year` that are left, up to and including `due_on` if it is set.
    Without a cadence there is one occurrence: `once`, or for hard work the first round, `R1`.
    Nothing where neither cadence nor date is known.
    """
    if task.rhythm in CADENCES:
        start = max(start, date(year, 1, 1))
        end = date(year + 1, 1, 1)
        if task.due_on is not None:
            end = min(end, date.fromordinal(task.due_on.toordinal() + 1))
        dues = occurrences(task.rhythm, task.times, start, end, calendar)
        return [Due(d.key, d.number, d.due_on) for d in dues]
    if task.due_on is None:
        return []
    key = "R1" if task.task_kind == TaskKind.HARD else "once"
    return [Due(key, 1, task.due_on)]


def unknown_years(dues: Iterable[Due], calendar: Workdays) -> list[int]:
    """The years of `dues` for which the table of working days has only weekends."""
    return calendar.unknown_years(d.due_on for d in dues if d.due_on is not None)
