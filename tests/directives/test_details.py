"""Milestones, measure of success, supervision items, deadlines that count from receipt."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from time_machine import TimeMachineFixture

from luoshi.base.refused import BadInput
from luoshi.directives import actions, breakdown
from luoshi.directives.actions.tasks import Edit, GridRefused
from luoshi.directives.models import Directive, IssueNotice, Task
from luoshi.directives.price import price_of, units_of
from luoshi.directives.typed import When, leading_day, typed_when
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


def detail(cast: Cast, task: Task, **more: Any) -> None:
    given: dict[str, Any] = {"values": {}, "steps": [], "by": cast.users["office_clerk"], "at": AT}
    actions.detail_task(task, **(given | more))


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
        self, cast: Cast, directive: Directive, client: Client, time_machine: TimeMachineFixture
    ) -> None:
        time_machine.move_to(AT)
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


class TestTheGridAgainstMilestones:
    """Units owe the milestones and leaders read the task's day: neither moves without the other."""

    @pytest.fixture
    def task(self, cast: Cast, directive: Directive) -> Task:
        task = works(directive)
        detail(cast, task, steps=STEPS)
        return task

    def edit(self, cast: Cast, task: Task, **values: object) -> None:
        edits = [Edit(task.pk, task.version, values)]
        actions.change_tasks(task.directive, edits, by=cast.users["office_clerk"], at=AT)

    @pytest.mark.parametrize(
        ("values", "cell"),
        [
            ({"due_on": date(2026, 6, 10)}, "when"), ({"due_on": None}, "when"),
            ({"due_on": None, "rhythm": "monthly"}, "when"), ({"within": 10}, "when"),
            ({"task_kind": "basic"}, "task_kind"), ({"task_kind": "hard"}, "task_kind"),
        ],
    )  # fmt: skip
    def test_they_set_day_and_kind(
        self, cast: Cast, task: Task, values: dict[str, object], cell: str
    ) -> None:
        with pytest.raises(GridRefused) as refused:
            self.edit(cast, task, **values)
        assert list(refused.value.cells) == [(task.pk, cell)]
        if cell == "when":
            assert "完成复核" in refused.value.cells[(task.pk, cell)], "the last one is named"
        task.refresh_from_db()
        assert (task.due_on, task.task_kind, task.rhythm) == (date(2026, 6, 30), "key", "")

    def test_the_rest_changes_and_without_them_the_day_is_free(
        self, cast: Cast, task: Task
    ) -> None:
        self.edit(cast, task, title="复核设计变更", due_on=date(2026, 6, 30))
        task = works(task.directive)
        detail(cast, task, steps=[])
        self.edit(cast, task, due_on=date(2026, 6, 10))
        task.refresh_from_db()
        assert (task.title, task.due_on) == ("复核设计变更", date(2026, 6, 10))

    def test_the_triage_page_keeps_them_as_well(self, cast: Cast, task: Task) -> None:
        clerk = cast.users["office_clerk"]
        with pytest.raises(BadInput) as refused:
            actions.change_task(task, values={"due_on": date(2026, 7, 1)}, by=clerk, at=AT)
        assert refused.value.field == "when"

    def test_the_cell_says_it_and_keeps_what_was_typed(
        self, cast: Cast, task: Task, client: Client
    ) -> None:
        cast.sign_in(client, "office_clerk")
        address = reverse("directives:plan", args=[task.directive_id])
        [line] = [x for x in client.get(address).context["lines"] if x["task"] == task]
        assert [step.title for step in line["steps"]] == ["方案报批", "完成复核"]
        form = {f"{name}-{task.pk}": value for name, value in line["values"].items()}
        form |= {f"when-{task.pk}": "6.10", f"version-{task.pk}": str(task.version)}
        answer = client.post(address, form)
        assert answer.status_code == 400
        [line] = [x for x in answer.context["lines"] if x["task"] == task]
        assert "完成复核" in line["errors"]["when"]
        assert line["errors"]["when"] in answer.content.decode()
        assert line["values"]["when"] == "6.10"


def test_a_milestone_before_the_document_is_refused_by_name(
    cast: Cast, directive: Directive
) -> None:
    with pytest.raises(BadInput) as error:
        detail(cast, works(directive), steps=[("摸底", date(2026, 2, 10)), *STEPS])
    assert error.value.field == "steps"
    assert "摸底" in str(error.value)
    assert not works(directive).milestones.exists()


