"""The organisation's first workbook: everything is made, or every error is told with its cell."""

import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from luoshi.base.models import PendingUpload
from luoshi.base.refused import AlreadyDone, BadInput
from luoshi.ledger.models import Body, BulkRow, Entry
from luoshi.orgs.models import Appointment, Placement, Portfolio, Post, Unit
from luoshi.orgs.workbook import flow
from tests.cast import AT, TODAY, Cast
from tests.orgs.workbooks import (
    applied,
    changes,
    english,
    first,
    packed,
    planned,
    said,
    sent,
)
from tests.papers import books


def test_an_empty_organisation_gets_everything(empty: Cast) -> None:
    plan = applied(empty, first(), on=date(2026, 1, 1))
    assert plan.report.counts() == {
        "unit": {"added": 6, "changed": 0, "ended": 0},
        "person": {"added": 4, "changed": 0, "ended": 0},
        "appointment": {"added": 5, "changed": 0, "ended": 0},
        "portfolio": {"added": 2, "changed": 0, "ended": 0},
    }
    ways = {
        u.name + (f" < {p.parent.name}" if p.parent else ""): p.path
        for p in Placement.objects.select_related("unit", "parent")
        for u in [p.unit]
    }
    assert ways["第一支部 < 北渡分局"].startswith(ways["北渡分局 < 云州市水务局"])
    assert ways["云州市水务局"] == "0000"
    assert Unit.objects.get(name="办公室").unit_kind == "department"  # guessed
    clerk = Post.objects.get(title="文秘岗")
    assert clerk.acts_for == Unit.objects.get(name="云州市水务局")
    head = Appointment.objects.get(person__name="沈既明")
    assert (head.valid_from, head.valid_to) == (date(2026, 1, 5), None)
    assert {p.unit.name for p in Portfolio.objects.filter(appointment=head)} == {
        "办公室",
        "第一支部",
    }
    assert Portfolio.objects.get(unit__name="办公室").valid_from == date(2026, 1, 5)
    assert Post.objects.get(title="局长", unit__name="南屏分局").appointments.count() == 0
    secretary = Appointment.objects.get(person__code="SW004")
    assert secretary.post.unit.placements.get().parent == Unit.objects.get(name="南屏分局")
    assert set(Unit.objects.values_list("opened_on", flat=True)) == {date(2026, 1, 1)}


def test_the_same_file_again_changes_nothing(empty: Cast) -> None:
    applied(empty, first(), on=date(2026, 1, 1))
    for complete in (False, True):
        again = planned(empty, first(), on=date(2026, 3, 1), complete=complete)
        assert (changes(again), said(again)) == ([], [])
        assert not again.good


def test_one_entry_with_a_row_for_each_thing(empty: Cast) -> None:
    data = packed(first())
    upload = sent(empty, data, on=TODAY)
    plan = flow.dry_run(upload)
    before = Entry.objects.count()
    flow.apply(upload, seen=plan.digest(), by=empty.admin, at=AT)
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.get(kind="organisation.imported")
    body = json.loads(Body.objects.get(pk=entry.pk).body)
    assert body["values"]["source"] == "组织.xlsx"
    assert body["values"]["on"] == TODAY.isoformat()
    assert len(body["values"]["sha256"]) == 64
    rows = [
        json.loads(t) for t in BulkRow.objects.filter(entry=entry).values_list("body", flat=True)
    ]
    assert len(rows) == body["rows"]["size"] == 6 + 4 + 5 + 4 + 2
    kinds = {(r["act"], r["kind"]) for r in rows}
    assert kinds == {("created", k) for k in ("unit", "post", "person", "appointment", "portfolio")}
    assert any(r.get("name") == "何静之" and r["code"] == "SW002" for r in rows)
    assert not PendingUpload.objects.exists()
    with pytest.raises(AlreadyDone):
        flow.apply(upload, seen=plan.digest(), by=empty.admin, at=AT)


def test_columns_in_any_order_and_under_other_headings(empty: Cast) -> None:
    rows = first()
    renamed = {"名称": "单位名称（全称）", "上级单位": "* 隶属", "类别": "性质"}
    rows["单位"] = [
        {renamed.get(k, k): v for k, v in reversed(row.items())} | {"电话": "0871"}
        for row in rows["单位"]
    ]
    plan = planned(empty, rows, on=date(2026, 1, 1))
    assert said(plan) == []
    assert plan.report.counts()["unit"]["added"] == 6
    assert [n.place.text for n in plan.report.notes] == ["sheet “单位”, row 1, column D"]


