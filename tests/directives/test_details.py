"""Milestones, measure of success, supervision items, deadlines that count from receipt."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from luoshi.base.refused import BadInput
from luoshi.directives import actions, breakdown
from luoshi.directives.models import Directive, Task
from luoshi.directives.price import price_of
from luoshi.directives.typed import When, typed_when
from luoshi.duties import actions as duties
from luoshi.duties.models import Occurrence
from luoshi.ledger.models import Body
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import clause, load, task_of
from tests.road import decide

STEPS = [("方案报批", date(2026, 4, 30)), ("完成复核", date(2026, 6, 30))]


@pytest.fixture
def directive(cast: Cast) -> Directive:
    return load(cast)


def works(directive: Directive) -> Task:
    return task_of(clause(directive, "由工程建设科"))


def detail(cast: Cast, task: Task, **more: object) -> None:
    given = {"values": {}, "steps": [], "by": cast.users["office_clerk"], "at": AT} | more
    actions.detail_task(task, **given)  # type: ignore[arg-type]  # the test passes what it likes


def test_each_milestone_is_owed_and_the_last_is_the_day(cast: Cast, directive: Directive) -> None:
    task = works(directive)
    detail(cast, task, steps=STEPS, values={"success": "变更超限归零", "target": "0起"})
    assert task.due_on == date(2026, 6, 30)
    decide(directive, cast)
    duties.issue(directive, by=cast.users["office_clerk"], at=AT)
    owed = Occurrence.objects.filter(unit=cast.units["works"], task=task).order_by("due_on")
    assert list(owed.values_list("key", "due_on")) == [
        ("M1", date(2026, 4, 30)), ("M2", date(2026, 6, 30)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        (list(reversed(STEPS)), "key"), ([STEPS[0], STEPS[0]], "key"), (STEPS, "basic"),
        ([(" ", date(2026, 4, 1))], "key"),
        ([(f"第{n}步", date(2026, 3, 3) + timedelta(days=n)) for n in range(21)], "key"),
    ],
)  # fmt: skip
def test_milestones_that_are_none(
    cast: Cast, directive: Directive, steps: list[tuple[str, date]], kind: str
) -> None:
    task = works(directive)
    with pytest.raises(BadInput) as error:
        detail(cast, task, steps=steps, values={"task_kind": kind})
    assert error.value.field == "steps"
    assert not task.milestones.exists()


def test_a_vague_supervision_item_is_refused(cast: Cast, directive: Directive) -> None:
    task = works(directive)
    detail(cast, task, values={"supervises": True, "check_text": ""})
    [lack] = [x for x in price_of(directive, at=AT).lacks if x.task_id == task.pk]
    assert lack.codes == ("object", "check", "evidence")
    with pytest.raises(actions.NotReady):
        decide(directive, cast)
    said = {
        "object_text": "在建工程设计变更",
        "check_text": "抽查签批单",
        "evidence_text": "签批单",
    }
    directive.refresh_from_db()
    task.refresh_from_db()
    detail(cast, task, values=said)
    assert task.pk not in {x.task_id for x in price_of(directive, at=AT).lacks}


def test_a_day_before_the_document(cast: Cast, directive: Directive) -> None:
    task = works(directive)
    clerk = cast.users["office_clerk"]
    actions.change_task(task, values={"due_on": date(2026, 1, 31)}, by=clerk, at=AT)
    [lack] = [x for x in price_of(directive, at=AT).lacks if x.task_id == task.pk]
    assert lack.codes == ("past",)


def test_an_approval_lapses_when_they_change(cast: Cast, directive: Directive) -> None:
    before = breakdown.content_of(directive)
    detail(cast, works(directive), steps=STEPS, values={"target": "0起"})
    after = breakdown.content_of(directive)
    said = {(c.field, c.after) for c in breakdown.differences(before, after, directive)}
    assert ("Target value", "0起") in said
    assert any(name == "Milestones" and "方案报批" in text for name, text in said)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("收到后10个工作日内", When(within=10)),
        ("接到通知之日起15日内", When(within=15, within_unit="days")),
        ("2个月内", When(within=2, within_unit="months")), ("6月30日", When(date(2026, 6, 30))),
        ("每月", When(rhythm="monthly")), ("6月", When(date(2026, 6, 30))), ("", When()),
    ],
)  # fmt: skip
def test_as_people_type_it(text: str, when: When) -> None:
    assert typed_when(text, year=2026, field="when") == when


class TestAfterReceipt:
    def issued(self, cast: Cast, directive: Directive) -> Occurrence:
        clerk = cast.users["office_clerk"]
        values = {"due_on": None, "within": 10, "within_unit": "workdays"}
        actions.change_task(works(directive), values=values, by=clerk, at=AT)
        decide(directive, cast)
        duties.issue(directive, by=clerk, at=AT)
        return Occurrence.objects.get(unit=cast.units["works"], key="once")

    def test_it_runs_from_receipt_and_at_the_latest_some_days_after_issue(
        self, cast: Cast, directive: Directive
    ) -> None:
        owed = self.issued(cast, directive)
        assert owed.due_on == date(2026, 3, 19), "three working days to receive, ten to do it"
        duties.receive(
            directive, cast.units["works"], by=cast.users["works_head"], at=AT + timedelta(days=1)
        )
        owed.refresh_from_db()
        assert owed.due_on == date(2026, 3, 17)
        move = owed.transitions.get()
        assert (move.due_was, move.due_on) == (date(2026, 3, 19), date(2026, 3, 17))
        body = Body.objects.order_by("-id")[0].body
        assert '"due_on":"2026-03-17"' in body

    def test_the_issuer_says_after_how_many_days(
        self, cast: Cast, directive: Directive, client: Client, time_machine: object
    ) -> None:
        time_machine.move_to(AT)  # type: ignore[attr-defined]  # its type is private
        clerk = cast.sign_in(client, "office_clerk")
        values = {"due_on": None, "within": 10, "within_unit": "workdays"}
        actions.change_task(works(directive), values=values, by=clerk, at=AT)
        decide(directive, cast)
        address = reverse("issue", args=[directive.pk])
        assert 'name="deemed_after"' in client.get(address).content.decode()
        for wrong in ("0", "31", "三"):
            answer = client.post(address, {"deemed_after": wrong})
            assert answer.status_code == 400
            assert f'value="{wrong}"' in answer.content.decode()
        assert client.post(address, {"deemed_after": "5"}).status_code == 303
        owed = Occurrence.objects.get(unit=cast.units["works"], key="once")
        assert owed.due_on == date(2026, 3, 23), "five working days to receive, ten to do it"

    def test_late_receipt_gives_no_more_time(self, cast: Cast, directive: Directive) -> None:
        owed = self.issued(cast, directive)
        duties.receive(
            directive, cast.units["works"], by=cast.users["works_head"], at=AT + timedelta(days=20)
        )
        owed.refresh_from_db()
        assert owed.due_on == date(2026, 3, 19)


def test_the_page(cast: Cast, directive: Directive, client: Client) -> None:
    task = works(directive)
    cast.sign_in(client, "office_clerk")
    address = reverse("directives:details", args=[task.pk])
    form = {
        "version": task.version, "task_kind": "key", "steps": "4.30 方案报批\n2026-06-30　完成复核",
        "success": "变更超限归零", "check_after": "60",
    }  # fmt: skip
    assert client.post(address, {**form, "steps": "六月 方案"}).status_code == 400
    bad = client.post(address, {**form, "steps": "4.30"}).content.decode()
    assert "4.30" in bad, "typed text comes back"
    assert client.post(address, form).status_code == 303
    task.refresh_from_db()
    assert (task.success, task.check_after, task.due_on) == ("变更超限归零", 60, date(2026, 6, 30))
    assert "方案报批" in client.get(address).content.decode()
    assert task.milestones.count() == 2
    assert TODAY.year == 2026
