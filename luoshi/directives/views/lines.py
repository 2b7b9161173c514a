"""The line of a directive, and its counterpart: proposed, taken, refused, changed."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from luoshi.base.refused import BadInput, Refused
from luoshi.directives import actions, pairs, queries
from luoshi.directives.models import Directive
from luoshi.orgs import queries as orgs
from luoshi.web.answers import see_other, seen
from luoshi.web.types import SignedIn

MOST = 100
"""Directives that can be chosen by hand."""


@login_required
@require_http_methods(["GET", "POST"])
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """Governance or business; for business the counterpart, or those proposed with the reason."""
    directive = queries.fetch(request.standing, pk)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            _act(request, directive)
        except Refused as error:
            refused, directive = error, queries.fetch(request.standing, pk)
        else:
            return see_other("directives:lines", directive.pk)
    business = directive.work_line == Directive.WorkLine.BUSINESS
    may = (
        queries.may(request.standing, "directive.plan", directive)
        and directive.state != Directive.State.WITHDRAWN
    )
    readable = queries.visible_to(request.standing).select_related("owner").defer(*queries.HEAVY)
    context: dict[str, Any] = {
        "nav": "directives",
        "directive": directive,
        "business": business,
        "may": may,
        "open": directive.state in queries.OPEN,
        "work_lines": Directive.WorkLine.choices,
        "counterpart": readable.filter(pk=directive.counterpart_id).first()
        if directive.counterpart_id
        else None,
        "beside": readable.filter(counterpart=directive).order_by("-created_at", "-id")[:MOST],
        "error": refused,
    }
    if business and may:
        context["proposals"] = (
            [] if directive.counterpart_id else pairs.proposals(directive, request.standing)
        )
        others = pairs.candidates(directive, request.standing)
        if directive.counterpart_id:
            others = others.exclude(pk=directive.counterpart_id)
        context["others"] = others.order_by("-created_at", "-id")[:MOST]
    status = refused.status if refused else 200
    return render(request, "directives/lines.html", context, status=status)


def _act(request: SignedIn, directive: Directive) -> None:
    """The act that the form names."""
    who: dict[str, Any] = {"by": request.user, "at": request.at}
    what = request.POST.get("act", "")
    if what == "line":
        line = request.POST.get("work_line", "")
        actions.choose_line(directive, line, seen=seen(request), **who)
    elif what == "part":
        actions.part(directive, seen=seen(request), **who)
    elif what in ("pair", "refuse"):
        rows = queries.visible_to(request.standing)
        counterpart = orgs.fetch(rows, request.POST.get("counterpart", ""))
        if what == "pair":
            actions.pair(directive, counterpart, seen=seen(request), **who)
        else:
            actions.refuse_pair(directive, counterpart, **who)
    else:
        raise BadInput(_("Choose one."))
