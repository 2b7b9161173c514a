"""The list of boards, and the board of one directive."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from luoshi.base.refused import OutOfScope
from luoshi.directives import queries as directives
from luoshi.directives.models import Directive, TaskKind
from luoshi.insight import board as boards
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Unit
from luoshi.web.pages import page
from luoshi.web.templatetags.ui import STATES
from luoshi.web.types import SignedIn

LEGEND = ("overdue", "returned", "soon", "submitted", "progress", "open", "accepted")


@login_required
@require_GET
def listing(request: SignedIn) -> HttpResponse:
    """Issued directives, newest first; a single one opens at once."""
    issued = (
        directives.visible_to(request.standing)
        .filter(state=Directive.State.ISSUED)
        .select_related("owner")
        .defer(*directives.HEAVY)
    )
    found = page(issued, request.GET.get("before", ""), by=("-created_at", "-id"))
    context = {
        "nav": "boards",
        "page": found,
        "may_record": request.standing.has("occurrence.record"),
    }
    return render(request, "insight/boards.html", context)


@login_required
@require_GET
def board(request: SignedIn, pk: UUID) -> HttpResponse:
    """Tasks by the units below one unit (default: as high as the person may look)."""
    directive = directives.fetch(request.standing, pk)
    unit, path = _unit(request, directive)
    chosen_kind, chosen_state = request.GET.get("kind", ""), request.GET.get("state", "")
    found = boards.build(
        directive,
        unit,
        path,
        request.today,
        opened=request.GET.get("open", ""),
        kind=chosen_kind if chosen_kind in TaskKind.values else "",
        state=chosen_state if chosen_state in STATES else "",
    )
    context = {
        "nav": "boards",
        "directive": directive,
        "board": found,
        "legend": [(name, getattr(found.sums, name, 0)) for name in LEGEND],
        "kinds": TaskKind.choices,
        "kind": chosen_kind,
        "state": chosen_state,
        "opened": request.GET.get("open", ""),
        "trend": spark(found.trend, 132, 40),
        "this_week": found.trend[-1],
    }
    return render(request, "insight/board.html", context)


def _unit(request: SignedIn, directive: Directive) -> tuple[Unit, str]:
    """The unit asked for, within what the person may read; else the widest they may."""
    standing = request.standing
    wanted = request.GET.get("unit", "")
    if wanted:
        rows = Unit.objects.filter(organisation_id=request.user.organisation_id)
        unit = orgs.fetch(rows, wanted)
        path = orgs.path_of(unit.pk, standing.on)
        if not standing.may("occurrence.read", path):
            raise OutOfScope()
        return unit, path
    owner = orgs.path_of(directive.owner_id, standing.on)
    if standing.may("occurrence.read", owner):
        return directive.owner, owner
    for seat in standing.seats:
        if standing.may("occurrence.read", seat.acts_for_path):
            return Unit.objects.get(pk=seat.acts_for_id), seat.acts_for_path
    raise OutOfScope()


def spark(values: list[int], width: int, height: int) -> str:
    """Points of a small line, scaled to its highest value, for an SVG path."""
    most = max([*values, 1])
    step = (width - 6) / (len(values) - 1)
    points = [
        f"{2 + step * n:.0f} {height - 3 - (height - 8) * v / most:.0f}"
        for n, v in enumerate(values)
    ]
    return "M" + "L".join(points)
