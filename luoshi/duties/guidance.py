"""Who stands on which side of a note of guidance, and the notes that somebody sees.

Both sides see a note, and nobody else: those who sit in the receiving unit or act for it, and
those who may give guidance for the unit that gave it.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from luoshi.duties.models import Assignment, Guidance, Occurrence
from luoshi.duties.queries import my_units
from luoshi.orgs.access import GRANTS, Seat, Standing
from luoshi.orgs.models import DatedQuerySet, Placement
from luoshi.orgs.paths import ancestors, below

GIVE = "guidance.give"
State = Guidance.State
NEWS = 7
"""Days for which a note that asks no answer stands on the list of what is to be done."""


def seats_that_give(standing: Standing) -> list[Seat]:
    """The person's seats from which guidance may be given to units below."""
    return [s for s in standing.seats if GIVE in GRANTS[s.role]]


def giving_units(standing: Standing) -> set[UUID]:
    """The units for which the person gives guidance."""
    return {u for s in seats_that_give(standing) for u in (s.acts_for_id, s.unit_id)}


def giver_for(standing: Standing, path: str) -> Seat | None:
    """The seat from which the person guides the unit at `path`: it acts for a unit above.

    None where there is none, and for the unit in which the person sits.
    """
    if any(s.unit_path.startswith(path) for s in standing.seats):
        return None
    for seat in seats_that_give(standing):
        if path != seat.acts_for_path and path.startswith(seat.acts_for_path):
            return seat
    return None


def places_below(standing: Standing) -> DatedQuerySet:
    """Where the units stand today to which the person may give guidance."""
    wanted = Q(pk__in=[])
    for seat in seats_that_give(standing):
        wanted |= below(seat.acts_for_path) & ~Q(path=seat.acts_for_path)
    rows: DatedQuerySet = Placement.objects.on(standing.on).filter(
        wanted, organisation_id=standing.user.organisation_id
    )
    return rows.exclude(path__in={p for s in standing.seats for p in ancestors(s.unit_path)})


def gives(standing: Standing, note: Guidance) -> bool:
    """Whether the person is of the side that gave the note, and not of the unit that received."""
    return note.giver_id in giving_units(standing) and note.unit_id not in standing.unit_ids


def receives(standing: Standing, note: Guidance) -> bool:
    """Whether the person is of the unit that received the note."""
    return note.unit_id in my_units(standing)


def visible_to(standing: Standing) -> "QuerySet[Guidance]":
    """The notes that the person's side gave or received."""
    return given(standing) | received(standing)


def given(standing: Standing) -> "QuerySet[Guidance]":
    """The notes given for the person's units."""
    return Guidance.objects.filter(
        organisation_id=standing.user.organisation_id, giver_id__in=giving_units(standing)
    )


def received(standing: Standing) -> "QuerySet[Guidance]":
    """The notes given to the person's units."""
    return Guidance.objects.filter(
        organisation_id=standing.user.organisation_id, unit_id__in=my_units(standing)
    )


def listed(rows: "QuerySet[Guidance]") -> "QuerySet[Guidance]":
    """With what a line of a list says."""
    return rows.select_related("unit", "giver", "by").defer("text").annotate(said=Count("answers"))


def on_my_list(standing: Standing, *, most: int = 20) -> list[Guidance]:
    """What waits for the answer of the person's units, then what came lately for their notice.

    One query; nothing for who may not answer for a unit.
    """
    if not standing.has("occurrence.submit"):
        return []
    since = timezone.make_aware(datetime.combine(standing.on - timedelta(days=NEWS), time.min))
    rows = received(standing).filter(
        Q(state=State.WAITING) | Q(state=State.OPEN, answer_by__isnull=True, at__gte=since)
    )
    found = list(listed(rows).order_by("-at", "-id")[:most])
    return sorted(found, key=lambda g: (g.answer_by is None, g.answer_by or date.max))


def answered(standing: Standing) -> int:
    """How many notes of the person's side were answered and wait for a word on their effect.

    One query at most; counts no further than a hundred.
    """
    if not seats_that_give(standing):
        return 0
    rows = given(standing).filter(state=State.OPEN, answer_by__isnull=False)
    return len(rows.values_list("pk", flat=True)[:100])


def to_unit(standing: Standing, unit_id: UUID, *, most: int = 8) -> list[Guidance]:
    """The latest notes to a unit that the person's side gave or received; one query."""
    rows = visible_to(standing).filter(unit_id=unit_id)
    return list(listed(rows).order_by("-at", "-id")[:most])


def work_of(unit_id: UUID, organisation_id: UUID, *, most: int = 100) -> list[Assignment]:
    """The unit's open assignments, that a note may be about; the latest first."""
    rows = Assignment.objects.filter(
        organisation_id=organisation_id, unit_id=unit_id, state=Assignment.State.OPEN
    )
    return list(
        rows.select_related("task", "directive")
        .defer("directive__text", "directive__outline", "task__measure")
        .order_by("-created_at", "task__position", "id")[:most]
    )


def occurrence_of(unit_id: UUID, organisation_id: UUID, pk: UUID) -> Occurrence | None:
    """An occurrence of the unit."""
    found: Occurrence | None = (
        Occurrence.objects.filter(organisation_id=organisation_id, unit_id=unit_id, pk=pk)
        .select_related("task", "assignment", "directive")
        .first()
    )
    return found
