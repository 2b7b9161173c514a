"""A log as tiles of 256 hashes (C2SP tlog-tiles): paths, bundles, and the growing right edge.

A tile at level L holds hashes of complete subtrees of 256^L leaves. Full tiles never change; the
right-most of each level is partial.
"""

from collections.abc import Iterable, Iterator, Mapping

from luoshi.lib import merkle

HEIGHT, WIDTH, HASH = 8, 256, 32
Place = tuple[int, int]
"""Level and number of a tile."""


def path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Where a tile lies (`tile/0/x001/234`); level "entries" for a bundle of entries.

    A partial tile, one narrower than 256, ends in `.p/<width>`.
    """
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/{'/'.join(parts)}" + (f".p/{width}" if width < WIDTH else "")


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries with their lengths before them, two bytes each, big-endian."""
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of every tile of a log of `size` entries, level by level."""
    level, count = 0, size
    while count:
        for number in range(count // WIDTH):
            yield level, number, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


def tile_of(level: int, index: int) -> Place:
    """The tile in which the hash of a complete subtree lies or from which it is computed."""
    height = level % HEIGHT
    return level // HEIGHT, (index << height) // WIDTH


def needed(ranges: Iterable[merkle.Range]) -> set[Place]:
    """The tiles from which the roots of ranges can be computed."""
    return {tile_of(*tree) for start, end in ranges for tree in merkle.subtrees(start, end)}


def node(tiles: Mapping[Place, bytes]) -> merkle.Node:
    """The hash of a complete subtree, from tiles that are at hand."""

    def of(level: int, index: int) -> bytes:
        height = level % HEIGHT
        first = (index << height) % WIDTH * HASH
        part = tiles[tile_of(level, index)][first : first + (HASH << height)]
        return merkle.root(part[at : at + HASH] for at in range(0, len(part), HASH))

    return of


class Edge:
    """The right edge of a growing log: the last tile of each level, as far as it is full.

    `changed` collects the tiles that grew, for whoever stores or compares them. One hash a leaf.
    """

    __slots__ = ("changed", "levels", "size")

    def __init__(self, size: int = 0, stored: Mapping[Place, bytes] | None = None) -> None:
        self.size = size
        self.levels: list[tuple[bytearray, merkle.Frontier]] = []
        self.changed: dict[Place, bytes | bytearray] = {}
        for level, number in self.places(size):
            while len(self.levels) <= level:
                self.levels.append((bytearray(), merkle.Frontier()))
            tile, frontier = self.levels[level]
            self.changed[level, number] = tile
            tile += (stored or {})[level, number]
            for at in range(0, len(tile), HASH):
                frontier.append(bytes(tile[at : at + HASH]))

    @staticmethod
    def places(size: int) -> list[Place]:
        """The tiles that an edge at `size` begins from: the partial one of each level."""
        found, level = [], 0
        while size:
            if size % WIDTH:
                found.append((level, size // WIDTH))
            level, size = level + 1, size // WIDTH
        return found

    def append(self, value: bytes) -> None:
        """Append a leaf hash."""
        index = self.size
        self.size = index + 1
        if not index % WIDTH:
            self._begin(0, index // WIDTH)
        tile, frontier = self.levels[0]
        tile += value
        frontier.append(value)
        if frontier.size == WIDTH:
            self._full(0, index // WIDTH)

    def _begin(self, level: int, number: int) -> None:
        fresh = (bytearray(), merkle.Frontier())
        if level == len(self.levels):
            self.levels.append(fresh)
        else:
            self.levels[level] = fresh
        self.changed[level, number] = fresh[0]

    def _full(self, level: int, number: int) -> None:
        """A tile is complete: its root is a hash of the tile above."""
        above, value = level + 1, self.levels[level][1].nodes[0]
        self.levels[level] = (bytearray(), merkle.Frontier())
        if not number % WIDTH:
            self._begin(above, number // WIDTH)
        tile, frontier = self.levels[above]
        tile += value
        frontier.append(value)
        self.changed[above, number // WIDTH] = tile
        if frontier.size == WIDTH:
            self._full(above, number // WIDTH)

    def root(self) -> bytes:
        """The tree head at `size`."""
        nodes = [node for _tile, frontier in reversed(self.levels) for node in frontier.nodes]
        return merkle.root_of(nodes) or merkle.EMPTY
