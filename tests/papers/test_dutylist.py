"""责任清单 as a Word file: each basis once, room for a pen, the same bytes for the same list."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from luoshi.papers.dutylist import Duty, DutyListPaper, write


def made(**more: Any) -> DutyListPaper:
    values: dict[str, Any] = {
        "title": "北渡分局局长责任清单",
        "unit": "北渡分局",
        "holder": "沈知远（局长）",
        "as_of": date(2026, 3, 20),
        "on": date(2026, 3, 23),
        "number": 2,
        "groups": [
            (
                "全面从严治党责任",
                [Duty("讲廉政党课", "讲稿", "每半年", "①", "主持分局工作")],
            ),
            ("业务工作责任", [Duty("完成管网检修", "检修记录", "12月10日", "②", "分管水厂")]),
        ],
        "bases": ["①《作风要点》", "②《工程安排》"],
        "digest": "1c132b63" + "0" * 52 + "795a",
        "changes": "与第1版相比，新增1项。",
        **more,
    }
    return DutyListPaper(**values)


def text_of(paper: DutyListPaper) -> str:
    out = io.BytesIO()
    write(paper, out)
    return zipfile.ZipFile(out).read("word/document.xml").decode()


def test_both_lines_with_their_bases_below() -> None:
    text = text_of(made())
    for piece in (
        "沈知远（局长），截至2026年3月20日，承担责任2项（第2版）",
        "与第1版相比，新增1项",
        "全面从严治党责任",
        "业务工作责任",
        "依据：①《作风要点》；②《工程安排》",
        "1c13 2b63",
    ):
        assert piece in text, piece
    assert text.index("全面从严治党责任") < text.index("业务工作责任")


@pytest.mark.parametrize(
    ("more", "piece"),
    [
        ({}, "责任人确认"),
        ({"holder": ""}, "主要负责人确认"),
        ({"holder": ""}, "北渡分局，截至"),
        ({"signer": "沈知远", "signed_on": date(2026, 3, 25)}, "日期：2026年3月25日"),
    ],
)
def test_who_confirms(more: dict[str, Any], piece: str) -> None:
    assert piece in text_of(made(**more))


def test_the_same_list_is_the_same_file() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write(made(), first)
    write(made(), second)
    assert first.getvalue() == second.getvalue()
