"""各单位进展: a unit and the units directly below it, today or as it stood on a past day."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luoshi.base.refused import BadInput, OutOfScope
from luoshi.directives import queries as directives
from luoshi.directives.models import Directive
from luoshi.duties import leaving
from luoshi.insight import summary
from luoshi.insight.summary import Figures
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import SEGMENT, Placement, Unit
from luoshi.web.answers import day_typed, typed_id
from luoshi.web.pages import Page, page
from luoshi.web.types import SignedIn

READ = "occurrence.read"
SIZE = 100
UNIT = ("organisation_id", "name", "short_name", "position", "version")


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with its figures; `opens` where units stand below it."""

    unit: Unit
    figures: Figures
    opens: bool


@login_required
@require_GET
def mine(request: SignedIn) -> HttpResponse:
    """The page of the highest unit that the person acts for."""
    seats = [s for s in request.standing.seats if request.standing.may(READ, s.acts_for_path)]
    if not seats:
        return render(request, "insight/progress.html", {"nav": "boards", "unit": None})
    top = min(seats, key=lambda s: len(s.acts_for_path))
    return _show(request, top.acts_for_id)


@login_required
@require_GET
def of_unit(request: SignedIn, pk: UUID) -> HttpResponse:
    """The page of one unit."""
    return _show(request, pk)


def _show(request: SignedIn, pk: UUID) -> HttpResponse:
    standing, error = request.standing, ""
    unit = orgs.fetch(Unit.objects.filter(organisation_id=request.user.organisation_id), pk)
    on = request.today
    try:
        asked = day_typed(request.GET, "on")
    except BadInput as refused:
        asked, error = None, str(refused)
    if asked is not None and asked > request.today:
        asked, error = None, _("The day lies in the future.")
    on = asked or request.today
    place = _place(unit, standing.on)
    if place is None or not standing.may(READ, place.path):
        raise OutOfScope()
    then = place if on == standing.on else _place(unit, on)
    path = then.path if then else None
    chosen = typed_id(request.GET.get("directive", ""))
    issued = list(
        directives.visible_to(standing)
        .filter(state=Directive.State.ISSUED)
        .defer(*directives.HEAVY)
        .order_by("-created_at", "-id")[:50]
    )
    chosen = chosen if chosen in {d.pk for d in issued} else None
    if path is None:
        found: dict[str, Figures] = {}
        error = _("This unit did not stand in the tree on that day.")
    elif on < request.today:
        found = summary.as_of(request.user.organisation, path, on, directive_id=chosen)
    else:
        found = summary.today(request.user.organisation_id, unit.pk, path, on, directive_id=chosen)
    own = found.get(path or "", Figures())
    places = _places(request, unit, on)
    whole = Figures()
    for branch, one in found.items():
        if branch == path or standing.may(READ, branch):
            _add(whole, one)
    above = place.parent
    context = {
        "nav": "boards",
        "unit": unit,
        "above": above if above and standing.may(READ, place.path[:-SEGMENT]) else None,
        "own": own,
        "lines": _lines(places.rows, on, found),
        "page": places,
        "closed_units": leaving.closed_units(standing) if on == request.today else [],
        "whole": whole,
        "on": on,
        "past": on < request.today,
        "directives": issued,
        "chosen": chosen,
        "error": error,
        "typed": request.GET.get("on", ""),
    }
    return render(request, "insight/progress.html", context)


def _place(unit: Unit, on: date) -> Placement | None:
    """Where the unit stands on a day, with the unit above it."""
    return Placement.objects.on(on).filter(unit=unit).select_related("parent").first()


def _places(request: SignedIn, unit: Unit, on: date) -> Page[Placement]:
    """A page of the units directly below that the person may read, in their order (排序号)."""
    rows = (
        Placement.objects.on(on)
        .filter(request.standing.scope(READ), organisation_id=unit.organisation_id, parent=unit)
        .select_related("unit")
        .only("path", "organisation_id", *(f"unit__{name}" for name in UNIT))
    )
    by = ("unit__position", "unit_id")
    return page(rows, request.GET.get("after", ""), by=by, size=SIZE)


def _lines(shown: list[Placement], on: date, found: dict[str, Figures]) -> list[Line]:
    opens = set(
        Placement.objects.on(on)
        .filter(parent_id__in=[p.unit_id for p in shown])
        .values_list("parent_id", flat=True)
    )
    return [Line(p.unit, found.get(p.path, Figures()), p.unit_id in opens) for p in shown]


def _add(whole: Figures, one: Figures) -> None:
    for field in fields(Figures):
        setattr(whole, field.name, getattr(whole, field.name) + getattr(one, field.name))
