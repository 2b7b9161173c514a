"""Units and where they stand: created, renamed, described, moved with all below them, closed."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change, claim
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, Refused
from luoshi.lib.ids import new_id
from luoshi.orgs import paths
from luoshi.orgs.actions.common import allow, lock, lock_tree, record
from luoshi.orgs.models import (
    DEPTH,
    SEGMENT,
    Appointment,
    Placement,
    Portfolio,
    Post,
    Unit,
    UnitKind,
)

if TYPE_CHECKING:
    from luoshi.accounts.models import User


class Circle(BadInput):
    """A unit would stand below itself."""

    default = _("“%(parent)s” lies below “%(unit)s”. Choose a unit outside of it.")


class TooDeep(BadInput):
    """More levels than a path holds."""

    default = _("The tree would have more than %(most)s levels. Choose a unit further up.")


class LaterChange(BadInput):
    """Something that stands in the way is already decided for a later day."""

    default = _("“%(unit)s” takes another place on %(day)s. Choose that day or a later one.")


class NotStanding(BadInput):
    """The unit does not stand in the tree on that day."""

    default = _("“%(unit)s” does not exist on %(day)s. Choose another day or another unit.")


class StillInUse(Refused):
    """A unit or a post cannot close: something open hangs on it."""


@transaction.atomic
def create_unit(
    *,
    name: str,
    unit_kind: str,
    parent: Unit | None,
    on: date,
    short_name: str = "",
    region: str = "",
    line: str = "",
    rank: str = "",
    position: int | None = None,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Unit:
    """Make a unit that stands below `parent` from `on`; without `parent`, the root of the tree.

    `position` (排序号): behind its siblings by default. Raises `BadInput` with the field, among
    them `NotStanding`, `LaterChange` (field `on`), `TooDeep` (field `parent`); `NotAllowed`.
    """
    allow(by, at, unit=parent)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    fields = _described(unit_kind, short_name, region, line, rank)
    name = typed(name, field="name", most=100)
    lock_tree(by.organisation_id)
    path = _new_path(by.organisation_id, parent, on)
    parent_id = parent.pk if parent else None
    _check_name(by.organisation_id, name, parent_id, on)
    if position is None:
        siblings = Placement.objects.on(on).filter(
            organisation_id=by.organisation_id, parent_id=parent_id
        )
        position = (siblings.aggregate(most=Max("unit__position"))["most"] or 0) + 1
    unit = Unit.objects.create(
        id=new_id(),
        organisation_id=by.organisation_id,
        name=name,
        position=position,
        opened_on=on,
        **fields,
    )
    Placement.objects.create(
        organisation_id=by.organisation_id,
        unit=unit,
        parent_id=parent_id,
        path=path,
        valid_from=on,
    )
    record(
        "unit.created",
        unit,
        by,
        at,
        name=name,
        parent=parent_id,
        path=path,
        valid_from=on,
        position=position,
        **fields,
    )
    return unit


@transaction.atomic
def rename_unit(
    unit: Unit,
    *,
    name: str,
    short_name: str = "",
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Give a unit another name. Earlier names stay in the record. Raises `BadInput`, `Stale`."""
    allow(by, at, unit, unit=unit)
    name = typed(name, field="name", most=100)
    short = typed(short_name, field="short_name", most=30, optional=True)
    lock_tree(unit.organisation_id)
    place = _last_place(unit)
    if place is not None:
        _check_name(unit.organisation_id, name, place.parent_id, place.valid_from, but=unit.pk)
    was = unit.name
    change(unit, seen=seen, name=name, short_name=short)
    record("unit.renamed", unit, by, at, name=name, short_name=short, was=was)


