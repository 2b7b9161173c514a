"""Which unit: the page before a form about one, or its name typed in a form."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from luoshi.base.refused import BadInput
from luoshi.orgs import offers, paths
from luoshi.orgs.models import DatedQuerySet, Placement, Unit
from luoshi.web.templatetags.ui import joined
from luoshi.web.types import SignedIn

WAY = " › "
NEAR = 3
"""How many names are suggested where none fits."""


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


def unit_names(organisation_id: UUID, on: date, below: str = "") -> list[str]:
    """The names of the units that stand on a day at or below a path (empty: all), as a form offers
    them and `unit_named` takes them, in the order of the tree; two queries.

    A name that several units bear stands with the unit above: 北渡分局 › 第一支部.
    """
    everything = Placement.objects.on(on).filter(organisation_id=organisation_id)
    wanted = everything.filter(paths.below(below)) if below else everything
    named = dict(everything.order_by("path").values_list("path", "unit__name"))
    borne = Counter(named.values())
    return [
        name if borne[name] == 1 else _way(path, named, borne)
        for path, name in wanted.order_by("path").values_list("path", "unit__name")
    ]


def _way(path: str, named: Mapping[str, str], borne: Mapping[str, int]) -> str:
    """The name behind that of the unit above; the whole way where that one has namesakes too."""
    names = [named[p] for p in paths.ancestors(path) if p in named]
    twice = len(names) > 1 and borne[names[-2]] > 1
    return WAY.join(names if twice else names[-2:])


def unit_named(request: SignedIn, field: str) -> Unit | None:
    """The unit that was typed in a field, by its name or as 上级 › 名称; None where none was.

    Raises `BadInput` there: with the ways to say it where several units bear the name, with up to
    three names that contain what was typed where none does.
    """
    text = " ".join(request.POST.get(field, "").split())[:300]
    if not text:
        return None
    on, organisation_id = request.standing.on, request.user.organisation_id
    everything = Placement.objects.on(on).filter(organisation_id=organisation_id)
    steps = [step.strip() for step in text.split(WAY.strip())]
    rows = list(everything.filter(unit__name=steps[-1]).select_related("unit").order_by("path"))
    ways = _ways(rows, everything)
    fitting = [row for row in rows if ways[row.path][-len(steps) :] == steps]
    if len(fitting) == 1:
        found: Unit = fitting[0].unit
        return found
    if fitting:
        raise BadInput(
            _("Several units are named “%(name)s”. Say which one: %(names)s."),
            field=field,
            name=text,
            names=joined([WAY.join(ways[row.path][-len(steps) - 1 :]) for row in fitting[:6]]),
        )
    near = rows or list(
        everything.filter(unit__name__icontains=steps[-1])
        .select_related("unit")
        .order_by("path")[:NEAR]
    )
    if not near:
        raise BadInput(_("No unit is named “%(name)s” today."), field=field, name=text)
    if not rows:
        ways = _ways(near, everything)
    borne = Counter(
        everything.filter(unit__name__in={row.unit.name for row in near}).values_list(
            "unit__name", flat=True
        )
    )
    raise BadInput(
        _("No unit is named “%(name)s” today. Is it one of these: %(names)s?"),
        field=field,
        name=text,
        names=joined(
            [
                WAY.join(ways[row.path][-1 if borne[row.unit.name] == 1 else -2 :])
                for row in near[:NEAR]
            ]
        ),
    )


def _ways(rows: Iterable[Placement], everything: DatedQuerySet) -> dict[str, list[str]]:
    """path → the names from the root down to it; one query."""
    found = [row.path for row in rows]
    named = dict(
        everything.filter(path__in={p for path in found for p in paths.ancestors(path)})
        .order_by()
        .values_list("path", "unit__name")
    )
    return {path: [named[p] for p in paths.ancestors(path) if p in named] for path in found}
