"""The request as signed-in views see it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from luoshi.accounts.models import User


class SignedIn(HttpRequest):
    """A request behind the sign-in: user, moment, day, and what the user is today."""

    user: "User"
    at: datetime
    today: date
    standing: Any
    htmx: Any
    nav_counts: dict[str, int]
