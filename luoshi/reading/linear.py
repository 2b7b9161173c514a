"""A linear model with whole-number weights: the same training and the same answer everywhere.

A support vector machine with squared hinge loss, trained by dual coordinate descent (Hsieh, Chang,
Lin, Keerthi and Sundararajan, "A dual coordinate descent method for large-scale linear SVM", ICML
2008). Training uses addition, multiplication and division only, which IEEE 754 rounds alike on
every machine, in a fixed order; weights are rounded to thousandths at the end, and answers are sums
of whole numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

Sample = tuple[Sequence[str], bool]

SCALE = 1000
_COST = 0.02
_ROUNDS = 40
_ENOUGH = 0.01
_MODULUS = 2**31 - 1


def total(weights: Mapping[str, int], features: Iterable[str]) -> int:
    """The weights of the features, added up; above 0 speaks for, below against."""
    return sum(map(weights.get, features, repeat(0)))


def train(
    groups: Sequence[Sequence[Sample]], *, fewest: int = 2, cost: float = _COST
) -> dict[str, int]:
    """Weights by feature from the (features, answer) samples of each document.

    Features of fewer than `fewest` documents are left out: they would be learnt by heart. `cost` is
    the price of a wrong answer against large weights. Order and result are fixed.
    """
    seen: dict[str, int] = {}
    for group in groups:
        for feature in {f for features, _ in group for f in features}:
            seen[feature] = seen.get(feature, 0) + 1
    kept = sorted(feature for feature, count in seen.items() if count >= fewest)
    numbers = {feature: number for number, feature in enumerate(kept)}
    rows = [
        (sorted({numbers[f] for f in features if f in numbers}), 1.0 if answer else -1.0)
        for group in groups
        for features, answer in group
    ]
    weights = [0.0] * len(kept)
    alphas = [0.0] * len(rows)
    slack = 1 / (2 * cost)
    for turn in range(_ROUNDS):
        largest = 0.0
        for at in _order(len(rows), turn):
            row, side = rows[at]
            alpha = alphas[at]
            slope = side * sum([weights[number] for number in row]) - 1.0 + slack * alpha
            if alpha == 0.0 and slope >= 0.0:
                continue
            moved = max(alpha - slope / (len(row) + slack), 0.0)
            step = (moved - alpha) * side
            alphas[at] = moved
            for number in row:
                weights[number] += step
            largest = max(largest, abs(slope))
        if largest < _ENOUGH:
            break
    made = {feature: round(weights[number] * SCALE) for feature, number in numbers.items()}
    return {feature: weight for feature, weight in made.items() if weight}


def _order(count: int, turn: int) -> list[int]:
    """A fixed shuffle for each round (Fisher–Yates over a linear congruential generator)."""
    order = list(range(count))
    state = 48271 * (turn + 1) % _MODULUS
    for at in range(count - 1, 0, -1):
        state = state * 48271 % _MODULUS
        other = state % (at + 1)
        order[at], order[other] = order[other], order[at]
    return order
