"""What an organisation's clerks corrected, as annotated documents: theirs, exported only by them.

A directive counts once its triage was confirmed and somebody corrected a clause in it: that shows
that its clauses were looked at. What a person chose or marked is an obligation, what a person
dismissed is none, and what nobody touched is left open.
"""

from collections.abc import Iterator
from uuid import UUID

from luoshi.directives.models import Directive, Requirement
from luoshi.reading.corpus import BORDERLINE, OBLIGATION, Document, Label

BY_HAND = "by_hand"


def corrected(organisation_id: UUID) -> Iterator[Document]:
    """The documents that clerks corrected, oldest first; named by their directive's id."""
    confirmed = (Directive.State.CONFIRMED, Directive.State.ISSUED)
    for directive in (
        Directive.objects.filter(organisation_id=organisation_id, state__in=confirmed)
        .order_by("created_at", "id")
        .iterator()
    ):
        rows = list(Requirement.objects.filter(directive=directive).order_by("start", "end"))
        if any(row.state != Requirement.State.ACTIVE or BY_HAND in row.why for row in rows):
            yield Document(
                f"{directive.pk.hex}-own", directive.text, tuple(_labels(directive, rows)), False
            )


def _labels(directive: Directive, rows: list[Requirement]) -> Iterator[Label]:
    last = 0
    for row in rows:
        text = directive.text[row.start : row.end]
        if row.state == Requirement.State.REPLACED or row.start < last or "\n" in text:
            continue
        last = row.end
        if row.state == Requirement.State.DISMISSED:
            yield Label(row.start, row.end, "plain", text)
            continue
        chosen = row.decided or BY_HAND in row.why
        stands = [[n for n in names if n in directive.text] for names in _names(row)]
        cadence = row.cadence if row.cadence and row.cadence in text else None
        kind = row.kind if (row.kind == "recurring") == bool(cadence) else "standing"
        yield Label(
            row.start,
            row.end,
            OBLIGATION if chosen else BORDERLINE,
            text,
            kind="recurring" if cadence else kind,
            modality=row.modality,
            actors=tuple(stands[0]),
            lead=tuple(stands[1]),
            support=tuple(stands[2]),
            deadline=row.deadline if row.deadline and row.deadline in directive.text else None,
            cadence=cadence,
        )


def _names(row: Requirement) -> tuple[list[str], list[str], list[str]]:
    return row.actors, row.lead, row.support
