"""Kinds are for good: once in the list, never renamed and never removed, and each is documented."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from luoshi.base.models import Organisation
from luoshi.ledger.kinds import KINDS, UnknownKind
from luoshi.ledger.leaf import KIND
from tests.ledger.logs import put

ROOT = Path(__file__).resolve().parents[2]
FROZEN = Path(__file__).with_name("kinds.txt").read_text(encoding="utf-8").split()
"""Every kind that ever left this house; lines are added here, and only added."""


def test_no_kind_is_lost() -> None:
    assert set(FROZEN) == set(KINDS), "add a new kind to kinds.txt; take none away"
    assert all(KIND.fullmatch(kind) for kind in KINDS)


def test_each_is_documented_with_its_values() -> None:
    text = (ROOT / "docs/ledger.md").read_text(encoding="utf-8").partition("## Kinds")[2]
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (\w+) \| (.+) \| (.+) \|$", text, re.M)
    assert [kind for kind, *_rest in rows] == sorted(KINDS)


def test_each_has_a_name_in_both_languages() -> None:
    for language in ("en", "zh-hans"):
        with override(language):
            names = [str(name) for name in KINDS.values()]
            assert len(set(names)) == len(names)


def test_another_kind_is_refused(organisation: Organisation) -> None:
    with pytest.raises(UnknownKind):
        put(organisation, kind="unit.invented")
