"""The sign-in page: in and out, wrong passwords, a closed account, and what is not reachable."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from luoshi.accounts import actions
from tests.cast import AT, PASSWORD, Cast


@pytest.fixture(autouse=True)
def counts_forgotten() -> Iterator[None]:
    """Wrong passwords are counted in the cache; each test counts from zero."""
    cache.clear()
    yield
    cache.clear()


def send(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("account_login"), {"login": username, "password": password, **more})


def test_signing_in_leads_to_where_one_wanted_to_go(cast: Cast, client: Client) -> None:
    wanted = reverse("orgs:home")
    sent = client.get(wanted)
    assert sent.status_code == 302
    page = client.get(sent.headers["Location"])
    assert page.status_code == 200
    assert f'name="next" value="{wanted}"' in page.content.decode()
    response = send(client, " Beidu_Head ", next=wanted)
    assert (response.status_code, response.headers["Location"]) == (302, wanted)
    assert client.session["_auth_user_id"] == str(cast.users["beidu_head"].pk)
    assert not client.get(wanted).context["messages"]
    again = client.get(reverse("account_login"))
    assert (again.status_code, again.headers["Location"]) == (302, reverse("mine"))


def test_nobody_is_sent_to_another_site(cast: Cast, client: Client) -> None:
    response = send(client, "beidu_head", next="https://elsewhere.example/")
    assert response.headers["Location"] == reverse("mine")


@pytest.mark.parametrize(
    ("username", "password"),
    [("beidu_head", "wrong"), ("nosuch", PASSWORD), ("a@b.example", PASSWORD), ("beidu_head", "")],
)
def test_a_wrong_one_says_so_and_keeps_the_name(
    cast: Cast, client: Client, username: str, password: str
) -> None:
    response = send(client, username, password)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert f'value="{username}"' in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_same_words_for_a_wrong_name_and_a_wrong_password(cast: Cast, client: Client) -> None:
    said = {
        str(send(client, name, password).context["form"].non_field_errors())
        for name, password in [("beidu_head", "wrong"), ("nosuch", "wrong"), ("a@b", "wrong")]
    }
    assert len(said) == 1


def test_guessing_is_slowed_down_for_one_name(cast: Cast, client: Client) -> None:
    for _ in range(5):
        send(client, "beidu_head", "wrong")
    response = send(client, "beidu_head")
    assert response.context["form"].errors
    assert "_auth_user_id" not in client.session
    send(client, "nanping_head")
    assert "_auth_user_id" in client.session


def test_guessing_is_slowed_down_for_one_address(cast: Cast, client: Client) -> None:
    statuses = [send(client, f"nobody{n}", "wrong").status_code for n in range(61)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert reverse("account_login") in send(client, "nobody", "wrong").content.decode()


def test_a_closed_account_is_told_so_only_to_its_owner(cast: Cast, client: Client) -> None:
    actions.disable(cast.users["beidu_head"], by=cast.admin, at=AT)
    wrong = str(send(client, "beidu_head", "wrong").context["form"].non_field_errors())
    response = send(client, "beidu_head")
    assert response.status_code == 200
    assert str(response.context["form"].non_field_errors()) not in ("", wrong)
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_out_with_its_next_request(cast: Cast, client: Client) -> None:
    user = cast.sign_in(client, "beidu_head")
    assert client.get(reverse("orgs:home")).status_code == 200
    actions.disable(user, by=cast.admin, at=AT)
    assert client.get(reverse("orgs:home")).status_code == 302


def test_a_new_browser_speaks_the_language_of_the_account(cast: Cast, client: Client) -> None:
    actions.set_language(
        cast.users["beidu_head"], language="en", by=cast.users["beidu_head"], at=AT
    )
    send(client, "beidu_head")
    assert client.cookies["django_language"].value == "en"
    assert '<html lang="en"' in client.get(reverse("orgs:home")).content.decode()


def test_a_language_chosen_in_this_browser_stays(cast: Cast, client: Client) -> None:
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    send(client, "beidu_head")
    assert client.cookies["django_language"].value == "en"


def test_signing_out_asks_first(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "beidu_head")
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    response = client.post(reverse("account_logout"))
    assert response.headers["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["sign-up/", "signup/", "password/reset/", "email/", "inactive/"])
def test_nothing_else_of_the_sign_in_package_is_there(
    cast: Cast, client: Client, path: str
) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404
