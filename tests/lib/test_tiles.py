"""Tiles against trees that are here as a whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.lib import merkle, tiles


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(size)]


ALL = leaves(70_000)


def stored(size: int) -> dict[tiles.Place, bytes]:
    edge = tiles.Edge()
    for value in ALL[:size]:
        edge.append(value)
    return {place: bytes(tile) for place, tile in edge.changed.items()}


def test_the_example_of_the_specification() -> None:
    """A tree of 70,000 leaves, as c2sp.org/tlog-tiles counts its tiles."""
    found: dict[int, list[int]] = {}
    for level, _number, width in tiles.widths(70_000):
        found.setdefault(level, []).append(width)
    assert {level: (len(w), w[-1]) for level, w in found.items()} == {
        0: (274, 112),
        1: (2, 17),
        2: (1, 1),
    }
    made = stored(70_000)
    assert set(made) == {(level, number) for level, number, _width in tiles.widths(70_000)}
    assert all(
        len(made[level, number]) == width * tiles.HASH
        for level, number, width in tiles.widths(70_000)
    )
    assert [*tiles.widths(256)] == [(0, 0, 256), (1, 0, 1)]


def test_paths() -> None:
    assert tiles.path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.path(1, 5, 17) == "tile/1/005.p/17"
    assert tiles.path("entries", 0, 256) == "tile/entries/000"


def test_a_bundle_bears_the_lengths() -> None:
    assert tiles.bundle([b"a", b"", b"x" * 300]) == b"\0\1a" + b"\0\0" + b"\x01\x2c" + b"x" * 300


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3_000), st.data())
def test_edges_roots_and_proofs(size: int, data: st.DataObject) -> None:
    made = stored(size)
    cut = data.draw(st.integers(0, size))
    edge = tiles.Edge(cut, stored(cut))
    for value in ALL[cut:size]:
        edge.append(value)
    assert edge.root() == merkle.root(ALL[:size])
    index = data.draw(st.integers(0, size - 1))
    ranges = merkle.inclusion(index, size)
    kept = {place: made[place] for place in tiles.needed(ranges)}
    proof = merkle.prove(ranges, tiles.node(kept))
    assert proof == merkle.inclusion_proof(ALL[:size], index)
    old = data.draw(st.integers(1, size))
    ranges = merkle.consistency(old, size)
    proof = merkle.prove(ranges, tiles.node({p: made[p] for p in tiles.needed(ranges)}))
    first = merkle.root(ALL[:old])
    found = merkle.roots_from(old, size, [step.hex() for step in proof], first)
    assert found == (first, merkle.root(ALL[:size]))


def test_no_leaves() -> None:
    assert tiles.Edge().root() == merkle.EMPTY == merkle.root([])
