"""Learning to decide from annotated documents: samples, weights, and how well on held-back ones."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import linear
from .confidence import table
from .corpus import Document
from .decision import Candidate, Unit
from .engine import read
from .judgement import Answer, Judge, Model
from .scoring import Score, pairs, score
from .signs import opening_signs, openings, split_signs


def samples(document: Document) -> list[linear.Sample]:
    """Each unit of a document that its marks decide: its features, and whether it directs."""
    seen: dict[tuple[int, int, int], tuple[Candidate, Answer]] = {}

    def watch(candidate: Candidate, part: int, answer: Answer) -> None:
        seen[answer.unit.start, answer.unit.end, part] = (candidate, answer)

    judge = Judge(None, watch)
    read(document.text, None, judge=judge)
    out: list[linear.Sample] = []
    for candidate in {answer.unit.start: c for c, answer in seen.values() if c.parts}.values():
        apart = _apart(document, candidate)
        if apart is not None:
            out.append((split_signs(candidate, judge.genre), apart))
    for (_, _, part), (candidate, answer) in seen.items():
        directs = _answer(document, candidate, answer.unit, part)
        if directs is not None:
            out.append((answer.features, directs))
        if directs:
            out.extend(_leading(document, answer.unit, judge.genre))
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


def _leading(document: Document, unit: Unit, genre: str) -> Iterator[linear.Sample]:
    """For each clause before the marked span, and the one that opens it: is it left out?"""
    marked = next(x for x in document.obligations if abs(x.end - unit.end) <= 2)
    spans = openings(unit)
    for number in range(len(spans) - 1):
        left_out = unit.start + spans[number][0] < marked.start - 2
        yield opening_signs(unit, spans, number, genre), left_out
        if not left_out:
            return


def _apart(document: Document, candidate: Candidate) -> bool | None:
    """Whether the marks take the ；-parts each for itself; None where they ask nothing."""
    whole = candidate.whole
    inside = [x for x in document.obligations if x.start < whole.end and whole.start < x.end]
    if not inside:
        return None
    second = candidate.parts[1].start
    return len(inside) > 1 or inside[0].end < second or inside[0].start >= second


def learn(documents: Sequence[Document], *, folds: int = 8) -> Model:
    """A model from all documents; its confidence from each fold's answers on the held-back one."""
    prepared = [samples(document) for document in documents]
    answers: list[tuple[int, bool]] = []
    for fold in range(folds):
        rest = [s for n, rows in enumerate(prepared) if n % folds != fold for s in rows]
        model = Model(linear.train(rest))
        for document in documents[fold::folds]:
            answers.extend(_margins(document, model))
    weights = linear.train([sample for rows in prepared for sample in rows])
    return Model(weights, table(answers))


def _margins(document: Document, model: Model) -> Iterator[tuple[int, bool]]:
    """Of each obligation that the model finds its margin, and whether it was marked."""
    margins: dict[int, int] = {}

    def watch(_: Candidate, __: int, answer: Answer) -> None:
        margins[answer.unit.start + answer.start] = answer.margin

    found = read(document.text, None, judge=Judge(model, watch)).obligations
    right = {j for _, j in pairs(document.obligations, found)}
    rest = [j for j in range(len(found)) if j not in right]
    open_ones = {rest[k] for _, k in pairs(document.borderline, [found[j] for j in rest])}
    for number, one in enumerate(found):
        if number not in open_ones and one.start in margins:
            yield margins[one.start], number in right


def measure(document: Document, model: Model | None) -> Score:
    """How well a document is read with this model (None: by the rules alone)."""
    found = read(document.text, None, judge=Judge(model)).obligations
    return score(document.obligations, document.borderline, found)


def held_back(documents: Sequence[Document]) -> Iterator[tuple[Document, Model]]:
    """Leave one out: each document with the model that all the others give."""
    prepared = [samples(document) for document in documents]
    for index, document in enumerate(documents):
        rest = [s for other, rows in enumerate(prepared) if other != index for s in rows]
        yield document, Model(linear.train(rest))


def write(model: Model, path: Path) -> None:
    """Keep a model as a file: the same model gives the same bytes."""
    kept = {
        "confidence": [list(step) for step in model.confidence],
        "weights": dict(sorted(model.weights.items())),
    }
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), indent=0)
    path.write_text(text + "\n", encoding="utf-8")
