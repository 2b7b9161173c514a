"""Which unit: the page before a form about one, or its name typed in a form."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from luoshi.base.refused import BadInput
from luoshi.orgs import offers, paths, queries
from luoshi.orgs.models import DatedQuerySet, Placement, Unit
from luoshi.web.types import SignedIn


def choose_unit(
    request: SignedIn, places: DatedQuerySet, *, title: str, back: str, back_title: str, then: str
) -> HttpResponse:
    """Units among `places`, narrowed by a part of the name (`?q=`); a link leads to `then`.

    `back` and `then` are names of addresses; `then` gets `?unit=`. Three queries.
    """
    words = request.GET.get("q", "").strip()[:60]
    if words:
        places = places.filter(unit__name__icontains=words)
    rows = list(places.select_related("unit").order_by("path")[: offers.MOST + 1])
    above = {path for row in rows for path in paths.ancestors(row.path)}
    everything = Placement.objects.on(request.standing.on).filter(
        organisation_id=request.user.organisation_id
    )
    ways = offers.units_at(above, everything)
    context = {
        "nav": "mine",
        "title": title,
        "back": reverse(back),
        "back_title": back_title,
        "then": reverse(then),
        "words": words,
        "units": [(row.unit, offers.way(row.path, ways)) for row in rows[: offers.MOST]],
        "more": len(rows) > offers.MOST,
    }
    return render(request, "duties/choose_unit.html", context)


def unit_named(request: SignedIn, field: str) -> Unit | None:
    """The unit whose name was typed in a field; None where none was. Raises `BadInput` there."""
    name = request.POST.get(field, "").strip()
    if not name:
        return None
    everything = queries.subtree(
        paths.segment(0), request.standing.on, request.user.organisation_id
    )
    found = list(everything.filter(name=name)[:2])
    if len(found) != 1:
        raise BadInput(
            _("No unit is named “%(name)s” today, or several are."), field=field, name=name[:100]
        )
    return found[0]
