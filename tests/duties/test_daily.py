"""What a unit and its reviewer see day by day: what came back, what is asked, by what, and why."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.directives.models import Directive, Milestone
from luoshi.duties import actions, queries
from luoshi.duties.models import Assignment, Occurrence
from luoshi.orgs import access
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence
from tests.duties.test_leaving import LATER, close
from tests.duties.test_settling import done, fresh, kind

FAR = date(2026, 11, 30)
SPRITE = Path("luoshi/web/static/luoshi/img/sprite.svg")


@pytest.fixture
def issued(cast: Cast, time_machine: Any) -> Directive:
    time_machine.move_to(AT)
    return issue(cast)


def page(client: Client, name: str, pk: object = None, query: str = "") -> str:
    address = reverse(name, args=[pk] if pk else [])
    return client.get(address + query).content.decode()


def returned(cast: Cast, found: Occurrence, by: str, **more: Any) -> Occurrence:
    actions.submit(found, note="查了三处", by=cast.users[by], at=AT, **more)
    actions.return_(fresh(found), note="缺整改时限", by=cast.users["office_clerk"], at=AT)
    return fresh(found)


def ineffective(cast: Cast, found: Occurrence, by: str) -> Occurrence:
    """A key task done and closed, then found without effect: again until a far day."""
    part = done(cast, kind(found, "key"), by).assignment
    actions.check_effect(
        part, verdict="ineffective", found="又出现两起", again_on=FAR,
        by=cast.users["office_clerk"], at=AT,
    )  # fmt: skip
    return Occurrence.objects.get(assignment=part, key="E1")


def short(occurrence: Occurrence) -> str:
    return reverse("occurrence", args=[occurrence.pk])


class TestMyList:
    def test_what_came_back_stands_on_top_whatever_its_day(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        back = returned(cast, occurrence(cast, "beidu_b1", "2026-Q4"), "beidu_b1_secretary")
        cast.sign_in(client, "beidu_b1_secretary")
        answer = client.get(reverse("mine"))
        assert [i.occurrence.pk for i in answer.context["now"]][:1] == [back.pk]
        assert "缺整改时限" in answer.content.decode()
        assert answer.wsgi_request.nav_counts["mine"] == 2, "and one directive to be received"
        again = ineffective(cast, occurrence(cast, "works", "once"), "works_head")
        cast.sign_in(client, "works_head")
        answer = client.get(reverse("mine"))
        assert [i.occurrence.pk for i in answer.context["now"]] == [again.pk]
        assert "又出现两起" in answer.content.decode()

    def test_nothing_that_came_back_falls_behind_what_is_overdue(
        self, cast: Cast, issued: Directive
    ) -> None:
        back = returned(cast, occurrence(cast, "beidu_b1", "2026-Q4"), "beidu_b1_secretary")
        standing = access.standing(cast.users["beidu_b1_secretary"], date(2026, 10, 8))
        [first] = queries.owed(standing, until=date(2026, 10, 8), most=1)
        assert first.pk == back.pk

    def test_the_badge_counts_each_section_that_needs_an_act(
        self, cast: Cast, client: Client, issued: Directive, time_machine: Any
    ) -> None:
        done(cast, kind(occurrence(cast, "works", "once"), "key", check_after=1), "works_head")
        close(cast, "beidu_b1")
        time_machine.move_to(LATER)
        cast.sign_in(client, "office_clerk")
        answer = client.get(reverse("mine"))
        found = answer.context
        sections = ("closed_units", "unreceived", "now", "steps", "to_sign")
        expected = found["decide"] + found["checks_count"] + sum(len(found[s]) for s in sections)
        assert found["checks_count"] == len(found["closed_units"]) == 1
        assert answer.wsgi_request.nav_counts["mine"] == expected
        text = answer.content.decode()
        assert text.count('class="it late"') == 2, "the check is past its day, the unit is closed"
        assert 'class="late"' in page(client, "checks")

    def test_what_rests_and_what_is_supported(
        self, cast: Cast, client: Client, issued: Directive, time_machine: Any
    ) -> None:
        owed = occurrence(cast, "works", "once")
        mine = Assignment.objects.get(task=owed.task, unit=cast.units["office"], part="support")
        cast.sign_in(client, "office_head")
        assert reverse("assignment", args=[mine.pk]) in page(client, "mine")
        actions.pause(
            owed, awaits="市财政局", reason="等批复", expected_on=date(2026, 3, 5),
            by=cast.users["office_clerk"], at=AT,
        )  # fmt: skip
        assert reverse("assignment", args=[mine.pk]) not in page(client, "mine")
        cast.sign_in(client, "works_head")
        early = page(client, "mine")
        assert "市财政局" in early
        assert "c-s" not in early.partition('class="side"')[2]
        time_machine.move_to(LATER)
        cast.sign_in(client, "works_head")
        assert "c-s" in page(client, "mine").partition('class="side"')[2], "the answer is late"
        assert "市财政局" in page(client, "unit_work", cast.units["works"].pk, "?tab=paused")

    def test_as_many_queries_for_ten_as_for_one(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        counts = []
        cast.sign_in(client, "beidu_b1_secretary")
        for keys in (("2026-Q1",), ("2026-Q2", "2026-Q3", "2026-Q4")):
            for key in keys:
                returned(cast, occurrence(cast, "beidu_b1", key), "beidu_b1_secretary")
            client.get(reverse("mine"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("mine"))
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestReviews:
    def test_a_text_at_a_line_that_somebody_else_decided_is_kept(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        found = occurrence(cast, "beidu_b1")
        actions.submit(found, note="上了课", by=cast.users["beidu_b1_secretary"], at=AT)
        sent = {
            "shown": [str(found.pk)],
            f"version-{found.pk}": fresh(found).version,
            f"verdict-{found.pk}": "returned",
            f"note-{found.pk}": "缺签到表",
        }
        actions.accept(fresh(found), by=cast.users["bureau_head"], at=AT)
        cast.sign_in(client, "office_clerk")
        answer = client.post(reverse("reviews"), sent)
        text = answer.content.decode()
        assert (answer.status_code, "缺签到表" in text) == (409, True)
        assert '<p class="warning">' in text, "not in the colour of success"

    def test_carried_out_it_leads_on_and_what_was_refused_is_no_success(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        one, two = occurrence(cast, "beidu_b1"), occurrence(cast, "beidu_b2")
        actions.submit(one, note="上了课", by=cast.users["beidu_b1_secretary"], at=AT)
        actions.submit(two, note="上了课", by=cast.users["beidu_b2_secretary"], at=AT)
        cast.sign_in(client, "office_clerk")
        sent = {"shown": [str(one.pk)], f"verdict-{one.pk}": "accepted"}
        for _time in range(2):
            answer = client.post(reverse("reviews"), sent)
            assert (answer.status_code, answer.headers["Location"]) == (303, reverse("reviews"))
            text = client.get(reverse("reviews")).content.decode()
            assert '<p class="warning">' not in text, "nobody else decided it"
        refused = {"shown": [str(two.pk)], f"verdict-{two.pk}": "returned"}
        text = client.post(reverse("reviews"), refused).content.decode()
        assert '<p class="error">' in text
        assert '<div class="said" role="status"><p>' not in text, "no line of success beside it"
        left = {"shown": [str(two.pk)], f"note-{two.pk}": "先问一下"}
        left |= {f"verdict-{one.pk}": "accepted"}
        assert "先问一下" in client.post(reverse("reviews"), left).content.decode()


class TestAsked:
    def test_by_what_it_is_judged_stands_beside_the_clause(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        owed = kind(
            occurrence(cast, "works", "once"), "key", success="重复投诉下降", target="不超过3起",
            supervises=True, object_text="在建工程", check_text="现场抽查",
            evidence_text="抽查记录",
        )  # fmt: skip
        for number, (title, on) in enumerate(
            {"摸底": date(2026, 4, 1), "整治": date(2026, 5, 6)}.items(), 1
        ):
            Milestone.objects.create(
                organisation_id=owed.organisation_id, task=owed.task, number=number, title=title,
                due_on=on,
            )  # fmt: skip
        cast.sign_in(client, "works_head")
        for text in (
            page(client, "occurrence", owed.pk),
            page(client, "assignment", owed.assignment_id),
        ):
            side = text.partition('class="side"')[2]
            for said in ("重复投诉下降", "不超过3起", "在建工程", "现场抽查", "抽查记录", "摸底",
                         "整治", "5月6日"):  # fmt: skip
                assert said in side

    def test_steps_and_repetitions_are_told_apart(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        again = ineffective(cast, occurrence(cast, "works", "once"), "works_head")
        Milestone.objects.create(
            organisation_id=again.organisation_id, task=again.task, number=1, title="摸底",
            due_on=FAR,
        )  # fmt: skip
        Occurrence.objects.filter(assignment=again.assignment, key="once").update(key="M1")
        cast.sign_in(client, "works_head")
        part = page(client, "assignment", again.assignment_id)
        listed = part.partition('class="side"')[0]
        assert ">摸底</a>" in listed
        assert listed.count("又出现两起") == 2, "at the line, and in the list of checks"
        work = page(client, "unit_work", cast.units["works"].pk, f"?tab=all&task={again.task_id}")
        assert "摸底" in work
        assert "又出现两起" in work
        assert "又出现两起" in page(client, "occurrence", again.pk)

    def test_why_the_issuer_let_off_or_gave_more_time(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        clerk = cast.users["office_clerk"]
        one, two = occurrence(cast, "beidu_b1"), occurrence(cast, "beidu_b2")
        actions.extend(one, until=FAR, reason="汛期顺延", by=clerk, at=AT)
        actions.waive(two, reason="支部已合并办理", by=clerk, at=AT)
        cast.sign_in(client, "beidu_clerk")
        assert "汛期顺延" in page(client, "occurrence", one.pk)
        assert "支部已合并办理" in page(client, "occurrence", two.pk)

    def test_after_a_return_the_report_is_there_to_be_mended(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        upload = actions.Upload("台账.txt", "text/plain", [b"a"])
        back = returned(cast, occurrence(cast, "beidu_b1"), "beidu_b1_secretary", uploads=[upload])
        cast.sign_in(client, "beidu_b1_secretary")
        form = page(client, "occurrence", back.pk).partition("<textarea")
        assert "台账.txt" in form[0]
        assert ">查了三处</textarea>" in form[2]
        assert "何静之" in form[2].partition('class="side"')[2].partition("<ul>")[0]
        cast.sign_in(client, "office_clerk")
        text = page(client, "occurrence", back.pk)
        assert ">查了三处</textarea>" not in text, "whoever enters for the unit begins anew"

    def test_a_day_without_the_tick_is_asked_back(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        owed = kind(occurrence(cast, "works", "once"), "hard")
        actions.submit(owed, note="第一轮", by=cast.users["works_head"], at=AT)
        cast.sign_in(client, "office_clerk")
        sent = {"verdict": "accepted", "again_on": "2026-06-30", "note": "有进展"}
        answer = client.post(reverse("occurrence_review", args=[owed.pk]), sent)
        text = answer.content.decode()
        assert (answer.status_code, fresh(owed).state) == (400, "submitted")
        assert "2026-06-30" in text
        assert "有进展" in text
        answer = client.post(reverse("occurrence_review", args=[owed.pk]), {**sent, "again": "1"})
        assert Occurrence.objects.filter(assignment=owed.assignment, key="R2").exists()


class TestParts:
    def test_the_reviewer_sees_the_parts_below(
        self, cast: Cast, client: Client, issued: Directive, time_machine: Any
    ) -> None:
        owed = occurrence(cast, "beidu", "once")
        actions.break_down(
            owed.assignment, [(cast.units["beidu_b1"], "", "")],
            by=cast.users["beidu_clerk"], at=AT,
        )  # fmt: skip
        part = occurrence(cast, "beidu_b1", "once")
        actions.submit(owed, note="汇总", by=cast.users["beidu_clerk"], at=AT)
        cast.sign_in(client, "office_clerk")
        below = page(client, "occurrence", owed.pk).partition('id="below"')[2]
        assert short(part) in below
        assert "#none" in below
        time_machine.move_to(AT + timedelta(days=300))
        cast.sign_in(client, "office_clerk")
        below = page(client, "occurrence", owed.pk).partition('id="below"')[2]
        assert "#late" in below, "overdue, as everywhere"

    def test_no_form_that_can_only_be_refused(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        owed = occurrence(cast, "beidu", "once")
        part = owed.assignment
        cast.sign_in(client, "beidu_clerk")
        hand_on = reverse("assignment_break_down", args=[part.pk])
        objects = reverse("assignment_object", args=[part.pk])
        text = page(client, "assignment", part.pk)
        assert (hand_on in text, objects in text) == (True, True)
        actions.submit(owed, note="报", by=cast.users["beidu_clerk"], at=AT)
        text = page(client, "assignment", part.pk)
        assert objects not in text, "nothing is owed now"
        actions.accept(fresh(owed), by=cast.users["office_clerk"], at=AT)
        text = page(client, "assignment", part.pk)
        assert (hand_on in text, objects in text) == (False, False)

    def test_another_units_page_names_the_unit(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        part = occurrence(cast, "beidu", "once").assignment
        cast.sign_in(client, "office_clerk")
        first = page(client, "assignment", part.pk).partition("<h2>")[2].partition("</h2>")[0]
        assert "北渡分局" in first

    def test_a_supporting_unit_sees_what_it_added(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        owed = occurrence(cast, "works", "once")
        mine = Assignment.objects.get(task=owed.task, unit=cast.units["office"], part="support")
        actions.contribute(
            mine, owed, note="提供了名册", happened_on=TODAY,
            uploads=[actions.Upload("名册.txt", "text/plain", [b"a"])],
            by=cast.users["office_head"], at=AT,
        )  # fmt: skip
        done(cast, owed, "works_head", "bureau_head")
        cast.sign_in(client, "office_head")
        added = page(client, "assignment", mine.pk).partition('id="contributions"')[2]
        for said in ("提供了名册", "名册.txt", "3月2日", "工程建设科", "#done"):
            assert said in added

    def test_what_became_of_each_task_of_a_unit(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        owed = occurrence(cast, "works", "once")
        task = done(cast, kind(owed, "key"), "works_head").task
        cast.sign_in(client, "office_clerk")
        waits = "待问效"
        assert waits in page(client, "unit_work", cast.units["works"].pk)
        assert f"{waits} 1" in page(client, "board", issued.pk)
        assert f"{waits}1" in page(client, "tasklist", issued.pk)
        part = Assignment.objects.get(task=task, unit=cast.units["works"])
        actions.check_effect(
            part, verdict="ineffective", found="反弹", again_on=FAR,
            by=cast.users["office_clerk"], at=AT,
        )  # fmt: skip
        text = page(client, "unit_work", cast.units["works"].pk)
        assert waits not in text
        assert "重新办理" in text

    def test_a_closed_unit_says_so(
        self, cast: Cast, client: Client, issued: Directive, time_machine: Any
    ) -> None:
        owed = occurrence(cast, "beidu_b1")
        actions.submit(owed, note="上了课", by=cast.users["beidu_b1_secretary"], at=AT)
        close(cast, "beidu_b1")
        time_machine.move_to(LATER)
        cast.sign_in(client, "office_clerk")
        for name, pk in (("occurrence", owed.pk), ("assignment", owed.assignment_id)):
            text = page(client, name, pk)
            assert reverse("closed_unit", args=[cast.units["beidu_b1"].pk]) in text
            assert "notice closed" in text
            assert "不能审核本单位" not in text
            assert str(actions.NotYours.default) not in text
        assert client.get(reverse("occurrence", args=[owed.pk])).context["why_not"] == ""


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    shapes = set(re.findall(r'id="(\w+)"', SPRITE.read_text()))
    named = {
        name
        for path in Path("luoshi").rglob("*.html")
        for name in re.findall(r'{% icon "(\w+)"', path.read_text())
    }
    assert named - shapes == set()
