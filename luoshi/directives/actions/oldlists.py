"""Taking in a task list of an earlier year, and taking it out again."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base import pending
from luoshi.base.change import change
from luoshi.base.models import PendingUpload, StoredFile
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives.models import ColumnMap, OldList, OldTask
from luoshi.directives.oldlists import PURPOSE, Reading
from luoshi.ledger import actions as ledger
from luoshi.lib.ids import new_id
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User


class TakenBefore(Refused):
    """The same file was taken in before."""

    status = 409
    default = _("This file was taken in before as “%(name)s”. Withdraw that one first.")


@transaction.atomic
def take_old_list(
    upload: PendingUpload,
    reading: Reading,
    *,
    name: str,
    year: int,
    owner: Unit,
    headings: str,
    by: "User",
    at: datetime,
) -> OldList:
    """Keep the rows of a read sheet as old tasks, and remember which column was what.

    One bulk entry with a row a task. Raises `TakenBefore`, `BadInput` for a reading with errors or
    without rows, `AlreadyDone` for an upload that was used.
    """
    standing = access.standing_at(by, at)
    standing.require("directive.import", queries.path_of(owner.pk, standing.on))
    name = typed(name, field="name", most=200)
    if not 1990 <= year <= standing.on.year:
        raise BadInput(_("Type the year of the list, this one or an earlier one."), field="year")
    if reading.errors or not reading.rows:
        raise BadInput(_("Nothing can be taken in yet: mend what is listed first."))
    same = OldList.objects.filter(
        organisation_id=by.organisation_id,
        state=OldList.State.ACTIVE,
        year=year,
        file__sha256=upload.file.sha256,
        name=name,
    ).first()
    if same is not None:
        raise TakenBefore(name=same.name)
    file = pending.done(upload, keep_file=True)
    assert isinstance(file, StoredFile)
    old = OldList.objects.create(
        organisation_id=by.organisation_id,
        owner=owner,
        name=name,
        year=year,
        file=file,
        by=by,
        at=at,
    )
    tasks = [
        OldTask(
            id=new_id(),
            organisation_id=by.organisation_id,
            old_list=old,
            row=row.number,
            title=row.values["title"],
            measure=row.values.get("measure", ""),
            leader=row.values["leader"],
            lead=row.values["lead"],
            lead_units=[str(u) for u in row.units],
            support=row.values["support"],
            deadline=row.values["deadline"],
            check_text=row.values["check"],
            progress=row.values.get("progress", ""),
            note=row.values.get("note", ""),
        )
        for row in reading.rows
    ]
    OldTask.objects.bulk_create(tasks, batch_size=500)
    _remember(PURPOSE, headings, {c.index: c.field for c in reading.columns}, by=by, at=at)
    ledger.append(
        "old_list.taken",
        organisation_id=by.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="old_list",
        object_id=old.pk,
        version=old.version,
        values={
            "name": name,
            "year": year,
            "owner": owner.pk,
            "file": {"id": file.pk, "name": file.name, "sha256": file.sha256},
            "columns": {str(c.index): c.field for c in reading.columns},
        },
        rows=[
            {
                "id": str(t.pk), "row": t.row, "title": t.title, "measure": t.measure,
                "lead": t.lead, "lead_units": t.lead_units, "check": t.check_text,
                "support": t.support, "leader": t.leader, "deadline": t.deadline,
                "progress": t.progress, "note": t.note,
            }
            for t in tasks
        ],
    )  # fmt: skip
    return old


def _remember(
    purpose: str, headings: str, columns: dict[int, str], *, by: "User", at: datetime
) -> None:
    """Keep the mapping for these headings, in the calling act's transaction."""
    ColumnMap.objects.update_or_create(
        organisation_id=by.organisation_id,
        purpose=purpose,
        headings=headings,
        defaults={"columns": {str(k): v for k, v in columns.items()}, "by": by, "at": at},
    )


@transaction.atomic
def withdraw_old_list(
    old: OldList, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Take an old list out of use, with the reason; its rows stay for what they cover."""
    if old.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    standing.require("directive.import", queries.path_of(old.owner_id, standing.on))
    reason = typed(reason, field="reason", most=500)
    change(old, seen=seen, state=OldList.State.WITHDRAWN)
    ledger.append(
        "old_list.withdrawn",
        organisation_id=by.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="old_list",
        object_id=old.pk,
        version=old.version,
        values={"state": old.state, "reason": reason},
    )
