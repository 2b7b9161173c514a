"""The line of a directive and its counterpart: proposed with the reason, taken only by a person."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives import actions, pairs
from luoshi.directives.models import Directive
from luoshi.duties import actions as duties
from luoshi.ledger.models import Entry
from luoshi.orgs.access import standing_at
from tests.cast import AT, Cast
from tests.directives.test_actions import load
from tests.road import decide

BUSINESS = """云州市水务局水利建设安排
一、任务
各分局要在6月底前对在建水闸逐处排查，形成问题清单。
由工程建设科牵头，6月30日前核完设计变更，形成核查表。
"""


def business(cast: Cast, **more: Any) -> Directive:
    return load(cast, **{"text": BUSINESS, "work_line": "business", **more})


def proposed(cast: Cast, directive: Directive) -> list[tuple[str, int, int, int]]:
    standing = standing_at(cast.users["office_clerk"], AT)
    return [
        (p.counterpart.title, p.same, p.units, p.tasks)
        for p in pairs.proposals(directive, standing)
    ]


def by(cast: Cast, who: str = "office_clerk") -> dict[str, Any]:
    return {"by": cast.users[who], "at": AT}


def test_governance_unless_said_otherwise(cast: Cast) -> None:
    assert load(cast).work_line == "governance"
    assert business(cast).work_line == "business"
    with pytest.raises(BadInput):
        business(cast, text="各分局要在5月底前列出清单。", work_line="both")


def test_the_line_changes_until_the_issue(cast: Cast) -> None:
    directive = load(cast)
    actions.choose_line(directive, "business", **by(cast))
    assert directive.work_line == "business"
    actions.choose_line(directive, "governance", **by(cast))
    decide(directive, cast)
    duties.issue(directive, **by(cast))
    with pytest.raises(Refused, match="issued or withdrawn"):
        actions.choose_line(directive, "business", **by(cast))
    assert Entry.objects.filter(kind="directive.line_chosen").count() == 2


def test_proposed_by_the_units_of_the_tasks_and_nothing_by_itself(cast: Cast) -> None:
    governance, directive = load(cast), business(cast)
    found = proposed(cast, directive)
    assert [(title, same, units) for title, same, units, _tasks in found] == [
        (governance.title, 3, 3)
    ]
    directive.refresh_from_db()
    assert directive.counterpart_id is None


def test_another_year_or_other_units_are_not_proposed(cast: Cast) -> None:
    load(cast, year=2025)
    load(cast, text="云州市水务局安排\n各党支部每季度上一次警示教育课，形成学习记录。\n")
    assert proposed(cast, business(cast)) == []


def test_of_two_the_one_with_more_units_comes_first(cast: Cast) -> None:
    load(cast, text="工程安排\n由工程建设科牵头，6月30日前清查，形成清单。\n")
    wide = load(cast)
    found = proposed(cast, business(cast))
    assert [title for title, *_rest in found] == [wide.title, "工程安排"]


def test_taken_changed_and_parted_each_an_entry(cast: Cast) -> None:
    first, directive = load(cast), business(cast)
    second = load(cast, text="工程安排\n由工程建设科牵头，6月30日前清查，形成清单。\n")
    actions.pair(directive, first, **by(cast))
    with pytest.raises(actions.NoPair):
        actions.pair(directive, first, **by(cast))
    actions.pair(directive, second, **by(cast))
    for one in (directive, second):
        with pytest.raises(actions.NoPair, match="paired"):
            actions.choose_line(one, "governance", **by(cast))
    actions.part(directive, **by(cast))
    with pytest.raises(actions.NoPair):
        actions.part(directive, **by(cast))
    assert Entry.objects.filter(kind="directive.paired").count() == 2
    assert Entry.objects.filter(kind="directive.parted").count() == 1


def test_refused_once_it_is_not_proposed_again(cast: Cast) -> None:
    first, directive = load(cast), business(cast)
    actions.refuse_pair(directive, first, **by(cast))
    assert proposed(cast, directive) == []
    with pytest.raises(actions.NoPair):
        actions.refuse_pair(directive, first, **by(cast))
    actions.pair(directive, first, **by(cast))  # by hand all the same
    assert Entry.objects.filter(kind="directive.pair_refused").count() == 1


def test_only_business_with_governance_of_one_year(cast: Cast) -> None:
    governance, directive = load(cast), business(cast)
    with pytest.raises(actions.NoPair):
        actions.pair(governance, directive, **by(cast))
    with pytest.raises(actions.NoPair):
        actions.pair(directive, load(cast, year=2025, again=True), **by(cast))


def test_a_stale_page_pairs_nothing(cast: Cast) -> None:
    governance, directive = load(cast), business(cast)
    with pytest.raises(Stale):
        actions.pair(directive, governance, seen=99, **by(cast))


@pytest.mark.parametrize("who", ["beidu_clerk", "bureau_head", "office_member", "nobody"])
def test_who_may_not(cast: Cast, who: str) -> None:
    governance, directive = load(cast), business(cast)
    for act in (actions.pair, actions.refuse_pair):
        with pytest.raises(NotAllowed):
            act(directive, governance, **by(cast, who))
    with pytest.raises(NotAllowed):
        actions.choose_line(directive, "governance", **by(cast, who))
    with pytest.raises(OutOfScope):
        actions.pair(directive, governance, **by(cast, "stranger"))


def test_paired_after_the_issue_as_well(cast: Cast) -> None:
    governance, directive = load(cast), business(cast)
    decide(directive, cast)
    duties.issue(directive, **by(cast))
    directive.refresh_from_db()
    actions.pair(directive, governance, **by(cast))
    assert directive.counterpart == governance


def test_the_page_takes_and_refuses_with_one_click(cast: Cast, client: Client) -> None:
    governance = load(cast)
    cast.sign_in(client, "office_clerk")
    sent = client.post(
        "/directives/new/",
        {"text": BUSINESS, "year": 2026, "owner": cast.units["bureau"].pk, "work_line": "business"},
    )
    directive = Directive.objects.get(work_line="business")
    page = f"/directives/{directive.pk}/lines/"
    assert sent["Location"] == page
    assert governance.title in client.get(page).content.decode()
    other = {"counterpart": governance.pk, "version": directive.version}
    assert client.post(page, {"act": "pair", **other}).status_code == 303
    directive.refresh_from_db()
    assert directive.counterpart == governance
    assert client.post(page, {"act": "pair", **other}).status_code == 409
    assert client.post(page, {"act": "part", "version": directive.version}).status_code == 303
    assert client.post(page, {"act": "refuse", "counterpart": governance.pk}).status_code == 303
    assert client.post(page, {"act": "x"}).status_code == 400
    assert client.get(f"/directives/{governance.pk}/lines/").status_code == 200


def test_proposing_costs_the_same_for_many(cast: Cast) -> None:
    directive = business(cast)
    counts = []
    for place in range(4):
        load(cast, text=f"安排{place}\n各分局要在{place + 5}月底前列出清单，形成问题清单。\n")
        with CaptureQueriesContext(connection) as caught:
            proposed(cast, directive)
        counts.append(len(caught))
    assert len(set(counts)) == 1
