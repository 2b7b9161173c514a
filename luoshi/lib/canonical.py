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
    _check(value, "$")
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical(f"a lone surrogate at character {error.start}") from error


_encoder = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def _encode(value: Any) -> str:
    # Python sorts keys by code point; that is the order of UTF-16 units as long as no key holds
    # a character beyond the basic plane, which `_check` has seen to.
    return _encoder.encode(value)


def _check(value: Any, path: str) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if not -LIMIT < value < LIMIT:
            raise NotCanonical(f"{path}: {value} is not below 2^53")
    elif kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not (key.isascii() or max(key) <= "\uffff"):
                raise NotCanonical(f"{path}: the key {key!r} is not plain text")
            _check(inner, f"{path}.{key}") if type(inner) is not str else None
    elif kind is list or kind is tuple:
        for number, inner in enumerate(value):
            if type(inner) is not str:
                _check(inner, f"{path}[{number}]")
    elif not isinstance(value, str):  # choices of an enumeration are texts
        raise NotCanonical(f"{path}: {kind.__name__} has no canonical form here")


def moment(at: datetime) -> str:
    """An aware moment as `YYYY-MM-DDTHH:MM:SS.ffffffZ` in UTC."""
    if at.tzinfo is None:
        raise NotCanonical("a moment needs its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
