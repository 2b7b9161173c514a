"""What the units did since the speech: reports, verdicts, delays, through the same acts as people.

Everything is drawn from one seed, so the same day gives the same history.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from luoshi.accounts.models import User
from luoshi.duties import actions
from luoshi.duties.access import Reviewers
from luoshi.duties.models import Assignment, Occurrence, Request
from luoshi.duties.queries import authors_of, decision
from luoshi.orgs import access
from luoshi.orgs.models import Appointment

REPORTING = frozenset(
    role for role, grants in access.GRANTS.items() if "occurrence.submit" in grants
)
NOTES = (
    "已按要求完成，{check}随文附上。",
    "本期工作已落实，形成{check}，请审核。",
    "已办结，发现的问题已登记，{check}见附件。",
    "按时间节点完成，{check}已存档备查。",
    "已组织落实，参加人员和内容见{check}。",
)
RETURNS = (
    "{check}缺少日期和经办人，请补齐后再报。",
    "请附上{check}原件，目前只有文字说明。",
    "与上一期内容相同，请按本期实际情况填写。",
)
AHEAD = 9
"""Days ahead for which some have reported already, so that something waits for review."""


@dataclass(slots=True)
class Story:
    """What is to happen to one occurrence: moments and verdicts, in order."""

    occurrence: Occurrence
    steps: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass(slots=True)
class Told:
    """What happened, in figures."""

    submitted: int = 0
    accepted: int = 0
    returned: int = 0
    checked: int = 0
    asked: int = 0
    left: int = 0


ENTERED_AFTER = (0, 0, 0, 0, 0, 1, 1, 2, 3, 5, 9, 26)
"""Days from what happened to its report: mostly none, now and then weeks."""


def moment(day: datetime, rng: Random) -> datetime:
    """Some minute of that day's office hours, in the zone of the site."""
    zone = ZoneInfo(settings.TIME_ZONE)
    local = datetime.combine(
        day.astimezone(zone).date(), time(rng.randint(9, 17), rng.randint(0, 59)), tzinfo=zone
    )
    return local.astimezone(UTC)


def plan(occurrences: list[Occurrence], issued: datetime, now: datetime) -> list[Story]:
    """Who reports when: most in time, some late, a few not at all; a tenth part is returned once."""
    rng = Random(20260227)
    stories = []
    for occurrence in occurrences:
        story = Story(occurrence)
        draw, early = rng.random(), rng.randint(1, 9)
        due = datetime.combine(occurrence.due_on or issued.date(), time(8), tzinfo=UTC)
        if draw < 0.035:
            stories.append(story)
            continue
        delay = rng.randint(1, 6) if draw < 0.07 else -early
        at = moment(max(due + timedelta(days=delay), issued + timedelta(days=2)), rng)
        story.steps.append((at, "submitted"))
        at = moment(at + timedelta(days=rng.randint(1, 4)), rng)
        if rng.random() < 0.06:
            story.steps.append((at, "returned"))
            at = moment(at + timedelta(days=rng.randint(1, 3)), rng)
            story.steps.append((at, "submitted"))
            at = moment(at + timedelta(days=rng.randint(1, 3)), rng)
        story.steps.append((at, "accepted"))
        story.steps = [(when, what) for when, what in story.steps if when < now]
        stories.append(story)
    return stories


