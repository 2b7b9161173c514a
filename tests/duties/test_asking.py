"""延期、免报、暂停、异议: asked with a reason, decided on the side that gave the work."""

from datetime import date, timedelta
from typing import Any

import pytest

from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives.models import Directive
from luoshi.duties import actions
from luoshi.duties.models import Assignment, Occurrence, Pause, Request
from luoshi.ledger.models import BulkRow
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence

Kind = Request.Kind
LATER = AT + timedelta(days=10)


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


@pytest.fixture
def owed(cast: Cast, issued: Directive) -> Occurrence:
    """北渡分局 owes its list by 31 March."""
    return occurrence(cast, "beidu", "once")


def ask(cast: Cast, owed: Occurrence, kind: str = Kind.EXTENSION, **more: Any) -> Request:
    said: dict[str, Any] = {
        "occurrence": None if kind == Kind.OBJECTION else owed,
        "reason": "人员抽调防汛",
        "wanted_on": date(2026, 4, 15) if kind == Kind.EXTENSION else None,
        "awaits": "市财政局" if kind == Kind.PAUSE else "",
        "by": cast.users["beidu_clerk"],
        "at": AT,
    }
    return actions.ask(owed.assignment, kind, **(said | more))


def fresh(found: Occurrence) -> Occurrence:
    return Occurrence.objects.select_related("task", "directive", "assignment").get(pk=found.pk)


