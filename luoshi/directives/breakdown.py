"""What a breakdown says at a moment, in one canonical form: what approvals bind to.

An approval holds only for exactly this. Ids stand for units, leaders and clauses, so that renaming
a unit changes nothing; the words for them are looked up when a difference is shown.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.directives.models import (
    Directive,
    Milestone,
    Part,
    Requirement,
    Task,
    TaskKind,
    TaskUnit,
    Triage,
)
from luoshi.directives.price import units_of
from luoshi.directives.rows import within_in_words
from luoshi.directives.schedule import milestones_of
from luoshi.directives.typed import RHYTHM_WORDS
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical
from luoshi.orgs.models import Appointment, Unit
from luoshi.web.templatetags.ui import full_day, joined

Content = dict[str, Any]

FIELDS: Mapping[str, Any] = {
    "title": gettext_lazy("Task"),
    "measure": gettext_lazy("Wording"),
    "lead": gettext_lazy("Lead unit"),
    "support": gettext_lazy("Support units"),
    "due_on": gettext_lazy("Date"),
    "rhythm": gettext_lazy("Cadence"),
    "times": gettext_lazy("Times a period"),
    "check": gettext_lazy("Checked by"),
    "leader": gettext_lazy("Leader"),
    "task_kind": gettext_lazy("Kind"),
    "rewrite_reason": gettext_lazy("Reason for rewriting"),
    "note": gettext_lazy("Note"),
    "within": gettext_lazy("Time after receipt"),
    "milestones": gettext_lazy("Milestones"),
    "success": gettext_lazy("Judged by"),
    "target": gettext_lazy("Target value"),
    "check_after": gettext_lazy("Effect check after days"),
    "supervises": gettext_lazy("Supervision item"),
    "object": gettext_lazy("What is supervised"),
    "evidence": gettext_lazy("Shown by"),
}
"""The fields of a task in a content, in the order in which differences are shown."""
MORE = (
    "task_kind", "leader", "milestones", "success", "target", "check_after", "supervises",
    "object", "evidence", "times", "rewrite_reason", "note",
)  # fmt: skip
"""What a line says below its columns, where a task has it: everything else that is bound."""
FEW, MOST_NAMES = 3, 8


def content_of(
    directive: Directive,
    units: Mapping[UUID, Sequence[tuple[UUID, str]]] | None = None,
) -> Content:
    """The breakdown as it stands: every task that goes (or went) out, and what is set aside.

    `units` are those of `price.units_of`, where they are at hand. Three queries. `tasks` is id
    → fields in the order of the text (`order`); `aside` is clause id → `[triage, start, end,
    what covers it]` of every active clause that is no task.
    """
    if units is None:
        units = units_of(directive)
    texts = {unit: str(unit) for pairs in units.values() for unit, _part in pairs}
    lead, steps = str(Part.LEAD), milestones_of(directive.pk)
    tasks: dict[str, Any] = {}
    for task in (
        Task.objects.filter(
            organisation_id=directive.organisation_id,
            directive=directive,
            requirement__state=Requirement.State.ACTIVE,
            requirement__triage=Triage.TASK,
        )
        .exclude(state=Task.State.WITHDRAWN)
        .select_related("requirement")
        .order_by("position", "id")
    ):
        mine = units.get(task.pk, [])
        tasks[str(task.pk)] = {
            "clause": [task.requirement.start, task.requirement.end],
            "title": task.title,
            "measure": task.measure,
            "check": task.check_text,
            "task_kind": task.task_kind,
            "due_on": task.due_on.isoformat() if task.due_on else None,
            "rhythm": task.rhythm,
            "times": task.times,
            "leader": str(task.leader_id) if task.leader_id else None,
            "rewrite_reason": task.rewrite_reason if task.rewritten else "",
            "note": task.note,
            "lead": sorted(texts[u] for u, part in mine if part == lead),
            "support": sorted(texts[u] for u, part in mine if part != lead),
            **_more(task, steps.get(task.pk, ())),
        }
    aside = {
        str(pk): [triage, start, end, (covered or {}).get("text", "")]
        for pk, triage, start, end, covered in Requirement.objects.filter(
            organisation_id=directive.organisation_id,
            directive=directive,
            state=Requirement.State.ACTIVE,
        )
        .exclude(triage=Triage.TASK)
        .values_list("pk", "triage", "start", "end", "covered_by")
    }
    return {
        "directive": str(directive.pk),
        "title": directive.title,
        "year": directive.year,
        "text": directive.sha256,
        "order": list(tasks),
        "tasks": tasks,
        "aside": aside,
    }


def _more(task: Task, steps: Sequence[Milestone]) -> dict[str, Any]:
    """What not every task has; what is empty is left out and changes no earlier approval."""
    found: dict[str, Any] = {
        "within": [task.within, task.within_unit] if task.within else None,
        "success": task.success,
        "target": task.target,
        "check_after": None if task.check_after is None else str(task.check_after),
        "supervises": task.supervises,
        "object": task.object_text,
        "evidence": task.evidence_text,
        "milestones": [[m.title, m.due_on.isoformat()] for m in steps],
    }
    return {name: value for name, value in found.items() if value}


def fingerprint(content: Content) -> str:
    """SHA-256 of the canonical content, as 64 hex digits: equal contents, equal prints."""
    return hashlib.sha256(canonical(content)).hexdigest()


def sealed(content: Content, salt: bytes) -> str:
    """SHA-256(salt ‖ canonical content): what an approval keeps."""
    return merkle.commitment(salt, canonical(content)).hex()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contents, in words.

    `what` is `added`, `removed`, `changed` (then `field`, `before`, `after` say what) or `aside`
    (a clause that is no task changed its triage). `task` names the task or the clause's place.
    """

    what: str
    task: str
    field: str = ""
    before: str = ""
    after: str = ""


