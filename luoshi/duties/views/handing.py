"""Issuing a directive, and a unit's part of a task with what it hands on."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base.refused import BadInput, NotAllowed, Refused
from luoshi.directives import price, road, rows
from luoshi.directives import queries as directives
from luoshi.directives.models import Triage
from luoshi.duties import actions, guidance, leaving, objectives, queries, shown
from luoshi.duties.access import Reviewers
from luoshi.duties.actions.common import DECIDE
from luoshi.duties.actions.numbering import next_serial, recipients_of
from luoshi.duties.actions.settling import SETTLED
from luoshi.duties.models import Assignment, Occurrence
from luoshi.duties.transmission import notice_of, series_used
from luoshi.duties.views.choosing import unit_names
from luoshi.orgs import queries as orgs
from luoshi.web.answers import day_typed, see_other, seen, typed_back
from luoshi.web.types import SignedIn

OWED = (Occurrence.State.OPEN, Occurrence.State.RETURNED, Occurrence.State.PAUSED)


@login_required
@require_http_methods(["GET", "POST"])
def issue(request: SignedIn, pk: UUID) -> HttpResponse:
    """The last look before others are bound: what goes to whom, what it costs, what is missing."""
    directive = directives.fetch(request.standing, pk)
    if not directives.may(request.standing, "directive.issue", directive):
        raise NotAllowed()
    refused: Refused | None = None
    if request.method == "POST":
        try:
            paid = actions.issue(
                directive,
                by=request.user,
                at=request.at,
                seen=seen(request),
                paper=_paper(request),
                deemed_after=_deemed(request),
                request_id=request.POST.get("request_id", ""),
            )
        except Refused as error:
            refused = error
            directive = directives.fetch(request.standing, pk)
        else:
            messages.success(
                request,
                ngettext(
                    "Issued to %(units)s units: %(count)s report over the year.",
                    "Issued to %(units)s units: %(count)s reports over the year.",
                    paid.asks,
                )
                % {"units": paid.units, "count": paid.asks},
            )
            return see_other("tasklist", directive.pk)
    found = [r for r in rows.rows_of(directive) if r.requirement.triage == Triage.TASK]
    cost = price.price_of(directive, at=request.at)
    lacks = {lack.task_id: lack for lack in cost.lacks}
    context = {
        "nav": "directives",
        "directive": directive,
        "from_receipt": any(work.task.within for row in found for work in row.works),
        "lines": [(row, work, lacks.get(work.task.pk)) for row in found for work in row.works],
        "price": cost,
        "open": directive.state in directives.OPEN,
        "refused": refused,
        "typed": request.POST if refused else {},
        "notice": notice_of(directive),
    }
    if context["open"]:
        series = series_used(directive.organisation_id)
        context |= {
            "decided": directive.source_kind != "document" or road.holds_decision(directive),
            "series": series,
            "next": next_serial(directive.organisation_id, series[0], request.today.year)
            if series
            else 1,
            "recipients": recipients_of(
                u for pairs in price.units_of(directive).values() for u, _part in pairs
            ),
        }
    return render(request, "duties/issue.html", context, status=refused.status if refused else 200)


def _deemed(request: SignedIn) -> int | None:
    """After how many working days receipt counts as given; None where it is not asked."""
    text = request.POST.get("deemed_after", "").strip()
    if text and not (text.isdecimal() and len(text) < 4):
        raise BadInput(_("Type a number of days, such as 3."), field="deemed_after")
    return int(text) if text else None


def _paper(request: SignedIn) -> actions.Paper:
    """Number, day and recipients of the notice as they were typed."""
    serial = request.POST.get("serial", "").strip()
    if serial and not serial.isdecimal():
        raise BadInput(_("Type the number alone, such as 5."), field="serial")
    return actions.Paper(
        series=request.POST.get("series", ""),
        serial=int(serial[:6]) if serial else None,
        dated_on=day_typed(request.POST, "dated_on"),
        recipients=request.POST.get("recipients", ""),
        copies_to=request.POST.get("copies_to", ""),
    )


def fetch(request: SignedIn, pk: UUID) -> Assignment:
    """An assignment that the person may read, or `OutOfScope`."""
    return queries.fetch_assignment(request.standing, pk)


@login_required
@require_GET
def assignment(request: SignedIn, pk: UUID) -> HttpResponse:
    """A unit's part of a task: its occurrences, the parts below, the form to hand it on."""
    return show(request, fetch(request, pk))


