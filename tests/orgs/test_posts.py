"""Posts, appointments, portfolios: one seat, one holder; what ends takes along what hangs on it."""

from collections.abc import Callable
from datetime import date

import pytest

from luoshi.accounts.models import User
from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope
from luoshi.ledger.models import Entry
from luoshi.orgs import access, actions
from luoshi.orgs.actions.posts import TwoAtOnce
from luoshi.orgs.actions.units import NotStanding, StillInUse
from luoshi.orgs.models import Appointment, Person, Portfolio, Post
from tests.cast import AT, TODAY, Cast

SPRING = date(2026, 4, 1)


def seat(cast: Cast, unit: str, role: str, title: str = "新岗", acts_for: str = "") -> Post:
    return actions.create_post(
        unit=cast.units[unit], title=title, post_role=role, on=TODAY,
        acts_for=cast.units[acts_for] if acts_for else None, by=cast.admin, at=AT,
    )  # fmt: skip


def somebody(cast: Cast, name: str = "新同志") -> Person:
    return actions.create_person(name=name, by=cast.admin, at=AT)


def test_a_post_acts_for_its_unit_or_one_above(cast: Cast) -> None:
    assert seat(cast, "beidu", "clerk").acts_for_id is None
    assert seat(cast, "beidu", "clerk", acts_for="beidu").acts_for_id is None
    assert seat(cast, "beidu", "clerk", acts_for="bureau").acts_for == cast.units["bureau"]
    for other in ("nanping", "beidu_b1"):
        with pytest.raises(BadInput) as refused:
            seat(cast, "beidu", "clerk", acts_for=other)
        assert refused.value.field == "acts_for"


def test_a_post_needs_a_title_a_known_role_and_a_standing_unit(cast: Cast) -> None:
    with pytest.raises(BadInput):
        seat(cast, "beidu", "clerk", title=" ")
    with pytest.raises(BadInput):
        seat(cast, "beidu", "king")
    with pytest.raises(NotStanding):
        actions.create_post(
            unit=cast.units["beidu"], title="岗", post_role="clerk", on=date(2019, 1, 1),
            by=cast.admin, at=AT,
        )  # fmt: skip


def test_a_held_post_stays_open(cast: Cast) -> None:
    with pytest.raises(StillInUse) as refused:
        actions.close_post(cast.posts["beidu_head"], on=SPRING, by=cast.admin, at=AT)
    assert "沈知远" in str(refused.value)
    post = seat(cast, "beidu", "member")
    actions.close_post(post, on=SPRING, by=cast.admin, at=AT)
    with pytest.raises(BadInput):
        actions.appoint(person=somebody(cast), post=post, valid_from=TODAY, by=cast.admin, at=AT)
    with pytest.raises(BadInput):
        actions.close_post(post, on=SPRING, by=cast.admin, at=AT)


def test_appointing_gives_the_role_on_its_days_only(cast: Cast) -> None:
    post = seat(cast, "beidu", "clerk")
    appointment = actions.appoint(
        person=cast.people["nobody"], post=post, valid_from=SPRING, valid_to=date(2026, 6, 1),
        by=cast.admin, at=AT,
    )  # fmt: skip
    user, path = cast.users["nobody"], cast.paths["beidu"]
    assert not access.standing(user, TODAY).may("occurrence.submit", path)
    assert access.standing(user, SPRING).may("occurrence.submit", path)
    assert access.standing(user, date(2026, 5, 31)).may("occurrence.submit", path)
    assert not access.standing(user, date(2026, 6, 1)).may("occurrence.submit", path)
    actions.end_appointment(appointment, on=date(2026, 5, 1), by=cast.admin, at=AT)
    assert not access.standing(user, date(2026, 5, 1)).may("occurrence.submit", path)


