"""The tree, a unit and a person, each as of a chosen day."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luoshi.base.refused import BadInput, NotAllowed
from luoshi.orgs import pages, queries
from luoshi.orgs.models import Person, Unit
from luoshi.orgs.views.form import own, words
from luoshi.web.types import SignedIn


def as_of(request: SignedIn) -> dict[str, Any]:
    """The day of `?on=`: `on`, `other_day` (not today), and `asof`, the query that keeps it.

    Raises `BadInput` for what is no day.
    """
    text = request.GET.get("on", "").strip()
    try:
        day = parse_date(text) if text else request.today
    except ValueError:
        day = None
    if day is None:
        raise BadInput(_("“%(text)s” is no day. Type one like 2026-06-30.") % {"text": text[:40]})
    other = day != request.today
    return {"on": day, "other_day": other, "asof": f"?on={day.isoformat()}" if other else ""}


def _readable(request: SignedIn) -> None:
    if not request.standing.has("orgs.read"):
        raise NotAllowed()


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@login_required
@require_GET
def home(request: SignedIn) -> HttpResponse:
    """The tree as of a day, opened down to one unit; or what a name finds."""
    _readable(request)
    shown = as_of(request)
    organisation_id = request.user.organisation_id
    name = words(request)
    opened = _id(request.GET.get("open", ""))
    context = {
        "nav": "orgs",
        **shown,
        "q": name,
        "opened": opened,
        "found": pages.find(organisation_id, name, shown["on"]) if name else None,
        "tree": None
        if name
        else pages.tree(
            organisation_id,
            shown["on"],
            opened=opened,
            after=_id(request.GET.get("after", "")),
        ),
        "manage": request.standing.has("orgs.manage") and not shown["other_day"],
    }
    return render(request, "orgs/home.html", context)


@login_required
@require_GET
def unit(request: SignedIn, pk: UUID) -> HttpResponse:
    """A unit: what it is, who sits in it, who is in charge of it, what stands below."""
    _readable(request)
    shown = as_of(request)
    context = {
        "nav": "orgs",
        **shown,
        "page": pages.unit_page(queries.fetch(own(Unit, request), pk), shown["on"]),
        "manage": request.standing.has("orgs.manage") and not shown["other_day"],
    }
    return render(request, "orgs/unit.html", context)


@login_required
@require_GET
def person(request: SignedIn, pk: UUID) -> HttpResponse:
    """A person's seats and portfolios on a day, and all there ever were."""
    _readable(request)
    shown = as_of(request)
    found = queries.fetch(own(Person, request).select_related("user"), pk)
    context = {
        "nav": "orgs",
        **shown,
        "page": pages.person_page(found, shown["on"]),
        "lines_open": found.user_id == request.user.pk or request.standing.has("lines.read"),
        "manage": request.standing.has("orgs.manage") and not shown["other_day"],
        "accounts": request.standing.has("accounts.manage") and not shown["other_day"],
    }
    return render(request, "orgs/person.html", context)
