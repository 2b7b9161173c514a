"""Reading the organisation: as of a day, within what a person may see."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, QuerySet

from luoshi.base.refused import OutOfScope
from luoshi.orgs import paths
from luoshi.orgs.models import Placement, Unit

M = TypeVar("M", bound=Model)


def fetch(rows: "QuerySet[M]", pk: UUID | str) -> M:
    """The row with this id among `rows` (already scoped), or `OutOfScope`."""
    try:
        return rows.get(pk=pk)
    except (ObjectDoesNotExist, ValidationError, ValueError) as error:
        raise OutOfScope() from error


def path_of(unit_id: UUID, on: date) -> str:
    """The unit's path on a day, or `OutOfScope` where it did not stand in the tree then."""
    path = Placement.objects.on(on).filter(unit_id=unit_id).values_list("path", flat=True).first()
    if path is None:
        raise OutOfScope()
    return str(path)


def last_path(unit_id: UUID, on: date) -> str:
    """The unit's path on a day or, where it was closed before, the last one it had.

    For reading what a closed unit left behind: paths are never used twice, so whoever reads the
    place where it stood reads its record. Raises `OutOfScope` for a unit that never stood by then.
    """
    path = (
        Placement.objects.filter(unit_id=unit_id, valid_from__lte=on)
        .order_by("-valid_from")
        .values_list("path", flat=True)
        .first()
    )
    if path is None:
        raise OutOfScope()
    return str(path)


def paths_of(unit_ids: Iterable[UUID], on: date) -> dict[UUID, str]:
    """unit → path on a day, for those that stood in the tree."""
    return dict(
        Placement.objects.on(on).filter(unit_id__in=list(unit_ids)).values_list("unit_id", "path")
    )


def children(unit_id: UUID, on: date) -> "QuerySet[Unit]":
    """The units directly below a unit on a day, in their order (排序号)."""
    ids = Placement.objects.on(on).filter(parent_id=unit_id).values("unit_id")
    return Unit.objects.filter(pk__in=ids).order_by("position", "id")


def subtree(path: str, on: date, organisation_id: UUID) -> "QuerySet[Unit]":
    """The units at or below `path` on a day."""
    ids = (
        Placement.objects.on(on)
        .filter(paths.below(path), organisation_id=organisation_id)
        .values("unit_id")
    )
    return Unit.objects.filter(pk__in=ids)
