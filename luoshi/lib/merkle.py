"""RFC 6962 Merkle trees over leaf hashes: roots, proofs, and a frontier that grows by appending.

Leaf hash SHA-256(0x00 ‖ data), node hash SHA-256(0x01 ‖ left ‖ right) (RFC 6962, 2.1).
"""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def commitment(salt: bytes, body: bytes) -> bytes:
    """SHA-256(salt ‖ body): hides the body, binds to it."""
    return sha256(salt + body).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The tree head over leaf hashes; of none, SHA-256 of the empty string."""
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
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.nodes.pop(), node)
            size >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree head of what was appended so far."""
        if not self.nodes:
            return sha256(b"").digest()
        node = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            node = node_hash(left, node)
        return node

    def dump(self) -> list[str]:
        """The subtrees as hex, to be stored beside `size`."""
        return [n.hex() for n in self.nodes]

    @classmethod
    def load(cls, size: int, nodes: Sequence[str]) -> "Frontier":
        """The frontier that `dump` stored. Raises `ValueError` when the two do not fit."""
        if len(nodes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} complete subtrees")
        frontier = cls()
        frontier.size, frontier.nodes = size, [bytes.fromhex(n) for n in nodes]
        return frontier


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` (RFC 6962, 2.1.1), lowest node first."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"no leaf {index} among {len(hashes)}")
    if len(hashes) == 1:
        return []
    k = _split(len(hashes))
    if index < k:
        return [*inclusion_proof(hashes[:k], index), root(hashes[k:])]
    return [*inclusion_proof(hashes[k:], index - k), root(hashes[:k])]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes
) -> bool:
    """Whether `proof` shows `leaf` at `index` among `size` leaves under the tree head `head`."""
    if not 0 <= index < size:
        return False
    node, last = leaf, size - 1
    for step in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(step, node)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            node = node_hash(node, step)
        index >>= 1
        last >>= 1
    return last == 0 and node == head
