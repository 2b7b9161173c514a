"""Changing draft tasks: one at a time on the triage page, many at once in the grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change
from luoshi.base.clock import day_of
from luoshi.base.names import typed, typed_text
from luoshi.base.refused import BadInput, NotAllowed, Refused
from luoshi.directives import milestones, proposals
from luoshi.directives.actions.common import open_for, record
from luoshi.directives.bounds import within_bounds
from luoshi.directives.models import (
    Directive,
    Milestone,
    Part,
    Requirement,
    Task,
    TaskKind,
    TaskUnit,
)
from luoshi.lib.ids import new_id
from luoshi.lib.periods import CADENCES
from luoshi.orgs import queries
from luoshi.orgs.models import Appointment

if TYPE_CHECKING:
    from luoshi.accounts.models import User

MEASURE = 10_000
FIELDS = {
    "title", "measure", "check_text", "task_kind", "due_on", "rhythm", "times", "note",
    "rewritten", "rewrite_reason", "leader_id", "within", "within_unit", "success", "target",
    "check_after", "supervises", "object_text", "evidence_text",
}  # fmt: skip
TEXTS = {
    "check_text": 200, "note": 500, "rewrite_reason": 500, "success": 300, "target": 100,
    "object_text": 200, "evidence_text": 200,
}  # fmt: skip
MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class Edit:
    """New values for one task of a grid: fields, and units where they changed (None: as before)."""

    task_id: UUID
    seen: int
    values: Mapping[str, Any]
    lead: Sequence[UUID] | None = None
    support: Sequence[UUID] | None = None


class GridRefused(Refused):
    """Some cells of a grid cannot be taken; nothing was saved. `cells` is (task, field) → text."""

    default = _("Some cells cannot be taken; nothing was saved. They are marked.")

    def __init__(self, cells: dict[tuple[UUID, str], str]) -> None:
        super().__init__()
        self.cells = cells


def _checked(task: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` cleaned; raises `BadInput` bound to the field."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise ValueError(name)
        if name == "title":
            value = typed(value, field=name, most=200)
        elif name in TEXTS:
            value = typed(value, field=name, most=TEXTS[name], optional=True)
        elif name == "check_after" and value is not None and not 0 <= int(value) <= 730:
            raise BadInput(_("From 0 to 730 days."), field=name)
        elif name == "measure":
            value = typed_text(str(value), field=name, most=MEASURE)
            if not value:
                raise BadInput(_("Fill this in."), field=name)
        elif name == "task_kind" and value not in TaskKind.values:
            raise BadInput(_("Choose key, basic or hard."), field=name)
        elif name == "rhythm" and value and value not in CADENCES:
            raise BadInput(_("Choose a cadence from the list."), field=name)
        elif name == "times" and not 1 <= int(value) <= 31:
            raise BadInput(_("From 1 to 31 times a period."), field=name)
        elif name == "leader_id" and value is not None:
            known = Appointment.objects.filter(organisation_id=task.organisation_id, pk=value)
            if not known.exists():
                raise BadInput(_("Choose a leader from the list."), field=name)
        elif name == "due_on" and value is not None and not 1990 <= value.year <= 2100:
            raise BadInput(_("Type a day like 2026-06-30."), field=name)
        if getattr(task, name) != value:
            if name in ("title", "measure", "check_text", "note", "object_text", "evidence_text"):
                within_bounds(value, field=name)
            found[name] = value
    return found


def assign(
    task: Task,
    values: Mapping[str, Any],
    *,
    on: datetime,
    lead: Sequence[UUID] | None = None,
    support: Sequence[UUID] | None = None,
    seen: int | None = None,
) -> dict[str, Any]:
    """Store values and units of one draft task (no entry: the calling act records them).

    Returns what changed, for the ledger. New lead units bring a new proposed leader, and clear a
    chosen one that was proposed for the old units. Milestones set kind and day (`milestones.hold`).
    Raises `BadInput`, `Stale`.
    """
    milestones.hold(task, values)
    return _put(task, values, on=on, lead=lead, support=support, seen=seen)


def _put(
    task: Task,
    values: Mapping[str, Any],
    *,
    on: datetime,
    lead: Sequence[UUID] | None = None,
    support: Sequence[UUID] | None = None,
    seen: int | None = None,
) -> dict[str, Any]:
    """`assign` without the question whether milestones stand."""
    if task.state != Task.State.DRAFT:
        raise Refused(_("This task was issued; it no longer changes here."))
    changed = _checked(task, values)
    shown: dict[str, Any] = dict(changed)
    if lead is not None or support is not None:
        units = _set_units(task, lead, support, on)
        shown["units"] = [[str(u.unit_id), u.part] for u in units]
        directive = task.directive
        day = day_of(on)
        path = queries.path_of(directive.owner_id, day)
        proposals.proposer(directive, path=path, on=day).propose_leader(task, units)
        changed |= {
            "leader_proposed_id": task.leader_proposed_id,
            "leader_why": task.leader_why,
        }
    change(task, seen=seen, **changed)
    return shown


def _set_units(
    task: Task, lead: Sequence[UUID] | None, support: Sequence[UUID] | None, on: datetime
) -> list[TaskUnit]:
    old = list(task.units.all())
    wanted: dict[tuple[UUID, str], None] = {}
    for part, ids in ((str(Part.LEAD), lead), (str(Part.SUPPORT), support)):
        kept = [u.unit_id for u in old if u.part == part] if ids is None else ids
        for unit_id in kept:
            if part == Part.LEAD or (unit_id, str(Part.LEAD)) not in wanted:
                wanted[(unit_id, part)] = None
    standing = queries.paths_of({unit for unit, _part in wanted}, day_of(on))
    owner = queries.path_of(task.directive.owner_id, day_of(on))
    for unit_id, part in wanted:
        if not standing.get(unit_id, "").startswith(owner):
            field = "lead" if part == Part.LEAD else "support"
            raise BadInput(_("A unit outside your tree cannot be given a task."), field=field)
    TaskUnit.objects.filter(
        pk__in=[u.pk for u in old if (u.unit_id, u.part) not in wanted]
    ).delete()
    have = {(u.unit_id, u.part): u for u in old if (u.unit_id, u.part) in wanted}
    new = [
        TaskUnit(
            id=new_id(),
            organisation_id=task.organisation_id,
            task=task,
            unit_id=unit_id,
            part=part,
        )
        for unit_id, part in wanted
        if (unit_id, part) not in have
    ]
    TaskUnit.objects.bulk_create(new, batch_size=500)
    return [*have.values(), *new]


@transaction.atomic
def change_task(
    task: Task,
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
    values: Mapping[str, Any],
    lead: Sequence[UUID] | None = None,
    support: Sequence[UUID] | None = None,
) -> None:
    """Change a draft task. A rewrite of a bound clause needs `rewrite_reason`."""
    open_for(task.directive, "directive.plan", by=by, at=at)
    if values.get("rewritten"):
        if not str(values.get("rewrite_reason", "")).strip():
            raise BadInput(_("Give the reason for the rewriting."), field="rewrite_reason")
        clause = task.directive.text[task.requirement.start : task.requirement.end]
        if str(values.get("measure", task.measure)).strip() == clause.strip():
            raise BadInput(
                _("The wording is still that of the clause. Change what is asked."), field="measure"
            )
    changed = assign(task, values, lead=lead, support=support, seen=seen, on=at)
    record("task.changed", task, by=by, at=at, values=changed)


@transaction.atomic
def detail_task(
    task: Task,
    *,
    values: Mapping[str, Any],
    steps: Sequence[tuple[str, date]],
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Say by what a draft task is judged, its milestones (title, day), what it supervises.

    Milestones belong to key work, their days rise and none lies before the document's own; the last
    one is then the task's own day. Raises `BadInput` at the field, `Stale`.
    """
    open_for(task.directive, "directive.plan", by=by, at=at)
    kind = values.get("task_kind", task.task_kind)
    cleaned = [(typed(title, field="steps", most=100), day) for title, day in steps]
    if cleaned and kind != TaskKind.KEY:
        raise BadInput(_("Milestones belong to key work."), field="steps")
    if len(cleaned) > MOST_STEPS:
        raise BadInput(_("At most %(most)s milestones."), field="steps", most=MOST_STEPS)
    days = [day for _title, day in cleaned]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise BadInput(_("Each milestone lies behind the one before it."), field="steps")
    milestones.not_before(task.directive, cleaned)
    more = {"due_on": days[-1], "rhythm": "", "within": None} if days else {}
    changed = _put(task, {**values, **more}, seen=seen, on=at)
    task.milestones.all().delete()
    Milestone.objects.bulk_create(
        Milestone(
            organisation_id=task.organisation_id, task=task, number=n, title=title, due_on=day
        )
        for n, (title, day) in enumerate(cleaned, 1)
    )
    changed["milestones"] = [[title, day.isoformat()] for title, day in cleaned]
    record("task.changed", task, by=by, at=at, values=changed)


