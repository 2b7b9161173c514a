"""Which characters a clause has: its span, split, merge, dismissed, restored, added."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change
from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, Refused
from luoshi.directives import proposals, reader
from luoshi.directives.actions.common import open_for, record
from luoshi.directives.labels import BY_HAND
from luoshi.directives.models import Directive, Requirement, Task, TaskUnit
from luoshi.orgs import queries
from luoshi.reading import Obligation, read

if TYPE_CHECKING:
    from luoshi.accounts.models import User

EDGES = " \t\n　，,；;。！!：:、"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space and marks at its edges."""
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    return start, end


def _span(directive: Directive, start: int, end: int, field: str = "start") -> tuple[int, int]:
    if not 0 <= start < end <= len(directive.text):
        raise BadInput(_("Choose a stretch inside the text."), field=field)
    start, end = _trimmed(directive.text, start, end)
    if end - start < 2:
        raise BadInput(_("There is no clause in this stretch."), field=field)
    return start, end


def _overlaps(directive: Directive, start: int, end: int, *but: Requirement) -> None:
    other = (
        Requirement.objects.filter(
            directive=directive, state=Requirement.State.ACTIVE, start__lt=end, end__gt=start
        )
        .exclude(pk__in=[r.pk for r in but])
        .order_by("start")
        .first()
    )
    if other:
        shown = directive.text[other.start : other.end][:20]
        raise BadInput(
            _("This stretch shares characters with another clause: “%(shown)s…”."),
            field="start",
            shown=shown,
        )


def _active(requirement: Requirement) -> None:
    if requirement.state != Requirement.State.ACTIVE:
        raise Refused(_("This clause was dismissed or replaced. Restore it first."))