def differences(before: Content, after: Content, directive: Directive) -> list[Change]:
    """What differs, in the order of the text. At most two queries, for names."""
    old, new = before["tasks"], after["tasks"]
    words = _Words(
        (
            unit
            for key in {*old, *new}
            for part in ("lead", "support")
            for unit in _moved(old.get(key), new.get(key), part)
        ),
        _leaders(before, after),
    )
    found: list[Change] = []
    for key in after["order"]:
        if key not in old:
            found.append(Change("added", new[key]["title"], after=words.brief(new[key])))
            continue
        for name, label in FIELDS.items():
            was, now = old[key].get(name), new[key].get(name)
            if was != now:
                shown = words.pair(name, was, now)
                found.append(Change("changed", new[key]["title"], str(label), *shown))
        if old[key]["clause"] != new[key]["clause"]:
            spans = (_clause(directive, old[key]["clause"]), _clause(directive, new[key]["clause"]))
            found.append(Change("changed", new[key]["title"], _("Source clause"), *spans))
    found += [
        Change("removed", old[key]["title"], before=words.brief(old[key]))
        for key in before["order"]
        if key not in new
    ]
    tasks = {(t["clause"][0], t["clause"][1]) for t in (*old.values(), *new.values())}
    for key in {**before["aside"], **after["aside"]}:
        was, now = before["aside"].get(key), after["aside"].get(key)
        span = now or was
        if was != now and (span[1], span[2]) not in tasks:
            place = _clause(directive, span[1:3])
            found.append(Change("aside", place, "", _triage(was), _triage(now)))
    if before["title"] != after["title"]:
        found.append(Change("changed", after["title"], _("Title"), before["title"], after["title"]))
    return found


def _triage(entry: Sequence[Any] | None) -> str:
    if entry is None:
        return "—"
    word = str(Triage(entry[0]).label)
    return f"{word}（{entry[3]}）" if entry[3] else word


def _clause(directive: Directive, span: Sequence[int]) -> str:
    text = directive.text[span[0] : span[1]]
    return text if len(text) <= 60 else f"{text[:58]}……"


