"""Learning from annotated documents: samples, weights, and how well on held-back ones."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from . import linear
from .confidence import table
from .corpus import Document, Label, digests
from .decision import Candidate, Unit
from .engine import read
from .judgement import Answer, Judge
from .kinds import completes_signs, forbids_signs
from .learnt import (
    ACTOR,
    APART,
    COMPLETES,
    DEADLINE,
    DIRECTS,
    FORBIDS,
    LEAD,
    OPENING,
    QUESTIONS,
    SUPPORT,
    Model,
)
from .scoring import Score, pairs, score
from .signs import directs_first, opening_signs, openings, split_signs
from .when import Hearing as When
from .who import Hearing as Who

Samples = Mapping[str, list[linear.Sample]]


class Setting(NamedTuple):
    """How a question is learnt: from how many documents a feature must come, and the cost."""

    fewest: int
    cost: float


_SETTINGS: Mapping[str, Setting] = {
    DIRECTS: Setting(3, 0.01),
    OPENING: Setting(2, 0.05),
    APART: Setting(2, 0.2),
    ACTOR: Setting(2, 0.07),
    LEAD: Setting(2, 0.1),
    SUPPORT: Setting(2, 0.1),
    DEADLINE: Setting(2, 0.05),
    COMPLETES: Setting(2, 0.1),
    FORBIDS: Setting(2, 0.2),
}


def samples(document: Document) -> Samples:
    """What a document's marks answer, by question: features, and yes or no."""
    seen: dict[tuple[int, int, int], tuple[Candidate, Answer]] = {}

    def watch(candidate: Candidate, part: int, answer: Answer) -> None:
        seen[answer.unit.start, answer.unit.end, part] = (candidate, answer)

    def truth(candidate: Candidate) -> bool:
        whole = candidate.whole
        return any(x.start < whole.end and whole.start < x.end for x in document.obligations)

    judge = Judge(None, watch, truth)
    read(document.text, None, judge=judge)
    out: dict[str, list[linear.Sample]] = {question: [] for question in QUESTIONS}
    for candidate in {answer.unit.start: c for c, answer in seen.values() if c.parts}.values():
        apart = _apart(document, candidate)
        if apart is not None:
            out[APART].append((split_signs(candidate, judge.genre), apart))
    for (_, _, part), (candidate, answer) in seen.items():
        directs = _answer(document, candidate, answer.unit, part)
        if directs is not None:
            out[DIRECTS].append((answer.features, directs))
        if directs:
            out[OPENING].extend(_leading(document, answer.unit, judge.genre))
    for label in document.obligations if document.fielded else ():
        _fields(label, judge.genre, out)
    return out


def _fields(label: Label, genre: str, out: Mapping[str, list[linear.Sample]]) -> None:
    """What an obligation's own marks say of the words in it."""
    who = Who(label.text)
    for question, names in ((ACTOR, label.actors), (LEAD, label.lead), (SUPPORT, label.support)):
        out[question].extend(who.samples(question, frozenset(names)))
    when = When(label.text)
    out[DEADLINE].extend(when.samples(label.deadline))
    if label.kind != "recurring":
        signs = completes_signs(when.masked, when.raw, label.deadline, genre)
        out[COMPLETES].append((signs, label.kind == "one_off"))
    out[FORBIDS].append((forbids_signs(when.masked), label.modality == "prohibit"))


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
        if directs_first(unit, spans[number]):
            return
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


def weigh(prepared: Sequence[Samples]) -> Model:
    """A model from the samples of documents, without confidence."""
    return Model(
        {
            question: linear.train(
                [made[question] for made in prepared],
                fewest=_SETTINGS[question].fewest,
                cost=_SETTINGS[question].cost,
            )
            for question in QUESTIONS
        }
    )


def learn(documents: Sequence[Document], *, folds: int = 8) -> Model:
    """A model from all documents; its confidence from each fold's answers on the held-back one."""
    prepared = [samples(document) for document in documents]
    answers: list[tuple[int, bool]] = []
    for fold in range(folds):
        model = weigh([made for n, made in enumerate(prepared) if n % folds != fold])
        for document in documents[fold::folds]:
            answers.extend(margins(document, model))
    return Model(weigh(prepared).weights, table(answers), digests(documents))


def margins(document: Document, model: Model) -> Iterator[tuple[int, bool]]:
    """Of each obligation that the model finds its margin, and whether it was marked."""
    said: dict[int, int] = {}

    def watch(_: Candidate, __: int, answer: Answer) -> None:
        said[answer.unit.start + answer.start] = answer.margin

    found = read(document.text, None, judge=Judge(model, watch)).obligations
    right = {j for _, j in pairs(document.obligations, found)}
    rest = [j for j in range(len(found)) if j not in right]
    open_ones = {rest[k] for _, k in pairs(document.borderline, [found[j] for j in rest])}
    for number, one in enumerate(found):
        if number not in open_ones and one.start in said:
            yield said[one.start], number in right


def measure(document: Document, model: Model | None) -> Score:
    """How well a document is read with this model (None: by the rules alone)."""
    found = read(document.text, None, judge=Judge(model)).obligations
    return score(document.obligations, document.borderline, found)


def held_back(documents: Sequence[Document]) -> Iterator[tuple[Document, Model]]:
    """Leave one out: each document with the model that all the others give."""
    prepared = [samples(document) for document in documents]
    for index, document in enumerate(documents):
        yield document, weigh([*prepared[:index], *prepared[index + 1 :]])
