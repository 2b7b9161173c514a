"""移交未完事项: a closed unit leaves nothing behind that nobody has to do."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import TimeMachineFixture

from luoshi.base.refused import BadInput, NotAllowed, OutOfScope
from luoshi.directives.models import Directive, Task
from luoshi.duties import actions, leaving
from luoshi.duties.models import Assignment, Occurrence, Request
from luoshi.insight import summary
from luoshi.orgs import access
from luoshi.orgs import actions as orgs
from luoshi.orgs.models import Appointment, Unit
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence
from tests.duties.test_settling import fresh
from tests.rebuild import rebuild

LATER = AT + timedelta(days=30)
ON = date(2026, 4, 1)


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


def close(cast: Cast, *names: str) -> None:
    """Close units of the cast with everybody's appointments in them, from `ON`."""
    for name in names:
        unit = Unit.objects.get(pk=cast.units[name].pk)
        for held in Appointment.objects.filter(post__unit=unit, valid_to__isnull=True):
            orgs.end_appointment(held, on=ON, by=cast.admin, at=LATER)
        orgs.close_unit(unit, on=ON, by=cast.admin, at=LATER)
        unit.refresh_from_db()
        cast.units[name] = unit


def left(cast: Cast, name: str) -> list[Assignment]:
    return list(leaving.left_behind(cast.organisation.pk, cast.units[name].pk).order_by("id"))


def test_a_branch_s_work_goes_to_another_branch(cast: Cast, issued: Directive) -> None:
    clerk = cast.users["office_clerk"]
    owed = occurrence(cast, "beidu_b1", "2026-Q2")
    actions.submit(owed, note="上了", by=cast.users["beidu_b1_secretary"], at=AT)
    actions.ask(
        owed.assignment, "waiver", occurrence=occurrence(cast, "beidu_b1", "2026-Q3"),
        reason="合并", by=cast.users["beidu_b1_secretary"], at=AT,
    )  # fmt: skip
    before = {
        (o.task_id, o.key, o.number, o.due_on)
        for o in Occurrence.objects.filter(unit=cast.units["beidu_b1"])
    }
    close(cast, "beidu_b1")
    standing = access.standing_at(clerk, LATER)
    assert [one.unit.pk for one in leaving.closed_units(standing)] == [cast.units["beidu_b1"].pk]
    count = actions.hand_over(
        cast.units["beidu_b1"], left(cast, "beidu_b1"), cast.units["beidu_b2"],
        reason="支部合并", by=clerk, at=LATER,
    )  # fmt: skip
    taken = Occurrence.objects.filter(assignment__taken_from__isnull=False)
    assert {(o.task_id, o.key, o.number, o.due_on) for o in taken} == before
    assert count == len(before) == taken.count()
    assert {o.unit_id for o in taken} == {cast.units["beidu_b2"].pk}
    assert not Request.objects.filter(state="asked").exists()
    assert left(cast, "beidu_b1") == [] == leaving.closed_units(standing)
    again = taken.get(key="2026-Q2")
    actions.submit(again, note="补报", by=cast.users["beidu_b2_secretary"], at=LATER)
    actions.accept(fresh(again), by=cast.users["beidu_head"], at=LATER)
    from luoshi.ledger.sequence import sequence_all

    sequence_all(holder="tests", now=LATER)
    told = rebuild(cast.organisation.pk).occurrences
    assert told == {str(o.pk): o.state for o in Occurrence.objects.all()}


