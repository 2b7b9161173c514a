"""Who may do what: roles follow from posts, and a grant reaches a unit or the subtree below it.

`GRANTS` is the one rule; `docs/permissions.md` prints it, and the permission tests are generated
from that table. The same answer serves the check inside an action and the button on a page.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from luoshi.accounts.access import DUTY_GRANTS
from luoshi.base.clock import day_of
from luoshi.base.refused import NotAllowed
from luoshi.orgs import paths
from luoshi.orgs.models import Appointment, Placement, Portfolio, PostRole

if TYPE_CHECKING:
    from luoshi.accounts.models import User

OWN, BELOW, ALL = "own", "below", "all"

ROLE_OF_POST = {
    PostRole.CLERK: "clerk",
    PostRole.HEAD: "leader",
    PostRole.DEPUTY: "deputy",
    PostRole.SECRETARY: "leader",
    PostRole.COMMITTEE_MEMBER: "officer",
    PostRole.DISCIPLINE_OFFICER: "officer",
    PostRole.MEMBER: "member",
}
"""The role that a post gives; `org_admin` and `auditor` are given to a user."""

GRANTS: dict[str, dict[str, str]] = {
    "clerk": {
        "directive.import": BELOW,
        "directive.triage": BELOW,
        "directive.plan": BELOW,
        "directive.issue": BELOW,
        "directive.comment": OWN,
        "directive.read": BELOW,
        "task.break_down": OWN,
        "occurrence.read": BELOW,
        "occurrence.submit": OWN,
        "occurrence.review": BELOW,
        "occurrence.record": BELOW,
        "request.decide": BELOW,
        "guidance.give": BELOW,
        "objective.set": BELOW,
        "duty_list.draft": BELOW,
        "lines.read": BELOW,
        "duty_list.sign": OWN,
        "orgs.read": ALL,
    },
    "leader": {
        "directive.approve": BELOW,
        "directive.comment": OWN,
        "directive.read": BELOW,
        "task.break_down": OWN,
        "occurrence.read": BELOW,
        "occurrence.submit": OWN,
        "occurrence.review": BELOW,
        "request.decide": BELOW,
        "guidance.give": BELOW,
        "objective.set": OWN,
        "duty_list.draft": OWN,
        "lines.read": BELOW,
        "duty_list.sign": OWN,
        "orgs.read": ALL,
    },
    "deputy": {
        "directive.approve": BELOW,
        "directive.comment": OWN,
        "directive.read": BELOW,
        "task.break_down": OWN,
        "occurrence.read": BELOW,
        "occurrence.submit": OWN,
        "occurrence.review": BELOW,
        "request.decide": BELOW,
        "guidance.give": BELOW,
        "duty_list.sign": OWN,
        "orgs.read": ALL,
    },
    "officer": {
        "directive.comment": OWN,
        "directive.read": OWN,
        "occurrence.read": OWN,
        "occurrence.submit": OWN,
        "duty_list.sign": OWN,
        "orgs.read": ALL,
    },
    "member": {
        "directive.read": OWN,
        "occurrence.read": OWN,
        "duty_list.sign": OWN,
        "orgs.read": ALL,
    },
    **DUTY_GRANTS,
}
"""role → permission → reach: `own` the unit of the seat and the unit it acts for, `below` also
everything below the unit it acts for, `all` the whole organisation."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One appointment on a day: the seat's unit, and the unit that it acts for, with paths."""

    appointment_id: UUID
    post_role: str
    title: str
    unit_id: UUID
    unit_name: str
    unit_path: str
    acts_for_id: UUID
    acts_for_path: str

    @property
    def role(self) -> str:
        """The role that the post gives."""
        return ROLE_OF_POST[PostRole(self.post_role)]


@dataclass(slots=True)
class Standing:
    """What a user is on a day: seats, administrator roles, units in charge of.

    Built once a request by `standing`; every check and every scope asks it.
    """

    user: "User"
    on: date
    seats: tuple[Seat, ...]
    in_charge: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def unit_ids(self) -> frozenset[UUID]:
        """The units in which the user sits (not those acted for)."""
        return frozenset(s.unit_id for s in self.seats)

    @property
    def main(self) -> Seat | None:
        """The first seat: what the corner of the page shows."""
        return self.seats[0] if self.seats else None

    def _reaches(self, permission: str) -> list[tuple[str, Seat | None]]:
        found: list[tuple[str, Seat | None]] = [
            (GRANTS[role][permission], None)
            for role in self.user.duties
            if permission in GRANTS.get(role, {})
        ]
        found += [
            (GRANTS[s.role][permission], s) for s in self.seats if permission in GRANTS[s.role]
        ]
        return found

    def has(self, permission: str) -> bool:
        """Whether the user has the permission anywhere."""
        return bool(self._reaches(permission))

    def may(self, permission: str, path: str) -> bool:
        """Whether the permission reaches the unit at `path` (its placement on `on`)."""
        for reach, seat in self._reaches(permission):
            if reach == ALL or seat is None:
                return True
            if path in (seat.unit_path, seat.acts_for_path):
                return True
            if reach == BELOW and path.startswith(seat.acts_for_path):
                return True
        return False

    def scope(self, permission: str, prefix: str = "") -> Q:
        """The same answer as a condition on rows with a `path` column (`prefix` leads to it)."""
        wanted = Q(pk__in=[])
        for reach, seat in self._reaches(permission):
            if reach == ALL or seat is None:
                return Q()
            wanted |= Q(**{f"{prefix}path__in": {seat.unit_path, seat.acts_for_path}})
            if reach == BELOW:
                wanted |= paths.below(seat.acts_for_path, prefix)
        return wanted

    def require(self, permission: str, path: str) -> None:
        """Raise `NotAllowed` unless the permission reaches the unit at `path`."""
        if not self.may(permission, path):
            raise NotAllowed()


def standing(user: "User", on: date) -> Standing:
    """The user's seats on a day, main one first (by post order), and the units in charge of."""
    held = list(
        Appointment.objects.on(on)
        .filter(organisation_id=user.organisation_id, person__user=user)
        .filter(Q(post__valid_to__isnull=True) | Q(post__valid_to__gt=on), post__valid_from__lte=on)
        .order_by("post__position", "valid_from", "id")
        .values_list(
            "pk", "post__post_role", "post__title", "post__unit_id", "post__unit__name",
            "post__acts_for_id",
        )
    )  # fmt: skip
    if not held:
        return Standing(user=user, on=on, seats=())
    units = {unit for row in held for unit in row[3::2] if unit}
    where = dict(
        Placement.objects.on(on)
        .filter(organisation_id=user.organisation_id, unit_id__in=units)
        .values_list("unit_id", "path")
    )
    seats = tuple(
        Seat(
            appointment_id=pk,
            post_role=role,
            title=title,
            unit_id=unit,
            unit_name=name,
            unit_path=where[unit],
            acts_for_id=acts_for or unit,
            acts_for_path=str(where.get(acts_for, where[unit])),
        )
        for pk, role, title, unit, name, acts_for in held
        if unit in where
    )
    in_charge = frozenset(
        Portfolio.objects.on(on)
        .filter(
            organisation_id=user.organisation_id,
            appointment_id__in=[s.appointment_id for s in seats],
        )
        .values_list("unit_id", flat=True)
        if seats
        else ()
    )
    return Standing(user=user, on=on, seats=seats, in_charge=in_charge)


def standing_at(user: "User", at: datetime) -> Standing:
    """The user's standing on the site's day of the moment `at`."""
    return standing(user, day_of(at))
