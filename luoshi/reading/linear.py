"""A linear model with whole-number weights: the same answer, and the same training, everywhere.

An averaged perceptron with a margin (Freund and Schapire 1999; the margin after Krauth and Mézard
1987): it adds a sample's features to the weights, or takes them off, whenever the sample does not
stand on its side by the margin, and keeps the mean of all weights on the way. No random source of
the system and no floating point is used.
"""

from collections.abc import Iterable, Mapping, Sequence

Sample = tuple[Sequence[str], bool]

_ROUNDS = 12
_MARGIN = 24
_MODULUS = 2**31 - 1
# The mean is kept to so many parts of one update.
_SCALE = 64


def total(weights: Mapping[str, int], features: Iterable[str]) -> int:
    """The weights of the features, added up; above 0 speaks for, below against."""
    get = weights.get
    return sum([get(feature, 0) for feature in features])


def train(
    samples: Sequence[Sample], *, rounds: int = _ROUNDS, margin: int = _MARGIN
) -> dict[str, int]:
    """Weights by feature from (features, answer) samples; order and result are fixed.

    Features of one sample only are left out: they could only be learnt by heart.
    """
    numbers: dict[str, int] = {}
    seen: dict[str, int] = {}
    for features, _ in samples:
        for feature in set(features):
            seen[feature] = seen.get(feature, 0) + 1
    for feature in sorted(seen):
        if seen[feature] > 1:
            numbers[feature] = len(numbers)
    rows = [
        ([numbers[f] for f in features if f in numbers], 1 if answer else -1)
        for features, answer in samples
    ]
    weights = [0] * len(numbers)
    summed = [0] * len(numbers)
    step = 1
    for turn in range(rounds):
        for at in _order(len(rows), turn):
            row, side = rows[at]
            score = 0
            for number in row:
                score += weights[number]
            if score * side <= margin:
                for number in row:
                    weights[number] += side
                    summed[number] += side * step
            step += 1
    # mean = weight - (sum of updates × their step) / steps
    out = {}
    for feature, number in numbers.items():
        mean = weights[number] * _SCALE - (summed[number] * _SCALE) // step
        if mean:
            out[feature] = mean
    return out


def _order(count: int, turn: int) -> list[int]:
    """A fixed shuffle for each round (Fisher–Yates over a linear congruential generator)."""
    order = list(range(count))
    state = 48271 * (turn + 1) % _MODULUS
    for at in range(count - 1, 0, -1):
        state = state * 48271 % _MODULUS
        other = state % (at + 1)
        order[at], order[other] = order[other], order[at]
    return order
