"""Loading a whole invented organisation at once: for the demo, for measuring, for tests.

`demo.organisation.DemoOrganisation` is such a plan, and so is anything of the same shape.
"""

# ruff: noqa: D102 - the members of the protocols below say by their names what they are
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from django.db import transaction

from luoshi.accounts import actions as accounts
from luoshi.base.models import Organisation
from luoshi.base.refused import BadInput
from luoshi.ledger import actions as ledger
from luoshi.orgs import paths
from luoshi.orgs.actions import link_user
from luoshi.orgs.actions.common import allow, lock_tree
from luoshi.orgs.models import Appointment, Person, Placement, Post, Unit
from luoshi.orgs.writing import Writer

if TYPE_CHECKING:
    from luoshi.accounts.models import User


class PlannedUnit(Protocol):
    """A unit below the one with `parent_key` (None: the root); parents come first."""

    @property
    def key(self) -> str: ...
    @property
    def parent_key(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def short_name(self) -> str: ...
    @property
    def unit_kind(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def rank(self) -> str: ...


class PlannedPost(Protocol):
    """A seat; `acts_for_key` None: for its own unit."""

    @property
    def key(self) -> str: ...
    @property
    def unit_key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def post_role(self) -> str: ...
    @property
    def acts_for_key(self) -> str | None: ...
    @property
    def position(self) -> int: ...


class PlannedPerson(Protocol):
    """Somebody."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...


class PlannedAppointment(Protocol):
    """A person in a seat over `[valid_from, valid_to)`."""

    @property
    def person_key(self) -> str: ...
    @property
    def post_key(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


class PlannedPortfolio(Protocol):
    """A leader in charge of a unit by a seat, over `[valid_from, valid_to)`."""

    @property
    def person_key(self) -> str: ...
    @property
    def post_key(self) -> str: ...
    @property
    def unit_key(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


class PlannedAccount(Protocol):
    """A sign-in of a person; `roles` holds only duties that no post gives."""

    @property
    def person_key(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def roles(self) -> tuple[str, ...]: ...


class Plan(Protocol):
    """A whole organisation; every key that is named exists, and is unique among its like."""

    @property
    def opened_on(self) -> date: ...
    @property
    def units(self) -> Sequence[PlannedUnit]: ...
    @property
    def posts(self) -> Sequence[PlannedPost]: ...
    @property
    def people(self) -> Sequence[PlannedPerson]: ...
    @property
    def appointments(self) -> Sequence[PlannedAppointment]: ...
    @property
    def portfolios(self) -> Sequence[PlannedPortfolio]: ...


@dataclass(slots=True)
class Loaded:
    """What was loaded, by the keys of the plan (appointments by person, post and first day)."""

    units: dict[str, Unit] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    appointments: dict[tuple[str, str, date], Appointment] = field(default_factory=dict)


@transaction.atomic
def load(plan: Plan, *, by: "User", at: datetime) -> Loaded:
    """Write the plan's units, posts, people, appointments, portfolios into `by`'s organisation.

    The organisation must have no unit yet. One bulk entry, `organisation.loaded`, with a row for
    each row that was written. Overlaps are the plan's business: they are not searched for here.
    Raises `NotAllowed`, `BadInput`.
    """
    allow(by, at, unit=None)
    organisation_id = by.organisation_id
    lock_tree(organisation_id)
    if Placement.objects.filter(organisation_id=organisation_id).exists():
        raise BadInput("The organisation has units already.")
    loaded = Loaded()
    writer = Writer(organisation_id)
    _units(plan, writer, loaded)
    _posts(plan, writer, loaded)
    _people(plan, writer, loaded)
    _appointments(plan, writer, loaded)
    _portfolios(plan, writer, loaded)
    writer.write()
    ledger.append(
        "organisation.loaded",
        organisation_id=organisation_id,
        actor=by.actor,
        at=at,
        object_kind="organisation",
        object_id=organisation_id,
        version=1,
        values={
            "units": len(plan.units),
            "posts": len(plan.posts),
            "people": len(plan.people),
            "appointments": len(plan.appointments),
            "portfolios": len(plan.portfolios),
        },
        rows=writer.rows,
    )
    return loaded


def open_accounts(
    planned: Iterable[PlannedAccount],
    loaded: Loaded,
    *,
    password: str,
    by: "User",
    at: datetime,
) -> "dict[str, User]":
    """Make and link the planned accounts, all with one password; sign-in name → user.

    An account that exists already (the one of `by`) is only linked.
    """
    users = {}
    organisation = Organisation.objects.get(pk=by.organisation_id)
    for account in planned:
        person = loaded.people[account.person_key]
        if account.username == by.username:
            user = by
        else:
            user = accounts.create_user(
                organisation,
                username=account.username,
                name=person.name,
                password=password,
                duties=account.roles,
                by=by,
                at=at,
            )
        link_user(person, user, by=by, at=at)
        users[account.username] = user
    return users


def _units(plan: Plan, writer: Writer, loaded: Loaded) -> None:
    children: dict[str | None, int] = {}
    for position, planned in enumerate(plan.units, 1):
        number = children.get(planned.parent_key, 0)
        children[planned.parent_key] = number + 1
        above = loaded.paths[planned.parent_key] if planned.parent_key is not None else ""
        if not above and number:
            raise BadInput("The plan has two roots.")
        path = loaded.paths[planned.key] = above + paths.segment(number)
        loaded.units[planned.key] = writer.unit(
            parent=loaded.units[planned.parent_key] if planned.parent_key is not None else None,
            path=path,
            on=plan.opened_on,
            name=planned.name,
            short_name=planned.short_name,
            unit_kind=planned.unit_kind,
            region=planned.region,
            line=planned.line,
            rank=planned.rank,
            position=position,
        )


def _posts(plan: Plan, writer: Writer, loaded: Loaded) -> None:
    for planned in plan.posts:
        loaded.posts[planned.key] = writer.post(
            unit=loaded.units[planned.unit_key],
            acts_for=loaded.units[planned.acts_for_key] if planned.acts_for_key else None,
            title=planned.title,
            post_role=planned.post_role,
            position=planned.position,
            valid_from=plan.opened_on,
        )


def _people(plan: Plan, writer: Writer, loaded: Loaded) -> None:
    for planned in plan.people:
        loaded.people[planned.key] = writer.person(name=planned.name)


def _appointments(plan: Plan, writer: Writer, loaded: Loaded) -> None:
    for planned in plan.appointments:
        key = (planned.person_key, planned.post_key, planned.valid_from)
        loaded.appointments[key] = writer.appointment(
            post=loaded.posts[planned.post_key],
            person=loaded.people[planned.person_key],
            valid_from=planned.valid_from,
            valid_to=planned.valid_to,
        )


def _portfolios(plan: Plan, writer: Writer, loaded: Loaded) -> None:
    held: dict[tuple[str, str], list[Appointment]] = {}
    for (person, post, _), appointment in loaded.appointments.items():
        held.setdefault((person, post), []).append(appointment)
    for planned in plan.portfolios:
        appointments = held.get((planned.person_key, planned.post_key), [])
        covers = _covering(planned.valid_from)
        writer.portfolio(
            appointment=next(a for a in appointments if covers(a)),
            unit=loaded.units[planned.unit_key],
            valid_from=planned.valid_from,
            valid_to=planned.valid_to,
        )


def _covering(day: date) -> Callable[[Appointment], bool]:
    return lambda a: a.valid_from <= day and (a.valid_to is None or day < a.valid_to)
