"""The last word on each sentence: the rules' verdict, weighed by what marked documents teach."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .confidence import percent
from .decision import Candidate, Unit
from .learnt import APART, DIRECTS, OPENING, Model
from .signs import History, directs_first, opening_signs, openings, signs, split_signs

# From this margin on a leading clause is left out of the span.
_LEFT_OUT = -250


class Answer(NamedTuple):
    """Whether a unit directs somebody, the model's margin (0 without a model), its features.

    `start` is where the span begins in the unit.
    """

    unit: Unit
    directs: bool
    margin: int
    features: Sequence[str]
    start: int


class Decision(NamedTuple):
    """What was decided of a sentence: the units that direct somebody, with their answers."""

    candidate: Candidate
    chosen: tuple[Answer, ...]


Watch = Callable[[Candidate, int, Answer], None]
Truth = Callable[[Candidate], bool]


class Judge:
    """Decides the candidates of one document after the other.

    Without a model the rules alone decide. `watch` is called with every sentence and ；-part (its
    number, -1 for the whole) that is asked about, for training and for explaining. `truth` tells
    what is right of a sentence where that is known, so that training sees a true history.
    """

    def __init__(
        self, model: Model | None, watch: Watch | None = None, truth: Truth | None = None
    ) -> None:
        self.model = model
        self.watch = watch
        self.truth = truth
        self.begin()

    def begin(self) -> None:
        """A document begins."""
        self.genre = ""
        self._history = History()

    def decide(self, candidates: Sequence[Candidate]) -> list[Decision]:
        """For each sentence the units that direct somebody: none, the whole, or all its parts."""
        out = []
        for index, candidate in enumerate(candidates):
            after = candidates[index + 1] if index + 1 < len(candidates) else None
            self._history.enter(candidate)
            chosen: tuple[Answer, ...] = ()
            if candidate.parts:
                answers = [
                    self._ask(unit, candidate, number, after)
                    for number, unit in enumerate(candidate.parts)
                ]
                if self._apart(candidate, answers):
                    chosen = tuple(answer for answer in answers if answer.directs)
            if not chosen:
                answer = self._ask(candidate.whole, candidate, -1, after)
                if answer.directs:
                    chosen = (answer,)
            out.append(Decision(candidate, chosen))
            asked = self.truth(candidate) if self.truth else bool(chosen)
            self._history.leave(candidate, asked)
        return out

    def confidence(self, answer: Answer) -> int | None:
        """Of a hundred answers with this margin so many are right; None without a model."""
        if self.model is None:
            return None
        return percent(self.model.confidence, answer.margin)

    def _apart(self, candidate: Candidate, answers: Sequence[Answer]) -> bool:
        """Whether the ；-parts direct each for itself, not as one."""
        if self.model is None or not any(answer.directs for answer in answers):
            return all(answer.directs for answer in answers)
        return self.model.margin(APART, split_signs(candidate, self.genre)) > 0

    def _start(self, unit: Unit) -> int:
        """Where the span begins: behind the leading clauses that are statements of their own."""
        assert self.model is not None
        spans = openings(unit)
        for number in range(len(spans) - 1):
            if directs_first(unit, spans[number]):
                return spans[number][0]
            if (
                self.model.margin(OPENING, opening_signs(unit, spans, number, self.genre))
                <= _LEFT_OUT
            ):
                return spans[number][0]
        return spans[-1][0] if spans else unit.verdict.start

    def _ask(self, unit: Unit, candidate: Candidate, part: int, after: Candidate | None) -> Answer:
        directs, margin = unit.verdict.directs, 0
        features: Sequence[str] = ()
        if self.model is not None or self.watch is not None:
            features = signs(
                unit, candidate, part=part, history=self._history, after=after, genre=self.genre
            )
        if self.model is not None:
            margin = self.model.margin(DIRECTS, features)
            directs = margin > 0 or candidate.listed(unit)
        start = unit.verdict.start
        if self.model is not None and directs:
            start = self._start(unit)
        answer = Answer(unit, directs, margin, features, start)
        if self.watch is not None:
            self.watch(candidate, part, answer)
        return answer