def show(
    request: SignedIn, found: Assignment, error: Refused | None = None, form: str = ""
) -> HttpResponse:
    """The page; with an error, its status and what was typed in `form`."""
    standing = request.standing
    requirement = found.task.requirement
    mine = list(found.occurrences.order_by("due_on", "key", "number"))
    for one in mine:
        one.assignment, one.task = found, found.task
    last = queries.last_days(mine)
    below = list(found.children.select_related("unit").order_by("unit__position", "unit_id"))
    done: dict[UUID, tuple[int, int]] = {}
    given: dict[UUID, set[tuple[str, int]]] = {}
    for assignment_id, state, key, number in Occurrence.objects.filter(
        assignment__in=below
    ).values_list("assignment_id", "state", "key", "number"):
        closed, total = done.get(assignment_id, (0, 0))
        done[assignment_id] = (closed + (state in SETTLED), total + 1)
        given.setdefault(assignment_id, set()).add((key, number))
    path = orgs.last_path(found.unit_id, standing.on)
    stands = queries.stands(found.unit, standing.on)
    own = stands and standing.may("occurrence.submit", path)
    records = stands and standing.may("occurrence.record", path)
    gave = standing.has(DECIDE) and actions.gave(standing, found)
    requests = list(
        found.requests.filter(occurrence__isnull=True)
        .select_related("asked_by", "decided_by", "moved_to")
        .order_by("asked_at", "id")
    )
    open_ = found.state == Assignment.State.OPEN
    may = open_ and stands and found.part == "lead" and standing.may("task.break_down", path)
    owed = {(o.key, o.number) for o in mine if o.state not in SETTLED}
    may = may and bool(owed)
    taken = {
        child.unit_id
        for child in below
        if child.state != Assignment.State.MOVED and owed <= given.get(child.pk, set())
    }
    free = [u for u in orgs.children(found.unit_id, standing.on) if u.pk not in taken]
    context: dict[str, Any] = {
        "nav": "mine",
        "a": found,
        "title": found.shown_title(),
        "clause": found.directive.text[requirement.start : requirement.end],
        "requirement": requirement,
        "items": shown.filled(queries.items(mine, request.today, last)),
        "steps": shown.steps_of(found.task_id),
        "stands": stands,
        "closed_unit": None if stands else leaving.link_to(standing, found.unit_id),
        "own": found.unit_id in queries.my_units(standing),
        "reported": bool(last),
        "below": [(child, *done.get(child.pk, (0, 0))) for child in below],
        "free": free if may else [],
        "may": may,
        "taken_over": found.taken_over.select_related("unit").order_by("id")
        if found.state == Assignment.State.MOVED
        else [],
        "requests": requests,
        "may_decide": gave,
        "may_take_back": own or records,
        "may_object": open_
        and found.part == "lead"
        and any(o.state in OWED for o in mine)
        and (own or records)
        and not any(r.state == "asked" for r in requests),
        "for_unit": not own,
        "may_check": found.effect == Assignment.Effect.UNCHECKED
        and standing.has("occurrence.review")
        and actions.may_check(
            found, standing, Reviewers(found.organisation_id, standing.on)
        ).allowed,
        "checks": found.checks.select_related("by").order_by("at", "id"),
        "closings": found.closings.select_related("by", "cause__unit").order_by("at", "id"),
        "leads": _leads(found) if found.part == "support" else [],
        "contributions": shown.contributions(found, request.today)
        if found.part == "support"
        else [],
        "may_contribute": found.part == "support"
        and found.state != Assignment.State.MOVED
        and (own or records),
        "names": _below_owner(request, found)
        if gave and any(r.state == "asked" for r in requests)
        else [],
        "objectives": objectives.of_task(found.unit_id, found.organisation_id, found.task_id),
        "may_guide": guidance.giver_for(request.standing, path) is not None,
        "error": error,
        "form": form,
        "astray": None,
        "typed": request.POST if error else {},
        "ticked": request.POST.getlist("unit") if error else [],
    }
    forms = {
        "check": context["may_check"],
        "contribute": context["may_contribute"] and context["leads"],
        "object": context["may_object"],
        "break_down": context["free"],
        "decide": gave and any(r.state == "asked" for r in requests),
    }
    if error and not forms[form]:
        context["astray"] = {"typed": typed_back(request.POST)}
    return render(request, "duties/assignment.html", context, status=error.status if error else 200)


def _below_owner(request: SignedIn, found: Assignment) -> Iterable[str]:
    """Names of the units to which the issuer could give it."""
    on = request.standing.on
    path = orgs.last_path(found.directive.owner_id, on)
    return unit_names(found.organisation_id, on, below=path)


def _leads(support: Assignment) -> list[Occurrence]:
    """What the lead units of the same task owe or have reported, for who supports them."""
    rows = (
        Occurrence.objects.filter(
            organisation_id=support.organisation_id,
            task_id=support.task_id,
            state__in=(
                Occurrence.State.OPEN,
                Occurrence.State.RETURNED,
                Occurrence.State.SUBMITTED,
            ),
        )
        .select_related("unit")
        .order_by("due_on", "unit__position", "id")
    )
    return list(rows[:50])


@login_required
@require_POST
def break_down(request: SignedIn, pk: UUID) -> HttpResponse:
    """Hand parts on to units directly below."""
    found = fetch(request, pk)
    children = {str(u.pk): u for u in orgs.children(found.unit_id, request.standing.on)}
    ticked = [children[one] for one in request.POST.getlist("unit") if one in children]
    title, note = request.POST.get("title", ""), request.POST.get("note", "")
    try:
        asks = actions.break_down(
            found,
            [(unit, title, note) for unit in ticked],
            by=request.user,
            at=request.at,
            request_id=request.POST.get("request_id", ""),
        )
    except Refused as error:
        return show(request, fetch(request, pk), error, "break_down")
    messages.success(
        request,
        ngettext(
            "Handed on to %(units)s units: %(count)s report.",
            "Handed on to %(units)s units: %(count)s reports.",
            asks,
        )
        % {"units": len(ticked), "count": asks},
    )
    return see_other("assignment", pk)


__all__ = ["assignment", "break_down", "fetch", "issue", "show"]