def test_parts_below_and_effects_to_be_checked_go_along(cast: Cast, issued: Directive) -> None:
    clerk = cast.users["office_clerk"]
    owed = occurrence(cast, "beidu", "once")
    Task.objects.filter(pk=owed.task_id).update(task_kind="key")
    actions.break_down(
        owed.assignment, [(cast.units["beidu_b2"], "", "")], by=cast.users["beidu_clerk"], at=AT
    )
    part = Assignment.objects.get(parent=owed.assignment)
    below = part.occurrences.get()
    actions.submit(below, note="做了", by=cast.users["beidu_b2_secretary"], at=AT)
    actions.accept(fresh(below), by=cast.users["beidu_head"], at=AT)
    orgs.move_unit(
        cast.units["beidu_b2"], parent=cast.units["nanping"], on=ON, by=cast.admin, at=LATER
    )
    close(cast, "beidu_b1", "beidu")
    with pytest.raises(BadInput, match="holds a part"):
        actions.hand_over(
            cast.units["beidu"], left(cast, "beidu"), cast.units["beidu_b2"], reason="并入",
            by=clerk, at=LATER,
        )  # fmt: skip
    actions.hand_over(
        cast.units["beidu"], left(cast, "beidu"), cast.units["nanping"], reason="并入",
        by=clerk, at=LATER,
    )  # fmt: skip
    taker = Assignment.objects.get(taken_from=owed.assignment)
    part.refresh_from_db()
    assert part.parent_id == taker.pk
    assert part.effect == "unchecked"
    again = taker.occurrences.get()
    actions.submit(again, note="汇总", by=cast.users["nanping_clerk"], at=LATER)
    actions.accept(fresh(again), by=clerk, at=LATER)
    taker.refresh_from_db()
    assert (taker.state, taker.effect) == ("closed", "unchecked")
    close(cast, "nanping_b1", "nanping_b2")


def test_an_effect_not_yet_checked_counts_for_the_taker(cast: Cast, issued: Directive) -> None:
    owed = occurrence(cast, "works", "once")
    Task.objects.filter(pk=owed.task_id).update(task_kind="key")
    owed = fresh(owed)
    actions.submit(owed, note="办好", by=cast.users["works_head"], at=AT)
    actions.accept(fresh(owed), by=cast.users["office_clerk"], at=AT)
    close(cast, "works_b1", "works")
    [old] = [a for a in left(cast, "works") if a.effect == "unchecked"]
    clerk = cast.users["office_clerk"]
    actions.hand_over(
        cast.units["works"], [old], cast.units["nanping"], reason="并入", by=clerk, at=LATER
    )
    taker = Assignment.objects.get(taken_from=old)
    assert (taker.state, taker.effect, taker.check_on) == ("closed", "unchecked", old.check_on)
    old.refresh_from_db()
    assert (old.state, old.effect) == ("moved", "")
    check = actions.check_effect(
        taker, verdict="ineffective", found="又犯", again_on=date(2026, 6, 30), by=clerk, at=LATER
    )
    assert check.again_on == date(2026, 6, 30)
    assert taker.occurrences.get().unit_id == cast.units["nanping"].pk


def test_sums_of_past_days_stay(cast: Cast, issued: Directive) -> None:
    before = summary.as_of(cast.organisation, "0000", TODAY)
    close(cast, "beidu_b1")
    actions.hand_over(
        cast.units["beidu_b1"], left(cast, "beidu_b1"), cast.units["beidu_b2"], reason="合并",
        by=cast.users["office_clerk"], at=LATER,
    )  # fmt: skip
    assert summary.as_of(cast.organisation, "0000", TODAY) == before


def test_bad_input(cast: Cast, issued: Directive) -> None:
    clerk = cast.users["office_clerk"]

    def give(unit: str, to: str, by: str = "office_clerk", reason: str = "合并") -> int:
        return actions.hand_over(
            cast.units[unit], left(cast, unit), cast.units[to], reason=reason,
            by=cast.users[by], at=LATER,
        )  # fmt: skip

    with pytest.raises(actions.StillStands):
        give("beidu_b1", "beidu_b2")
    close(cast, "beidu_b1", "beidu_b2")
    for by in ("nanping_clerk", "works_head", "auditor"):
        with pytest.raises(NotAllowed):
            give("beidu_b1", "nanping_b1", by)
    with pytest.raises(OutOfScope):
        give("beidu_b1", "nanping_b1", "stranger")
    with pytest.raises(BadInput, match="does not stand"):
        give("beidu_b1", "beidu_b2")
    with pytest.raises(BadInput):
        give("beidu_b1", "nanping_b1", reason=" ")
    with pytest.raises(BadInput, match="at least one"):
        actions.hand_over(
            cast.units["beidu_b1"], [], cast.units["beidu"], reason="合并", by=clerk, at=LATER
        )
    rows = left(cast, "beidu_b1")
    give("beidu_b1", "nanping_b1")
    with pytest.raises(BadInput, match="meanwhile"):
        actions.hand_over(
            cast.units["beidu_b1"], rows, cast.units["beidu"], reason="合并", by=clerk, at=LATER
        )


