"""The organisation from one workbook: found again, added, changed, ended; all or nothing."""

import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.accounts.models import User
from luoshi.base.change import change
from luoshi.base.models import PendingUpload
from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, Stale
from luoshi.ledger.models import Body, BulkRow, Entry
from luoshi.orgs import actions, founding
from luoshi.orgs.models import Appointment, Person, Placement, Portfolio, Post, Unit
from luoshi.orgs.workbook import applying, flow
from tests.cast import AT, OPENED, PASSWORD, TODAY, Cast
from tests.orgs.workbooks import (
    Rows,
    applied,
    changes,
    find,
    packed,
    planned,
    present,
    said,
    sent,
    without,
    written,
)
from tests.papers import books

SUMMER = date(2026, 7, 1)
KEEP = {"编号": "", "姓名": ""}


@pytest.fixture
def empty(db: None) -> Cast:
    """An organisation that has nothing yet but its administrator."""
    admin = founding.found_with_user(
        "云州市水务局", username="admin", name="严守则", password=PASSWORD, at=AT
    )
    return Cast(organisation=admin.organisation, admin=admin)


def first() -> Rows:
    """A small organisation, hand-made: no numbers but where names meet."""
    return {
        "单位": [
            {"名称": "云州市水务局", "上级单位": "", "类别": "机关本级"},
            {"名称": "办公室", "上级单位": "云州市水务局", "类别": ""},
            {"名称": "第一支部", "上级单位": "北渡分局", "类别": "党支部"},
            {"名称": "北渡分局", "上级单位": "云州市水务局", "类别": "下级单位"},
            {"名称": "南屏分局", "上级单位": "云州市水务局", "类别": "下级单位"},
            {"名称": "第一支部", "上级单位": "南屏分局", "类别": "党支部"},
        ],
        "人员": [
            {"姓名": "沈既明", "编号": ""},
            {"姓名": "何静之", "编号": "SW002"},
            {"姓名": "江北望", "编号": "SW003"},
            {"姓名": "江北望", "编号": "SW004"},
        ],
        "任职": [
            {
                "人员": "沈既明", "单位": "云州市水务局", "职务": "局长", "职责类型": "主要负责人",
                "代办范围": "", "起": date(2026, 1, 5), "止": None,
                "分管单位": "办公室、南屏分局/第一支部",
            },
            {
                "人员": "何静之", "单位": "办公室", "职务": "文秘岗", "职责类型": "经办人",
                "代办范围": "云州市水务局", "起": None, "止": None, "分管单位": "",
            },
            {
                "人员": "江北望（SW003）", "单位": "北渡分局/第一支部", "职务": "书记",
                "职责类型": "书记", "代办范围": "", "起": None, "止": None, "分管单位": "",
            },
            {
                "人员": "SW004", "单位": "南屏分局／第一支部", "职务": "书记", "职责类型": "书记",
                "代办范围": "", "起": None, "止": None, "分管单位": "",
            },
            {
                "人员": "", "单位": "南屏分局", "职务": "局长", "职责类型": "主要负责人",
                "代办范围": "", "起": None, "止": None, "分管单位": "",
            },
        ],
    }  # fmt: skip


def english(plan_lines: list[str], *parts: str) -> bool:
    return any(all(part in line for part in parts) for line in plan_lines)


# The first load


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


# Against an organisation that is there


def test_the_present_state_changes_nothing(cast: Cast) -> None:
    for complete in (False, True):
        plan = planned(cast, written(cast), complete=complete)
        assert (changes(plan), said(plan), plan.report.notes) == ([], [], [])


