"""The moment that a file says it was made: midnight of a day that is passed in.

The format of workbooks knows no zone, so the moment has none.
"""

from datetime import date, datetime, time


def midnight(day: date) -> datetime:
    """The beginning of a day, without a zone."""
    return datetime.combine(day, time())
