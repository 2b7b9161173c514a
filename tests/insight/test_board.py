"""The board: exact sums at every level, in few queries; the paper and a unit's list beside it."""

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from luoshi.directives.models import Directive
from luoshi.duties import actions
from luoshi.duties.models import Occurrence
from luoshi.insight import board as boards
from luoshi.insight import rollup
from luoshi.insight.rollup import Cell
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


@pytest.fixture
def lived(cast: Cast, issued: Directive) -> Directive:
    """Some reported, one accepted, one returned, one waived."""
    clerk = cast.users["office_clerk"]
    for unit, end in (("beidu_b1", "accepted"), ("beidu_b2", "returned"), ("nanping_b1", "")):
        found = occurrence(cast, unit, "2026-Q1")
        actions.submit(found, note="已上课", by=cast.users[f"{unit}_secretary"], at=AT)
        if end == "accepted":
            actions.accept(found, by=clerk, at=AT)
        elif end == "returned":
            actions.return_(found, note="补签到表", by=clerk, at=AT)
    actions.waive(occurrence(cast, "nanping_b2", "2026-Q1"), reason="停课", by=clerk, at=AT)
    return issued


def counted(directive: Directive, units: list[str], cast: Cast, on: date) -> Cell:
    """The same sums one by one, as a clerk with a pencil would."""
    found = Cell()
    ids = [cast.units[u].pk for u in units]
    for one in Occurrence.objects.filter(directive=directive, unit_id__in=ids):
        if one.state == "waived":
            continue
        assert one.due_on is not None
        found.total += 1
        found.done += one.state == "accepted"
        late = one.state in ("open", "returned") and one.due_on < on
        found.overdue += late
        found.soon += one.state == "open" and on <= one.due_on <= on + timedelta(days=7)
        found.submitted += one.state == "submitted"
        found.returned += one.state == "returned" and not late
    return found


DAYS = [TODAY, date(2026, 3, 28), date(2026, 4, 2), date(2026, 12, 31), date(2027, 2, 1)]


@pytest.mark.parametrize("on", DAYS)
def test_sums_are_exact_at_every_level(cast: Cast, lived: Directive, on: date) -> None:
    for unit in ("bureau", "beidu"):
        path = cast.paths[unit]
        shown = boards.build(lived, cast.units[unit], path, on)
        below = [k for k, p in cast.paths.items() if p.startswith(path)]
        assert shown.sums == counted(lived, below, cast, on)
        columns = {c.unit_id: n for n, c in enumerate(shown.columns) if c.unit_id}
        for key in cast.units:
            number = columns.get(cast.units[key].pk)
            if number is None:
                continue
            branch = [k for k, p in cast.paths.items() if p.startswith(cast.paths[key])]
            total = Cell()
            for _heading, lines in shown.groups:
                for line in lines:
                    total.add(line.cells[number])
            assert total == counted(lived, branch, cast, on)


def test_opening_a_unit_shows_its_children_beside_it(cast: Cast, lived: Directive) -> None:
    shown = boards.build(
        lived, cast.units["bureau"], cast.paths["bureau"], TODAY, opened=str(cast.units["beidu"].pk)
    )
    inner = [c for c in shown.columns if c.inner]
    assert [c.name for c in inner][1:] == ["第一支部", "第二支部"]
    at = shown.columns.index(next(c for c in shown.columns if c.opened))
    for _heading, lines in shown.groups:
        for line in lines:
            parts = Cell()
            for cell in line.cells[at + 1 : at + 1 + len(inner)]:
                parts.add(cell)
            assert parts == line.cells[at]


def test_the_worst_state_of_a_cell_shows() -> None:
    assert Cell().state == "none"
    assert Cell(total=3, done=1, overdue=1, returned=1).state == "overdue"
    assert Cell(total=3, done=1, returned=1, soon=1).state == "returned"
    assert Cell(total=3, done=1, soon=1, submitted=1).state == "soon"
    assert Cell(total=3, done=2, submitted=1).state == "submitted"
    assert Cell(total=3, done=3).state == "accepted"
    assert Cell(total=3, done=1).state == "progress"
    assert Cell(total=3).state == "open"


