"""Evidence packs: entries with their bodies, proofs and a checkpoint, as one file of lines.

`lib.evidence` has the format and checks it without this program. A pack is made line by line, so
its size is no matter of memory.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import Organisation
from luoshi.base.refused import Refusal, Refused
from luoshi.ledger import keys
from luoshi.ledger.leaf import leaf_text
from luoshi.ledger.models import Body, BulkRow, Checkpoint, Entry, Erasure, OutsideCopy
from luoshi.ledger.proofs import Tree
from luoshi.lib import evidence, merkle, notes
from luoshi.lib.canonical import moment

SUFFIX = ".evidence.jsonl"
CHUNK = 500


class NotYet(Refused):
    """Nothing of what is asked for has its place in the log yet."""

    status = 409
    default = _("The record has not been numbered yet. Try again in a few seconds.")


class NoSuchEntry(Refusal):
    """An index that the log does not reach."""

    status = 404
    default = _("The log has no entry %(index)s.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry for a pack; of a bulk act the rows that concern the matter, by their numbers."""

    entry_id: UUID
    rows: tuple[int, ...] = ()
    disclosed: bool = True


def newest_or_none(organisation_id: UUID) -> Checkpoint | None:
    """The newest signed checkpoint, where there is one."""
    rows = Checkpoint.objects.filter(organisation_id=organisation_id).exclude(note="")
    return rows.order_by("-size").first()


def newest(organisation_id: UUID) -> Checkpoint:
    """The newest signed checkpoint. Raises `NotYet`."""
    found = newest_or_none(organisation_id)
    if found is None:
        raise NotYet()
    return found


def pack(
    organisation: Organisation, wanted: Iterable[Wanted], *, about: str, at: datetime
) -> Iterator[str]:
    """The lines of a pack about some entries, each with its newline.

    Entries that have no place yet are left out; erased ones bring the entry that erased them.
    Raises `NotYet` when none is left.
    """
    checkpoint = newest(organisation.pk)
    asked = {w.entry_id: w for w in wanted}
    _numbered(organisation.pk, checkpoint, entry_id__in=list(asked))
    asked |= _erasing(organisation.pk, asked)
    entries = list(
        Entry.objects.filter(
            organisation_id=organisation.pk, pk__in=list(asked), index__lt=checkpoint.size
        ).order_by("index")
    )
    if not entries:
        raise NotYet()
    return _lines(organisation, checkpoint, entries, asked, about=about, at=at)


def _lines(
    organisation: Organisation,
    checkpoint: Checkpoint,
    entries: Sequence[Entry],
    asked: Mapping[UUID, Wanted],
    *,
    about: str,
    at: datetime,
) -> Iterator[str]:
    tree = Tree(organisation.pk)
    yield _head(organisation, checkpoint, tree, about=about, at=at, entries=len(entries))
    for first in range(0, len(entries), CHUNK):
        part = entries[first : first + CHUNK]
        bodies = _bodies(organisation.pk, part)
        for entry in part:
            want = asked[entry.pk]
            line: dict[str, Any] = {
                "index": entry.index,
                "leaf": leaf_text(entry.v, entry.kind, entry.at, entry.commitment),
                "proof": _hex(tree.inclusion(entry.index or 0, checkpoint.size)),
            }
            body = bodies.get(entry.pk)
            if body is None:
                line["erased"] = True
            elif want.disclosed:
                line |= {"salt": bytes(body.salt).hex(), "body": body.body}
                if want.rows:
                    line["rows"] = list(_rows(entry, want.rows))
            yield _line(line)


def _head(
    organisation: Organisation,
    checkpoint: Checkpoint,
    tree: Tree,
    *,
    about: str,
    at: datetime,
    entries: int,
    complete: bool = False,
) -> str:
    return _line(
        {
            "format": evidence.FORMAT,
            "about": about,
            "organisation": {"id": str(organisation.pk), "name": organisation.name},
            "made_at": moment(at),
            "checkpoint": checkpoint.note,
            "keys": keys.public(organisation.pk),
            "outside": list(_outside(organisation.pk, checkpoint.size, tree)),
            "complete": complete,
            "entries": entries,
        }
    )


def _outside(organisation_id: UUID, size: int, tree: Tree) -> Iterator[dict[str, Any]]:
    """The newest copy of each witness that the checkpoint reaches."""
    rows = OutsideCopy.objects.filter(organisation_id=organisation_id, size__lte=size)
    furthest: dict[UUID, OutsideCopy] = {}
    for copy in rows.select_related("witness").order_by("size", "at", "id"):
        furthest[copy.witness_id] = copy
    for copy in furthest.values():
        text = notes.text_of(keys.origin(organisation_id), copy.size, bytes.fromhex(copy.root))
        ours = Checkpoint.objects.filter(organisation_id=organisation_id, size=copy.size).first()
        signed = notes.split(ours.note)[1] if ours and ours.root == copy.root and ours.note else []
        yield {
            "name": copy.witness.name,
            "way": copy.witness.way,
            "on": str(copy.on),
            "key": copy.witness.vkey if copy.line else "",
            "checkpoint": notes.with_lines(text, [*signed, *filter(None, [copy.line])]),
            "proof": _hex(tree.consistency(copy.size, size)),
        }


def _numbered(organisation_id: UUID, checkpoint: Checkpoint, **which: Any) -> None:
    """Raise `NotYet` while an erasure among those asked for has no place in the log yet."""
    rows = Erasure.objects.filter(organisation_id=organisation_id, **which)
    later = Q(by_entry__index__isnull=True) | Q(by_entry__index__gte=checkpoint.size)
    if rows.filter(later).exists():
        raise NotYet()


