"""A log as files in the layout of C2SP tlog-tiles, for any program that reads such logs."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from luoshi.ledger import keys, packs
from luoshi.ledger.leaf import leaf_text
from luoshi.ledger.models import Entry
from luoshi.ledger.proofs import Tree
from luoshi.lib import tiles


def files(organisation_id: UUID) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of the newest checkpoint, its tiles, its bundles of leaves, and the keys.

    One tile at a time. The bundles hold leaves, never bodies. Raises `packs.NotYet`.
    """
    checkpoint = packs.newest(organisation_id)
    tree = Tree(organisation_id)
    for level, number, width in tiles.widths(checkpoint.size):
        tree.fetch([(level, number)])
        tile = tree.kept[level, number][: width * tiles.HASH]
        yield tiles.path(level, number, width), tile
    entries = Entry.objects.filter(organisation_id=organisation_id, index__isnull=False)
    for first in range(0, checkpoint.size, tiles.WIDTH):
        last = min(first + tiles.WIDTH, checkpoint.size)
        rows = entries.filter(index__gte=first, index__lt=last).order_by("index")
        leaves = [
            leaf_text(*row).encode() for row in rows.values_list("v", "kind", "at", "commitment")
        ]
        yield tiles.path("entries", first // tiles.WIDTH, last - first), tiles.bundle(leaves)
    yield "keys", "".join(f"{key}\n" for key in keys.public(organisation_id)).encode()
    yield "checkpoint", checkpoint.note.encode()


def write(organisation_id: UUID, folder: Path) -> int:
    """Write the files below `folder`, the checkpoint last; returns how many there are."""
    count = 0
    for path, content in files(organisation_id):
        count += 1
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return count
