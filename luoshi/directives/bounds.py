"""What may not be issued as written, and what lawfully serves the same end (MISSION, bounds)."""

from django.utils.translation import gettext_lazy as _

from luoshi.base.refused import BadInput
from luoshi.reading.bounds import bound

BOUNDS = {
    "tracking": (
        _("Asks to follow people's movements or private life."),
        _(
            "Instead: matters that must be declared are declared as the rules say; reminder talks "
            "are held and recorded, with purpose and reply."
        ),
    ),
    "opinion": (
        _("Asks to watch, steer or suppress what the public says."),
        _(
            "Instead: answer the public's questions with who answers by when; keep one's own "
            "channels correct, and correct mistakes openly."
        ),
    ),
    "ranking": (
        _("Asks to score or rank persons."),
        _(
            "Instead: verify tasks of units one by one; talk with a person about facts, and hear "
            "the person."
        ),
    ),
}
"""bound → (what it touches, the lawful alternative)."""


def within_bounds(text: str, *, field: str) -> None:
    """Raise `BadInput` at `field` for words that touch a bound, with the lawful alternative."""
    if touched := bound(text):
        raise BadInput(
            _("%(what)s It may not be issued as written. %(instead)s"),
            field=field,
            what=BOUNDS[touched][0],
            instead=BOUNDS[touched][1],
        )