def test_rename_describe_and_give_numbers(cast: Cast) -> None:
    rows = present(cast)
    beidu = find(rows, "单位", 名称="北渡分局")
    beidu.update({"名称": "北渡区水务分局", "简称": "北渡分局", "级别": "正科级", "排序号": 3})
    works = find(rows, "单位", 名称="工程建设科")
    works["编号"] = "JG05"
    for row in rows["单位"]:
        row["上级单位"] = row["上级单位"].replace("北渡分局", "北渡区水务分局")
    for row in rows["任职"]:
        for head in ("单位", "分管单位"):
            row[head] = (
                row[head]
                .replace("北渡分局", "北渡区水务分局")
                .replace("北渡区水务分局第", "北渡分局第")
            )
    person = find(rows, "人员", 姓名="沈知远")
    person["姓名"] = "沈志远"
    find(rows, "任职", 人员="沈知远")["人员"] = "沈志远"
    plan = applied(cast, rows, complete=True)
    assert sorted(changes(plan)) == [
        ("person", "changed", "沈知远"), ("unit", "changed", "北渡分局"),
        ("unit", "changed", "工程建设科"),
    ]  # fmt: skip
    unit = Unit.objects.get(pk=cast.units["beidu"].pk)
    assert (unit.name, unit.short_name, unit.rank, unit.position, unit.version) == (
        "北渡区水务分局", "北渡分局", "正科级", 3, 2,
    )  # fmt: skip
    assert Unit.objects.get(code="JG05").pk == cast.units["works"].pk
    assert Person.objects.get(pk=cast.people["beidu_head"].pk).name == "沈志远"


def test_a_move_makes_new_placements_and_keeps_the_old(cast: Cast) -> None:
    rows = present(cast)
    find(rows, "单位", 名称="北渡分局")["上级单位"] = "南屏分局"
    plan = applied(cast, rows, on=SUMMER)
    assert changes(plan) == [("unit", "changed", "北渡分局")]
    assert "云州市水务局 → 南屏分局" in plan.report.changes[0].detail
    branch = Placement.objects.filter(unit=cast.units["beidu_b1"]).order_by("valid_from")
    old, new = branch
    assert (old.path, old.valid_to) == (cast.paths["beidu_b1"], SUMMER)
    assert new.valid_from == SUMMER
    assert new.path.startswith(cast.paths["nanping"])
    assert new.parent == cast.units["beidu"]
    moved = Placement.objects.get(unit=cast.units["beidu"], valid_to=None)
    paths = list(Placement.objects.values_list("path", flat=True))
    assert paths.count(moved.path) == 1


def test_a_hand_made_row_of_a_known_name_elsewhere_asks_which_is_meant(cast: Cast) -> None:
    rows: Rows = {"单位": [{"名称": "工程建设科", "上级单位": "北渡分局"}]}
    plan = planned(cast, rows)
    (line,) = said(plan)
    assert "row 2, column B" in line
    assert "stands elsewhere: 工程建设科" in line
    number = find(present(cast), "单位", 名称="工程建设科")["编号"]
    assert number in line
    rows["单位"][0]["编号"] = number
    assert changes(planned(cast, rows)) == [("unit", "changed", "工程建设科")]
    rows["单位"][0]["编号"] = "BD-GC"
    assert changes(planned(cast, rows)) == [("unit", "added", "工程建设科")]


def test_a_complete_hand_made_file_moves_what_it_names_elsewhere(cast: Cast) -> None:
    rows = present(cast)
    for row in rows["单位"]:
        row["编号"] = ""
    find(rows, "单位", 名称="工程建设科")["上级单位"] = "北渡分局"
    plan = applied(cast, rows, on=SUMMER, complete=True)
    assert changes(plan) == [("unit", "changed", "工程建设科")]
    place = Placement.objects.get(unit=cast.units["works"], valid_to=None)
    assert place.parent == cast.units["beidu"]


