"""The first start: an empty instance becomes an organisation with units and a first clerk.

Whoever starts the server reads a one-time code on its terminal; the page asks for it. The code
lies in `first-start-code` in the data folder, mode 600, with the count of wrong tries, so that
all web processes share both.
"""

import fcntl
import hmac
import logging
import os
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.accounts.models import User
from luoshi.base.clock import day_of
from luoshi.base.refused import BadInput, OutOfScope
from luoshi.ledger.models import Witness
from luoshi.orgs import actions, founding, outline
from luoshi.orgs.models import PostRole, Unit, UnitKind

log = logging.getLogger("luoshi.first_start")

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 10
TRIES = 10
"""Wrong codes after which another code is made and written to the terminal."""


class WrongCode(BadInput):
    """Not the code on the terminal."""

    default = _("This is not the code that the terminal of “luoshi serve” shows.")


class NewCode(WrongCode):
    """Too many wrong codes: the old one is gone, another is on the terminal."""

    default = _("That code no longer counts. The terminal of “luoshi serve” shows a new one now.")


@dataclass(frozen=True, slots=True)
class Clerk:
    """The first clerk: `unit` is the place in the list of units, 0 for the root."""

    name: str
    unit: int
    username: str
    password: str


def code() -> str:
    """The code to type, made when there is none: two groups of five letters or digits."""
    with _kept() as file:
        now, _wrong = _read(file)
        if not now:
            now = _renew(file)
    return now


def check(typed: str) -> None:
    """Raise `WrongCode` (field `code`) unless `typed` is the code; `NewCode` after ten of them.

    Compared in constant time; spaces, hyphens, small and full-width letters do not matter.
    """
    with _kept() as file:
        now, wrong = _read(file)
        if now and hmac.compare_digest(_plain(typed).encode(), _plain(now).encode()):
            return
        if not now or wrong + 1 >= TRIES:
            log.warning("the first-start code is now %s", _renew(file))
            raise NewCode(field="code")
        _write(file, now, wrong + 1)
    raise WrongCode(field="code")


@transaction.atomic
def begin(
    organisation: str,
    *,
    units: str,
    kinds: Sequence[str] = (),
    root_kind: str = UnitKind.BUREAU,
    clerk: Clerk,
    post_title: str,
    since: date,
    typed_code: str,
    language: str = "zh-hans",
    witness: str = "",
    at: datetime,
) -> User:
    """Found the organisation, its units from `units` (see `outline.read`) and its first clerk.

    The clerk gets a post in one of the units that acts for the whole organisation, and the duty
    `org_admin`; all of it counts from `since`. `witness` names who keeps printed checkpoints of
    the record. One transaction: everything or nothing; then the code is gone. Raises `OutOfScope`
    when the instance has a user, `BadInput` with the field.
    """
    check(typed_code)
    founding.instance(at)
    if User.objects.exists():
        raise OutOfScope()
    if since > day_of(at):
        raise BadInput(_("Choose today or an earlier day."), field="since")
    user = founding.found_with_user(
        organisation,
        username=clerk.username,
        name=clerk.name,
        password=clerk.password,
        duties=[User.ORG_ADMIN],
        language=language,
        at=at,
    )
    made = _units(user, units, kinds, root_kind, since, at)
    if not 0 <= clerk.unit < len(made):
        raise BadInput(_("Choose the clerk's unit."), field="unit")
    unit = made[clerk.unit]
    post = actions.create_post(
        unit=unit,
        title=post_title,
        post_role=PostRole.CLERK,
        on=since,
        acts_for=made[0],
        by=user,
        at=at,
    )
    person = actions.create_person(name=clerk.name, by=user, at=at)
    actions.appoint(person=person, post=post, valid_from=since, by=user, at=at)
    actions.link_user(person, user, by=user, at=at)
    if witness.strip():
        _witness(witness, user, at)
    transaction.on_commit(_forget)
    return user


def _witness(name: str, user: User, at: datetime) -> None:
    try:
        actions.name_witness(name=name, way=Witness.Way.SEALED, by=user, at=at)
    except BadInput as error:
        raise BadInput(str(error), field="witness") from error


def _units(
    user: User, text: str, kinds: Sequence[str], root_kind: str, since: date, at: datetime
) -> list[Unit]:
    name = user.organisation.name
    made = [
        actions.create_unit(
            name=name, unit_kind=root_kind, parent=None, on=since, position=1, by=user, at=at
        )
    ]
    above = [made[0]]
    for position, line in enumerate(outline.read(text, root=name, kinds=kinds), 2):
        del above[line.level + 1 :]
        unit = actions.create_unit(
            name=line.name,
            unit_kind=line.unit_kind,
            parent=above[-1],
            on=since,
            position=position,
            by=user,
            at=at,
        )
        above.append(unit)
        made.append(unit)
    return made


def _path() -> Path:
    return Path(settings.DATA_DIR) / "first-start-code"


@contextmanager
def _kept() -> Iterator[int]:
    """The code's file, locked: an open handle."""
    _path().parent.mkdir(parents=True, exist_ok=True)
    file = os.open(_path(), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _read(file: int) -> tuple[str, int]:
    os.lseek(file, 0, os.SEEK_SET)
    words = os.read(file, 200).decode("ascii", "replace").split()
    if len(words) != 2 or not words[1].isdecimal():
        return "", 0
    return words[0], int(words[1])


def _write(file: int, now: str, wrong: int) -> None:
    os.lseek(file, 0, os.SEEK_SET)
    os.ftruncate(file, 0)
    os.write(file, f"{now} {wrong}\n".encode())


def _renew(file: int) -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    now = f"{letters[:5]}-{letters[5:]}"
    _write(file, now, 0)
    return now


def _forget() -> None:
    _path().unlink(missing_ok=True)


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in kept if c.isalnum())
