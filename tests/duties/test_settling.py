"""Closure up the chain, rounds of hard work, parts of support units, effect checks."""

from datetime import date, timedelta
from typing import Any

import pytest

from luoshi.base.refused import BadInput, NotAllowed, Refused, Stale
from luoshi.directives.models import Directive, Task
from luoshi.duties import actions
from luoshi.duties.models import Assignment, EffectCheck, Occurrence, Submission
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence

LATER = AT + timedelta(days=10)
AGAIN = date(2026, 6, 30)


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


def fresh(found: Occurrence) -> Occurrence:
    return Occurrence.objects.select_related("task", "directive", "assignment").get(pk=found.pk)


def done(cast: Cast, found: Occurrence, by: str, reviewer: str = "office_clerk") -> Occurrence:
    actions.submit(fresh(found), note="办好了", by=cast.users[by], at=AT)
    actions.accept(fresh(found), by=cast.users[reviewer], at=AT)
    return fresh(found)


def kind(found: Occurrence, task_kind: str, **more: object) -> Occurrence:
    Task.objects.filter(pk=found.task_id).update(task_kind=task_kind, **more)
    return fresh(found)


class TestParts:
    def test_closed_below_then_above_and_open_again_upward(
        self, cast: Cast, issued: Directive
    ) -> None:
        owed = kind(occurrence(cast, "beidu", "once"), "key")
        actions.break_down(
            owed.assignment,
            [(cast.units["beidu_b1"], "", ""), (cast.units["beidu_b2"], "", "")],
            by=cast.users["beidu_clerk"], at=AT,
        )  # fmt: skip
        one, two = occurrence(cast, "beidu_b1", "once"), occurrence(cast, "beidu_b2", "once")
        done(cast, one, "beidu_b1_secretary", "beidu_head")
        actions.submit(owed, note="汇总", by=cast.users["beidu_clerk"], at=AT)
        with pytest.raises(actions.PartsOpen, match="第二支部"):
            actions.accept(fresh(owed), by=cast.users["office_clerk"], at=AT)
        done(cast, two, "beidu_b2_secretary", "beidu_head")
        actions.accept(fresh(owed), by=cast.users["office_clerk"], at=AT)
        above = fresh(owed).assignment
        assert (above.state, above.effect, above.check_on) == (
            "closed", "unchecked", date(2026, 4, 1),
        )  # fmt: skip
        below = fresh(two).assignment
        check = actions.check_effect(
            below, verdict="ineffective", found="又出现两起", again_on=AGAIN,
            by=cast.users["beidu_head"], at=LATER,
        )  # fmt: skip
        again = Occurrence.objects.get(assignment=below, key="E1")
        assert (again.due_on, again.state) == (AGAIN, "open")
        above.refresh_from_db()
        assert (above.state, above.effect, below.state) == ("open", "", "open")
        assert above.closings.order_by("id").last().cause_id == below.pk
        assert check.again_on == AGAIN
        done(cast, again, "beidu_b2_secretary", "beidu_head")
        above.refresh_from_db()
        assert (above.state, above.effect) == ("closed", "unchecked")
        states = list(above.closings.order_by("id").values_list("to_state", flat=True))
        assert states == ["closed", "open", "closed"]

    def test_a_period_waits_for_the_same_period_below(self, cast: Cast, issued: Directive) -> None:
        head = occurrence(cast, "beidu_b1", "2026-Q2")
        assert done(cast, head, "beidu_b1_secretary").assignment.state == "open", "Q3, Q4 to come"


class TestRounds:
    def test_try_check_verdict_until_solved(self, cast: Cast, issued: Directive) -> None:
        owed = kind(occurrence(cast, "works", "once"), "hard")
        actions.submit(owed, note="第一轮", by=cast.users["works_head"], at=AT)
        with pytest.raises(BadInput):
            actions.accept(fresh(owed), again_on=TODAY, by=cast.users["office_clerk"], at=AT)
        review = actions.accept(
            fresh(owed), again_on=AGAIN, note="有进展", by=cast.users["office_clerk"], at=AT
        )
        assert not review.solved
        again = Occurrence.objects.get(assignment=owed.assignment, key="R2")
        assert again.due_on == AGAIN
        assert fresh(owed).assignment.state == "open"
        assert again.transitions.get().from_state == ""
        assert done(cast, again, "works_head").assignment.state == "closed"

    def test_other_work_goes_in_no_rounds(self, cast: Cast, issued: Directive) -> None:
        owed = kind(occurrence(cast, "works", "once"), "key")
        actions.submit(owed, note="报", by=cast.users["works_head"], at=AT)
        with pytest.raises(BadInput):
            actions.accept(fresh(owed), again_on=AGAIN, by=cast.users["office_clerk"], at=AT)
        assert fresh(owed).state == "submitted"


