"""目标: set from above or by the unit, values never overwritten, concluded from outside."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Stale
from luoshi.duties import actions, objectives
from luoshi.duties.actions.objectives import read_figure
from luoshi.duties.models import Objective, ObjectiveTask, ObjectiveValue
from luoshi.duties.models.objectives import figure
from luoshi.ledger.models import Entry
from luoshi.orgs import access
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence

DAY = timedelta(days=1)
WORDS: dict[str, Any] = {
    "title": "河湖巡查全覆盖", "indicator": "按时完成巡查的河段占比", "target": "95%",
    "counted_in": "%", "baseline": "82", "due_on": date(2026, 11, 30),
}  # fmt: skip


def put(cast: Cast, who: str = "office_clerk", unit: str = "beidu", **more: Any) -> Objective:
    """An objective of this year."""
    values = {"year": 2026, **WORDS, **more}
    return actions.set_objective(cast.units[unit], **values, by=cast.users[who], at=AT)


def report(
    cast: Cast, objective: Objective, value: str = "88", who: str = "beidu_clerk", **more: Any
) -> ObjectiveValue:
    more = {"on": TODAY, "at": AT, **more}
    return actions.report_value(objective, value=value, by=cast.users[who], **more)


def test_from_the_target_to_the_result(cast: Cast) -> None:
    objective = put(cast, lead=cast.posts["beidu_head"])
    assert (objective.target, objective.shown_target, objective.shown_baseline) == (
        Decimal(95), "95%", "82%",
    )  # fmt: skip
    assert not objective.own
    report(cast, objective, "88.5")
    report(cast, objective, "96", on=TODAY + 30 * DAY, at=AT + 30 * DAY)
    line = objectives.lines([objective])[0]
    assert line.present == "96%"
    actions.close_objective(
        objective, result="reached", by=cast.users["bureau_head"], at=AT + 40 * DAY
    )
    found = Objective.objects.get()
    assert (found.state, found.result, found.version) == ("closed", "reached", 4)
    kinds = Entry.objects.filter(object_id=found.pk).order_by("at", "id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "objective.set", "objective.reported", "objective.reported", "objective.closed",
    ]  # fmt: skip
    with pytest.raises(actions.Concluded):
        report(cast, objective, "97", on=TODAY + DAY, at=AT + 41 * DAY)


def test_who_may_set(cast: Cast) -> None:
    for who, unit, own in (
        ("beidu_clerk", "beidu", True),
        ("beidu_head", "beidu", True),
        ("beidu_clerk", "beidu_b1", False),
        ("beidu_b1_secretary", "beidu_b1", True),
        ("office_clerk", "bureau", True),
    ):
        assert put(cast, who, unit).own is own, who
    for who, unit in (
        ("beidu_head", "beidu_b1"),
        ("beidu_deputy", "beidu"),
        ("nanping_clerk", "beidu"),
        ("beidu_b1_discipline", "beidu_b1"),
        ("office_member", "beidu"),
        ("ended", "beidu"),
    ):
        with pytest.raises(NotAllowed):
            put(cast, who, unit)
    with pytest.raises(OutOfScope):
        put(cast, "stranger")


def test_what_was_set_from_above_is_changed_from_above(cast: Cast) -> None:
    above, own = put(cast), put(cast, "beidu_head")
    less = {**WORDS, "target": "90", "reason": "河段调整"}
    with pytest.raises(NotAllowed):
        actions.change_objective(above, **less, by=cast.users["beidu_clerk"], at=AT)
    actions.change_objective(own, **less, by=cast.users["beidu_clerk"], at=AT)
    made = actions.change_objective(above, **less, by=cast.users["office_clerk"], at=AT)
    assert (made.was, made.became) == ({"target": "95"}, {"target": "90"})
    assert above.shown_target == "90%"
    with pytest.raises(BadInput, match="Nothing was changed"):
        actions.change_objective(above, **less, by=cast.users["office_clerk"], at=AT)
    with pytest.raises(Stale):
        actions.change_objective(
            above, **{**less, "target": "91"}, by=cast.users["office_clerk"], at=AT, seen=1
        )


def test_a_number_stays_a_number_once_values_are_there(cast: Cast) -> None:
    objective = put(cast)
    report(cast, objective)
    words = {**WORDS, "target": "全部覆盖", "baseline": "", "reason": "改为文字"}
    with pytest.raises(BadInput) as refusal:
        actions.change_objective(objective, **words, by=cast.users["office_clerk"], at=AT)
    assert refusal.value.field == "target"


def test_a_correction_is_a_row_of_its_own(cast: Cast) -> None:
    objective = put(cast)
    old = report(cast, objective, "88")
    by = cast.users["beidu_clerk"]
    new = actions.correct_value(old, value="78", reason="漏减两段", by=by, at=AT + DAY)
    assert (new.on, new.value, new.corrects) == (TODAY, Decimal(78), old)
    assert ObjectiveValue.objects.get(pk=old.pk).value == Decimal(88)
    assert objectives.latest([objective])[objective.pk] == new
    with pytest.raises(Stale):
        actions.correct_value(old, value="79", reason="再改", by=by, at=AT + DAY)
    with pytest.raises(BadInput) as refusal:
        actions.correct_value(new, value="79", reason=" ", by=by, at=AT + DAY)
    assert refusal.value.field == "reason"


def test_a_day_has_one_value(cast: Cast) -> None:
    objective = put(cast)
    report(cast, objective, "88")
    first = report(cast, objective, "89", on=TODAY - DAY)
    with pytest.raises(BadInput) as refusal:
        report(cast, objective, "90")
    assert refusal.value.field == "on"
    with pytest.raises(BadInput):
        actions.correct_value(
            first, value="90", on=TODAY, reason="日期", by=cast.users["beidu_clerk"], at=AT
        )


def test_the_office_enters_a_value_with_the_name(cast: Cast) -> None:
    objective = put(cast)
    with pytest.raises(BadInput) as refusal:
        report(cast, objective, who="office_clerk")
    assert refusal.value.field == "said_by"
    assert report(cast, objective, who="office_clerk", said_by="宋晴川").said_by == "宋晴川"
    for who in ("nanping_clerk", "bureau_head", "office_member", "nobody"):
        with pytest.raises(NotAllowed):
            report(cast, objective, who=who, said_by="甲")


def test_bad_input_says_where(cast: Cast) -> None:
    for more, field in (
        ({"title": ""}, "title"),
        ({"indicator": ""}, "indicator"),
        ({"target": ""}, "target"),
        ({"target": "1.23456"}, "target"),
        ({"target": "1e12"}, "target"),
        ({"baseline": "不少"}, "baseline"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2027, 1, 1)}, "due_on"),
        ({"year": 2035}, "year"),
        ({"lead": cast.posts["nanping_head"]}, "lead"),
    ):
        with pytest.raises(BadInput) as refusal:
            put(cast, **more)
        assert refusal.value.field == field, more
    objective = put(cast)
    for more, field in (
        ({"value": ""}, "value"),
        ({"value": "很多"}, "value"),
        ({"on": TODAY + DAY}, "on"),
        ({"on": date(2024, 12, 31)}, "on"),
        ({"on": None}, "on"),
    ):
        with pytest.raises(BadInput) as refusal:
            report(cast, objective, **more)
        assert refusal.value.field == field, more
    assert not ObjectiveValue.objects.exists()


def test_of_a_wrong_baseline_something_else_is_said_than_of_a_wrong_value(cast: Cast) -> None:
    with override("en"):
        with pytest.raises(BadInput) as baseline:
            put(cast, baseline="不少")
        with pytest.raises(BadInput) as value:
            report(cast, put(cast), "很多")
    assert "note" not in str(baseline.value), "the form has no note"
    assert "note" in str(value.value)


def test_the_chart_says_its_first_and_last_value(cast: Cast, client: Client) -> None:
    objective = put(cast, baseline="40")
    report(cast, objective, "61", on=TODAY - DAY)
    report(cast, objective, "83")
    course = objectives.course(objective, list(objective.values.order_by("on")))
    assert course is not None
    assert (course.first.shown, course.last.shown) == ("61", "83")
    assert course.baseline is not None
    assert course.target is not None
    assert course.baseline > course.target, "heights are counted from the top"
    cast.sign_in(client, "office_clerk")
    page = client.get(reverse("objective", args=[objective.pk])).content.decode()
    key = page.partition('class="s key"')[2].partition("</ul>")[0]
    for said in ("61%", "83%", "95%", "40%", "2026年3月1日", "2026年3月2日"):
        assert said in key


def test_past_their_day_they_wait_for_who_may_conclude_them(
    cast: Cast, client: Client, time_machine: Any
) -> None:
    late = put(cast, due_on=TODAY + 5 * DAY)
    led = put(cast, due_on=TODAY + 5 * DAY, lead=cast.posts["bureau_deputy1"])
    put(cast)
    time_machine.move_to(AT + 10 * DAY)
    for who, count in (
        ("office_clerk", 2),
        ("bureau_head", 2),
        ("bureau_deputy1", 0),  # in charge of the unit
        ("beidu_head", 0),
        ("nanping_clerk", 0),
        ("beidu_b1_discipline", 0),
    ):
        cast.sign_in(client, who)
        answer = client.get(reverse("objectives"))
        assert answer.context["waiting"] == count, who
        assert ("?past=1" in answer.content.decode()) == bool(count)
    cast.sign_in(client, "office_clerk")
    shown = client.get(reverse("objectives"), {"past": "1"}).context["page"].rows
    assert {o.pk for o in shown} == {late.pk, led.pk}
    client.get(reverse("objectives"))
    with CaptureQueriesContext(connection) as two:
        client.get(reverse("objectives"))
    for _number in range(20):
        put(cast, due_on=TODAY + 5 * DAY, year=2026)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("objectives"))
    assert len(two) == len(many)


def test_words_where_nothing_can_be_counted(cast: Cast) -> None:
    objective = put(cast, target="制度修订完成并试行", counted_in="", baseline="")
    value = report(cast, objective, "已完成初稿")
    assert (value.value, value.words) == (None, "已完成初稿")
    assert objectives.course(objective, [value]) is None


def test_one_in_charge_may_answer_for_it_and_then_does_not_conclude_it(cast: Cast) -> None:
    objective = put(cast, lead=cast.posts["bureau_deputy1"])
    report(cast, objective, "96")
    with pytest.raises(actions.NotYours):
        actions.close_objective(objective, result="reached", by=cast.users["bureau_deputy1"], at=AT)


@pytest.mark.parametrize(
    "who", ["beidu_head", "beidu_clerk", "beidu_b1_secretary", "bureau_deputy1", "nanping_head"]
)
def test_nobody_of_the_unit_or_in_charge_of_it_concludes(cast: Cast, who: str) -> None:
    objective = put(cast)
    report(cast, objective, "96")
    with pytest.raises(NotAllowed):
        actions.close_objective(objective, result="reached", by=cast.users[who], at=AT)


def test_who_entered_the_last_value_does_not_conclude(cast: Cast) -> None:
    objective, clerk = put(cast), cast.users["office_clerk"]
    report(cast, objective, "96", who="office_clerk", said_by="宋晴川")
    with pytest.raises(actions.NotYours):
        actions.close_objective(objective, result="reached", by=clerk, at=AT)
    report(cast, objective, "97", on=TODAY + DAY, at=AT + DAY)
    actions.close_objective(objective, result="reached", by=clerk, at=AT + DAY)


def test_the_root_is_concluded_by_the_discipline_body(cast: Cast) -> None:
    objective = put(cast, "office_clerk", "bureau")
    report(cast, objective, "96", who="office_clerk")
    by = cast.users["discipline_head"]
    standing = access.standing(by, TODAY)
    assert objectives.fetch(standing, objective.pk) == objective
    actions.close_objective(objective, result="reached", by=by, at=AT)
    assert objective.cross_check
    with pytest.raises(OutOfScope):
        objectives.fetch(access.standing(cast.users["nanping_head"], TODAY), objective.pk)


def test_a_result_has_what_it_needs(cast: Cast) -> None:
    objective, by = put(cast), cast.users["bureau_head"]
    for result, found, refusal in (
        ("reached", "", actions.NoValue),
        ("", "", BadInput),
        ("not_reached", "", BadInput),
        ("dropped", " ", BadInput),
    ):
        with pytest.raises(refusal):
            actions.close_objective(objective, result=result, found=found, by=by, at=AT)
    actions.close_objective(objective, result="dropped", found="职能划转", by=by, at=AT)
    assert Objective.objects.get().result == "dropped"


def test_tasks_of_the_unit_serve_it(cast: Cast) -> None:
    issue(cast)
    mine, other = occurrence(cast, "beidu", "once").task, occurrence(cast, "nanping_b1").task
    objective = put(cast, tasks=[mine])
    by = cast.users["beidu_clerk"]
    assert [o.objective for o in objectives.of_task(
        cast.units["beidu"].pk, cast.organisation.pk, mine.pk
    )] == [objective]  # fmt: skip
    with pytest.raises(BadInput):
        actions.choose_tasks(objective, [mine, other], by=by, at=AT)
    actions.choose_tasks(objective, [], by=by, at=AT + DAY)
    actions.choose_tasks(objective, [], by=by, at=AT + DAY)
    assert [link.ended_at for link in ObjectiveTask.objects.all()] == [AT + DAY]
    actions.choose_tasks(objective, [mine], by=by, at=AT + DAY)
    assert objectives.tasks_of(objective)[0][0] == mine
    assert Entry.objects.filter(kind="objective.linked").count() == 2


def test_a_form_sent_twice_counts_once(cast: Cast) -> None:
    objective = put(cast, request_id="a")
    with pytest.raises(AlreadyDone):
        put(cast, request_id="a")
    report(cast, objective, request_id="b")
    with pytest.raises(AlreadyDone):
        report(cast, objective, on=TODAY - DAY, request_id="b")


def test_what_was_typed_for_one_that_is_concluded_is_given_back(cast: Cast, client: Client) -> None:
    objective = put(cast)
    old = report(cast, objective)
    by = cast.users["beidu_clerk"]
    actions.correct_value(old, value="87", reason="漏减", by=by, at=AT)
    cast.sign_in(client, "beidu_clerk")
    address = reverse("objective_value", args=[objective.pk])
    typed = {"value": "86.25", "on": "2026-03-02", "reason": "再改", "corrects": str(old.pk)}
    stale = client.post(address, typed)
    assert stale.status_code == 409
    assert "86.25" in stale.content.decode()
    actions.close_objective(
        objective, result="dropped", found="划转", by=cast.users["bureau_head"], at=AT
    )
    late = client.post(address, {"value": "86.25", "on": "2026-03-01"})
    assert late.status_code == 409
    assert "86.25" in late.content.decode()


@given(st.decimals(min_value=-(10**10), max_value=10**10, places=4))
def test_a_figure_is_kept_as_it_was_typed(number: Decimal) -> None:
    text = figure(number, "")
    assert read_figure(f"{text}处", counted_in="处", field="f", most=60) == (number, "")
    assert read_figure(text, counted_in="", field="f", most=60) == (number, "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1,200", "1200"), ("９５％", "95"), (" 12.50 ", "12.5"), ("-3", "-3")],
)
def test_figures_as_offices_type_them(typed: str, kept: str) -> None:
    number, words = read_figure(typed, counted_in="%", field="f", most=60)
    assert (figure(number, words), words) == (kept, "")


def test_the_whole_way_on_pages(cast: Cast, client: Client) -> None:
    issue(cast)
    work = occurrence(cast, "beidu", "once").assignment
    cast.sign_in(client, "office_clerk")
    assert client.get(reverse("objective_new")).status_code == 200
    unit = cast.units["beidu"]
    form = client.get(f"{reverse('objective_new')}?unit={unit.pk}").content.decode()
    assert "沈知远" in form
    sent = {
        "unit": str(unit.pk), "year": "2026", "title": "巡查全覆盖", "indicator": "占比",
        "target": "95%", "baseline": "高", "due_on": "2026-11-30", "tasks": [str(work.task_id)],
        "lead": str(cast.posts["beidu_head"].pk),
    }  # fmt: skip
    wrong = client.post(reverse("objective_new"), sent)
    assert wrong.status_code == 400
    assert "巡查全覆盖" in wrong.content.decode()
    client.post(reverse("objective_new"), {**sent, "baseline": "80"})
    objective = Objective.objects.get()
    assert objective.shown_target == "95%"
    cast.sign_in(client, "beidu_head")
    value = reverse("objective_value", args=[objective.pk])
    bad = client.post(value, {"value": "很高", "on": "2026-01-31"})
    assert bad.status_code == 400
    assert "很高" in bad.content.decode()
    assert client.post(value, {"value": "81", "on": "2026-01-31"}).status_code == 303
    assert client.post(value, {"value": "84", "on": "2026-02-28"}).status_code == 303
    page = client.get(reverse("objective", args=[objective.pk])).content.decode()
    assert "<polyline" in page
    old = ObjectiveValue.objects.get(on=date(2026, 1, 31))
    assert client.get(f"{reverse('objective', args=[objective.pk])}?corrects={old.pk}")
    assert client.post(
        value, {"corrects": str(old.pk), "value": "82", "on": "2026-01-31", "reason": "漏计"}
    ).status_code == 303  # fmt: skip
    page = client.get(reverse("objective", args=[objective.pk])).content.decode()
    assert "漏计" in page
    assert "<s>81</s>" in page
    assert reverse("objective_close", args=[objective.pk]) not in page
    held = client.get(reverse("assignment", args=[work.pk])).content.decode()
    assert "84% / 95%" in held
    assert "巡查全覆盖" in client.get(reverse("unit_work", args=[unit.pk])).content.decode()
    cast.sign_in(client, "office_clerk")
    change = reverse("objective_change", args=[objective.pk])
    same = {k: sent[k] for k in ("title", "indicator", "due_on", "lead")}
    stale = client.post(
        change, {**same, "target": "90", "baseline": "80", "counted_in": "%", "reason": "调整",
                 "version": "1"},
    )  # fmt: skip
    assert stale.status_code == 409
    assert "调整" in stale.content.decode()
    version = Objective.objects.get().version
    lead = {"lead": str(cast.posts["bureau_deputy1"].pk)}
    assert client.post(
        change, {**same, **lead, "target": "90", "baseline": "80", "counted_in": "%",
                 "reason": "调整", "version": str(version)},
    ).status_code == 303  # fmt: skip
    page = client.get(reverse("objective", args=[objective.pk])).content.decode()
    assert "95 → 90" in page
    close = reverse("objective_close", args=[objective.pk])
    assert client.post(close, {"result": "not_reached", "found": ""}).status_code == 400
    client.post(close, {"result": "not_reached", "found": "两段未巡到"})
    assert "两段未巡到" in client.get(reverse("objective", args=[objective.pk])).content.decode()


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("beidu_head", lambda cast: reverse("objectives")),
        ("office_clerk", lambda cast: reverse("unit_work", args=[cast.units["beidu"].pk])),
        (
            "office_clerk",
            lambda cast: reverse("objective", args=[Objective.objects.order_by("id")[0].pk]),
        ),
    ],
)
def test_as_many_queries_for_a_hundred_as_for_one(
    cast: Cast, client: Client, who: str, address: Callable[[Cast], str]
) -> None:
    cast.sign_in(client, who)
    first = put(cast)
    report(cast, first)
    client.get(address(cast))
    with CaptureQueriesContext(connection) as one:
        client.get(address(cast))
    for number in range(1, 100):
        put(cast, "beidu_clerk")
        report(cast, first, on=TODAY - number * DAY)
    with CaptureQueriesContext(connection) as hundred:
        client.get(address(cast))
    assert len(hundred) == len(one)