def test_one_seat_has_one_holder(cast: Cast) -> None:
    with pytest.raises(TwoAtOnce) as refused:
        actions.appoint(
            person=cast.people["nobody"], post=cast.posts["beidu_clerk"], valid_from=TODAY,
            by=cast.admin, at=AT,
        )  # fmt: skip
    assert "宋晴川" in str(refused.value)
    with pytest.raises(TwoAtOnce):  # before the present holder, but over the former one's days
        actions.appoint(
            person=cast.people["nobody"], post=cast.posts["beidu_clerk"],
            valid_from=date(2025, 1, 1), valid_to=date(2025, 7, 1), by=cast.admin, at=AT,
        )  # fmt: skip
    actions.end_appointment(cast.appointments["beidu_clerk"], on=SPRING, by=cast.admin, at=AT)
    actions.appoint(
        person=cast.people["nobody"], post=cast.posts["beidu_clerk"], valid_from=SPRING,
        by=cast.admin, at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(("unit", "role"), [("beidu", "head"), ("beidu_b1", "secretary")])
def test_a_unit_has_one_head_and_one_secretary_at_once(cast: Cast, unit: str, role: str) -> None:
    second = seat(cast, unit, role)
    with pytest.raises(TwoAtOnce):
        actions.appoint(person=somebody(cast), post=second, valid_from=TODAY, by=cast.admin, at=AT)
    held = cast.appointments["beidu_head" if role == "head" else "beidu_b1_secretary"]
    actions.end_appointment(held, on=SPRING, by=cast.admin, at=AT)
    actions.appoint(person=somebody(cast), post=second, valid_from=SPRING, by=cast.admin, at=AT)


def test_several_deputies_are_welcome(cast: Cast) -> None:
    actions.appoint(
        person=somebody(cast), post=seat(cast, "beidu", "deputy"), valid_from=TODAY,
        by=cast.admin, at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), "valid_to"),
        (date(2026, 3, 2), date(2026, 3, 1), "valid_to"),
        (date(2026, 1, 1), None, "valid_from"),
    ],
)
def test_days_that_cannot_be_are_refused(
    cast: Cast, start: date, end: date | None, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        actions.appoint(
            person=somebody(cast), post=seat(cast, "beidu", "member"), valid_from=start,
            valid_to=end, by=cast.admin, at=AT,
        )  # fmt: skip
    assert refused.value.field == field


def test_an_appointment_ends_once_and_later_than_it_began(cast: Cast) -> None:
    held = cast.appointments["beidu_head"]
    with pytest.raises(BadInput):
        actions.end_appointment(held, on=held.valid_from, by=cast.admin, at=AT)
    actions.end_appointment(held, on=SPRING, by=cast.admin, at=AT)
    with pytest.raises(BadInput):
        actions.end_appointment(held, on=date(2026, 5, 1), by=cast.admin, at=AT)


def test_a_portfolio_lives_within_the_appointment(cast: Cast) -> None:
    deputy = cast.appointments["bureau_deputy2"]
    portfolio = actions.give_portfolio(
        deputy, unit=cast.units["works"], valid_from=TODAY, by=cast.admin, at=AT
    )
    assert cast.units["works"].pk in access.standing(cast.users["bureau_deputy2"], TODAY).in_charge
    with pytest.raises(TwoAtOnce):
        actions.give_portfolio(
            deputy, unit=cast.units["works"], valid_from=SPRING, by=cast.admin, at=AT
        )
    with pytest.raises(BadInput):
        actions.give_portfolio(
            deputy, unit=cast.units["office"], valid_from=date(2019, 1, 1), by=cast.admin, at=AT
        )
    actions.end_portfolio(portfolio, on=SPRING, by=cast.admin, at=AT)
    assert (
        cast.units["works"].pk
        not in access.standing(cast.users["bureau_deputy2"], SPRING).in_charge
    )


def test_an_ended_appointment_takes_its_portfolios_along(cast: Cast) -> None:
    actions.end_appointment(cast.appointments["bureau_deputy1"], on=SPRING, by=cast.admin, at=AT)
    rows = Portfolio.objects.filter(appointment=cast.appointments["bureau_deputy1"])
    assert {r.valid_to for r in rows} == {SPRING}
    with pytest.raises(BadInput):
        actions.give_portfolio(
            Appointment.objects.get(pk=cast.appointments["bureau_deputy1"].pk),
            unit=cast.units["office"], valid_from=TODAY, valid_to=date(2026, 5, 1),
            by=cast.admin, at=AT,
        )  # fmt: skip


def test_a_person_has_one_account_and_an_account_one_person(cast: Cast) -> None:
    person = somebody(cast)
    with pytest.raises(BadInput):
        actions.link_user(person, cast.users["beidu_head"], by=cast.admin, at=AT)
    with pytest.raises(BadInput):
        actions.link_user(cast.people["beidu_head"], cast.users["auditor"], by=cast.admin, at=AT)
    with pytest.raises(BadInput):
        actions.link_user(person, cast.users["stranger"], by=cast.admin, at=AT)
    actions.link_user(person, cast.users["auditor"], by=cast.admin, at=AT, seen=1)
    assert Entry.objects.latest("id").kind == "person.linked"
    actions.rename_person(person, name="改 名", by=cast.admin, at=AT)
    assert Person.objects.get(pk=person.pk).name == "改 名"


def test_a_double_click_makes_one(cast: Cast) -> None:
    actions.create_person(name="双击", by=cast.admin, at=AT, request_id="r1")
    with pytest.raises(AlreadyDone):
        actions.create_person(name="双击", by=cast.admin, at=AT, request_id="r1")
    assert Person.objects.filter(name="双击").count() == 1


def test_every_act_needs_the_permission_and_the_organisation(cast: Cast) -> None:
    unit, post = cast.units["beidu"], cast.posts["beidu_head"]
    held = cast.appointments["beidu_head"]
    person, portfolio = cast.people["beidu_head"], Portfolio.objects.first()
    assert portfolio is not None
    acts: list[Callable[[User], object]] = [
        lambda by: actions.create_post(
            unit=unit, title="岗", post_role="clerk", on=TODAY, by=by, at=AT
        ),
        lambda by: actions.close_post(post, on=SPRING, by=by, at=AT),
        lambda by: actions.appoint(person=person, post=post, valid_from=TODAY, by=by, at=AT),
        lambda by: actions.end_appointment(held, on=SPRING, by=by, at=AT),
        lambda by: actions.give_portfolio(held, unit=unit, valid_from=TODAY, by=by, at=AT),
        lambda by: actions.end_portfolio(portfolio, on=SPRING, by=by, at=AT),
        lambda by: actions.rename_person(person, name="某", by=by, at=AT),
        lambda by: actions.rename_unit(unit, name="某", by=by, at=AT),
        lambda by: actions.move_unit(unit, parent=cast.units["works"], on=SPRING, by=by, at=AT),
        lambda by: actions.close_unit(unit, on=SPRING, by=by, at=AT),
        lambda by: actions.change_unit(unit, unit_kind="other", by=by, at=AT),
        lambda by: actions.link_user(person, cast.users["auditor"], by=by, at=AT),
    ]
    before = Entry.objects.count()
    for act in acts:
        for user in ("office_clerk", "bureau_head", "ended", "nobody"):
            with pytest.raises(NotAllowed):
                act(cast.users[user])
        with pytest.raises(OutOfScope):
            act(cast.users["stranger"])
    assert Entry.objects.count() == before