def test_what_keeps_a_task_back_is_said_where_it_is_mended(
    cast: Cast, directive: Directive, client: Client
) -> None:
    """An early milestone and a bare supervision item, on plan, road and issue, each with a link."""
    first, second = works(directive), task_of(clause(directive, "责任清单"))
    detail(cast, first, steps=STEPS)
    detail(cast, second, values={"supervises": True, "check_text": "清单"})
    directive.issued_on = date(2026, 5, 8)
    directive.save(update_fields=["issued_on"])
    actions.confirm(directive, by=cast.users["office_clerk"], at=AT)
    early, bare = sorted(price_of(directive, at=AT).lacks, key=lambda x: x.task_id != first.pk)[:2]
    assert (early.missing, len(early.wrong)) == ([], 1), "it is no lack, it says so itself"
    assert "方案报批" in early.wrong[0]
    assert (len(bare.missing), bare.wrong[1:]) == (2, [])
    cast.sign_in(client, "office_clerk")
    for name in ("directives:plan", "directives:road", "issue"):
        page = client.get(reverse(name, args=[directive.pk])).content.decode()
        assert early.wrong[0] in page, name
        for task in (first, second):
            assert reverse("directives:details", args=[task.pk]) in page, name


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("12月10日方案报批", ("12月10日", "方案报批")), ("12.10 方案", ("12.10", "方案")),
        ("２０２６年６月３０日前：方案／初稿", ("2026年6月30日前", "方案／初稿")),
        ("6月底方案", ("6月底", "方案")), ("年底前销号", ("年底前", "销号")),
        ("12月10日前期调研", ("12月10日", "前期调研")), ("12月10日", ("12月10日", "")),
        ("6月3个方案", ("6月", "3个方案")), ("方案 6月30日", None), ("六月 方案", None),
    ],
)  # fmt: skip
def test_a_line_that_begins_with_a_day(line: str, found: tuple[str, str] | None) -> None:
    assert leading_day(line) == found


def test_the_form_says_where_the_day_went(cast: Cast, directive: Directive, client: Client) -> None:
    task = works(directive)
    cast.sign_in(client, "office_clerk")

    def said(steps: str) -> str:
        form = {"version": works(directive).version, "task_kind": "key", "steps": steps}
        answer = client.post(reverse("directives:details", args=[task.pk]), form, follow=True)
        [message] = answer.context["messages"]
        return str(message)

    plain = said("4月30日方案报批\n6月30日完成复核")
    moved = said("4月30日 方案报批\n7月15日 完成复核")
    assert "6月30日" not in plain
    assert "7月15日" in moved
    assert task.requirement.deadline in moved


def test_who_approves_sees_all_that_is_bound(
    cast: Cast, directive: Directive, client: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.FILES_DIR = tmp_path
    task, clerk = works(directive), cast.users["office_clerk"]
    said = {
        "success": "变更超限归零", "target": "至多3起", "check_after": 45, "supervises": True,
        "object_text": "在建工程设计变更", "check_text": "抽查签批单",
        "evidence_text": "签批影像件",
    }  # fmt: skip
    detail(cast, task, steps=STEPS, values=said)
    actions.change_task(task, values={"note": "分两批办理"}, by=clerk, at=AT)
    actions.take_leader(task, by=clerk, at=AT)
    actions.confirm(directive, by=clerk, at=AT)
    approval = actions.send(
        directive, stage="decision", asked=cast.appointments["bureau_head"], by=clerk, at=AT
    )
    bound = [
        *(v for v in said.values() if isinstance(v, str)), "45", "分两批办理", "周衍之",
        "方案报批 2026年4月30日", "完成复核 2026年6月30日", task.measure,
    ]  # fmt: skip
    cast.sign_in(client, "bureau_head")
    page = client.get(reverse("directives:road", args=[directive.pk]))
    slip = client.get(reverse("directives:slip", args=[approval.pk])).content.decode()
    word = client.get(reverse("directives:slip_docx", args=[approval.pk])).content
    typed = "\n".join(
        cell.text
        for table in docx.Document(io.BytesIO(word)).tables
        for row in table.rows
        for cell in row.cells
    )
    for shown in (page.content.decode(), slip, typed):
        assert [text for text in bound if text not in shown] == []
    content = breakdown.content_of(directive)
    for paper in (slip, typed):
        assert f"另有{len(content['aside'])}处原文" in paper
    one = content["tasks"][str(task.pk)]
    columns = {"title", "measure", "lead", "support", "due_on", "rhythm", "within", "check"}
    assert set(breakdown.FIELDS) == columns | set(breakdown.MORE), "no bound field without a place"
    assert set(one) <= set(breakdown.FIELDS) | {"clause"}
    assert page.context["asides"][0].clause in page.content.decode()


def test_only_units_that_get_something_are_addressed(cast: Cast, directive: Directive) -> None:
    """A clause set to context keeps its units; nobody counts or names them."""
    lesson = clause(directive, "警示教育课")
    branches = {u.unit_id for u in task_of(lesson).units.all()}
    assert branches
    actions.set_triage(lesson, "context", by=cast.users["office_clerk"], at=AT)
    named = {unit for pairs in units_of(directive).values() for unit, _part in pairs}
    assert named
    assert not named & branches
    decide(directive, cast)
    duties.issue(directive, by=cast.users["office_clerk"], at=AT)
    notice = IssueNotice.objects.get()
    assert "支部" not in notice.recipients
    assert "工程建设科" in notice.recipients
