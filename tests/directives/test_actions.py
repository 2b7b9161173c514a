"""Acts on a directive: import, triage, spans, tasks, confirm; refusals leave nothing behind."""

import itertools
import json
from datetime import date, timedelta
from typing import Any

import pytest

from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives import actions
from luoshi.directives.actions.tasks import Edit, GridRefused
from luoshi.directives.actions.triage import MustRewrite
from luoshi.directives.models import Directive, Requirement, Task, Triage
from luoshi.ledger.models import Body, BulkRow, Entry
from luoshi.reading.confidence import doubtful
from tests.cast import AT, Cast

TEXT = """云州市水务局2026年工作要点
一、把责任落到人
全局干部要把心思放在供水和治河上，少讲空话。
各分局要在3月底前列出本单位年度责任清单，报办公室备案。
各党支部每季度上一次警示教育课，用身边的事讲清底线。
由工程建设科牵头，办公室配合，6月30日前对设计变更逐项复核，形成问题清单。
各单位主要负责人要定期同关键岗位人员谈心谈话，做好谈话记录。
办公室要逐人掌握干部下班以后的去向，建立行踪台账。
"""


def load(cast: Cast, text: str = TEXT, **more: Any) -> Directive:
    values = {
        "text": text,
        "title": "",
        "owner": cast.units["bureau"],
        "year": 2026,
        "issued_on": date(2026, 2, 27),
        "by": cast.users["office_clerk"],
        "at": AT,
        **more,
    }
    return actions.import_directive(**values)


@pytest.fixture
def directive(cast: Cast) -> Directive:
    return load(cast)


def clause(directive: Directive, piece: str) -> Requirement:
    at = directive.text.index(piece)
    return Requirement.objects.select_related("directive").get(
        directive=directive, start__lte=at, end__gt=at, state="active"
    )


def task_of(requirement: Requirement) -> Task:
    return Task.objects.select_related("directive", "requirement").get(requirement=requirement)


def units_of(task: Task, part: str = "lead") -> set[str]:
    return {u.unit.name for u in task.units.filter(part=part).select_related("unit")}


def test_import_keeps_the_text_and_proposes(cast: Cast, directive: Directive) -> None:
    assert directive.text == TEXT
    assert directive.title == "云州市水务局2026年工作要点"
    assert directive.state == "draft"
    lists = clause(directive, "责任清单")
    assert lists.triage == Triage.TASK
    assert units_of(task_of(lists)) == {"北渡分局", "南屏分局"}
    assert task_of(lists).due_on == date(2026, 3, 31)
    lesson = clause(directive, "警示教育课")
    assert task_of(lesson).rhythm == "quarterly"
    assert len(units_of(task_of(lesson))) == 6
    review = task_of(clause(directive, "设计变更"))
    assert units_of(review) == {"工程建设科"}
    assert units_of(review, "support") == {"办公室"}
    assert review.leader_id is None
    assert review.leader_proposed_id == cast.appointments["bureau_deputy1"].pk
    assert clause(directive, "供水和治河").triage == Triage.CONTEXT
    assert clause(directive, "谈心谈话").triage == Triage.UNDECIDED
    barred = clause(directive, "行踪台账")
    assert (barred.bound, barred.triage) == ("tracking", Triage.CONTEXT)
    for requirement in directive.requirements.all():
        assert 0 <= requirement.start < requirement.end <= len(TEXT)


def test_one_entry_an_act_with_a_row_a_clause(directive: Directive) -> None:
    entry = Entry.objects.get(kind="directive.imported")
    body = json.loads(Body.objects.get(pk=entry.pk).body)
    assert body["rows"]["size"] == directive.requirements.count()
    rows = [json.loads(r.body) for r in BulkRow.objects.filter(entry=entry)]
    assert {r["requirement"]["id"] for r in rows} == {
        str(pk) for pk in directive.requirements.values_list("pk", flat=True)
    }


def test_the_same_text_again_offers_the_earlier_one(cast: Cast, directive: Directive) -> None:
    with pytest.raises(actions.AlreadyImported) as caught:
        load(cast)
    assert caught.value.earlier == directive
    assert load(cast, again=True) != directive
    assert Directive.objects.count() == 2


def test_a_double_click_imports_once(cast: Cast) -> None:
    load(cast, request_id="form-1", again=True)
    with pytest.raises(AlreadyDone):
        load(cast, request_id="form-1", again=True)
    assert Directive.objects.count() == 1


