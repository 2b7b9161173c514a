"""RFC 8785 canonical JSON for the ledger's types: str, int below 2^53, bool, None, list, dict.

For these types RFC 8785 is JSON without spaces, with keys in the order of their UTF-16 code units
and the shortest string escapes, which `json.dumps` writes when the keys are sorted that way.
"""

import json
from datetime import UTC, datetime
from typing import Any

LIMIT = 2**53


class NotCanonical(ValueError):
    """A value that has no place in a ledger body; the message names the path to it."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of `value`. Raises `NotCanonical` naming the offending place."""
    try:
        _check(value)
    except _Misplaced as error:
        raise NotCanonical("".join(["$", *reversed(error.path)]) + f": {error}") from None
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical(f"a lone surrogate at character {error.start}") from error


class _Misplaced(ValueError):
    """A value that does not belong; `path` grows from the inside out while the error rises."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.path: list[str] = []


_PLAIN = frozenset({str, bool, type(None)})
_encoder = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def _encode(value: Any) -> str:
    # Python sorts keys by code point; that is the order of UTF-16 units as long as no key holds
    # a character beyond the basic plane, which `_check` has seen to.
    return _encoder.encode(value)


def _check(value: Any) -> None:
    kind = type(value)
    if kind in _PLAIN:
        return
    if kind is int:
        if not -LIMIT < value < LIMIT:
            raise _Misplaced(f"{value} is not below 2^53")
    elif kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not (key.isascii() or max(key) <= "\uffff"):
                raise _Misplaced(f"the key {key!r} is not plain text")
            if type(inner) not in _PLAIN:
                try:
                    _check(inner)
                except _Misplaced as error:
                    error.path.append(f".{key}")
                    raise
    elif kind is list or kind is tuple:
        for number, inner in enumerate(value):
            if type(inner) not in _PLAIN:
                try:
                    _check(inner)
                except _Misplaced as error:
                    error.path.append(f"[{number}]")
                    raise
    elif not isinstance(value, str):  # choices of an enumeration are texts
        raise _Misplaced(f"{kind.__name__} has no canonical form here")


def moment(at: datetime) -> str:
    """An aware moment as `YYYY-MM-DDTHH:MM:SS.ffffffZ` in UTC."""
    if at.tzinfo is None:
        raise NotCanonical("a moment needs its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
