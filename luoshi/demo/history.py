"""What the units did since the speech: reports, verdicts, delays, through the same acts as people.

Everything is drawn from one seed, so the same day gives the same history.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from luoshi.accounts.models import User
from luoshi.duties import actions
from luoshi.duties.access import Reviewers
from luoshi.duties.models import Occurrence
from luoshi.duties.queries import decision, last_submission
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
        last = last_submission(occurrence)
        for user in self.verifiers:
            standing = self._standings.get(user.pk)
            if standing is None:
                standing = self._standings[user.pk] = access.standing(user, on)
            if decision(standing, self._reviewers, occurrence, last).allowed:
                return user
        return None


def tell(
    organisation_id: UUID,
    directive_id: UUID,
    *,
    issued: datetime,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Told:
    """Let everything happen that falls due up to a week from `now`, in the order of time."""
    rows = list(
        Occurrence.objects.filter(
            organisation_id=organisation_id,
            directive_id=directive_id,
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
    for number, (at, what, story) in enumerate(events):
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
    if progress:
        progress(len(events), len(events))
    return told


def _in_order(stories: list[Story]) -> Iterator[tuple[datetime, str, Story]]:
    events = [
        (at, order, number, what)
        for number, story in enumerate(stories)
        for order, (at, what) in enumerate(story.steps)
    ]
    for at, _order, number, what in sorted(events):
        yield at, what, stories[number]
