"""Answers that several views give."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class SeeOther(HttpResponseRedirect):
    """303: after a form was taken, look at this page."""

    status_code = 303


def see_other(name: str, *args: Any, query: str = "") -> HttpResponse:
    """Send the browser on to a named address (or a path that begins with a slash)."""
    address = name if name.startswith("/") else reverse(name, args=args)
    return SeeOther(f"{address}?{query}" if query else address)


def seen(request: HttpRequest, name: str = "version") -> int | None:
    """The version of a row that a form was made from; None where it says none."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