def test_merged_cells_give_the_unit_to_each_row(empty: Cast) -> None:
    def fill(book: Any) -> None:
        units = book.add_worksheet("单位")
        units.write_row(0, 0, ["名称", "上级单位"])
        units.write_row(1, 0, ["云州市水务局"])
        units.write_row(2, 0, ["办公室"])
        units.write_row(3, 0, ["工程建设科"])
        units.merge_range("B3:B4", "云州市水务局")
        people = book.add_worksheet("人员")
        people.merge_range("A1:B1", "人员名册")
        people.write_row(1, 0, ["姓名"])
        people.write_column(2, 0, ["何静之", "许观棠"])
        seats = book.add_worksheet("任职")
        seats.write_row(0, 0, ["单位", "人员", "职务", "职责类型"])
        seats.write_row(1, 1, ["许观棠", "主任", "主要负责人"])
        seats.write_row(2, 1, ["何静之", "文秘岗", "经办人"])
        seats.merge_range("A2:A6", "办公室")

    plan = applied(empty, books.make(fill))
    assert plan.report.counts()["appointment"]["added"] == 2
    assert set(Post.objects.values_list("unit__name", flat=True)) == {"办公室"}


# What is wrong is told, all of it, with its cell


def test_every_error_is_listed_with_its_cell(empty: Cast) -> None:
    rows = first()
    rows["单位"][2]["上级单位"] = "北度分局"
    rows["单位"][3]["类别"] = "分公司"
    rows["人员"][1]["编号"] = "SW 002"
    rows["人员"][3]["编号"] = "SW003"
    rows["任职"][0]["职责类型"] = ""
    rows["任职"][1]["起"] = "上个月"
    rows["任职"][2]["单位"] = ""
    rows["任职"].append({**rows["任职"][1], "人员": "林疏影", "职务": "x" * 61})
    plan = planned(empty, rows)
    lines = said(plan)
    assert english(lines, "“单位”, row 4, column B", "北度分局", "Correct the name")
    assert english(lines, "“单位”, row 5, column C", "分公司", "下级单位")
    assert english(lines, "“人员”, row 3, column B", "SW 002")
    assert english(lines, "“人员”, row 5, column B", "Row 4 has the number SW003")
    assert english(lines, "“任职”, row 2, column D", "经办人")
    assert english(lines, "“任职”, row 3, column F", "上个月", "2026-06-30")
    assert english(lines, "“任职”, row 4, column B", "Fill this in")
    assert english(lines, "“任职”, row 7, column C", "61 characters")
    # what refers to a row that is wrong itself is not told a second time
    assert not english(lines, "“任职”", "北渡分局/第一支部")
    assert not plan.good
    with translation.override("zh-hans"):
        assert "“单位”表第 4 行 B 列" in said(planned(empty, rows))[0]


def test_nothing_is_written_with_one_error(empty: Cast) -> None:
    rows = first()
    rows["任职"][1]["单位"] = "不存在的科"
    upload = sent(empty, rows)
    plan = flow.dry_run(upload)
    with pytest.raises(flow.HasProblems):
        flow.apply(upload, seen=plan.digest(), by=empty.admin, at=AT)
    assert not Unit.objects.exists()
    assert PendingUpload.objects.filter(pk=upload.pk).exists()


def test_a_name_that_two_units_have_is_told_with_both_ways(empty: Cast) -> None:
    rows = first()
    rows["任职"][2]["单位"] = "第一支部"
    rows["任职"][0]["分管单位"] = "办公室、第一支部"
    lines = said(planned(empty, rows))
    for place in ("“任职”, row 4, column B", "“任职”, row 2, column H"):
        assert english(lines, place, "北渡分局/第一支部", "南屏分局/第一支部", "above/unit")


def test_two_rows_with_one_number_and_two_names_without(empty: Cast) -> None:
    rows = first()
    rows["单位"][1]["编号"] = rows["单位"][3]["编号"] = "JG02"
    rows["人员"][2]["编号"] = ""
    rows["人员"][3]["编号"] = ""
    lines = said(planned(empty, rows))
    assert english(lines, "“单位”, row 5, column D", "Row 3 has the number JG02 too")
    assert english(lines, "“人员”, row 4, column B", "several rows named “江北望”")
    assert english(lines, "“人员”, row 5, column B", "several rows named “江北望”")