def test_weeks_are_counted(cast: Cast, lived: Directive) -> None:
    by_task, together = rollup.weekly(lived.organisation_id, lived.pk, cast.paths["bureau"], TODAY)
    assert together == [0] * 11 + [1]
    assert sum(map(sum, by_task.values())) == 1
    assert (
        rollup.weekly(lived.organisation_id, lived.pk, cast.paths["nanping"], TODAY)[1] == [0] * 12
    )


@pytest.fixture
def clerk(cast: Cast, client: Client) -> Iterator[Client]:
    cast.sign_in(client, "office_clerk")
    return client


def test_the_page_in_few_queries(
    cast: Cast, clerk: Client, lived: Directive,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    clerk.get(f"/boards/{lived.pk}/")
    with django_assert_max_num_queries(18):
        page = clerk.get(f"/boards/{lived.pk}/", {"open": str(cast.units["beidu"].pk)})
    text = page.content.decode()
    assert "单位按排序号排列，不按成绩" in text
    assert "第一<br>支部" in text
    for query in ("?state=returned", "?kind=key", "?state=zzz", "?unit=x", f"?unit={lived.pk}"):
        assert clerk.get(f"/boards/{lived.pk}/{query}").status_code in (200, 404)


def test_whoever_sits_below_sees_their_own_part(
    cast: Cast, client: Client, lived: Directive
) -> None:
    cast.sign_in(client, "beidu_head")
    shown = client.get(f"/boards/{lived.pk}/").context["board"]
    assert shown.unit.pk == cast.units["beidu"].pk
    other = client.get(f"/boards/{lived.pk}/", {"unit": str(cast.units["nanping"].pk)})
    assert other.status_code == 404


def test_the_paper_and_the_workbook_say_the_same(
    cast: Cast, clerk: Client, lived: Directive
) -> None:
    page = clerk.get(f"/directives/{lived.pk}/tasklist/").content.decode()
    data = clerk.get(f"/directives/{lived.pk}/tasklist.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    head = next(row for row in rows if row[0] == "序号")
    assert head == [
        "序号", "重点任务", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "进展情况",
        "佐证", "备注", "原文出处",
    ]  # fmt: skip
    tasks = [row for row in rows[rows.index(head) + 1 :] if str(row[0]).isdigit()]
    assert len(tasks) == page.count('<td class="c">第') == 3
    for row in tasks:
        assert str(row[2]) in page
    lesson = next(row for row in tasks if "警示教育课" in str(row[1]))
    assert set(re.findall(r"\d+", str(lesson[7]))[:2]) == {"23", "1"}
    assert lesson[3] == "待明确"


def test_a_units_list_by_state_and_task(cast: Cast, clerk: Client, lived: Directive) -> None:
    unit = cast.units["beidu_b1"].pk
    done = clerk.get(f"/units/{unit}/work/", {"tab": "done"}).context
    assert [i.state for i in done["items"]] == ["accepted"]
    owed = clerk.get(f"/units/{unit}/work/").context
    assert len(owed["items"]) == 3
    task = owed["items"][0].occurrence.task_id
    assert len(clerk.get(f"/units/{unit}/work/", {"task": str(task)}).context["items"]) == 4


def test_the_record_page_verifies_on_request(cast: Cast, client: Client, lived: Directive) -> None:
    from django.utils import timezone

    from luoshi.ledger.sequence import sequence_all

    sequence_all(holder="test", now=timezone.now())
    cast.sign_in(client, "auditor") if "auditor" in cast.users else cast.sign_in(
        client, "office_clerk"
    )
    page = client.get("/record/", {"verify": "1"}).content.decode()
    assert "存证成立" in page
    assert "没有外部见证" in page
    cast.sign_in(client, "works_member")
    assert "verify=1" not in client.get("/record/").content.decode()