def test_a_part_stays_with_units_below_who_gave_it(cast: Cast, issued: Directive) -> None:
    owed = occurrence(cast, "beidu", "once")
    actions.break_down(
        owed.assignment, [(cast.units["beidu_b1"], "", "")], by=cast.users["beidu_clerk"], at=AT
    )
    close(cast, "beidu_b1")
    [part] = [a for a in left(cast, "beidu_b1") if a.parent_id]
    with pytest.raises(BadInput, match="is not below"):
        actions.hand_over(
            cast.units["beidu_b1"], [part], cast.units["nanping_b1"], reason="合并",
            by=cast.users["office_clerk"], at=LATER,
        )  # fmt: skip
    actions.hand_over(
        cast.units["beidu_b1"], [part], cast.units["beidu_b2"], reason="合并",
        by=cast.users["beidu_clerk"], at=LATER,
    )  # fmt: skip
    assert Assignment.objects.get(taken_from=part).parent_id == owed.assignment_id


def test_the_pages(
    cast: Cast, issued: Directive, client: Client, time_machine: TimeMachineFixture
) -> None:
    owed = occurrence(cast, "beidu_b1", "2026-Q2")
    close(cast, "beidu_b1")
    time_machine.move_to(LATER)
    cast.sign_in(client, "office_clerk")
    unit = cast.units["beidu_b1"]
    mine = client.get(reverse("mine")).content.decode()
    address = reverse("closed_unit", args=[unit.pk])
    assert address in mine
    assert unit.name in client.get(reverse("closed_units")).content.decode()
    progress = client.get(reverse("progress_of", args=[cast.units["bureau"].pk]))
    assert reverse("closed_units") in progress.content.decode()
    page = client.get(address).content.decode()
    rows = [str(a.pk) for a in left(cast, "beidu_b1")]
    assert all(row in page for row in rows)
    sent = {"assignment": rows[:1], "to": "没有这个单位", "reason": "支部合并"}
    refused = client.post(address, sent)
    assert refused.status_code == 400
    assert "支部合并" in refused.content.decode()
    assert refused.content.decode().count(" checked") == 1
    done = client.post(address, {**sent, "to": cast.units["beidu_b2"].name, "assignment": rows})
    assert done.headers["Location"] == reverse("mine")
    old = client.get(reverse("occurrence", args=[owed.pk]))
    assert old.status_code == 200, "what a closed unit reported stays readable"
    taker = Assignment.objects.filter(taken_from=owed.assignment).get()
    assert "北渡分局第一支部" in client.get(reverse("assignment", args=[taker.pk])).content.decode()
    assert client.get(reverse("assignment", args=[owed.assignment_id])).status_code == 200
    assert client.get(address).status_code == 200
    cast.sign_in(client, "nanping_clerk")
    assert client.get(address).status_code == 404
    assert client.get(reverse("occurrence", args=[owed.pk])).status_code == 404


def test_what_was_handed_over_meanwhile_is_told(
    cast: Cast, issued: Directive, client: Client, time_machine: TimeMachineFixture
) -> None:
    owed = occurrence(cast, "beidu", "once")
    actions.break_down(
        owed.assignment, [(cast.units["beidu_b1"], "", "")], by=cast.users["beidu_clerk"], at=AT
    )
    close(cast, "beidu_b1")
    time_machine.move_to(LATER)
    cast.sign_in(client, "office_clerk")
    unit, to = cast.units["beidu_b1"], cast.units["beidu_b2"]
    first, second, *_ = left(cast, "beidu_b1")
    actions.hand_over(unit, [first], to, reason="合并", by=cast.users["office_clerk"], at=LATER)
    address = reverse("closed_unit", args=[unit.pk])
    sent = {"assignment": [first.pk, second.pk], "to": to.name, "reason": "支部合并"}
    refused = client.post(address, sent)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert 'role="alert"' in page
    assert not Assignment.objects.filter(taken_from=second).exists(), "nothing was done"
    assert page.count(" checked") == 1
    assert f'value="{second.pk}" checked' in page
    assert 'value="支部合并"' in page
    rest = left(cast, "beidu_b1")
    actions.hand_over(unit, rest, to, reason="合并", by=cast.users["office_clerk"], at=LATER)
    gone = client.post(address, sent)
    assert gone.status_code == 400
    assert 'role="alert"' in gone.content.decode(), "also where nothing is left"
    other = Assignment.objects.filter(unit=to).first()
    assert other is not None
    assert client.post(address, {**sent, "assignment": [other.pk]}).status_code == 404
