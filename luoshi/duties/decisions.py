"""What waits for a person beside reports: requests of units, effect checks that fall due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from luoshi.directives.models import Part
from luoshi.duties.access import REVIEWING, Decision, Reviewers, decide
from luoshi.duties.actions.common import DECIDE
from luoshi.duties.models import Assignment, Request, Submission
from luoshi.duties.queries import SOON
from luoshi.orgs import access, paths
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Placement, PostRole, UnitKind

DECIDING = frozenset(
    post for post, role in access.ROLE_OF_POST.items() if DECIDE in access.GRANTS[role]
)
"""Posts whose role decides on what units ask."""


def _mine(standing: Standing, posts: frozenset[PostRole]) -> set[UUID]:
    return {
        unit
        for seat in standing.seats
        if seat.post_role in posts
        for unit in (seat.unit_id, seat.acts_for_id)
    }


def _given_by(mine: set[UUID], prefix: str = "") -> Q:
    """Assignments that one of these units gave: as issuer, or by breaking its own part down."""
    above = Q(**{f"{prefix}parent__unit_id__in": mine})
    return above | Q(**{f"{prefix}parent__isnull": True, f"{prefix}directive__owner_id__in": mine})


def _around(standing: Standing) -> "QuerySet[Placement]":
    """The units in which the person sits, and all above them: nobody decides for these."""
    wanted = {p for s in standing.seats for p in paths.ancestors(s.unit_path)}
    found: QuerySet[Placement] = Placement.objects.on(standing.on).filter(
        organisation_id=standing.user.organisation_id, path__in=wanted
    )
    return found


def requests_waiting(standing: Standing, *, most: int = 100) -> Sequence[Request]:
    """What units ask and the person decides on, the oldest first; one query."""
    mine = _mine(standing, DECIDING)
    if not mine:
        return []
    given = _given_by(mine, "assignment__") & ~Q(
        assignment__unit_id__in=_around(standing).values("unit_id")
    )
    given |= Q(
        assignment__unit_id__in=_roots(standing),
    )
    rows = (
        Request.objects.filter(
            given, organisation_id=standing.user.organisation_id, state=Request.State.ASKED
        )
        .exclude(asked_by=standing.user)
        .select_related("assignment__task", "assignment__unit", "occurrence", "asked_by")
        .order_by("asked_at", "id")
    )
    return list(rows[:most])


def _roots(standing: Standing) -> list[UUID]:
    """The root, for people of a discipline body: they decide for it as they verify it."""
    if not any(s.post_role in DECIDING for s in standing.seats):
        return []
    rows = Placement.objects.on(standing.on).filter(
        organisation_id=standing.user.organisation_id,
        unit_id__in=standing.unit_ids,
        unit__unit_kind=UnitKind.DISCIPLINE,
    )
    tops = {path[: len(paths.segment(0))] for path in rows.values_list("path", flat=True)}
    if not tops:
        return []
    return list(
        Placement.objects.on(standing.on)
        .filter(organisation_id=standing.user.organisation_id, path__in=tops)
        .values_list("unit_id", flat=True)
    )


@dataclass(frozen=True, slots=True)
class Check:
    """A closed assignment whose effect the person may check."""

    assignment: Assignment
    decision: Decision
    late: bool


def checks_waiting(standing: Standing, *, most: int = 100) -> list[Check]:
    """Effect checks that are due within a week, of work that the person's units gave."""
    mine = _mine(standing, REVIEWING)
    if not mine:
        return []
    rows = (
        Assignment.objects.filter(
            _given_by(mine),
            organisation_id=standing.user.organisation_id,
            effect=Assignment.Effect.UNCHECKED,
            check_on__lte=standing.on + timedelta(days=SOON),
        )
        .select_related("task", "unit", "directive")
        .defer("directive__text", "directive__outline")
        .order_by("check_on", "id")
    )
    found = list(rows[: most * 2])
    if not found:
        return []
    last = dict(
        Submission.objects.filter(occurrence__assignment__in=found, part=Part.LEAD)
        .order_by("at", "id")
        .values_list("occurrence__assignment_id", "by_id")
    )
    reviewers = Reviewers(standing.user.organisation_id, standing.on)
    checks = []
    for one in found:
        decision = decide(
            standing,
            reviewers,
            unit_id=one.unit_id,
            leader_appointment=one.task.leader_id,
            reported_by=last.get(one.pk),
        )
        if decision.allowed:
            late = one.check_on is not None and one.check_on < standing.on
            checks.append(Check(one, decision, late))
    return checks[:most]
