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
from luoshi.orgs import paths
from luoshi.orgs import queries as orgs
from luoshi.orgs.access import Standing
from luoshi.orgs.models import SEGMENT, DatedQuerySet, Placement, Unit
from luoshi.web.answers import day_typed, typed_id
from luoshi.web.pages import page
from luoshi.web.types import SignedIn

READ = "occurrence.read"
SIZE = 100
UNIT = ("organisation_id", "name", "short_name", "position", "version")


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with its figures; `opens` where units stand below it, `read` where today's reader
    may open it by itself."""

    unit: Unit
    figures: Figures
    opens: bool
    read: bool


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
    below = _below(request, unit, place.path, on)
    places = page(below, request.GET.get("after", ""), by=("unit__position", "unit_id"), size=SIZE)
    shown = (
        set(found) if _covers(standing, place.path) else set(below.values_list("path", flat=True))
    )
    whole = Figures()
    for branch, one in found.items():
        if branch == path or branch in shown:
            _add(whole, one)
    above = place.parent
    context = {
        "nav": "boards",
        "unit": unit,
        "above": above if above and standing.may(READ, place.path[:-SEGMENT]) else None,
        "own": own,
        "lines": _lines(request, places.rows, on, found),
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


def _covers(standing: Standing, path: str) -> bool:
    """Whether the person reads whatever stands below `path`, not the unit alone."""
    return standing.may(READ, path + paths.segment(0))


def _below(request: SignedIn, unit: Unit, path: str, on: date) -> DatedQuerySet:
    """The units that stood directly below on a day, as far as the person reads them.

    What may be read follows from where the unit stands today (`path`), never from the paths of
    that day: so the page of a past day stays, whatever moved since. Who reads the unit alone sees
    below it only units that they act for with all that is below those.
    """
    standing = request.standing
    rows: DatedQuerySet = (
        Placement.objects.on(on)
        .filter(organisation_id=unit.organisation_id, parent=unit)
        .select_related("unit")
        .only("path", "organisation_id", *(f"unit__{name}" for name in UNIT))
    )
    if _covers(standing, path):
        return rows
    seats = [s for s in standing.seats if _covers(standing, s.acts_for_path)]
    return rows.filter(unit_id__in={s.acts_for_id for s in seats})


def _lines(
    request: SignedIn, shown: list[Placement], on: date, found: dict[str, Figures]
) -> list[Line]:
    ids = [p.unit_id for p in shown]
    opens = set(
        Placement.objects.on(on).filter(parent_id__in=ids).values_list("parent_id", flat=True)
    )
    today = orgs.paths_of(ids, request.today)
    return [
        Line(
            p.unit,
            found.get(p.path, Figures()),
            p.unit_id in opens,
            p.unit_id in today and request.standing.may(READ, today[p.unit_id]),
        )
        for p in shown
    ]


def _add(whole: Figures, one: Figures) -> None:
    for field in fields(Figures):
        setattr(whole, field.name, getattr(whole, field.name) + getattr(one, field.name))
