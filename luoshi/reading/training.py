"""Learning to decide from annotated documents: samples, weights, and how well on held-back ones."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from . import linear
from .corpus import Document
from .decision import Candidate, Unit
from .engine import read
from .judgement import Judge
from .scoring import Score, score


def samples(document: Document) -> list[linear.Sample]:
    """Each unit of a document that its marks decide: its features, and whether it directs."""
    seen: dict[tuple[int, int, int], tuple[Candidate, Unit, int, list[str]]] = {}

    def watch(candidate: Candidate, unit: Unit, part: int, features: list[str]) -> None:
        seen[unit.start, unit.end, part] = (candidate, unit, part, features)

    judge = Judge(None, watch)
    read(document.text, None, judge=judge)
    out: list[linear.Sample] = []
    for candidate, unit, part, features in seen.values():
        answer = _answer(document, candidate, unit, part)
        if answer is not None:
            out.append((features, answer))
    return out


def _answer(document: Document, candidate: Candidate, unit: Unit, part: int) -> bool | None:
    """Whether the marks say that this unit directs somebody; None where they leave it open."""
    inside = [x for x in document.obligations if x.start < unit.end and unit.start < x.end]
    if not inside:
        open_to_both = any(x.start < unit.end and unit.start < x.end for x in document.borderline)
        return None if open_to_both else False
    ends = any(abs(x.end - unit.end) <= 2 for x in inside)
    if part < 0 and candidate.parts:
        if len(inside) > 1:
            return None
        return ends and inside[0].start < candidate.parts[0].end
    return ends


def learn(documents: Sequence[Document]) -> dict[str, int]:
    """Weights from all documents, in their order."""
    return linear.train([sample for document in documents for sample in samples(document)])


def measure(document: Document, weights: Mapping[str, int] | None) -> Score:
    """How well a document is read with these weights (None: by the rules alone)."""
    found = read(document.text, None, judge=Judge(weights)).obligations
    return score(document.obligations, document.borderline, found)


def held_back(
    documents: Sequence[Document], progress: Callable[[str], None] | None = None
) -> Iterator[tuple[Document, dict[str, int]]]:
    """Leave one out: each document with the weights that all the others give."""
    prepared = [samples(document) for document in documents]
    for index, document in enumerate(documents):
        rest = [s for other, rows in enumerate(prepared) if other != index for s in rows]
        if progress:
            progress(document.name)
        yield document, linear.train(rest)
