"""The head of an official paper is no title; number and date are the paper's own."""

from datetime import date

import pytest

from luoshi.reading import read
from luoshi.reading.masthead import Masthead, is_masthead, masthead

PAPER = """000123
机密★1年
特急
云州市水务局文件
云水发〔2026〕18号　　签发人：沈既明
云州市水务局关于做好岁末水利工作的通知
各分局，各科室：
各分局要在12月15日前对闸站逐座排查隐患，形成问题清单。
云州市水务局
2026年11月20日
"""


@pytest.mark.parametrize(
    "line",
    ["云州市水务局文件", "云州市人民政府办公室文件", "云水办发〔2026〕7号", "云水发[2026] 18 号",
     "签发人：沈既明", "特急", "000123", "秘密★2年"],
)  # fmt: skip
def test_what_stands_above_the_title(line: str) -> None:
    assert is_masthead(line)


@pytest.mark.parametrize(
    "line",
    ["云州市水务局关于印发工作要点的通知", "关于转发有关文件", "2026年工作要点",
     "贯彻云水发〔2026〕18号的意见"],
)  # fmt: skip
def test_what_does_not(line: str) -> None:
    assert not is_masthead(line)


def test_title_number_and_date_of_a_whole_paper() -> None:
    assert read(PAPER).title == "云州市水务局关于做好岁末水利工作的通知"
    assert masthead(PAPER) == Masthead("云水发〔2026〕18号", date(2026, 11, 20))


def test_a_speech_has_neither_number_nor_lines_that_fool_it() -> None:
    assert masthead("在会上的讲话\n（2026年2月26日）\n同志们：\n今天开会。") == Masthead(
        "", date(2026, 2, 26)
    )
    assert masthead("通知\n2026年13月40日\n") == Masthead("", None)
