"""Whatever is done in whatever order: nothing closes by itself, is lost, or is miscounted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from luoshi.base.refused import Refusal
from luoshi.directives.models import Directive, Task
from luoshi.duties import actions, leaving, queries, sums
from luoshi.duties.access import Reviewers
from luoshi.duties.models import Assignment, EffectCheck, Occurrence, Request, Review
from luoshi.insight import summary
from luoshi.orgs import access
from luoshi.orgs import actions as orgs
from luoshi.orgs.models import Appointment, Placement, Unit
from tests.cast import AT, Cast
from tests.duties.test_handing import issue

WHO = (
    "office_clerk", "bureau_head", "bureau_deputy1", "beidu_head", "beidu_clerk", "works_head",
    "beidu_b1_secretary", "beidu_b2_secretary", "nanping_head", "nanping_b1_secretary",
    "discipline_head", "office_head",
)  # fmt: skip
ACTS = (
    "submit", "submit", "submit", "accept", "accept", "accept", "again", "return", "waive",
    "break_down", "ask", "grant", "refuse", "pause", "resume", "check", "ineffective", "fold",
    "move_unit", "close", "hand_over", "hand_over",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(WHO), st.integers(0, 40)),
    min_size=20,
    max_size=40,
)
SUBMITS = {
    "beidu": "beidu_clerk", "nanping": "nanping_clerk", "works": "works_head",
    "office": "office_head", "beidu_b1": "beidu_b1_secretary", "beidu_b2": "beidu_b2_secretary",
    "discipline": "discipline_officer", "nanping_b1": "nanping_b1_secretary",
}  # fmt: skip
FITTING = {
    "accept": "office_clerk", "again": "bureau_deputy2", "return": "bureau_head",
    "waive": "office_clerk", "break_down": "beidu_clerk", "grant": "bureau_head",
    "refuse": "office_clerk", "pause": "office_clerk", "resume": "office_clerk",
    "check": "bureau_deputy2", "ineffective": "bureau_head",
}  # fmt: skip
"""Who would do it; three times of four it is they, so that lives get somewhere."""


class Life:
    """Acts of the list, tried on whatever stands there."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.at = AT

    def act(self, act: str, who: str, number: int) -> None:
        """Try one act; a refusal leaves everything as it was."""
        self.at += timedelta(days=number % 3)
        if number % 4 and act in FITTING:
            who = FITTING[act]
        with refused_or_done():
            getattr(self, act)(self.cast.users[who], number)

    def submitter(self, found: Occurrence) -> Any:
        """Somebody of the unit that owes it."""
        keys = {unit.pk: key for key, unit in self.cast.units.items()}
        return self.cast.users[SUBMITS.get(keys[found.unit_id], "office_clerk")]

    def one(self, number: int, **where: Any) -> Occurrence | None:
        rows = Occurrence.objects.filter(key__regex=r"^(once|R\d|E\d|2026-Q2)$", **where)
        rows = rows.order_by("id")
        rows = rows.select_related("task", "directive", "assignment__task", "assignment__parent")
        count = rows.count()
        return rows[number % count] if count else None

    def submit(self, by: Any, number: int) -> None:
        mine = queries.my_units(access.standing_at(by, self.at))
        if number % 4 and (found := self.one(number, state__in=("open", "returned"))):
            actions.submit(found, note="办了", by=self.submitter(found), at=self.at)
        elif found := self.one(number, unit_id__in=mine, state__in=("open", "returned")):
            actions.submit(found, note="办了", unchanged=number % 5 == 0, by=by, at=self.at)

    def accept(self, by: Any, number: int, **more: Any) -> None:
        if found := self.one(number, state="submitted"):
            actions.accept(found, by=by, at=self.at, **more)

    def again(self, by: Any, number: int) -> None:
        self.accept(by, number, again_on=self.at.date() + timedelta(days=20))

    def return_(self, by: Any, number: int) -> None:
        if found := self.one(number, state="submitted"):
            actions.return_(found, note="补", by=by, at=self.at)

    def waive(self, by: Any, number: int) -> None:
        if found := self.one(number):
            actions.waive(found, reason="停", by=by, at=self.at)

    def break_down(self, by: Any, number: int) -> None:
        found = Assignment.objects.filter(unit=self.cast.units["beidu"]).order_by("id").first()
        assert found is not None
        unit = self.cast.units["beidu_b1" if number % 2 else "beidu_b2"]
        actions.break_down(found, [(unit, "", "")], by=by, at=self.at)

    def ask(self, by: Any, number: int) -> None:
        kind = Request.Kind.values[number % 4]
        if found := self.one(number):
            actions.ask(
                found.assignment,
                kind,
                occurrence=None if kind == "objection" else found,
                reason="缘由",
                wanted_on=self.at.date() + timedelta(days=200),
                awaits="上级",
                by=self.submitter(found) if number % 4 else by,
                at=self.at,
            )

    def grant(self, by: Any, number: int) -> None:
        asked = Request.objects.filter(state="asked").order_by("id").first()
        if asked is not None:
            to = self.cast.units["discipline"] if number % 2 else None
            actions.grant(asked, moved_to=to, by=by, at=self.at)

    def refuse(self, by: Any, number: int) -> None:
        asked = Request.objects.filter(state="asked").order_by("id").last()
        if asked is not None:
            actions.refuse(asked, answer="不同意", by=by, at=self.at)

    def pause(self, by: Any, number: int) -> None:
        if found := self.one(number):
            actions.pause(found, awaits="上级", reason="等答复", by=by, at=self.at)

    def resume(self, by: Any, number: int) -> None:
        if found := self.one(number, state="paused"):
            actions.resume(found, by=by, at=self.at)

    def check(self, by: Any, number: int, verdict: str = "effective") -> None:
        rows = Assignment.objects.filter(effect="unchecked").select_related("task").order_by("id")
        if found := rows.first():
            actions.check_effect(
                found,
                verdict=verdict,
                found="看了",
                again_on=self.at.date() + timedelta(days=30),
                by=by,
                at=self.at,
            )

    def ineffective(self, by: Any, number: int) -> None:
        self.check(by, number, "ineffective")

    def fold(self, by: Any, number: int) -> None:
        sums.fold(self.cast.organisation.pk, self.at.date())

    def move_unit(self, by: Any, number: int) -> None:
        """A branch changes its place: sums follow the tree of today, past days keep theirs."""
        unit = self.cast.units["beidu_b2"]
        above = self.cast.units["nanping" if number % 2 else "beidu"]
        orgs.move_unit(unit, parent=above, on=self.at.date(), by=self.cast.admin, at=self.at)

    def close(self, by: Any, number: int) -> None:
        """A branch is closed with whatever it has in its hands."""
        unit = Unit.objects.get(pk=self.cast.units["beidu_b1"].pk)
        for held in Appointment.objects.filter(post__unit=unit, valid_to__isnull=True):
            orgs.end_appointment(held, on=self.at.date(), by=self.cast.admin, at=self.at)
        orgs.close_unit(unit, on=self.at.date(), by=self.cast.admin, at=self.at)

    def hand_over(self, by: Any, number: int) -> None:
        unit = Unit.objects.get(pk=self.cast.units["beidu_b1"].pk)
        rows = list(leaving.left_behind(unit.organisation_id, unit.pk).order_by("id"))
        to = self.cast.units[("beidu_b2", "beidu", "nanping_b1")[number % 3]]
        who = self.cast.users["office_clerk"]
        actions.hand_over(unit, rows[number % 2 :], to, reason="合并", by=who, at=self.at)


