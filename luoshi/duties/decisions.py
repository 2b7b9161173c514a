"""What waits for a person beside reports: requests of units, effect checks that fall due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from luoshi.duties.access import REVIEWING, Decision, Reviewers, answers_to
from luoshi.duties.actions.common import DECIDE
from luoshi.duties.models import Assignment, Request
from luoshi.duties.queries import SOON, authors_in, check_decision, for_me, mine_among, near
from luoshi.orgs import access, paths
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Placement, UnitKind

DECIDING = frozenset(
    post for post, role in access.ROLE_OF_POST.items() if DECIDE in access.GRANTS[role]
)
"""Posts whose role decides on what units ask."""


def _given_by(standing: Standing, mine: set[UUID], prefix: str = "") -> Q:
    """Assignments that may answer to one of these units: given by it, or of a unit near it."""
    above = Q(**{f"{prefix}parent__unit_id__in": mine})
    issued = Q(**{f"{prefix}parent__isnull": True, f"{prefix}directive__owner_id__in": mine})
    return above | issued | Q(**{f"{prefix}unit_id__in": near(standing, mine)})


def _giver(assignment: Assignment) -> UUID:
    above = assignment.parent
    giver: UUID = above.unit_id if above is not None else assignment.directive.owner_id
    return giver


def requests_waiting(standing: Standing, *, most: int = 100) -> Sequence[Request]:
    """What units ask and the person decides on (`gave`), the oldest first; three queries."""
    mine = mine_among(standing, DECIDING)
    if not mine:
        return []
    rows = (
        Request.objects.filter(
            _given_by(standing, mine, "assignment__"),
            organisation_id=standing.user.organisation_id,
            state=Request.State.ASKED,
        )
        .exclude(asked_by=standing.user)
        .exclude(assignment__unit_id__in=standing.in_charge)
        .select_related(
            "assignment__task", "assignment__unit", "assignment__parent",
            "assignment__directive", "occurrence", "asked_by",
        )
        .defer("assignment__directive__text", "assignment__directive__outline")
        .order_by("asked_at", "id")
    )  # fmt: skip
    found = list(rows[: most * 4])
    where = _where(found, mine, standing)
    own = {where[u] for u in mine if u in where}
    seats = {s.appointment_id for s in standing.seats}
    discipline = _is_discipline(standing)

    def decides(asked: Request) -> bool:
        assignment = asked.assignment
        path = where.get(assignment.unit_id, "")
        if assignment.task.leader_id in seats:
            return False
        if path and paths.depth(path) == 1:
            return discipline
        if path and any(s.unit_path.startswith(path) for s in standing.seats):
            return False
        return answers_to(path, where.get(_giver(assignment), "")) in own

    return [asked for asked in found if decides(asked)][:most]


def _where(found: Sequence[Request], mine: set[UUID], standing: Standing) -> dict[UUID, str]:
    """unit → path today, or the last one of a closed unit that still asks."""
    units = mine | {r.assignment.unit_id for r in found} | {_giver(r.assignment) for r in found}
    rows = Placement.objects.filter(
        organisation_id=standing.user.organisation_id, unit_id__in=units,
        valid_from__lte=standing.on,
    ).order_by("valid_from")  # fmt: skip
    asking = {r.assignment.unit_id for r in found}
    last: dict[UUID, str] = {}
    for unit, path, until in rows.values_list("unit_id", "path", "valid_to"):
        stands = until is None or until > standing.on
        if stands or unit in asking:
            last[unit] = path
    return last


def _is_discipline(standing: Standing) -> bool:
    return Placement.objects.filter(
        organisation_id=standing.user.organisation_id,
        unit_id__in=standing.unit_ids,
        unit__unit_kind=UnitKind.DISCIPLINE,
    ).exists()


@dataclass(frozen=True, slots=True)
class Check:
    """A closed assignment whose effect the person may check."""

    assignment: Assignment
    decision: Decision
    late: bool


def checks_waiting(
    standing: Standing, *, most: int = 100, reviewers: Reviewers | None = None
) -> list[Check]:
    """Effect checks that are due within a week, of work that answers to the person's units."""
    mine = mine_among(standing, REVIEWING)
    if not mine:
        return []
    rows: QuerySet[Assignment] = (
        Assignment.objects.filter(
            _given_by(standing, mine),
            organisation_id=standing.user.organisation_id,
            effect=Assignment.Effect.UNCHECKED,
            check_on__lte=standing.on + timedelta(days=SOON),
        )
        .select_related("task", "unit", "directive", "parent")
        .defer("directive__text", "directive__outline")
        .order_by("check_on", "id")
    )
    found = list(rows[: most * 4])
    if not found:
        return []
    by = authors_in(found)
    reviewers = reviewers or Reviewers(standing.user.organisation_id, standing.on)
    checks = []
    for one in found:
        decision = check_decision(standing, reviewers, one, by[one.pk])
        if decision.allowed and for_me(reviewers, mine, one.unit_id, _giver(one), decision):
            late = one.check_on is not None and one.check_on < standing.on
            checks.append(Check(one, decision, late))
    return checks[:most]