@pytest.mark.parametrize("who", ["bureau_head", "beidu_clerk", "office_member", "ended", "nobody"])
def test_who_may_not_import(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        load(cast, by=cast.users[who])
    assert not Directive.objects.exists()


def test_a_lower_clerk_imports_for_the_own_unit(cast: Cast) -> None:
    got = load(cast, owner=cast.units["beidu"], by=cast.users["beidu_clerk"])
    lesson = task_of(clause(got, "警示教育课"))
    assert units_of(lesson) == {"北渡分局第一支部", "北渡分局第二支部"}


@pytest.mark.parametrize(("change", "field"), [({"text": "  \n"}, "text"), ({"year": 26}, "year")])
def test_bad_input_names_the_field(cast: Cast, change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        load(cast, **change)
    assert caught.value.field == field


class TestTriage:
    def test_a_decision_and_its_undo(self, cast: Cast, directive: Directive) -> None:
        by, lists = cast.users["office_clerk"], clause(directive, "责任清单")
        actions.set_triage(lists, "context", by=by, at=AT)
        assert (lists.triage, lists.decided) == ("context", True)
        actions.undo(lists, by=by, at=AT)
        assert (lists.triage, lists.decided) == ("task", False)
        with pytest.raises(Refused, match="nothing"):
            actions.undo(lists, by=by, at=AT)

    def test_a_stale_page_changes_nothing(self, cast: Cast, directive: Directive) -> None:
        by, lists = cast.users["office_clerk"], clause(directive, "责任清单")
        actions.set_triage(lists, "context", by=by, at=AT, seen=1)
        with pytest.raises(Stale):
            actions.set_triage(lists, "task", by=by, at=AT, seen=1)
        assert clause(directive, "责任清单").triage == "context"

    def test_covered_names_what_covers(self, cast: Cast, directive: Directive) -> None:
        by, lesson = cast.users["office_clerk"], clause(directive, "警示教育课")
        with pytest.raises(BadInput):
            actions.set_triage(lesson, "covered", by=by, at=AT)
        other = task_of(clause(directive, "责任清单"))
        actions.set_triage(lesson, "covered", by=by, at=AT, covered_by=str(other.pk))
        assert lesson.covered_by == {
            "kind": "task",
            "id": str(other.pk),
            "text": other.title,
            "directive": str(directive.pk),
            "requirement": str(other.requirement_id),
        }

    def test_a_bound_clause_goes_out_only_rewritten(self, cast: Cast, directive: Directive) -> None:
        by, barred = cast.users["office_clerk"], clause(directive, "行踪台账")
        with pytest.raises(MustRewrite):
            actions.set_triage(barred, "task", by=by, at=AT)
        task = task_of(barred)
        values = {"rewritten": True, "title": "个人有关事项按规定报告"}
        with pytest.raises(BadInput) as caught:
            actions.change_task(task, by=by, at=AT, values=values)
        assert caught.value.field == "rewrite_reason"
        values["rewrite_reason"] = "不跟踪个人"
        with pytest.raises(BadInput) as caught:
            actions.change_task(task, by=by, at=AT, values=values)
        assert caught.value.field == "measure"
        values["measure"] = "按规定报告个人有关事项，提醒谈话留有记录"
        actions.change_task(task, by=by, at=AT, values=values)
        actions.set_triage(barred, "task", by=by, at=AT)
        assert barred.triage == "task"

    def test_filling_what_is_missing_makes_a_task(self, cast: Cast, directive: Directive) -> None:
        by, talk = cast.users["office_clerk"], clause(directive, "供水和治河")
        task = task_of(talk)
        lead = [cast.units["office"].pk]
        values: dict[str, Any] = {"check": "一份小结", "lead": lead, "due_on": None, "rhythm": ""}
        assert not actions.fill(talk, task, by=by, at=AT, **values)
        assert talk.triage == "context"
        values["rhythm"] = "quarterly"
        assert actions.fill(talk, task, by=by, at=AT, **values)
        assert (talk.triage, talk.decided) == ("task", True)
        assert task_of(talk).leader_proposed_id == cast.appointments["bureau_head"].pk

    def test_confirm_all_makes_no_task_out_of_context(
        self, cast: Cast, directive: Directive
    ) -> None:
        before = dict(directive.requirements.values_list("pk", "triage"))
        actions.confirm(directive, by=cast.users["office_clerk"], at=AT)
        assert dict(directive.requirements.values_list("pk", "triage")) == before
        assert directive.state == "confirmed"
        left = directive.requirements.filter(decided=False)
        assert all(one.triage == "undecided" or doubtful(one.confidence) for one in left)
        assert left.count() < directive.requirements.count()

    def test_confirm_all_leaves_open_what_the_reader_doubts(
        self, cast: Cast, directive: Directive
    ) -> None:
        unsure = directive.requirements.exclude(triage="undecided").first()
        assert unsure is not None
        directive.requirements.exclude(pk=unsure.pk).update(confidence=90)
        directive.requirements.filter(pk=unsure.pk).update(confidence=60)
        actions.confirm(directive, by=cast.users["office_clerk"], at=AT)
        waiting = set(directive.requirements.filter(decided=False).values_list("pk", flat=True))
        undecided = directive.requirements.filter(triage="undecided").values_list("pk", flat=True)
        assert waiting == {unsure.pk, *undecided}

    @pytest.mark.parametrize("who", ["bureau_head", "beidu_clerk", "office_member", "ended"])
    def test_who_may_not(self, cast: Cast, directive: Directive, who: str) -> None:
        with pytest.raises(NotAllowed):
            actions.set_triage(clause(directive, "责任清单"), "context", by=cast.users[who], at=AT)

    def test_another_organisation_sees_nothing(self, cast: Cast, directive: Directive) -> None:
        with pytest.raises((OutOfScope, NotAllowed)):
            actions.confirm(directive, by=cast.users["stranger"], at=AT)


class TestSpans:
    def test_split_and_merge_keep_the_text(self, cast: Cast, directive: Directive) -> None:
        by, review = cast.users["office_clerk"], clause(directive, "设计变更")
        at = TEXT.index("，形成问题清单")
        first, second = actions.split(review, offset=at, by=by, at=AT)
        assert TEXT[second.start : second.end] == "形成问题清单"
        assert TEXT[first.start : first.end].endswith("逐项复核")
        again = actions.merge(
            Requirement.objects.select_related("directive").get(pk=first.pk), by=by, at=AT
        )
        assert (again.start, again.end) == (review.start, review.end)
        assert Directive.objects.get(pk=directive.pk).text == TEXT
        active = Requirement.objects.filter(directive=directive, state="active").order_by("start")
        spans = list(active.values_list("start", "end"))
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))

    def test_paragraphs_stay_apart(self, cast: Cast, directive: Directive) -> None:
        with pytest.raises(Refused, match="paragraph"):
            actions.merge(clause(directive, "责任清单"), by=cast.users["office_clerk"], at=AT)

    def test_a_new_span(self, cast: Cast, directive: Directive) -> None:
        by, lists = cast.users["office_clerk"], clause(directive, "责任清单")
        start, end = lists.start, TEXT.index("，报办公室备案")
        actions.set_span(lists, start=start, end=end + 1, by=by, at=AT)
        assert (lists.start, lists.end) == (start, end)
        with pytest.raises(BadInput, match="another clause"):
            actions.set_span(lists, start=start, end=TEXT.index("警示"), by=by, at=AT)
        with pytest.raises(BadInput, match="inside"):
            actions.set_span(lists, start=5, end=len(TEXT) + 1, by=by, at=AT)

    def test_dismiss_restore_add(self, cast: Cast, directive: Directive) -> None:
        by, lists = cast.users["office_clerk"], clause(directive, "责任清单")
        with pytest.raises(BadInput):
            actions.dismiss(lists, reason=" ", by=by, at=AT)
        actions.dismiss(lists, reason="去年已办", by=by, at=AT)
        added = actions.add_requirement(directive, start=lists.start, end=lists.end, by=by, at=AT)
        assert units_of(task_of(added)) == {"北渡分局", "南屏分局"}
        assert added.heading_path == ["一、把责任落到人"]
        with pytest.raises(BadInput, match="another clause"):
            actions.restore(lists, by=by, at=AT)