def test_units_in_a_circle_and_two_tops(empty: Cast) -> None:
    rows = first()
    rows["单位"][3]["上级单位"] = "北渡分局/第一支部"
    assert english(said(planned(empty, rows)), "“单位”, row 5, column B", "circle", "北渡分局")
    rows = first()
    rows["单位"][1]["上级单位"] = "办公室"
    assert english(said(planned(empty, rows)), "“单位”, row 3", "circle", "办公室 → 办公室")
    rows = first()
    rows["单位"][4]["上级单位"] = ""
    assert english(said(planned(empty, rows)), "“单位”, row 6, column B", "topmost")


def test_two_heads_and_a_taken_seat(empty: Cast) -> None:
    rows = first()
    rows["任职"].append({**rows["任职"][0], "人员": "何静之", "分管单位": ""})
    rows["任职"].append(dict(rows["任职"][1]))
    lines = said(planned(empty, rows))
    assert english(lines, "“任职”, row 2, column A", "何静之 (row 7)", "局长")
    assert english(lines, "“任职”, row 8, column A", "Row 3 says the same")


def test_formulas_and_errors_in_cells(empty: Cast) -> None:
    data = packed(first())
    cell = b'<c r="B3" t="s">'
    part = "xl/worksheets/sheet1.xml"
    start = books.edited(
        data,
        lambda n, t: (
            t.replace(cell, b'<c r="B3" t="e"><f>A9</f><v>#REF!</v></c><c r="Z3" t="s">', 1)
            if n == part
            else t
        ),
    )
    lines = said(planned(empty, start))
    assert english(lines, "“单位”, row 3, column B", "error of its formula")
    never = books.edited(
        data,
        lambda n, t: (
            t.replace(cell, b'<c r="B3"><f>A9</f></c><c r="Z3" t="s">', 1) if n == part else t
        ),
    )
    lines = said(planned(empty, never))
    assert english(lines, "“单位”, row 3, column B", "no computed value")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (books.protected(), "password"),
        (books.book({"单位": [["名称"]]})[:-300], "damaged"),
        (b"PK-no", "does not fit"),
        (books.book({f"表{n}": [] for n in range(200)}), "200 sheets"),
        (books.with_part(books.book({"单位": []}), "xl/vbaProject.bin", b"x"), "macros"),
    ],
    ids=["password", "damaged", "renamed", "200 sheets", "macros"],
)
def test_what_cannot_be_read_is_not_kept(empty: Cast, data: bytes, word: str) -> None:
    with pytest.raises(BadInput) as caught:
        sent(empty, data)
    assert caught.value.field == "workbook"
    assert word in str(caught.value)
    assert not PendingUpload.objects.exists()


def test_other_sheets_and_missing_columns(empty: Cast) -> None:
    assert english(said(planned(empty, books.book({"Sheet1": [["名称"]]}))), "“Sheet1”", "template")
    rows = first()
    for row in rows["任职"]:
        del row["职责类型"]
    assert english(said(planned(empty, rows)), "“任职”", "no column “职责类型”")
    only = {"单位": first()["单位"]}
    assert said(planned(empty, only)) == []
    assert english(said(planned(empty, only, complete=True)), "“任职”", "missing")


def test_the_day_is_checked(empty: Cast) -> None:
    with pytest.raises(BadInput) as caught:
        sent(empty, first(), on=date(1492, 1, 1))
    assert caught.value.field == "on"


def test_what_began_before_the_unit_is_kept_here_is_clamped_and_said(empty: Cast) -> None:
    rows = first()
    rows["任职"][0]["起"] = date(2019, 5, 1)
    rows["任职"][1]["止"] = date(2025, 12, 1)
    plan = applied(empty, rows)
    assert Appointment.objects.get(person__name="沈既明").valid_from == TODAY
    assert not Appointment.objects.filter(person__name="何静之").exists()
    told = [f"{n.place.text} {n.message}" for n in plan.report.notes]
    assert english(told, "row 2, column F", "2026-03-02")
    assert english(told, "row 3, column G", "not taken")
