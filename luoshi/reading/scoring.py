"""How well spans and fields that were read agree with those that were marked.

Spans are paired one to one at a character overlap (intersection over union) of 0.8 or more, best
first; a wrong prediction that lands on a borderline span counts neither way. Fields are compared
on paired spans: F1 over the pairs in which one side has a value, values as sets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

OVERLAP = 0.8
FIELDS = ("kind", "modality", "deadline", "cadence", "lead", "support", "actors")


class Span(Protocol):
    """Something from `start` to `end`."""

    @property
    def start(self) -> int:
        """Its first code point."""

    @property
    def end(self) -> int:
        """One behind its last."""


def overlap(a: Span, b: Span) -> float:
    """Intersection over union of two spans, 0 to 1."""
    common = min(a.end, b.end) - max(a.start, b.start)
    return common / (max(a.end, b.end) - min(a.start, b.start)) if common > 0 else 0.0


def pairs(gold: Sequence[Span], found: Sequence[Span]) -> list[tuple[int, int]]:
    """One-to-one (gold index, found index) pairs, best overlap first."""
    offers = sorted(
        (-value, i, j)
        for i, g in enumerate(gold)
        for j, f in enumerate(found)
        if f.start < g.end and g.start < f.end and (value := overlap(g, f)) >= OVERLAP
    )
    left: set[int] = set()
    right: set[int] = set()
    out = []
    for _, i, j in offers:
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            out.append((i, j))
    return sorted(out)


@dataclass(slots=True)
class Count:
    """Right ones, those found, those marked; adds up."""

    right: int = 0
    found: int = 0
    gold: int = 0

    def add(self, right: int, found: int, gold: int) -> None:
        """Count some more."""
        self.right, self.found, self.gold = self.right + right, self.found + found, self.gold + gold

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 where nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of what was marked that was found; 0 where nothing was marked."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0


@dataclass(slots=True)
class Score:
    """Spans and fields of one document or of many."""

    spans: Count = field(default_factory=Count)
    fields: dict[str, Count] = field(default_factory=lambda: {name: Count() for name in FIELDS})

    def take(self, other: "Score") -> None:
        """Add another document's score."""
        self.spans.add(other.spans.right, other.spans.found, other.spans.gold)
        for name, count in other.fields.items():
            self.fields[name].add(count.right, count.found, count.gold)


def score(gold: Sequence[Span], borderline: Sequence[Span], found: Sequence[Span]) -> Score:
    """One document's score."""
    out = Score()
    matched = pairs(gold, found)
    taken = {j for _, j in matched}
    rest = [f for j, f in enumerate(found) if j not in taken]
    out.spans.add(len(matched), len(found) - len(pairs(borderline, rest)), len(gold))
    for i, j in matched:
        for name in FIELDS:
            g, f = _values(name, gold[i]), _values(name, found[j])
            if name == "kind":
                out.fields[name].add(g == f, 1, 1)
            elif g or f:
                out.fields[name].add(g == f, bool(f), bool(g))
    return out


def _values(name: str, span: Span) -> frozenset[str]:
    value: str | Iterable[str] | None = getattr(span, name)
    if value is None or (name == "modality" and value == "must"):
        return frozenset()
    return frozenset([value]) if isinstance(value, str) else frozenset(value)