def test_new_people_take_free_seats_and_others_get_new_ones(cast: Cast) -> None:
    actions.end_appointment(cast.appointments["works_head"], on=TODAY, by=cast.admin, at=AT)
    rows: Rows = {
        "人员": [{"姓名": "莫怀谷"}, {"姓名": "柳望川"}],
        "任职": [
            {"人员": "莫怀谷", "单位": "工程建设科", "职务": "科长", "职责类型": "主要负责人"},
            {"人员": "柳望川", "单位": "工程建设科", "职务": "工程师", "职责类型": "工作人员"},
        ],
    }
    applied(cast, rows)
    taken = Appointment.objects.get(person__name="莫怀谷")
    assert taken.post == cast.posts["works_head"]
    assert taken.valid_from == TODAY
    beside = Appointment.objects.get(person__name="柳望川").post
    assert beside != cast.posts["works_member"]
    assert beside.position == cast.posts["works_member"].position + 1
    assert Post.objects.filter(unit=cast.units["works"], title="工程师").count() == 2


def test_a_successor_needs_the_predecessors_last_day(cast: Cast) -> None:
    rows: Rows = {
        "人员": [{"姓名": "莫怀谷"}],
        "任职": [
            {
                "人员": "莫怀谷", "单位": "北渡分局", "职务": "局长", "职责类型": "主要负责人",
                "起": SUMMER, "止": None,
            }
        ],
    }  # fmt: skip
    (line,) = said(planned(cast, rows))
    assert "row 2, column A" in line
    assert "沈知远" in line
    rows["任职"].append({**rows["任职"][0], "人员": "沈知远", "起": OPENED, "止": SUMMER})
    plan = applied(cast, rows)
    assert ("appointment", "ended", "沈知远 · 北渡分局 局长") in changes(plan)
    seat = cast.posts["beidu_head"]
    assert [a.person.name for a in seat.appointments.order_by("valid_from")] == ["沈知远", "莫怀谷"]
    assert Appointment.objects.get(person__name="沈知远").valid_to == SUMMER


def test_another_role_is_another_seat_from_the_day(cast: Cast) -> None:
    rows = present(cast)
    row = find(rows, "任职", 人员="周衍之")
    row["职责类型"] = "委员"
    plan = applied(cast, rows, on=SUMMER, complete=True)
    assert changes(plan) == [("appointment", "changed", "周衍之 · 云州市水务局 副局长")]
    assert "副职 → 委员" in plan.report.changes[0].detail
    old = Post.objects.get(pk=cast.posts["bureau_deputy1"].pk)
    assert (old.post_role, old.valid_to) == ("deputy", SUMMER)
    before, after = Appointment.objects.filter(person=cast.people["bureau_deputy1"]).order_by(
        "valid_from"
    )
    assert (before.valid_to, after.valid_from) == (SUMMER, SUMMER)
    assert after.post.post_role == "committee_member"
    for appointment, end in ((before, SUMMER), (after, None)):
        found = Portfolio.objects.filter(appointment=appointment)
        assert {p.unit.name for p in found} == {"工程建设科", "北渡分局"}
        assert {p.valid_to for p in found} == {end}


def test_a_seat_that_begins_on_the_day_is_corrected_in_place(empty: Cast) -> None:
    applied(empty, first())
    rows = first()
    rows["任职"][1]["职责类型"] = "工作人员"
    rows["任职"][1]["代办范围"] = ""
    plan = applied(empty, rows)
    assert changes(plan) == [("appointment", "changed", "何静之 · 办公室 文秘岗")]
    post = Post.objects.get(title="文秘岗")
    assert (post.post_role, post.acts_for, post.version) == ("member", None, 2)
    assert Post.objects.filter(unit__name="办公室").count() == 1


