"""The triage page: the document as a document, the list of its clauses, one of them open."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luoshi.base.clock import day_of
from luoshi.base.refused import BadInput, Refused
from luoshi.directives import (
    actions,
    document,
    forms,
    oldlists,
    price,
    proposals,
    queries,
    resolving,
    rows,
)
from luoshi.directives.models import Directive, Part, Requirement, Task, TaskUnit, Triage
from luoshi.directives.typed import RHYTHM_WORDS
from luoshi.orgs import queries as orgs
from luoshi.reading.files import PLAIN
from luoshi.web.answers import see_other, seen, typed_id
from luoshi.web.types import SignedIn

ASKS = ("span", "split", "dismiss", "covered", "fields", "rewrite", "mark", "why")
MOST_NAMES = 300
TABS = [*Triage.values, "all", "doubtful"]


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """A directive: triage for who may, reading for the others."""
    directive = queries.fetch(request.standing, pk)
    return show(
        request, directive, open_id=request.GET.get("r", ""), ask=request.GET.get("ask", "")
    )


def show(
    request: SignedIn,
    directive: Directive,
    *,
    open_id: str = "",
    ask: str = "",
    error: Refused | None = None,
    whole: bool = False,
) -> HttpResponse:
    """The page, or for htmx its list alone; with an error, its status and what was typed."""
    found = rows.rows_of(directive)
    language = get_language() or "zh"
    tab = request.GET.get("tab", "all")
    opened = next((r for r in found if str(r.requirement.pk) == open_id), None)
    may = queries.may(request.standing, "directive.triage", directive)
    edit = may and directive.state in queries.OPEN
    tree = _tree(request, directive) if edit else None
    if opened is None and error is None and not open_id and edit:
        opened = next((r for r in found if r.state == "undecided"), None) or next(
            (r for r in found if r.state == "context" and r.lacking), None
        )
    context: dict[str, Any] = {
        "nav": "directives",
        "directive": directive,
        "rows": rows.under(tab, found, opened),
        "counts": rows.counts(found),
        "tab": tab if tab in TABS else "all",
        "opened": opened,
        "ask": ask if ask in ASKS else "",
        "edit": edit,
        "whole": queries.may(request.standing, "directive.read", directive),
        "no_road": not edit and not queries.may_follow(request.standing, directive),
        "may_issue": edit and queries.may(request.standing, "directive.issue", directive),
        "notices": rows.notices_of(directive, language),
        "read_out": bool(directive.source_id) and not directive.source_name.lower().endswith(PLAIN),
        "error": error,
        "typed": request.POST if error else {},
        "names": [n.name for n in tree.nodes[:MOST_NAMES]] if tree else [],
        "rhythms": RHYTHM_WORDS,
        "dismissed": Requirement.objects.filter(
            directive=directive, state=Requirement.State.DISMISSED
        ).order_by("position"),
        "check_proposed": proposals.check_of(opened.clause) if opened else "",
    }
    if edit:
        context["price"] = _price(directive, found, request)
    if ask == "why" and opened:
        context["stages"] = rows.stages_of(opened, language)
        context["reasons"] = rows.reasons_of(opened, language)
    if edit and opened:
        _from_earlier_years(request, opened, context)
    if ask == "covered" and opened:
        context["coverers"] = _coverers(request, opened.requirement)
    status = error.status if error else 200
    if request.htmx and not whole:
        return render(request, "directives/page.html#answer", context, status=status)
    marks = [(r.requirement.start, r.requirement.end, r) for r in found]
    context["paragraphs"] = document.paragraphs(
        directive.text, marks, directive.outline, directive.title
    )
    return render(request, "directives/page.html", context, status=status)


def _from_earlier_years(request: SignedIn, opened: rows.Row, context: dict[str, Any]) -> None:
    """What old lists say to the open clause: tasks like it, and who led the one most like it."""
    lacks_unit = opened.state != "covered" and "unit" in opened.lacking
    if context["ask"] != "covered" and not lacks_unit:
        return
    year = opened.requirement.directive.year
    context["old_tasks"] = found = oldlists.matches(opened.clause, request.standing, before=year)
    for match in found if lacks_unit else ():
        if units := oldlists.lead_of(match, request.today):
            context["old_lead"], context["old_match"] = units, match
            context["old_typed"] = "、".join(u.name for u in units)
            return


def _tree(request: SignedIn, directive: Directive) -> resolving.Tree:
    on = day_of(request.at)
    path = orgs.path_of(directive.owner_id, on)
    return resolving.tree_below(directive.organisation_id, path, on)


def _price(directive: Directive, found: list[rows.Row], request: SignedIn) -> price.Price:
    """The price of what is shown, without asking the database again."""
    tasks: list[Task] = []
    units: dict[UUID, list[tuple[UUID, str]]] = {}
    for row in found:
        if row.requirement.triage != Triage.TASK:
            continue
        for work in row.works:
            work.task.requirement = row.requirement
            tasks.append(work.task)
            both: list[TaskUnit] = [*work.lead, *work.support]
            units[work.task.pk] = [(u.unit_id, u.part) for u in both]
    return price.counted(directive, tasks, units, request.at)


def _coverers(request: SignedIn, requirement: Requirement) -> list[Task]:
    """Tasks that could cover a clause: of this paper and of issued ones, newest first."""
    visible = queries.visible_to(request.standing)
    found = (
        Task.objects.filter(directive__in=visible, requirement__triage=Triage.TASK)
        .filter(requirement__state=Requirement.State.ACTIVE)
        .exclude(requirement=requirement)
        .exclude(state=Task.State.WITHDRAWN)
        .select_related("directive")
        .defer("directive__text", "directive__outline")
        .order_by("-directive__created_at", "position")
    )
    return list(found[:200])


Act = Callable[[SignedIn, Requirement], Requirement | None]


def _acting(
    request: SignedIn, pk: UUID, act: Act, *, ask: str = "", whole: bool = False
) -> HttpResponse:
    """Run one act on a clause; a refusal shows the page again with what was typed."""
    requirement = queries.fetch_requirement(request.standing, pk)
    directive = requirement.directive
    try:
        opened = act(request, requirement) or requirement
    except Refused as error:
        if getattr(error, "field", None) == "covered_by":
            ask = "covered"
        directive.refresh_from_db()
        return show(request, directive, open_id=str(pk), ask=ask, error=error)
    if request.htmx and not whole:
        return show(request, directive, open_id=str(opened.pk))
    return see_other("directives:page", directive.pk, query=f"r={opened.pk}")


@login_required
@require_POST
def triage(request: SignedIn, pk: UUID) -> HttpResponse:
    """Task, covered, relayed or context."""

    def act(request: SignedIn, requirement: Requirement) -> None:
        actions.set_triage(
            requirement,
            request.POST.get("triage", ""),
            covered_by=request.POST.get("covered_by", "") or request.POST.get("covered_text", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
        )

    return _acting(request, pk, act)


@login_required
@require_POST
def undo(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take back one's own last triage of the clause."""

    def act(request: SignedIn, requirement: Requirement) -> None:
        actions.undo(requirement, by=request.user, at=request.at, seen=seen(request))

    return _acting(request, pk, act)


