"""Working days, periods and what falls due, against the announced calendar of 2026."""

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib.ids import new_id, new_ids
from luoshi.lib.names import BadName, clean_name
from luoshi.lib.periods import CADENCES, occurrences, periods
from luoshi.lib.workdays import BadTable, Workdays, workdays

DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
TABLE = workdays()


def test_three_working_days_over_the_national_day() -> None:
    assert TABLE.add(date(2026, 9, 28), 3) == date(2026, 10, 8)
    assert TABLE.add(date(2026, 9, 28), 0) == date(2026, 9, 28)


def test_make_up_days_are_worked_and_holidays_not() -> None:
    assert not TABLE.is_workday(date(2026, 10, 1))
    makeup = [d for d in _year(2026) if d.weekday() >= 5 and TABLE.is_workday(d)]
    assert makeup
    assert TABLE.last_workday_on_or_before(date(2026, 10, 7)) == date(2026, 9, 30)


def _year(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_an_unknown_year_has_weekends_and_says_so() -> None:
    assert TABLE.known(2026)
    assert not TABLE.known(2027)
    assert TABLE.unknown_years([date(2026, 1, 1), date(2028, 1, 1), date(2027, 1, 1)]) == [
        2027,
        2028,
    ]
    assert TABLE.is_workday(date(2027, 10, 1))
    assert not TABLE.is_workday(date(2027, 10, 2))


def test_a_table_can_be_replaced_and_a_bad_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(
        json.dumps(
            {
                "version": "x",
                "years": {"2027": {"holidays": ["2027-10-01"], "makeup": ["2027-10-09"]}},
            }
        )
    )
    table = Workdays(path)
    assert table.version == "x"
    assert not table.is_workday(date(2027, 10, 1))
    assert table.is_workday(date(2027, 10, 9))
    path.write_text('{"version": 1, "years": {"2027": {"holidays": ["soon"]}}}')
    with pytest.raises(BadTable, match=r"table\.json"):
        Workdays(path)


@given(DAYS, st.integers(0, 60))
def test_adding_and_counting_agree(day: date, count: int) -> None:
    later = TABLE.add(day, count)
    assert TABLE.between(day + timedelta(days=1), later + timedelta(days=1)) == count


@given(st.sampled_from(CADENCES), DAYS, st.integers(1, 500))
def test_periods_tile_time(code: str, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    found = list(periods(code, start, end))
    assert found[0].start <= start < found[0].end
    assert found[-1].start < end <= found[-1].end
    assert all(a.end == b.start for a, b in pairwise(found))
    assert len({p.key for p in found}) == len(found)


@given(st.sampled_from(CADENCES), st.integers(1, 4), DAYS, st.integers(1, 400))
def test_dues_lie_in_their_period_on_a_working_day(
    code: str, times: int, start: date, length: int
) -> None:
    end = start + timedelta(days=length)
    found = occurrences(code, times, start, end, TABLE)
    assert len({(d.key, d.number) for d in found}) == len(found)
    for due in found:
        assert due.start <= due.due_on < due.end
        assert start <= due.due_on < end
        worked = any(
            TABLE.is_workday(due.start + timedelta(days=n))
            for n in range((due.end - due.start).days)
        )
        if times == 1 and worked:
            assert TABLE.is_workday(due.due_on)


def test_a_period_that_is_nearly_over_is_left_out() -> None:
    year_end = date(2027, 1, 1)
    march = occurrences("quarterly", 1, date(2026, 3, 20), year_end, TABLE)
    assert [d.key for d in march] == ["2026-Q2", "2026-Q3", "2026-Q4"]
    february = occurrences("quarterly", 1, date(2026, 2, 27), year_end, TABLE)
    assert [str(d.due_on) for d in february] == [
        "2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31",
    ]  # fmt: skip
    autumn = occurrences("monthly", 2, date(2026, 9, 1), date(2026, 11, 1), TABLE)
    assert [str(d.due_on) for d in autumn] == [
        "2026-09-15", "2026-09-30", "2026-10-15", "2026-10-30",
    ]  # fmt: skip


def test_ids_ascend() -> None:
    many = [new_id(), *new_ids(1000), new_id()]
    assert many == sorted(many)
    assert len(set(many)) == len(many)
    assert {i.version for i in many} == {7}


def test_names() -> None:
    assert clean_name("  河湖　管理\t科 ") == "河湖 管理 科"
    assert clean_name("e\u0301") == "é"
    with pytest.raises(BadName, match="ZERO WIDTH SPACE") as caught:
        clean_name("办公\u200b室")
    assert caught.value.position == 2
