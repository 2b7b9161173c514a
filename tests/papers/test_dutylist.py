"""责任清单 as a Word file: each basis once, room for a pen, the same bytes for the same list."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from luoshi.papers.dutylist import Duty, DutyListPaper, write
from luoshi.papers.proof import PaperProof
from tests.office import convert, pages


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
        "①《作风要点》",
        "②《工程安排》",
        "1c13 2b63",
    ):
        assert piece in text, piece
    assert text.index("全面从严治党责任") < text.index("业务工作责任")


@pytest.mark.parametrize(
    ("more", "piece"),
    [
        ({}, ">责任人<"),
        ({"holder": ""}, ">主要负责人<"),
        ({"holder": ""}, "北渡分局，截至"),
        ({"signer": "沈知远", "signed_on": date(2026, 3, 25)}, "日期：2026年3月25日"),
    ],
)
def test_who_confirms(more: dict[str, Any], piece: str) -> None:
    assert piece in text_of(made(**more))


def test_a_short_list_stays_on_one_page_and_dates_on_one_line(tmp_path: Path) -> None:
    duties = [
        Duty("每月排查一次在建工程转包、挂靠情形", "排查台账", "每月", "①", "牵头单位"),
        Duty("每半年讲一次廉政党课", "一次廉政党课", "每半年", "①", "牵头单位"),
        Duty("对侵占河道问题反复整治", "问题台账", "2026年12月30日", "①", "配合单位"),
    ]
    bases = [
        "①《在云州市水务局2026年作风建设和廉政风险防控工作会议上的讲话》（云水发〔2026〕4号）",
        "②《云州市水务局2026年工程建设和供水保障工作安排》（云水发〔2026〕6号）",
    ]
    proof = PaperProof(1866, 2132, "fd" * 32, "https://luoshi.example/record/#1866")
    papers = []
    for name, holder in (("unit", ""), ("post", "沈知远（局长）")):
        papers.append(tmp_path / f"{name}.docx")
        groups = [("全面从严治党责任", duties), ("业务工作责任", duties)]
        write(made(holder=holder, groups=groups, bases=bases, proof=proof), papers[-1])
    for pdf in convert(tmp_path, *papers):
        [page] = pages(pdf)
        assert page.text.count("2026年12月30日") == 2
        assert "扫码可核对存证" in page.text
        assert "序号责任内容" in page.text, "no head breaks"
        assert "负责\n人" not in page.text


def test_the_same_list_is_the_same_file() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write(made(), first)
    write(made(), second)
    assert first.getvalue() == second.getvalue()
