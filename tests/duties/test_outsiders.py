"""Only somebody of whom nothing is under a verdict gives it; whatever moves, somebody does."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import TimeMachineFixture

from luoshi.base.refused import BadInput, Refused
from luoshi.directives.models import Directive, Task, TaskUnit
from luoshi.duties import actions, decisions, queries
from luoshi.duties.access import Reviewers
from luoshi.duties.models import Assignment, EffectCheck, Occurrence, Receipt, Request
from luoshi.ledger.sequence import sequence_all
from luoshi.orgs import access
from luoshi.orgs import actions as orgs
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import load
from tests.duties.test_handing import issue, occurrence
from tests.duties.test_leaving import LATER, ON, close, left
from tests.duties.test_settling import done, fresh, kind
from tests.rebuild import rebuild
from tests.road import decide

AGAIN = date(2026, 6, 30)


@pytest.fixture
def issued(cast: Cast, time_machine: TimeMachineFixture) -> Directive:
    time_machine.move_to(AT)
    return issue(cast)


@pytest.fixture
def roots(cast: Cast, time_machine: TimeMachineFixture) -> Occurrence:
    """A key task of the bureau itself, the root of its tree."""
    time_machine.move_to(AT)
    found = load(cast, text="云州市水务局安排\n一、任务\n办公室要在6月底前排查一次，形成清单。\n")
    task = Task.objects.get(directive=found)
    TaskUnit.objects.filter(task=task).update(unit=cast.units["bureau"])
    Task.objects.filter(pk=task.pk).update(task_kind="key")
    decide(found, cast)
    actions.issue(found, by=cast.users["office_clerk"], at=AT)
    return fresh(Occurrence.objects.get(unit=cast.units["bureau"]))


def lists(cast: Cast, at: datetime = AT) -> dict[str, tuple[int, int, int]]:
    """Who has reports, requests and effect checks on their list."""
    found = {}
    for name, user in cast.users.items():
        if user.organisation_id == cast.organisation.pk:
            s = access.standing_at(user, at)
            counts = (
                len(queries.waiting(s)),
                len(decisions.requests_waiting(s)),
                len(decisions.checks_waiting(s)),
            )
            if any(counts):
                found[name] = counts
    return found


class TestAuthors:
    def test_who_added_a_part_does_not_accept_the_whole(
        self, cast: Cast, issued: Directive
    ) -> None:
        owed = occurrence(cast, "works", "once")
        mine = Assignment.objects.get(task=owed.task, unit=cast.units["office"], part="support")
        clerk = cast.users["office_clerk"]
        actions.contribute(mine, owed, note="办公室的部分", by=clerk, at=AT)
        actions.submit(fresh(owed), note="牵头", by=cast.users["works_head"], at=AT)
        with pytest.raises(actions.NotYours):
            actions.accept(fresh(owed), by=clerk, at=AT)
        assert "office_clerk" not in lists(cast)
        actions.accept(fresh(owed), by=cast.users["bureau_deputy2"], at=AT)

    def test_who_wrote_what_still_holds_does_not_accept_it(
        self, cast: Cast, issued: Directive
    ) -> None:
        clerk, unit = cast.users["office_clerk"], cast.users["beidu_b1_secretary"]
        first, second, third = (
            fresh(occurrence(cast, "beidu_b1", f"2026-Q{n}")) for n in (2, 3, 4)
        )
        actions.submit(first, note="上了", said_by="陆闻笛", by=clerk, at=AT)
        actions.accept(fresh(first), by=cast.users["bureau_head"], at=AT)
        actions.submit(second, note="", unchanged=True, by=unit, at=AT)
        with pytest.raises(actions.NotYours):
            actions.accept(fresh(second), by=clerk, at=AT)
        actions.accept(fresh(second), by=cast.users["bureau_head"], at=AT)
        again = actions.submit(third, note="", unchanged=True, by=unit, at=AT)
        assert again.same_as is not None
        assert again.same_as.note == "上了", "what still holds is what was written"

    def test_who_is_in_charge_decides_on_nothing_either(
        self, cast: Cast, issued: Directive
    ) -> None:
        with pytest.raises(actions.NotGiver):
            actions.waive(
                fresh(occurrence(cast, "beidu", "once")), reason="不用了",
                by=cast.users["bureau_deputy1"], at=AT,
            )  # fmt: skip

    def test_peers_where_the_only_one_above_leads_the_task(
        self, cast: Cast, issued: Directive
    ) -> None:
        owed = fresh(occurrence(cast, "beidu_b1", "2026-Q2"))
        for name in ("bureau_deputy1", "bureau_deputy2", "beidu_head", "beidu_deputy",
                     "beidu_clerk"):  # fmt: skip
            cast.users[name].is_active = False
            cast.users[name].save()
        Task.objects.filter(pk=owed.task_id).update(leader=cast.appointments["bureau_head"])
        actions.submit(owed, note="上了", said_by="陆闻笛", by=cast.users["office_clerk"], at=AT)
        review = actions.accept(fresh(owed), by=cast.users["beidu_b2_secretary"], at=AT)
        assert review.cross_check

    def test_nothing_unchanged_where_nothing_recurs(self, cast: Cast, issued: Directive) -> None:
        owed = kind(occurrence(cast, "beidu", "once"), "key")
        done(cast, owed, "beidu_clerk")
        found = Assignment.objects.select_related("task").get(pk=owed.assignment_id)
        actions.check_effect(
            found, verdict="ineffective", found="又犯", again_on=AGAIN,
            by=cast.users["office_clerk"], at=AT,
        )  # fmt: skip
        again = fresh(found.occurrences.get(key="E1"))
        with pytest.raises(Refused, match="recurs"):
            actions.submit(again, note="", unchanged=True, by=cast.users["beidu_clerk"], at=AT)


class TestRoot:
    def test_the_discipline_body_sees_and_decides(
        self, cast: Cast, client: Client, roots: Occurrence, time_machine: TimeMachineFixture
    ) -> None:
        clerk, head = cast.users["office_clerk"], cast.users["discipline_head"]
        asked = actions.ask(
            roots.assignment, "extension", occurrence=roots, reason="忙",
            wanted_on=date(2026, 9, 1), by=clerk, at=AT,
        )  # fmt: skip
        assert lists(cast)["discipline_head"] == (0, 1, 0)
        cast.sign_in(client, "discipline_head")
        assert client.get(reverse("occurrence", args=[roots.pk])).status_code == 200
        address = reverse("request_decide", args=[asked.pk])
        assert client.post(address, {"verdict": "granted"}).status_code == 303
        actions.submit(fresh(roots), note="查了", by=clerk, at=AT)
        assert lists(cast)["discipline_head"] == (1, 0, 0)
        actions.accept(fresh(roots), by=head, at=AT)
        late = AT + timedelta(days=40)
        assert lists(cast, late)["discipline_head"] == (0, 0, 1)
        time_machine.move_to(late)
        cast.sign_in(client, "discipline_head")
        page = reverse("assignment", args=[roots.assignment_id])
        assert client.get(page).status_code == 200
        check = reverse("assignment_check", args=[roots.assignment_id])
        sent = {"verdict": "effective", "found": "没有再出现"}
        assert client.post(check, sent).status_code == 303

    def test_who_sits_in_the_root_too_only_where_there_is_nobody_else(
        self, cast: Cast, roots: Occurrence
    ) -> None:
        who: dict[str, Any] = {"by": cast.admin, "at": AT}
        head = cast.users["discipline_head"]
        seats = {}
        for unit, title, role in (
            ("bureau", "党组成员", "deputy"), ("discipline", "副组长", "deputy"),
        ):  # fmt: skip
            seats[unit] = orgs.create_post(
                unit=cast.units[unit], title=title, post_role=role, on=date(2026, 1, 5), **who
            )
        seat = orgs.appoint(
            person=cast.people["discipline_head"], post=seats["bureau"],
            valid_from=date(2026, 1, 5), **who,
        )  # fmt: skip
        actions.submit(fresh(roots), note="查了", by=cast.users["office_clerk"], at=AT)
        on = AT.date()
        [alone] = [queries.authors_of([roots])[roots.pk]]
        standing = access.standing(head, on)
        reviewers = Reviewers(cast.organisation.pk, on)
        assert queries.decision(standing, reviewers, fresh(roots), alone).why == "cross_check"
        orgs.appoint(
            person=cast.people["works_member"], post=seats["discipline"],
            valid_from=date(2026, 1, 5), **who,
        )  # fmt: skip
        with pytest.raises(actions.NotYours):
            actions.accept(fresh(roots), by=head, at=AT)
        Task.objects.filter(pk=roots.task_id).update(leader=seat)
        reviewers = Reviewers(cast.organisation.pk, on)
        assert not queries.decision(standing, reviewers, fresh(roots), alone).allowed
        actions.accept(fresh(roots), by=cast.users["works_member"], at=AT)


class TestChecks:
    def test_of_two_checks_one_counts(self, cast: Cast, issued: Directive) -> None:
        owed = kind(occurrence(cast, "beidu", "once"), "key")
        done(cast, owed, "beidu_clerk")
        one, two = (
            Assignment.objects.select_related("task").get(pk=owed.assignment_id) for _ in "ab"
        )
        actions.check_effect(
            one, verdict="effective", found="好", by=cast.users["office_clerk"], at=LATER,
            seen=one.version,
        )  # fmt: skip
        with pytest.raises(actions.NothingToCheck):
            actions.check_effect(
                two, verdict="ineffective", found="不好", again_on=AGAIN,
                by=cast.users["bureau_head"], at=LATER, seen=two.version,
            )  # fmt: skip
        assert EffectCheck.objects.count() == 1

    def test_again_after_a_hand_over(self, cast: Cast, issued: Directive) -> None:
        clerk = cast.users["office_clerk"]
        owed = kind(occurrence(cast, "beidu", "once"), "key")
        done(cast, owed, "beidu_clerk")
        old = Assignment.objects.select_related("task").get(pk=owed.assignment_id)
        actions.check_effect(
            old, verdict="ineffective", found="又犯", again_on=AGAIN, by=clerk, at=AT
        )
        close(cast, "beidu_b1", "beidu_b2", "beidu")
        actions.hand_over(
            cast.units["beidu"], left(cast, "beidu"), cast.units["works"], reason="并入",
            by=clerk, at=LATER,
        )  # fmt: skip
        taker = Assignment.objects.select_related("task").get(taken_from=old)
        actions.submit(
            fresh(taker.occurrences.get()), note="办好", by=cast.users["works_head"], at=LATER
        )
        actions.accept(fresh(taker.occurrences.get()), by=clerk, at=LATER)
        taker.refresh_from_db()
        actions.check_effect(
            taker, verdict="ineffective", found="还有", again_on=AGAIN, by=clerk, at=LATER
        )
        assert set(taker.occurrences.values_list("key", flat=True)) == {"E1", "E2"}

    def test_no_check_of_what_was_only_waived(self, cast: Cast, issued: Directive) -> None:
        owed = kind(occurrence(cast, "beidu", "once"), "key")
        actions.waive(owed, reason="不办了", by=cast.users["office_clerk"], at=AT)
        found = Assignment.objects.get(pk=owed.assignment_id)
        assert (found.state, found.effect) == ("closed", "")

    def test_no_day_that_never_comes(self, cast: Cast, issued: Directive) -> None:
        owed = kind(occurrence(cast, "works", "once"), "hard")
        actions.submit(owed, note="第一轮", by=cast.users["works_head"], at=AT)
        with pytest.raises(BadInput):
            actions.accept(
                fresh(owed), again_on=date(9999, 12, 31), by=cast.users["office_clerk"], at=AT
            )


class TestMoved:
    def part(self, cast: Cast, branch: str = "beidu_b2") -> Assignment:
        owed = kind(occurrence(cast, "beidu", "once"), "key")
        actions.break_down(
            owed.assignment, [(cast.units[branch], "", "")], by=cast.users["beidu_clerk"], at=AT
        )
        return Assignment.objects.select_related("task").get(parent=owed.assignment)

    def move(self, cast: Cast, *branches: str) -> None:
        for branch in branches:
            orgs.move_unit(
                cast.units[branch], parent=cast.units["nanping"], on=ON, by=cast.admin, at=LATER
            )

    def test_it_answers_to_the_unit_above_it_now(self, cast: Cast, issued: Directive) -> None:
        part = self.part(cast)
        self.move(cast, "beidu_b2")
        owed = part.occurrences.get()
        actions.submit(fresh(owed), note="做了", by=cast.users["beidu_b2_secretary"], at=LATER)
        assert set(lists(cast, LATER)) == {"nanping_head", "nanping_clerk"}
        actions.accept(fresh(owed), by=cast.users["nanping_head"], at=LATER)
        late = LATER + timedelta(days=30)
        assert {who for who, n in lists(cast, late).items() if n[2]} == {
            "nanping_head", "nanping_clerk",
        }  # fmt: skip

    def test_what_a_closed_unit_issued(self, cast: Cast, issued: Directive) -> None:
        Directive.objects.filter(pk=issued.pk).update(owner=cast.units["beidu"])
        self.move(cast, "beidu_b1", "beidu_b2")
        close(cast, "beidu")
        owed, later = (fresh(occurrence(cast, "beidu_b1", f"2026-Q{n}")) for n in (2, 3))
        unit = cast.users["beidu_b1_secretary"]
        actions.submit(owed, note="上了", by=unit, at=LATER)
        actions.ask(later.assignment, "waiver", occurrence=later, reason="忙", by=unit, at=LATER)
        assert lists(cast, LATER)["nanping_head"] == (1, 1, 0)

    def test_closed_parts_answer_to_who_takes_over(self, cast: Cast, issued: Directive) -> None:
        part = self.part(cast)
        done(cast, part.occurrences.get(), "beidu_b2_secretary", "beidu_head")
        above = Assignment.objects.get(pk=part.parent_id)
        asked = actions.ask(above, "objection", reason="不归", by=cast.users["beidu_clerk"], at=AT)
        actions.grant(asked, moved_to=cast.units["works"], by=cast.users["office_clerk"], at=AT)
        taker = Assignment.objects.get(taken_from=above)
        part.refresh_from_db()
        assert part.parent_id == taker.pk

    def test_a_taker_that_owes_nothing_itself_closes_with_its_parts(
        self, cast: Cast, issued: Directive
    ) -> None:
        part = self.part(cast)
        above = fresh(occurrence(cast, "beidu", "once"))
        actions.waive(above, reason="支部来办", by=cast.users["office_clerk"], at=AT)
        self.move(cast, "beidu_b2")
        close(cast, "beidu_b1", "beidu")
        actions.hand_over(
            cast.units["beidu"], left(cast, "beidu"), cast.units["nanping"], reason="并入",
            by=cast.users["office_clerk"], at=LATER,
        )  # fmt: skip
        below = part.occurrences.get()
        actions.submit(fresh(below), note="做了", by=cast.users["beidu_b2_secretary"], at=LATER)
        actions.accept(fresh(below), by=cast.users["nanping_head"], at=LATER)
        assert Assignment.objects.get(taken_from=above.assignment).state == "closed"

    def test_a_closed_unit_s_request_and_pause(
        self, cast: Cast, client: Client, issued: Directive, time_machine: TimeMachineFixture
    ) -> None:
        asking, resting = (fresh(occurrence(cast, "beidu_b1", f"2026-Q{n}")) for n in (2, 3))
        asked = actions.ask(
            asking.assignment, "waiver", occurrence=asking, reason="合并",
            by=cast.users["beidu_b1_secretary"], at=AT,
        )  # fmt: skip
        actions.pause(resting, awaits="省厅", reason="等", by=cast.users["office_clerk"], at=AT)
        close(cast, "beidu_b1")
        time_machine.move_to(LATER)
        cast.sign_in(client, "office_clerk")
        address = reverse("request_decide", args=[asked.pk])
        assert client.post(address, {"verdict": "granted"}).status_code == 303
        actions.resume(fresh(resting), by=cast.users["office_clerk"], at=LATER)
        assert fresh(resting).state == "open"


class TestParts:
    def test_only_of_what_one_leads_and_owes(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        support = Assignment.objects.get(unit=cast.units["office"], part="support")
        with pytest.raises(actions.NotOpen):
            actions.break_down(
                support, [(cast.units["office_b1"], "", "")], by=cast.users["office_head"], at=AT
            )
        part = TestMoved().part(cast, "beidu_b1")
        actions.waive(
            fresh(occurrence(cast, "beidu", "once")), reason="支部来办",
            by=cast.users["office_clerk"], at=AT,
        )  # fmt: skip
        above = Assignment.objects.get(pk=part.parent_id)
        with pytest.raises(actions.NotOpen):
            actions.break_down(
                above, [(cast.units["beidu_b2"], "", "")], by=cast.users["beidu_clerk"], at=AT
            )

    def test_what_came_since_goes_to_the_same_units(self, cast: Cast, issued: Directive) -> None:
        part = TestMoved().part(cast, "beidu_b1")
        by, clerk = cast.users["beidu_clerk"], cast.users["office_clerk"]
        done(cast, part.occurrences.get(), "beidu_b1_secretary", "beidu_head")
        done(cast, occurrence(cast, "beidu", "once"), "beidu_clerk")
        above = Assignment.objects.select_related("task").get(pk=part.parent_id)
        actions.check_effect(
            above, verdict="ineffective", found="又犯", again_on=AGAIN, by=clerk, at=AT
        )
        assert actions.break_down(above, [(cast.units["beidu_b1"], "", "")], by=by, at=AT) == 1
        part.refresh_from_db()
        again = part.occurrences.get(key="E1")
        assert (part.state, again.due_on) == ("open", AGAIN)
        with pytest.raises(BadInput):
            actions.break_down(above, [(cast.units["beidu_b1"], "", "")], by=by, at=AT)
        actions.submit(fresh(above.occurrences.get(key="E1")), note="重办", by=by, at=AT)
        with pytest.raises(actions.PartsOpen):
            actions.accept(fresh(above.occurrences.get(key="E1")), by=clerk, at=AT)
        sequence_all(holder="tests", now=AT)
        told = rebuild(cast.organisation.pk).occurrences
        assert told == {str(o.pk): o.state for o in Occurrence.objects.all()}

    def test_beyond_what_is_owed_above_is_said(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        part = TestMoved().part(cast, "beidu_b1")
        owed = part.occurrences.get()
        cast.sign_in(client, "beidu_head")
        answer = client.post(
            reverse("occurrence_rest", args=[owed.pk]),
            {"act": "extend", "reason": "忙", "until": "2026-12-01"},
            follow=True,
        )
        assert owed.due_on is not None
        assert f"本单位对上的时限是{owed.due_on}" in answer.content.decode()

    def test_given_back_and_given_again(self, cast: Cast, issued: Directive) -> None:
        part = TestMoved().part(cast, "beidu_b1")
        asked = actions.ask(
            part, "objection", reason="不归", by=cast.users["beidu_b1_secretary"], at=AT
        )
        actions.grant(asked, by=cast.users["beidu_head"], at=AT)
        above = Assignment.objects.get(pk=part.parent_id)
        actions.break_down(
            above, [(cast.units["beidu_b1"], "", "")], by=cast.users["beidu_clerk"], at=AT
        )
        assert above.children.filter(state="open").count() == 1

    def test_the_last_lead_unit_is_not_let_go_without_another(
        self, cast: Cast, issued: Directive
    ) -> None:
        found = occurrence(cast, "works", "once").assignment
        asked = actions.ask(found, "objection", reason="不归", by=cast.users["works_head"], at=AT)
        with pytest.raises(BadInput, match="takes it over"):
            actions.grant(asked, by=cast.users["office_clerk"], at=AT)


class TestLapsed:
    def test_what_is_settled_needs_no_answer(self, cast: Cast, issued: Directive) -> None:
        owed = fresh(occurrence(cast, "works", "once"))
        by = cast.users["works_head"]
        actions.ask(
            owed.assignment, "extension", occurrence=owed, reason="忙", wanted_on=date(2026, 9, 1),
            by=by, at=AT,
        )  # fmt: skip
        actions.ask(owed.assignment, "objection", reason="不归", by=by, at=AT)
        done(cast, owed, "works_head")
        assert set(Request.objects.values_list("state", flat=True)) == {"lapsed"}
        assert lists(cast) == {}

    def test_nor_what_another_unit_took_over(self, cast: Cast, issued: Directive) -> None:
        owed = fresh(occurrence(cast, "works", "once"))
        by = cast.users["works_head"]
        actions.ask(owed.assignment, "waiver", occurrence=owed, reason="忙", by=by, at=AT)
        asked = actions.ask(owed.assignment, "objection", reason="不归", by=by, at=AT)
        actions.grant(
            asked, moved_to=cast.units["discipline"], by=cast.users["office_clerk"], at=AT
        )
        assert sorted(Request.objects.values_list("state", flat=True)) == ["granted", "lapsed"]


class TestReceipt:
    def test_one_click_changes_nothing_that_was_entered(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        unit = cast.units["beidu"]
        cast.sign_in(client, "beidu_clerk")
        address = reverse("receive", args=[issued.pk])
        sent = {"unit": unit.pk, "way": "meeting", "meeting": "局务会", "transmitted_on": TODAY}
        assert client.post(address, {**sent, "version": 0}).status_code == 303
        assert client.post(address, {"unit": unit.pk, "from": "mine"}).status_code == 303
        assert Receipt.objects.get().meeting == "局务会"
        stale = client.post(address, {**sent, "meeting": "支部会", "version": 0})
        assert (stale.status_code, "支部会" in stale.content.decode()) == (409, True)
        assert Receipt.objects.get().meeting == "局务会"

    def test_by_a_document_or_online(self, cast: Cast, client: Client, issued: Directive) -> None:
        unit = cast.units["beidu"]
        cast.sign_in(client, "beidu_clerk")
        address = reverse("receive", args=[issued.pk])
        sent = {"unit": unit.pk, "way": "online", "version": 0}
        assert client.post(address, sent).status_code == 400, "passing on needs its day"
        assert client.post(address, {**sent, "transmitted_on": TODAY}).status_code == 303
        found = Receipt.objects.get()
        assert (found.way, found.meeting, found.transmitted_on) == ("online", "", TODAY)
        with pytest.raises(BadInput):
            actions.receive(
                issued, unit, way="meeting", transmitted_on=TODAY, by=cast.users["beidu_clerk"],
                at=AT,
            )  # fmt: skip
