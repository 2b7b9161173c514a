"""How alike two short Chinese texts are, by their pairs of neighbouring characters."""

import re
import unicodedata
from collections import Counter

_KEPT = re.compile(r"[\w]+")


def pairs(text: str) -> Counter[str]:
    """The bigrams of a text, punctuation and blanks aside; a single character counts as one."""
    plain = "".join(_KEPT.findall(unicodedata.normalize("NFKC", text).lower()))
    if len(plain) == 1:
        return Counter([plain])
    return Counter(plain[i : i + 2] for i in range(len(plain) - 1))


def share(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient of two bags of bigrams: 0 (nothing shared) to 1 (the same).

    2·|A∩B| / (|A|+|B|), L. R. Dice 1945.
    """
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def covered(part: Counter[str], whole: Counter[str]) -> float:
    """Which share of the bigrams of `part` stands in `whole`: 0 to 1."""
    return (part & whole).total() / part.total() if part else 0.0
