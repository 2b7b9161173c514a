"""What import proposes for a clause: its draft task, its units, its leader, its triage."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from luoshi.directives import resolving, triage
from luoshi.directives.models import Directive, Part, Requirement, Task, TaskKind, TaskUnit
from luoshi.directives.typed import RHYTHM_WORDS
from luoshi.lib.ids import new_id
from luoshi.orgs.models import Unit
from luoshi.reading import Obligation, read
from luoshi.reading.confidence import doubtful

HARD = re.compile(r"反复|销号|重新立|返工|复发|反弹|直到")
OPENING = re.compile(r"^(?:要|应当?|须|必须|还要|也要|继续)")
TITLE = 40
TABLE_ROW = "table_row"


def title_of(clause: str, *, drop: list[str]) -> str:
    """A short name for a task: the clause's first part that acts, without who and when.

    `drop` are phrases (actors, deadline) that stand in columns of their own.
    """
    parts = [p for p in re.split(r"[，；：]", clause) if p]
    for part in parts:
        for phrase in sorted(drop, key=len, reverse=True):
            part = re.sub(
                rf"(?:由|会同|在)?{re.escape(phrase)}(?:牵头|配合|负责)?", "", part, count=1
            )
        part = part.strip("、 的")
        part = OPENING.sub("", re.sub(r"^(?:于|到)", "", part)).strip("、 ")
        if len(part) >= 4:
            return part[:TITLE]
    return clause[:TITLE]


def kind_of(clause: str, rhythm: str) -> str:
    """Hard where work comes back until verified, basic where it recurs, else key (row S28)."""
    if HARD.search(clause):
        return str(TaskKind.HARD)
    return str(TaskKind.BASIC if rhythm else TaskKind.KEY)


@dataclass(slots=True)
class Draft:
    """A clause's rows, not yet saved."""

    requirement: Requirement
    task: Task
    units: list[TaskUnit]

    def values(self) -> dict[str, Any]:
        """The ledger row of this clause: enough to rebuild both."""
        r, t = self.requirement, self.task
        return {
            "requirement": {
                "id": str(r.pk), "start": r.start, "end": r.end, "triage": r.triage,
                "decided": r.decided, "state": r.state, "kind": r.kind, "modality": r.modality,
                "relayed": r.relayed, "bound": r.bound, "deadline": r.deadline,
                "cadence": r.cadence, "confidence": r.confidence,
            },
            "task": task_values(t, self.units),
        }  # fmt: skip


def task_values(task: Task, units: list[TaskUnit]) -> dict[str, Any]:
    """A task as the ledger keeps it."""
    return {
        "id": str(task.pk),
        "requirement": str(task.requirement_id),
        "title": task.title,
        "measure": task.measure,
        "check": task.check_text,
        "task_kind": task.task_kind,
        "due_on": task.due_on.isoformat() if task.due_on else None,
        "rhythm": task.rhythm,
        "times": task.times,
        "leader": str(task.leader_id) if task.leader_id else None,
        "rewritten": task.rewritten,
        "state": task.state,
        **{name: text for name in ("success", "target") if (text := getattr(task, name))},
        "units": [[str(u.unit_id), u.part] for u in units],
    }


