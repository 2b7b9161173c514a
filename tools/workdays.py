"""Seeds luoshi/lib/data/workdays.json from the chinesecalendar package (a development tool).

Years that the State Council has not announced are left out; the program then falls back to
weekends and says so. Run `python tools/workdays.py` after an upgrade of that package.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
from chinese_calendar import constants

TARGET = Path(__file__).resolve().parent.parent / "luoshi/lib/data/workdays.json"
FIRST = 2018


def main() -> None:
    """Write the table."""
    known = sorted({day.year for day in (*constants.holidays, *constants.workdays)})
    years = {}
    for year in (y for y in known if y >= FIRST):
        day, holidays, makeup = date(year, 1, 1), [], []
        while day.year == year:
            working = chinese_calendar.is_workday(day)
            if working and day.weekday() >= 5:
                makeup.append(day.isoformat())
            elif not working and day.weekday() < 5:
                holidays.append(day.isoformat())
            day += timedelta(days=1)
        years[str(year)] = {"holidays": holidays, "makeup": makeup}
    table = {
        "version": f"{max(years)}.1",
        "source": "yearly notices of the State Council on public holidays",
        "years": years,
    }
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
