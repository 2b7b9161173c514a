"""Founding an organisation on an instance: the organisation, its log, its first user."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from luoshi.accounts import actions as accounts
from luoshi.accounts.models import User
from luoshi.base.models import Organisation
from luoshi.base.names import typed
from luoshi.ledger import actions as ledger
from luoshi.lib.ids import new_id


def instance(at: datetime) -> Organisation:
    """The organisation of instance-wide acts, made (and recorded in its own log) when missing.

    Locked until the transaction ends: foundings happen one after the other.
    """
    found, made = Organisation.objects.get_or_create(
        slug=Organisation.INSTANCE, defaults={"name": "Luoshi", "created_at": at}
    )
    if made:
        _record(found, in_log_of=found, at=at)
    return Organisation.objects.select_for_update(no_key=True).get(pk=found.pk)


@transaction.atomic
def found(name: str, *, at: datetime, slug: str = "") -> Organisation:
    """Found an organisation, recorded in its own log and in the instance's. Raises `BadInput`."""
    name = typed(name, field="organisation", most=100)
    whole = instance(at)
    pk = new_id()
    organisation = Organisation.objects.create(id=pk, slug=slug or pk.hex, name=name, created_at=at)
    _record(organisation, in_log_of=organisation, at=at)
    _record(organisation, in_log_of=whole, at=at)
    return organisation


@transaction.atomic
def found_with_user(
    organisation_name: str,
    *,
    username: str,
    name: str,
    password: str,
    duties: Sequence[str] = (User.ORG_ADMIN,),
    language: str = "zh-hans",
    at: datetime,
    slug: str = "",
) -> User:
    """Found an organisation and make its first user, by whom everything else is made.

    Raises `BadInput` with the field of what cannot be taken.
    """
    return accounts.create_first_user(
        found(organisation_name, at=at, slug=slug),
        username=username,
        name=name,
        password=password,
        duties=duties,
        language=language,
        at=at,
    )


def _record(organisation: Organisation, *, in_log_of: Organisation, at: datetime) -> None:
    ledger.append(
        "organisation.created",
        organisation_id=in_log_of.pk,
        actor="",
        at=at,
        object_kind="organisation",
        object_id=organisation.pk,
        version=1,
        values={"name": organisation.name, "slug": organisation.slug, "zone": organisation.zone},
    )
