"""allauth's hooks: nobody signs up by themselves; accounts are made by the organisation."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from luoshi.accounts.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Password sign-in only, in the words of this site."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The sign-in name or the password is wrong."),
        "email_password_mismatch": _("The sign-in name or the password is wrong."),
        "too_many_login_attempts": _(
            "Too many wrong passwords. Wait five minutes, then try again; nobody is shut out."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator creates accounts."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: that one is signed in is seen in the corner of the page."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Go on, in the language of the account unless this browser has chosen one already."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            speak(response, user.language)
        return response


def speak(response: HttpResponse, language: str) -> None:
    """Let this browser read the pages in `language` from its next request on."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, httponly=True, samesite="Lax")
