"""Answers that several views give."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse


class SeeOther(HttpResponseRedirect):
    """303: after a form was taken, look at this page."""

    status_code = 303


def see_other(name: str, *args: Any, query: str = "") -> HttpResponse:
    """Send the browser on to a named address (or a path that begins with a slash)."""
    address = name if name.startswith("/") else reverse(name, args=args)
    return SeeOther(f"{address}?{query}" if query else address)
