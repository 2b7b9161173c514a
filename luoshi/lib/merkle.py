"""RFC 6962 Merkle trees over leaf hashes: roots and proofs.

Leaf hash SHA-256(0x00 ‖ data), node hash SHA-256(0x01 ‖ left ‖ right) (RFC 6962, 2.1). A tree is
asked for its complete subtrees: subtree `index` at `level` covers the leaves
`index << level … (index + 1) << level`. Checking is in `lib.evidence`, which stands alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

from luoshi.lib.evidence import commitment, leaf_hash, node_hash, root_from, root_of, roots_from

__all__ = [
    "EMPTY",
    "Frontier",
    "Node",
    "Range",
    "commitment",
    "complete",
    "consistency",
    "inclusion",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "prove",
    "root",
    "root_from",
    "root_of",
    "roots_from",
    "subtrees",
]

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""
Range = tuple[int, int]
"""Leaves from one index up to, not including, another."""
Node = Callable[[int, int], bytes]
"""level, index → the hash of that complete subtree."""


def root(hashes: Iterable[bytes]) -> bytes:
    """The tree head over leaf hashes; of none, `EMPTY`."""
    frontier = Frontier()
    for value in hashes:
        frontier.append(value)
    return frontier.root()


class Frontier:
    """The complete subtrees of a growing tree, largest first: enough to append and to get roots."""

    __slots__ = ("nodes", "size")

    def __init__(self) -> None:
        self.size = 0
        self.nodes: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        node, size, nodes = leaf, self.size, self.nodes
        while size & 1:
            node = sha256(b"\x01" + nodes.pop() + node).digest()
            size >>= 1
        nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree head of what was appended so far."""
        return root_of(self.nodes) or EMPTY


def _half(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def subtrees(start: int, end: int) -> Iterator[Range]:
    """(level, index) of the complete subtrees that make up a range, left to right.

    `start` must be a multiple of the largest power of two in the length, as RFC 6962's ranges are.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose roots prove leaf `index` among `size` (RFC 6962, 2.1.1), lowest first."""
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} among {size}")
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The ranges whose roots prove that `new` leaves begin with `old` (RFC 6962, 2.1.2)."""
    if not 0 < old <= new:
        raise IndexError(f"no {old} leaves among {new}")
    found: list[Range] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _half(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def prove(ranges: Sequence[Range], node: Node) -> list[bytes]:
    """The roots of ranges, by a tree that knows its complete subtrees."""
    return [
        root_of([node(level, index) for level, index in subtrees(start, end)])
        for start, end in ranges
    ]


def complete(hashes: Sequence[bytes]) -> Node:
    """The complete subtrees of a tree that is here as a whole, each computed once."""
    levels = [list(hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` of a tree that is here as a whole, lowest node first."""
    return prove(inclusion(index, len(hashes)), complete(hashes))
