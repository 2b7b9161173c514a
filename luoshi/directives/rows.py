"""What the list of clauses shows of each: shape, who, when, what is missing, what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from luoshi.directives import reader, triage
from luoshi.directives.bounds import BOUNDS
from luoshi.directives.models import Directive, Part, Requirement, Task, TaskUnit, Triage
from luoshi.directives.typed import RHYTHM_WORDS
from luoshi.reading import REASONS, sentence
from luoshi.reading.confidence import doubtful
from luoshi.reading.explain import MODES, sign_name
from luoshi.reading.plain import NOTICES, notices
from luoshi.web.templatetags.ui import day

MARKS = {
    "task": "t",
    "covered": "k",
    "relayed": "y",
    "context": "x",
    "undecided": "w",
    "bound": "z",
}
"""state → class of the mark in the document."""
NAMES_SHOWN = 2


@dataclass(slots=True)
class Work:
    """One task of a clause with its units, in words."""

    task: Task
    lead: list[TaskUnit]
    support: list[TaskUnit]

    @property
    def who(self) -> str:
        """The lead units in a few characters."""
        return units_in_words(self.lead)

    @property
    def helpers(self) -> str:
        """The support units in a few characters."""
        return units_in_words(self.support)

    @property
    def when(self) -> str:
        """The date or cadence in words; empty where there is none."""
        return when_in_words(self.task)

    def names(self, part: str) -> str:
        """All names of a part as one would type them."""
        return "、".join(u.unit.name for u in (self.lead if part == Part.LEAD else self.support))

    @property
    def lead_names(self) -> str:
        """Every lead unit by name."""
        return self.names(Part.LEAD)

    def editable(self, part: str) -> str:
        """What the field holds for editing: the group phrase where it made all units, or names."""
        units = self.lead if part == Part.LEAD else self.support
        phrases = {u.phrase for u in units}
        if len(units) > NAMES_SHOWN and len(phrases) == 1 and (phrase := phrases.pop())[:1] == "各":
            return phrase
        return self.names(part)

    @property
    def lead_typed(self) -> str:
        """For the lead field."""
        return self.editable(Part.LEAD)

    @property
    def support_typed(self) -> str:
        """For the support field."""
        return self.editable(Part.SUPPORT)


@dataclass(slots=True)
class Row:
    """A clause of the list: its number (position among the shown), its state's name, its tasks."""

    number: int
    requirement: Requirement
    works: list[Work]
    clause: str

    @property
    def work(self) -> Work:
        """The first task: the one with the clause's own fields."""
        return self.works[0]

    @property
    def state(self) -> str:
        """task, covered, relayed, context, undecided, or bound where it may not go as written."""
        return "bound" if self.stopped else str(self.requirement.triage)

    @property
    def stopped(self) -> bool:
        """Whether the clause touches a bound and nobody rewrote it."""
        return bool(self.requirement.bound) and not self.work.task.rewritten

    @property
    def mark(self) -> str:
        """The class of its mark."""
        return MARKS[self.state]

    @property
    def doubtful(self) -> bool:
        """Whether the reader is unsure that it asks for something, and nobody has decided."""
        return not self.requirement.decided and doubtful(self.requirement.confidence)

    @property
    def lacking(self) -> list[str]:
        """Codes of what is missing for a task."""
        return triage.missing_of(
            self.work.task, lead_units=len(self.work.lead), bound=self.requirement.bound
        )

    @property
    def near(self) -> bool:
        """Whether one thing alone keeps a context clause from being a task."""
        return self.state == "context" and len(self.lacking) == 1 and bool(self.work.lead)

    @property
    def lacking_words(self) -> list[str]:
        """What is missing, in words."""
        words = {
            "check": pgettext("lacking", "result"),
            "unit": pgettext("lacking", "unit"),
            "time": pgettext("lacking", "date"),
            "rewrite": pgettext("lacking", "lawful wording"),
        }
        named = [*self.requirement.lead, *self.requirement.actors]
        if named and not self.work.lead:
            who = "、".join(dict.fromkeys(named))
            words["unit"] = _("no unit “%(name)s” here") % {"name": who[:40]}
        return [words[code] for code in self.lacking]

    @property
    def bound(self) -> tuple[Any, Any]:
        """What the clause touches, and the lawful alternative."""
        return BOUNDS[self.requirement.bound]

    @property
    def leader_why(self) -> str:
        """Why this leader is proposed, or why none is."""
        return leader_reason(self.work.task)

    @property
    def dim(self) -> bool:
        """Whether the row asks nothing of anyone."""
        return self.state in ("context", "relayed")


def units_in_words(units: Sequence[TaskUnit]) -> str:
    """办公室、计财科 · 46个党支部 · 12个单位."""
    if not units:
        return ""
    if len(units) > NAMES_SHOWN:
        groups: dict[str, int] = {}
        for unit in units:
            groups[unit.phrase] = groups.get(unit.phrase, 0) + 1
        if all(phrase.startswith("各") for phrase in groups):
            return "、".join(f"{count}个{phrase[1:]}" for phrase, count in groups.items())
        return ngettext("%(count)s unit", "%(count)s units", len(units)) % {"count": len(units)}
    return "、".join(u.unit.short_name or u.unit.name for u in units)


