"""Deciding what a clause is: triage, filling what is missing, undo."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, Refused
from luoshi.directives import oldlists
from luoshi.directives import triage as rules
from luoshi.directives.actions import tasks
from luoshi.directives.actions.common import open_for, record
from luoshi.directives.models import OldTask, Requirement, Task, Triage
from luoshi.directives.queries import visible_to
from luoshi.orgs import access

if TYPE_CHECKING:
    from luoshi.accounts.models import User


class NotComplete(Refused):
    """The clause cannot become a task yet; `lacking` says what is missing."""

    def __init__(self, lacking: Sequence[str]) -> None:
        super().__init__(_("This clause still lacks: %(lacking)s."), lacking="、".join(lacking))
        self.lacking = list(lacking)


class MustRewrite(Refused):
    """The clause touches a bound and has not been rewritten."""

    default = _(
        "This clause may not go out as written. Rewrite the task and give the reason first."
    )


def _active(requirement: Requirement) -> None:
    if requirement.state != Requirement.State.ACTIVE:
        raise Refused(_("This clause was dismissed or replaced. Restore it first."))


@transaction.atomic
def set_triage(
    requirement: Requirement,
    triage: str,
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
    covered_by: str = "",
) -> None:
    """A person decides what the clause is. `covered` needs `covered_by`: a task's id, `old:` and
    the id of a task of an earlier year's list, or a text.

    Raises `MustRewrite` for a task out of a clause that touches a bound and was not rewritten.
    Adopting a relayed clause is `set_triage(…, "task")`.
    """
    standing = open_for(requirement.directive, "directive.triage", by=by, at=at)
    _active(requirement)
    if triage not in Triage.values:
        raise BadInput(_("Choose task, covered, relayed or context."), field="triage")
    values: dict[str, Any] = {"triage": triage, "decided": triage != Triage.UNDECIDED}
    as_written = Task.objects.filter(requirement=requirement, rewritten=False)
    if triage == Triage.TASK and requirement.bound and as_written.exists():
        raise MustRewrite()
    if triage == Triage.COVERED:
        values["covered_by"] = _cover(requirement, covered_by, standing)
    _store(requirement, values, by=by, at=at, seen=seen)


def _cover(requirement: Requirement, covered_by: str, standing: access.Standing) -> dict[str, str]:
    if not covered_by.strip():
        raise BadInput(_("Say which task or duty covers it."), field="covered_by")
    if covered_by.startswith("old:") and (old := _old_task(covered_by[4:], standing)):
        return {
            "kind": "old_task",
            "id": str(old.pk),
            "text": f"{old.title}（{old.old_list.name}）"[:300],
            "old_list": str(old.old_list_id),
        }
    try:
        task = Task.objects.filter(
            directive__in=visible_to(standing), pk=UUID(covered_by.strip())
        ).first()
    except ValueError:
        task = None
    if task is not None:
        if task.requirement_id == requirement.pk:
            raise BadInput(_("A clause cannot be covered by its own task."), field="covered_by")
        return {
            "kind": "task",
            "id": str(task.pk),
            "text": task.title,
            "directive": str(task.directive_id),
            "requirement": str(task.requirement_id),
        }
    return {"kind": "text", "id": "", "text": typed(covered_by, field="covered_by", most=200)}


def _old_task(pk: str, standing: access.Standing) -> OldTask | None:
    try:
        wanted = UUID(pk)
    except ValueError:
        return None
    return (
        OldTask.objects.filter(old_list__in=oldlists.visible_to(standing), pk=wanted)
        .select_related("old_list")
        .first()
    )


def _store(
    requirement: Requirement, values: dict[str, Any], *, by: "User", at: datetime, seen: int | None
) -> None:
    before = {
        "triage": requirement.triage,
        "decided": requirement.decided,
        "covered_by": requirement.covered_by,
        "by": str(by.pk),
    }
    change(requirement, seen=seen, before=before, **values)
    record("requirement.triaged", requirement, by=by, at=at, values=values)


@transaction.atomic
def undo(requirement: Requirement, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """Take back one's own last triage of this clause."""
    open_for(requirement.directive, "directive.triage", by=by, at=at)
    _active(requirement)
    before = requirement.before
    if not before or before.get("by") != str(by.pk):
        raise Refused(_("There is nothing of yours to undo on this clause."))
    values = {k: before[k] for k in ("triage", "decided", "covered_by")}
    change(requirement, seen=seen, before=None, **values)
    record("requirement.triaged", requirement, by=by, at=at, values=values)


@transaction.atomic
def fill(
    requirement: Requirement,
    task: Task,
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
    check: str,
    lead: Sequence[UUID],
    due_on: date | None,
    rhythm: str,
    within: int | None = None,
    within_unit: str = "workdays",
) -> bool:
    """Fill what a clause lacks, right on its row; with everything there it becomes a task.

    Returns whether it did. What was typed is kept either way. One entry: the clause's triage and
    the task's new values together.
    """
    open_for(requirement.directive, "directive.triage", by=by, at=at)
    _active(requirement)
    when = {"due_on": due_on, "rhythm": rhythm, "within": within, "within_unit": within_unit}
    changed = tasks.assign(task, {"check_text": check, **when}, lead=lead, on=at)
    lacking = rules.missing_of(task, lead_units=len(lead), bound=requirement.bound)
    values: dict[str, Any] = {}
    if not lacking and requirement.triage != Triage.TASK:
        values = {"triage": str(Triage.TASK), "decided": True}
    before = {
        "triage": requirement.triage,
        "decided": requirement.decided,
        "covered_by": requirement.covered_by,
        "by": str(by.pk),
    }
    change(requirement, seen=seen, **({**values, "before": before} if values else {}))
    record(
        "requirement.fields_changed",
        requirement,
        by=by,
        at=at,
        values={**values, "task": {"id": task.pk, **changed}},
    )
    return not lacking
