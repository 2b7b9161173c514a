"""Titles break by meaning into a trapezium or a lozenge; small writings of a paper."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib.gongwen.head import mark_size
from luoshi.lib.gongwen.titles import chinese, day, lines, paper_number, shape

TITLES = {
    "关于作风建设的通知": ["关于作风建设的通知"],
    "关于召开2026年度全面从严治党工作会议的通知": [
        "关于召开2026年度",
        "全面从严治党工作会议的通知",
    ],
    "云州市水务局关于印发《贯彻落实中央八项规定精神责任分解》的通知": [
        "云州市水务局关于印发《贯彻落实",
        "中央八项规定精神责任分解》的通知",
    ],
    "中共云州市水务局党组关于进一步加强党风廉政建设和反腐败工作的实施意见": [
        "中共云州市水务局党组关于进一步",
        "加强党风廉政建设和反腐败工作的实施意见",
    ],
    "云州市水务局关于转发《云州市人民政府办公室关于做好2026年防汛抗旱工作有关事项的通知》的通知": [
        "云州市水务局关于转发",
        "《云州市人民政府办公室关于做好2026年",
        "防汛抗旱工作有关事项的通知》的通知",
    ],
}
PIECES = st.lists(
    st.sampled_from(
        ["云州市水务局", "关于", "印发", "《", "》", "的", "通知", "落实", "2026年", "、",
         "党风廉政建设", "和",
         "防汛抗旱工作", "重点任务分解", "（2026—2027年）", "澄湖水源地"]
    ), min_size=1, max_size=14,
)  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_titles_break_by_meaning(title: str) -> None:
    assert list(lines(title)) == TITLES[title]


@given(PIECES)
def test_nothing_is_lost_and_no_line_is_too_long(pieces: list[str]) -> None:
    title = "".join(pieces)
    found = lines(title)
    assert "".join(found) == title
    for line in found:
        assert sum(1 if c.isascii() else 2 for c in line) <= 40


@given(PIECES)
def test_no_line_begins_with_what_belongs_to_the_line_before(pieces: list[str]) -> None:
    title = "关于" + "".join(pieces).replace("《", "").replace("》", "") + "工作"
    for line in lines(title)[1:]:
        assert line[0] not in "的、）》"


def test_shapes() -> None:
    assert shape((10, 14)) < shape((14, 10, 14))
    assert shape((10, 14, 10)) < shape((14, 10, 14))
    assert shape((4, 18)) > shape((9, 13))
    assert shape((12, 12, 12)) > shape((10, 12, 14))


def test_line_ends_of_the_caller_stay() -> None:
    assert lines("关于作风\n建设的通知") == ("关于作风", "建设的通知")


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("云水发[2026]第04号", "云水发〔2026〕4号"),
        ("云水发（2026）12号", "云水发〔2026〕12号"),
        ("云水发〔2026〕4号", "云水发〔2026〕4号"),
        (" 云水党 【2026】 003号 ", "云水党〔2026〕3号"),
        ("2026年第1号", "2026年第1号"),
    ],
)
def test_numbers_are_written_as_the_standard_has_them(given_: str, kept: str) -> None:
    assert paper_number(given_) == kept


def test_days_and_numerals() -> None:
    assert day(date(2026, 6, 1)) == "2026年6月1日"
    assert [chinese(n) for n in (1, 10, 11, 20, 99)] == ["一", "十", "十一", "二十", "九十九"]
    for wrong in (0, 100):
        with pytest.raises(ValueError, match="between"):
            chinese(wrong)


@given(st.integers(min_value=1, max_value=40))
def test_an_issuer_mark_finds_room(length: int) -> None:
    size, scale = mark_size(length, 442.2)
    assert length * size * scale / 100 <= 442.2
    assert size <= 56.7


"""A character of the mark is at most 20 mm wide."""