def _erasing(organisation_id: UUID, asked: Mapping[UUID, Wanted]) -> dict[UUID, Wanted]:
    """The entries that erased some of those asked for, with the rows that name them."""
    found: dict[UUID, list[int]] = {}
    gone = Erasure.objects.filter(
        organisation_id=organisation_id, entry_id__in=list(asked), row__isnull=True
    )
    for by_entry, index in gone.values_list("by_entry_id", "entry__index"):
        rows = BulkRow.objects.filter(entry_id=by_entry, body__endswith=f'"index":{index}}}')
        found.setdefault(by_entry, []).extend(rows.values_list("number", flat=True))
    return {key: Wanted(key, tuple(rows)) for key, rows in found.items()}


def _bodies(organisation_id: UUID, entries: Sequence[Entry]) -> dict[UUID, Body]:
    return Body.objects.filter(organisation_id=organisation_id).in_bulk([e.pk for e in entries])


def _rows(entry: Entry, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Rows of a bulk act with their proofs to its root."""
    rows = list(entry.rows.order_by("number").values_list("salt", "body", "commitment"))
    hashes = [
        merkle.leaf_hash(
            bytes.fromhex(kept) if kept else merkle.commitment(bytes(salt), body.encode())
        )
        for salt, body, kept in rows
    ]
    node = merkle.complete(hashes)
    for number in sorted(set(numbers)):
        salt, body, kept = rows[number]
        if not kept:
            proof = _hex(merkle.prove(merkle.inclusion(number, len(hashes)), node))
            yield {"number": number, "salt": bytes(salt).hex(), "body": body, "proof": proof}


def _hex(hashes: Iterable[bytes]) -> list[str]:
    return [value.hex() for value in hashes]


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def whole(
    organisation: Organisation, *, about: str, at: datetime, disclosed: bool = True
) -> Iterator[str]:
    """The lines of a pack of the whole log up to its newest checkpoint, in the order of the log.

    No proofs: whoever checks it recomputes the root. Of bulk acts only those that erased others
    bring their rows. A page of rows is in memory at a time.
    """
    checkpoint = newest(organisation.pk)
    _numbered(organisation.pk, checkpoint)
    tree = Tree(organisation.pk)
    yield _head(
        organisation, checkpoint, tree, about=about, at=at, entries=checkpoint.size, complete=True
    )
    entries = Entry.objects.filter(organisation_id=organisation.pk, index__isnull=False)
    for first in range(0, checkpoint.size, CHUNK):
        last = min(first + CHUNK, checkpoint.size)
        part = list(entries.filter(index__gte=first, index__lt=last).order_by("index"))
        bodies = _bodies(organisation.pk, part)
        for entry in part:
            line: dict[str, Any] = {
                "index": entry.index,
                "leaf": leaf_text(entry.v, entry.kind, entry.at, entry.commitment),
            }
            body = bodies.get(entry.pk)
            if body is None:
                line["erased"] = True
            elif disclosed or entry.kind == "entry.erased":
                line |= {"salt": bytes(body.salt).hex(), "body": body.body}
                if entry.kind == "entry.erased":
                    line["rows"] = list(_rows(entry, range(entry.rows.count())))
            yield _line(line)


def of_index(organisation_id: UUID, indexes: Iterable[int]) -> list[Wanted]:
    """Entries by their place in the log. Raises `NoSuchEntry`."""
    found = []
    for index in indexes:
        entry = Entry.objects.filter(organisation_id=organisation_id, index=index).first()
        if entry is None:
            raise NoSuchEntry(index=index)
        found.append(Wanted(entry.pk))
    return found


def of_objects(
    organisation_id: UUID,
    objects: Iterable[tuple[str, UUID]],
    *,
    named_in: Iterable[tuple[str, UUID]] = (),
) -> list[Wanted]:
    """Every entry about one of the objects (kind, id), and rows of bulk acts that name one.

    `named_in` are the objects of the bulk acts in question (a directive, a unit): a row belongs
    when one of the ids asked for stands in it.
    """
    asked = list(objects)
    found = {key: Wanted(key) for key in about(organisation_id, asked).values_list("pk", flat=True)}
    for entry in about(organisation_id, named_in):
        rows: set[int] = set()
        for _kind, key in asked:
            found_in = entry.rows.filter(body__contains=f'"{key}"').values_list("number", "body")
            rows |= {number for number, body in found_in if _names(json.loads(body), str(key))}
        if rows:
            found[entry.pk] = Wanted(entry.pk, tuple(sorted(rows)))
    return list(found.values())


FREE = ("note", "text", "title", "measure", "reason", "progress", "name")
"""Keys under which people write what they like; an id there names nothing."""


def _names(value: Any, key: str) -> bool:
    """Whether an id stands in a row's body as an id."""
    if isinstance(value, dict):
        return any(_names(inner, key) for name, inner in value.items() if name not in FREE)
    if isinstance(value, list):
        return any(_names(inner, key) for inner in value)
    return bool(value == key)


def about(organisation_id: UUID, objects: Iterable[tuple[str, UUID]]) -> QuerySet[Entry]:
    """Entries about objects, given as (kind, id)."""
    pairs = list(objects)
    return Entry.objects.filter(
        organisation_id=organisation_id,
        object_kind__in={kind for kind, _key in pairs},
        object_id__in=[key for _kind, key in pairs],
    )