class TestExtension:
    def test_asked_and_granted(self, cast: Cast, owed: Occurrence) -> None:
        asked = ask(cast, owed)
        actions.grant(asked, by=cast.users["office_clerk"], at=LATER)
        owed = fresh(owed)
        assert (owed.due_on, owed.extensions, owed.state) == (date(2026, 4, 15), 1, "open")
        assert (asked.state, asked.granted_on) == ("granted", date(2026, 4, 15))
        move = owed.transitions.get()
        assert (move.due_was, move.due_on) == (date(2026, 3, 31), date(2026, 4, 15))
        assert move.from_state == move.to_state == "open"

    def test_until_another_day_than_was_wanted(self, cast: Cast, owed: Occurrence) -> None:
        actions.grant(
            ask(cast, owed), granted_on=date(2026, 4, 8), answer="只能给一周",
            by=cast.users["bureau_head"], at=LATER,
        )  # fmt: skip
        assert fresh(owed).due_on == date(2026, 4, 8)

    def test_refused_with_a_reason(self, cast: Cast, owed: Occurrence) -> None:
        asked = ask(cast, owed)
        with pytest.raises(BadInput):
            actions.refuse(asked, answer=" ", by=cast.users["office_clerk"], at=LATER)
        actions.refuse(asked, answer="时限不变", by=cast.users["office_clerk"], at=LATER)
        assert (asked.state, fresh(owed).extensions) == ("refused", 0)
        with pytest.raises(actions.Decided):
            actions.grant(asked, by=cast.users["office_clerk"], at=LATER)
        assert ask(cast, owed, at=LATER).state == "asked", "one may ask again"

    def test_taken_back(self, cast: Cast, owed: Occurrence) -> None:
        asked = ask(cast, owed)
        with pytest.raises(NotAllowed):
            actions.take_back(asked, by=cast.users["nanping_clerk"], at=AT)
        actions.take_back(asked, by=cast.users["beidu_head"], at=AT)
        with pytest.raises(actions.Decided):
            actions.refuse(asked, answer="迟了", by=cast.users["office_clerk"], at=LATER)

    @pytest.mark.parametrize("day", [None, date(2026, 3, 31), date(2026, 2, 1), date(2040, 1, 1)])
    def test_a_day_that_is_none(self, cast: Cast, owed: Occurrence, day: date | None) -> None:
        with pytest.raises(BadInput) as error:
            ask(cast, owed, wanted_on=day)
        assert error.value.field == "wanted_on"
        assert not Request.objects.exists()

    def test_not_after_closure_and_not_twice(self, cast: Cast, owed: Occurrence) -> None:
        ask(cast, owed)
        with pytest.raises(actions.AskedAlready):
            ask(cast, owed)
        actions.submit(owed, note="清单已报", by=cast.users["beidu_clerk"], at=AT)
        with pytest.raises(actions.NotOpen):
            ask(cast, owed, Kind.WAIVER)
        asked = Request.objects.get()
        with pytest.raises(actions.NotOpen):
            actions.grant(asked, by=cast.users["office_clerk"], at=LATER)
        assert Request.objects.get().state == "asked", "nothing half-done"

    def test_the_same_form_twice(self, cast: Cast, owed: Occurrence) -> None:
        ask(cast, owed, request_id="a1")
        with pytest.raises(AlreadyDone):
            ask(cast, owed, Kind.WAIVER, request_id="a1")

    def test_the_office_asks_for_a_unit(self, cast: Cast, owed: Occurrence) -> None:
        with pytest.raises(BadInput):
            ask(cast, owed, by=cast.users["office_clerk"])
        asked = ask(cast, owed, by=cast.users["office_clerk"], said_by="沈知远")
        assert asked.said_by == "沈知远"
        with pytest.raises(NotAllowed):
            actions.grant(asked, by=cast.users["office_clerk"], at=LATER)
        actions.grant(asked, by=cast.users["bureau_head"], at=LATER)

    @pytest.mark.parametrize(
        ("who", "may"),
        [
            ("office_clerk", True), ("bureau_head", True), ("beidu_head", False),
            ("beidu_b1_secretary", False), ("nanping_head", False), ("office_member", False),
            ("admin", False), ("nobody", False),
        ],
    )  # fmt: skip
    def test_who_decides(self, cast: Cast, owed: Occurrence, who: str, may: bool) -> None:
        asked = ask(cast, owed)
        if may:
            actions.grant(asked, by=cast.users[who], at=LATER)
        else:
            with pytest.raises(NotAllowed):
                actions.grant(asked, by=cast.users[who], at=LATER)
        with pytest.raises(OutOfScope):
            actions.grant(asked, by=cast.users["stranger"], at=LATER)

    def test_for_a_part_below_whoever_handed_it_on(self, cast: Cast, owed: Occurrence) -> None:
        actions.break_down(
            owed.assignment, [(cast.units["beidu_b1"], "", "")], by=cast.users["beidu_clerk"], at=AT
        )
        part = occurrence(cast, "beidu_b1", "once")
        asked = ask(cast, part, by=cast.users["beidu_b1_secretary"])
        with pytest.raises(NotAllowed):
            actions.grant(asked, by=cast.users["nanping_head"], at=LATER)
        actions.grant(asked, by=cast.users["beidu_head"], at=LATER)
        assert fresh(part).extensions == 1
        assert fresh(owed).extensions == 0

    def test_unasked(self, cast: Cast, owed: Occurrence) -> None:
        clerk = cast.users["office_clerk"]
        with pytest.raises(NotAllowed):
            actions.extend(
                owed, until=date(2026, 5, 6), reason="x", by=cast.users["beidu_head"], at=AT
            )
        with pytest.raises(Stale):
            actions.extend(owed, until=date(2026, 5, 6), reason="x", by=clerk, at=AT, seen=7)
        actions.extend(owed, until=date(2026, 5, 6), reason="全局统一顺延", by=clerk, at=AT)
        assert (fresh(owed).due_on, fresh(owed).extensions) == (date(2026, 5, 6), 1)


class TestWaiver:
    def test_asked_granted_and_closed(self, cast: Cast, owed: Occurrence) -> None:
        actions.grant(ask(cast, owed, Kind.WAIVER), by=cast.users["office_clerk"], at=LATER)
        owed = fresh(owed)
        assert owed.state == "waived"
        assert owed.assignment.state == "closed"
        assert owed.assignment.closings.get().to_state == "closed"

    def test_a_waived_part_does_not_block_its_parent(self, cast: Cast, owed: Occurrence) -> None:
        actions.break_down(
            owed.assignment, [(cast.units["beidu_b1"], "", "")], by=cast.users["beidu_clerk"], at=AT
        )
        part = occurrence(cast, "beidu_b1", "once")
        actions.submit(owed, note="清单已报", by=cast.users["beidu_clerk"], at=AT)
        with pytest.raises(actions.PartsOpen, match="北渡分局第一支部"):
            actions.accept(fresh(owed), by=cast.users["office_clerk"], at=LATER)
        actions.waive(part, reason="并入分局", by=cast.users["beidu_head"], at=LATER)
        actions.accept(fresh(owed), by=cast.users["office_clerk"], at=LATER)
        assert fresh(owed).assignment.state == "closed"