@transaction.atomic
def take_leader(task: Task, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """Take the proposed leader: the one click that fills it in."""
    open_for(task.directive, "directive.plan", by=by, at=at)
    if task.leader_proposed_id is None:
        raise Refused(_("No leader is proposed for this task."))
    changed = assign(task, {"leader_id": task.leader_proposed_id}, seen=seen, on=at)
    record("task.changed", task, by=by, at=at, values=changed)


@transaction.atomic
def change_tasks(directive: Directive, edits: Sequence[Edit], *, by: "User", at: datetime) -> int:
    """Save a grid: all edits or none. Returns how many tasks changed.

    Raises `GridRefused` with every bad cell at once, `Stale` when a row has moved on.
    """
    open_for(directive, "directive.plan", by=by, at=at)
    tasks = {
        t.pk: t
        for t in Task.objects.filter(directive=directive, pk__in=[e.task_id for e in edits])
        .select_related("requirement")
        .prefetch_related("units", "milestones")
    }
    bad: dict[tuple[UUID, str], str] = {}
    rows = []
    for edit in edits:
        task = tasks.get(edit.task_id)
        if task is None:
            raise NotAllowed()
        task.directive = directive
        try:
            changed = assign(
                task,
                edit.values,
                lead=edit.lead,
                support=edit.support,
                seen=edit.seen,
                on=at,
            )
        except BadInput as error:
            bad[(edit.task_id, error.field or "title")] = str(error)
            continue
        rows.append({"id": str(task.pk), "version": task.version, **_plain(changed)})
    if bad:
        raise GridRefused(bad)
    if not rows:
        return 0
    change(directive)
    record("tasks.changed", directive, by=by, at=at, values={}, rows=rows)
    return len(rows)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        k: v.isoformat() if isinstance(v, date) else str(v) if isinstance(v, UUID) else v
        for k, v in values.items()
    }


