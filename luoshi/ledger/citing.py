"""What a printed paper says of the record: its entry, and the checkpoint of the day it was printed.

Whoever keeps the paper keeps the checkpoint: the log can later be held to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from luoshi.base.models import Organisation
from luoshi.ledger.models import Checkpoint
from luoshi.ledger.packs import about, newest_or_none
from luoshi.ledger.proofs import Tree
from luoshi.lib import tiles

PART = 16
"""Hexadecimal digits of the leaf's hash that a paper bears."""


@dataclass(frozen=True, slots=True)
class Citation:
    """An entry (its number and the first digits of its leaf hash) and a checkpoint."""

    index: int
    leaf: str
    size: int
    root: str

    @property
    def number(self) -> int:
        """The entry as people count, from one."""
        return self.index + 1

    @property
    def query(self) -> str:
        """As the end of an address: checkpoint, then entry."""
        return f"c={self.size}.{self.root}&e={self.number}.{self.leaf}"


def cite(
    organisation_id: UUID, objects: Iterable[tuple[str, UUID]], *, kind: str = ""
) -> Citation | None:
    """The newest entry about one of the objects that the newest signed checkpoint covers.

    With `kind` the last entry of that kind and the first checkpoint that covers it: what a paper
    that is issued once bears, whenever it is printed.
    """
    checkpoint = newest_or_none(organisation_id)
    if checkpoint is None:
        return None
    rows = about(organisation_id, objects).filter(index__lt=checkpoint.size)
    if kind:
        rows = rows.filter(kind=kind)
    entry = rows.order_by("-index").first()
    if entry is None or entry.index is None:
        return None
    if kind:
        signed = Checkpoint.objects.filter(organisation_id=organisation_id, size__gt=entry.index)
        checkpoint = signed.exclude(note="").order_by("size").first() or checkpoint
    return Citation(
        entry.index, _leaf(organisation_id, entry.index), checkpoint.size, checkpoint.root
    )


def _leaf(organisation_id: UUID, index: int) -> str:
    tree = Tree(organisation_id)
    place = tiles.tile_of(0, index)
    tree.fetch([place])
    if place not in tree.kept:
        return ""
    return tiles.node(tree.kept)(0, index).hex()[:PART]


def agrees(cited: Citation, *, entry: bool = True) -> tuple[UUID, bool] | None:
    """The organisation whose log has the paper's checkpoint, and whether tree and entry agree.

    None where no log of this server has that checkpoint; `entry=False` for a sheet that bears a
    checkpoint alone.
    """
    owners = list(Organisation.objects.values_list("pk", flat=True))  # begins the index by size
    rows = Checkpoint.objects.filter(organisation_id__in=owners, size=cited.size, root=cited.root)
    found = rows.first()
    if found is None:
        return None
    tree = Tree(found.organisation_id)
    tree.fetch(tiles.needed([(0, cited.size)]))
    try:
        root = tree.root(cited.size)
    except KeyError:  # a tile is gone: the log is shorter than the paper says
        return found.organisation_id, False
    held = root.hex() == cited.root and 0 <= cited.index < cited.size
    if held and entry:
        held = _leaf(found.organisation_id, cited.index) == cited.leaf
    return found.organisation_id, held