class Players:
    """Who reports for a unit, and who verifies it; standings are kept for the length of a day."""

    def __init__(self, organisation_id: UUID) -> None:
        self.organisation_id = organisation_id
        self.by_unit: dict[UUID, list[User]] = {}
        rows = (
            Appointment.objects.filter(
                organisation_id=organisation_id,
                valid_to__isnull=True,
                person__user__isnull=False,
            )
            .select_related("person__user", "post")
            .order_by("-post__position", "id")
        )
        self.verifiers: list[User] = []
        for row in rows:
            role = access.ROLE_OF_POST[row.post.post_role]
            if role in REPORTING:
                self.by_unit.setdefault(row.post.unit_id, []).append(row.person.user)
                if row.post.acts_for_id:
                    self.by_unit.setdefault(row.post.acts_for_id, []).append(row.person.user)
            if "occurrence.review" in access.GRANTS[role]:
                self.verifiers.append(row.person.user)
        self._day: object = None
        self._standings: dict[UUID, access.Standing] = {}
        self._reviewers: Reviewers | None = None

    def reporter(self, unit_id: UUID) -> User | None:
        """Somebody of the unit who may report."""
        return next(iter(self.by_unit.get(unit_id, ())), None)

    def verifier(self, occurrence: Occurrence, at: datetime) -> User | None:
        """The first who may verify it at that moment; the office's clerk where it may."""
        on = at.date()
        if on != self._day:
            self._day, self._standings = on, {}
            self._reviewers = Reviewers(self.organisation_id, on)
        assert self._reviewers is not None
        by = authors_of([occurrence])[occurrence.pk]
        for user in self.verifiers:
            if decision(self._standing(user, on), self._reviewers, occurrence, by).allowed:
                return user
        return None

    def checker(self, assignment: Assignment, at: datetime) -> User | None:
        """The first who may check the effect of a closed assignment."""
        on = at.date()
        if on != self._day:
            self._day, self._standings = on, {}
            self._reviewers = Reviewers(self.organisation_id, on)
        assert self._reviewers is not None
        for user in self.verifiers:
            if actions.may_check(assignment, self._standing(user, on), self._reviewers).allowed:
                return user
        return None

    def _standing(self, user: User, on: date) -> access.Standing:
        if user.pk not in self._standings:
            self._standings[user.pk] = access.standing(user, on)
        return self._standings[user.pk]


FOUND = (
    "抽查三处，做法仍在执行，台账齐全。",
    "回访两个单位，反映的问题没有再出现。",
    "调阅当期材料，与报送一致，能看到变化。",
)
NOT_FOUND = "回头看发现同类问题又出现两起，措施没有落到人。"


@dataclass(slots=True)
class _Checks:
    """Effect checks on the day that they fall due; a few are left, one in twenty finds nothing."""

    directive_ids: Sequence[UUID]
    players: Players
    rng: Random = field(default_factory=lambda: Random(11))
    day: date | None = None

    def until(self, at: datetime) -> int:
        """Do what has fallen due by then; how many."""
        if at.date() == self.day:
            return 0
        self.day, done = at.date(), 0
        rows = Assignment.objects.filter(
            directive_id__in=self.directive_ids, effect="unchecked", check_on=self.day
        ).select_related("task", "directive")
        for assignment in rows.order_by("id"):
            draw = self.rng.random()
            who = self.players.checker(assignment, at) if draw < 0.85 else None
            if who is None:
                continue
            if draw < 0.05:
                actions.check_effect(
                    assignment, verdict="ineffective", found=NOT_FOUND,
                    again_on=self.day + timedelta(days=45), by=who, at=at,
                )  # fmt: skip
            else:
                found = self.rng.choice(FOUND)
                actions.check_effect(assignment, verdict="effective", found=found, by=who, at=at)
            done += 1
        return done


