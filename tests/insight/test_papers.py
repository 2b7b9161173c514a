"""The task list as page, workbook and Word paper: grouped, and cut out for one unit."""

import io
import re
import zipfile
from typing import Any
from uuid import uuid4

import docx
import pytest
from django.test import Client
from docx.oxml.ns import qn
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from luoshi.directives.models import Directive
from luoshi.duties import actions
from luoshi.duties.models import Assignment
from luoshi.insight import tasklist
from luoshi.papers.rows import NO_LEAD
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


def word(content: bytes) -> list[list[str]]:
    table = docx.Document(io.BytesIO(content)).tables[0]
    return [
        ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in r._tr.iter(qn("w:tc"))]
        for r in table.rows
    ]


def excel(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def numbers(rows: list[list[Any]]) -> list[str]:
    return [str(r[0]) for r in rows if str(r[0]).isdigit()]


def test_three_forms_say_the_same(cast: Cast, client: Client, issued: Directive) -> None:
    cast.sign_in(client, "office_clerk")
    for query in ("", "?by=unit", f"?unit={cast.units['beidu'].pk}"):
        page = client.get(f"/directives/{issued.pk}/tasklist/{query}")
        answer = client.get(f"/directives/{issued.pk}/tasklist.docx{query}")
        assert answer["Content-Type"].endswith("wordprocessingml.document")
        made = word(answer.content)
        sheet = excel(client.get(f"/directives/{issued.pk}/tasklist.xlsx{query}").content)
        shown = [line.row.number for _, lines in page.context["groups"] for line in lines]
        assert shown == numbers(made) == numbers(sheet)
        assert shown
        headings = [heading for heading, _ in page.context["groups"] if heading]
        assert [r[0] for r in made if len(r) == 1] == headings
        assert [c for r in made if len(r) > 1 for c in r] == [
            str(c) for r in sheet[2:] if r[1] for c in r
        ]


def test_by_unit_each_lead_unit_has_its_tasks(
    cast: Cast, client: Client, issued: Directive
) -> None:
    cast.sign_in(client, "office_clerk")
    page = client.get(f"/directives/{issued.pk}/tasklist/", {"by": "unit"})
    groups = {name: [line.row.number for line in lines] for name, lines in page.context["groups"]}
    assert groups["北渡分局"] == groups["南屏分局"]
    assert groups["工程建设科"] == ["3"]
    assert len([name for name in groups if "支部" in name]) == 6
    assert NO_LEAD not in groups
    names = list(groups)
    assert names.index("北渡分局") < names.index("南屏分局")  # 排序号
    assert names.index("北渡分局") < names.index("北渡分局第一支部") < names.index("南屏分局")


def test_units_of_one_name_are_told_apart(cast: Cast) -> None:
    units = [cast.units[key] for key in ("nanping_b1", "beidu_b1", "works")]
    units[0].name = units[1].name = "第一支部"
    named = [unit.name for unit in tasklist.named(units, TODAY).values()]
    assert named == ["工程建设科", "第一支部（北渡分局）", "第一支部（南屏分局）"]


def test_an_extract_is_titled_and_counts_its_own(
    cast: Cast, client: Client, issued: Directive
) -> None:
    found = occurrence(cast, "beidu_b1", "2026-Q1")
    upload = actions.Upload("签到表.pdf", "application/pdf", [b"x"])
    actions.submit(
        found, note="已上课", uploads=[upload], by=cast.users["beidu_b1_secretary"], at=AT
    )
    cast.sign_in(client, "office_clerk")
    address = f"/directives/{issued.pk}/tasklist/"
    for unit, proof, total in (("beidu_b1", "佐证1份", 4), ("nanping_b1", "", 4)):
        page = client.get(address, {"unit": str(cast.units[unit].pk)})
        (line,) = [line for _, lines in page.context["groups"] for line in lines]
        assert line.row.number == "2"
        assert line.row.proof == proof
        assert str(total) in re.findall(r"\d+", line.row.progress)
        title = f"任务分解台账（{cast.units[unit].name}）"
        assert page.context["heading"].endswith(title)
        assert title in page.content.decode()
    named = client.get(f"/directives/{issued.pk}/tasklist.docx?unit={cast.units['beidu_b1'].pk}")
    assert "%E6%94%AF%E9%83%A8" in named["Content-Disposition"]  # 支部
    empty = client.get(address, {"unit": str(cast.units["bureau"].pk)})
    assert "没有云州市水务局牵头或者配合的任务" in empty.content.decode()
    supporting = client.get(address, {"unit": str(cast.units["office"].pk)})
    (line,) = [line for _, lines in supporting.context["groups"] for line in lines]
    assert (line.row.number, line.row.progress) == ("3", "配合")
    assert "未下发" not in supporting.content.decode()


def test_what_was_broken_down_to_a_unit_is_its_own(cast: Cast, issued: Directive) -> None:
    branch = cast.units["beidu_b1"]
    before = tasklist.listing(issued, cast.paths["beidu_b1"], TODAY, unit=branch)
    assert [line.row.number for line in before.lines] == ["2"]
    held = Assignment.objects.get(unit=cast.units["beidu"], directive=issued)
    actions.break_down(
        held, parts=[(branch, "列出支部责任清单", "")], by=cast.users["beidu_head"], at=AT
    )
    after = tasklist.listing(issued, cast.paths["beidu_b1"], TODAY, unit=branch)
    assert [line.row.number for line in after.lines] == ["1", "2"]


def test_whoever_sits_below_has_their_own_extract_and_no_other(
    cast: Cast, client: Client, issued: Directive
) -> None:
    address = f"/directives/{issued.pk}/tasklist"
    cast.sign_in(client, "beidu_clerk")
    own = client.get(f"{address}/")
    assert own.context["heading"].endswith("（北渡分局）")
    assert [line.row.number for _, lines in own.context["groups"] for line in lines] == ["1"]
    assert "by=unit" not in own.content.decode()
    assert {"北渡分局", "北渡分局第一支部"} <= set(own.context["asked"].choices.values())
    assert "南屏分局" not in own.content.decode().partition("<article")[0]
    branch = client.get(f"{address}/", {"unit": str(cast.units["beidu_b1"].pk)})
    assert branch.status_code == 200
    for suffix in ("/", ".docx", ".xlsx"):
        for unit in (cast.units["nanping"].pk, cast.units["bureau"].pk, uuid4(), "x"):
            assert client.get(f"{address}{suffix}", {"unit": str(unit)}).status_code == 404
        assert client.get(f"{address}{suffix}", {"by": "unit"}).status_code == 200
    assert numbers(word(client.get(f"{address}.docx", {"by": "unit"}).content)) == ["1"]
    cast.sign_in(client, "beidu_b1_secretary")
    assert client.get(f"{address}/").context["heading"].endswith("（北渡分局第一支部）")
    assert client.get(f"{address}/", {"unit": str(cast.units["beidu"].pk)}).status_code == 404


def test_few_queries_whatever_is_asked(
    cast: Cast, client: Client, issued: Directive,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    cast.sign_in(client, "office_clerk")
    client.get(f"/directives/{issued.pk}/tasklist/")
    for query in ("", "?by=unit", f"?unit={cast.units['beidu'].pk}"):
        with django_assert_max_num_queries(21):
            client.get(f"/directives/{issued.pk}/tasklist/{query}")


def test_the_word_paper_is_dated_by_the_day_and_names_no_clock(
    cast: Cast, client: Client, issued: Directive
) -> None:
    cast.sign_in(client, "office_clerk")
    first = client.get(f"/directives/{issued.pk}/tasklist.docx").content
    assert first == client.get(f"/directives/{issued.pk}/tasklist.docx").content
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert len({i.date_time for i in archive.infolist()}) == 1
