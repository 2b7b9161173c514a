"""任务分解台账: the rows of the printed list and of the workbook, the same for both."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from luoshi.directives import rows
from luoshi.directives.models import Directive, Triage
from luoshi.duties.models import SubmissionFile
from luoshi.insight import rollup
from luoshi.insight.rollup import Cell
from luoshi.papers.tasklist import TaskListRow
from luoshi.web.templatetags.ui import state_word


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the paper, and the state that its progress shows."""

    row: TaskListRow
    state: str
    word: str


def lines(directive: Directive, path: str, on: date) -> list[Line]:
    """One line a task in the order of the text, grouped by its first heading; six queries."""
    found = []
    cells: dict[UUID, Cell] = {}
    for (task_id, _branch), cell in rollup.by_branch(
        directive.organisation_id, directive.pk, path, on, depth=1
    ).items():
        cells.setdefault(task_id, Cell()).add(cell)
    files = dict(
        SubmissionFile.objects.filter(
            organisation_id=directive.organisation_id,
            submission__occurrence__directive=directive,
        )
        .values("submission__occurrence__task_id")
        .annotate(count=Count("pk"))
        .values_list("submission__occurrence__task_id", "count")
    )
    number = 0
    for row in rows.rows_of(directive):
        if row.requirement.triage != Triage.TASK or row.requirement.state != "active":
            continue
        for work in row.works:
            number += 1
            cell = cells.get(work.task.pk, Cell())
            found.append(_line(number, row, work, cell, files.get(work.task.pk, 0)))
    return found


def _line(number: int, row: rows.Row, work: rows.Work, cell: Cell, files: int) -> Line:
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
            progress=progress(cell),
            proof=_("%(count)s files") % {"count": files} if files else "",
            note="；".join(notes),
            source=_("no. %(number)s") % {"number": row.number},
        ),
        cell.state,
        state_word(cell.state),
    )


def progress(cell: Cell) -> str:
    """已完成3/12，逾期1."""
    if not cell.total:
        return ""
    parts = [_("done %(done)s of %(total)s") % {"done": cell.done, "total": cell.total}]
    for name in ("overdue", "returned", "submitted"):
        if count := getattr(cell, name):
            parts.append(f"{state_word(name)}{count}")
    return "，".join(parts)