@dataclass(slots=True)
class Proposer:
    """Makes drafts for one directive: the tree and the leaders are loaded once."""

    directive: Directive
    tree: resolving.Tree
    leaders: dict[UUID, list[tuple[UUID, str, str, date]]]

    def draft(self, found: Obligation) -> Draft:
        """Requirement, draft task and units of one obligation, with the default triage."""
        selectors = [asdict(s) for s in found.selectors]
        by_phrase = {s["phrase"]: resolving.resolve(s, self.tree) for s in selectors}
        leads = [p for p in (found.lead or found.actors) if p not in found.support]
        in_table = TABLE_ROW in found.why or {"actor_line", "deadline_line"} <= set(found.why)
        support_phrases = list(found.support)
        if found.lead and {TABLE_ROW, "actor_line"} & set(found.why):
            # columns or lines of who leads and of who is responsible: nobody is lost
            support_phrases += [a for a in found.actors if a not in (*leads, *support_phrases)]
        rhythm = found.rhythm.code or "" if found.rhythm else ""
        due = found.due.on if found.due else None
        requirement = Requirement(
            id=new_id(),
            organisation_id=self.directive.organisation_id,
            directive=self.directive,
            position=found.start,
            start=found.start,
            end=found.end,
            heading_path=list(found.heading_path),
            actors=list(found.actors),
            lead=list(found.lead),
            support=list(found.support),
            deadline=(found.deadline or "")[:200],
            cadence=(found.cadence or "")[:200],
            kind=found.kind,
            modality=found.modality,
            relayed=found.relayed,
            why=list(found.why),
            confidence=found.confidence,
            bound=found.bound or "",
            selectors=selectors,
        )
        drop = [*found.actors, *found.lead, *found.support, found.deadline or ""]
        task = Task(
            id=new_id(),
            organisation_id=self.directive.organisation_id,
            directive=self.directive,
            requirement=requirement,
            position=found.start,
            title=title_of(found.text, drop=[d for d in drop if d]),
            measure=found.text,
            check_text=(found.check or "")[:200],
            task_kind=kind_of(found.text, rhythm),
            due_on=due,
            due_why=found.due.why if found.due else "",
            rhythm=rhythm,
            times=found.rhythm.times if found.rhythm else 1,
        )
        units = self._units(task, leads, Part.LEAD, by_phrase)
        taken = {u.unit_id for u in units}
        support = self._units(task, support_phrases, Part.SUPPORT, by_phrase)
        units += [u for u in support if u.unit_id not in taken]
        self.propose_leader(task, units)
        lacking = triage.missing_of(
            task,
            lead_units=sum(u.part == Part.LEAD for u in units),
            bound=requirement.bound,
        )
        requirement.triage = triage.default(
            relayed=found.relayed,
            vague=bool(found.rhythm and found.rhythm.code is None),
            unsure=doubtful(found.confidence),
            lacking=lacking,
            in_table=in_table and bool(leads),
        )
        return Draft(requirement, task, units)

    def propose_leader(self, task: Task, units: list[TaskUnit]) -> None:
        """Set the proposed leader and the reason for it, from the lead units' portfolios."""
        nodes = [
            self.tree.by_id[u.unit_id]
            for u in units
            if u.part == Part.LEAD and u.unit_id in self.tree.by_id
        ]
        proposal = resolving.propose_leader(nodes, self.tree, self.leaders)
        task.leader_proposed_id = proposal.appointment_id
        task.leader_why = {
            "code": proposal.code,
            "names": list(proposal.names),
            "unit": proposal.unit,
            "since": proposal.since.isoformat() if proposal.since else None,
        }

    def _units(
        self, task: Task, phrases: list[str], part: str, by_phrase: dict[str, resolving.Resolved]
    ) -> list[TaskUnit]:
        found: dict[UUID, TaskUnit] = {}
        for phrase in phrases:
            resolved = by_phrase.get(phrase)
            for node in resolved.units if resolved else ():
                found.setdefault(
                    node.id,
                    TaskUnit(
                        id=new_id(),
                        organisation_id=self.directive.organisation_id,
                        task=task,
                        unit_id=node.id,
                        part=part,
                        phrase=phrase[:200],
                    ),
                )
        return list(found.values())


def proposer(directive: Directive, *, path: str, on: date) -> Proposer:
    """A proposer for a directive whose owner stands at `path` on a day (two queries)."""
    return Proposer(
        directive,
        resolving.tree_below(directive.organisation_id, path, on),
        resolving.leaders_by_unit(directive.organisation_id, on),
    )


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the words of an instruction themselves say, as it would be typed; empty: nothing."""

    lead: str
    support: str
    when: str

    def helps(self, lead: str, when: str) -> bool:
        """Whether it fills something that was left open."""
        return bool((self.lead and not lead.strip()) or (self.when and not when.strip()))

    def filled(self, typed: Mapping[str, str]) -> dict[str, str]:
        """The fields that were left open, filled in; what was typed stays."""
        own = {"lead": self.lead, "support": self.support, "when": self.when}
        return {n: typed.get(n, "").strip() or value for n, value in own.items()}


def suggest(text: str, *, owner: Unit, path: str, given_on: date, on: date) -> Suggested:
    """Read a few words like a document and say who and when; two queries. Nothing is kept."""
    directive = Directive(organisation_id=owner.organisation_id, owner=owner, text=text)
    propose = Proposer(directive, resolving.tree_below(owner.organisation_id, path, on), {})
    obligations = read(text, given_on, year=given_on.year).obligations
    names: dict[str, dict[str, None]] = {Part.LEAD: {}, Part.SUPPORT: {}}
    whens: list[str] = []
    for found in obligations:
        draft = propose.draft(found)
        for unit in draft.units:
            names[unit.part][propose.tree.by_id[unit.unit_id].name] = None
        if draft.task.rhythm:
            whens.append(str(RHYTHM_WORDS[draft.task.rhythm]))
        elif draft.task.due_on and draft.task.due_on >= on:
            whens.append(draft.task.due_on.isoformat())
    support = [n for n in names[Part.SUPPORT] if n not in names[Part.LEAD]]
    return Suggested("、".join(names[Part.LEAD]), "、".join(support), whens[0] if whens else "")


def check_of(clause: str) -> str:
    """A checkable result to propose where the clause names none; a person takes or changes it."""
    if re.search(r"学习|培训|教育|宣讲|党课|研讨", clause):
        return "学习记录"
    if re.search(r"会议|研究|听取|部署|例会", clause):
        return "会议记录"
    if re.search(r"检查|排查|督查|巡查|抽查|自查|清理", clause):
        return "检查情况和问题清单"
    if re.search(r"制度|办法|细则|机制|清单|方案", clause):
        return "印发的文件"
    if re.search(r"整改|整治|纠正|解决", clause):
        return "整改情况及佐证"
    return "落实情况及佐证"
