"""How alike two texts are: by hand-counted pairs, and what must always hold."""

from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib.similar import covered, pairs, share


def test_pairs_are_counted_without_marks_and_width() -> None:
    assert pairs("上好，党课") == {"上好": 1, "好党": 1, "党课": 1}
    assert pairs("ＡＢc") == {"ab": 1, "bc": 1}
    assert pairs("一") == {"一": 1}
    assert pairs("……") == {}


def test_dice_by_hand() -> None:
    one, other = pairs("复核设计变更"), pairs("逐项复核设计变更")  # 5 pairs, 7 pairs, 5 shared
    assert share(one, other) == 10 / 12
    assert covered(one, other) == 1.0
    assert covered(other, one) == 5 / 7


@given(st.text(max_size=40), st.text(max_size=40))
def test_it_is_even_bounded_and_whole_for_the_same(a: str, b: str) -> None:
    one, other = pairs(a), pairs(b)
    assert share(one, other) == share(other, one)
    assert 0 <= share(one, other) <= 1
    if one:
        assert share(one, one) == covered(one, one) == 1
