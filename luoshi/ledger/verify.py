"""Recomputing the log from its bodies: does what is stored still give the recorded roots?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from luoshi.base.models import Organisation
from luoshi.ledger.actions import leaf_bytes
from luoshi.ledger.models import Body, BulkRow, Checkpoint, Entry, Head
from luoshi.lib import merkle


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the log does not hold. `code` is stable; `detail` names the place."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What recomputing one organisation's log gave."""

    organisation: str
    size: int
    waiting: int
    erased: int
    root: str
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether everything that is stored gives what was recorded."""
        return not self.findings


def verify(organisation: Organisation) -> Verdict:
    """Recompute every commitment, leaf and root of one organisation's log.

    Erased bodies are no finding; a body that does not match its commitment, a gap in the indexes,
    a missing tail or a checkpoint with another root are.
    """
    findings: list[Finding] = []
    checkpoints = dict(
        Checkpoint.objects.filter(organisation=organisation).values_list("size", "root")
    )
    frontier = merkle.Frontier()
    for entry in _entries(organisation.pk):
        if entry.index != frontier.size:
            findings.append(Finding("gap", f"index {frontier.size}: entry is missing"))
            break
        frontier.append(merkle.leaf_hash(leaf_bytes(entry)))
        wanted = checkpoints.pop(frontier.size, None)
        if wanted is not None and wanted != frontier.root().hex():
            findings.append(
                Finding("root", f"index {entry.index} or before: the root differs from checkpoint")
            )
            break
    else:
        head = Head.objects.filter(pk=organisation.pk).first()
        size = head.size if head else 0
        if size != frontier.size:
            findings.append(
                Finding("tail", f"{size} entries were sequenced, {frontier.size} lie here")
            )
        elif checkpoints:
            findings.append(Finding("checkpoint", f"checkpoint of {max(checkpoints)} entries"))
    findings.extend(_bad_bodies(organisation.pk))
    waiting = Entry.objects.filter(organisation=organisation, index__isnull=True).count()
    root = frontier.root().hex() if frontier.size else ""
    entries = Entry.objects.filter(organisation=organisation).count()
    erased = max(entries - Body.objects.filter(organisation=organisation).count(), 0)
    return Verdict(organisation.name, frontier.size, waiting, erased, root, tuple(findings))


def _entries(organisation_id: UUID) -> Iterator[Entry]:
    return (
        Entry.objects.filter(organisation_id=organisation_id, index__isnull=False)
        .order_by("index")
        .iterator(chunk_size=5_000)
    )


def _bad_bodies(organisation_id: UUID) -> Iterator[Finding]:
    entries = Entry.objects.filter(organisation_id=organisation_id)
    bodies = Body.objects.filter(organisation_id=organisation_id)
    commitments = dict(entries.values_list("id", "commitment"))
    bulk = {}
    for body in bodies.iterator(chunk_size=5_000):
        text = body.body.encode()
        place = f"entry {body.pk}"
        if body.pk not in commitments:
            yield Finding("stray", f"{place}: a body without its entry")
        elif merkle.commitment(bytes(body.salt), text).hex() != commitments[body.pk]:
            yield Finding("body", f"{place}: the body differs from what was recorded")
        else:
            rows = json.loads(text).get("rows")
            if rows:
                bulk[body.pk] = rows
    for entry_id, rows in bulk.items():
        yield from _bad_rows(organisation_id, entry_id, rows["root"], rows["size"])
    with_rows = BulkRow.objects.filter(entry=OuterRef("pk"))
    for pk in entries.filter(Exists(with_rows)).exclude(pk__in=list(bulk)).values_list("pk"):
        if bodies.filter(pk=pk[0]).exists():
            yield Finding("stray", f"entry {pk[0]}: rows that its body does not name")


def _bad_rows(organisation_id: UUID, entry_id: UUID, root: str, size: int) -> Iterator[Finding]:
    hashes = [
        merkle.leaf_hash(merkle.commitment(bytes(salt), body.encode()))
        for salt, body in BulkRow.objects.filter(organisation_id=organisation_id, entry_id=entry_id)
        .order_by("number")
        .values_list("salt", "body")
        .iterator(chunk_size=5_000)
    ]
    if len(hashes) != size:
        yield Finding(
            "rows", f"entry {entry_id}: {size} rows were recorded, {len(hashes)} lie here"
        )
    elif merkle.root(hashes).hex() != root:
        yield Finding("rows", f"entry {entry_id}: a row differs from what was recorded")
