"""From the model's margin to how many of a hundred such answers are right.

Learnt on held-back documents, by isotonic regression in whole numbers (pooling adjacent violators,
Ayer et al. 1955): the share of right answers rises with the margin, and neighbours that would fall
are taken together.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Table = Sequence[Sequence[int]]

_FEWEST = 20

DOUBTFUL = 75
"""Below so many of a hundred a finding is for a person's eye, and nothing takes it over unseen."""


def doubtful(confidence: int | None) -> bool:
    """Whether a finding is too unsure to be taken over unseen; the rules alone never doubt."""
    return confidence is not None and confidence < DOUBTFUL


def table(answers: Iterable[tuple[int, bool]]) -> list[list[int]]:
    """Steps [margin from which on, per cent] out of (margin, right) pairs.

    A pool has at least twenty answers; one right and one wrong answer are added to each, so that
    none is ever called certain.
    """
    pools: list[list[int]] = []  # lowest margin, right ones, all
    for margin, was_right in sorted(answers):
        pools.append([margin, int(was_right), 1])
        while len(pools) > 1 and (
            pools[-2][1] * pools[-1][2] >= pools[-1][1] * pools[-2][2] or pools[-2][2] < _FEWEST
        ):
            _, more, count = pools.pop()
            pools[-1][1] += more
            pools[-1][2] += count
    steps: list[list[int]] = []
    for margin, right, count in pools:
        percent = 100 * (right + 1) // (count + 2)
        if not steps or percent > steps[-1][1]:
            steps.append([margin, percent])
    return steps


def percent(steps: Table, margin: int) -> int:
    """How many of a hundred answers with this margin are right; 50 where nothing was learnt."""
    if not steps:
        return 50
    at = bisect_right([step[0] for step in steps], margin)
    return steps[max(at - 1, 0)][1]
