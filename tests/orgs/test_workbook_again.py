"""A workbook against what is there: added, changed, moved, ended; all of it or nothing."""

import json
from typing import Any

import pytest

from luoshi.accounts.models import User
from luoshi.base.change import change
from luoshi.base.models import PendingUpload
from luoshi.base.refused import NotAllowed, Stale
from luoshi.ledger.models import BulkRow, Entry
from luoshi.orgs import actions
from luoshi.orgs.models import Appointment, Person, Placement, Portfolio, Post, Unit
from luoshi.orgs.workbook import applying, flow
from tests.cast import AT, OPENED, TODAY, Cast
from tests.orgs.workbooks import (
    SUMMER,
    Rows,
    applied,
    changes,
    english,
    find,
    first,
    planned,
    present,
    said,
    sent,
    without,
    written,
)


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
