"""Canonical bytes are RFC 8785's."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib.canonical import NotCanonical, canonical, moment

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEY = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(KEY, inner),
    max_leaves=20,
)


@given(VALUES)
def test_equal_to_the_reference(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # any JSON value


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1.5]}, r"\$\.a\[0\]"),
        ({"a": {"b": 2**53}}, r"\$\.a\.b"),
        ({"a": {1: 2}}, r"\$\.a"),
        ({"𠮷": 1}, r"\$"),
        ([b"x"], r"\$\[0\]"),
    ],
)
def test_refusals_name_the_place(value: object, place: str) -> None:
    with pytest.raises(NotCanonical, match=place):
        canonical(value)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(NotCanonical):
        canonical("\ud800")


def test_moments_are_utc_with_six_decimals() -> None:
    east = timezone(timedelta(hours=8))
    assert moment(datetime(2026, 3, 2, 9, 30, tzinfo=east)) == "2026-03-02T01:30:00.000000Z"
    assert moment(datetime(2026, 3, 2, 1, 30, 0, 5, UTC)) == "2026-03-02T01:30:00.000005Z"
    with pytest.raises(NotCanonical):
        moment(datetime(2026, 3, 2))  # noqa: DTZ001  # the point of the test
