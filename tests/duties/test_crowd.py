"""Lists of following through: as many queries for a hundred rows as for one, and what they say."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import TimeMachineFixture

from luoshi.directives.models import Directive, Task
from luoshi.duties import actions, decisions, queries, transmission
from luoshi.duties.models import Assignment, Occurrence
from luoshi.orgs import access
from luoshi.orgs import actions as orgs
from luoshi.orgs.models import Unit
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import load
from tests.road import decide

TEXT = "云州市水务局{title}\n一、任务\n各党支部要在3月6日前排查一次，形成问题清单。\n"


def directive(cast: Cast, title: str) -> Directive:
    found = load(cast, text=TEXT.format(title=title))
    decide(found, cast)
    actions.issue(found, by=cast.users["office_clerk"], at=AT)
    return found


def crowd(cast: Cast, count: int, name: str) -> Directive:
    """So many more branches below 北渡分局; each owes, has reported, was accepted, asks for time.

    Returns the directive that waits for verdicts. All branches of the bureau are given the same.
    """
    clerk, head = cast.users["office_clerk"], cast.users["bureau_head"]
    units = [
        orgs.create_unit(
            name=f"北渡分局{name}{number:03d}支部", unit_kind="branch", parent=cast.units["beidu"],
            on=date(2026, 1, 5), by=cast.admin, at=AT,
        )
        for number in range(count)
    ]  # fmt: skip
    accepted = directive(cast, f"{name}甲")
    Task.objects.filter(directive=accepted).update(task_kind="key", check_after=1)
    waiting = directive(cast, f"{name}乙")
    asked = directive(cast, f"{name}丙")
    directive(cast, f"{name}丁")
    for given in (accepted, waiting):
        for owed in rows(given, units):
            actions.submit(owed, note="排查了", said_by="支部书记", by=clerk, at=AT)
    for owed in rows(accepted, units):
        actions.accept(owed, by=head, at=AT)
    for owed in rows(asked, units):
        actions.ask(
            owed.assignment, "extension", occurrence=owed, wanted_on=date(2026, 4, 30),
            reason="大雨", said_by="支部书记", by=cast.users["beidu_clerk"], at=AT,
        )  # fmt: skip
    return waiting


def rows(given: Directive, units: list[Unit]) -> list[Occurrence]:
    return list(
        Occurrence.objects.filter(directive=given, unit__in=units).select_related(
            "assignment", "task", "directive"
        )
    )


ADDRESSES = {
    "mine": ("office_clerk", lambda cast, d: reverse("mine")),
    "mine of the head": ("bureau_head", lambda cast, d: reverse("mine")),
    "reviews": ("bureau_head", lambda cast, d: reverse("reviews")),
    "checks": ("bureau_head", lambda cast, d: reverse("checks")),
    "progress": ("office_clerk", lambda cast, d: reverse("progress_of", args=[beidu(cast)])),
    "progress of a past day": (
        "office_clerk",
        lambda cast, d: reverse("progress_of", args=[beidu(cast)]) + "?on=2026-03-01",
    ),
    "transmission": ("office_clerk", lambda cast, d: reverse("transmission", args=[d.pk])),
    "closed units": ("office_clerk", lambda cast, d: reverse("closed_units")),
    "duty lists": ("beidu_clerk", lambda cast, d: reverse("duty_lists")),
}


def beidu(cast: Cast) -> object:
    return cast.units["beidu"].pk


def test_as_many_queries_for_a_hundred_as_for_one(
    cast: Cast, client: Client, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(AT)
    counts: dict[str, list[int]] = {name: [] for name in ADDRESSES}
    for number in (1, 99):
        waiting = crowd(cast, number, f"第{number}批")
        for name, (who, address) in ADDRESSES.items():
            cast.sign_in(client, who)
            client.get(address(cast, waiting))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address(cast, waiting)).status_code == 200
            counts[name].append(len(asked))
    assert {name: found for name, found in counts.items() if found[1] > found[0]} == {}


@pytest.fixture
def waiting(cast: Cast) -> Directive:
    return crowd(cast, 25, "巡查")


class TestReviews:
    def test_twenty_of_twenty_five_and_exceptions_left(
        self, cast: Cast, client: Client, waiting: Directive, time_machine: TimeMachineFixture
    ) -> None:
        time_machine.move_to(AT)
        cast.sign_in(client, "bureau_head")
        page = client.get(reverse("reviews")).content.decode()
        shown = [o for o in rows(waiting, list(Unit.objects.all())) if str(o.pk) in page]
        assert len(shown) == 20
        chosen = re.search(r'value="(accepted|returned)"[^>]*checked', page)
        assert not chosen, "nothing is chosen beforehand"
        sent: dict[str, object] = {"shown": [str(o.pk) for o in shown]}
        for number, one in enumerate(shown):
            sent[f"version-{one.pk}"] = one.version
            if number < 18:
                sent[f"verdict-{one.pk}"] = "accepted" if number else "returned"
        sent[f"note-{shown[0].pk}"] = "缺照片"
        actions.accept(shown[1], by=cast.users["bureau_deputy2"], at=AT)
        answer = client.post(reverse("reviews"), sent, follow=True)
        assert answer.redirect_chain == [(reverse("reviews"), 303)], "sent again by no reload"
        states = [Occurrence.objects.get(pk=o.pk).state for o in shown]
        assert states == ["returned"] + ["accepted"] * 17 + ["submitted"] * 2
        assert "1项刚才已由别人审核" in answer.content.decode()

    def test_a_return_without_reason_stays_with_what_was_typed(
        self, cast: Cast, client: Client, waiting: Directive, time_machine: TimeMachineFixture
    ) -> None:
        time_machine.move_to(AT)
        cast.sign_in(client, "bureau_head")
        first, second = rows(waiting, list(Unit.objects.filter(name__contains="巡查")))[:2]
        answer = client.post(
            reverse("reviews"),
            {
                "shown": [str(first.pk), str(second.pk)],
                f"version-{first.pk}": first.version,
                f"version-{second.pk}": second.version - 1,
                f"verdict-{first.pk}": "returned",
                f"verdict-{second.pk}": "returned",
                f"note-{second.pk}": "照片看不清",
            },
        )
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "照片看不清" in page
        assert page.count('value="returned" checked') == 2, "and so does what was chosen"
        assert page.count('class="err"') >= 2
        assert {Occurrence.objects.get(pk=o.pk).state for o in (first, second)} == {"submitted"}

    def test_nothing_ticked(self, cast: Cast, client: Client, waiting: Directive) -> None:
        cast.sign_in(client, "bureau_head")
        answer = client.post(reverse("reviews"), {"shown": []})
        assert answer.status_code == 200
        assert not Occurrence.objects.filter(directive=waiting, state="accepted").exists()


class TestReceipts:
    def test_they_roll_up_to_every_unit_above(self, cast: Cast, waiting: Directive) -> None:
        standing = access.standing(cast.users["office_clerk"], TODAY)
        given = list(Unit.objects.filter(name__contains="巡查"))[:3]
        for unit in given:
            actions.receive(waiting, unit, said_by="支部书记", by=cast.users["beidu_clerk"], at=AT)
        found = {row.unit.name: row for row in transmission.rows(waiting, standing)}
        branches = [n for n in found if "支部" in n]
        assert sum(found[n].receipt is not None for n in branches) == 3
        assert all(found[n].below == 0 for n in branches)

    def test_of_a_cascade(self, cast: Cast, client: Client) -> None:
        text = TEXT.replace("各党支部", "各单位").format(title="通报")
        cascade = load(cast, text=text)
        decide(cascade, cast)
        actions.issue(cascade, by=cast.users["office_clerk"], at=AT)
        for part in Assignment.objects.filter(unit=cast.units["beidu"], directive=cascade):
            actions.break_down(
                part, [(cast.units[b], "", "") for b in ("beidu_b1", "beidu_b2")],
                by=cast.users["beidu_clerk"], at=AT,
            )  # fmt: skip
        actions.receive(cascade, cast.units["beidu_b1"], by=cast.users["beidu_b1_secretary"], at=AT)
        standing = access.standing(cast.users["office_clerk"], TODAY)
        found = {row.unit.pk: row for row in transmission.rows(cascade, standing)}
        above = found[cast.units["beidu"].pk]
        assert (above.receipt, above.below, above.below_received) == (None, 2, 1)
        cast.sign_in(client, "office_clerk")
        address = reverse("transmission", args=[cascade.pk])
        every, missing = client.get(address), client.get(f"{address}?missing=1")
        assert "北渡分局第一支部" in every.content.decode()
        assert "北渡分局第一支部" not in missing.content.decode()
        assert "北渡分局第二支部" in missing.content.decode()


class TestWhatWaits:
    def test_requests_and_checks_of_whoever_gave_it(self, cast: Cast, waiting: Directive) -> None:
        found = {}
        for who in ("office_clerk", "bureau_head", "nanping_clerk", "beidu_clerk"):
            standing = access.standing(cast.users[who], date(2026, 3, 9))
            found[who] = [
                len(decisions.requests_waiting(standing)),
                len(decisions.checks_waiting(standing)),
                len(queries.waiting(standing)),
            ]
        assert found == {
            "office_clerk": [25, 0, 0],  # entered the reports, so somebody else judges
            "bureau_head": [25, 25, 25],
            "nanping_clerk": [0, 0, 0],
            "beidu_clerk": [0, 0, 0],
        }
