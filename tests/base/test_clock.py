"""Days and moments of the site's zone."""

from datetime import UTC, date, datetime, timedelta

from luoshi.base.clock import day_of, end_of


def test_a_day_ends_at_its_midnight_of_the_zone() -> None:
    end = end_of(date(2026, 3, 2))
    assert end.astimezone(UTC) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert day_of(end - timedelta(microseconds=1)) == date(2026, 3, 2)
    assert day_of(end) == date(2026, 3, 3)
