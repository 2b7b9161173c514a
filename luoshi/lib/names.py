"""Typed names: NFC, trimmed, inner white space folded, nothing invisible."""

import unicodedata


class BadName(ValueError):
    """A character that a name may not hold: `position` (from 0), its Unicode name."""

    def __init__(self, position: int, character: str) -> None:
        self.position = position
        self.character = unicodedata.name(character, f"U+{ord(character):04X}")
        super().__init__(f"character {position + 1} is invisible: {self.character}")


def clean_name(text: str) -> str:
    """The name as it is kept. Raises `BadName` for zero-width, direction and control characters.

    Tabs and line ends count as white space; an empty result is for the caller to judge.
    """
    text = unicodedata.normalize("NFC", text)
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        if category in ("Cf", "Cs", "Co", "Cn") or (category == "Cc" and not character.isspace()):
            raise BadName(position, character)
    return " ".join(text.split())