class _Words:
    """Names of units and leaders, and the fields of tasks in words."""

    def __init__(self, units: Iterable[str], leaders: Iterable[str]) -> None:
        units, leaders = set(units), set(leaders)
        self.units: dict[str, str] = {}
        self.leaders: dict[str, str] = {}
        if units:
            rows = Unit.objects.filter(pk__in=units).values_list("pk", "name")
            self.units = {str(pk): name for pk, name in rows}
        if leaders:
            holders = Appointment.objects.filter(pk__in=leaders)
            self.leaders = {
                str(pk): f"{name} {title}"
                for pk, name, title in holders.values_list("pk", "person__name", "post__title")
            }

    def names(self, ids: Sequence[str], *, most: int = MOST_NAMES) -> str:
        """Units by name; beyond some, how many more."""
        text = joined([self.units.get(i, "?") for i in ids[:most]])
        if len(ids) > most:
            return _("%(names)s and %(count)s more") % {"names": text, "count": len(ids) - most}
        return text or "—"

    def pair(self, name: str, was: Any, now: Any) -> tuple[str, str]:
        """A field before and after; of units only those that came or went."""
        if name in ("lead", "support"):
            gone = [u for u in was or () if u not in (now or ())]
            come = [u for u in now or () if u not in (was or ())]
            return self.names(gone), self.names(come)
        return self.one(name, was), self.one(name, now)

    def one(self, name: str, value: Any) -> str:
        """A single value in words."""
        if value in (None, ""):
            return "—"
        if name == "leader":
            return self.leaders.get(value, "?")
        if name == "due_on":
            return full_day(date.fromisoformat(value))
        if name == "rhythm":
            return str(RHYTHM_WORDS[value])
        if name == "task_kind":
            return str(TaskKind(value).label)
        if name == "within":
            return within_in_words(*value)
        if name == "milestones":
            return joined([f"{title} {full_day(date.fromisoformat(on))}" for title, on in value])
        if name == "supervises":
            return _("yes") if value else _("no")
        return str(value)

    def more(self, task: Mapping[str, Any], names: Iterable[str]) -> Iterable[tuple[str, str]]:
        """What a task says beside its columns: (name, words) of each that is there."""
        for name in names:
            value = task.get(name)
            if value and not (name == "times" and (value == 1 or not task["rhythm"])):
                yield str(FIELDS[name]), self.one(name, value)

    def brief(self, task: Mapping[str, Any]) -> str:
        """Who and when of a task that came or went."""
        return f"{self.names(task['lead'])} · {self.when(task)}"

    def when(self, task: Mapping[str, Any]) -> str:
        """The cadence, with its last day where there is one, or the date."""
        if task["rhythm"] and task["due_on"]:
            return f"{self.one('rhythm', task['rhythm'])} → {self.one('due_on', task['due_on'])}"
        name = "rhythm" if task["rhythm"] else "due_on"
        if task.get("within") and not task["due_on"]:
            name = "within"
        return self.one(name, task[name])


def _moved(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, part: str
) -> set[str]:
    old = set(before[part]) if before else set()
    new = set(after[part]) if after else set()
    return old ^ new


def _leaders(*contents: Content) -> set[str]:
    return {t["leader"] for c in contents for t in c["tasks"].values() if t["leader"]}


@dataclass(frozen=True, slots=True)
class Line:
    """A task of a content in words, for who is asked about it: all that an approval binds.

    `more` is (name, words) of what has no column of its own.
    """

    key: str
    title: str
    measure: str
    lead: str
    support: str
    when: str
    check: str
    more: tuple[tuple[str, str], ...]


def lines(content: Content, *, without: Collection[str] = ()) -> list[Line]:
    """The tasks in words, in the order of the text; four queries. `without`: fields to leave out.

    A group that a phrase named is written as the phrase does: 46个党支部.
    """
    tasks = content["tasks"]
    shown = {u for t in tasks.values() for part in ("lead", "support") for u in t[part][:FEW]}
    words = _Words(shown, _leaders(content))
    phrases: dict[str, dict[str, str]] = {}
    for task, unit, phrase in TaskUnit.objects.filter(task__in=list(tasks)).values_list(
        "task_id", "unit_id", "phrase"
    ):
        phrases.setdefault(str(task), {})[str(unit)] = phrase

    def units(key: str, part: str) -> str:
        ids = tasks[key][part]
        if len(ids) <= FEW:
            return words.names(ids)
        named = Counter(phrases.get(key, {}).get(i, "") for i in ids)
        if all(phrase.startswith("各") for phrase in named):
            return "、".join(f"{count}个{phrase[1:]}" for phrase, count in named.items())
        return words.names(ids, most=FEW)

    return [
        Line(
            key,
            tasks[key]["title"],
            tasks[key]["measure"],
            units(key, "lead"),
            units(key, "support"),
            words.when(tasks[key]),
            tasks[key]["check"],
            tuple(words.more(tasks[key], [name for name in MORE if name not in without])),
        )
        for key in content["order"]
    ]


@dataclass(frozen=True, slots=True)
class Aside:
    """A clause that is no task, in words: its beginning and what it was taken for."""

    clause: str
    triage: str


def asides(content: Content, directive: Directive) -> list[Aside]:
    """The clauses that the breakdown sets aside, in the order of the text; no query."""
    rows = sorted(content["aside"].values(), key=lambda row: (row[1], row[2]))
    return [Aside(_clause(directive, row[1:3]), _triage(row)) for row in rows]
