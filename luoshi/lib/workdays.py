"""The Chinese working calendar: weekends, public holidays, make-up days.

The table is a versioned JSON file that a site without internet can replace
(`{"version", "source", "years": {"2026": {"holidays": [...], "makeup": [...]}}}`; `holidays` are
weekdays off, `makeup` weekend days worked). For a year that the table lacks, weekends alone count
and `known(year)` is false: pages say so.
"""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

SHIPPED = Path(__file__).resolve().parent / "data" / "workdays.json"
DAY = timedelta(days=1)


class BadTable(ValueError):
    """The table of working days cannot be read; the message says where."""


class Workdays:
    """A loaded table. `version` names it."""

    def __init__(self, path: Path = SHIPPED) -> None:
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            self.version = str(table["version"])
            self._years = frozenset(int(year) for year in table["years"])
            days = table["years"].values()
            self._off = frozenset(date.fromisoformat(d) for y in days for d in y["holidays"])
            self._on = frozenset(date.fromisoformat(d) for y in days for d in y["makeup"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadTable(f"{path}: {error}") from error

    def known(self, year: int) -> bool:
        """Whether the table has this year."""
        return year in self._years

    def unknown_years(self, days: Iterable[date]) -> list[int]:
        """The years among `days` for which only weekends counted, ascending."""
        return sorted({day.year for day in days} - self._years)

    def is_workday(self, day: date) -> bool:
        """Whether people work on `day`."""
        if day in self._on:
            return True
        return day.weekday() < 5 and day not in self._off

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (which itself does not count); `count` ≥ 0."""
        if count < 0:
            raise ValueError("working days are counted forward")
        while count:
            day += DAY
            count -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie in `[start, end)`."""
        return sum(self.is_workday(start + DAY * n) for n in range((end - start).days))

    def last_workday_on_or_before(self, day: date) -> date:
        """`day`, or the nearest working day before it."""
        while not self.is_workday(day):
            day -= DAY
        return day


@lru_cache(maxsize=8)
def workdays(path: str = "") -> Workdays:
    """The table at `path`, or the one that is shipped; loaded once a process."""
    return Workdays(Path(path) if path else SHIPPED)
