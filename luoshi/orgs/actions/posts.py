"""Posts, and who holds them from when to when."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change, claim
from luoshi.base.names import typed
from luoshi.base.refused import BadInput
from luoshi.orgs import paths
from luoshi.orgs.actions.common import allow, check_end, check_span, lock, overlapping, record
from luoshi.orgs.actions.units import NotStanding, StillInUse
from luoshi.orgs.models import Appointment, Person, Placement, Portfolio, Post, PostRole, Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

ONE_AT_A_TIME = (PostRole.HEAD, PostRole.SECRETARY)
"""Roles that a unit has in one pair of hands on a day."""


class TwoAtOnce(BadInput):
    """Two people in one seat, two heads or secretaries in one unit, or a person twice in a seat."""


@transaction.atomic
def create_post(
    *,
    unit: Unit,
    title: str,
    post_role: str,
    on: date,
    acts_for: Unit | None = None,
    position: int | None = None,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Post:
    """Add a seat to a unit from `on`. `acts_for`: the unit itself (None) or one above it.

    Raises `BadInput` (fields `title`, `post_role`, `acts_for`), `NotStanding`, `NotAllowed`.
    """
    allow(by, at, unit, acts_for, unit=unit)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    title = typed(title, field="title", most=60)
    if post_role not in PostRole.values:
        raise BadInput(_("Choose one of the roles shown."), field="post_role")
    lock(unit)
    path = _path(unit, on)
    if acts_for is not None:
        if acts_for.pk == unit.pk:
            acts_for = None
        elif _path(acts_for, on) not in paths.ancestors(path):
            raise BadInput(_("A post acts for its own unit or for one above it."), field="acts_for")
    if position is None:
        position = (unit.posts.aggregate(most=Max("position"))["most"] or 0) + 1
    values = {
        "unit": unit.pk,
        "acts_for": acts_for.pk if acts_for else None,
        "title": title,
        "post_role": str(post_role),
        "position": position,
        "valid_from": on,
    }
    post: Post = Post.objects.create(
        organisation_id=unit.organisation_id,
        unit=unit,
        acts_for=acts_for,
        title=title,
        post_role=post_role,
        position=position,
        valid_from=on,
    )
    record("post.created", post, by, at, **values)
    return post


@transaction.atomic
def close_post(post: Post, *, on: date, by: "User", at: datetime, seen: int | None = None) -> None:
    """End a seat on `on`. Raises `StillInUse` while somebody holds it then or later."""
    allow(by, at, post, unit=post.unit)
    lock(post.unit)
    check_end(post, on)
    held = (
        post.appointments.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .select_related("person")
        .first()
    )
    if held is not None:
        raise StillInUse(
            _("%(name)s holds this post on %(day)s or later. End the appointment first."),
            field="on",
            name=held.person.name,
            day=on,
        )
    change(post, seen=seen, valid_to=on)
    record("post.closed", post, by, at, valid_to=on)


@transaction.atomic
def appoint(
    *,
    person: Person,
    post: Post,
    valid_from: date,
    valid_to: date | None = None,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Appointment:
    """Put a person in a post over `[valid_from, valid_to)`.

    Raises `TwoAtOnce` when the seat is taken then, or the unit has a head (a secretary) then;
    `BadInput` when the post does not exist over the whole span; `NotAllowed`.
    """
    allow(by, at, person, post, unit=post.unit)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    check_span(valid_from, valid_to)
    lock(post.unit)
    _check_within_post(post, valid_from, valid_to)
    _check_alone(person, post, valid_from, valid_to)
    appointment: Appointment = Appointment.objects.create(
        organisation_id=post.organisation_id,
        post=post,
        person=person,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    record(
        "appointment.made",
        appointment,
        by,
        at,
        person=person.pk,
        post=post.pk,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return appointment


@transaction.atomic
def end_appointment(
    appointment: Appointment, *, on: date, by: "User", at: datetime, seen: int | None = None
) -> None:
    """End an appointment on `on`, and the portfolios that hang on it.

    Raises `BadInput` (field `on`), `Stale`, `NotAllowed`.
    """
    allow(by, at, appointment, unit=appointment.post.unit)
    lock(appointment.post.unit)
    check_end(appointment, on)
    ended = []
    for portfolio in Portfolio.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), appointment=appointment
    ):
        change(portfolio, valid_to=max(on, portfolio.valid_from + date.resolution))
        ended.append(portfolio.pk)
    change(appointment, seen=seen, valid_to=on)
    record("appointment.ended", appointment, by, at, valid_to=on, portfolios=ended)


def _path(unit: Unit, on: date) -> str:
    path = (
        Placement.objects.on(on)
        .filter(unit=unit, organisation_id=unit.organisation_id)
        .values_list("path", flat=True)
        .first()
    )
    if path is None:
        raise NotStanding(field="on", unit=unit.name, day=on)
    return str(path)


def _check_within_post(post: Post, valid_from: date, valid_to: date | None) -> None:
    if valid_from < post.valid_from:
        raise BadInput(
            _("This post exists since %(start)s; choose that day or a later one."),
            field="valid_from",
            start=post.valid_from,
        )
    if post.valid_to is not None and (valid_to is None or valid_to > post.valid_to):
        raise BadInput(
            _("This post ends on %(end)s; choose an earlier day."),
            field="valid_to",
            end=post.valid_to,
        )


def _check_alone(person: Person, post: Post, valid_from: date, valid_to: date | None) -> None:
    taken = Q(post=post)
    if post.post_role in ONE_AT_A_TIME:
        taken |= Q(post__unit=post.unit_id, post__post_role=post.post_role)
    other = (
        Appointment.objects.filter(
            taken, overlapping(valid_from, valid_to), organisation_id=post.organisation_id
        )
        .select_related("person", "post")
        .order_by("valid_from", "id")
        .first()
    )
    if other is None:
        return
    if other.valid_to is None:
        message = _(
            "%(name)s holds the post “%(title)s” since %(start)s. End that appointment first."
        )
    else:
        message = _(
            "%(name)s holds the post “%(title)s” from %(start)s until %(end)s. "
            "Choose days outside of that."
        )
    raise TwoAtOnce(
        message,
        field="valid_from",
        name=other.person.name,
        title=other.post.title,
        start=other.valid_from,
        end=other.valid_to,
    )
