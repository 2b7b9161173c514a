"""What every page needs: the organisation's name, the person's corner, the chosen look."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from luoshi.base.models import Organisation

THEMES = ("auto", "light", "dark")
SIZES = ("small", "medium", "large")
LOOK = {"theme": THEMES, "size": SIZES}


@lru_cache(maxsize=64)
def organisation_name(pk: UUID) -> str:
    """The name of an organisation; names do not change while the program runs."""
    return str(Organisation.objects.values_list("name", flat=True).get(pk=pk))


def look(request: HttpRequest) -> dict[str, str]:
    """The theme and the text size chosen with the form of `views.display`."""
    theme, size = request.COOKIES.get("theme", ""), request.COOKIES.get("size", "")
    return {
        "theme": theme if theme in THEMES else "auto",
        "size": size if size in SIZES else "medium",
    }


def site(request: HttpRequest) -> dict[str, Any]:
    """`organisation_name`, `look`; views give `nav` (the current place) themselves."""
    user = getattr(request, "user", None)
    name = ""
    if user is not None and user.is_authenticated:
        name = organisation_name(user.organisation_id)
    return {"organisation_name": name, "look": look(request)}
