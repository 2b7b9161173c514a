"""签收 and 传达: who has it, through which meeting; dates wait for nobody."""

from datetime import date, timedelta

import pytest

from luoshi.base.refused import BadInput, NotAllowed, OutOfScope
from luoshi.directives.models import Directive
from luoshi.duties import actions, transmission
from luoshi.duties.models import Occurrence, Receipt
from luoshi.ledger.models import Entry
from luoshi.orgs import access
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue


@pytest.fixture
def issued(cast: Cast) -> Directive:
    found = issue(cast)
    found.refresh_from_db()
    return found


def test_a_unit_receives_once_and_adds_its_meeting(cast: Cast, issued: Directive) -> None:
    by = cast.users["beidu_clerk"]
    waiting = transmission.to_receive(access.standing(by, TODAY))
    assert [(d.pk, u.name) for d, u in waiting] == [(issued.pk, "北渡分局")]
    actions.receive(issued, cast.units["beidu"], by=by, at=AT)
    assert transmission.to_receive(access.standing(by, TODAY)) == []
    actions.receive(
        issued,
        cast.units["beidu"],
        meeting="北渡分局局务会",
        transmitted_on=date(2026, 3, 4),
        by=by,
        at=AT + timedelta(days=3),
    )
    found = Receipt.objects.get()
    assert (found.received_on, found.meeting, found.transmitted_on) == (
        TODAY, "北渡分局局务会", date(2026, 3, 4),
    )  # fmt: skip
    kinds = Entry.objects.filter(object_id=found.pk).order_by("at").values_list("kind", flat=True)
    assert list(kinds) == ["receipt.given", "receipt.changed"]


def test_the_office_enters_it_with_the_name(cast: Cast, issued: Directive) -> None:
    clerk = cast.users["office_clerk"]
    with pytest.raises(BadInput) as refusal:
        actions.receive(issued, cast.units["nanping"], by=clerk, at=AT)
    assert refusal.value.field == "said_by"
    found = actions.receive(issued, cast.units["nanping"], said_by="杜若衡", by=clerk, at=AT)
    assert (found.said_by, found.by) == ("杜若衡", clerk)
    assert Receipt.objects.get().unit == cast.units["nanping"]


@pytest.mark.parametrize("who", ["beidu_clerk", "bureau_deputy2", "office_member"])
def test_nobody_receives_for_another_unit(cast: Cast, issued: Directive, who: str) -> None:
    with pytest.raises(NotAllowed):
        actions.receive(issued, cast.units["nanping"], said_by="我", by=cast.users[who], at=AT)


def test_a_stranger_is_out_of_scope(cast: Cast, issued: Directive) -> None:
    with pytest.raises(OutOfScope):
        actions.receive(issued, cast.units["nanping"], by=cast.users["stranger"], at=AT)


def test_who_was_given_nothing_receives_nothing(cast: Cast, issued: Directive) -> None:
    with pytest.raises(actions.NothingToReceive, match="派驻水务局纪检监察组"):
        actions.receive(issued, cast.units["discipline"], by=cast.users["discipline_head"], at=AT)


def test_a_meeting_and_its_day_belong_together(cast: Cast, issued: Directive) -> None:
    by = cast.users["beidu_clerk"]
    for more, field in (
        ({"meeting": "局务会"}, "transmitted_on"),
        ({"transmitted_on": TODAY}, "meeting"),
        ({"meeting": "局务会", "transmitted_on": TODAY + timedelta(days=1)}, "transmitted_on"),
        ({"received_on": TODAY - timedelta(days=1)}, "received_on"),
    ):
        with pytest.raises(BadInput) as refusal:
            actions.receive(issued, cast.units["beidu"], by=by, at=AT, **more)
        assert refusal.value.field == field
    assert not Receipt.objects.exists()


def test_dates_do_not_wait_for_receipt(cast: Cast, issued: Directive) -> None:
    dues = dict(Occurrence.objects.filter(directive=issued).values_list("pk", "due_on"))
    assert Occurrence.objects.overdue(date(2026, 4, 1)).filter(unit=cast.units["beidu"]).exists()
    actions.receive(
        issued, cast.units["beidu"], by=cast.users["beidu_clerk"], at=AT + timedelta(days=40)
    )
    assert dict(Occurrence.objects.filter(directive=issued).values_list("pk", "due_on")) == dues


def test_the_list_shows_each_reader_their_scope(cast: Cast, issued: Directive) -> None:
    every = transmission.rows(issued, access.standing(cast.users["office_clerk"], TODAY))
    assert {"北渡分局", "南屏分局", "办公室党支部"} <= {r.unit.name for r in every}
    below = transmission.rows(issued, access.standing(cast.users["beidu_clerk"], TODAY))
    assert {r.unit.name for r in below} == {"北渡分局", "北渡分局第一支部", "北渡分局第二支部"}
