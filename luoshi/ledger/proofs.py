"""Proofs from the stored tiles: a few rows a proof, however long the log is."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q

from luoshi.ledger.models import Tile
from luoshi.lib import merkle, tiles


class Tree:
    """The tree of an organisation's log, as far as its tiles are needed; keeps `most` of them."""

    def __init__(self, organisation_id: UUID, *, most: int = 256) -> None:
        self.organisation_id = organisation_id
        self.most = most
        self.kept: dict[tiles.Place, bytes] = {}

    def _prove(self, ranges: Sequence[merkle.Range]) -> list[bytes]:
        self.fetch(tiles.needed(ranges))
        return merkle.prove(ranges, tiles.node(self.kept))

    def fetch(self, places: Iterable[tiles.Place]) -> None:
        """Read the tiles that are not at hand, all in one query."""
        asked = set(places)
        if len(self.kept) + len(asked) > self.most:
            self.kept = {place: t for place, t in self.kept.items() if place[0] > 0}
        wanted = asked.difference(self.kept)
        if not wanted:
            return
        by_level: dict[int, list[int]] = {}
        for level, number in wanted:
            by_level.setdefault(level, []).append(number)
        which = Q(pk__in=[])
        for level, numbers in by_level.items():
            which |= Q(level=level, number__in=numbers)
        rows = Tile.objects.filter(which, organisation_id=self.organisation_id)
        for level, number, hashes in rows.values_list("level", "number", "hashes"):
            self.kept[level, number] = bytes(hashes)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof of entry `index` among the first `size` (RFC 6962, 2.1.1)."""
        return self._prove(merkle.inclusion(index, size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `new` entries begin with the first `old` (RFC 6962, 2.1.2)."""
        return self._prove(merkle.consistency(old, new))

    def root(self, size: int) -> bytes:
        """The root over the first `size` entries."""
        return self._prove([(0, size)])[0] if size else merkle.EMPTY
