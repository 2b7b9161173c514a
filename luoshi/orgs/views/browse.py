"""The tree, a unit and a person, each as of a chosen day."""

from datetime import date
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from luoshi.base.refused import NotAllowed
from luoshi.orgs import pages, queries
from luoshi.orgs.models import Person, Unit
from luoshi.web.types import SignedIn


def as_of(request: SignedIn) -> tuple[date, bool]:
    """The day asked for with `?on=`, and whether it is another than today."""
    try:
        day = parse_date(request.GET.get("on", ""))
    except ValueError:
        day = None
    return day or request.today, bool(day and day != request.today)


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
    on, past = as_of(request)
    words = request.GET.get("q", "").strip()
    organisation_id = request.user.organisation_id
    context = {
        "nav": "orgs",
        "on": on,
        "past": past,
        "q": words,
        "found": pages.find(organisation_id, words, on) if words else None,
        "tree": None
        if words
        else pages.tree(
            organisation_id,
            on,
            opened=_id(request.GET.get("open", "")),
            after=_id(request.GET.get("after", "")),
        ),
        "manage": request.standing.has("orgs.manage"),
    }
    return render(request, "orgs/home.html", context)


@login_required
@require_GET
def unit(request: SignedIn, pk: UUID) -> HttpResponse:
    """A unit: what it is, who sits in it, who is in charge of it, what stands below."""
    _readable(request)
    on, past = as_of(request)
    rows = Unit.objects.filter(organisation_id=request.user.organisation_id)
    found = pages.unit_page(queries.fetch(rows, pk), on)
    context = {
        "nav": "orgs",
        "on": on,
        "past": past,
        "page": found,
        "manage": request.standing.has("orgs.manage") and not past,
    }
    return render(request, "orgs/unit.html", context)


@login_required
@require_GET
def person(request: SignedIn, pk: UUID) -> HttpResponse:
    """A person's seats and portfolios on a day, and all there ever were."""
    _readable(request)
    on, past = as_of(request)
    rows = Person.objects.filter(organisation_id=request.user.organisation_id)
    found = pages.person_page(queries.fetch(rows.select_related("user"), pk), on)
    context = {
        "nav": "orgs",
        "on": on,
        "past": past,
        "page": found,
        "manage": request.standing.has("orgs.manage") and not past,
        "accounts": request.standing.has("accounts.manage") and not past,
    }
    return render(request, "orgs/person.html", context)