def test_portfolios_end_and_begin(cast: Cast) -> None:
    rows = present(cast)
    find(rows, "任职", 人员="周衍之")["分管单位"] = "北渡分局、办公室"
    plan = applied(cast, rows, on=SUMMER)
    assert sorted(changes(plan)) == [
        ("portfolio", "added", "周衍之 in charge of 办公室"),
        ("portfolio", "ended", "周衍之 in charge of 工程建设科"),
    ]
    held = {
        p.unit.name: (p.valid_from, p.valid_to)
        for p in Portfolio.objects.filter(appointment=cast.appointments["bureau_deputy1"])
    }
    assert held == {
        "工程建设科": (OPENED, SUMMER), "北渡分局": (OPENED, None), "办公室": (SUMMER, None),
    }  # fmt: skip
    del rows["任职"][0]["分管单位"]
    only = [{k: v for k, v in row.items() if k != "分管单位"} for row in rows["任职"]]
    assert changes(planned(cast, {**rows, "任职": only}, on=SUMMER)) == []


def drop_works(cast: Cast) -> Rows:
    """The state without 工程建设科, its branch and whoever sits there."""
    rows = present(cast)
    without(rows, "单位", lambda r: "工程建设科" in r["名称"])
    without(rows, "任职", lambda r: "工程建设科" in r["单位"])
    find(rows, "任职", 人员="周衍之")["分管单位"] = "北渡分局"
    return rows


def test_what_vanished_ends_only_when_the_file_is_complete(cast: Cast) -> None:
    rows = drop_works(cast)
    assert changes(planned(cast, rows, on=SUMMER)) == [
        ("portfolio", "ended", "周衍之 in charge of 工程建设科")
    ]
    plan = applied(cast, rows, on=SUMMER, complete=True)
    counts = plan.report.counts()
    assert counts["unit"]["ended"] == 2
    assert counts["appointment"]["ended"] == 3
    works = Unit.objects.get(pk=cast.units["works"].pk)
    assert works.closed_on == SUMMER
    assert Placement.objects.get(unit=works).valid_to == SUMMER
    assert set(Post.objects.filter(unit=works).values_list("valid_to", flat=True)) == {SUMMER}
    assert Appointment.objects.get(person=cast.people["works_head"]).valid_to == SUMMER
    assert Person.objects.filter(pk=cast.people["works_head"].pk).exists()
    rows = [
        json.loads(t)
        for t in BulkRow.objects.filter(entry__kind="organisation.imported").values_list(
            "body", flat=True
        )
    ]
    assert {"act": "ended", "kind": "unit", "id": str(works.pk), "closed_on": "2026-07-01"} in rows


def test_what_is_still_needed_cannot_vanish(cast: Cast) -> None:
    rows = present(cast)
    without(rows, "单位", lambda r: r["名称"] == "工程建设科")
    lines = said(planned(cast, rows, on=SUMMER, complete=True))
    assert english(lines, "“单位”", "工程建设科", "would be closed")
    assert english(lines, "“任职”", "工程建设科", "would be closed")
    assert english(lines, "column I", "工程建设科")
    rows = drop_works(cast)
    plan = planned(cast, rows, on=OPENED, complete=True)
    assert english(said(plan), "2020-01-01", "Choose a later day")
    rows = present(cast)
    without(rows, "单位", lambda r: r["名称"] == "云州市水务局")
    assert english(said(planned(cast, rows, complete=True)), "topmost unit “云州市水务局”")


def test_decided_for_later_stands_in_the_way(cast: Cast) -> None:
    actions.move_unit(
        cast.units["works_b1"], parent=cast.units["office"], on=SUMMER, by=cast.admin, at=AT
    )
    rows = present(cast)
    find(rows, "单位", 名称="工程建设科")["上级单位"] = "南屏分局"
    assert english(said(planned(cast, rows)), "工程建设科党支部", "2026-07-01")


def test_an_end_is_not_put_off(cast: Cast) -> None:
    actions.end_appointment(cast.appointments["beidu_head"], on=SUMMER, by=cast.admin, at=AT)
    rows = present(cast)
    find(rows, "任职", 人员="沈知远")["止"] = None
    assert english(said(planned(cast, rows)), "2026-07-01", "not put off")


