"""The last word on each sentence: the rules' verdict, weighed by what two corpora taught."""

from collections.abc import Callable, Mapping, Sequence

from .decision import Candidate, Unit
from .linear import total
from .signs import signs

Watch = Callable[[Candidate, Unit, int, list[str]], None]


class Judge:
    """Decides candidates in the order of the document.

    `weights` are the model's (None: the rules alone decide); `watch` is called with every unit and
    its features, for training and for explaining.
    """

    def __init__(
        self, weights: Mapping[str, int] | None, watch: Watch | None = None, genre: str = ""
    ) -> None:
        self.weights = weights
        self.watch = watch
        self.genre = genre
        self.before = "start"

    def decide(self, candidates: Sequence[Candidate]) -> list[tuple[Candidate, list[Unit]]]:
        """For each candidate the units that direct somebody: none, the whole, or all its parts."""
        out = []
        for index, candidate in enumerate(candidates):
            after = candidates[index + 1] if index + 1 < len(candidates) else None
            chosen: list[Unit] = []
            if candidate.parts:
                answers = [
                    self._directs(unit, candidate, number, after)
                    for number, unit in enumerate(candidate.parts)
                ]
                if all(answers):
                    chosen = list(candidate.parts)
            if not chosen and self._directs(candidate.whole, candidate, -1, after):
                chosen = [candidate.whole]
            out.append((candidate, chosen))
            verdict = candidate.whole.verdict
            self.before = f"{verdict.why[0]} {verdict.directs}"
        return out

    def _directs(
        self, unit: Unit, candidate: Candidate, part: int, after: Candidate | None
    ) -> bool:
        if self.weights is None and self.watch is None:
            return unit.verdict.directs
        features = signs(
            unit, candidate, part=part, before=self.before, after=after, genre=self.genre
        )
        if self.watch is not None:
            self.watch(candidate, unit, part, features)
        if self.weights is None:
            return unit.verdict.directs
        return total(self.weights, features) > 0
