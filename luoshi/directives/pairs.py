"""Which governance directive could run beside one of business: proposed with the reason, no more.

What overlaps are the units of the tasks. Nothing is paired by itself.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from luoshi.directives.models import Directive, PairRefusal, Requirement, Task, TaskUnit, Triage
from luoshi.directives.queries import HEAVY, visible_to
from luoshi.orgs import paths, queries
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Placement

MOST = 3
STATES = (Directive.State.DRAFT, Directive.State.CONFIRMED, Directive.State.ISSUED)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A possible counterpart: `same` of the `units` of the directive, in `tasks` tasks there."""

    counterpart: Directive
    same: int
    units: int
    tasks: int


def going() -> Q:
    """The rows of `TaskUnit` whose task goes out, or went."""
    return Q(
        task__requirement__state=Requirement.State.ACTIVE,
        task__requirement__triage=Triage.TASK,
    ) & ~Q(task__state=Task.State.WITHDRAWN)


def candidates(directive: Directive, standing: Standing) -> "QuerySet[Directive]":
    """Governance directives of the same tree and year that the person may read."""
    path = queries.path_of(directive.owner_id, standing.on)
    root = path[: len(paths.segment(0))]
    owners = (
        Placement.objects.on(standing.on)
        .filter(paths.below(root), organisation_id=directive.organisation_id)
        .values("unit_id")
    )
    return (
        visible_to(standing)
        .filter(
            owner_id__in=owners,
            year=directive.year,
            work_line=Directive.WorkLine.GOVERNANCE,
            state__in=STATES,
        )
        .exclude(pk=directive.pk)
        .select_related("owner")
        .defer(*HEAVY)
    )


def proposals(directive: Directive, standing: Standing) -> list[Proposal]:
    """The few whose tasks go to most of the same units; none that was refused; four queries."""
    mine = (
        TaskUnit.objects.filter(going(), organisation_id=directive.organisation_id)
        .filter(task__directive=directive)
        .order_by()
        .values("unit_id")
        .distinct()
    )
    total = mine.count()
    if not total:
        return []
    refused = PairRefusal.objects.filter(directive=directive).values("counterpart_id")
    rows = candidates(directive, standing).exclude(pk__in=refused)
    counted = (
        TaskUnit.objects.filter(going(), organisation_id=directive.organisation_id)
        .filter(task__directive__in=rows.values("pk"), unit_id__in=mine)
        .order_by()
        .values("task__directive_id")
        .annotate(same=Count("unit_id", distinct=True), tasks=Count("task_id", distinct=True))
        .order_by("-same", "-tasks", "-task__directive_id")[:MOST]
    )
    found = {row["task__directive_id"]: (row["same"], row["tasks"]) for row in counted}
    by_id = {d.pk: d for d in rows.filter(pk__in=list(found))}
    return [
        Proposal(by_id[pk], same, total, tasks)
        for pk, (same, tasks) in found.items()
        if pk in by_id
    ]
