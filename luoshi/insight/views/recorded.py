"""When things were recorded: a year of one register, for a unit and the units below it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from luoshi.base.refused import NotAllowed, OutOfScope
from luoshi.insight import recorded
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Unit
from luoshi.web.types import SignedIn

YEARS = 6
"""How many years back the page offers; an older one can be typed into the address."""


@login_required
@require_GET
def page(request: SignedIn) -> HttpResponse:
    """`?register=`, `?year=` and `?unit=`; by default reports, this year, the person's own unit."""
    wanted = request.GET.get("register", "")
    register = next((r for r in recorded.REGISTERS if r.key == wanted), recorded.REGISTERS[0])
    unit, path, seats = _unit(request)
    year = _year(request)
    found = recorded.build(register, request.standing, unit, path, year)
    newest = request.today.year
    nearby = [*found.above, unit, *(line.unit for line in found.lines if line.unit)]
    context = {
        "nav": "record",
        "unit": unit,
        "found": found,
        "registers": recorded.REGISTERS,
        "years": sorted({year, *range(newest - YEARS + 1, newest + 1)}, reverse=True),
        "units": {one.pk: one for one in (*seats, *nearby)}.values(),
        "before": recorded.BEFORE,
        "later": recorded.LATER,
        "unknown": recorded.UNKNOWN,
    }
    return render(request, "insight/recorded.html", context)


def _year(request: SignedIn) -> int:
    """The year asked for, up to this one; this one where it is none."""
    text = request.GET.get("year", "")
    newest = request.today.year
    year = int(text) if text.isdecimal() and len(text) == 4 else newest
    return year if 1900 < year <= newest else newest


def _unit(request: SignedIn) -> tuple[Unit, str, list[Unit]]:
    """The unit asked for, or the first that the person acts for; its path; all those of theirs.

    Raises `NotAllowed` for who reads no unit's work, `OutOfScope` for a unit out of reach.
    """
    standing = request.standing
    places = {
        pk: path
        for seat in standing.seats
        for pk, path in ((seat.acts_for_id, seat.acts_for_path), (seat.unit_id, seat.unit_path))
        if standing.may("occurrence.read", path)
    }
    if not places:
        raise NotAllowed()
    rows = Unit.objects.filter(organisation_id=request.user.organisation_id)
    named = rows.in_bulk(list(places))
    seats = [named[pk] for pk in places]
    if asked := request.GET.get("unit", ""):
        unit = orgs.fetch(rows, asked)
        path = orgs.path_of(unit.pk, standing.on)
        if not standing.may("occurrence.read", path):
            raise OutOfScope()
        return unit, path, seats
    return seats[0], places[seats[0].pk], seats
