"""What issuing would cost others, counted by the schedule that issuing itself uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.base.clock import day_of
from luoshi.directives import schedule
from luoshi.directives.models import Directive, Part, Requirement, Task, TaskUnit, Triage
from luoshi.lib.workdays import Workdays, workdays
from luoshi.web.templatetags.ui import full_day

MINUTES_AN_ASK = 45
"""An assumption, said so on the page: what one report takes to write, with its proof."""


LACKS = {
    "unit": gettext_lazy("lead unit"),
    "time": gettext_lazy("date or cadence"),
    "rewrite": gettext_lazy("lawful wording"),
    "object": gettext_lazy("what is supervised"),
    "check": gettext_lazy("how it is checked"),
    "evidence": gettext_lazy("by what it is shown"),
}
IN_DETAILS = frozenset({"object", "check", "evidence"})
"""Lacks that are filled on the page of a task's details, not in the grid."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What keeps one task from going out; `codes` are keys of `LACKS`, or `over`, or `past`.

    `over`: no period of the year is left. `past`: `day` lies before the document's own, `issued`;
    it is that of the milestone `step` where one is named.
    """

    task_id: UUID
    requirement_id: UUID
    title: str
    codes: tuple[str, ...]
    day: date | None = None
    issued: date | None = None
    step: str = ""

    @property
    def missing(self) -> list[str]:
        """What is lacking, in words."""
        return [str(LACKS[code]) for code in self.codes if code in LACKS]

    @property
    def wrong(self) -> list[str]:
        """What is there and cannot stay, each in words of its own."""
        found = []
        if "over" in self.codes:
            found.append(_("no period of this year is left; give a date or a later year"))
        if "past" in self.codes:
            text = _("the date, %(day)s, lies before that of the document, %(issued)s")
            if self.step:
                text = _("milestone “%(step)s”, %(day)s, lies before the document, %(issued)s")
            days = {"day": full_day(self.day), "issued": full_day(self.issued)}
            found.append(text % {**days, "step": self.step})
        return found

    @property
    def place(self) -> str:
        """Where it is mended: `clause` (the triage page), `details` of the task, or the `plan`."""
        if "rewrite" in self.codes:
            return "clause"
        return "details" if self.step or IN_DETAILS & set(self.codes) else "plan"


@dataclass(frozen=True, slots=True)
class Price:
    """What issuing would cost others: tasks, units, asks of the year; what is still lacking.

    `unknown_years` are years whose working days are not announced yet (weekends counted).
    """

    tasks: int
    units: int
    assignments: int
    asks: int
    lacks: tuple[Lack, ...]
    unknown_years: tuple[int, ...]

    @property
    def hours(self) -> int:
        """Hours that writing the reports will take, by `MINUTES_AN_ASK`."""
        return round(self.asks * MINUTES_AN_ASK / 60)

    def kept(self) -> dict[str, Any]:
        """What is kept of it with the directive."""
        return {
            "tasks": self.tasks,
            "units": self.units,
            "assignments": self.assignments,
            "asks": self.asks,
        }


def going_out(directive: Directive) -> list[Task]:
    """The draft tasks that issuing would hand out, in the order of the text."""
    return list(
        Task.objects.filter(
            organisation_id=directive.organisation_id,
            directive=directive,
            state=Task.State.DRAFT,
            requirement__state=Requirement.State.ACTIVE,
            requirement__triage=Triage.TASK,
        )
        .select_related("requirement")
        .order_by("position", "id")
    )


def units_of(directive: Directive) -> dict[UUID, list[tuple[UUID, str]]]:
    """task → (unit, part) of every task of the directive that goes out, or went.

    Clauses that are no task keep their units, in case they become one; nobody is told of those.
    """
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    rows = (
        TaskUnit.objects.filter(
            organisation_id=directive.organisation_id,
            task__directive=directive,
            task__requirement__state=Requirement.State.ACTIVE,
            task__requirement__triage=Triage.TASK,
        )
        .exclude(task__state=Task.State.WITHDRAWN)
        .order_by("id")
        .values_list("task_id", "unit_id", "part")
    )
    for task_id, unit_id, part in rows:
        found.setdefault(task_id, []).append((unit_id, part))
    return found


def table() -> Workdays:
    """The table of working days of this site."""
    return workdays(settings.WORKDAYS_FILE)


def vague(task: Task) -> list[str]:
    """What a supervision item (row S05) lacks to be more than a wish: object, check, evidence."""
    if not task.supervises:
        return []
    given = {"object": task.object_text, "check": task.check_text, "evidence": task.evidence_text}
    return [code for code, text in given.items() if not text.strip()]


def price_of(directive: Directive, *, at: datetime) -> Price:
    """The price of issuing at `at`: two queries, and the same schedule that issuing uses."""
    return counted(directive, going_out(directive), units_of(directive), at)


def _early(dues: Sequence[schedule.Due], issued_on: date | None) -> schedule.Due | None:
    """The first that falls due before the day of the document; None where none does."""
    return next((d for d in dues if issued_on and d.due_on and d.due_on < issued_on), None)


def counted(
    directive: Directive,
    tasks: Sequence[Task],
    units: Mapping[UUID, Sequence[tuple[UUID, str]]],
    at: datetime,
) -> Price:
    """The price of these tasks and units; `requirement` must be loaded with each task."""
    calendar, start = table(), day_of(at)
    milestones = schedule.milestones_of(directive.pk)
    asks = assignments = 0
    lacks, everyone, years = [], set(), set()
    for task in tasks:
        mine = units.get(task.pk, [])
        leads = sum(part == Part.LEAD for _unit, part in mine)
        dues = schedule.plan_dates(
            task,
            year=directive.year,
            start=start,
            calendar=calendar,
            deemed_after=directive.deemed_after,
            milestones=milestones.get(task.pk, ()),
        )
        codes = []
        if task.requirement.bound and not task.rewritten:
            codes.append("rewrite")
        if not leads:
            codes.append("unit")
        if not dues:
            codes.append("over" if task.rhythm else "time")
        early = _early(dues, directive.issued_on)
        codes += ["past"] if early else []
        codes += vague(task)
        if codes:
            lack = Lack(task.pk, task.requirement_id, task.title, tuple(codes))
            if early:
                step = {f"M{m.number}": m.title for m in milestones.get(task.pk, ())}
                lack = replace(
                    lack, day=early.due_on, issued=directive.issued_on, step=step.get(early.key, "")
                )
            lacks.append(lack)
        asks += leads * len(dues)
        assignments += len(mine)
        everyone |= {unit for unit, _part in mine}
        years |= set(schedule.unknown_years(dues, calendar))
    return Price(len(tasks), len(everyone), assignments, asks, tuple(lacks), tuple(sorted(years)))
