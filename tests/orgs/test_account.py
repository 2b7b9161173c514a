"""One's own account: what one is here, the language, a new password."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from luoshi.ledger.models import Entry
from tests.cast import AT, PASSWORD, Cast

SECRET = "QingChuan-7788"


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.parametrize("username", ["bureau_deputy1", "auditor", "admin", "ended", "nobody"])
def test_everybody_has_a_page_of_their_own(cast: Cast, client: Client, username: str) -> None:
    assert client.get(reverse("account")).status_code == 302
    cast.sign_in(client, username)
    page = client.get(reverse("account"))
    assert page.status_code == 200
    assert username in page.content.decode()


def test_posts_and_portfolios_are_shown(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "bureau_deputy1")
    page = client.get(reverse("account")).content.decode()
    for word in ("周衍之", "副局长", "工程建设科", "北渡分局", "云州市水务局"):
        assert word in page


def test_a_new_password_keeps_this_session_and_ends_the_others(cast: Cast, client: Client) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.post(reverse("account_login"), {"login": "beidu_head", "password": PASSWORD})
        assert browser.get(reverse("account")).status_code == 200
    sent = {"current": PASSWORD, "password": SECRET, "again": SECRET}
    response = client.post(reverse("account"), sent)
    assert (response.status_code, response.headers["Location"]) == (303, reverse("account"))
    assert cast.fresh("beidu_head").check_password(SECRET)
    assert client.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302
    assert Entry.objects.latest("id").kind == "user.password_set"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"current": "wrong"}, "current"),
        ({"current": ""}, "current"),
        ({"password": "1234567890", "again": "1234567890"}, "password"),
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "another"}, "again"),
    ],
)
def test_a_password_that_cannot_be_is_refused_at_its_field(
    cast: Cast, client: Client, more: dict[str, str], field: str
) -> None:
    cast.sign_in(client, "beidu_head")
    sent = {"current": PASSWORD, "password": SECRET, "again": SECRET, **more}
    response = client.post(reverse("account"), sent)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert cast.fresh("beidu_head").check_password(PASSWORD)
    page = response.content.decode()
    assert PASSWORD not in page
    assert SECRET not in page


def test_the_language_is_kept_with_the_account(cast: Cast, client: Client) -> None:
    address = reverse("account_language")
    assert client.post(address, {"language": "en"}).status_code == 302
    cast.sign_in(client, "beidu_head")
    assert client.get(address).status_code == 405
    response = client.post(address, {"language": "en"})
    assert (response.status_code, response.headers["Location"]) == (303, reverse("account"))
    assert cast.fresh("beidu_head").language == "en"
    assert '<html lang="en"' in client.get(reverse("account")).content.decode()
    assert client.post(address, {"language": "fr"}).status_code == 400
    assert cast.fresh("beidu_head").language == "en"
