"""移交未完事项: what closed units left behind, and to whom it goes."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused
from luoshi.duties import actions, leaving
from luoshi.duties.actions.common import DECIDE
from luoshi.duties.actions.settling import SETTLED
from luoshi.duties.models import Assignment, Occurrence
from luoshi.duties.views.choosing import unit_named, unit_names
from luoshi.web.answers import see_other, typed_id
from luoshi.web.types import SignedIn


@login_required
@require_GET
def listing(request: SignedIn) -> HttpResponse:
    """Closed units that left something behind."""
    if not request.standing.has(DECIDE):
        raise NotAllowed()
    context = {"nav": "mine", "units": leaving.closed_units(request.standing)}
    return render(request, "duties/closed_units.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def unit(request: SignedIn, pk: UUID) -> HttpResponse:
    """What one closed unit left behind; what is ticked goes to the unit that is named."""
    left = leaving.fetch(request.standing, pk)
    error: Refused | None = None
    if request.method == "POST":
        try:
            return _handed(request, left)
        except Refused as refused:
            error = refused
    rows = list(
        leaving.left_behind(left.unit.organisation_id, pk).order_by(
            "directive_id", "task__position", "id"
        )
    )
    rest: dict[UUID, list[Occurrence]] = {}
    for one in (
        Occurrence.objects.filter(assignment__in=rows)
        .exclude(state__in=SETTLED)
        .order_by("due_on", "key", "number")
    ):
        rest.setdefault(one.assignment_id, []).append(one)
    ticked = set(request.POST.getlist("assignment"))
    context = {
        "nav": "mine",
        "unit": left.unit,
        "rows": [(a, rest.get(a.pk, []), error is None or str(a.pk) in ticked) for a in rows],
        "names": unit_names(left.unit.organisation_id, request.standing.on, left.above),
        "error": error,
        "typed": request.POST if error else {},
    }
    return render(
        request, "duties/closed_unit.html", context, status=error.status if error else 200
    )


def _handed(request: SignedIn, left: leaving.Left) -> HttpResponse:
    to = unit_named(request, "to")
    if to is None:
        raise BadInput(_("Name the unit that takes over."), field="to")
    ticked = {typed_id(one) for one in request.POST.getlist("assignment")}
    rows = list(
        Assignment.objects.filter(
            organisation_id=left.unit.organisation_id, unit=left.unit, pk__in=ticked - {None}
        )
    )
    if len(rows) != len(ticked):
        raise OutOfScope()
    # what is handed over already goes along: the action tells that it is
    count = actions.hand_over(
        left.unit,
        rows,
        to,
        reason=request.POST.get("reason", ""),
        by=request.user,
        at=request.at,
        request_id=request.POST.get("request_id", ""),
    )
    messages.success(
        request,
        ngettext(
            "Handed over: %(unit)s owes %(count)s report now.",
            "Handed over: %(unit)s owes %(count)s reports now.",
            count,
        )
        % {"unit": to.name, "count": count},
    )
    again = leaving.fetch(request.standing, left.unit.pk)
    return see_other("closed_unit", left.unit.pk) if again.count else see_other("mine")
