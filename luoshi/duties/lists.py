"""Responsibility lists: what is a unit's or a post's on a day, and how two lists differ.

The answer for a past day does not change by what is done later: units, posts and portfolios are
taken as they were valid on that day, tasks as handed out until its end, and states and days of
what was handed out are read back through the transitions after it. Identity is by id; names are
those of the day on which a list is collected, and stay in the list as they were then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.base.clock import end_of
from luoshi.base.refused import BadInput, OutOfScope
from luoshi.directives.models import Directive, IssueNotice, Part, Task
from luoshi.directives.rows import when_in_words
from luoshi.duties.models import (
    Assignment,
    Closing,
    DutyLine,
    DutyList,
    Occurrence,
    Transition,
)
from luoshi.duties.queries import units_in_scope
from luoshi.orgs import queries
from luoshi.orgs.access import ROLE_OF_POST, Standing
from luoshi.orgs.models import (
    Appointment,
    DatedQuerySet,
    Placement,
    Portfolio,
    Post,
    PostRole,
    Unit,
    UnitKind,
)
from luoshi.web.templatetags.ui import full_day, joined

Content = dict[str, Any]
DRAFT = "duty_list.draft"
HEADS = (PostRole.HEAD, PostRole.SECRETARY)
"""Posts whose holder answers for the whole unit and signs its list."""
BODIES = (UnitKind.BUREAU, UnitKind.COMMITTEE)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose list: a unit, or a post in it with its holder on the day."""

    unit: Unit
    post: Post | None = None
    appointment: Appointment | None = None