setattr(Life, "return", Life.return_)


@contextmanager
def refused_or_done() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except Refusal:
        pass


def figures(cast: Cast, on: date) -> dict[str, summary.Figures]:
    root = cast.units["bureau"]
    return summary.today(cast.organisation.pk, root.pk, cast.paths["bureau"], on)


def past(cast: Cast, on: date) -> dict[str, summary.Figures]:
    return summary.as_of(cast.organisation, cast.paths["bureau"], on)


def earned(at: datetime) -> None:
    """Every closed assignment was closed by verdicts of somebody else, or let off."""
    for found in Assignment.objects.filter(state="closed"):
        for owed in found.occurrences.all():
            assert owed.state in ("accepted", "waived")
            if owed.state != "accepted":
                continue
            review = Review.objects.filter(occurrence=owed).order_by("id").last()
            assert review is not None
            assert review.verdict == "accepted"
            assert review.by_id != review.submission.by_id
            sits = access.standing_at(review.by, review.at).unit_ids
            assert found.unit_id not in sits
        assert not found.children.filter(state="open", part="lead").exists()
        assert found.effect in ("", "unchecked", "effective")
        if found.effect == "effective":
            assert EffectCheck.objects.filter(assignment=found, verdict="effective").exists()


def in_hands(cast: Cast, at: datetime) -> None:
    """What is owed is owed by a unit that stands, or stands on the list of what was left behind."""
    rest = Occurrence.objects.exclude(state__in=("accepted", "waived"))
    owing = set(rest.values_list("unit_id", flat=True))
    standing = access.standing_at(cast.users["office_clerk"], at)
    listed = {one.unit.pk for one in leaving.closed_units(standing)}
    assert (
        owing <= set(Placement.objects.on(standing.on).values_list("unit_id", flat=True)) | listed
    )


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_nothing_closes_by_itself_is_lost_or_miscounted(
    cast: Cast, steps: list[tuple[str, str, int]]
) -> None:
    with transaction.atomic():
        if not Directive.objects.exists():
            issue(cast)
        kinds = ("key", "hard")
        for number, task in enumerate(Task.objects.filter(rhythm="").order_by("id")):
            Task.objects.filter(pk=task.pk).update(task_kind=kinds[number % 2])
        life, known = Life(cast), set(Occurrence.objects.values_list("pk", flat=True))
        remembered: dict[date, dict[str, tuple[int, ...]]] = {}
        for act, who, number in steps:
            yesterday = life.at.date()
            life.act(act, who, number)
            now = set(Occurrence.objects.values_list("pk", flat=True))
            assert known <= now, "no occurrence is lost"
            known = now
            earned(life.at)
            assert sums.verify(cast.organisation.pk, life.at.date()) == []
            if life.at.date() > yesterday:
                remembered[yesterday] = past(cast, yesterday)
        today = life.at.date()
        in_hands(cast, life.at)
        assert figures(cast, today) == past(cast, today), "sums equal the recount"
        for day, then in remembered.items():
            assert past(cast, day) == then, "later acts change no past day"
        Reviewers(cast.organisation.pk, today)
        transaction.set_rollback(True)
