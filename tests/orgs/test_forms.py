"""Every form that changes the organisation: who may, done, refused, sent twice, stale."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from luoshi.accounts.models import User
from luoshi.ledger.models import Entry
from luoshi.orgs import actions
from luoshi.orgs.models import Appointment, Person, Placement, Portfolio, Post, Unit
from tests.cast import AT, PASSWORD, TODAY, Cast

SECRET = "QingChuan-7788"
DAY = "2026-04-01"
SPRING = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


@dataclass(frozen=True)
class Case:
    """A form: its address, what is sent, what it leaves in the log, what it refuses and where."""

    name: str
    of: Callable[[Cast], Any]
    sent: Callable[[Cast], dict[str, Any]]
    kind: str
    holds: Callable[[Cast], bool]
    bad: dict[str, Any]
    bad_field: str

    def address(self, cast: Cast) -> str:
        row = self.of(cast)
        return reverse(f"orgs:{self.name}", args=[row.pk] if row else [])


def vacant(cast: Cast) -> Post:
    """A seat that nobody holds, made once a test."""
    found = Post.objects.filter(title="空岗").first()
    return found or actions.create_post(
        unit=cast.units["beidu"], title="空岗", post_role="member", on=TODAY, by=cast.admin, at=AT
    )


def unlinked(cast: Cast) -> Person:
    """A person without an account, made once a test."""
    found = Person.objects.filter(name="新同志").first()
    return found or actions.create_person(name="新同志", by=cast.admin, at=AT)


def empty_unit(cast: Cast) -> Unit:
    """A unit that may close, made once a test."""
    found = Unit.objects.filter(name="旧专班").first()
    return found or actions.create_unit(
        name="旧专班", unit_kind="group", parent=cast.units["bureau"], on=TODAY,
        by=cast.admin, at=AT,
    )  # fmt: skip


CASES = [
    Case(
        "unit_add",
        lambda c: c.units["beidu"],
        lambda c: {"name": "北渡新站", "unit_kind": "section", "on": DAY, "region": "北渡区"},
        "unit.created",
        lambda c: Placement.objects.get(unit__name="北渡新站").parent_id == c.units["beidu"].pk,
        {"name": "北渡分局第一支部"},
        "name",
    ),
    Case(
        "unit_rename",
        lambda c: c.units["works"],
        lambda c: {"name": "建设管理科", "short_name": "建管"},
        "unit.renamed",
        lambda c: Unit.objects.get(pk=c.units["works"].pk).short_name == "建管",
        {"name": "办公室"},
        "name",
    ),
    Case(
        "unit_describe",
        lambda c: c.units["works"],
        lambda c: {"unit_kind": "section", "region": "城东", "position": "7"},
        "unit.changed",
        lambda c: Unit.objects.get(pk=c.units["works"].pk).position == 7,
        {"region": "城\u200b东"},
        "region",
    ),
    Case(
        "unit_move",
        lambda c: c.units["beidu_b1"],
        lambda c: {"parent": c.units["nanping"].pk, "on": DAY},
        "unit.moved",
        lambda c: (
            Placement.objects.on(SPRING).get(unit=c.units["beidu_b1"]).parent_id
            == c.units["nanping"].pk
        ),
        {"on": "2019-01-01"},
        "on",
    ),
    Case(
        "unit_close",
        empty_unit,
        lambda c: {"on": DAY},
        "unit.closed",
        lambda c: Unit.objects.get(name="旧专班").closed_on == SPRING,
        {"on": "2026-03-02"},
        "on",
    ),
    Case(
        "staff_add",
        lambda c: c.units["beidu_b1"],
        lambda c: {
            "name": "季晚舟",
            "post_role": "clerk",
            "since": "2026-03-01",
            "username": "jiwanzhou",
            "password": SECRET,
            "acts_for": c.units["beidu"].pk,
        },
        "person.linked",
        lambda c: (
            Person.objects.get(name="季晚舟").user == User.objects.get(username="jiwanzhou")
            and Appointment.objects.get(person__name="季晚舟").post.acts_for == c.units["beidu"]
        ),
        {"username": "beidu_head"},
        "username",
    ),
    Case(
        "post_add",
        lambda c: c.units["beidu"],
        lambda c: {"title": "闸站值班员", "post_role": "member", "on": DAY},
        "post.created",
        lambda c: Post.objects.get(title="闸站值班员").acts_for_id is None,
        {"on": "2019-01-01"},
        "on",
    ),
    Case(
        "post_close",
        vacant,
        lambda c: {"on": DAY},
        "post.closed",
        lambda c: Post.objects.get(title="空岗").valid_to == SPRING,
        {"on": "2026-03-02"},
        "on",
    ),
    Case(
        "appoint",
        vacant,
        lambda c: {"person": c.people["nobody"].pk, "valid_from": DAY},
        "appointment.made",
        lambda c: Appointment.objects.get(post__title="空岗").person == c.people["nobody"],
        {"valid_to": "2026-03-31"},
        "valid_to",
    ),
    Case(
        "take",
        lambda c: c.people["nobody"],
        lambda c: {"post": vacant(c).pk, "valid_from": DAY},
        "appointment.made",
        lambda c: Appointment.objects.get(post__title="空岗").person == c.people["nobody"],
        {"valid_from": "2020-01-01"},
        "valid_from",
    ),
    Case(
        "person_add",
        lambda c: None,
        lambda c: {"name": "季晚舟"},
        "person.created",
        lambda c: Person.objects.filter(name="季晚舟").count() == 1,
        {"name": "季\u200b晚舟"},
        "name",
    ),
    Case(
        "person_rename",
        lambda c: c.people["nobody"],
        lambda c: {"name": "白予宁"},
        "person.renamed",
        lambda c: Person.objects.get(pk=c.people["nobody"].pk).name == "白予宁",
        {"name": "白\u200b予宁"},
        "name",
    ),
    Case(
        "appointment_end",
        lambda c: c.appointments["beidu_head"],
        lambda c: {"on": DAY},
        "appointment.ended",
        lambda c: Appointment.objects.get(pk=c.appointments["beidu_head"].pk).valid_to == SPRING,
        {"on": "2020-01-01"},
        "on",
    ),
    Case(
        "portfolio_give",
        lambda c: c.appointments["bureau_deputy2"],
        lambda c: {"unit": c.units["works"].pk, "valid_from": DAY},
        "portfolio.given",
        lambda c: Portfolio.objects.filter(
            unit=c.units["works"], appointment=c.appointments["bureau_deputy2"]
        ).exists(),
        {"valid_from": "2019-01-01"},
        "valid_from",
    ),
    Case(
        "portfolio_end",
        lambda c: Portfolio.objects.get(unit=c.units["works"]),
        lambda c: {"on": DAY},
        "portfolio.ended",
        lambda c: Portfolio.objects.get(unit=c.units["works"]).valid_to == SPRING,
        {"on": "2019-01-01"},
        "on",
    ),
    Case(
        "account_open",
        unlinked,
        lambda c: {"username": "xintongzhi", "password": SECRET, "duties": ["auditor"]},
        "person.linked",
        lambda c: (
            Person.objects.get(name="新同志").user
            == User.objects.get(username="xintongzhi", duties=["auditor"])
        ),
        {"password": "1234567890"},
        "password",
    ),
    Case(
        "account_password",
        lambda c: c.users["beidu_head"],
        lambda c: {"password": SECRET},
        "user.password_set",
        lambda c: c.fresh("beidu_head").check_password(SECRET),
        {"password": "1234567890"},
        "password",
    ),
]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    form = page.rpartition('<form class="sec orgform')[2].partition("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {k: v for k, v in fields if k != "csrfmiddlewaretoken"}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_form_does_its_act_once(case: Case, cast: Cast, client: Client) -> None:
    address = case.address(cast)
    sent = case.sent(cast)
    cast.sign_in(client, "admin")
    page = client.get(address)
    assert page.status_code == 200
    first = Entry.objects.count()
    values = {**hidden(page.content.decode()), **sent}
    response = client.post(address, values)
    assert response.status_code == 303, response.content.decode()
    assert Entry.objects.latest("id").kind == case.kind
    assert case.holds(cast)
    after = client.get(response.headers["Location"])
    assert after.status_code == 200
    assert '<div class="said"' in after.content.decode()
    made = Entry.objects.count()
    assert made > first
    again = client.post(address, values)
    if case.name == "account_password":
        assert again.status_code == 303
    else:
        assert again.status_code in (303, 400, 409)
        assert Entry.objects.count() == made


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    case: Case, cast: Cast, client: Client
) -> None:
    address = case.address(cast)
    sent = {**case.sent(cast), **case.bad}
    cast.sign_in(client, "admin")
    values = {**hidden(client.get(address).content.decode()), **sent}
    before = Entry.objects.count()
    response = client.post(address, values)
    assert response.status_code == 400
    form = response.context["form"]
    assert list(form.errors) == [case.bad_field]
    page = response.content.decode()
    assert 'aria-invalid="true"' in page
    assert f'id="id_{case.bad_field}_err"' in page
    for name, value in sent.items():
        if name not in ("password", "duties"):
            assert str(form[name].value()) == str(value)
            assert f'"{value}"' in page
    assert SECRET not in page
    assert Entry.objects.count() == before
    # Mended on the page that came back, it goes through.
    mended = {**hidden(page), **case.sent(cast)}
    assert client.post(address, mended).status_code == 303
    assert case.holds(cast)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_an_empty_form_says_what_is_missing(case: Case, cast: Cast, client: Client) -> None:
    cast.sign_in(client, "admin")
    response = client.post(case.address(cast), {"request_id": "x"})
    assert response.status_code == 400
    assert response.context["form"].errors


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_others_may_not(case: Case, cast: Cast, client: Client) -> None:
    address, sent = case.address(cast), case.sent(cast)
    before = Entry.objects.count()
    assert client.get(address).status_code == 302
    assert client.post(address, sent).status_code == 302
    for username in ("bureau_head", "office_clerk", "beidu_head", "auditor", "ended", "nobody"):
        cast.sign_in(client, username)
        assert client.get(address).status_code == 403, username
        assert client.post(address, sent).status_code == 403, username
    if case.of(cast) is not None:
        cast.sign_in(client, "stranger")
        assert client.get(address).status_code == 404
        assert client.post(address, sent).status_code == 404
    assert Entry.objects.count() == before


def test_a_row_of_another_organisation_cannot_be_chosen(cast: Cast, client: Client) -> None:
    theirs = actions.create_unit(
        name="园林局", unit_kind="bureau", parent=None, on=TODAY, by=cast.users["stranger"], at=AT
    )
    person = actions.create_person(name="外人", by=cast.users["stranger"], at=AT)
    cast.sign_in(client, "admin")
    for name, pk, sent in (
        ("unit_move", cast.units["beidu"].pk, {"parent": theirs.pk, "on": DAY}),
        ("appoint", vacant(cast).pk, {"person": person.pk, "valid_from": DAY}),
        ("appoint", vacant(cast).pk, {"person": "nonsense", "valid_from": DAY}),
    ):
        response = client.post(reverse(f"orgs:{name}", args=[pk]), sent)
        assert response.status_code == 400
        assert set(response.context["form"].errors) <= {"parent", "person"}
    assert (
        "园林局"
        not in client.get(reverse("orgs:unit_move", args=[cast.units["beidu"].pk])).content.decode()
    )


@pytest.mark.parametrize("name", ["unit_rename", "unit_describe", "unit_close", "person_rename"])
def test_a_stale_form_gives_the_typed_text_back(cast: Cast, client: Client, name: str) -> None:
    case = next(c for c in CASES if c.name == name)
    address, sent = case.address(cast), case.sent(cast)
    cast.sign_in(client, "admin")
    values = {**hidden(client.get(address).content.decode()), **sent}
    row = case.of(cast)
    if isinstance(row, Unit):
        actions.rename_unit(
            Unit.objects.get(pk=row.pk), name="抢先一步", short_name="抢先", by=cast.admin, at=AT
        )
    else:
        actions.rename_person(Person.objects.get(pk=row.pk), name="抢先一步", by=cast.admin, at=AT)
    before = Entry.objects.count()
    response = client.post(address, values)
    assert response.status_code == 409
    page = response.content.decode()
    if "name" in sent:
        assert f'value="{sent["name"]}"' in page
        assert "抢先一步" in page.partition('<form class="sec orgform')[2]
    assert Entry.objects.count() == before
    # The page that came back carries the newest version: sending it again is a decision.
    assert client.post(address, {**hidden(page), **sent}).status_code == 303


def test_choices_are_narrowed_by_name_and_an_earlier_choice_stays(
    cast: Cast, client: Client
) -> None:
    cast.sign_in(client, "admin")
    address = reverse("orgs:appoint", args=[vacant(cast).pk])
    page = client.get(f"{address}?q=知远").content.decode()
    assert "沈知远（北渡分局 局长）" in page
    assert "江北望" not in page
    chosen = cast.people["nanping_head"]
    response = client.post(
        f"{address}?q=知远", {"person": chosen.pk, "valid_from": DAY, "valid_to": DAY}
    )
    assert response.status_code == 400
    assert f'value="{chosen.pk}" selected' in response.content.decode()


def test_an_account_closes_and_opens(cast: Cast, client: Client) -> None:
    user = cast.users["beidu_head"]
    address = reverse("orgs:account_switch", args=[user.pk])
    person = reverse("orgs:person", args=[cast.people["beidu_head"].pk])
    for username, status in [("office_clerk", 403), ("nobody", 403), ("stranger", 404)]:
        cast.sign_in(client, username)
        assert client.post(address, {"to": "closed"}).status_code == status
    cast.sign_in(client, "admin")
    assert client.get(address).status_code == 405
    for to, active in [("closed", False), ("closed", False), ("open", True), ("open", True)]:
        response = client.post(address, {"to": to, "version": cast.fresh("beidu_head").version})
        assert (response.status_code, response.headers["Location"]) == (303, person)
        assert cast.fresh("beidu_head").is_active is active
    assert Entry.objects.filter(kind__in=["user.disabled", "user.enabled"]).count() == 2
    assert client.post(address, {"to": "closed", "version": "1"}).status_code == 409
    own = reverse("orgs:account_switch", args=[cast.admin.pk])
    assert client.post(own, {"to": "closed"}).status_code == 400


def test_an_administrators_own_password_needs_the_old_one(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "admin")
    address = reverse("orgs:account_password", args=[cast.admin.pk])
    for response in (client.get(address), client.post(address, {"password": SECRET})):
        assert (response.status_code, response.headers["Location"]) == (303, reverse("account"))
    assert cast.fresh("admin").check_password(PASSWORD)


def test_an_organisation_without_units_makes_its_topmost_one(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "stranger")
    address = reverse("orgs:root_add")
    assert address in client.get(reverse("orgs:home")).content.decode()
    sent = {"name": "青川市园林局", "unit_kind": "bureau", "on": DAY}
    assert client.post(address, {**sent, "request_id": "1"}).status_code == 303
    assert client.post(address, {**sent, "request_id": "2"}).status_code == 400
    cast.sign_in(client, "admin")
    assert address not in client.get(reverse("orgs:home")).content.decode()


def test_joining_keeps_nothing_of_a_refused_half(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "admin")
    counts = [m.objects.count() for m in (Post, Person, Appointment, User, Entry)]
    sent = {"name": "季晚舟", "post_role": "head", "since": DAY, "request_id": "j1"}
    address = reverse("orgs:staff_add", args=[cast.units["beidu"].pk])
    response = client.post(address, sent)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["since"]
    assert "沈知远" in response.content.decode()
    sent |= {"post_role": "clerk", "username": "jiwanzhou", "password": "short"}
    assert list(client.post(address, sent).context["form"].errors) == ["password"]
    assert [m.objects.count() for m in (Post, Person, Appointment, User, Entry)] == counts
    assert client.post(address, {**sent, "password": SECRET}).status_code == 303
