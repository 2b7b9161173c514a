"""延期、暂停、免报、异议 on screen: asked, decided, told; what was typed comes back."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import TimeMachineFixture

from luoshi.directives.models import Directive
from luoshi.duties import actions
from luoshi.duties.models import Assignment, Occurrence, Request
from tests.cast import AT, Cast
from tests.duties.test_handing import issue, occurrence


@pytest.fixture
def issued(cast: Cast, time_machine: TimeMachineFixture) -> Directive:
    time_machine.move_to(AT)
    return issue(cast)


@pytest.fixture
def owed(cast: Cast, issued: Directive) -> Occurrence:
    return occurrence(cast, "beidu_b1")


def post(client: Client, name: str, pk: object, **sent: object) -> tuple[int, str]:
    answer = client.post(reverse(name, args=[pk]), sent)
    return answer.status_code, answer.content.decode()


def test_asked_on_the_page_and_granted_from_the_list(
    cast: Cast, client: Client, owed: Occurrence
) -> None:
    cast.sign_in(client, "beidu_b1_secretary")
    page = client.get(reverse("occurrence", args=[owed.pk])).content.decode()
    assert reverse("occurrence_ask", args=[owed.pk]) in page
    asks = {"kind": "extension", "reason": "防汛", "wanted_on": "2026-08-31"}
    status, page = post(client, "occurrence_ask", owed.pk, **{**asks, "reason": ""})
    assert status == 400
    assert "2026-08-31" in page
    status, _ = post(client, "occurrence_ask", owed.pk, **asks)
    assert status == 303
    asked = Request.objects.get()
    cast.sign_in(client, "office_clerk")
    mine = client.get(reverse("mine")).content.decode()
    assert reverse("occurrence", args=[owed.pk]) in mine
    assert "防汛" in mine
    status, page = post(client, "request_decide", asked.pk, verdict="refused", version=1)
    assert status == 400, "a refusal needs a reason"
    status, _ = post(
        client, "request_decide", asked.pk, verdict="granted", granted_on="2026-07-31",
        version=asked.version,
    )  # fmt: skip
    assert status == 303
    owed.refresh_from_db()
    assert (owed.due_on, owed.extensions) == (date(2026, 7, 31), 1)
    page = client.get(reverse("occurrence", args=[owed.pk])).content.decode()
    assert "延期1次" in page or "延期 1 次" in page
    status, page = post(
        client, "request_decide", asked.pk, verdict="refused", answer="来不及了", version=1
    )
    assert status == 409
    assert "来不及了" in page, "decided meanwhile: the text comes back"


def test_a_pause_on_the_page(cast: Cast, client: Client, owed: Occurrence) -> None:
    cast.sign_in(client, "office_clerk")
    status, page = post(client, "occurrence_rest", owed.pk, act="pause", awaits="", reason="等批复")
    assert (status, "等批复" in page) == (400, True)
    status, _ = post(
        client, "occurrence_rest", owed.pk, act="pause", awaits="市财政局", reason="等批复",
        version=owed.version,
    )  # fmt: skip
    assert status == 303
    page = client.get(reverse("occurrence", args=[owed.pk])).content.decode()
    assert "市财政局" in page
    cast.sign_in(client, "beidu_b1_secretary")
    status, page = post(client, "occurrence_submit", owed.pk, note="先报一部分")
    assert (status, "先报一部分" in page) == (409, True)
    status, _ = post(client, "occurrence_rest", owed.pk, act="resume")
    assert status == 303
    owed.refresh_from_db()
    assert owed.state == "open"
    status, page = post(client, "occurrence_rest", owed.pk, act="resume", reason="多点了一次")
    assert status == 409
    assert "多点了一次" in page


def test_more_time_unasked(cast: Cast, client: Client, owed: Occurrence) -> None:
    cast.sign_in(client, "office_clerk")
    status, page = post(client, "occurrence_rest", owed.pk, act="extend", reason="大雨")
    assert (status, "大雨" in page) == (400, True)
    status, _ = post(
        client, "occurrence_rest", owed.pk, act="extend", reason="大雨", until="2026-07-15"
    )
    assert status == 303
    status, _ = post(client, "occurrence_rest", owed.pk, act="conjure", reason="x")
    assert status == 404


def test_after_closure_nothing_is_asked(cast: Cast, client: Client, owed: Occurrence) -> None:
    actions.waive(owed, reason="不办了", by=cast.users["office_clerk"], at=AT)
    cast.sign_in(client, "beidu_b1_secretary")
    page = client.get(reverse("occurrence", args=[owed.pk])).content.decode()
    assert reverse("occurrence_ask", args=[owed.pk]) not in page
    status, page = post(
        client, "occurrence_ask", owed.pk, kind="extension", reason="再宽几天",
        wanted_on="2026-08-31",
    )  # fmt: skip
    assert status == 409
    assert "再宽几天" in page


def test_an_objection_upheld_with_a_unit_by_name(
    cast: Cast, client: Client, issued: Directive
) -> None:
    found = occurrence(cast, "beidu", "once").assignment
    cast.sign_in(client, "beidu_clerk")
    status, page = post(client, "assignment_object", found.pk, reason="")
    assert status == 400
    status, _ = post(client, "assignment_object", found.pk, reason="归南屏管")
    assert status == 303
    asked = Request.objects.get()
    cast.sign_in(client, "office_clerk")
    page = client.get(reverse("assignment", args=[found.pk])).content.decode()
    assert "归南屏管" in page
    status, page = post(
        client, "request_decide", asked.pk, verdict="granted", moved_to="北斗分局", version=1
    )
    assert (status, "北斗分局" in page) == (400, True)
    status, page = post(
        client, "request_decide", asked.pk, verdict="granted", moved_to="办公室", version=1
    )
    assert status == 303
    taker = Assignment.objects.get(taken_from=found)
    assert taker.unit_id == cast.units["office"].pk
    assert "北渡分局" in client.get(reverse("assignment", args=[taker.pk])).content.decode()
    assert "办公室" in client.get(reverse("assignment", args=[found.pk])).content.decode()


def test_back_to_the_unit_that_gave_it_up(cast: Cast, issued: Directive) -> None:
    first = occurrence(cast, "beidu", "once").assignment
    for whose, to in (("beidu_clerk", "office"), ("office_head", "beidu")):
        found = Assignment.objects.filter(
            task_id=first.task_id, state="open", part="lead", parent=None,
            unit=cast.units["beidu" if whose == "beidu_clerk" else "office"],
        ).get()  # fmt: skip
        asked = actions.ask(found, "objection", reason="不归我们", by=cast.users[whose], at=AT)
        actions.grant(asked, moved_to=cast.units[to], by=cast.users["bureau_deputy2"], at=AT)
    again = Assignment.objects.get(taken_from__unit=cast.units["office"])
    assert (again.unit_id, again.state) == (cast.units["beidu"].pk, "open")