class TestTasks:
    def test_the_grid_saves_all_or_nothing(self, cast: Cast, directive: Directive) -> None:
        by = cast.users["office_clerk"]
        a, b = (task_of(clause(directive, p)) for p in ("责任清单", "警示教育课"))
        bad = [
            Edit(a.pk, 1, {"title": "年度责任清单"}),
            Edit(b.pk, 1, {"title": ""}, lead=[cast.units["bureau"].pk]),
        ]
        with pytest.raises(GridRefused) as caught:
            actions.change_tasks(directive, bad, by=by, at=AT)
        assert set(caught.value.cells) == {(b.pk, "title")}
        assert task_of(a.requirement).title != "年度责任清单"
        good = [bad[0], Edit(b.pk, 1, {}, lead=[cast.units["beidu_b1"].pk])]
        assert actions.change_tasks(directive, good, by=by, at=AT) == 2
        assert task_of(a.requirement).title == "年度责任清单"
        assert units_of(b) == {"北渡分局第一支部"}
        with pytest.raises(Stale):
            actions.change_tasks(directive, [bad[0]], by=by, at=AT)

    def test_a_unit_outside_the_tree_is_refused(self, cast: Cast) -> None:
        got = load(cast, owner=cast.units["beidu"], by=cast.users["beidu_clerk"])
        task = task_of(clause(got, "警示教育课"))
        with pytest.raises(BadInput) as caught:
            actions.change_task(
                task,
                by=cast.users["beidu_clerk"],
                at=AT,
                values={},
                lead=[cast.units["nanping_b1"].pk],
            )
        assert caught.value.field == "lead"

    def test_several_tasks_share_a_clause(self, cast: Cast, directive: Directive) -> None:
        by, lists = cast.users["office_clerk"], clause(directive, "责任清单")
        first = task_of(lists)
        second = actions.add_task(lists, title="公布责任清单", by=by, at=AT)
        actions.remove_task(first, by=by, at=AT)
        second = Task.objects.select_related("directive", "requirement").get(pk=second.pk)
        with pytest.raises(Refused, match="one task"):
            actions.remove_task(second, by=by, at=AT)

    def test_the_leader_is_taken_by_a_click(self, cast: Cast, directive: Directive) -> None:
        task = task_of(clause(directive, "设计变更"))
        actions.take_leader(task, by=cast.users["office_clerk"], at=AT + timedelta(days=1))
        assert task.leader_id == cast.appointments["bureau_deputy1"].pk
        assert task.leader_why["since"] == "2020-01-01"

    def test_withdrawn_is_fixed(self, cast: Cast, directive: Directive) -> None:
        by = cast.users["office_clerk"]
        actions.withdraw(directive, reason="发错了", by=by, at=AT)
        with pytest.raises(Refused, match="withdrawn"):
            actions.confirm(directive, by=by, at=AT)


