"""Making users, setting passwords, closing and opening the door. The log never sees a password."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.accounts import access
from luoshi.accounts.models import User
from luoshi.base.change import claim
from luoshi.base.models import Organisation
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, OutOfScope, Refused, Stale
from luoshi.ledger import actions as ledger

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
DUTIES = (User.ORG_ADMIN, User.AUDITOR)
LANGUAGES = ("zh-hans", "en")


class NotFirst(Refused):
    """The organisation has users already."""

    status = 404


class LastAdministrator(Refused):
    """Nobody would be left who can manage accounts."""

    default = _(
        "This is the only administrator. Give another account the administrator's duty first."
    )


@transaction.atomic
def create_user(
    organisation: Organisation,
    *,
    username: str,
    name: str,
    password: str,
    duties: Sequence[str] = (),
    by: User,
    at: datetime,
    request_id: str = "",
) -> User:
    """Make a user of `by`'s organisation, in the language of `by`.

    Raises `BadInput` for a name, a sign-in name or a password that cannot be taken, `NotAllowed`.
    """
    access.require(by, "accounts.manage")
    if organisation.pk != by.organisation_id:
        raise OutOfScope()
    claim(request_id, organisation_id=organisation.pk, user_id=by.pk, at=at)
    return _create(organisation, username, name, password, duties, by.language, by.actor, at)


@transaction.atomic
def create_first_user(
    organisation: Organisation,
    *,
    username: str,
    name: str,
    password: str,
    duties: Sequence[str],
    language: str = "zh-hans",
    at: datetime,
) -> User:
    """Make the first user of an organisation, by nobody. Raises `NotFirst` when there is one."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if User.objects.filter(organisation=organisation).exists():
        raise NotFirst()
    return _create(organisation, username, name, password, duties, language, "", at)


def _create(
    organisation: Organisation,
    username: str,
    name: str,
    password: str,
    duties: Sequence[str],
    language: str,
    actor: str,
    at: datetime,
) -> User:
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise BadInput(
            _(
                "A sign-in name has 2 to 40 characters: a Latin letter first, then letters, "
                "digits, dots, hyphens or underscores."
            ),
            field="username",
        )
    if User.objects.filter(username=username).exists():
        raise BadInput(
            _("The sign-in name “%(username)s” is taken. Choose another one."),
            field="username",
            username=username,
        )
    unknown = set(duties) - set(DUTIES)
    if unknown:
        raise BadInput(_("There is no such duty."), field="duties")
    user = User(
        organisation=organisation,
        username=username,
        name=typed(name, field="name", most=60),
        duties=sorted(set(duties)),
        language=language,
        created_at=at,
    )
    _check_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)
    _record(
        "user.created",
        user,
        actor or user.actor,
        at,
        username=user.username,
        name=user.name,
        duties=user.duties,
    )
    return user


@transaction.atomic
def set_password(
    user: User, *, password: str, by: User, at: datetime, current: str | None = None
) -> None:
    """Give `user` a new password: an administrator for anybody, or a user for themselves.

    A user proves the `current` password. Every other session of the user ends.
    Raises `BadInput` (fields `current`, `password`), `NotAllowed`, `OutOfScope`.
    """
    if by.pk == user.pk:
        if not user.check_password(current or ""):
            raise BadInput(_("This is not your present password."), field="current")
    else:
        _managed(user, by)
    _check_password(password, user)
    user.set_password(password)
    _swap(user, None, password=user.password)
    _record("user.password_set", user, by.actor, at, own=by.pk == user.pk)


@transaction.atomic
def disable(user: User, *, by: User, at: datetime, seen: int | None = None) -> None:
    """Close the account: its sessions end with the next request. Nothing it did is touched.

    Raises `LastAdministrator`, `BadInput` for one's own account, `Stale`, `NotAllowed`.
    """
    _managed(user, by)
    if user.pk == by.pk:
        raise BadInput(_("Nobody closes their own account; ask another administrator."))
    administrators = [
        u
        for u in User.objects.filter(organisation_id=user.organisation_id, is_active=True)
        .select_for_update(no_key=True)
        .exclude(duties=[])
        if User.ORG_ADMIN in u.duties and u.pk != user.pk
    ]
    if not administrators:
        raise LastAdministrator()
    _swap(user, seen, is_active=False)
    _record("user.disabled", user, by.actor, at, is_active=False)


@transaction.atomic
def enable(user: User, *, by: User, at: datetime, seen: int | None = None) -> None:
    """Open a closed account again, with the password it had. Raises `Stale`, `NotAllowed`."""
    _managed(user, by)
    _swap(user, seen, is_active=True)
    _record("user.enabled", user, by.actor, at, is_active=True)


@transaction.atomic
def set_language(user: User, *, language: str, by: User, at: datetime) -> None:
    """Choose the language of one's own pages. Raises `BadInput`, `OutOfScope`."""
    if user.pk != by.pk:
        raise OutOfScope()
    if language not in LANGUAGES:
        raise BadInput(_("Choose one of the languages shown."), field="language")
    _swap(user, None, language=language)
    _record("user.language_set", user, by.actor, at, language=language)


def _managed(user: User, by: User) -> None:
    access.require(by, "accounts.manage")
    if user.organisation_id != by.organisation_id:
        raise OutOfScope()


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages), field="password") from error


def _swap(user: User, seen: int | None, **values: Any) -> None:
    """As `base.change.change`, for the one changing table that is not an organisation model."""
    expected = user.version if seen is None else seen
    rows = User.objects.filter(pk=user.pk, version=expected)
    if rows.update(version=expected + 1, **values) != 1:
        raise Stale()
    user.version = expected + 1
    for name, value in values.items():
        setattr(user, name, value)


def _record(kind: str, user: User, actor: str, at: datetime, **values: Any) -> None:
    ledger.append(
        kind,
        organisation_id=user.organisation_id,
        actor=actor,
        at=at,
        object_kind="user",
        object_id=user.pk,
        version=user.version,
        values=values,
    )
