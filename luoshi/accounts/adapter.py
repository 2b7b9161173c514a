"""allauth's hooks: nobody signs up by themselves; accounts are made by the organisation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Password sign-in only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator creates accounts."""
        return False
