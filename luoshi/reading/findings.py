"""What a document asks for: sentences wait here, are decided, and become obligations."""

from dataclasses import replace
from datetime import date

from . import fields, roles
from .decision import Candidate
from .judgement import Answer, Judge
from .model import Obligation
from .signs import paper

# So many sentences of a paragraph are decided together.
_TOGETHER = 64


class Findings:
    """The obligations of one document, in its order.

    `title` and `year` are what the text said of itself so far; `settle` before `found` is read.
    """

    def __init__(self, text: str, issued_on: date | None, year: int | None, judge: Judge) -> None:
        self.text = text
        self.issued_on = issued_on
        self.year = issued_on.year if issued_on else year
        self.title: str | None = None
        self.judge = judge
        self.found: list[Obligation] = []
        self.waiting: list[Candidate] = []

    def __len__(self) -> int:
        return len(self.found)

    def ask(self, candidate: Candidate) -> None:
        """A sentence comes; it waits for the ones after it in its paragraph."""
        self.waiting.append(candidate)
        if len(self.waiting) >= _TOGETHER:
            self.settle()

    def settle(self) -> None:
        """Decide what waits, and build what directs somebody."""
        self.judge.genre = paper(self.title)
        for candidate, chosen in self.judge.decide(self.waiting):
            also = ("part_cut",) if len(chosen) > 1 else ()
            names: tuple[str, ...] = ()
            for answer in chosen:
                sure = self.judge.confidence(answer)
                names = self._add(candidate, answer, also, names, sure)
        self.waiting.clear()

    def take(self, candidate: Candidate) -> None:
        """A sentence that is asked by its place, whatever its words: a row of a table of duties."""
        self.settle()
        self._add(candidate, Answer(candidate.whole, True, 0, (), 0), (), (), sure=None)

    def vouch(self, from_index: int) -> None:
        """A table of duties asks for what was found in its row: no doubt is left to weigh."""
        for index in range(from_index, len(self.found)):
            self.found[index] = replace(self.found[index], confidence=None)

    def give(self, line: roles.Line, from_index: int) -> None:
        """What a line of responsibility says goes to the obligations that it closes."""
        self.settle()
        for index in range(from_index, len(self.found)):
            self.found[index] = fields.with_line(
                self.found[index],
                line,
                self.issued_on,
                self.year,
                self.judge.genre,
                self.judge.model,
            )

    def _add(
        self,
        candidate: Candidate,
        answer: Answer,
        also: tuple[str, ...],
        before: tuple[str, ...],
        sure: int | None,
    ) -> tuple[str, ...]:
        unit = answer.unit
        verdict = unit.verdict
        why: tuple[str, ...] = (verdict.why[0] if verdict.directs else "learnt",)
        if answer.start > verdict.base:
            why = (*why, "opening_cut")
        obligation = fields.build(
            self.text,
            unit.start + answer.start,
            unit.end,
            path=candidate.path,
            above=candidate.above,
            stage=candidate.stage,
            forbidden=candidate.forbidden,
            before=before,
            why=(*why, *also),
            confidence=sure,
            relayed=candidate.relayed,
            issued_on=self.issued_on,
            year=self.year,
            genre=self.judge.genre,
            model=self.judge.model,
        )
        self.found.append(obligation)
        return obligation.actors
