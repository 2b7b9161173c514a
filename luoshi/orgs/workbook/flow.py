"""What the pages of the workbook call: receive an upload, dry run, again, apply.

Permission `orgs.manage`, checked in each. An upload is the user's own (`base.pending`) and counts
once. Nothing of the organisation is written before `apply`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from luoshi.base import pending
from luoshi.base.change import claim
from luoshi.base.models import PendingUpload
from luoshi.base.refused import BadInput, Refused
from luoshi.lib.unreadable import Unreadable
from luoshi.orgs.actions.common import allow, lock_tree
from luoshi.orgs.workbook import applying, reading
from luoshi.orgs.workbook.compare import Plan, compare
from luoshi.papers import sheets

if TYPE_CHECKING:
    from luoshi.accounts.models import User

PURPOSE = "organisation"
FIRST, LAST = date(1950, 1, 1), date(2100, 1, 1)


class NotTheSame(Refused):
    """The organisation changed since the dry run was shown: it must be looked at anew."""

    status = 409
    default = _(
        "The organisation was changed since you looked. The comparison below is new; "
        "check it and confirm again."
    )


class HasProblems(Refused):
    """There is something to mend, or nothing to do."""

    default = _("Nothing was written: mend what is listed below and upload the file again.")


def receive(
    data: bytes, *, name: str, on: date, complete: bool, by: "User", at: datetime
) -> PendingUpload:
    """Keep a workbook for its dry run. Raises `BadInput` at the field where it cannot be read."""
    allow(by, at, unit=None)
    _check_day(on)
    try:
        sheets.read(data, name)
    except Unreadable as error:
        raise BadInput(told(error), field="workbook") from error
    return pending.keep(
        _one(data),
        name=name,
        purpose=PURPOSE,
        user=by,
        at=at,
        state={"on": on.isoformat(), "complete": complete},
    )


def again(upload: PendingUpload, *, on: date, complete: bool, by: "User", at: datetime) -> None:
    """Another day, or the file taken as complete or not. Raises `BadInput`, `AlreadyDone`."""
    allow(by, at, unit=None)
    _check_day(on)
    pending.note(upload, {"on": on.isoformat(), "complete": complete})


def dry_run(upload: PendingUpload) -> Plan:
    """What the upload would do to the organisation as it is now."""
    return _plan(upload, _records(upload))


def apply(
    upload: PendingUpload, *, seen: str, by: "User", at: datetime, request_id: str = ""
) -> Plan:
    """Carry out what was shown: `seen` is the digest of that dry run.

    All or nothing. Raises `NotTheSame` when it would do something else by now, `HasProblems`,
    `AlreadyDone`, `Stale`, `NotAllowed`.
    """
    records = _records(upload)
    with transaction.atomic():
        allow(by, at, unit=None)
        claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
        lock_tree(by.organisation_id)
        file = upload.file
        pending.done(upload)
        plan = _plan(upload, records)
        if plan.digest() != seen:
            raise NotTheSame()
        if not plan.good:
            raise HasProblems()
        applying.apply(plan, by=by, at=at, source=file.name, sha256=file.sha256)
    return plan


def _records(upload: PendingUpload) -> reading.Records:
    book = sheets.read(pending.data(upload), upload.file.name)
    return reading.read(book, complete=bool(upload.state["complete"]))


def _plan(upload: PendingUpload, records: reading.Records) -> Plan:
    return compare(
        records,
        upload.organisation_id,
        on=date.fromisoformat(upload.state["on"]),
        complete=bool(upload.state["complete"]),
    )


def _check_day(on: date) -> None:
    if not FIRST <= on <= LAST:
        raise BadInput(
            _("Choose a day from %(first)s to %(last)s."), field="on", first=FIRST, last=LAST
        )


def told(error: Unreadable) -> str:
    """The message of an unreadable file in the language of the page."""
    chinese = (get_language() or "").startswith("zh")
    return error.message_zh if chinese else error.message_en


def _one(data: bytes) -> Iterable[bytes]:
    yield data
