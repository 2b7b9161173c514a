"""Putting together what the end of a line or a page took apart."""

from .model import is_wide

_HYPHENS = "-\u00ad\u2010\x02\ufffe"


def glued(before: str, after: str) -> str:
    """Two lines of one paragraph: nothing between Chinese, a blank between words.

    A hyphen at the end of a line that parts a word in small letters goes.
    """
    if not before or not after:
        return before + after
    last, first = before[-1], after[0]
    if last in _HYPHENS and len(before) > 1 and before[-2].isalpha() and first.islower():
        return before[:-1] + after
    if last in _HYPHENS[1:]:
        return before[:-1] + after
    if is_wide(last) or is_wide(first) or last.isspace() or first.isspace():
        return before + after
    if last.isdigit() and first.isdigit():
        return before + after
    if last in "([{“‘《〈—…·/-" or first in ")]}”’》〉—…·/.,;:%":
        return before + after
    return f"{before} {after}"
