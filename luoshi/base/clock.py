"""Days in the site's zone. Moments are UTC; the clock itself is read at the edge only."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def day_of(at: datetime) -> date:
    """The day of a moment in the site's zone (`LUOSHI_ZONE`)."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def end_of(day: date) -> datetime:
    """The moment at which a day of the site's zone ends: the first one that is not part of it."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
