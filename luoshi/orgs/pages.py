"""What the organisation's pages show: the tree as of a day, a unit, a person, found names.

Every function asks a fixed number of queries, whatever the number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from luoshi.orgs import offers, paths
from luoshi.orgs.models import (
    SEGMENT,
    Appointment,
    DatedQuerySet,
    Person,
    Placement,
    Portfolio,
    Post,
    Unit,
)

MOST_AT_ONCE = 400
"""More rows than this and the tree shows, beside the opened unit's children, only the way to it."""
A_PAGE = 100


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A unit in the tree: its level (0 the root), how many units and people directly in it."""

    unit: Unit
    level: int
    units: int
    people: int
    opened: bool
    toggle: UUID | None
    """What `?open=` becomes when the row is opened or closed; None: nothing below."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Rows from top to bottom; `after`: the last child shown, where more follow."""

    rows: tuple[TreeRow, ...]
    total: int
    after: UUID | None


def tree(
    organisation_id: UUID, on: date, *, opened: UUID | None = None, after: UUID | None = None
) -> Tree:
    """The tree on a day, opened down to the children of `opened` (default: of the root).

    Children of the opened unit come in pages of `A_PAGE`, by position, from behind `after`.
    """
    standing = Placement.objects.on(on).filter(organisation_id=organisation_id)
    path = _opened_path(standing, opened)
    if path is None:
        return Tree((), 0, None)
    chain: list[Placement] = list(
        standing.filter(path__in=paths.ancestors(path)).select_related("unit").order_by("path")
    )
    whole = list(
        standing.filter(parent_id__in=[p.unit_id for p in chain])
        .select_related("unit")
        .order_by("unit__position", "unit_id")[: MOST_AT_ONCE + 1]
    )
    more = None
    if len(whole) > MOST_AT_ONCE:
        whole, more = _page(standing, chain, after)
    children: dict[UUID | None, list[Placement]] = {}
    for place in whole:
        children.setdefault(place.parent_id, []).append(place)
    shown = {p.unit_id: p for p in (chain[0], *whole)}
    counts = dict(
        standing.filter(parent_id__in=list(shown))
        .values("parent_id")
        .annotate(count=Count("pk"))
        .values_list("parent_id", "count")
    )
    people = dict(
        Appointment.objects.on(on)
        .filter(organisation_id=organisation_id, post__unit_id__in=list(shown))
        .values("post__unit_id")
        .annotate(count=Count("person_id", distinct=True))
        .values_list("post__unit_id", "count")
    )
    open_ids = {p.unit_id for p in chain}
    rows: list[TreeRow] = []

    def add(place: Placement) -> None:
        is_open = place.unit_id in open_ids and bool(counts.get(place.unit_id))
        rows.append(
            TreeRow(
                unit=place.unit,
                level=paths.depth(place.path) - 1,
                units=counts.get(place.unit_id, 0),
                people=people.get(place.unit_id, 0),
                opened=is_open,
                toggle=_toggle(place, is_open) if counts.get(place.unit_id) else None,
            )
        )
        for child in children.get(place.unit_id, ()):
            add(child)

    add(chain[0])
    return Tree(tuple(rows), standing.count(), more)


def _opened_path(standing: DatedQuerySet, opened: UUID | None) -> str | None:
    wanted = Q(parent_id=None) | Q(unit_id=opened) if opened else Q(parent_id=None)
    found = dict(standing.filter(wanted).values_list("unit_id", "path"))
    if opened in found:
        return str(found[opened])
    return next((str(p) for p in found.values()), None)


def _toggle(place: Placement, is_open: bool) -> UUID | None:
    if not is_open:
        return place.unit_id
    return place.parent_id or place.unit_id


def _page(
    standing: DatedQuerySet, chain: Sequence[Placement], after: UUID | None
) -> tuple[list[Placement], UUID | None]:
    """The way to the opened unit, and one page of its children by key."""
    rows = standing.filter(parent_id=chain[-1].unit_id)
    last = rows.filter(unit_id=after).select_related("unit").first() if after else None
    if last is not None:
        position = last.unit.position
        rows = rows.filter(
            Q(unit__position__gt=position) | Q(unit__position=position, unit_id__gt=last.unit_id)
        )
    page = list(rows.select_related("unit").order_by("unit__position", "unit_id")[: A_PAGE + 1])
    more = page[A_PAGE - 1].unit_id if len(page) > A_PAGE else None
    return [*chain[1:], *page[:A_PAGE]], more