def test_two_people_of_one_name_stay_two(cast: Cast) -> None:
    twin = actions.create_person(name="何静之", by=cast.admin, at=AT)
    assert changes(planned(cast, written(cast), complete=True)) == []
    rows: Rows = {"人员": [{"姓名": "何静之", "编号": "SW9"}]}
    (line,) = said(planned(cast, rows))
    assert "2 people" in line
    assert twin.pk.hex[-12:] in line
    rows["人员"][0]["编号"] = f"#{twin.pk.hex[-12:]}"
    assert said(planned(cast, rows)) == []
    rows = {"任职": [{"人员": "何静之", "单位": "办公室", "职务": "科员", "职责类型": "工作人员"}]}
    assert english(said(planned(cast, rows)), "row 2, column A", "2 people are named")


def test_numbers_can_change_hands(cast: Cast) -> None:
    rows = present(cast)
    a, b = find(rows, "人员", 姓名="沈知远"), find(rows, "人员", 姓名="宋晴川")
    a["编号"], b["编号"] = "A1", "B2"
    applied(cast, rows)
    found = {p.name: p for p in Person.objects.exclude(code="")}
    assert {n: p.code for n, p in found.items()} == {"沈知远": "A1", "宋晴川": "B2"}
    # The other way round the numbers count: the two people change their names.
    rows = {"人员": [{"姓名": "沈知远", "编号": "B2"}, {"姓名": "宋晴川", "编号": "A1"}]}
    applied(cast, rows)
    assert Person.objects.get(code="B2").pk == found["宋晴川"].pk
    assert Person.objects.get(code="B2").name == "沈知远"


# Between the dry run and the word


def test_a_change_in_between_is_told(cast: Cast) -> None:
    rows: Rows = {"单位": [{"名称": "综合股", "上级单位": "北渡分局", "地区": "北渡区"}]}
    upload = sent(cast, rows)
    shown = flow.dry_run(upload)
    actions.create_unit(
        name="综合股", unit_kind="section", parent=cast.units["beidu"], on=TODAY, by=cast.admin,
        at=AT,
    )  # fmt: skip
    with pytest.raises(flow.NotTheSame):
        flow.apply(upload, seen=shown.digest(), by=cast.admin, at=AT)
    now = flow.dry_run(upload)
    assert changes(now) == [("unit", "changed", "综合股")]
    flow.apply(upload, seen=now.digest(), by=cast.admin, at=AT)
    assert Unit.objects.get(name="综合股").region == "北渡区"


def test_a_change_that_does_not_matter_does_not_hinder(cast: Cast) -> None:
    upload = sent(cast, {"人员": [{"姓名": "莫怀谷"}]})
    shown = flow.dry_run(upload)
    actions.create_person(name="柳望川", by=cast.admin, at=AT)
    flow.apply(upload, seen=shown.digest(), by=cast.admin, at=AT)
    assert Person.objects.filter(name="莫怀谷").exists()


def test_an_error_while_applying_leaves_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = present(cast)
    rows["人员"].append({"姓名": "莫怀谷", "编号": ""})
    find(rows, "单位", 名称="办公室")["级别"] = "副处级"
    find(rows, "任职", 人员="周衍之")["分管单位"] = "北渡分局"
    upload = sent(cast, rows)
    seen = flow.dry_run(upload).digest()

    def slower(row: Any, **values: Any) -> None:
        if isinstance(row, Unit):
            raise Stale()
        change(row, **values)

    monkeypatch.setattr(applying, "change", slower)
    entries = Entry.objects.count()
    with pytest.raises(Stale):
        flow.apply(upload, seen=seen, by=cast.admin, at=AT)
    assert not Person.objects.filter(name="莫怀谷").exists()
    assert not Portfolio.objects.exclude(valid_to=None).exists()
    assert Entry.objects.count() == entries
    assert PendingUpload.objects.filter(pk=upload.pk).exists()
    monkeypatch.undo()
    flow.apply(upload, seen=seen, by=cast.admin, at=AT)
    assert Person.objects.filter(name="莫怀谷").exists()