def _first_task(requirement: Requirement, wanted: str) -> Task:
    tasks = Task.objects.filter(requirement=requirement).exclude(state=Task.State.WITHDRAWN)
    known = typed_id(wanted)
    task = tasks.filter(pk=known).first() if known else None
    task = task or tasks.order_by("position", "id").first()
    if task is None:
        raise Refused(_("This clause has no task."))
    task.directive, task.requirement = requirement.directive, requirement
    return task


@login_required
@require_POST
def fill(request: SignedIn, pk: UUID) -> HttpResponse:
    """Fill what is missing right on the row; complete, it becomes a task and the next one opens."""

    def act(request: SignedIn, requirement: Requirement) -> Requirement | None:
        directive = requirement.directive
        task = _first_task(requirement, "")
        typed: Mapping[str, str] = request.POST.dict()
        tree = _tree(request, directive)
        if "old_lead" in typed and not typed.get("lead", "").strip():
            typed = {**typed, "lead": typed["old_lead"]}
        before = {"lead": typed.get("lead_before", "\0")}
        cells = forms.cells({**typed}, tree, year=directive.year, before=before)
        kept = task.units.filter(part=Part.LEAD).values_list("unit_id", flat=True)
        done = actions.fill(
            requirement,
            task,
            check=typed.get("check", ""),
            lead=list(kept) if cells.lead is None else cells.lead,
            **cells.when,
            by=request.user,
            at=request.at,
            seen=seen(request),
        )
        return _next_lacking(directive, requirement) if done else None

    return _acting(request, pk, act)


def _next_lacking(directive: Directive, behind: Requirement) -> Requirement | None:
    found = rows.rows_of(directive)
    later = [r for r in found if r.requirement.start > behind.start] + found
    wanted = (str(Triage.CONTEXT), str(Triage.UNDECIDED))
    return next((r.requirement for r in later if r.state in wanted and r.lacking), None)