class TestSupport:
    def test_a_support_unit_adds_its_part(self, cast: Cast, issued: Directive) -> None:
        owed = occurrence(cast, "works", "once")
        mine = Assignment.objects.get(task=owed.task, unit=cast.units["office"], part="support")
        actions.submit(owed, note="牵头情况", by=cast.users["works_head"], at=AT)
        seen = fresh(owed).version
        actions.contribute(
            mine, fresh(owed), note="办公室的部分", by=cast.users["office_head"], at=AT
        )
        with pytest.raises(Stale):
            actions.accept(fresh(owed), seen=seen, by=cast.users["bureau_head"], at=AT)
        review = actions.accept(fresh(owed), by=cast.users["bureau_deputy2"], at=AT)
        assert review.submission.note == "牵头情况"
        assert actions.holds(review)
        Submission.objects.filter(part="support").update(note="改过的部分")
        assert not actions.holds(review), "a changed content has no verdict"
        with pytest.raises(actions.NotOpen):
            actions.contribute(mine, fresh(owed), note="迟了", by=cast.users["office_head"], at=AT)

    def test_nobody_else_adds_one(self, cast: Cast, issued: Directive) -> None:
        owed = occurrence(cast, "works", "once")
        mine = Assignment.objects.get(task=owed.task, unit=cast.units["office"], part="support")
        with pytest.raises(NotAllowed):
            actions.contribute(mine, owed, note="x", by=cast.users["beidu_clerk"], at=AT)
        other = occurrence(cast, "beidu", "once")
        with pytest.raises(actions.NoPart):
            actions.contribute(mine, other, note="x", by=cast.users["office_head"], at=AT)
        with pytest.raises(actions.NoPart):
            actions.contribute(owed.assignment, owed, note="x", by=cast.users["works_head"], at=AT)


class TestUnchanged:
    def test_nothing_changed_since(self, cast: Cast, issued: Directive) -> None:
        first = occurrence(cast, "beidu_b1", "2026-Q2")
        second = occurrence(cast, "beidu_b1", "2026-Q3")
        by = cast.users["beidu_b1_secretary"]
        with pytest.raises(actions.NothingBefore):
            actions.submit(first, note="", unchanged=True, by=by, at=AT)
        done(cast, first, "beidu_b1_secretary")
        found = actions.submit(second, note="", unchanged=True, by=by, at=AT)
        assert found.same_as == Submission.objects.get(occurrence=first)
        review = actions.accept(fresh(second), by=cast.users["beidu_head"], at=AT)
        assert actions.holds(review)


class TestBulk:
    def test_twenty_on_one_page_exceptions_left(self, cast: Cast, issued: Directive) -> None:
        found = [occurrence(cast, u, "2026-Q2") for u in ("beidu_b1", "beidu_b2", "nanping_b1")]
        for one, who in zip(found, ("beidu_b1", "beidu_b2", "nanping_b1"), strict=True):
            actions.submit(one, note="已上课", by=cast.users[f"{who}_secretary"], at=AT)
        a, b, c = (fresh(one) for one in found)
        verdicts = [
            actions.Verdict(a, a.version, True),
            actions.Verdict(b, b.version, False, "缺签到"),
            actions.Verdict(c, c.version - 1, True),
        ]
        outcome = actions.review_many(verdicts, by=cast.users["office_clerk"], at=AT)
        assert (outcome.accepted, outcome.returned, len(outcome.failed)) == (1, 1, 1)
        assert [fresh(o).state for o in found] == ["accepted", "returned", "submitted"]
        with pytest.raises(BadInput):
            actions.review_many(verdicts * 7, by=cast.users["office_clerk"], at=AT)


class TestEffect:
    def closed(self, cast: Cast, **more: object) -> Assignment:
        owed = kind(occurrence(cast, "works", "once"), "key", **more)
        return done(cast, owed, "works_head").assignment

    def test_effective(self, cast: Cast, issued: Directive) -> None:
        found = self.closed(cast, check_after=10)
        assert found.check_on == date(2026, 3, 12)
        actions.check_effect(
            found, verdict="effective", found="三个月无变更超限", by=cast.users["bureau_deputy2"],
            at=LATER,
        )  # fmt: skip
        found.refresh_from_db()
        assert (found.state, found.effect, found.check_on) == ("closed", "effective", None)
        with pytest.raises(actions.NothingToCheck):
            actions.check_effect(
                found, verdict="effective", found="x", by=cast.users["bureau_deputy2"], at=LATER
            )

    def test_no_check_where_none_is_asked(self, cast: Cast, issued: Directive) -> None:
        assert self.closed(cast, check_after=0).effect == ""

    @pytest.mark.parametrize("who", ["works_head", "bureau_deputy1", "office_member", "admin"])
    def test_not_by_the_unit_or_who_is_in_charge(
        self, cast: Cast, issued: Directive, who: str
    ) -> None:
        found = self.closed(cast)
        with pytest.raises(NotAllowed):
            actions.check_effect(
                found, verdict="effective", found="x", by=cast.users[who], at=LATER
            )

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"verdict": "perhaps"}, "verdict"), ({"found": " "}, "found"),
            ({"again_on": None}, "again_on"), ({"again_on": TODAY}, "again_on"),
        ],
    )  # fmt: skip
    def test_bad_input(
        self, cast: Cast, issued: Directive, given: dict[str, Any], field: str
    ) -> None:
        found = self.closed(cast)
        said: dict[str, Any] = {"verdict": "ineffective", "found": "反弹", "again_on": AGAIN}
        said |= given
        with pytest.raises(BadInput) as error:
            actions.check_effect(found, by=cast.users["bureau_deputy2"], at=LATER, **said)
        assert error.value.field == field
        assert not EffectCheck.objects.exists()

    def test_nothing_is_reported_on_what_is_closed(self, cast: Cast, issued: Directive) -> None:
        found = self.closed(cast)
        with pytest.raises(Refused):
            actions.ask(
                found, "objection", reason="不是我们的", by=cast.users["works_head"], at=LATER
            )