@transaction.atomic
def change_unit(
    unit: Unit,
    *,
    unit_kind: str,
    region: str = "",
    line: str = "",
    rank: str = "",
    position: int | None = None,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Correct what a unit is: kind, region, line, rank, 排序号. Raises `BadInput`, `Stale`."""
    allow(by, at, unit, unit=unit)
    fields = _described(unit_kind, unit.short_name, region, line, rank)
    del fields["short_name"]
    place = unit.position if position is None else position
    change(unit, seen=seen, position=place, **fields)
    record("unit.changed", unit, by, at, position=place, **fields)


@transaction.atomic
def move_unit(
    unit: Unit,
    *,
    parent: Unit,
    on: date,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Put a unit with all below it under `parent` from `on`; what was before stays as it was.

    Raises `Circle`, `TooDeep` (field `parent`), `NotStanding`, `LaterChange` (field `on`),
    `Stale`, `NotAllowed`. A move on the day of an earlier one replaces it.
    """
    allow(by, at, unit, parent, unit=unit)
    allow(by, at, unit=parent)
    lock_tree(unit.organisation_id)
    here = _place(unit, on)
    there = _place(parent, on, field="parent")
    if there.path.startswith(here.path):
        raise Circle(field="parent", parent=parent.name, unit=unit.name)
    if here.parent_id == parent.pk:
        raise BadInput(
            _("“%(unit)s” stands below “%(parent)s” already."),
            field="parent",
            unit=unit.name,
            parent=parent.name,
        )
    places = list(
        Placement.objects.on(on)
        .filter(paths.below(here.path), organisation_id=unit.organisation_id)
        .select_related("unit")
        .order_by("path")
    )
    for place in places:
        _check_last(place)
    _check_name(unit.organisation_id, unit.name, parent.pk, on, but=unit.pk)
    path = _new_path(unit.organisation_id, parent, on)
    if max(len(p.path) for p in places) - len(here.path) + len(path) > paths.MOST:
        raise TooDeep(field="parent", most=DEPTH)
    moved = [
        (p, parent.pk if p.unit_id == unit.pk else p.parent_id, path + p.path[len(here.path) :])
        for p in places
    ]
    stand_from(moved, on)
    change(unit, seen=seen)
    record(
        "unit.moved",
        unit,
        by,
        at,
        parent=parent.pk,
        path=path,
        was=here.path,
        valid_from=on,
        rows=[{"unit": str(p.unit_id), "parent": str(above), "path": to} for p, above, to in moved],
    )


@transaction.atomic
def close_unit(unit: Unit, *, on: date, by: "User", at: datetime, seen: int | None = None) -> None:
    """Close a unit: from `on` it stands nowhere. Its empty posts and portfolios over it end too.

    Raises `StillInUse` while units below it or appointments in it are open on `on` or later, and
    names them; `LaterChange`, `NotStanding`, `Stale`, `NotAllowed`.
    """
    allow(by, at, unit, unit=unit)
    lock_tree(unit.organisation_id)
    lock(unit)
    place = _place(unit, on)
    if on <= place.valid_from:
        raise BadInput(
            _("It stands here since %(start)s; choose a later day."),
            field="on",
            start=place.valid_from,
        )
    open_later = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    below = Placement.objects.filter(
        open_later, parent=unit, organisation_id=unit.organisation_id
    ).select_related("unit")
    held = Appointment.objects.filter(
        open_later, post__unit=unit, organisation_id=unit.organisation_id
    ).select_related("person", "post")
    names = [p.unit.name for p in below[:6]]
    names += [f"{a.person.name}（{a.post.title}）" for a in held[: 6 - len(names)]]
    if names:
        raise StillInUse(
            _(
                "“%(unit)s” still has open units or appointments: %(names)s. "
                "Close or move them first."
            ),
            field="on",
            unit=unit.name,
            names="、".join(names[:5]) + (" …" if len(names) > 5 else ""),
        )
    posts = Post.objects.filter(open_later, unit=unit, organisation_id=unit.organisation_id)
    portfolios = Portfolio.objects.filter(
        open_later, unit=unit, organisation_id=unit.organisation_id
    )
    ended = {
        "posts": _end(posts, on),
        "portfolios": _end(portfolios, on),
    }
    Placement.objects.filter(pk=place.pk, organisation_id=unit.organisation_id).update(valid_to=on)
    change(unit, seen=seen, closed_on=on)
    record("unit.closed", unit, by, at, closed_on=on, **ended)


def _end(rows: "QuerySet[Any]", on: date) -> list[UUID]:
    """End dated rows on a day; what begins only later ends after its first day (no deletion)."""
    ids = []
    for row in rows:
        change(row, valid_to=max(on, row.valid_from + date.resolution))
        ids.append(row.pk)
    return ids


def _described(
    unit_kind: str, short_name: str, region: str, line: str, rank: str
) -> dict[str, str]:
    if unit_kind not in UnitKind.values:
        raise BadInput(_("Choose one of the kinds shown."), field="unit_kind")
    return {
        "unit_kind": str(unit_kind),
        "short_name": typed(short_name, field="short_name", most=30, optional=True),
        "region": typed(region, field="region", most=40, optional=True),
        "line": typed(line, field="line", most=40, optional=True),
        "rank": typed(rank, field="rank", most=40, optional=True),
    }


def _place(unit: Unit, on: date, *, field: str = "on") -> Placement:
    """Where the unit stands on a day, when nothing later is decided about it."""
    place: Placement | None = (
        Placement.objects.on(on)
        .filter(unit=unit, organisation_id=unit.organisation_id)
        .select_related("unit")
        .first()
    )
    if place is None:
        raise NotStanding(field=field, unit=unit.name, day=on)
    _check_last(place)
    return place


def _check_last(place: Placement) -> None:
    if place.valid_to is None:
        return
    later = Placement.objects.filter(
        unit_id=place.unit_id,
        organisation_id=place.organisation_id,
        valid_from__gte=place.valid_to,
    )
    if later.exists():
        raise LaterChange(field="on", unit=place.unit.name, day=place.valid_to)
    raise BadInput(
        _("“%(unit)s” closes on %(day)s. Choose another unit."),
        field="on",
        unit=place.unit.name,
        day=place.valid_to,
    )


def _last_place(unit: Unit) -> Placement | None:
    last: Placement | None = (
        Placement.objects.filter(unit=unit, organisation_id=unit.organisation_id)
        .order_by("-valid_from")
        .first()
    )
    return last


def _new_path(organisation_id: UUID, parent: Unit | None, on: date) -> str:
    """A path below `parent` that no unit ever had: paths are not used twice, on no day."""
    if parent is None:
        if Placement.objects.filter(organisation_id=organisation_id).exists():
            raise BadInput(
                _("The organisation has its topmost unit already. Choose the unit above."),
                field="parent",
            )
        return paths.segment(0)
    above = _place(parent, on, field="parent")
    if len(above.path) >= paths.MOST:
        raise TooDeep(field="parent", most=DEPTH)
    last = (
        Placement.objects.filter(paths.below(above.path), organisation_id=organisation_id)
        .annotate(size=Length(F("path")))
        .filter(size=len(above.path) + SEGMENT)
        .aggregate(most=Max("path"))["most"]
    )
    return str(above.path) + paths.segment(paths.number(last) + 1 if last else 0)


def _check_name(
    organisation_id: UUID, name: str, parent_id: UUID | None, on: date, but: UUID | None = None
) -> None:
    same = Placement.objects.on(on).filter(
        organisation_id=organisation_id, parent_id=parent_id, unit__name=name
    )
    if same.exclude(unit_id=but).exists():
        raise BadInput(
            _("A unit named “%(name)s” stands there already. Give this one another name."),
            field="name",
            name=name,
        )


def stand_from(moved: list[tuple[Placement, UUID, str]], on: date) -> None:
    """End each placement on `on` and begin the new one; one that began on `on` is replaced.

    `moved`: (placement on that day, unit above, new path). Checks and the entry are the caller's.
    """
    begun = [(p, above, path) for p, above, path in moved if p.valid_from == on]
    for place, above, path in begun:
        place.parent_id, place.path = above, path
    Placement.objects.bulk_update([p for p, _, _ in begun], ["parent", "path"], batch_size=200)
    before = [(p, above, path) for p, above, path in moved if p.valid_from < on]
    for start in range(0, len(before), 500):
        ids = [p.pk for p, _, _ in before[start : start + 500]]
        Placement.objects.filter(pk__in=ids).update(valid_to=on)
    Placement.objects.bulk_create(
        [
            Placement(
                organisation_id=p.organisation_id,
                unit_id=p.unit_id,
                parent_id=above,
                path=path,
                valid_from=on,
            )
            for p, above, path in before
        ],
        batch_size=500,
    )
