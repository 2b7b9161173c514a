"""Typed names, as every action takes them: cleaned, not empty, short enough for their column."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from luoshi.base.refused import BadInput
from luoshi.lib import names


def typed_text(text: str, *, field: str, most: int) -> str:
    """A longer text as it is kept: line ends `\\n`, trimmed, control characters left out.

    May be empty. Raises `BadInput` bound to `field` over `most` characters.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    kept = kept.strip()
    if len(kept) > most:
        raise BadInput(
            _("This has %(length)s characters; at most %(most)s fit. Shorten it."),
            field=field,
            length=len(kept),
            most=most,
        )
    return kept


def typed(text: str, *, field: str, most: int, optional: bool = False) -> str:
    """The name as it is kept (NFC, trimmed). Raises `BadInput` bound to `field`.

    `most` counts characters. An empty name is refused unless `optional`.
    """
    try:
        name = names.clean_name(text)
    except names.BadName as error:
        raise BadInput(
            _("Character %(position)s is invisible (%(character)s). Delete it and type it anew."),
            field=field,
            position=error.position + 1,
            character=error.character,
        ) from error
    if not name and not optional:
        raise BadInput(_("Fill this in."), field=field)
    if len(name) > most:
        raise BadInput(
            _("This has %(length)s characters; at most %(most)s fit. Shorten it."),
            field=field,
            length=len(name),
            most=most,
        )
    return name
