"""Out and in again: an exported organisation changes nothing."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.orgs import founding
from luoshi.orgs.models import Person, Unit
from tests.cast import AT, PASSWORD, TODAY, Cast
from tests.orgs.workbooks import (
    SUMMER,
    Rows,
    applied,
    changes,
    planned,
    said,
    written,
)

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