def when_in_words(task: Task) -> str:
    """每季度 · 每月2次 · 6月30日."""
    if task.rhythm:
        word = str(RHYTHM_WORDS[task.rhythm])
        if task.times > 1:
            word = _("%(rhythm)s, %(times)s times") % {"rhythm": word, "times": task.times}
        if task.due_on:
            word = _("%(rhythm)s until %(day)s") % {"rhythm": word, "day": day(task.due_on)}
        return word
    if task.within and not task.due_on:
        return within_in_words(task.within, task.within_unit)
    return day(task.due_on) if task.due_on else ""


def within_in_words(number: int, unit: str) -> str:
    """收到后10个工作日内 / within 10 working days of receipt."""
    if (get_language() or "").startswith("zh"):
        words = {"workdays": "个工作日", "days": "日", "months": "个月"}
        return f"收到后{number}{words[unit]}内"
    return f"within {number} {Task.Within(unit).label} of receipt"


def leader_reason(task: Task) -> str:
    """Why a leader is proposed, or why nobody is."""
    why = task.leader_why or {}
    if why.get("code") == "in_charge":
        since = date.fromisoformat(why["since"])
        return _("in charge of %(unit)s since %(year)s-%(month)s") % {
            "unit": why["unit"],
            "year": since.year,
            "month": since.month,
        }
    if why.get("code") == "several":
        return _("several are in charge: %(names)s") % {"names": "、".join(why["names"])}
    return _("nobody's portfolio covers the lead units")


def rows_of(directive: Directive, *, with_dismissed: bool = False) -> list[Row]:
    """All active clauses with their tasks and units, in the order of the text; four queries."""
    states = [Requirement.State.ACTIVE]
    if with_dismissed:
        states.append(Requirement.State.DISMISSED)
    requirements = list(
        Requirement.objects.filter(
            organisation_id=directive.organisation_id, directive=directive, state__in=states
        ).order_by("position", "id")
    )
    works = works_of(directive)
    rows = []
    number = 0
    for requirement in requirements:
        requirement.directive = directive
        mine = works.get(requirement.pk)
        if not mine:
            continue
        if requirement.state == Requirement.State.ACTIVE:
            number += 1
        rows.append(
            Row(number, requirement, mine, directive.text[requirement.start : requirement.end])
        )
    return rows


def works_of(directive: Directive) -> dict[UUID, list[Work]]:
    """requirement → its tasks that are not withdrawn, with units; two queries."""
    found: dict[UUID, list[Work]] = {}
    by_task: dict[UUID, Work] = {}
    tasks = (
        Task.objects.filter(organisation_id=directive.organisation_id, directive=directive)
        .exclude(state=Task.State.WITHDRAWN)
        .select_related(
            "leader__person", "leader__post", "leader_proposed__person", "leader_proposed__post"
        )
        .order_by("position", "id")
    )
    for task in tasks:
        task.directive = directive
        by_task[task.pk] = work = Work(task, [], [])
        found.setdefault(task.requirement_id, []).append(work)
    units = (
        TaskUnit.objects.filter(
            Q(task__directive=directive), organisation_id=directive.organisation_id
        )
        .select_related("unit")
        .order_by("unit__position", "unit_id")
    )
    for unit in units:
        if mine := by_task.get(unit.task_id):
            (mine.lead if unit.part == Part.LEAD else mine.support).append(unit)
    return found


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many clauses per tab; what may not go as written counts with what waits for a person."""
    found = dict.fromkeys([*Triage.values, "all", "doubtful"], 0)
    for row in rows:
        found["all"] += 1
        found["doubtful"] += row.doubtful
        found[tab_of(row)] += 1
    return found


def tab_of(row: Row) -> str:
    """The tab that a clause stands under."""
    return str(Triage.UNDECIDED) if row.stopped else str(row.requirement.triage)


@dataclass(frozen=True, slots=True)
class Stage:
    """How one sentence was read, in words: where it stands, the rule, signs for and against."""

    text: str
    part: str
    rule: str
    rule_directs: bool
    speaks_for: list[str]
    against: list[str]
    directs: bool


def stages_of(row: Row, language: str) -> list[Stage]:
    """The stages of the sentences of a clause."""
    requirement = row.requirement
    found = reader.stages(requirement.directive, requirement.start, requirement.end)
    number = 0 if language.startswith("zh") else 1
    return [
        Stage(
            text=one.text,
            part=MODES[one.mode][number],
            rule=sentence(one.rule, language),
            rule_directs=one.rule_directs,
            speaks_for=[sign_name(name, language) for name, weight in one.signs if weight > 0],
            against=[sign_name(name, language) for name, weight in one.signs if weight < 0],
            directs=one.directs,
        )
        for one in found
    ]


def reasons_of(row: Row, language: str) -> list[str]:
    """What the reader gave as reasons for a clause and its fields, in words."""
    return [sentence(code, language) for code in row.requirement.why if code in REASONS]


def notices_of(directive: Directive, language: str) -> list[str]:
    """What a person should know of the text, in words."""
    number = 0 if language.startswith("zh") else 1
    return [NOTICES[code][number] for code in notices(directive.text)]


def under(tab: str, rows: Sequence[Row], opened: Row | None) -> list[Row]:
    """The clauses of a tab in the order of the text; under `doubtful` the least sure come first."""
    if tab == "doubtful":
        unsure = [row for row in rows if row.doubtful or row is opened]
        return sorted(unsure, key=lambda row: (row.requirement.confidence or 0, row.number))
    return [row for row in rows if tab in ("all", tab_of(row)) or row is opened]
