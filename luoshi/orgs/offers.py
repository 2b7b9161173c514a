"""What a form offers to choose from: a first hundred, narrowed by a part of a name.

Every function asks a fixed number of queries. What is offered is a help; `Offer.rows` says what a
form may take, so a choice found on another page of the list is as good.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from luoshi.orgs import paths
from luoshi.orgs.models import Appointment, DatedQuerySet, Person, Placement, Post, Unit

MOST = 200
"""More choices than this need a part of the name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """`rows`: what may be chosen; `shown`: (id, wording) of those offered; `more`: not all are."""

    rows: "QuerySet[Any]"
    shown: tuple[tuple[str, str], ...]
    more: bool
    words: str = ""


def units(organisation_id: UUID, on: date, *, words: str = "", outside: str = "") -> Offer:
    """Units standing on a day, worded by their way down the tree, in the order of the tree.

    `outside`: a path; units at or below it are left out.
    """
    standing = Placement.objects.on(on).filter(organisation_id=organisation_id)
    if outside:
        standing = standing.exclude(paths.below(outside))
    rows = Unit.objects.filter(organisation_id=organisation_id, pk__in=standing.values("unit_id"))
    if words:
        standing = standing.filter(
            Q(unit__name__icontains=words) | Q(unit__short_name__icontains=words)
        )
    found = list(standing.select_related("unit").order_by("path")[: MOST + 1])
    on_the_way = {path for place in found for path in paths.ancestors(place.path)}
    everything = Placement.objects.on(on).filter(organisation_id=organisation_id)
    ways = units_at(on_the_way, everything)
    places = sorted(found[:MOST], key=lambda place: _order(place.path, ways))
    shown = tuple((str(place.unit_id), way(place.path, ways)) for place in places)
    return Offer(rows, shown, len(found) > MOST, words)


def units_at(wanted: Iterable[str], standing: DatedQuerySet) -> dict[str, Unit]:
    """path → unit, for those of the paths at which a unit stands among `standing`."""
    places = standing.filter(path__in=set(wanted)).select_related("unit")
    return {place.path: place.unit for place in places}


def way(path: str, ways: Mapping[str, Unit]) -> str:
    """北渡分局 › 第一支部: the names from below the root down to the path; the root by its own."""
    names = [ways[p].name for p in paths.ancestors(path) if p in ways]
    return " › ".join(names[1:] or names)


def _order(path: str, ways: Mapping[str, Unit]) -> list[tuple[int, UUID]]:
    return [(ways[p].position, ways[p].pk) for p in paths.ancestors(path) if p in ways]


def above(unit: Unit, on: date) -> Offer:
    """The units above a unit on a day, the nearest first: for whom a seat in it may act."""
    standing = Placement.objects.on(on).filter(organisation_id=unit.organisation_id)
    path = standing.filter(unit=unit).values_list("path", flat=True).first()
    higher = paths.ancestors(str(path))[:-1] if path else []
    places = standing.filter(path__in=higher).select_related("unit").order_by("-path")
    rows = Unit.objects.filter(
        organisation_id=unit.organisation_id, pk__in=[unit.pk, *(p.unit_id for p in places)]
    )
    return Offer(rows, tuple((str(p.unit_id), p.unit.name) for p in places), False)


def people(organisation_id: UUID, on: date, *, words: str = "") -> Offer:
    """People by name, worded with their seats on a day, since names are not unique."""
    rows = Person.objects.filter(organisation_id=organisation_id)
    wanted = rows.filter(name__icontains=words) if words else rows
    found = list(wanted.order_by("name", "id")[: MOST + 1])
    seats: dict[UUID, list[str]] = {}
    for seat in (
        Appointment.objects.on(on)
        .filter(organisation_id=organisation_id, person__in=found)
        .select_related("post__unit")
        .order_by("post__position", "id")
    ):
        seats.setdefault(seat.person_id, []).append(f"{seat.post.unit.name} {seat.post.title}")
    return Offer(rows, _worded(found[:MOST], seats), len(found) > MOST, words)


def _worded(
    found: Iterable[Person], seats: Mapping[UUID, list[str]]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(p.pk), f"{p.name}（{'、'.join(seats[p.pk])}）" if p.pk in seats else p.name)
        for p in found
    )


def vacancies(organisation_id: UUID, on: date, *, words: str = "") -> Offer:
    """Posts that nobody holds on a day, in the order of their units."""
    held = Appointment.objects.on(on).filter(organisation_id=organisation_id)
    rows = (
        Post.objects.on(on)
        .filter(organisation_id=organisation_id)
        .exclude(pk__in=held.values("post_id"))
    )
    wanted = rows
    if words:
        wanted = rows.filter(Q(unit__name__icontains=words) | Q(title__icontains=words))
    found = list(
        wanted.select_related("unit").order_by("unit__position", "unit_id", "position", "id")[
            : MOST + 1
        ]
    )
    shown = tuple((str(p.pk), f"{p.unit.name} {p.title}") for p in found[:MOST])
    return Offer(rows, shown, len(found) > MOST, words)
