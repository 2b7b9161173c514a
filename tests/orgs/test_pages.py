"""The tree, a unit, a person: who may read them, as of which day, with how many queries."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.orgs import actions, offers, pages
from luoshi.orgs.models import Placement, Unit
from tests.cast import AT, OPENED, TODAY, Cast

SPRING = date(2026, 4, 1)
READERS = ("admin", "bureau_head", "office_clerk", "office_member", "beidu_b1_discipline")


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def addresses(cast: Cast) -> list[str]:
    return [
        reverse("orgs:home"),
        reverse("orgs:unit", args=[cast.units["beidu"].pk]),
        reverse("orgs:person", args=[cast.people["beidu_head"].pk]),
    ]


@pytest.mark.parametrize("username", READERS)
def test_whoever_holds_a_post_reads_the_whole_organisation(
    cast: Cast, client: Client, username: str
) -> None:
    cast.sign_in(client, username)
    for address in addresses(cast):
        text(client, address)


@pytest.mark.parametrize("username", ["ended", "nobody", "auditor"])
def test_without_a_post_nothing_is_read(cast: Cast, client: Client, username: str) -> None:
    cast.sign_in(client, username)
    for address in addresses(cast):
        text(client, address, 403)


def test_another_organisation_is_not_there(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "stranger")
    home, unit, person = addresses(cast)
    assert "北渡分局" not in text(client, home)
    assert "北渡分局" not in text(client, f"{home}?q=北渡")
    text(client, unit, 404)
    text(client, person, 404)
    text(client, reverse("orgs:unit", args=[cast.people["beidu_head"].pk]), 404)


def test_a_stranger_to_the_site_signs_in_first(cast: Cast, client: Client) -> None:
    for address in addresses(cast):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("account_login"))


def test_pages_are_read_only(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "admin")
    for address in addresses(cast):
        assert client.post(address).status_code == 405


def test_the_tree_opens_where_one_wants(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "beidu_head")
    closed = text(client, reverse("orgs:home"))
    assert "北渡分局" in closed
    assert "北渡分局第一支部" not in closed
    opened = text(client, reverse("orgs:home") + f"?open={cast.units['beidu'].pk}")
    assert "北渡分局第一支部" in opened
    assert "南屏分局第一支部" not in opened
    assert "北渡分局" in text(client, reverse("orgs:home") + "?open=nonsense&after=nonsense")


def test_names_find_units_and_people(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "beidu_head")
    found = text(client, reverse("orgs:home") + "?q=第一支部")
    assert "北渡分局第一支部" in found
    assert "南屏分局第一支部" in found
    assert "第二支部" not in found
    found = text(client, reverse("orgs:home") + "?q=沈知远")
    assert str(cast.people["beidu_head"].pk) in found
    assert "沈既明" not in found
    assert "<b>" not in text(client, reverse("orgs:home") + "?q=<b>")


def test_a_day_shows_what_held_then(cast: Cast, client: Client) -> None:
    beidu = cast.units["beidu"]
    actions.move_unit(beidu, parent=cast.units["nanping"], on=SPRING, by=cast.admin, at=AT)
    actions.end_appointment(cast.appointments["beidu_head"], on=SPRING, by=cast.admin, at=AT)
    cast.sign_in(client, "admin")
    address = reverse("orgs:unit", args=[beidu.pk])
    today, later = text(client, address), text(client, f"{address}?on=2026-04-01")
    assert "沈知远" in today
    assert "沈知远" not in later
    crumb = reverse("orgs:unit", args=[cast.units["nanping"].pk])
    assert crumb not in today
    assert f"{crumb}?on=2026-04-01" in later
    # The clerk of the first half of 2025 is another one than today's.
    assert "宋晴川" in today
    assert "谢长庚" in text(client, f"{address}?on=2025-06-30")
    assert "宋晴川" in text(client, f"{address}?on=2025-07-01")
    assert "2019" in text(client, f"{address}?on=2019-12-31")


def test_another_day_is_carried_along_and_offers_no_change(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "admin")
    add = reverse("orgs:unit_add", args=[cast.units["beidu"].pk])
    address = reverse("orgs:unit", args=[cast.units["beidu"].pk])
    assert add in text(client, address)
    then = text(client, f"{address}?on=2025-01-01")
    assert add not in then
    child = reverse("orgs:unit", args=[cast.units["beidu_b1"].pk])
    assert f'href="{child}?on=2025-01-01"' in then
    assert f'href="{child}"' in text(client, f"{address}?on={TODAY}")


def test_a_person_is_shown_with_seats_of_the_day_and_all_before(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "bureau_head")
    address = reverse("orgs:person", args=[cast.people["ended"].pk])
    page = client.get(address).context["page"]
    assert not page.seats
    assert len(page.history) == 1
    assert len(client.get(f"{address}?on=2025-06-30").context["page"].seats) == 1
    deputy = reverse("orgs:person", args=[cast.people["bureau_deputy1"].pk])
    assert {p.unit.name for p in client.get(deputy).context["page"].portfolios} == {
        "工程建设科", "北渡分局",
    }  # fmt: skip


@pytest.mark.parametrize("on", ["gestern", "2026-02-30", "2026-13-01", "0"])
def test_what_is_no_day_is_refused_with_a_message(cast: Cast, client: Client, on: str) -> None:
    cast.sign_in(client, "bureau_head")
    for address in addresses(cast):
        assert on in text(client, f"{address}?on={on}", 400)


def test_only_who_may_sees_the_links_that_change(cast: Cast, client: Client) -> None:
    unit, person = addresses(cast)[1:]
    changes = [
        reverse("orgs:unit_rename", args=[cast.units["beidu"].pk]),
        reverse("orgs:appointment_end", args=[cast.appointments["beidu_head"].pk]),
        reverse("orgs:account_password", args=[cast.users["beidu_head"].pk]),
    ]
    for username in ("bureau_head", "office_clerk"):
        cast.sign_in(client, username)
        seen = text(client, unit) + text(client, person)
        assert not [c for c in changes if c in seen]
    cast.sign_in(client, "admin")
    seen = text(client, unit) + text(client, person)
    assert [c for c in changes if c in seen] == changes


def test_a_closed_unit_still_has_its_page(cast: Cast, client: Client) -> None:
    unit = actions.create_unit(
        name="短期专班", unit_kind="group", parent=cast.units["bureau"], on=OPENED,
        by=cast.admin, at=AT,
    )  # fmt: skip
    actions.close_unit(unit, on=TODAY, by=cast.admin, at=AT)
    cast.sign_in(client, "admin")
    page = text(client, reverse("orgs:unit", args=[unit.pk]))
    assert reverse("orgs:unit_move", args=[unit.pk]) not in page
    assert "短期专班" not in text(client, reverse("orgs:home"))
    assert "短期专班" in text(client, reverse("orgs:home") + "?on=2026-03-01")


# Big organisations


def grow(cast: Cast, count: int) -> None:
    """`count` sections below beidu, past the actions: what counts here is reading."""
    path, parent = cast.paths["beidu"], cast.units["beidu"]
    units = [
        Unit(
            organisation=cast.organisation,
            name=f"第{n:04}工段",
            unit_kind="section",
            position=n,
            opened_on=OPENED,
        )
        for n in range(count)
    ]
    Unit.objects.bulk_create(units)
    Placement.objects.bulk_create(
        Placement(
            organisation=cast.organisation,
            unit=unit,
            parent=parent,
            path=f"{path}{n + 1000:04}",
            valid_from=OPENED,
        )
        for n, unit in enumerate(units)
    )


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_a_page_asks_as_much_of_a_big_tree_as_of_a_small_one(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "admin")
    beidu = cast.units["beidu"].pk
    wanted = [
        reverse("orgs:home"),
        reverse("orgs:home") + f"?open={beidu}",
        reverse("orgs:home") + "?q=分局",
        reverse("orgs:unit", args=[beidu]),
        reverse("orgs:unit_move", args=[cast.units["works"].pk]),
        reverse("orgs:appoint", args=[cast.posts["beidu_head"].pk]),
    ]
    before = [queries(client, address) for address in wanted]
    grow(cast, 1000)
    after = [queries(client, address) for address in wanted]
    # Pages of the opened unit's children need their own question, once.
    assert all(now <= was + 1 for now, was in zip(after, before, strict=True)), (before, after)
    assert max(after) <= 12, after
    grown = [queries(client, address) for address in wanted]
    assert grown == after


def test_a_thousand_children_come_in_pages(cast: Cast, client: Client) -> None:
    grow(cast, 1000)
    cast.sign_in(client, "bureau_head")
    beidu, seen, after = cast.units["beidu"].pk, [], None
    for _ in range(20):
        tree = pages.tree(cast.organisation.pk, TODAY, opened=beidu, after=after)
        seen += [row.unit.pk for row in tree.rows if row.level == 2]
        after = tree.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 1002
    page = text(client, reverse("orgs:home") + f"?open={beidu}")
    assert "after=" in page
    assert "第0999工段" not in page
    assert f"?open={beidu}" in text(client, reverse("orgs:unit", args=[beidu]))


def test_what_is_offered_is_narrowed_by_a_part_of_the_name(cast: Cast) -> None:
    grow(cast, 300)
    all_units = offers.units(cast.organisation.pk, TODAY)
    assert all_units.more
    assert len(all_units.shown) == offers.MOST
    assert all_units.rows.count() == 312
    some = offers.units(cast.organisation.pk, TODAY, words="第一支部")
    assert [label for _, label in some.shown] == [
        "北渡分局 › 北渡分局第一支部", "南屏分局 › 南屏分局第一支部",
    ]  # fmt: skip
    outside = offers.units(cast.organisation.pk, TODAY, outside=cast.paths["beidu"])
    assert not outside.more
    assert not [label for _, label in outside.shown if "北渡" in label]
    assert not outside.rows.filter(pk=cast.units["beidu_b1"].pk).exists()
    above = offers.above(cast.units["beidu_b1"], TODAY)
    assert [label for _, label in above.shown] == ["北渡分局", "云州市水务局"]
    people = offers.people(cast.organisation.pk, TODAY, words="知远")
    assert [label for _, label in people.shown] == ["沈知远（北渡分局 局长）"]
    actions.end_appointment(cast.appointments["works_head"], on=SPRING, by=cast.admin, at=AT)
    assert not offers.vacancies(cast.organisation.pk, TODAY).shown
    assert [label for _, label in offers.vacancies(cast.organisation.pk, SPRING).shown] == [
        "工程建设科 科长"
    ]
