"""The sign-in form."""

from typing import Any

from allauth.account.forms import LoginForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's sign-in, in the words of this site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Sign-in name")
        self.fields["password"].label = _("Password")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields.pop("remember", None)

    def clean(self) -> Any:
        """Say to the owner of a closed account, who has typed its password, that it is closed."""
        cleaned = super().clean()
        user = getattr(self, "user", None)
        if user is not None and not user.is_active:
            raise ValidationError(
                _("This account is closed. The organisation's administrator can open it again.")
            )
        return cleaned
