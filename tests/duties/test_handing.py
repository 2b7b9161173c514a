"""Issuing and breaking down: who gets what, what falls due when, one entry for all of it."""

from datetime import date

import pytest
from django.test import Client

from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives import actions as directives
from luoshi.directives.models import Directive, Task
from luoshi.directives.price import price_of
from luoshi.duties import actions
from luoshi.duties.models import Assignment, Occurrence
from luoshi.ledger.models import BulkRow, Entry
from tests.cast import AT, Cast
from tests.directives.test_actions import clause, load, task_of
from tests.road import decide


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


def issue(cast: Cast) -> Directive:
    """The directive of `tests/directives`, issued by the office's clerk."""
    directive = load(cast)
    clerk = cast.users["office_clerk"]
    decide(directive, cast)
    actions.issue(directive, by=clerk, at=AT)
    return directive


def occurrence(cast: Cast, unit: str, key: str = "2026-Q2") -> Occurrence:
    """What a unit of the cast owes under `key`."""
    found: Occurrence = Occurrence.objects.select_related(
        "task__requirement", "directive", "assignment"
    ).get(unit=cast.units[unit], key=key)
    return found


def test_the_price_is_what_issuing_then_creates(cast: Cast) -> None:
    directive = load(cast)
    decide(directive, cast)
    before = price_of(directive, at=AT)
    paid = actions.issue(directive, by=cast.users["office_clerk"], at=AT)
    assert (before.asks, before.units, before.tasks) == (paid.asks, paid.units, paid.tasks)
    assert paid.asks == Occurrence.objects.filter(directive=directive).count() > 0
    assert paid.assignments == Assignment.objects.filter(directive=directive).count()
    directive.refresh_from_db()
    assert directive.price == paid.kept()


def test_one_entry_with_a_row_for_each_assignment(cast: Cast, issued: Directive) -> None:
    entry = Entry.objects.get(kind="directive.issued")
    rows = BulkRow.objects.filter(entry=entry)
    assert rows.count() == Assignment.objects.filter(directive=issued).count()


def test_cadence_falls_on_the_last_working_day(cast: Cast, issued: Directive) -> None:
    dues = list(
        Occurrence.objects.filter(unit=cast.units["beidu_b1"])
        .order_by("due_on")
        .values_list("key", "due_on")
    )
    assert dues == [
        ("2026-Q1", date(2026, 3, 31)),
        ("2026-Q2", date(2026, 6, 30)),
        ("2026-Q3", date(2026, 9, 30)),
        ("2026-Q4", date(2026, 12, 31)),
    ]


def test_rows_written_in_bulk_are_found_by_their_moment(cast: Cast, issued: Directive) -> None:
    made = Assignment.objects.filter(directive=issued)
    assert made.filter(created_at=AT).count() == made.count() > 0


def test_support_units_see_it_and_owe_nothing(cast: Cast, issued: Directive) -> None:
    support = Assignment.objects.get(unit=cast.units["office"], part="support")
    assert support.occurrences.count() == 0


def test_issuing_twice_changes_nothing(cast: Cast, issued: Directive) -> None:
    before = Occurrence.objects.count()
    issued.refresh_from_db()
    with pytest.raises(Refused, match="issued or withdrawn already"):
        actions.issue(issued, by=cast.users["office_clerk"], at=AT)
    assert Occurrence.objects.count() == before
    assert Entry.objects.filter(kind="directive.issued").count() == 1


def test_a_double_click_counts_once(cast: Cast) -> None:
    directive = load(cast)
    clerk = cast.users["office_clerk"]
    decide(directive, cast)
    actions.issue(directive, by=clerk, at=AT, request_id="one")
    fresh = load(cast, text="各党支部要在5月底前召开一次组织生活会，形成会议记录。")
    decide(fresh, cast)
    with pytest.raises(AlreadyDone):
        actions.issue(fresh, by=clerk, at=AT, request_id="one")


