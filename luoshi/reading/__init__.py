"""From a directive's text to its outline and the obligations in it. Plain Python, deterministic.

`read(text, issued_on)` returns a `Reading`; offsets are code points of the text as given. The
rules are the annotation guide's: each stage is a module of its own (outline, sentences, clauses,
decision, fields), and each obligation says why it was taken (`reasons.REASONS`).
"""

from .engine import read
from .model import Heading, Obligation, Reading, ResolvedCadence, ResolvedDate, Selector
from .reasons import REASONS, sentence
from .text import Unreadable

__all__ = [
    "REASONS",
    "Heading",
    "Obligation",
    "Reading",
    "ResolvedCadence",
    "ResolvedDate",
    "Selector",
    "Unreadable",
    "read",
    "sentence",
]
