"""Expected failures: one family, each with a message for the person and an HTTP status.

An action raises them. What the person can mend is `Refused`: a form catches it and stands there
again with the message and what was typed. What no form can mend (`NotAllowed`, `OutOfScope`) is
none, so it passes every form, and `web.edge.RefusedPages` makes a page of its own of it, as of
`Refused` where no form stands. Anything else that is raised is a bug and propagates.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """What was asked cannot be done; the message says what, where and how to mend it.

    `field` names the form field that is meant, where there is one.
    """

    status = 400
    default: str | Promise = _("This cannot be done.")

    def __init__(
        self, message: str | Promise | None = None, *, field: str | None = None, **values: Any
    ) -> None:
        self.message = message if message is not None else self.default
        self.field = field
        self.values: Mapping[str, Any] = values
        super().__init__(message)

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.values if self.values else text


class Refused(Refusal):
    """What was asked cannot be done like this; another value, or another look, mends it."""


class NotAllowed(Refusal):
    """The person's role does not reach this act."""

    status = 403
    default = _("Your post does not include this act. The unit's clerk can tell you who may do it.")


class OutOfScope(Refusal):
    """The object is not among those the person may see; says no more than that."""

    status = 404
    default = _("There is no such page, or it is not open to you.")


class Stale(Refused):
    """Somebody else changed the object since the page was shown."""

    status = 409
    default = _(
        "Somebody else changed this while you had the page open. Nothing of yours was saved yet: "
        "compare with the newest version below and save again."
    )


class AlreadyDone(Refused):
    """The same form came twice (a double click, a page sent again); the first one counts."""

    status = 409
    default = _("This was already recorded a moment ago; the first one counts.")


class BadInput(Refused):
    """A typed value that cannot be taken; `field` says which."""
