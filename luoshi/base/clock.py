"""Days in the site's zone. Moments are UTC; the clock itself is read at the edge only."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def day_of(at: datetime) -> date:
    """The day of a moment in the site's zone (`LUOSHI_ZONE`)."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
