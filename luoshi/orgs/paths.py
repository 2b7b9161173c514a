"""Tree paths: fixed-width segments, so that a subtree is one index range."""

from typing import Any

from django.db.models import Q

from luoshi.orgs.models import DEPTH, SEGMENT

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def segment(number: int) -> str:
    """The segment of the `number`-th child (from 0), four base-36 digits."""
    digits = ""
    for _ in range(SEGMENT):
        number, rest = divmod(number, len(DIGITS))
        digits = DIGITS[rest] + digits
    if number:
        raise ValueError("more children than a segment can count")
    return digits


def number(path: str) -> int:
    """The number in the last segment of `path`."""
    return int(path[-SEGMENT:], len(DIGITS))


def after(path: str) -> str:
    """The first path in byte order behind the whole subtree of `path`."""
    return path[:-1] + chr(ord(path[-1]) + 1)


def below(path: str, prefix: str = "") -> Q:
    """The condition that a row's path lies in the subtree of `path`; `prefix` leads to the row."""
    conditions: dict[str, Any] = {f"{prefix}path__gte": path, f"{prefix}path__lt": after(path)}
    return Q(**conditions)


def depth(path: str) -> int:
    """How many segments `path` has; the root of a tree has one."""
    return len(path) // SEGMENT


def ancestors(path: str) -> list[str]:
    """The paths above and including `path`, outermost first."""
    return [path[:end] for end in range(SEGMENT, len(path) + 1, SEGMENT)]


MOST = SEGMENT * DEPTH
