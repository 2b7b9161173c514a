"""A synthetic organisation of any size, for measuring: the same seed gives the same one.

Founding, importing and issuing are the real acts. What came of it is written as rows, since a
hundred thousand real reports would take an hour; one ledger entry a task keeps the states.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction

from luoshi.accounts.models import User
from luoshi.base import bulk
from luoshi.base.clock import day_of
from luoshi.demo import names
from luoshi.demo.deciding import decide_on_paper
from luoshi.demo.history import AHEAD, moment
from luoshi.demo.organisation import (
    DemoAccount,
    DemoAppointment,
    DemoOrganisation,
    DemoPerson,
    DemoPost,
    DemoUnit,
)
from luoshi.directives import actions as directives
from luoshi.directives.models import Directive, Part, Task
from luoshi.directives.price import Price
from luoshi.duties import actions as duties
from luoshi.duties import sums
from luoshi.duties.actions.settling import settle
from luoshi.duties.models import Assignment, Occurrence, Review, Submission, Transition
from luoshi.ledger import actions as ledger
from luoshi.ledger.sequence import sequence_all
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical
from luoshi.lib.canonical import moment as as_text
from luoshi.lib.ids import new_texts
from luoshi.orgs import founding, loading
from luoshi.orgs.models import Unit

State = Occurrence.State
Tables = dict[type[Submission | Review | Transition], list[tuple[Any, ...]]]
FAN_OUT = 50
A_YEAR = 3
"""Quarterly work that is issued in April falls due three times."""
RHYTHMS = {1: "每年", 2: "每半年", A_YEAR: "每季度"}
"""How often work falls due that is issued in April, in the words of a plan."""
PASSWORD = "luoshi-simulate"  # for synthetic people only, printed on the terminal
REPORTING = 30
"""Units whose secretary has an account; units below them are reported by it."""
NOTE = "本期工作已落实，记录已存档。"


@dataclass(frozen=True, slots=True)
class Made:
    """What was made; of the occurrences, how many were reported, and accepted of those."""

    clerk: User
    directive: Directive
    price: Price
    reported: int
    accepted: int


def plan(branches: int, seed: int, slug: str = "") -> DemoOrganisation:
    """A tree of branches below one root, at most `FAN_OUT` children each, one head each.

    Sign-in names begin with `slug` (default `s` and the seed).
    """
    rng = Random(seed)
    opened = date(2020, 1, 1)
    slug = slug or f"s{seed}"
    rows = [DemoUnit("u0", None, f"模拟局{seed}", "模拟局", "bureau", "", "", "")]
    for number in range(1, branches + 1):
        parent = f"u{(number - 1) // FAN_OUT}"
        rows.append(
            DemoUnit(
                f"u{number}", parent, f"第{number}支部", f"第{number}支部", "branch", "", "", ""
            )
        )
    known = names.draw(rng, min(branches, 400) + 2, set())
    people = [*known, *(f"模拟{n:06}" for n in range(len(known), branches + 2))]
    posts = [DemoPost("clerk", "u0", "经办人", "clerk", None, 1)]
    posts += [
        DemoPost(f"h{n}", f"u{n}", "书记", "secretary" if n else "head", None, 2)
        for n in range(branches + 1)
    ]
    return DemoOrganisation(
        name=f"模拟局{seed}",
        opened_on=opened,
        units=tuple(rows),
        posts=tuple(posts),
        people=tuple(DemoPerson(f"p{n}", name) for n, name in enumerate(people)),
        appointments=(
            DemoAppointment("p0", "clerk", opened),
            *(DemoAppointment(f"p{n + 1}", f"h{n}", opened) for n in range(branches + 1)),
        ),
        portfolios=(),
        accounts=(
            DemoAccount("p0", f"{slug}-clerk", ("org_admin",)),
            *(
                DemoAccount(f"p{n + 1}", f"{slug}-u{n}")
                for n in range(min(branches, REPORTING) + 1)
            ),
        ),
    )


def text(tasks: int, year: int, rest: int = 0) -> str:
    """A plan that asks the same of every branch: `tasks` a quarter, one more `rest` times a year.

    `rest` counts what is left of the year in April: 0 (no such task), 1 or 2.
    """
    lines = [f"{year}年模拟工作要点", "一、任务"]
    rhythms = [RHYTHMS[often] for often in [A_YEAR] * tasks + [rest] * bool(rest)]
    lines += [f"各党支部{r}上好第{n}课，形成第{n}课学习记录。" for n, r in enumerate(rhythms, 1)]
    return "\n".join(lines) + "\n"


def draft(
    branches: int, tasks: int, seed: int, *, year: int = 2026, rest: int = 0
) -> tuple[User, Directive]:
    """Organisation and a confirmed directive, ready to be issued in April of `year`."""
    slug, number = f"s{seed}", 1
    while User.objects.filter(username=f"{slug}-clerk").exists():
        slug, number = f"s{seed}-{number + 1}", number + 1
    planned = plan(branches, seed, slug)
    at = datetime(year, 1, 5, 1, tzinfo=UTC)
    clerk = founding.found_with_user(
        planned.name,
        username=planned.accounts[0].username,
        name=planned.people[0].name,
        password=PASSWORD,
        duties=[User.ORG_ADMIN],
        at=at,
    )
    loaded = loading.load(planned, by=clerk, at=at)
    loading.open_accounts(planned.accounts, loaded, password=PASSWORD, by=clerk, at=at)
    directive = directives.import_directive(
        text=text(tasks, year, rest),
        title="",
        owner=loaded.units["u0"],
        year=year,
        by=clerk,
        at=at,
        again=True,
    )
    directives.confirm(directive, by=clerk, at=at)
    return clerk, directive


def make(
    units: int,
    occurrences: int,
    seed: int,
    *,
    year: int = 2026,
    progress: Callable[[int, int], None] | None = None,
) -> Made:
    """An organisation of `units`, the root counted, with as near to `occurrences` as can be.

    Most of what fell due by July is reported, and accepted or returned. At least two units.
    """
    branches = units - 1
    tasks, left = divmod(occurrences, branches * A_YEAR)
    rest = round(left / branches)
    if rest == A_YEAR:
        tasks, rest = tasks + 1, 0
    few = not tasks and occurrences < branches
    clerk, directive = draft(branches, tasks, seed, year=year, rest=1 if few else rest)
    at = datetime(year, 4, 1, 1, tzinfo=UTC)
    if few:
        some = Unit.objects.filter(organisation_id=clerk.organisation_id, unit_kind="branch")
        lead = list(some.order_by("position").values_list("pk", flat=True)[:occurrences])
        directives.change_task(directive.tasks.get(), values={}, lead=lead, by=clerk, at=at)
    decide_on_paper(directive, signer=clerk.name, by=clerk, at=at)
    price = duties.issue(directive, by=clerk, at=at)
    now = at + timedelta(days=100)
    reported, accepted = live(directive, clerk, seed, issued=at, now=now, progress=progress)
    sequence_all(holder="simulate", now=now)
    return Made(clerk, directive, price, reported, accepted)


def live(
    directive: Directive,
    clerk: User,
    seed: int,
    *,
    issued: datetime,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[int, int]:
    """Reports and verdicts on an issued directive up to `now`; how many reported, how many passed.

    The organisation is one of `draft`.
    """
    life = _Life(directive, clerk, Random(seed), issued=issued, now=now)
    todo = list(directive.tasks.filter(state=Task.State.ISSUED).order_by("position", "id"))
    for number, task in enumerate(todo, 1):
        life.live(task)
        if progress:
            progress(number, len(todo))
    sums.rebuild(clerk.organisation_id, day_of(now))
    return life.reported, life.accepted


@dataclass(slots=True)
class _Life:
    """What the units did between `issued` and `now`, as rows in the database's own types."""

    directive: Directive
    clerk: User
    rng: Random
    issued: datetime
    now: datetime
    reported: int = 0
    accepted: int = 0
    reporters: dict[UUID, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        organisation_id = self.clerk.organisation_id
        units = Unit.objects.filter(organisation_id=organisation_id).order_by("position")
        heads: dict[UUID, UUID] = dict(
            User.objects.filter(
                organisation_id=organisation_id,
                person__appointments__post__post_role__in=("head", "secretary"),
            ).values_list("person__appointments__post__unit_id", "pk")
        )
        order = list(units.values_list("pk", flat=True))
        for number, unit_id in enumerate(order):
            above = order[max(number - 1, 0) // FAN_OUT]
            self.reporters[unit_id] = heads.get(unit_id) or self.reporters[above]

    def _steps(self, due_on: date) -> list[tuple[str, datetime]]:
        """The states of one occurrence and when: most in time, some late, a few not at all."""
        draw, early, wait = self.rng.random(), self.rng.randint(1, 20), self.rng.randint(1, 6)
        if draw < 0.04:
            return []
        due = datetime.combine(due_on, time(8), tzinfo=UTC)
        day = due + timedelta(days=early if draw < 0.1 else -early)
        first = moment(max(day, self.issued + timedelta(days=1)), self.rng)
        end = State.RETURNED if draw > 0.95 else State.ACCEPTED
        steps = [(str(State.SUBMITTED), first), (str(end), first + timedelta(days=wait))]
        return [(state, at) for state, at in steps if at < self.now]

    @transaction.atomic
    def live(self, task: Task) -> None:
        """Reports and verdicts of one task; its entry has a row for each state that moved."""
        owed = Occurrence.objects.filter(
            organisation_id=task.organisation_id,
            directive_id=self.directive.pk,
            task_id=task.pk,
            due_on__lte=self.now.date() + timedelta(days=AHEAD),
        ).order_by("due_on", "unit__position", "id")
        moved: dict[tuple[str, int, date | None], list[UUID]] = {}
        rows: list[dict[str, Any]] = []
        tables: Tables = {
            Submission: [],
            Transition: [],
            Review: [],
        }
        for pk, unit_id, due_on in owed.values_list("pk", "unit_id", "due_on"):
            steps = self._steps(due_on) if due_on else []
            if not steps:
                continue
            state, at = steps[-1]
            closed_on = day_of(at) if state == State.ACCEPTED else None
            moved.setdefault((state, 1 + len(steps), closed_on), []).append(pk)
            rows.append({"id": str(pk), "state": state, "version": 1 + len(steps)})
            self._write(tables, pk, unit_id, due_on, steps)
            self.reported += 1
            self.accepted += state == State.ACCEPTED
        for (state, version, closed_on), ids in moved.items():
            for start in range(0, len(ids), 500):
                Occurrence.objects.filter(pk__in=ids[start : start + 500]).update(
                    state=state, version=version, closed_on=closed_on
                )
        for model, values in tables.items():
            bulk.insert(model, [f.column for f in model._meta.concrete_fields], values)
        closed = self._close(task)
        if rows:
            ledger.append(
                "occurrences.simulated",
                organisation_id=task.organisation_id,
                actor=self.clerk.actor,
                at=self.now,
                object_kind="task",
                object_id=task.pk,
                version=task.version,
                values={"closed": closed} if closed else {},
                rows=rows,
            )

    def _close(self, task: Task) -> list[dict[str, Any]]:
        """Close the assignments of the task that owe nothing any more; for the entry."""
        open_ones = Occurrence.objects.filter(task_id=task.pk).exclude(state=State.ACCEPTED)
        done = Assignment.objects.filter(
            organisation_id=task.organisation_id, task_id=task.pk, part=Part.LEAD
        ).exclude(pk__in=open_ones.values("assignment_id"))
        tally, changed = sums.Tally(), list[dict[str, Any]]()
        for assignment in done.order_by("id"):
            changed += settle(assignment, by=self.clerk, at=self.now, tally=tally)
        tally.write(task.organisation_id)
        return changed

    def _write(
        self,
        tables: Tables,
        pk: UUID,
        unit_id: UUID,
        due_on: date | None,
        steps: list[tuple[str, datetime]],
    ) -> None:
        """The rows of one occurrence, columns in the order of the models."""
        value, kept = bulk.uuid_writer(), bulk.db_moment
        organisation, occurrence = value(self.clerk.organisation_id), value(pk)
        reporter = value(self.reporters[unit_id])
        ids = new_texts(4)
        submission, before = ids.pop(), str(State.OPEN)
        for state, at in steps:
            by = reporter if state == State.SUBMITTED else value(self.clerk.pk)
            tables[Transition].append(
                (
                    value(ids.pop()), organisation, occurrence, before, state, due_on, due_on,
                    kept(at), by,
                )
            )  # fmt: skip
            before = state
            if state == State.SUBMITTED:
                tables[Submission].append(
                    (
                        value(submission), organisation, occurrence, value(unit_id), by, kept(at),
                        "", day_of(at), NOTE, str(Part.LEAD), None,
                    )
                )  # fmt: skip
                content = {
                    "submission": submission,
                    "occurrence": str(pk),
                    "note": NOTE,
                    "happened_on": day_of(at).isoformat(),
                    "at": as_text(at),
                    "files": [],
                }
                continue
            salt = os.urandom(16)
            digest = merkle.commitment(salt, canonical(content)).hex()
            note = "请补齐记录。" if state == State.RETURNED else ""
            tables[Review].append(
                (
                    value(ids.pop()), organisation, occurrence, value(submission), state, by,
                    kept(at), note, False, True, salt.hex(), digest,
                )
            )  # fmt: skip