@dataclass(slots=True)
class Proposed:
    """A task that is theirs on the day, and why (codes as in `DutyLine.why`)."""

    task: Task
    title: str
    basis: str
    due_on: date | None = None
    why: list[list[str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The same in every list."""
        return f"task:{self.task.pk}"

    @property
    def when(self) -> str:
        """The date or cadence in words."""
        return when_of(self.task.rhythm, self.task.times, self.due_on)

    @property
    def because(self) -> str:
        """The reasons in words."""
        return why_in_words(self.why)


def subject(organisation_id: UUID, unit: Unit, post: Post | None, on: date) -> Subject:
    """Whose list it is on a day. Raises `BadInput` where nobody held the post then."""
    if not Placement.objects.on(on).filter(organisation_id=organisation_id, unit=unit).exists():
        raise BadInput(_("This unit did not stand in the tree on that day."), field="on")
    if post is None:
        return Subject(unit)
    if post.unit_id != unit.pk:
        raise OutOfScope()
    holder = (
        Appointment.objects.on(on)
        .filter(organisation_id=organisation_id, post=post)
        .select_related("person")
        .order_by("valid_from", "id")
        .first()
    )
    if holder is None:
        raise BadInput(_("Nobody held this post on that day."), field="on")
    return Subject(unit, post, holder)


def collect(whose: Subject, on: date) -> list[Proposed]:
    """What is theirs at the end of the day `on`, business behind governance; six queries.

    Of a unit: what was handed to it and is not closed, and the tasks whose named leader sits in
    it. Of a post: the tasks that name its holder as leader, and those led by the unit that the
    holder heads or by units in the holder's portfolio.
    """
    units, leaders = _reach(whose, on)
    cutoff = end_of(on)
    found: dict[UUID, Proposed] = {}
    numbers: dict[UUID, str] = {}
    handed = _open_then(cutoff).filter(organisation_id=whose.unit.organisation_id)
    mine = handed.filter(unit_id__in=units).select_related("task__directive")
    if whose.post is not None:
        mine = mine.filter(part=Part.LEAD)
    led = (
        Task.objects.filter(
            Exists(handed.filter(task_id=OuterRef("pk"), parent__isnull=True)),
            organisation_id=whose.unit.organisation_id,
            leader_id__in=leaders,
            directive__handed_out_at__lt=cutoff,
            state=Task.State.ISSUED,
        )
        .select_related("directive")
        .defer("directive__text", "directive__outline", "measure")
        .order_by("position", "id")
    )
    rows = list(
        mine.defer("task__directive__text", "task__directive__outline", "task__measure").order_by(
            "part", "created_at", "id"
        )
    )
    tasks = list(led)
    numbers.update(_numbers({r.task.directive_id for r in rows} | {t.directive_id for t in tasks}))
    for task in tasks:
        one = found.setdefault(task.pk, Proposed(task, task.title, _basis(task, numbers)))
        assert task.leader_id is not None
        one.why.append(["leads", leaders[task.leader_id]])
    for row in rows:
        one = found.setdefault(
            row.task_id,
            Proposed(
                row.task,
                row.shown_title() if whose.post is None else row.task.title,
                _basis(row.task, numbers),
            ),
        )
        code, name = units[row.unit_id]
        reason = [str(row.part), ""] if code == "own" else [code, name]
        if reason not in one.why:
            one.why.append(reason)
    dues = _dues(list(found), units, {t.pk for t in tasks}, cutoff)
    for one in found.values():
        one.due_on = dues.get(one.task.pk, one.task.due_on)
    return sorted(found.values(), key=_order)


def _order(one: Proposed) -> tuple[Any, ...]:
    directive = one.task.directive
    business = directive.work_line == Directive.WorkLine.BUSINESS
    return (business, directive.handed_out_at, directive.pk, one.task.position, one.task.pk)


def _reach(whose: Subject, on: date) -> tuple[dict[UUID, tuple[str, str]], dict[UUID, str]]:
    """unit → (reason, its name), and appointment → name of the leader, on the day."""
    organisation_id = whose.unit.organisation_id
    if whose.post is None:
        rows = (
            Appointment.objects.on(on)
            .filter(organisation_id=organisation_id, post__unit=whose.unit)
            .values_list("pk", "person__name")
        )
        return {whose.unit.pk: ("own", whose.unit.name)}, dict(rows)
    assert whose.appointment is not None
    units = {
        unit_id: ("in_charge", name)
        for unit_id, name in Portfolio.objects.on(on)
        .filter(organisation_id=organisation_id, appointment=whose.appointment)
        .values_list("unit_id", "unit__name")
    }
    if whose.post.post_role in HEADS:
        units[whose.unit.pk] = ("heads", whose.unit.name)
    return units, {whose.appointment.pk: ""}


def _open_then(cutoff: datetime) -> "QuerySet[Assignment]":
    """Assignments that went on just before `cutoff`.

    A lead part while it was open. A supporting part never closes by itself: it went on while some
    lead part of the same task, given with it, was open.
    """
    leads = _open_by_state(cutoff).filter(part=Part.LEAD, task_id=OuterRef("task_id"))
    return _open_by_state(cutoff).filter(
        Q(part=Part.LEAD)
        | Q(Exists(leads.filter(parent__isnull=True)), parent__isnull=True)
        | Q(Exists(leads.filter(parent_id=OuterRef("parent_id"))))
    )


def _open_by_state(cutoff: datetime) -> "QuerySet[Assignment]":
    later = Closing.objects.filter(assignment_id=OuterRef("pk"), at__gte=cutoff)
    first = later.order_by("at", "id").values("from_state")[:1]
    then = Case(When(Exists(later), then=Subquery(first)), default=F("state"))
    return Assignment.objects.filter(
        created_at__lt=cutoff, directive__handed_out_at__lt=cutoff
    ).alias(then=then).filter(then=Assignment.State.OPEN)  # fmt: skip


def _dues(
    tasks: Sequence[UUID], units: Iterable[UUID], led: set[UUID], cutoff: datetime
) -> dict[UUID, date]:
    """task without a cadence → its last day as it stood before `cutoff`, extensions counted in."""
    later = Transition.objects.filter(occurrence_id=OuterRef("pk"), at__gte=cutoff)
    first = later.order_by("at", "id").values("due_was")[:1]
    rows = (
        Occurrence.objects.filter(
            Q(unit_id__in=list(units)) | Q(task_id__in=led),
            task_id__in=tasks,
            task__rhythm="",
            assignment__created_at__lt=cutoff,
        )
        .exclude(Exists(later.filter(from_state="")))
        .annotate(then=Case(When(Exists(later), then=Subquery(first)), default=F("due_on")))
        .order_by()
        .values("task_id")
        .annotate(last=Max("then"))
        .values_list("task_id", "last")
    )
    return {task: last for task, last in rows if last is not None}


def _numbers(directives: set[UUID]) -> dict[UUID, str]:
    """directive → the number of its issue notice."""
    rows = IssueNotice.objects.filter(directive_id__in=directives, serial__gt=0)
    return {n.directive_id: n.number for n in rows}


def _basis(task: Task, numbers: Mapping[UUID, str]) -> str:
    """《某某通知》（云水发〔2026〕5号）."""
    directive = task.directive
    number = directive.number or numbers.get(directive.pk, "")
    title = directive.title.strip("《》")
    return f"《{title}》（{number}）" if number else f"《{title}》"


def when_of(rhythm: str, times: int, due_on: date | None) -> str:
    """每季度 · 2026年6月30日, as a list says when."""
    if rhythm:
        return when_in_words(Task(rhythm=rhythm, times=times, due_on=due_on))
    return full_day(due_on)


def why_in_words(why: Sequence[Sequence[str]]) -> str:
    """The reasons of a line, units of one reason together."""
    names: dict[str, list[str]] = {}
    for code, name in why:
        names.setdefault(code, []).extend([name] if name else [])
    words = []
    for code, units in names.items():
        units_text = joined(units[:6]) + ("……" if len(units) > 6 else "")
        words.append(_word(code, units_text))
    return ("；" if joined(["", ""]) == "、" else "; ").join(words)


def _word(code: str, names: str) -> str:
    if code == "leads":
        return _("named as leader: %(names)s") % {"names": names} if names else _("named as leader")
    if code == "heads":
        return _("heads %(names)s") % {"names": names}
    if code == "in_charge":
        return _("in charge of %(names)s") % {"names": names}
    if code == Part.LEAD:
        return _("leads as a unit")
    if code == Part.SUPPORT:
        return _("supports as a unit")
    if code == "kept":
        return _("added by hand in an earlier list")
    return _("added by hand")


def title_of(found: DutyList) -> str:
    """云州市水务局局长责任清单; the leading body of a bureau has its own word."""
    if found.content:
        unit, post, body = (found.content[k] for k in ("unit_name", "post_title", "body"))
    else:
        unit, body = found.unit.name, found.unit.unit_kind in BODIES
        post = found.post.title if found.post else ""
    if post:
        return f"{unit}{post}责任清单"
    return f"{unit}领导班子责任清单" if body else f"{unit}责任清单"


def content_of(found: DutyList, lines: Sequence[DutyLine]) -> Content:
    """The list in the canonical form that is signed; ids and the words as they stand."""
    holder = found.appointment
    return {
        "list": str(found.pk),
        "unit": str(found.unit_id),
        "unit_name": found.unit.name,
        "body": found.unit.unit_kind in BODIES,
        "post": str(found.post_id) if found.post_id else None,
        "post_title": found.post.title if found.post else "",
        "appointment": str(found.appointment_id) if found.appointment_id else None,
        "holder": holder.person.name if holder else "",
        "number": found.number,
        "as_of": found.as_of.isoformat(),
        "lines": [_kept(line) for line in lines if not line.dropped],
        "dropped": [
            {"key": line.key, "title": line.title, "reason": line.reason}
            for line in lines
            if line.dropped
        ],
    }


def _kept(line: DutyLine) -> dict[str, Any]:
    return {
        "key": line.key,
        "work_line": line.work_line,
        "title": line.title,
        "check": line.check_text,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "rhythm": line.rhythm,
        "times": line.times,
        "basis": line.basis,
        "why": line.why,
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a content in words."""

    key: str
    work_line: str
    title: str
    check: str
    when: str
    basis: str
    why: str


def shown(content: Content) -> list[Shown]:
    """The lines of a content in words."""
    return [_shown(line) for line in content["lines"]]


def _shown(line: Mapping[str, Any]) -> Shown:
    due = date.fromisoformat(line["due_on"]) if line["due_on"] else None
    return Shown(
        line["key"],
        line["work_line"],
        line["title"],
        line["check"],
        when_of(line["rhythm"], line["times"], due),
        line["basis"],
        why_in_words(line["why"]),
    )


def marked(bases: Iterable[str]) -> dict[str, str]:
    """basis → its mark (①, ②, …), in the order in which they come: written once below a table."""
    return {basis: _mark(place) for place, basis in enumerate(dict.fromkeys(bases))}


def _mark(place: int) -> str:
    return chr(ord("①") + place) if place < 20 else f"({place + 1})"


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from the list before: `added`, `changed` (`field`), `lapsed` (why: `after`)."""

    what: str
    title: str
    field: str = ""
    before: str = ""
    after: str = ""


def differences(before: Content, after: Content) -> list[Change]:
    """What is new, what reads differently, what lapsed and why, in this order; one query."""
    old = {line["key"]: line for line in before["lines"]}
    new = {line["key"]: line for line in after["lines"]}
    added, changed = [], []
    for key, line in new.items():
        now = _shown(line)
        if key not in old:
            added.append(Change("added", now.title, after=now.why))
            continue
        was = _shown(old[key])
        for name, label in (
            ("title", _("Wording")),
            ("check", pgettext("list", "Checked by")),
            ("when", _("When")),
            ("basis", _("Basis")),
            ("why", _("Why it is theirs")),
        ):
            if name == "why" and key.startswith("hand:"):
                continue  # added by hand, then taken along: the same line
            pair = getattr(was, name), getattr(now, name)
            if pair[0] != pair[1]:
                changed.append(Change("changed", now.title, label, *pair))
    gone = [line for key, line in old.items() if key not in new]
    reasons = {line["key"]: line["reason"] for line in after["dropped"]}
    open_still = _open_tasks([line["key"] for line in gone], date.fromisoformat(after["as_of"]))
    lapsed = []
    for line in gone:
        key = line["key"]
        if key in reasons:
            why = reasons[key]
        elif key in open_still:
            why = _("their part is closed, or no longer theirs; the task goes on elsewhere")
        elif key.startswith("task:"):
            why = _("closed everywhere")
        else:
            why = _("not taken over")
        lapsed.append(Change("lapsed", line["title"], before=_shown(line).when, after=why))
    return [*added, *changed, *lapsed]


def _open_tasks(keys: Sequence[str], on: date) -> set[str]:
    ids = [key.removeprefix("task:") for key in keys if key.startswith("task:")]
    if not ids:
        return set()
    rows = _open_then(end_of(on)).filter(task_id__in=ids).order_by()
    return {f"task:{task}" for task in rows.values_list("task_id", flat=True).distinct()}


def before(found: DutyList) -> DutyList | None:
    """The last signed list of the same unit or post before this one."""
    return (
        same(found)
        .filter(state=DutyList.State.SIGNED, number__lt=found.number)
        .order_by("-number")
        .first()
    )


def same(found: DutyList) -> "QuerySet[DutyList]":
    """All lists of the same unit or post."""
    return of(found.organisation_id, found.unit_id, found.post_id)


def of(organisation_id: UUID, unit_id: UUID, post_id: UUID | None) -> "QuerySet[DutyList]":
    """All lists of a unit (without a post), or of a post."""
    rows = DutyList.objects.filter(organisation_id=organisation_id, unit_id=unit_id)
    return rows.filter(post_id=post_id) if post_id else rows.filter(post__isnull=True)


def visible_to(standing: Standing) -> "QuerySet[DutyList]":
    """Lists of the units whose work the person reads, and the person's own."""
    own = [s.appointment_id for s in standing.seats]
    return DutyList.objects.filter(
        Q(unit_id__in=units_in_scope(standing, "occurrence.read")) | Q(appointment_id__in=own),
        organisation_id=standing.user.organisation_id,
    ).select_related("unit", "post", "appointment__person")


def fetch(standing: Standing, pk: UUID) -> DutyList:
    """A list that the person may read, or `OutOfScope`."""
    rows = visible_to(standing).select_related("made_by", "confirmed_by", "signed_by", "scan")
    return queries.fetch(rows, pk)


def places(standing: Standing) -> DatedQuerySet:
    """Where the units stand today for which the person draws up lists."""
    rows: DatedQuerySet = Placement.objects.on(standing.on).filter(
        standing.scope(DRAFT), organisation_id=standing.user.organisation_id
    )
    return rows


def posts_of(unit: Unit, on: date) -> list[tuple[UUID, str, str]]:
    """(post, title, holder) of the posts of a unit that answer for its work and were held on a
    day, in their order: each may have a list of its own. One query."""
    rows = Appointment.objects.on(on).filter(
        organisation_id=unit.organisation_id,
        post__unit=unit,
        post__post_role__in=[
            r for r in ROLE_OF_POST if ROLE_OF_POST[r] in ("leader", "deputy", "officer")
        ],
    )
    return list(
        rows.order_by("post__position", "post_id", "valid_from").values_list(
            "post_id", "post__title", "person__name"
        )[:100]
    )


def may_draft(standing: Standing, found: DutyList | Subject) -> bool:
    """Whether the person draws up lists of this unit today."""
    unit_id = found.unit_id if isinstance(found, DutyList) else found.unit.pk
    path = queries.paths_of([unit_id], standing.on).get(unit_id)
    return path is not None and standing.may(DRAFT, path)


def may_sign(standing: Standing, found: DutyList) -> bool:
    """Whether the list is the person's own: holder of its post, or head of its unit, today."""
    if not standing.has("duty_list.sign"):
        return False
    if found.appointment_id is not None:
        return found.appointment_id in {s.appointment_id for s in standing.seats}
    return any(s.unit_id == found.unit_id and s.post_role in HEADS for s in standing.seats)


def to_sign(standing: Standing) -> list[DutyList]:
    """Lists that wait for the person's signature; one query."""
    if not standing.seats:
        return []
    headed = [s.unit_id for s in standing.seats if s.post_role in HEADS]
    own = [s.appointment_id for s in standing.seats]
    return list(
        DutyList.objects.filter(
            Q(appointment_id__in=own) | Q(post__isnull=True, unit_id__in=headed),
            organisation_id=standing.user.organisation_id,
            state=DutyList.State.CONFIRMED,
        )
        .select_related("unit", "post", "confirmed_by")
        .order_by("confirmed_at", "id")[:20]
    )


__all__ = [
    "DRAFT",
    "Change",
    "Content",
    "Proposed",
    "Shown",
    "Subject",
    "before",
    "collect",
    "content_of",
    "differences",
    "fetch",
    "marked",
    "may_draft",
    "may_sign",
    "of",
    "places",
    "posts_of",
    "same",
    "shown",
    "subject",
    "title_of",
    "to_sign",
    "visible_to",
    "when_of",
    "why_in_words",
]