@transaction.atomic
def add_task(requirement: Requirement, *, title: str, by: "User", at: datetime) -> Task:
    """A further task on the same clause."""
    directive = requirement.directive
    open_for(directive, "directive.plan", by=by, at=at)
    task = Task.objects.create(
        organisation_id=directive.organisation_id,
        directive=directive,
        requirement=requirement,
        position=requirement.start,
        title=typed(title, field="title", most=200),
        measure=directive.text[requirement.start : requirement.end],
        task_kind=TaskKind.KEY,
        rewritten=False,
        leader_why={"code": "nobody"},
    )
    record("task.added", task, by=by, at=at, values=proposals.task_values(task, []))
    return task


@transaction.atomic
def remove_task(task: Task, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """Take a further task off its clause; the last one stays with the clause."""
    open_for(task.directive, "directive.plan", by=by, at=at)
    others = Task.objects.filter(requirement=task.requirement, state=Task.State.DRAFT)
    if not others.exclude(pk=task.pk).exists():
        raise Refused(_("A clause keeps one task. Triage the clause as context instead."))
    change(task, seen=seen, state=Task.State.WITHDRAWN)
    record("task.removed", task, by=by, at=at, values={"state": task.state})


__all__ = [
    "Edit",
    "GridRefused",
    "add_task",
    "assign",
    "change_task",
    "change_tasks",
    "detail_task",
    "remove_task",
    "take_leader",
]
