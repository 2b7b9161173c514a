"""The first-start page: from an empty site to the first clerk's list, and everything in between."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from luoshi.accounts.models import User
from luoshi.ledger.models import Entry
from luoshi.orgs import first_start
from luoshi.orgs.models import Appointment, Unit
from tests.cast import AT, PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)

START = "/start/"
UNITS = "办公室\n  办公室党支部\n工程科\n城南分局\n  城南分局第一支部"


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def send(client: Client, **more: str) -> Any:
    values = {
        "code": first_start.code(),
        "organisation": "青川市园林局",
        "units": UNITS,
        "unit": "",
        "name": "何静之",
        "username": "hejingzhi",
        "password": PASSWORD,
        "again": PASSWORD,
        "request_id": "r",
        **more,
    }
    return client.post(START, values)


@pytest.mark.parametrize("path", ["/", "/units/", "/accounts/sign-in/", "/nonsense/"])
def test_an_empty_site_leads_to_its_first_start(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (302, START)


def test_the_look_can_be_chosen_before_anything_is_there(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "en", "next": START})
    client.post(reverse("display"), {"theme": "dark", "next": START})
    page = client.get(START).content.decode()
    assert '<html lang="en"' in page
    assert 'data-theme="dark"' in page


def test_one_page_makes_organisation_units_and_the_first_clerk(client: Client) -> None:
    assert client.get(START).status_code == 200
    response = send(client)
    assert (response.status_code, response.headers["Location"]) == (303, reverse("mine"))
    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get(reverse("mine")).status_code == 200
    assert Unit.objects.count() == 6
    seat = Appointment.objects.select_related("post__unit", "post__acts_for").get()
    assert seat.post.unit.name == "办公室"
    assert seat.post.acts_for is not None
    assert seat.post.acts_for.name == "青川市园林局"
    assert client.get(reverse("orgs:home")).status_code == 200
    # And the clerk goes on: units, people, accounts.
    root = seat.post.acts_for
    for name in ("orgs:unit_add", "orgs:staff_add", "orgs:post_add"):
        assert client.get(reverse(name, args=[root.pk])).status_code == 200
    assert client.get(reverse("directives:new")).status_code == 200
    # The door is closed behind.
    assert client.get(START).status_code == 404
    assert send(client).status_code == 404


def test_the_page_is_gone_from_a_site_in_use(cast: Cast, client: Client) -> None:
    assert client.get(START).status_code == 404
    assert send(client).status_code == 404
    assert User.objects.filter(username="hejingzhi").count() == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"code": "AAAAA-AAAAA"}, "code"),
        ({"code": ""}, "code"),
        ({"organisation": ""}, "organisation"),
        ({"organisation": "青\u200b川"}, "organisation"),
        ({"units": "办公室\n办公室"}, "units"),
        ({"units": "办\u202e公室"}, "units"),
        ({"unit": "没有的科"}, "unit"),
        ({"name": " "}, "name"),
        ({"username": "何静之"}, "username"),
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "another"}, "again"),
    ],
)
def test_one_mistake_stands_at_its_field_and_nothing_typed_is_lost(
    client: Client, more: dict[str, str], field: str
) -> None:
    response = send(client, **more)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert f'id="id_{field}_err"' in page
    kept = {"organisation": "青川市园林局", "name": "何静之", "username": "hejingzhi", **more}
    for name, value in kept.items():
        if value.strip() and name not in ("password", "again"):
            assert value in page
    assert PASSWORD not in page
    assert not User.objects.exists()
    assert not Entry.objects.exists()
    assert send(client).status_code == 303


def test_ten_wrong_codes_end_the_code(client: Client) -> None:
    old = first_start.code()
    for _ in range(10):
        assert send(client, code="AAAAA-AAAAA").status_code == 400
    assert send(client, code=old).status_code == 400
    assert first_start.code() != old
    assert send(client).status_code == 303


def test_a_unit_of_ones_own_choice(client: Client) -> None:
    assert send(client, unit="城南分局第一支部").status_code == 303
    assert Appointment.objects.get().post.unit.name == "城南分局第一支部"


def test_without_units_the_clerk_sits_in_the_organisation(client: Client) -> None:
    assert send(client, units="").status_code == 303
    post = Appointment.objects.select_related("post__unit").get().post
    assert (post.unit.name, post.acts_for) == ("青川市园林局", None)


def test_the_page_in_english_makes_an_english_account(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "en", "next": START})
    assert send(client).status_code == 303
    assert User.objects.get().language == "en"
