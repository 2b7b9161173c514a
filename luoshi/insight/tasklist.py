"""任务分解台账: the rows of the printed list, of the workbook and of the Word paper, the same."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from luoshi.directives import rows
from luoshi.directives.models import Directive, Part, Triage
from luoshi.duties.models import Assignment, SubmissionFile
from luoshi.insight import rollup
from luoshi.insight.rollup import Cell
from luoshi.orgs import paths
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import SEGMENT, Placement, Unit
from luoshi.papers.rows import GroupBy, TaskListRow, grouped
from luoshi.web.templatetags.ui import state_word


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the paper, and the state that its progress shows."""

    row: TaskListRow
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class Named:
    """A unit of the list: its name, told apart from others of that name, and its path."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines of a list, and every unit that the whole list names, in the order of the tree."""

    lines: list[Line]
    units: dict[UUID, Named]

    @property
    def rows(self) -> list[TaskListRow]:
        """The rows for a paper."""
        return [line.row for line in self.lines]

    @property
    def names(self) -> list[str]:
        """The units' names, in the order of the tree."""
        return [unit.name for unit in self.units.values()]

    def groups(self, by: GroupBy) -> list[tuple[str, list[Line]]]:
        """The lines under their headings."""
        lines = {line.row.number: line for line in self.lines}
        return [
            (group.heading, [lines[row.number] for row in group.rows])
            for group in grouped(self.rows, by, units=self.names)
        ]


def listing(directive: Directive, path: str, on: date, *, unit: Unit | None = None) -> Listing:
    """One line a task in the order of the text; figures are those at or below `path`.

    With `unit`, its extract: the tasks that it leads or supports, or was handed by a unit above,
    under their numbers of the whole list. Nine queries, ten for an extract.
    """
    cells: dict[UUID, Cell] = {}
    for (task_id, _branch), cell in rollup.by_branch(
        directive.organisation_id, directive.pk, path, on, depth=1
    ).items():
        cells.setdefault(task_id, Cell()).add(cell)
    files = _files(directive, path, on)
    effects = rollup.effects(directive.organisation_id, directive.pk, path, on)
    handed = _handed(directive, unit) if unit else set()
    works = [
        (row, work)
        for row in rows.rows_of(directive)
        if row.requirement.triage == Triage.TASK and row.requirement.state == "active"
        for work in row.works
    ]
    units = named((u.unit for _row, work in works for u in (*work.lead, *work.support)), on)
    lines = []
    for number, (row, work) in enumerate(works, 1):
        if unit and work.task.pk not in handed and not _takes_part(work, unit):
            continue
        cell = cells.get(work.task.pk, Cell())
        leads = tuple(units[u.unit_id].name for u in work.lead)
        known = effects.get(work.task.pk, (0, 0))
        line = _line(number, row, work, leads, cell, files.get(work.task.pk, 0), known)
        if unit and not cell.total and any(u.unit_id == unit.pk for u in work.support):
            helps = str(Part.SUPPORT.label)  # it owes nothing by date, so there are no figures
            line = replace(line, row=replace(line.row, progress=helps))
        lines.append(line)
    return Listing(lines, units)


def _takes_part(work: rows.Work, unit: Unit) -> bool:
    return any(u.unit_id == unit.pk for u in (*work.lead, *work.support))


def _handed(directive: Directive, unit: Unit) -> Collection[UUID]:
    """Tasks that the unit holds, among them those broken down to it by a unit above."""
    found = Assignment.objects.filter(
        organisation_id=directive.organisation_id, directive=directive, unit=unit
    )
    return set(found.values_list("task_id", flat=True))


def _files(directive: Directive, path: str, on: date) -> dict[UUID, int]:
    """task → how many files units at or below `path` have handed in."""
    found = SubmissionFile.objects.filter(
        organisation_id=directive.organisation_id, submission__occurrence__directive=directive
    )
    if paths.depth(path) > 1:
        below = Placement.objects.on(on).filter(
            paths.below(path), organisation_id=directive.organisation_id
        )
        found = found.filter(submission__unit_id__in=below.values("unit_id"))
    return dict(
        found.values("submission__occurrence__task_id")
        .annotate(count=Count("pk"))
        .values_list("submission__occurrence__task_id", "count")
    )


def named(units: Iterable[Unit], on: date) -> dict[UUID, Named]:
    """The units in the order of the tree (排序号 at each level), each under a name of its own.

    Where two are called alike, the unit above is added: 第一支部（北渡分局）. Two queries.
    """
    known = {unit.pk: unit for unit in units}
    if not known:
        return {}
    places = orgs.paths_of(known, on)
    above = {p for path in places.values() for p in paths.ancestors(path)[:-1]}
    organisation = next(iter(known.values())).organisation_id
    found = (
        Placement.objects.on(on)
        .filter(Q(path__in=above), organisation_id=organisation)
        .values_list("path", "unit__position", "unit__name")
    )
    parents = {path: (position, name) for path, position, name in found}
    twice = Counter(unit.name for unit in known.values())

    def order(unit: Unit) -> tuple[Sequence[tuple[int, str]], int, str]:
        path = places.get(unit.pk, "")
        steps = [(parents[p][0], p) for p in paths.ancestors(path)[:-1] if p in parents]
        return ([*steps, (unit.position, path)], unit.position, str(unit.pk))

    made = {}
    for unit in sorted(known.values(), key=order):
        path = places.get(unit.pk, "")
        parent = parents.get(path[:-SEGMENT], (0, ""))[1]
        own = f"{unit.name}（{parent}）" if twice[unit.name] > 1 and parent else unit.name
        made[unit.pk] = Named(own, path)
    return made


def _line(
    number: int,
    row: rows.Row,
    work: rows.Work,
    leads: tuple[str, ...],
    cell: Cell,
    files: int,
    effects: tuple[int, int],
) -> Line:
    task = work.task
    leader = f"{task.leader.person.name}" if task.leader else ""
    heading = (row.requirement.heading_path or [""])[0]
    notes = []
    if not task.leader and task.leader_proposed:
        notes.append(_("proposed leader: %(name)s") % {"name": task.leader_proposed.person.name})
    if task.rewritten:
        notes.append(_("rewritten: %(why)s") % {"why": task.rewrite_reason})
    if task.note:
        notes.append(task.note)
    return Line(
        TaskListRow(
            number=str(number),
            section=heading,
            title=task.title,
            measure=task.measure,
            leader=leader,
            lead=work.who,
            support=work.helpers,
            deadline=work.when,
            progress=progress(cell, effects),
            proof=_("%(count)s files") % {"count": files} if files else "",
            note="；".join(notes),
            source=_("no. %(number)s") % {"number": row.number},
            leads=leads,
        ),
        cell.state,
        state_word(cell.state),
    )


def progress(cell: Cell, effects: tuple[int, int] = (0, 0)) -> str:
    """应报12次，已审核通过3次，逾期1; then what is known of the effect of closed parts."""
    if not cell.total:
        return ""
    parts = [_("accepted %(done)s of %(total)s") % {"done": cell.done, "total": cell.total}]
    for name in ("overdue", "returned", "submitted"):
        if count := getattr(cell, name):
            parts.append(f"{state_word(name)}{count}")
    for name, count in zip(("unchecked", "effective"), effects, strict=True):
        if count:
            parts.append(f"{state_word(name)}{count}")
    return "，".join(parts)
