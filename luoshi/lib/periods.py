"""Cadences as calendar periods, and the dates on which they fall due.

Codes: weekly (ISO weeks), monthly, bimonthly, quarterly, half_yearly, yearly. Periods are
half-open and calendar-aligned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from luoshi.lib.workdays import Workdays

MONTHS = {"monthly": 1, "bimonthly": 2, "quarterly": 3, "half_yearly": 6, "yearly": 12}
CADENCES = ("weekly", *MONTHS)


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period `[start, end)` with a key: 2026, 2026-H1, 2026-Q3, 2026-05, 2026-W07."""

    key: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Due:
    """One time that something falls due: the `number`-th of its period, by the end of `due_on`."""

    key: str
    number: int
    start: date
    end: date
    due_on: date


def _period(code: str, day: date) -> Period:
    if code == "weekly":
        start = day - timedelta(days=day.weekday())
        year, week, _ = start.isocalendar()
        return Period(f"{year}-W{week:02}", start, start + timedelta(days=7))
    months = MONTHS[code]
    first = (day.month - 1) // months * months + 1
    start = date(day.year, first, 1)
    last = first + months
    end = date(day.year + 1, 1, 1) if last > 12 else date(day.year, last, 1)
    number = first // months + 1 if months > 1 else first
    key = {
        1: f"{day.year}-{first:02}",
        2: f"{day.year}-B{number}",
        3: f"{day.year}-Q{number}",
        6: f"{day.year}-H{number}",
        12: f"{day.year}",
    }[months]
    return Period(key, start, end)


def periods(code: str, start: date, end: date) -> Iterator[Period]:
    """The periods of `code` that touch `[start, end)`, in order. Raises `KeyError` on the code."""
    if code not in CADENCES:
        raise KeyError(code)
    day = start
    while day < end:
        period = _period(code, day)
        yield period
        day = period.end


def occurrences(code: str, times: int, start: date, end: date, calendar: Workdays) -> list[Due]:
    """What falls due under a cadence from `start` up to `end` (exclusive).

    `times` a period are spread evenly over the whole period, each due on the last working day of
    its share; where the share has none, on the next one of the period, else on its last day. A
    period that `start` cuts counts only for the shares of which at least a third lies ahead; dues
    at or after `end` are left out.
    """
    found = []
    for period in periods(code, start, end):
        length = (period.end - period.start).days
        for number in range(1, times + 1):
            begin = period.start + timedelta(days=length * (number - 1) // times)
            close = period.start + timedelta(days=length * number // times)
            share = (close - begin).days
            if begin < start and (close - start).days * 3 < share:
                continue
            last = close - timedelta(days=1)
            due = calendar.last_workday_on_or_before(last)
            if due < begin:
                due = calendar.add(last, 1)
            if due >= period.end:
                due = last
            if start <= due < end:
                found.append(Due(period.key, number, period.start, period.end, due))
    return found
