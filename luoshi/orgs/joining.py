"""A person joins a unit: post, person, appointment and account in one step, all or nothing."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.accounts import actions as accounts
from luoshi.base.change import claim
from luoshi.base.models import Organisation
from luoshi.base.refused import BadInput
from luoshi.orgs import actions
from luoshi.orgs.models import Person, PostRole, Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User


@transaction.atomic
def join(
    unit: Unit,
    *,
    name: str,
    title: str,
    post_role: str,
    since: date,
    username: str = "",
    password: str = "",
    acts_for: Unit | None = None,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Person:
    """Make the seat, the person in it since a day, and, with a sign-in name, the account.

    Each part leaves its own entry, as if done one by one. Raises what those acts raise; then
    nothing of it is kept.
    """
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if post_role not in PostRole.values:
        raise BadInput(_("Choose one of the roles shown."), field="post_role")
    title = title.strip() or str(PostRole(post_role).label)
    post = actions.create_post(
        unit=unit,
        title=title,
        post_role=post_role,
        on=since,
        acts_for=acts_for,
        by=by,
        at=at,
    )
    person = actions.create_person(name=name, by=by, at=at)
    actions.appoint(person=person, post=post, valid_from=since, by=by, at=at)
    if username.strip():
        user = accounts.create_user(
            Organisation.objects.get(pk=by.organisation_id),
            username=username,
            name=person.name,
            password=password,
            by=by,
            at=at,
        )
        actions.link_user(person, user, by=by, at=at)
    return person


@transaction.atomic
def open_account(
    person: Person,
    *,
    username: str,
    password: str,
    duties: list[str],
    by: "User",
    at: datetime,
    request_id: str = "",
) -> None:
    """Make an account for a person and link it. Raises what those two acts raise."""
    user = accounts.create_user(
        Organisation.objects.get(pk=by.organisation_id),
        username=username,
        name=person.name,
        password=password,
        duties=duties,
        by=by,
        at=at,
        request_id=request_id,
    )
    actions.link_user(person, user, by=by, at=at)
