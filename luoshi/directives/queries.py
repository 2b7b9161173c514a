"""Which directives a person may read, and the rows that pages show."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from luoshi.directives.models import Approval, Directive, Requirement, Task
from luoshi.orgs import paths, queries
from luoshi.orgs.access import Standing
from luoshi.orgs.models import Placement

OPEN = (Directive.State.DRAFT, Directive.State.CONFIRMED)
HEAVY = ("text", "outline")
"""Columns that lists leave out."""


def visible_to(standing: Standing) -> "QuerySet[Directive]":
    """Directives that a person may read.

    An issued one is an open paper of its tree: everybody who sits at or below its owner reads it,
    and whoever may read for units above. A draft is for those who may triage it, and for those
    who were asked to approve it.
    """
    placed = Placement.objects.on(standing.on).filter(organisation_id=standing.user.organisation_id)
    above: set[str] = set()
    for seat in standing.seats:
        above.update(paths.ancestors(seat.unit_path))
    drafts = placed.filter(standing.scope("directive.triage")).values("unit_id")
    papers = placed.filter(standing.scope("directive.read") | Q(path__in=above)).values("unit_id")
    wanted = Q(owner_id__in=drafts) | Q(owner_id__in=papers, state=Directive.State.ISSUED)
    if standing.has("directive.approve"):
        wanted |= Q(pk__in=asked_of(standing))
    return Directive.objects.filter(wanted, organisation_id=standing.user.organisation_id)


def asked_of(standing: Standing) -> "QuerySet[Approval, UUID]":
    """Ids of the directives that the person was asked to approve, as a subquery."""
    return (
        Approval.objects.filter(
            organisation_id=standing.user.organisation_id,
            asked__in=[s.appointment_id for s in standing.seats],
        )
        .exclude(state=Approval.State.TAKEN_BACK)
        .values_list("directive_id", flat=True)
    )


def may(standing: Standing, permission: str, directive: Directive) -> bool:
    """Whether the person holds the permission over the directive's owner today."""
    return standing.may(permission, queries.path_of(directive.owner_id, standing.on))


def on_the_road(standing: Standing) -> "QuerySet[Directive]":
    """Directives whose comments and approvals the person may read, before and after the issue.

    Who drafts or approves for the owner or above, and who was asked; an issued paper is open to
    more people than what was said on its way.
    """
    owners = (
        Placement.objects.on(standing.on)
        .filter(
            standing.scope("directive.plan") | standing.scope("directive.approve"),
            organisation_id=standing.user.organisation_id,
        )
        .values("unit_id")
    )
    return visible_to(standing).filter(Q(owner_id__in=owners) | Q(pk__in=asked_of(standing)))


def may_follow(standing: Standing, directive: Directive) -> bool:
    """Whether the person may read a directive's comments and approvals; one query."""
    return on_the_road(standing).filter(pk=directive.pk).exists()


def fetch(standing: Standing, pk: UUID) -> Directive:
    """A directive that the person may read, or `OutOfScope`."""
    return queries.fetch(visible_to(standing).select_related("owner"), pk)


def fetch_requirement(standing: Standing, pk: UUID) -> Requirement:
    """A clause of a directive that the person may read, or `OutOfScope`."""
    rows = Requirement.objects.filter(directive__in=visible_to(standing))
    return queries.fetch(rows.select_related("directive__owner"), pk)


def fetch_task(standing: Standing, pk: UUID) -> Task:
    """A task of a directive that the person may read, or `OutOfScope`."""
    rows: QuerySet[Any] = Task.objects.filter(directive__in=visible_to(standing))
    found: Task = queries.fetch(rows.select_related("directive__owner", "requirement"), pk)
    return found