def test_a_plan_with_blanks_stays_back_and_says_where(cast: Cast) -> None:
    directive = load(cast)
    requirement = clause(directive, "供水和治河")
    directives.set_triage(requirement, "task", by=cast.users["office_clerk"], at=AT)
    with pytest.raises(actions.NotIssuable) as refusal:
        actions.issue(directive, by=cast.users["office_clerk"], at=AT)
    assert [lack.codes for lack in refusal.value.lacks] == [("unit", "time")]
    assert not Assignment.objects.exists()


def test_a_stale_plan_is_not_issued(cast: Cast) -> None:
    directive = load(cast)
    decide(directive, cast)
    with pytest.raises(Stale):
        actions.issue(directive, by=cast.users["office_clerk"], at=AT, seen=1)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("who", ["beidu_clerk", "office_member", "bureau_head", "nobody"])
def test_who_may_not_issue(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        actions.issue(load(cast), by=cast.users[who], at=AT)


def test_a_stranger_does_not_even_see_it(cast: Cast) -> None:
    with pytest.raises(OutOfScope):
        actions.issue(load(cast), by=cast.users["stranger"], at=AT)


def test_issued_tasks_are_fixed(cast: Cast, issued: Directive) -> None:
    task = Task.objects.filter(directive=issued, state="issued").first()
    assert task is not None
    with pytest.raises(Refused):
        directives.change_task(task, values={"title": "别的"}, by=cast.users["office_clerk"], at=AT)


class TestBreakingDown:
    def part(self, cast: Cast) -> Assignment:
        return Assignment.objects.select_related("directive", "task").get(
            unit=cast.units["beidu"], part="lead", task__title__contains="责任清单"
        )

    def test_the_clause_stays_attached_at_every_level(self, cast: Cast, issued: Directive) -> None:
        mine = self.part(cast)
        asks = actions.break_down(
            mine,
            [(cast.units["beidu_b1"], "列出本支部责任清单", "按分局格式")],
            by=cast.users["beidu_clerk"],
            at=AT,
        )
        child = Assignment.objects.get(parent=mine)
        assert asks == child.occurrences.count() == 1
        assert child.task.requirement_id == mine.task.requirement_id
        assert child.shown_title() == "列出本支部责任清单"
        entry = Entry.objects.get(kind="assignment.broken_down")
        assert BulkRow.objects.filter(entry=entry).count() == 1

    def test_only_to_units_directly_below_and_once(self, cast: Cast, issued: Directive) -> None:
        mine, clerk = self.part(cast), cast.users["beidu_clerk"]
        with pytest.raises(actions.NotBelow):
            actions.break_down(mine, [(cast.units["nanping_b1"], "", "")], by=clerk, at=AT)
        with pytest.raises(BadInput):
            actions.break_down(mine, [], by=clerk, at=AT)
        actions.break_down(mine, [(cast.units["beidu_b1"], "", "")], by=clerk, at=AT)
        with pytest.raises(BadInput, match="already"):
            actions.break_down(mine, [(cast.units["beidu_b1"], "", "")], by=clerk, at=AT)
        assert Assignment.objects.filter(parent=mine).count() == 1

    @pytest.mark.parametrize("who", ["nanping_clerk", "beidu_b1_secretary", "ended", "nobody"])
    def test_only_by_the_unit_itself(self, cast: Cast, issued: Directive, who: str) -> None:
        with pytest.raises(NotAllowed):
            actions.break_down(
                self.part(cast), [(cast.units["beidu_b1"], "", "")], by=cast.users[who], at=AT
            )


def test_the_pages_of_issuing(cast: Cast, client: Client) -> None:
    directive = load(cast)
    cast.sign_in(client, "office_clerk")
    address = f"/directives/{directive.pk}/issue/"
    page = client.get(address)
    assert page.status_code == 200
    assert "照此下发" in page.content.decode()
    assert client.post(address, {"version": directive.version}).status_code == 409
    decide(directive, cast)
    assert client.post(address, {"version": "999"}).status_code == 409
    done = client.post(address, {"version": directive.version, "request_id": "x"})
    assert done.status_code == 303
    assert done["Location"] == f"/directives/{directive.pk}/tasklist/"
    assert task_of(clause(directive, "责任清单")).state == "issued"
    cast.sign_in(client, "beidu_clerk")
    assert client.get(address).status_code == 403