@transaction.atomic
def set_span(
    requirement: Requirement,
    *,
    start: int,
    end: int,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Bind the clause to other characters. The text itself never changes."""
    directive = requirement.directive
    open_for(directive, "directive.triage", by=by, at=at)
    _active(requirement)
    start, end = _span(directive, start, end)
    _overlaps(directive, start, end, requirement)
    why = [*requirement.why, *(() if BY_HAND in requirement.why else (BY_HAND,))]
    change(requirement, seen=seen, start=start, end=end, position=start, why=why)
    Task.objects.filter(requirement=requirement).update(position=start)
    values = {"start": start, "end": end, "why": why}
    record("requirement.span_changed", requirement, by=by, at=at, values=values)


def _added(
    directive: Directive,
    start: int,
    end: int,
    *,
    like: Requirement | None,
    at: datetime,
) -> proposals.Draft:
    """A new clause with proposals of its own, saved; fields of `like` where it has one."""
    day = day_of(at)
    path = queries.path_of(directive.owner_id, day)
    heading = tuple(like.heading_path) if like else _headings(directive, start)
    found = _reread(directive, start, end, heading)
    draft = proposals.proposer(directive, path=path, on=day).draft(found)
    draft.requirement.save(force_insert=True)
    draft.task.save(force_insert=True)
    TaskUnit.objects.bulk_create(draft.units)
    return draft


def _headings(directive: Directive, start: int) -> tuple[str, ...]:
    path: dict[int, str] = {}
    for begin, end, level in directive.outline:
        if end > start:
            break
        path = {k: v for k, v in path.items() if k < level}
        path[level] = directive.text[begin:end]
    return tuple(path[k] for k in sorted(path))


def _reread(directive: Directive, start: int, end: int, heading: tuple[str, ...]) -> Obligation:
    """What the reader makes of a stretch by itself; a plain clause where it sees no obligation."""
    text = directive.text[start:end]
    judge = reader.judge(directive.organisation_id)
    again = read(text + "。", directive.issued_on, year=directive.year, judge=judge)
    for found in again.obligations:
        if found.end - found.start >= (end - start) * 0.6:
            return replace(
                found,
                start=start,
                end=end,
                text=text,
                heading_path=heading,
                relayed=False,
                why=(*found.why, BY_HAND),
            )
    return Obligation(
        start=start,
        end=end,
        text=text,
        heading_path=heading,
        actors=(),
        lead=(),
        support=(),
        deadline=None,
        cadence=None,
        kind="standing",
        modality="must",
        relayed=False,
        why=(BY_HAND,),
    )


@transaction.atomic
def split(
    requirement: Requirement, *, offset: int, by: "User", at: datetime, seen: int | None = None
) -> tuple[Requirement, Requirement]:
    """Cut a clause in two at a character of the text; each half gets proposals of its own."""
    directive = requirement.directive
    open_for(directive, "directive.triage", by=by, at=at)
    _active(requirement)
    if not requirement.start < offset < requirement.end:
        raise BadInput(_("Put the cut inside the clause."), field="offset")
    first = _span(directive, requirement.start, offset, "offset")
    second = _span(directive, offset, requirement.end, "offset")
    change(requirement, seen=seen, state=Requirement.State.REPLACED)
    halves = [_added(directive, *span, like=requirement, at=at) for span in (first, second)]
    values = {"state": requirement.state, "into": [h.values() for h in halves]}
    record("requirement.split", requirement, by=by, at=at, values=values)
    return halves[0].requirement, halves[1].requirement


@transaction.atomic
def merge(
    requirement: Requirement, *, by: "User", at: datetime, seen: int | None = None
) -> Requirement:
    """Join a clause with the next one; the joined clause gets proposals of its own."""
    directive = requirement.directive
    open_for(directive, "directive.triage", by=by, at=at)
    _active(requirement)
    after = (
        Requirement.objects.filter(
            directive=directive, state=Requirement.State.ACTIVE, start__gte=requirement.end
        )
        .order_by("start")
        .first()
    )
    if after is None:
        raise Refused(_("There is no clause behind this one."))
    if "\n" in directive.text[requirement.end : after.start].strip(" 　"):
        raise Refused(_("The next clause stands in another paragraph; these stay apart."))
    change(requirement, seen=seen, state=Requirement.State.REPLACED)
    change(after, state=Requirement.State.REPLACED)
    draft = _added(directive, requirement.start, after.end, like=requirement, at=at)
    values: dict[str, Any] = {
        "state": requirement.state,
        "with": {"id": str(after.pk), "state": after.state},
        "into": [draft.values()],
    }
    record("requirement.merged", requirement, by=by, at=at, values=values)
    return draft.requirement


@transaction.atomic
def dismiss(
    requirement: Requirement, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Say that this stretch asks nothing at all, and why."""
    open_for(requirement.directive, "directive.triage", by=by, at=at)
    _active(requirement)
    reason = typed(reason, field="reason", most=500)
    change(requirement, seen=seen, state=Requirement.State.DISMISSED, reason=reason)
    values = {"state": requirement.state, "reason": reason}
    record("requirement.dismissed", requirement, by=by, at=at, values=values)


@transaction.atomic
def restore(requirement: Requirement, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """Take a dismissed clause back."""
    open_for(requirement.directive, "directive.triage", by=by, at=at)
    if requirement.state != Requirement.State.DISMISSED:
        raise Refused(_("Only a dismissed clause can be restored."))
    _overlaps(requirement.directive, requirement.start, requirement.end, requirement)
    change(requirement, seen=seen, state=Requirement.State.ACTIVE, reason="")
    values = {"state": requirement.state}
    record("requirement.restored", requirement, by=by, at=at, values=values)


@transaction.atomic
def add_requirement(
    directive: Directive, *, start: int, end: int, by: "User", at: datetime
) -> Requirement:
    """Mark a clause that the reader passed over."""
    open_for(directive, "directive.triage", by=by, at=at)
    start, end = _span(directive, start, end)
    _overlaps(directive, start, end)
    draft = _added(directive, start, end, like=None, at=at)
    values = draft.values()
    record("requirement.added", draft.requirement, by=by, at=at, values=values)
    return draft.requirement
