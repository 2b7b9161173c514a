"""What marked documents taught: weights by question, and how sure an answer is."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .confidence import Table
from .linear import total

SHIPPED = Path(__file__).with_name("weights.json")

# The questions, each with weights of its own: does a unit direct somebody; is a leading clause a
# statement outside of the span; do ；-parts direct each for itself; is a phrase the actor, the
# lead, the support; are words the deadline; does the act complete; does the main predicate forbid.
DIRECTS, OPENING, APART = "directs", "opening", "apart"
ACTOR, LEAD, SUPPORT = "actor", "lead", "support"
DEADLINE, COMPLETES, FORBIDS = "deadline", "completes", "forbids"
QUESTIONS = (DIRECTS, OPENING, APART, ACTOR, LEAD, SUPPORT, DEADLINE, COMPLETES, FORBIDS)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by question and feature; how often findings of a margin are right (`confidence`).

    `taught_by` says which documents taught it (`corpus.digests`).
    """

    weights: Mapping[str, Mapping[str, int]]
    confidence: Table = field(default=())
    taught_by: Mapping[str, str] = field(default_factory=dict)

    def margin(self, question: str, features: Iterable[str]) -> int:
        """How much speaks for a yes: above 0 yes, below no."""
        known = self.weights.get(question)
        return total(known, features) if known else 0

    def knows(self, question: str) -> bool:
        """Whether anything was learnt about a question."""
        return bool(self.weights.get(question))


@cache
def shipped() -> Model | None:
    """The model that comes with the program."""
    return load(SHIPPED) if SHIPPED.exists() else None


def load(path: Path) -> Model:
    """A model from its file. Raises OSError, ValueError and KeyError where it is none."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Model(kept["weights"], kept["confidence"], kept["taught_by"])


def write(model: Model, path: Path) -> None:
    """Keep a model as a file: the same model gives the same bytes."""
    kept = {
        "confidence": [list(step) for step in model.confidence],
        "taught_by": dict(sorted(model.taught_by.items())),
        "weights": {q: dict(sorted(w.items())) for q, w in sorted(model.weights.items())},
    }
    words = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    path.write_text(words + "\n", encoding="utf-8")
