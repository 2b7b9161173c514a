"""Trees against the definition of RFC 6962, written out here once more and differently."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib import merkle

# The test tree of RFC 6962's reference implementations: eight leaves and the head of each prefix.
LEAVES = [
    bytes.fromhex(x)
    for x in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
HEADS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def head(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + head(leaves[:k]) + head(leaves[k:])).digest()


def test_the_published_heads() -> None:
    for size, wanted in enumerate(HEADS, 1):
        assert merkle.root([merkle.leaf_hash(x) for x in LEAVES[:size]]).hex() == wanted


@given(st.lists(st.binary(max_size=8), max_size=70), st.data())
def test_root_frontier_and_proofs(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(x) for x in leaves]
    wanted = head(leaves)
    assert merkle.root(hashes) == wanted
    if not leaves:
        return
    size, index = len(leaves), data.draw(st.integers(0, len(leaves) - 1))
    proof = [step.hex() for step in merkle.inclusion_proof(hashes, index)]
    assert merkle.root_from(hashes[index], index, size, proof) == wanted
    assert merkle.root_from(sha256(b"x").digest(), index, size, proof) != wanted
    assert merkle.root_from(hashes[index], index, size, [*proof, wanted.hex()]) != wanted
    if proof:
        assert merkle.root_from(hashes[index], index, size, proof[:-1]) != wanted
    assert merkle.root_from(hashes[index], size, size, proof) != wanted


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70), st.data())
def test_consistency(leaves: list[bytes], data: st.DataObject) -> None:
    hashes, new = [merkle.leaf_hash(x) for x in leaves], len(leaves)
    old = data.draw(st.integers(1, new))

    def node(level: int, index: int) -> bytes:
        return merkle.root(hashes[index << level : (index + 1) << level])

    first, second = head(leaves[:old]), head(leaves)
    proof = [step.hex() for step in merkle.prove(merkle.consistency(old, new), node)]
    assert merkle.roots_from(old, new, proof, first) == (first, second)
    other = head([*leaves[: old - 1], b"other"])
    assert merkle.roots_from(old, new, proof, other) != (other, second)
    assert merkle.roots_from(old, new, [*proof, first.hex()], first) != (first, second)
    if proof:
        assert merkle.roots_from(old, new, proof[:-1], first) != (first, second)
    assert merkle.roots_from(new + 1, new, proof, first) != (first, second)


def test_a_step_that_is_no_hash_proves_nothing() -> None:
    """Both halves of a root in one step of 64 bytes would stand for any leaf and any old tree."""
    hashes = [merkle.leaf_hash(bytes([n])) for n in range(4)]
    left, right = merkle.root(hashes[:2]), merkle.root(hashes[2:])
    whole, invented = merkle.root(hashes), merkle.leaf_hash(b"invented")
    assert merkle.root_from(invented, 0, 4, [(left + right).hex()]) != whole
    old = merkle.root(hashes[:3])
    halves = merkle.root(hashes[:2]) + hashes[2]
    assert merkle.roots_from(3, 4, [halves.hex()], old) != (old, old)
    assert merkle.roots_from(3, 4, [halves.hex(), hashes[3].hex()], old)[1] != old
    assert merkle.node_hash(b"", left + right) == b""


def test_proofs_are_those_of_the_rfc() -> None:
    """RFC 6962, 2.1.3, names the proofs of its tree of seven leaves node by node."""
    leaves = [bytes([n]) for n in range(7)]
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    g, h, i, j = (head(leaves[n : n + 2]) if n < 6 else hashes[6] for n in (0, 2, 4, 6))
    k = head(leaves[:4])
    _a, b, c, d, _e, f, _g = hashes
    paths = {0: [b, h, head(leaves[4:])], 3: [c, g, head(leaves[4:])], 4: [f, j, k], 6: [i, k]}
    for index, wanted in paths.items():
        assert merkle.inclusion_proof(hashes, index) == wanted

    def node(level: int, index: int) -> bytes:
        return merkle.root(hashes[index << level : (index + 1) << level])

    assert merkle.prove(merkle.consistency(3, 7), node) == [c, d, g, head(leaves[4:])]
    assert merkle.prove(merkle.consistency(4, 7), node) == [head(leaves[4:])]
    assert merkle.prove(merkle.consistency(6, 7), node) == [i, j, k]


def test_bad_calls() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof([b"x" * 32], 1)
    with pytest.raises(IndexError):
        merkle.consistency(0, 4)
