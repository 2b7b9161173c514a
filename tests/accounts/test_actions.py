"""Users: made, their passwords set, the door closed and opened; never a password in the log."""

from typing import Any

import pytest
from django.test import Client

from luoshi.accounts import actions
from luoshi.accounts.actions import LastAdministrator, NotFirst
from luoshi.accounts.models import User
from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Stale
from luoshi.ledger.models import Body, Entry
from tests.cast import AT, PASSWORD, Cast

SECRET = "QingChuan-7788"


def create(cast: Cast, **more: Any) -> User:
    values: dict[str, Any] = {
        "username": "newcomer", "name": "新来者", "password": SECRET, "by": cast.admin, "at": AT,
        **more,
    }  # fmt: skip
    return actions.create_user(values.pop("organisation", cast.organisation), **values)


def test_a_user_signs_in_with_the_first_password(cast: Cast) -> None:
    user = create(cast, username=" NewComer ", duties=["auditor"])
    assert (user.username, user.name, user.duties) == ("newcomer", "新来者", ["auditor"])
    assert User.objects.get_by_natural_key("NEWCOMER").check_password(SECRET)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"username": "何静之"}, "username"),
        ({"username": "1abc"}, "username"),
        ({"username": "a"}, "username"),
        ({"username": "a" * 41}, "username"),
        ({"username": "ab cd"}, "username"),
        ({"username": "Beidu_Head"}, "username"),
        ({"name": " "}, "name"),
        ({"name": "甲\u202e乙"}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": "newcomer12"}, "password"),
        ({"duties": ["superuser"]}, "duties"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field(
    cast: Cast, more: dict[str, Any], field: str
) -> None:
    before = User.objects.count()
    with pytest.raises(BadInput) as refused:
        create(cast, **more)
    assert refused.value.field == field
    assert str(refused.value)
    assert User.objects.count() == before


def test_only_administrators_of_the_same_organisation_make_users(cast: Cast) -> None:
    for user in ("office_clerk", "bureau_head", "auditor", "nobody"):
        with pytest.raises(NotAllowed):
            create(cast, by=cast.users[user])
    with pytest.raises(OutOfScope):
        create(cast, by=cast.users["stranger"])
    cast.admin.is_active = False
    with pytest.raises(NotAllowed):
        create(cast)


def test_a_double_click_makes_one_user(cast: Cast) -> None:
    create(cast, request_id="once")
    with pytest.raises(AlreadyDone):
        create(cast, username="other", request_id="once")


def test_a_first_user_is_made_once(cast: Cast) -> None:
    with pytest.raises(NotFirst):
        actions.create_first_user(
            cast.organisation, username="second", name="某", password=SECRET, duties=[], at=AT
        )


def test_ones_own_password_needs_the_present_one(cast: Cast) -> None:
    user = cast.users["beidu_head"]
    for current in (None, "", "wrong"):
        with pytest.raises(BadInput) as refused:
            actions.set_password(user, password=SECRET, current=current, by=user, at=AT)
        assert refused.value.field == "current"
    with pytest.raises(BadInput) as refused:
        actions.set_password(user, password="1234567890", current=PASSWORD, by=user, at=AT)
    assert refused.value.field == "password"
    actions.set_password(user, password=SECRET, current=PASSWORD, by=user, at=AT)
    assert cast.fresh("beidu_head").check_password(SECRET)


def test_an_administrator_sets_passwords_and_others_do_not(cast: Cast) -> None:
    user = cast.users["beidu_head"]
    actions.set_password(user, password=SECRET, by=cast.admin, at=AT)
    assert cast.fresh("beidu_head").check_password(SECRET)
    with pytest.raises(NotAllowed):
        actions.set_password(user, password=SECRET, by=cast.users["office_clerk"], at=AT)
    with pytest.raises(OutOfScope):
        actions.set_password(user, password=SECRET, by=cast.users["stranger"], at=AT)


def test_a_closed_account_is_out_at_once(cast: Cast, client: Client) -> None:
    user = cast.sign_in(client, "beidu_head")
    actions.disable(user, by=cast.admin, at=AT, seen=1)
    assert "_auth_user_id" in client.session
    response = client.get("/accounts/sign-out/")
    assert not response.wsgi_request.user.is_authenticated
    with pytest.raises(Stale):
        actions.enable(user, by=cast.admin, at=AT, seen=1)
    actions.enable(user, by=cast.admin, at=AT)
    assert cast.fresh("beidu_head").is_active


def test_somebody_always_keeps_the_accounts(cast: Cast) -> None:
    with pytest.raises(BadInput):
        actions.disable(cast.admin, by=cast.admin, at=AT)
    second = create(cast, duties=["org_admin"])
    actions.disable(cast.admin, by=second, at=AT)
    with pytest.raises(LastAdministrator):
        actions.disable(second, by=create_by(cast, second), at=AT)


def create_by(cast: Cast, by: User) -> User:
    """An administrator who is closed in the database, but not yet in this process."""
    third = create(cast, username="third", duties=["org_admin"], by=by)
    actions.disable(third, by=by, at=AT)
    third.is_active = True
    return third


def test_a_language_is_ones_own(cast: Cast) -> None:
    user = cast.users["beidu_head"]
    actions.set_language(user, language="en", by=user, at=AT)
    assert cast.fresh("beidu_head").language == "en"
    with pytest.raises(OutOfScope):
        actions.set_language(user, language="en", by=cast.admin, at=AT)
    with pytest.raises(BadInput):
        actions.set_language(user, language="fr", by=user, at=AT)


def test_the_log_never_holds_a_password(cast: Cast) -> None:
    user = create(cast)
    actions.set_password(user, password=PASSWORD, by=cast.admin, at=AT)
    actions.set_password(user, password=SECRET, current=PASSWORD, by=user, at=AT)
    bodies = "".join(Body.objects.values_list("body", flat=True))
    for word in (SECRET, PASSWORD, user.password, "argon2", "md5$"):
        assert word not in bodies
    assert Entry.objects.filter(kind="user.password_set").count() == 2