@pytest.mark.parametrize("who", ["office_clerk", "bureau_head", "auditor", "nobody"])
def test_only_who_keeps_the_organisation_may(cast: Cast, who: str) -> None:
    user: User = cast.users[who]
    upload = sent(cast, {"人员": [{"姓名": "莫怀谷"}]})
    seen = flow.dry_run(upload).digest()
    with pytest.raises(NotAllowed):
        flow.receive(written(cast), name="x.xlsx", on=TODAY, complete=False, by=user, at=AT)
    with pytest.raises(NotAllowed):
        flow.apply(upload, seen=seen, by=user, at=AT)
    with pytest.raises(NotAllowed):
        flow.again(upload, on=TODAY, complete=True, by=user, at=AT)


# There and back


NAMES = st.sampled_from(
    ["办公室", "综合股", "第一支部", "第二支部", "纪检/监察科", "水、土科", "BD01"]
)
PEOPLE = st.sampled_from(["何静之", "沈知远", "江北望", "B7"])


@st.composite
def organisations(draw: Any) -> Rows:
    """A tree of any shape with repeated names, people of one name, seats, ends, portfolios."""
    units = [{"编号": "U0", "名称": "云州市水务局", "上级单位": "", "排序号": 1}]
    used = set()
    for n in range(draw(st.integers(0, 7))):
        parent = draw(st.integers(0, len(units) - 1))
        name = draw(NAMES)
        if (parent, name) in used:
            continue
        used.add((parent, name))
        units.append(
            {
                "编号": f"U{n + 1}", "名称": name, "上级单位": units[parent]["编号"],
                "排序号": draw(st.integers(0, 3)),
            }
        )  # fmt: skip
    people = [{"姓名": draw(PEOPLE), "编号": f"P{n}"} for n in range(draw(st.integers(0, 4)))]
    seats = []
    for n in range(draw(st.integers(0, 6))):
        person = draw(st.sampled_from([*(p["编号"] for p in people), ""]))
        charge = draw(
            st.lists(st.sampled_from([u["编号"] for u in units]), max_size=2, unique=True)
        )
        seats.append(
            {
                "人员": person,
                "单位": draw(st.sampled_from([u["编号"] for u in units])),
                "职务": draw(st.sampled_from([f"岗{n}", "科员"])) if not person else f"岗{n}",
                "职责类型": draw(st.sampled_from(["副职", "委员", "经办人", "工作人员"])),
                "代办范围": draw(st.sampled_from(["", "U0"])),
                "起": draw(st.sampled_from([None, date(2026, 2, 1), SUMMER])),
                "止": draw(st.sampled_from([None, date(2027, 1, 1)])),
                "分管单位": "、".join(charge) if person else "",
            }
        )
    found: Rows = {"单位": units, "人员": people, "任职": seats}
    return {name: body for name, body in found.items() if body}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(organisations(), st.booleans(), st.booleans())
def test_out_and_in_again_changes_nothing(
    db: None, rows: Rows, forget: bool, complete: bool
) -> None:
    from django.db import transaction

    with transaction.atomic():
        admin = founding.found_with_user(
            "云州市水务局", username="admin", name="严守则", password=PASSWORD, at=AT
        )
        place = Cast(organisation=admin.organisation, admin=admin)
        applied(place, rows, on=date(2026, 1, 1))
        if forget:  # without the office's numbers the program's own tell rows apart
            Unit.objects.filter(organisation=place.organisation).update(code="")
            Person.objects.filter(organisation=place.organisation).update(code="")
        for on in (date(2026, 1, 1), TODAY):
            again = planned(place, written(place, on), on=on, complete=complete)
            assert said(again) == []
            assert changes(again) == []
        transaction.set_rollback(True)
