"""The organisation as of a day, in memory: what an uploaded workbook is compared with."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from luoshi.orgs import paths
from luoshi.orgs.models import SEGMENT, Appointment, Person, Placement, Portfolio, Post, Unit


class Dated(Protocol):
    """A row with a validity."""

    @property
    def valid_from(self) -> date:
        """The first day."""

    @property
    def valid_to(self) -> date | None:
        """The day on which it no longer holds; None: open."""


def open_on(row: Dated, day: date) -> bool:
    """Whether a row holds on a day or later."""
    return row.valid_to is None or row.valid_to > day


def reference(pk: UUID) -> str:
    """The program's own number of a row, as the workbook shows it behind #: its last 12 digits."""
    return pk.hex[-12:]


@dataclass(slots=True)
class State:
    """Everything that holds on `on` or later; appointments also the earlier ones (overlaps).

    `places` are the placements on the day itself; `numbers` the highest number ever given to a
    child below a path; `later` the units about whose place something is decided for a later day.
    """

    organisation_id: UUID
    on: date
    units: dict[UUID, Unit] = field(default_factory=dict)
    places: dict[UUID, Placement] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    people: dict[UUID, Person] = field(default_factory=dict)
    posts: dict[UUID, Post] = field(default_factory=dict)
    appointments: dict[UUID, Appointment] = field(default_factory=dict)
    portfolios: dict[UUID, Portfolio] = field(default_factory=dict)
    all_appointments: list[Appointment] = field(default_factory=list)
    taken_codes: dict[str, Unit] = field(default_factory=dict)
    """Codes of units that do not stand on the day: closed ones keep theirs."""

    def name_way(self, unit_id: UUID) -> str:
        """上级/单位: the names from below the root down to a unit standing on the day."""
        names: list[str] = []
        at: UUID | None = unit_id
        while at is not None and at in self.places and len(names) < paths.MOST:
            names.append(self.units[at].name)
            at = self.places[at].parent_id
        return "/".join(reversed(names[:-1] or names))

    def in_order(self) -> list[Unit]:
        """Units standing on the day, from the root down, siblings by 排序号."""
        below: dict[UUID | None, list[Unit]] = {}
        for pk, place in self.places.items():
            below.setdefault(place.parent_id, []).append(self.units[pk])
        found: list[Unit] = []

        def add(units: Iterable[Unit]) -> None:
            for unit in sorted(units, key=lambda u: (u.position, u.pk)):
                found.append(unit)
                add(below.get(unit.pk, ()))

        add(below.get(None, ()))
        return found


def load(organisation_id: UUID, on: date) -> State:
    """Read the organisation as of a day; a fixed number of queries."""
    state = State(organisation_id, on)
    own = {"organisation_id": organisation_id}
    units = {unit.pk: unit for unit in Unit.objects.filter(**own)}
    for place in Placement.objects.on(on).filter(**own).order_by("path"):
        place.unit = units[place.unit_id]
        state.places[place.unit_id] = place
        state.units[place.unit_id] = units[place.unit_id]
    state.taken_codes = {
        unit.code: unit for pk, unit in units.items() if unit.code and pk not in state.units
    }
    for path in Placement.objects.filter(**own).values_list("path", flat=True):
        above = path[:-SEGMENT]
        state.numbers[above] = max(state.numbers.get(above, -1), paths.number(path))
    state.people = {person.pk: person for person in Person.objects.filter(**own)}
    posts = {post.pk: post for post in Post.objects.filter(**own)}
    for post in posts.values():
        if open_on(post, on) and post.unit_id in state.places:
            post.unit = state.units[post.unit_id]
            state.posts[post.pk] = post
    for appointment in Appointment.objects.filter(**own).order_by("valid_from", "id"):
        appointment.post = posts[appointment.post_id]
        appointment.person = state.people[appointment.person_id]
        state.all_appointments.append(appointment)
        if open_on(appointment, on) and appointment.post_id in state.posts:
            state.appointments[appointment.pk] = appointment
    for portfolio in Portfolio.objects.filter(**own).order_by("valid_from", "id"):
        if open_on(portfolio, on) and portfolio.appointment_id in state.appointments:
            portfolio.unit = units[portfolio.unit_id]
            portfolio.appointment = state.appointments[portfolio.appointment_id]
            state.portfolios[portfolio.pk] = portfolio
    return state