def tell(
    organisation_id: UUID,
    directive_ids: Sequence[UUID],
    *,
    issued: datetime,
    now: datetime,
    beside: Callable[[datetime], int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Told:
    """Let everything happen that falls due up to a week from `now`, in the order of time.

    `issued`: when the last of the directives was; `beside` is asked before each act to do what
    else has come due by then.
    """
    rows = list(
        Occurrence.objects.filter(
            organisation_id=organisation_id,
            directive_id__in=directive_ids,
            due_on__lte=now.date() + timedelta(days=AHEAD),
        )
        .select_related("task", "directive")
        .order_by("due_on", "task__position", "unit__position", "id")
    )
    stories = plan(rows, issued, now)
    told = Told(left=sum(not s.steps for s in stories))
    players = Players(organisation_id)
    rng = Random(7)
    events = list(_in_order(stories))
    checks = _Checks(directive_ids, players)
    for number, (at, what, story) in enumerate(events):
        if beside is not None:
            beside(at)
        told.checked += checks.until(at)
        occurrence = story.occurrence
        check = occurrence.task.check_text or "佐证"
        if what == "submitted":
            who = players.reporter(occurrence.unit_id)
            if who is None:
                continue
            note = rng.choice(NOTES).format(check=check)
            uploads = []
            if rng.random() < 0.35:
                body = f"{occurrence.task.title}\n{note}\n{at:%Y-%m-%d}\n".encode()
                uploads = [actions.Upload(f"{check}.txt", "text/plain", [body])]
            happened_on = max(at.date() - timedelta(days=rng.choice(ENTERED_AFTER)), issued.date())
            actions.submit(
                occurrence, note=note, uploads=uploads, happened_on=happened_on, by=who, at=at
            )
            told.submitted += 1
        elif occurrence.state == Occurrence.State.SUBMITTED:
            verifier = players.verifier(occurrence, at)
            if verifier is None:
                continue
            if what == "accepted":
                actions.accept(occurrence, by=verifier, at=at)
                told.accepted += 1
            else:
                note = rng.choice(RETURNS).format(check=check)
                actions.return_(occurrence, note=note, by=verifier, at=at)
                told.returned += 1
        if progress and number % 50 == 0:
            progress(number, len(events))
    if beside is not None:
        beside(now)
    told.asked = _requests(organisation_id, directive_ids[0], players, now)
    if progress:
        progress(len(events), len(events))
    return told


ASKED = (
    (Request.Kind.EXTENSION, "汛后清淤还没有收尾，走访要等水位退下去", "", True),
    (Request.Kind.EXTENSION, "承办的同志抽调参加专项检查，月底返岗", "", False),
    (Request.Kind.PAUSE, "补助口径还没有明确", "市财政局", True),
    (Request.Kind.PAUSE, "要等上级部门下发新的格式", "省水利厅办公室", False),
)
"""What units ask today, for whose answer, and whether it is granted at once."""


def _requests(organisation_id: UUID, directive_id: UUID, players: Players, now: datetime) -> int:
    """A few units ask for more time or a pause; half of it waits for the clerk's answer."""
    rows = Occurrence.objects.filter(
        organisation_id=organisation_id,
        directive_id=directive_id,
        unit__unit_kind="subordinate",
        state=Occurrence.State.OPEN,
        due_on__gte=now.date(),
    ).select_related("task", "directive", "assignment__task", "assignment__directive")
    found: dict[UUID, Occurrence] = {}
    for one in rows.order_by("due_on", "unit__position", "id"):
        found.setdefault(one.unit_id, one)
    done = 0
    for one, (kind, reason, awaits, granted) in zip(found.values(), ASKED, strict=False):
        who = players.reporter(one.unit_id)
        if who is None or one.due_on is None:
            continue
        asked = actions.ask(
            one.assignment, kind, occurrence=one, reason=reason, awaits=awaits,
            wanted_on=one.due_on + timedelta(days=20), by=who, at=now,
        )  # fmt: skip
        done += 1
        giver = next(
            (u for u in players.verifiers if actions.gave(access.standing(u, now.date()),
             one.assignment)), None,
        )  # fmt: skip
        if granted and giver is not None:
            actions.grant(asked, by=giver, at=now)
    return done


def _in_order(stories: list[Story]) -> Iterator[tuple[datetime, str, Story]]:
    events = [
        (at, order, number, what)
        for number, story in enumerate(stories)
        for order, (at, what) in enumerate(story.steps)
    ]
    for at, _order, number, what in sorted(events):
        yield at, what, stories[number]
