"""What must not be got round on the road: late changes, foreign approvers, open ends, odd input."""

import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from luoshi.base.refused import BadInput, Refused
from luoshi.directives import actions, road
from luoshi.directives.actions.common import Fixed
from luoshi.directives.models import Approval, Consultee, Directive, Requirement, Task
from luoshi.duties import actions as duties
from luoshi.duties.models import Assignment
from luoshi.orgs import access
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import clause, load, task_of
from tests.road import decide

LATER = AT + timedelta(hours=2)


@pytest.fixture
def directive(cast: Cast) -> Directive:
    found = load(cast)
    actions.confirm(found, by=cast.users["office_clerk"], at=AT)
    return found


def ask(cast: Cast, directive: Directive, stage: str, who: str) -> Approval:
    return actions.send(
        directive, stage=stage, asked=cast.appointments[who], by=cast.users["office_clerk"], at=AT
    )


def test_a_page_read_before_the_issue_changes_nothing_after_it(
    cast: Cast, directive: Directive
) -> None:
    task = task_of(clause(directive, "责任清单"))
    requirement = clause(directive, "警示教育课")
    decide(directive, cast)
    clerk = cast.users["office_clerk"]
    duties.issue(directive, by=clerk, at=AT)
    for act in (
        lambda: actions.change_task(task, values={"title": "改名"}, by=clerk, at=LATER),
        lambda: actions.set_triage(requirement, "context", by=clerk, at=LATER),
        lambda: actions.add_task(requirement, title="又一件", by=clerk, at=LATER),
    ):
        with pytest.raises(Fixed):
            act()
    assert Task.objects.get(pk=task.pk).title != "改名"
    assert Requirement.objects.get(pk=requirement.pk).triage == "task"
    assert road.holds_decision(directive)


@pytest.mark.parametrize(
    ("stage", "who"),
    [
        ("vetting", "nanping_b2_secretary"),
        ("decision", "beidu_head"),
        ("decision", "office_head"),
        ("vetting", "discipline_head"),
    ],
)
def test_only_heads_of_the_owner_decide_and_those_of_the_office_vet(
    cast: Cast, directive: Directive, stage: str, who: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        ask(cast, directive, stage, who)
    assert refusal.value.field == "asked"
    ask(cast, directive, "vetting", "office_head")


def test_withdrawing_closes_what_was_open(cast: Cast, directive: Directive) -> None:
    clerk = cast.users["office_clerk"]
    approval = ask(cast, directive, "vetting", "bureau_deputy1")
    actions.withdraw(directive, reason="来文撤销", by=clerk, at=LATER)
    approval.refresh_from_db()
    assert approval.state == "taken_back"
    assert road.waiting_for(access.standing(cast.users["bureau_deputy1"], TODAY)) == []
    with pytest.raises(actions.NotWaiting):
        actions.approve(approval, content_seen="", by=cast.users["bureau_deputy1"], at=LATER)

    other = load(cast, text="各分局要在6月底前列出责任清单，形成清单。")
    actions.confirm(other, by=clerk, at=AT)
    actions.open_consultation(other, due_on=TODAY, by=clerk, at=AT)
    actions.withdraw(other, reason="来文撤销", by=clerk, at=LATER)
    assert road.consulted(access.standing(cast.users["beidu_clerk"], TODAY)) == []
    consultee = Consultee.objects.select_related("consultation__directive").get(
        consultation__directive=other, unit=cast.units["beidu"]
    )
    with pytest.raises(Refused):
        actions.no_comment(consultee, by=cast.users["beidu_clerk"], at=LATER)


@pytest.mark.parametrize("end", ["asked", "returned", "consulting"])
def test_nothing_is_issued_while_an_end_is_open(cast: Cast, directive: Directive, end: str) -> None:
    decide(directive, cast)
    clerk = cast.users["office_clerk"]
    if end == "consulting":
        actions.open_consultation(directive, due_on=TODAY, by=clerk, at=LATER)
    else:
        approval = actions.send(
            directive, stage="vetting", asked=cast.appointments["bureau_deputy1"], by=clerk,
            at=LATER,
        )  # fmt: skip
        if end == "returned":
            by = cast.users["bureau_deputy1"]
            actions.return_(approval, note="不同意", by=by, at=LATER)
    directive.refresh_from_db()
    with pytest.raises(duties.NotDecided):
        duties.issue(directive, by=clerk, at=LATER)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"check_text": "对党员干部打分排名并通报"}, "check_text"),
        ({"title": "建立干部行踪台账"}, "title"),
        ({"measure": "逐人掌握干部下班以后的去向，建立行踪台账"}, "measure"),
        ({"measure": "字" * 10_001}, "measure"),
        ({"due_on": date(1, 1, 1)}, "due_on"),
    ],
)
def test_no_field_of_a_task_slips_past_the_bounds(
    cast: Cast, directive: Directive, values: dict[str, Any], field: str
) -> None:
    task = task_of(clause(directive, "责任清单"))
    with pytest.raises(BadInput) as refusal:
        actions.change_task(task, values=values, by=cast.users["office_clerk"], at=LATER)
    assert refusal.value.field == field


def test_the_check_code_stays_where_the_content_does(cast: Cast, directive: Directive) -> None:
    approval = ask(cast, directive, "decision", "bureau_head")
    before = approval.digest
    found = road.road_of(directive)
    from luoshi.directives.breakdown import fingerprint

    actions.approve(
        approval, content_seen=fingerprint(found.content), by=cast.users["bureau_head"], at=LATER
    )
    approval.refresh_from_db()
    assert approval.digest == before
    assert road.road_of(directive).decided


def test_odd_input_is_told_and_never_crashes(
    cast: Cast, client: Client, directive: Directive
) -> None:
    cast.sign_in(client, "office_clerk")
    one = clause(directive, "责任清单")
    long = "9" * 5000
    for address, data in (
        (f"/directives/clauses/{one.pk}/fields/", {"task": "nonsense", "title": "x"}),
        (f"/directives/clauses/{one.pk}/leader/", {"task": "nonsense"}),
        (f"/directives/{directive.pk}/mark/", {"near": long, "stretch": "没有这句话"}),
        ("/boards/layouts/", {"keep": "1", "name": "x", "heading": "任务", "width-0": long}),
        (f"/directives/{directive.pk}/road/send/", {"stage": "no", "asked": "x"}),
        (f"/directives/{directive.pk}/road/consult/", {"due_on": long}),
    ):
        assert client.post(address, data).status_code in (303, 400, 409), address
    whole = load(cast, text="各分局要在6月底前列出责任清单，形成清单。")
    actions.confirm(whole, by=cast.users["office_clerk"], at=AT)
    approval = ask(cast, whole, "decision", "bureau_head")
    cast.sign_in(client, "bureau_head")
    bogus = client.post(f"/directives/approvals/{approval.pk}/verdict/", {"verdict": "bogus"})
    assert bogus.status_code == 400
    approval.refresh_from_db()
    assert approval.state == "asked"
    cast.sign_in(client, "office_clerk")
    for values in ([["v", "x"], ["v", "y"]], [["d", "x"]], [["v", long], ["v", long]]):
        token = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
        for address in ("/directives/", "/directives/old/"):
            assert client.get(address, {"before": token}).status_code == 400, values