class TestPause:
    def test_the_days_of_the_pause_are_given_back(self, cast: Cast, owed: Occurrence) -> None:
        asked = ask(cast, owed, Kind.PAUSE, wanted_on=date(2026, 3, 20))
        actions.grant(asked, by=cast.users["office_clerk"], at=AT)
        owed = fresh(owed)
        assert owed.state == "paused"
        assert not Occurrence.objects.overdue(date(2027, 1, 1)).filter(pk=owed.pk).exists()
        with pytest.raises(actions.NotOpen):
            actions.submit(owed, note="x", by=cast.users["beidu_clerk"], at=AT)
        actions.resume(owed, by=cast.users["beidu_clerk"], at=AT + timedelta(days=14))
        owed = fresh(owed)
        assert owed.state == "open"
        # ten working days from 2 to 16 March; behind 31 March they end on 15 April (清明 6 April)
        assert owed.due_on == date(2026, 4, 15)
        assert Pause.objects.get().ended_on == date(2026, 3, 16)
        with pytest.raises(actions.NotOpen):
            actions.resume(owed, by=cast.users["beidu_clerk"], at=LATER)

    def test_it_goes_back_to_what_it_was(self, cast: Cast, owed: Occurrence) -> None:
        clerk = cast.users["office_clerk"]
        actions.submit(owed, note="清单", by=cast.users["beidu_clerk"], at=AT)
        actions.return_(owed, note="缺附件", by=clerk, at=AT)
        actions.pause(owed, awaits="上级", reason="口径待定", by=clerk, at=AT)
        actions.resume(fresh(owed), by=clerk, at=AT)
        assert fresh(owed).state == "returned"

    def test_whose_answer_is_awaited_is_said(self, cast: Cast, owed: Occurrence) -> None:
        with pytest.raises(BadInput) as error:
            ask(cast, owed, Kind.PAUSE, awaits=" ")
        assert error.value.field == "awaits"
        with pytest.raises(BadInput):
            ask(cast, owed, Kind.PAUSE, wanted_on=TODAY)


class TestObjection:
    def test_upheld_and_given_to_another_unit(self, cast: Cast, owed: Occurrence) -> None:
        asked = ask(cast, owed, Kind.OBJECTION)
        actions.grant(
            asked, moved_to=cast.units["discipline"], answer="由派驻组牵头",
            by=cast.users["office_clerk"], at=LATER,
        )  # fmt: skip
        owed = fresh(owed)
        assert (owed.state, owed.assignment.state) == ("waived", "moved")
        taken = Assignment.objects.get(task=owed.task, unit=cast.units["discipline"])
        moved = taken.occurrences.get()
        assert (moved.state, moved.due_on, moved.key) == ("open", owed.due_on, "once")
        assert BulkRow.objects.filter(body__contains=str(moved.pk)).count() == 1

    def test_upheld_without_another_unit(self, cast: Cast, owed: Occurrence) -> None:
        actions.grant(ask(cast, owed, Kind.OBJECTION), by=cast.users["office_clerk"], at=LATER)
        assert fresh(owed).assignment.state == "moved"
        assert Assignment.objects.filter(task=owed.task).count() == 2

    @pytest.mark.parametrize("unit", ["nanping", "beidu"])
    def test_not_to_whom_has_it(self, cast: Cast, owed: Occurrence, unit: str) -> None:
        asked = ask(cast, owed, Kind.OBJECTION)
        with pytest.raises(BadInput) as error:
            actions.grant(asked, moved_to=cast.units[unit], by=cast.users["office_clerk"], at=LATER)
        assert error.value.field == "moved_to"
        assert fresh(owed).assignment.state == "open"

    def test_not_while_a_report_waits_or_parts_are_below(
        self, cast: Cast, owed: Occurrence
    ) -> None:
        asked = ask(cast, owed, Kind.OBJECTION)
        actions.submit(owed, note="清单", by=cast.users["beidu_clerk"], at=AT)
        with pytest.raises(Refused):
            actions.grant(asked, by=cast.users["office_clerk"], at=LATER)
        actions.return_(fresh(owed), note="再改", by=cast.users["office_clerk"], at=AT)
        actions.break_down(
            fresh(owed).assignment, [(cast.units["beidu_b1"], "", "")],
            by=cast.users["beidu_clerk"], at=AT,
        )  # fmt: skip
        with pytest.raises(Refused):
            actions.grant(asked, by=cast.users["office_clerk"], at=LATER)
        assert Request.objects.get().state == "asked"
