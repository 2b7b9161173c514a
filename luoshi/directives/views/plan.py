"""The plan: every task that will go out, in one grid that the keyboard fills."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base.clock import day_of
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives import actions, forms, price, queries, resolving, rows, schedule
from luoshi.directives.actions.tasks import Edit, GridRefused
from luoshi.directives.models import Directive, Task, TaskKind, Triage
from luoshi.directives.typed import RHYTHM_WORDS
from luoshi.orgs import queries as orgs
from luoshi.web.answers import see_other, seen
from luoshi.web.types import SignedIn

FIELDS = ("title", "task_kind", "lead", "support", "when", "check", "leader")
CELLS = {"check_text": "check", "leader_id": "leader", "due_on": "when", "rhythm": "when"}
"""field of a task → the column it stands in, where the two differ."""
MOST_NAMES = 300


def _rows(directive: Directive) -> list[rows.Row]:
    return [r for r in rows.rows_of(directive) if r.requirement.triage == Triage.TASK]


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: SignedIn, pk: UUID) -> HttpResponse:
    """The grid; saving takes all rows or none, and marks every cell that cannot be taken."""
    directive = queries.fetch(request.standing, pk)
    found = _rows(directive)
    on = day_of(request.at)
    tree = resolving.tree_below(directive.organisation_id, orgs.path_of(directive.owner_id, on), on)
    errors: dict[tuple[UUID, str], str] = {}
    refused: Refused | None = None
    if request.method == "POST":
        try:
            edits, errors = _edits(request, directive, found, tree)
            if errors:
                raise GridRefused(errors)
            changed = actions.change_tasks(directive, edits, by=request.user, at=request.at)
        except GridRefused as error:
            cells = {(pk, CELLS.get(name, name)): text for (pk, name), text in error.cells.items()}
            refused, errors = error, {**errors, **cells}
        except Refused as error:
            refused = error
            found = _rows(queries.fetch(request.standing, pk))
        else:
            messages.success(
                request,
                ngettext("%(count)s task saved.", "%(count)s tasks saved.", changed)
                % {"count": changed},
            )
            return see_other("directives:plan", directive.pk)
    edit = directive.state in queries.OPEN and queries.may(
        request.standing, "directive.plan", directive
    )
    leaders = _leaders(directive, on)
    cost = price.price_of(directive, at=request.at) if edit else None
    lacks = {lack.task_id: lack for lack in cost.lacks} if cost else {}
    steps = schedule.milestones_of(directive.pk)
    context = {
        "nav": "directives",
        "directive": directive,
        "lines": [
            {
                **_line(row, work, request, errors, leaders),
                "lack": lacks.get(work.task.pk),
                "steps": steps.get(work.task.pk, ()),
            }
            for row in found
            for work in row.works
        ],
        "edit": edit,
        "no_road": not edit and not queries.may_follow(request.standing, directive),
        "may_issue": edit and queries.may(request.standing, "directive.issue", directive),
        "names": [n.name for n in tree.nodes[:MOST_NAMES]],
        "kinds": TaskKind.choices,
        "rhythms": RHYTHM_WORDS,
        "refused": refused,
        "price": cost,
    }
    return render(
        request, "directives/plan.html", context, status=refused.status if refused else 200
    )


def _leaders(directive: Directive, on: Any) -> list[tuple[str, str]]:
    """Everybody in charge of some unit: (appointment, name and title), in post order."""
    found: dict[str, str] = {}
    for people in resolving.leaders_by_unit(directive.organisation_id, on).values():
        for appointment, person, title, _since in people:
            found[str(appointment)] = f"{person} {title}"
    return sorted(found.items(), key=lambda pair: pair[1])


def _line(
    row: rows.Row,
    work: rows.Work,
    request: SignedIn,
    errors: dict[tuple[UUID, str], str],
    leaders: list[tuple[str, str]],
) -> dict[str, Any]:
    """One task for the grid: values as they stand, or as typed where the grid was refused."""
    task = work.task
    values = _values(work)
    if request.method == "POST":
        values = {
            name: request.POST.get(f"{name}-{task.pk}", value) for name, value in values.items()
        }
    options = [(k, w) for k, w in leaders]
    known = {k for k, _w in options}
    for one in (task.leader, task.leader_proposed):
        if one is not None and str(one.pk) not in known:
            options.append((str(one.pk), f"{one.person.name} {one.post.title}"))
            known.add(str(one.pk))
    return {
        "row": row,
        "work": work,
        "task": task,
        "values": values,
        "errors": {name: errors.get((task.pk, name), "") for name in FIELDS},
        "leaders": options,
        "why": rows.leader_reason(task),
    }


def _values(work: rows.Work) -> dict[str, str]:
    task = work.task
    return {
        "title": task.title,
        "task_kind": task.task_kind,
        "lead": work.lead_typed,
        "support": work.support_typed,
        "when": _when(task),
        "check": task.check_text,
        "leader": str(task.leader_id or ""),
    }


def _when(task: Task) -> str:
    if task.rhythm:
        return str(RHYTHM_WORDS[task.rhythm])
    return task.due_on.isoformat() if task.due_on else ""


def _edits(
    request: SignedIn, directive: Directive, found: list[rows.Row], tree: resolving.Tree
) -> tuple[list[Edit], dict[tuple[UUID, str], str]]:
    """What changed in the grid, and every cell that cannot be read."""
    edits: list[Edit] = []
    errors: dict[tuple[UUID, str], str] = {}
    for work in (w for r in found for w in r.works):
        task, before = work.task, _values(work)
        if f"title-{task.pk}" not in request.POST:
            continue
        typed = {name: request.POST.get(f"{name}-{task.pk}", "") for name in FIELDS}
        changed = {n: v for n, v in typed.items() if v.strip() != before[n]}
        if not changed:
            continue
        values: dict[str, Any] = {}
        lead = support = None
        for name in changed:
            try:
                if name == "lead":
                    lead = resolving.chosen(typed[name], tree, field=name)
                elif name == "support":
                    support = resolving.chosen(typed[name], tree, field=name)
                elif name == "when":
                    cells = forms.cells({"when": typed[name]}, tree, year=directive.year)
                    values |= cells.when
                elif name == "check":
                    values["check_text"] = typed[name]
                elif name == "leader":
                    values["leader_id"] = UUID(typed[name]) if typed[name] else None
                else:
                    values[name] = typed[name]
            except BadInput as error:
                errors[(task.pk, name)] = str(error)
            except ValueError:
                errors[(task.pk, name)] = _("Choose a leader from the list.")
        edits.append(
            Edit(
                task_id=task.pk,
                seen=seen(request, f"version-{task.pk}") or task.version,
                values=values,
                lead=lead,
                support=support,
            )
        )
    return edits, errors


@login_required
@require_http_methods(["GET", "POST"])
def units(request: SignedIn, pk: UUID) -> HttpResponse:
    """The units of one task, each with a tick: what a group phrase meant can be corrected."""
    task = queries.fetch_task(request.standing, pk)
    directive = task.directive
    works = rows.works_of(directive).get(task.requirement_id, [])
    work = next((w for w in works if w.task.pk == task.pk), None)
    if work is None:
        raise OutOfScope()
    refused: Refused | None = None
    if request.method == "POST":
        on = day_of(request.at)
        try:
            tree = resolving.tree_below(
                directive.organisation_id, orgs.path_of(directive.owner_id, on), on
            )
            ticked = set(request.POST.getlist("unit"))
            lead = [u.unit_id for u in work.lead if str(u.unit_id) in ticked]
            more = resolving.chosen(request.POST.get("more", ""), tree, field="more")
            actions.change_task(
                task,
                values={},
                lead=[*lead, *(m for m in more if m not in lead)],
                by=request.user,
                at=request.at,
                seen=seen(request),
            )
        except Refused as error:
            refused = error
        else:
            return see_other("directives:plan", directive.pk)
    context = {
        "nav": "directives",
        "directive": directive,
        "task": task,
        "work": work,
        "refused": refused,
        "edit": directive.state in queries.OPEN
        and queries.may(request.standing, "directive.plan", directive),
        "more": request.POST.get("more", ""),
        "ticked": set(request.POST.getlist("unit")) if refused else None,
    }
    return render(
        request, "directives/units.html", context, status=refused.status if refused else 200
    )


@login_required
@require_POST
def remove(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take a further task off its clause."""
    task = queries.fetch_task(request.standing, pk)
    actions.remove_task(task, by=request.user, at=request.at, seen=seen(request))
    return see_other("directives:plan", task.directive_id)


@login_required
@require_GET
def keys(request: SignedIn) -> HttpResponse:
    """All keys of the triage page and the grid."""
    return render(request, "directives/keys.html", {"nav": "directives"})
