"""The organisation of a day as rows of the workbook, so that it can be edited and sent back.

Every unit and person carries a number: the office's own, else the program's behind #. So a row is
found again after a rename and a move, and two people of one name stay two.
"""

from collections import Counter
from datetime import date
from uuid import UUID

from luoshi.orgs.models import Person, Portfolio, Post, PostRole, Unit, UnitKind
from luoshi.orgs.workbook import words
from luoshi.orgs.workbook.state import State, load, open_on, reference
from luoshi.papers.sheets import Value

Rows = dict[str, list[list[Value]]]


def rows(organisation_id: UUID, on: date) -> Rows:
    """sheet → rows in the order of `words.SHEETS`; appointments that hold on `on` or later."""
    return _Export(load(organisation_id, on)).rows()


class _Export:
    def __init__(self, state: State) -> None:
        self.state = state
        self.units = state.in_order()
        self._names = Counter(unit.name for unit in self.units)
        self._ways = Counter(state.name_way(unit.pk) for unit in self.units)
        self._people = Counter(person.name for person in state.people.values())
        self._codes = {unit.code for unit in self.units} | {
            person.code for person in state.people.values()
        }

    def rows(self) -> Rows:
        return {
            words.UNITS: self.of_units(),
            words.PEOPLE: self.people(),
            words.SEATS: self.seats(),
        }

    def of_units(self) -> list[list[Value]]:
        found: list[list[Value]] = []
        for unit in self.units:
            parent = self.state.places[unit.pk].parent_id
            found.append(
                [
                    _number(unit),
                    unit.name,
                    unit.short_name,
                    self.unit(self.state.units[parent]) if parent else "",
                    words.KINDS[UnitKind(unit.unit_kind)][0],
                    unit.region,
                    unit.line,
                    unit.rank,
                    unit.position,
                ]
            )
        return found

    def people(self) -> list[list[Value]]:
        people = sorted(self.state.people.values(), key=lambda p: (p.name, p.pk))
        return [[person.name, _number(person)] for person in people]

    def seats(self) -> list[list[Value]]:
        in_charge: dict[UUID, list[Portfolio]] = {}
        for portfolio in self.state.portfolios.values():
            if portfolio.unit_id in self.state.units:
                in_charge.setdefault(portfolio.appointment_id, []).append(portfolio)
        held: dict[UUID, list[list[Value]]] = {}
        on = self.state.on
        for a in self.state.appointments.values():
            post = a.post
            portfolios = sorted(in_charge.get(a.pk, ()), key=lambda p: (p.unit.position, p.unit_id))
            names = dict.fromkeys(self.unit(p.unit) for p in portfolios)
            held.setdefault(post.pk, []).append(
                [
                    self.person(a.person),
                    *self.post(post),
                    a.valid_from,
                    a.valid_to,
                    "、".join(names),
                ]
            )
        found: list[list[Value]] = []
        place = {unit.pk: number for number, unit in enumerate(self.units)}
        posts = sorted(
            self.state.posts.values(), key=lambda p: (place[p.unit_id], p.position, p.pk)
        )
        for post in posts:
            vacant: list[Value] = ["", *self.post(post), None, None, ""]
            rows_ = held.get(post.pk)
            if rows_ is None and open_on(post, on):
                rows_ = [vacant]
            found += rows_ or []
        return found

    def post(self, post: Post) -> list[Value]:
        acts_for = self.state.units.get(post.acts_for_id) if post.acts_for_id else None
        return [
            self.unit(self.state.units[post.unit_id]),
            post.title,
            words.ROLES[PostRole(post.post_role)][0],
            self.unit(acts_for) if acts_for else "",
            post.position,
        ]

    def unit(self, unit: Unit) -> str:
        """How a unit is named in a cell: by name, by its way, else by number."""
        plain = not set(unit.name) & set(words.LIST_MARKS + words.WAY_MARKS)
        if plain and self._names[unit.name] == 1 and unit.name not in self._codes:
            return str(unit.name)
        way = self.state.name_way(unit.pk)
        marked = any(set(part) & set(words.LIST_MARKS + "／›>") for part in way.split("/"))
        steps = sum(1 for _ in self._above(unit))
        if self._ways[way] == 1 and not marked and len(way.split("/")) == steps > 1:
            return way
        return _number(unit)

    def _above(self, unit: Unit) -> list[UUID]:
        found: list[UUID] = []
        at: UUID | None = unit.pk
        while at is not None and at in self.state.places:
            found.append(at)
            at = self.state.places[at].parent_id
        return found[:-1]

    def person(self, person: Person) -> str:
        if self._people[person.name] == 1 and person.name not in self._codes:
            return str(person.name)
        return f"{person.name}（{_number(person)}）"


def _number(row: Unit | Person) -> str:
    return str(row.code) or words.REFERENCE + reference(row.pk)
