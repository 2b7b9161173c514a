"""What a file gives: its text, and what a person should know of how it was read."""

from typing import NamedTuple


class Notice(NamedTuple):
    """A sentence about the file in both languages."""

    zh: str
    en: str


class Document(NamedTuple):
    """The text that offsets count in (lines end in \\n), and notices on what it leaves out."""

    text: str
    notices: tuple[Notice, ...] = ()
