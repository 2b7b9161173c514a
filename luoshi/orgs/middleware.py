"""Between sign-in and pages: the first start, and what the signed-in user is today."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from luoshi.accounts.models import User
from luoshi.orgs import access

GetResponse = Callable[[HttpRequest], HttpResponse]


class FirstStart:
    """Sends every page to the first-start page as long as the database has no user."""

    started = False
    path = "/start/"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Ask the database only until the first user is there."""
        if not FirstStart.started and not request.path.startswith(
            (self.path, "/static/", "/i18n/", "/display/")
        ):
            if not User.objects.exists():
                return redirect(self.path)
            FirstStart.started = True
        return self.get_response(request)


class Standing:
    """`request.standing`: seats and reach of the signed-in user today, read on first use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the lazy standing."""
        if request.user.is_authenticated:
            user, today = request.user, request.today  # type: ignore[attr-defined]  # set by Clock
            request.standing = SimpleLazyObject(lambda: access.standing(user, today))  # type: ignore[attr-defined]  # declared in web.types
        return self.get_response(request)