@dataclass(frozen=True, slots=True)
class PostRow:
    """A seat of a unit on a day, and who holds it."""

    post: Post
    holder: Appointment | None


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit on a day. `path` leads from the root to the unit above; empty when not `standing`."""

    unit: Unit
    standing: bool
    path: tuple[Unit, ...]
    posts: tuple[PostRow, ...]
    in_charge: tuple[Portfolio, ...]
    children: tuple[Unit, ...]
    more_children: bool
    below: int
    places: tuple[Placement, ...]
    """Where it stood and stands, the newest first."""


def unit_page(unit: Unit, on: date) -> UnitPage:
    """Everything the page of a unit shows as of a day."""
    standing = Placement.objects.on(on).filter(organisation_id=unit.organisation_id)
    places = tuple(
        Placement.objects.filter(unit=unit, organisation_id=unit.organisation_id)
        .select_related("parent")
        .order_by("-valid_from")
    )
    here = next((p for p in places if _holds(p, on)), None)
    above = (
        tuple(
            p.unit
            for p in standing.filter(path__in=paths.ancestors(here.path)[:-1])
            .select_related("unit")
            .order_by("path")
        )
        if here
        else ()
    )
    posts = list(
        Post.objects.on(on)
        .filter(unit=unit, organisation_id=unit.organisation_id)
        .select_related("acts_for")
        .order_by("position", "id")
    )
    holders = {
        a.post_id: a
        for a in Appointment.objects.on(on)
        .filter(post__unit=unit, organisation_id=unit.organisation_id)
        .select_related("person")
    }
    children = [
        p.unit
        for p in standing.filter(parent=unit)
        .select_related("unit")
        .order_by("unit__position", "unit_id")[: A_PAGE + 1]
    ]
    in_charge = (
        Portfolio.objects.on(on)
        .filter(unit=unit, organisation_id=unit.organisation_id)
        .select_related("appointment__person", "appointment__post__unit")
        .order_by("appointment__post__position", "id")
    )
    return UnitPage(
        unit=unit,
        standing=here is not None,
        path=above,
        posts=tuple(PostRow(post, holders.get(post.pk)) for post in posts),
        in_charge=tuple(in_charge),
        children=tuple(children[:A_PAGE]),
        more_children=len(children) > A_PAGE,
        below=standing.filter(paths.below(here.path)).count() - 1 if here else 0,
        places=places,
    )


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person on a day: seats and portfolios then, and all seats and portfolios ever."""

    person: Person
    seats: tuple[Appointment, ...]
    portfolios: tuple[Portfolio, ...]
    history: tuple[Appointment | Portfolio, ...]
    """Newest first; a portfolio has `unit`, an appointment `post`."""


def person_page(person: Person, on: date) -> PersonPage:
    """Everything the page of a person shows as of a day."""
    appointments = list(
        Appointment.objects.filter(person=person, organisation_id=person.organisation_id)
        .select_related("post__unit", "post__acts_for")
        .order_by("post__position", "valid_from", "id")
    )
    portfolios = list(
        Portfolio.objects.filter(appointment__person=person, organisation_id=person.organisation_id)
        .select_related("unit", "appointment__post__unit")
        .order_by("unit__position", "valid_from", "id")
    )
    history: list[Appointment | Portfolio] = [*appointments, *portfolios]
    history.sort(key=lambda row: (row.valid_from, row.pk), reverse=True)
    return PersonPage(
        person=person,
        seats=tuple(a for a in appointments if _holds(a, on)),
        portfolios=tuple(p for p in portfolios if _holds(p, on)),
        history=tuple(history),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Units, with the way to them, and people whose name holds the words; `A_PAGE` at most."""

    units: tuple[tuple[Unit, str], ...]
    people: tuple[tuple[Person, Appointment | None], ...]


def find(organisation_id: UUID, words: str, on: date) -> Found:
    """Units standing on the day, and people with their first seat then, by a part of the name."""
    standing = Placement.objects.on(on).filter(organisation_id=organisation_id)
    places = list(
        standing.filter(Q(unit__name__icontains=words) | Q(unit__short_name__icontains=words))
        .select_related("unit")
        .order_by("unit__position", "unit_id")[:A_PAGE]
    )
    ways = offers.units_at({path for p in places for path in paths.ancestors(p.path)}, standing)
    units = [(p.unit, offers.way(p.path[:-SEGMENT], ways)) for p in places]
    people = list(
        Person.objects.filter(name__icontains=words, organisation_id=organisation_id).order_by(
            "name", "id"
        )[:A_PAGE]
    )
    seats: dict[UUID, Appointment] = {}
    for seat in (
        Appointment.objects.on(on)
        .filter(person__in=people, organisation_id=organisation_id)
        .select_related("post__unit")
        .order_by("-post__position", "-id")
    ):
        seats[seat.person_id] = seat
    return Found(tuple(units), tuple((p, seats.get(p.pk)) for p in people))


def _holds(row: Placement | Appointment | Portfolio, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
