"""The edge of a request: here the clock is read, and here expected refusals become pages."""

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from luoshi.base.clock import day_of
from luoshi.base.refused import Refusal, Refused
from luoshi.web.answers import typed_back

GetResponse = Callable[[HttpRequest], HttpResponse]


class Clock:
    """Gives the request its moment (`request.at`, UTC) and day (`request.today`, the zone's)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the clock once for the whole request."""
        at = timezone.now()
        request.at = at  # type: ignore[attr-defined]  # declared in web.types.SignedIn
        request.today = day_of(at)  # type: ignore[attr-defined]  # as above
        return self.get_response(request)


class RefusedPages:
    """Turns `Refused` into a page with the message and its status; other errors propagate."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal that no form has caught."""
        if isinstance(error, Refusal):
            return refused_page(request, error)
        if isinstance(error, OperationalError) and "locked" in str(error):
            busy = Refused(_("The server was busy for too long. Nothing was saved; send it again."))
            busy.status = 503
            return refused_page(request, busy)
        return None


def refused_page(request: HttpRequest, error: Refusal) -> HttpResponse:
    """The page of a refusal; what was typed is shown again below it, so that nothing is lost."""
    name = f"{error.status}.html" if error.status in (400, 403, 404, 409, 413) else "400.html"
    typed = typed_back(request.POST)
    context = {"message": str(error), "typed": typed, "back": request.META.get("HTTP_REFERER", "")}
    return render(request, name, context, status=error.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: an old page, or one from elsewhere."""
    error = Refused(_("This page is too old to be sent. Open it again, then send the form."))
    error.status = 403
    return refused_page(request, error)
