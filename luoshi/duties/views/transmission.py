"""签收与传达: who has received what was issued, and the record of it on paper."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luoshi.base.refused import OutOfScope, Refused
from luoshi.directives import queries as directives
from luoshi.directives.models import Directive
from luoshi.duties import actions, transmission
from luoshi.duties.models import Receipt
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Unit
from luoshi.web.answers import day_typed, see_other, seen
from luoshi.web.types import SignedIn

SIZE = 200
"""Units on one page of the list."""


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """The units of a directive with their receipts."""
    return _show(request, directives.fetch(request.standing, pk))


def _show(request: SignedIn, directive: Directive, error: Refused | None = None) -> HttpResponse:
    if directive.state != Directive.State.ISSUED:
        raise OutOfScope()
    rows = transmission.rows(directive, request.standing)
    where = orgs.paths_of([row.unit.pk for row in rows], request.standing.on)
    submit = [p for p in where if request.standing.may("occurrence.submit", where[p])]
    record = [p for p in where if request.standing.may("occurrence.record", where[p])]
    missing = bool(request.GET.get("missing"))
    asked = request.POST.get("unit", "") if error else request.GET.get("unit", "")
    shown = [r for r in rows if r.receipt is None] if missing else rows
    first = request.GET.get("from", "")
    start = min(int(first), len(shown)) if first.isdecimal() and len(first) < 8 else 0
    context = {
        "nav": "directives",
        "directive": directive,
        "notice": transmission.notice_of(directive),
        "rows": shown[start : start + SIZE],
        "start": start,
        "further": start + SIZE if len(shown) > start + SIZE else 0,
        "total": len(rows),
        "missing": missing,
        "reads_all": directives.may(request.standing, "directive.read", directive),
        "received": sum(row.receipt is not None for row in rows),
        "own": set(submit),
        "may": set(submit) | set(record),
        "chosen": next((r for r in rows if str(r.unit.pk) == asked), None),
        "error": error,
        "typed": request.POST if error else {},
        "ways": Receipt.Way.choices,
    }
    return render(
        request, "duties/transmission.html", context, status=error.status if error else 200
    )


@login_required
@require_POST
def receive(request: SignedIn, pk: UUID) -> HttpResponse:
    """Confirm a unit's receipt, and how it was passed on."""
    directive = directives.fetch(request.standing, pk)
    units = Unit.objects.filter(organisation_id=request.user.organisation_id)
    unit = orgs.fetch(units, request.POST.get("unit", ""))
    try:
        actions.receive(
            directive,
            unit,
            way=request.POST.get("way", ""),
            meeting=request.POST.get("meeting", ""),
            transmitted_on=day_typed(request.POST, "transmitted_on"),
            received_on=day_typed(request.POST, "received_on"),
            said_by=request.POST.get("said_by", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
            once=request.POST.get("from") == "mine",
        )
    except actions.ReceivedAlready as error:
        messages.info(request, str(error))
        return see_other("transmission", directive.pk)
    except Refused as error:
        return _show(request, directive, error)
    messages.success(request, _("Receipt by %(unit)s is recorded.") % {"unit": unit.name})
    if request.POST.get("from") == "mine":
        return see_other("mine")
    return see_other("transmission", directive.pk)
