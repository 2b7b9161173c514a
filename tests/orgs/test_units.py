"""Units: created, renamed, moved with all below them, closed; always as of a day."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Stale
from luoshi.ledger.models import Body, BulkRow, Entry
from luoshi.orgs import actions, paths, queries
from luoshi.orgs.actions.units import Circle, LaterChange, NotStanding, StillInUse
from luoshi.orgs.models import DEPTH, Placement, Portfolio, Post, Unit
from tests.cast import AT, OPENED, TODAY, Cast

SPRING = date(2026, 4, 1)
AUTUMN = date(2026, 9, 1)


def make(cast: Cast, name: str, parent: str | Unit | None, on: date = TODAY, **more: Any) -> Unit:
    above = cast.units[parent] if isinstance(parent, str) else parent
    return actions.create_unit(
        name=name, unit_kind=more.pop("unit_kind", "department"), parent=above, on=on,
        by=cast.admin, at=AT, **more,
    )  # fmt: skip


def last_body() -> dict[str, object]:
    body: dict[str, object] = json.loads(Body.objects.latest("id").body)
    return body


def test_a_unit_stands_below_its_parent_from_its_day(cast: Cast) -> None:
    unit = make(cast, " 水资源　科 ", "bureau", SPRING, region="市本级", short_name="水资源")
    assert (unit.name, unit.short, unit.opened_on) == ("水资源 科", "水资源", SPRING)
    path = queries.path_of(unit.pk, SPRING)
    assert path.startswith(cast.paths["bureau"])
    assert paths.depth(path) == 2
    with pytest.raises(OutOfScope):
        queries.path_of(unit.pk, TODAY)
    assert unit.position > cast.units["nanping"].position
    body = last_body()
    assert Entry.objects.latest("id").kind == "unit.created"
    assert body["values"] == {
        "name": "水资源 科", "parent": str(cast.units["bureau"].pk), "path": path,
        "valid_from": "2026-04-01", "position": unit.position, "unit_kind": "department",
        "short_name": "水资源", "region": "市本级", "line": "", "rank": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("", "name"),
        ("  ", "name"),
        ("水\u200b务", "name"),
        ("水" * 101, "name"),
        ("办公室", "name"),
    ],
)
def test_a_bad_name_is_refused_at_its_field(cast: Cast, name: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        make(cast, name, "bureau")
    assert refused.value.field == field


def test_only_who_keeps_the_organisation_may(cast: Cast) -> None:
    for user in ("office_clerk", "bureau_head", "auditor", "nobody", "ended"):
        with pytest.raises(NotAllowed):
            actions.create_unit(
                name="新科", unit_kind="department", parent=cast.units["bureau"], on=TODAY,
                by=cast.users[user], at=AT,
            )  # fmt: skip
    with pytest.raises(OutOfScope):
        actions.create_unit(
            name="新科", unit_kind="department", parent=cast.units["bureau"], on=TODAY,
            by=cast.users["stranger"], at=AT,
        )  # fmt: skip


def test_the_tree_has_one_root(cast: Cast) -> None:
    with pytest.raises(BadInput):
        make(cast, "另一个局", None)
    own = actions.create_unit(
        name="园林局", unit_kind="bureau", parent=None, on=TODAY, by=cast.users["stranger"], at=AT
    )
    assert queries.path_of(own.pk, TODAY) == paths.segment(0)


def test_a_renamed_unit_keeps_its_place(cast: Cast) -> None:
    unit = cast.units["works"]
    actions.rename_unit(unit, name="建设管理科", short_name="建管", by=cast.admin, at=AT, seen=1)
    assert Unit.objects.get(pk=unit.pk).name == "建设管理科"
    assert last_body()["values"] == {
        "name": "建设管理科", "short_name": "建管", "was": "工程建设科",
    }  # fmt: skip
    with pytest.raises(Stale):
        actions.rename_unit(unit, name="别的", by=cast.admin, at=AT, seen=1)
    with pytest.raises(BadInput):
        actions.rename_unit(unit, name="办公室", by=cast.admin, at=AT)


def test_what_a_unit_is_can_be_corrected(cast: Cast) -> None:
    unit = cast.units["works"]
    actions.change_unit(
        unit, unit_kind="section", region="城东", line="", rank="", position=3, by=cast.admin, at=AT
    )
    fresh = Unit.objects.get(pk=unit.pk)
    assert (fresh.unit_kind, fresh.region, fresh.line, fresh.position) == ("section", "城东", "", 3)
    with pytest.raises(BadInput):
        actions.change_unit(unit, unit_kind="club", by=cast.admin, at=AT)


def test_a_move_takes_everything_below_along_and_keeps_the_past(cast: Cast) -> None:
    beidu, nanping = cast.units["beidu"], cast.units["nanping"]
    actions.move_unit(beidu, parent=nanping, on=SPRING, by=cast.admin, at=AT)
    before = queries.subtree(cast.paths["beidu"], TODAY, cast.organisation.pk)
    assert {u.pk for u in before} == {cast.units[k].pk for k in ("beidu", "beidu_b1", "beidu_b2")}
    now = queries.path_of(beidu.pk, SPRING)
    assert now.startswith(cast.paths["nanping"])
    for key in ("beidu_b1", "beidu_b2"):
        assert queries.path_of(cast.units[key].pk, SPRING).startswith(now)
        assert queries.path_of(cast.units[key].pk, TODAY) == cast.paths[key]
    assert not queries.subtree(cast.paths["beidu"], SPRING, cast.organisation.pk).exists()
    entry = Entry.objects.latest("id")
    rows = [json.loads(r.body) for r in BulkRow.objects.filter(entry=entry).order_by("number")]
    assert entry.kind == "unit.moved"
    assert {r["unit"]: r["path"] for r in rows} == {
        str(cast.units[k].pk): queries.path_of(cast.units[k].pk, SPRING)
        for k in ("beidu", "beidu_b1", "beidu_b2")
    }


def test_a_move_on_the_same_day_replaces_the_earlier_one(cast: Cast) -> None:
    beidu = cast.units["beidu"]
    actions.move_unit(beidu, parent=cast.units["nanping"], on=SPRING, by=cast.admin, at=AT)
    actions.move_unit(beidu, parent=cast.units["office"], on=SPRING, by=cast.admin, at=AT)
    assert queries.path_of(beidu.pk, SPRING).startswith(cast.paths["office"])
    assert Placement.objects.filter(unit=beidu).count() == 2


def test_a_move_that_cannot_be_is_refused(cast: Cast) -> None:
    beidu = cast.units["beidu"]
    for parent in ("beidu", "beidu_b1"):
        with pytest.raises(Circle):
            actions.move_unit(beidu, parent=cast.units[parent], on=SPRING, by=cast.admin, at=AT)
    with pytest.raises(BadInput):
        actions.move_unit(beidu, parent=cast.units["bureau"], on=SPRING, by=cast.admin, at=AT)
    with pytest.raises(NotStanding):
        actions.move_unit(
            beidu, parent=cast.units["nanping"], on=date(2019, 1, 1), by=cast.admin, at=AT
        )
    actions.move_unit(beidu, parent=cast.units["nanping"], on=AUTUMN, by=cast.admin, at=AT)
    with pytest.raises(LaterChange) as refused:
        actions.move_unit(beidu, parent=cast.units["office"], on=SPRING, by=cast.admin, at=AT)
    assert "2026" in str(refused.value)
    with pytest.raises(LaterChange):
        make(cast, "北渡新站", "beidu", SPRING)


def test_a_path_is_never_used_twice(cast: Cast) -> None:
    first = make(cast, "甲站", "nanping")
    actions.move_unit(first, parent=cast.units["beidu"], on=SPRING, by=cast.admin, at=AT)
    second = make(cast, "乙站", "nanping", AUTUMN)
    assert queries.path_of(first.pk, TODAY) != queries.path_of(second.pk, AUTUMN)


def test_the_tree_has_a_floor(cast: Cast) -> None:
    unit: Unit = cast.units["works"]
    for level in range(3, DEPTH + 1):
        unit = make(cast, f"第{level}层", unit)
    with pytest.raises(BadInput) as refused:
        make(cast, "再下一层", unit)
    assert refused.value.field == "parent"
    with pytest.raises(BadInput):
        actions.move_unit(cast.units["beidu"], parent=unit, on=SPRING, by=cast.admin, at=AT)


def test_a_unit_closes_when_it_is_empty(cast: Cast) -> None:
    nanping = cast.units["nanping"]
    with pytest.raises(StillInUse) as refused:
        actions.close_unit(nanping, on=SPRING, by=cast.admin, at=AT)
    assert "南屏分局第一支部" in str(refused.value)
    assert "江北望" in str(refused.value)
    for key in ("nanping_head", "nanping_clerk", "nanping_b1_secretary", "nanping_b2_secretary"):
        actions.end_appointment(cast.appointments[key], on=SPRING, by=cast.admin, at=AT)
    for key in ("nanping_b1", "nanping_b2", "nanping"):
        actions.close_unit(cast.units[key], on=SPRING, by=cast.admin, at=AT)
    assert Unit.objects.get(pk=nanping.pk).closed_on == SPRING
    assert queries.path_of(nanping.pk, TODAY) == cast.paths["nanping"]
    with pytest.raises(OutOfScope):
        queries.path_of(nanping.pk, SPRING)
    assert not Post.objects.on(SPRING).filter(unit=nanping).exists()
    assert not Portfolio.objects.on(SPRING).filter(unit=nanping).exists()
    with pytest.raises(NotStanding):
        make(cast, "迟到科", "nanping", SPRING)


def test_a_unit_does_not_close_on_its_first_day(cast: Cast) -> None:
    unit = make(cast, "短命科", "bureau", SPRING)
    with pytest.raises(BadInput):
        actions.close_unit(unit, on=SPRING, by=cast.admin, at=AT)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=8))
def test_any_row_of_moves_leaves_a_tree_on_every_day(
    cast: Cast, moves: list[tuple[int, int]]
) -> None:
    """Every unit stands once a day, its path begins with its parent's, and none stands in two."""
    keys = ["office", "works", "beidu", "nanping", "beidu_b1", "nanping_b2", "office_b1"]
    units = [cast.units[k] for k in keys]
    start = Placement.objects.latest("valid_from").valid_from
    days = [max(start, TODAY)]
    for unit, parent in moves:
        days.append(days[-1] + date.resolution)
        try:
            actions.move_unit(units[unit], parent=units[parent], on=days[-1], by=cast.admin, at=AT)
        except BadInput:
            continue
    for day in (OPENED, *days):
        rows = {p.unit_id: p for p in Placement.objects.on(day).filter(
            organisation_id=cast.organisation.pk)}  # fmt: skip
        assert len(rows) == len(cast.units)
        assert len({p.path for p in rows.values()}) == len(rows)
        for place in rows.values():
            if place.parent_id is not None:
                assert place.path[:-4] == rows[place.parent_id].path
