"""一岗双责: a leader's units through four stages in two lines; every number opens its list."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.base.clock import day_of
from luoshi.directives import actions as directives
from luoshi.directives import queries
from luoshi.directives.models import Directive
from luoshi.duties import actions
from luoshi.duties.models import Assignment, Occurrence
from luoshi.insight import two_lines
from luoshi.insight.two_lines import Figures
from luoshi.orgs import actions as orgs
from luoshi.orgs.access import standing_at
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import load
from tests.directives.test_pairs import business
from tests.road import decide


def issue(cast: Cast, directive: Directive) -> Directive:
    decide(directive, cast)
    actions.issue(directive, by=cast.users["office_clerk"], at=AT)
    directive.refresh_from_db()
    return directive


@pytest.fixture
def both(cast: Cast) -> tuple[Directive, Directive]:
    """Governance, issued; business, still a draft; paired."""
    governance, draft = issue(cast, load(cast)), business(cast)
    directives.pair(draft, governance, by=cast.users["office_clerk"], at=AT)
    return governance, draft


def figures(cast: Cast, unit: str, line: str, who: str = "office_clerk", on: Any = None) -> Figures:
    among = queries.visible_to(standing_at(cast.users[who], AT)).filter(year=2026)
    found = two_lines.figures(cast.organisation.pk, [cast.units[unit].pk], among, on or TODAY)
    return found[cast.units[unit].pk, line]


def test_four_stages(cast: Cast, both: tuple[Directive, Directive]) -> None:
    clerk, head = cast.users["office_clerk"], cast.users["beidu_head"]
    before = figures(cast, "beidu", "governance")
    handed = Assignment.objects.filter(unit=cast.units["beidu"])
    assert (before.planned, before.handed) == (handed.count(), handed.count())
    assert (before.papers, before.received, before.drafted) == (1, 0, 0)
    assert (before.due, before.closed) == (0, 0)
    draft = figures(cast, "beidu", "business")
    assert (draft.planned, draft.drafted, draft.handed) == (1, 1, 0)
    actions.receive(both[0], cast.units["beidu"], by=head, at=AT)
    owed = Occurrence.objects.get(unit=cast.units["beidu"], key="once")
    actions.submit(owed, note="办好了", uploads=[], by=head, at=AT)
    owed.refresh_from_db()
    actions.accept(owed, by=clerk, note="", at=AT)
    after = figures(cast, "beidu", "governance")
    assert (after.received, after.accepted, after.due, after.closed) == (1, 1, 1, 1)
    late = figures(cast, "beidu_b1", "governance", on=TODAY + timedelta(days=200))
    assert (late.due, late.accepted, late.overdue) == (2, 0, 2)


def test_a_draft_is_not_counted_for_who_may_not_see_it(
    cast: Cast, both: tuple[Directive, Directive]
) -> None:
    assert figures(cast, "beidu", "business", "bureau_deputy1").planned == 0
    assert figures(cast, "beidu", "business", "office_clerk").planned == 1


def test_the_units_are_those_of_the_portfolio_today(cast: Cast) -> None:
    deputy = cast.people["bureau_deputy1"]
    names = [(u.name, why) for u, why in two_lines.units_of(deputy, TODAY)]
    assert names == [("工程建设科", "in_charge"), ("北渡分局", "in_charge")]
    portfolio = cast.appointments["bureau_deputy1"].portfolios.get(unit=cast.units["works"])
    orgs.end_portfolio(portfolio, on=TODAY, by=cast.admin, at=AT)
    names = [(u.name, why) for u, why in two_lines.units_of(deputy, TODAY)]
    assert names == [("北渡分局", "in_charge")]
    head = two_lines.units_of(cast.people["beidu_head"], TODAY)
    assert [(u.name, why) for u, why in head] == [("北渡分局", "heads")]


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("bureau_deputy1", "bureau_deputy1", 200),
        ("office_clerk", "bureau_deputy1", 200),
        ("bureau_head", "bureau_deputy1", 200),
        ("bureau_deputy2", "bureau_deputy1", 404),
        ("bureau_deputy1", "beidu_head", 404),
        ("beidu_clerk", "beidu_head", 200),
        ("beidu_clerk", "bureau_deputy1", 404),
        ("nanping_head", "beidu_head", 404),
        ("office_member", "office_head", 404),
        ("stranger", "beidu_head", 404),
        ("auditor", "beidu_head", 404),
    ],
)
def test_who_opens_whose_page(
    cast: Cast, client: Client, who: str, whose: str, status: int
) -> None:
    cast.sign_in(client, who)
    assert client.get(f"/people/{cast.people[whose].pk}/lines/").status_code == status


def test_every_number_opens_its_list(
    cast: Cast, client: Client, both: tuple[Directive, Directive]
) -> None:
    cast.sign_in(client, "office_clerk")
    page = client.get(f"/people/{cast.people['bureau_deputy1'].pk}/lines/").content.decode()
    unit = cast.units["beidu"]
    for line in ("governance", "business"):
        found = figures(cast, "beidu", line, on=day_of(timezone.now()))
        for stage, count in (
            ("planned", found.planned),
            ("deployed", found.handed),
            ("advanced", found.due),
            ("assessed", found.closed),
        ):
            address = f"/units/{unit.pk}/lines/?line={line}&stage={stage}&year=2026"
            answer = client.get(address)
            assert answer.status_code == 200
            assert len(answer.context["page"].rows) == count, address
            if count:
                assert address.replace("&", "&amp;") in page
            both_address = f"{address.partition('&year')[0]}&pair={both[1].pk}"
            assert len(client.get(both_address).context["page"].rows) == count
    cast.sign_in(client, "nanping_clerk")
    assert client.get(f"/units/{unit.pk}/lines/").status_code == 404


def test_the_list_behind_a_number_says_whose_and_what_it_is(
    cast: Cast, client: Client, both: tuple[Directive, Directive]
) -> None:
    cast.sign_in(client, "office_clerk")
    address = f"/units/{cast.units['beidu'].pk}/lines/"
    for stage in ("planned", "deployed", "advanced", "assessed"):
        page = client.get(address, {"line": "governance", "stage": stage, "year": "2026"})
        head = page.content.decode().partition("<h1>")[2].partition("</h1>")[0]
        assert "北渡分局" in head
        assert "2026" in head
        assert page.context["only"] == ""
    planned = client.get(address, {"line": "governance", "stage": "planned", "year": "2026"})
    assert "<thead>" in planned.content.decode()
    given = {"line": "governance", "stage": "planned", "pair": str(both[1].pk)}
    pair = client.get(address, given).content.decode()
    assert both[0].title in pair.partition("<h1>")[2].partition("</h1>")[0]
    late = client.get(address, {"line": "governance", "stage": "advanced", "only": "overdue"})
    assert "逾期" in late.content.decode().partition('class="notice"')[2].partition("</p>")[0]
    other = client.get(address, {"stage": "planned", "only": "overdue"})
    assert 'class="notice"' not in other.content.decode()


def test_both_lines_on_one_board(
    cast: Cast, client: Client, both: tuple[Directive, Directive]
) -> None:
    cast.sign_in(client, "office_clerk")
    for one in both:
        answer = client.get(f"/boards/{one.pk}/pair/")
        assert [d.pk for d in answer.context["both"]] == [d.pk for d in both]
        names = [r.unit.name for r in answer.context["rows"]]
        assert names == ["工程建设科", "北渡分局", "南屏分局"]
    assert len(client.get(f"/boards/{both[0].pk}/pair/?all=1").context["rows"]) > 3
    cast.sign_in(client, "bureau_deputy1")
    assert client.get(f"/boards/{both[0].pk}/pair/").status_code == 404  # the draft is not theirs


def test_no_pair_no_board(cast: Cast, client: Client) -> None:
    directive = load(cast)
    cast.sign_in(client, "office_clerk")
    assert client.get(f"/boards/{directive.pk}/pair/").status_code == 404


def test_the_page_costs_the_same_for_more_units(
    cast: Cast, client: Client, both: tuple[Directive, Directive]
) -> None:
    cast.sign_in(client, "office_clerk")
    address = f"/people/{cast.people['bureau_deputy2'].pk}/lines/"
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for unit in ("works_b1", "office_b1", "beidu_b1", "beidu_b2", "nanping_b1", "nanping_b2"):
        orgs.give_portfolio(
            cast.appointments["bureau_deputy2"], unit=cast.units[unit], valid_from=TODAY,
            by=cast.admin, at=AT,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as more:
        client.get(address)
    assert len(one) == len(more)
    with CaptureQueriesContext(connection) as few:
        client.get(f"/boards/{both[0].pk}/pair/")
    with CaptureQueriesContext(connection) as many:
        client.get(f"/boards/{both[0].pk}/pair/?all=1")
    assert len(few) == len(many)