def test_number_and_date_are_those_that_the_paper_bears(cast: Cast) -> None:
    text = (
        "云州市水务局文件\n云水发〔2026〕18号\n关于做好春季防汛的通知\n各分局：\n"
        "各分局要在3月底前列出隐患清单。\n云州市水务局\n2026年2月20日\n"
    )
    found = load(cast, text=text, issued_on=None)
    assert (found.title, found.number, found.issued_on) == (
        "关于做好春季防汛的通知", "云水发〔2026〕18号", date(2026, 2, 20),
    )  # fmt: skip
    given = load(cast, text=text, issued_on=date(2026, 2, 25), number="另编1号", again=True)
    assert (given.number, given.issued_on) == ("另编1号", date(2026, 2, 25))
    ahead = load(cast, text=text.replace("2026年2月20日", "2026年9月1日"), issued_on=None)
    assert ahead.issued_on is None, "a day that has not come is no day of issue"


def test_a_table_loses_no_unit_and_waits_for_a_person(cast: Cast) -> None:
    text = (
        "岁末任务分工表\n序号\t工作任务\t牵头单位\t责任单位\t完成时限\n"
        "1\t开展岸线集中清理，形成清理台账\t工程建设科\t北渡分局、南屏分局\t6月30日\n"
        "2\t完成许可证换发\t办公室\t\t12月20日\n"
        "3\t组织鉴定情况核查\t建设与运行管理科\t\t12月20日\n"
    )
    directive = load(cast, text=text)
    first = task_of(clause(directive, "岸线集中清理"))
    assert units_of(first) == {"工程建设科"}
    assert units_of(first, "support") == {"北渡分局", "南屏分局"}
    assert clause(directive, "岸线集中清理").triage == Triage.TASK
    assert clause(directive, "许可证换发").triage == Triage.UNDECIDED
    assert clause(directive, "鉴定情况核查").triage == Triage.UNDECIDED
    from luoshi.directives import rows

    row = next(r for r in rows.rows_of(directive) if "鉴定情况核查" in r.clause)
    assert any("建设与运行管理科" in word for word in row.lacking_words)