@login_required
@require_POST
def fields(request: SignedIn, pk: UUID) -> HttpResponse:
    """Change everything that the clause's task says: who, when, what, how it is checked."""

    def act(request: SignedIn, requirement: Requirement) -> None:
        directive = requirement.directive
        typed = request.POST.dict()
        task = _first_task(requirement, typed.get("task", ""))
        before = {
            "lead": typed.get("lead_before", "\0"),
            "support": typed.get("support_before", "\0"),
        }
        cells = forms.cells(typed, _tree(request, directive), year=directive.year, before=before)
        values: dict[str, Any] = {
            "title": typed.get("title", task.title),
            "check_text": typed.get("check", task.check_text),
            "task_kind": typed.get("task_kind", task.task_kind),
            **cells.when,
        }
        if cells.rhythm and task.rhythm == cells.rhythm and task.due_on:
            values["due_on"] = task.due_on
        if "measure" in typed:
            values["measure"] = typed["measure"]
        if requirement.bound and "rewrite_reason" in typed:
            values |= {"rewritten": True, "rewrite_reason": typed["rewrite_reason"]}
        actions.change_task(
            task,
            values=values,
            lead=cells.lead,
            support=cells.support,
            by=request.user,
            at=request.at,
            seen=seen(request, "task_version"),
        )

    ask = "rewrite" if "rewrite_reason" in request.POST else "fields"
    return _acting(request, pk, act, ask=ask)


@login_required
@require_POST
def leader(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take the proposed leader."""

    def act(request: SignedIn, requirement: Requirement) -> None:
        task = _first_task(requirement, request.POST.get("task", ""))
        actions.take_leader(
            task, by=request.user, at=request.at, seen=seen(request, "task_version")
        )

    return _acting(request, pk, act)


@login_required
@require_POST
def further(request: SignedIn, pk: UUID) -> HttpResponse:
    """One more task on the same clause."""

    def act(request: SignedIn, requirement: Requirement) -> None:
        title = request.POST.get("title", "")
        actions.add_task(requirement, title=title, by=request.user, at=request.at)

    return _acting(request, pk, act)


@login_required
@require_POST
def span(request: SignedIn, pk: UUID) -> HttpResponse:
    """Bind the clause to another stretch of the text."""

    def act(request: SignedIn, requirement: Requirement) -> None:
        text = requirement.directive.text
        start, end = forms.located(text, request.POST.get("stretch", ""), requirement.start)
        actions.set_span(
            requirement,
            start=start,
            end=end,
            by=request.user,
            at=request.at,
            seen=seen(request),
        )

    return _acting(request, pk, act, ask="span", whole=True)


@login_required
@require_POST
def split(request: SignedIn, pk: UUID) -> HttpResponse:
    """Cut the clause in two where a person put a line break."""

    def act(request: SignedIn, requirement: Requirement) -> Requirement:
        clause = requirement.directive.text[requirement.start : requirement.end]
        offset = requirement.start + forms.cut_at(clause, request.POST.get("stretch", ""))
        first, _second = actions.split(
            requirement, offset=offset, by=request.user, at=request.at, seen=seen(request)
        )
        return first

    return _acting(request, pk, act, ask="split", whole=True)


@login_required
@require_POST
def merge(request: SignedIn, pk: UUID) -> HttpResponse:
    """Join the clause with the next one."""

    def act(request: SignedIn, requirement: Requirement) -> Requirement:
        return actions.merge(requirement, by=request.user, at=request.at, seen=seen(request))

    return _acting(request, pk, act, whole=True)


@login_required
@require_POST
def dismiss(request: SignedIn, pk: UUID) -> HttpResponse:
    """Say that the stretch asks nothing, with the reason."""

    def act(request: SignedIn, requirement: Requirement) -> None:
        reason = request.POST.get("reason", "")
        actions.dismiss(
            requirement, reason=reason, by=request.user, at=request.at, seen=seen(request)
        )

    return _acting(request, pk, act, ask="dismiss", whole=True)


@login_required
@require_POST
def restore(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take a dismissed clause back."""

    def act(request: SignedIn, requirement: Requirement) -> None:
        actions.restore(requirement, by=request.user, at=request.at, seen=seen(request))

    return _acting(request, pk, act, whole=True)


@login_required
@require_POST
def mark(request: SignedIn, pk: UUID) -> HttpResponse:
    """Mark a clause that the reader passed over."""
    directive = queries.fetch(request.standing, pk)
    near = request.POST.get("near", "")
    try:
        start, end = forms.located(
            directive.text,
            request.POST.get("stretch", ""),
            int(near) if near.isdecimal() and len(near) < 9 else 0,
        )
        found = actions.add_requirement(
            directive, start=start, end=end, by=request.user, at=request.at
        )
    except BadInput as error:
        return show(request, directive, ask="mark", error=error)
    return see_other("directives:page", directive.pk, query=f"r={found.pk}")


@login_required
@require_POST
def confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take all shown proposals as decided; says how many asks the plan will create."""
    directive = queries.fetch(request.standing, pk)
    actions.confirm(directive, by=request.user, at=request.at, seen=seen(request))
    asks = price.price_of(directive, at=request.at).asks
    messages.success(
        request,
        ngettext(
            "Triage is confirmed. Issued like this, it creates %(count)s report.",
            "Triage is confirmed. Issued like this, it creates %(count)s reports.",
            asks,
        )
        % {"count": asks},
    )
    return see_other("directives:plan", directive.pk)
