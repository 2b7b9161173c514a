"""The sign-in page: in, out, refused; a closed account; what is not reachable."""

import pytest
from django.test import Client
from django.urls import reverse

from luoshi.accounts import actions
from tests.cast import AT, PASSWORD, Cast


def send(client: Client, username: str, password: str, **more: str) -> object:
    return client.post(
        reverse("account_login"), {"login": username, "password": password, **more}
    )

def test_all(cast: Cast, client: Client) -> None:
    r = client.get("/accounts/sign-in/?next=/units/")
    print(r.content.decode())
    r = send(client, "beidu_head", "wrong")
    print(r.status_code, r.content.decode())
    r = send(client, "Beidu_Head", PASSWORD, next="/units/")
    print(r.status_code, r.headers)
    r = client.post("/accounts/sign-out/")
    print(r.status_code, r.headers)
    actions.disable(cast.users["beidu_head"], by=cast.admin, at=AT)
    r = send(client, "beidu_head", PASSWORD)
    print(r.status_code, r.headers)
    for i in range(12):
        r = send(client, "beidu_clerk", "wrong")
        print(r.status_code)
    print(r.content.decode()[:3000])
