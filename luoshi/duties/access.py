"""Who may report, review, break down: DESIGN.md idea 4 as one rule for checks and lists.

A verifier acts for a unit above the owning one, sits neither in the owning unit nor below it, is
not in charge of it, does not lead the task, and put nothing forward of what is verified. Where
nobody above can, people of a sibling unit cross-check, and it says so; for the root, which has
neither, the discipline body directly below it does; its people who sit in the root as well only
where it has nobody else (docs/decisions/0007-who-verifies-the-root.md).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from luoshi.duties.models import Submission
from luoshi.orgs import access, paths
from luoshi.orgs.models import Appointment, Placement, Portfolio, Unit, UnitKind

REVIEW = "occurrence.review"
REVIEWING = frozenset(
    post for post, role in access.ROLE_OF_POST.items() if REVIEW in access.GRANTS[role]
)
"""Posts whose role may review."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a person may review, whether as a cross-check, and the reason where not.

    `why`: `ok`, `cross_check`; `no_role`, `own_unit`, `in_charge`, `leads`, `own_report`,
    `closed` (the unit no longer stands).
    """

    allowed: bool
    why: str

    @property
    def cross_check(self) -> bool:
        """Whether a peer unit reviews since nobody above can."""
        return self.why == "cross_check"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may review somewhere on a day."""

    user_id: UUID
    appointment_id: UUID
    unit_path: str
    acts_for_path: str
    in_charge: frozenset[UUID]


class Reviewers:
    """Everyone of an organisation who may review on a day, loaded once for a page or an act."""

    def __init__(self, organisation_id: UUID, on: date) -> None:
        where = dict(
            Placement.objects.on(on)
            .filter(organisation_id=organisation_id)
            .values_list("unit_id", "path")
        )
        charge: dict[UUID, set[UUID]] = {}
        for appointment_id, unit_id in (
            Portfolio.objects.on(on)
            .filter(organisation_id=organisation_id)
            .values_list("appointment__person_id", "unit_id")
        ):
            charge.setdefault(appointment_id, set()).add(unit_id)
        rows = (
            Appointment.objects.on(on)
            .filter(
                organisation_id=organisation_id,
                post__post_role__in=REVIEWING,
                person__user__isnull=False,
                person__user__is_active=True,
            )
            .values_list("person_id", "person__user_id", "pk", "post__unit_id", "post__acts_for_id")
        )
        self.where: dict[UUID, str] = where
        self.people = [
            Candidate(
                user_id=user_id,
                appointment_id=appointment_id,
                unit_path=where[unit_id],
                acts_for_path=str(where.get(acts_for_id or unit_id, where[unit_id])),
                in_charge=frozenset(charge.get(person_id, ())),
            )
            for person_id, user_id, appointment_id, unit_id, acts_for_id in rows
            if unit_id in where
        ]
        self.discipline = frozenset(
            Unit.objects.filter(
                organisation_id=organisation_id, unit_kind=UnitKind.DISCIPLINE
            ).values_list("pk", flat=True)
        )
        """Discipline bodies: they verify the root."""
        self._seats: dict[UUID, set[str]] = {}
        for one in self.people:
            self._seats.setdefault(one.user_id, set()).add(one.unit_path)

    def outside_root(self, root: str) -> bool:
        """Whether somebody of a discipline body may review who has no seat in the root itself."""
        bodies = {self.where[u] for u in self.discipline if u in self.where}
        return any(
            c.unit_path in bodies and root not in self._seats[c.user_id] for c in self.people
        )

    def above_exists(
        self, path: str, unit_id: UUID, *, leader: UUID | None, but: Iterable[UUID] = ()
    ) -> bool:
        """Whether anybody above may review what the unit at `path` reports; `but` and who sits in
        the leader's appointment left out.
        """
        left_out = set(but)
        if leader is not None:
            left_out |= {c.user_id for c in self.people if c.appointment_id == leader}
        return any(
            c.user_id not in left_out
            and unit_id not in c.in_charge
            and _above(c.acts_for_path, path)
            and not any(p.startswith(path) for p in self._seats[c.user_id])
            for c in self.people
        )


def _above(acts_for: str, path: str) -> bool:
    return path != acts_for and path.startswith(acts_for)


def _peer(unit_path: str, path: str) -> bool:
    """Whether the two stand directly below the same unit."""
    parent = path[: -len(paths.segment(0))]
    return bool(parent) and unit_path != path and unit_path[: len(path)][:-4] == parent


def decide(
    standing: access.Standing,
    reviewers: Reviewers,
    *,
    unit_id: UUID,
    leader_appointment: UUID | None,
    reported_by: Collection[UUID],
) -> Decision:
    """Whether the person may review what a unit reported.

    `reported_by`: everybody of whom something is under the verdict, as `authors` gives them.
    """
    path = reviewers.where.get(unit_id, "")
    if standing.user.pk in reported_by:
        return Decision(False, "own_report")
    if not path:
        return Decision(False, "closed")
    root = paths.depth(path) == 1
    if any(
        unit_id == s.unit_id if root else s.unit_path.startswith(path) for s in standing.seats
    ) and not (root and not reviewers.outside_root(path)):
        return Decision(False, "own_unit")
    if leader_appointment in {s.appointment_id for s in standing.seats}:
        return Decision(False, "leads")
    if unit_id in standing.in_charge:
        return Decision(False, "in_charge")
    seats = [s for s in standing.seats if s.post_role in REVIEWING]
    if root:
        outside = any(s.unit_id in reviewers.discipline for s in seats)
        return Decision(outside, "cross_check" if outside else "no_role")
    if any(_above(s.acts_for_path, path) for s in seats):
        return Decision(True, "ok")
    but, leader = reported_by, leader_appointment
    if not reviewers.above_exists(path, unit_id, leader=leader, but=but) and any(
        _peer(s.unit_path, path) for s in seats
    ):
        return Decision(True, "cross_check")
    return Decision(False, "no_role")


def authors(lead: Submission | None, parts: Iterable[Submission] = ()) -> frozenset[UUID]:
    """Everybody of whom something is under a verdict: the report, the one that it says still
    holds, the parts of support units.
    """
    found = [*parts, *([lead] if lead else [])]
    if lead is not None and lead.same_as is not None:
        found.append(lead.same_as)
    return frozenset(one.by_id for one in found)


def answers_to(path: str, giver: str) -> str:
    """The path of the unit that a unit answers to: the one that gave the work while it stands above
    it, else the one directly above; empty for the root. `giver` is empty where it stands no more.
    """
    if giver and giver != path and path.startswith(giver):
        return giver
    return path[: -len(paths.segment(0))]
