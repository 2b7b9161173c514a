"""People: named, linked to the account with which they sign in."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change, claim
from luoshi.base.names import typed
from luoshi.base.refused import BadInput
from luoshi.orgs.actions.common import allow, lock_tree, record
from luoshi.orgs.models import Person

if TYPE_CHECKING:
    from luoshi.accounts.models import User


@transaction.atomic
def create_person(*, name: str, by: "User", at: datetime, request_id: str = "") -> Person:
    """Add a person; people of the same name are different people. Raises `BadInput`."""
    allow(by, at, unit=None)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    name = typed(name, field="name", most=60)
    person = Person.objects.create(organisation_id=by.organisation_id, name=name)
    record("person.created", person, by, at, name=name)
    return person


@transaction.atomic
def rename_person(
    person: Person, *, name: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Correct a person's name. Raises `BadInput`, `Stale`, `NotAllowed`."""
    allow(by, at, person, unit=None)
    was, name = person.name, typed(name, field="name", most=60)
    change(person, seen=seen, name=name)
    record("person.renamed", person, by, at, name=name, was=was)


@transaction.atomic
def link_user(
    person: Person, user: "User", *, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Say that `person` signs in as `user`; from then on posts give the user roles.

    Raises `BadInput` (field `user`) when either is linked already, `Stale`, `NotAllowed`.
    """
    allow(by, at, person, unit=None)
    lock_tree(person.organisation_id)
    if user.organisation_id != person.organisation_id:
        raise BadInput(_("This account belongs to another organisation."), field="user")
    holder = Person.objects.filter(user=user).first()
    if holder is not None:
        raise BadInput(
            _("“%(username)s” is the account of %(name)s. Choose or create another one."),
            field="user",
            username=user.username,
            name=holder.name,
        )
    if person.user_id is not None:
        raise BadInput(_("%(name)s has an account already."), field="user", name=person.name)
    change(person, seen=seen, user=user)
    record("person.linked", person, by, at, user=user.pk, username=user.username)
