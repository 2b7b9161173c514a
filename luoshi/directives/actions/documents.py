"""Importing, confirming, withdrawing a directive."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luoshi.base import files, pending
from luoshi.base.change import change, claim
from luoshi.base.models import PendingUpload
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, Refused
from luoshi.directives import proposals, reader
from luoshi.directives.actions.common import chosen_line, open_for, record, source_of
from luoshi.directives.models import Approval, Directive, Requirement, Task, TaskUnit
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit
from luoshi.reading import read
from luoshi.reading.confidence import DOUBTFUL
from luoshi.reading.masthead import masthead

if TYPE_CHECKING:
    from luoshi.accounts.models import User


class AlreadyImported(Refused):
    """The same text was imported before; `earlier` is that directive."""

    status = 409
    default = _("This text was imported before. Open the earlier one, or import it once more.")

    def __init__(self, earlier: Directive) -> None:
        super().__init__()
        self.earlier = earlier


class Unread(Refused):
    """A document that cannot be read; the message says where and how to mend it."""


@transaction.atomic
def import_directive(
    *,
    text: str,
    title: str,
    owner: Unit,
    year: int,
    by: "User",
    at: datetime,
    number: str = "",
    issued_on: date | None = None,
    work_line: str = Directive.WorkLine.GOVERNANCE,
    source_name: str = "",
    source: Iterable[bytes] | None = None,
    again: bool = False,
    kept: PendingUpload | None = None,
    request_id: str = "",
) -> Directive:
    """Keep the text, read it into requirements, propose units, leader and triage for each.

    Number and date that are not given are those that the paper itself bears.

    `text` is stored as it is (line ends already `\\n`); `source` are the bytes of the original
    file; `kept` is the upload that held them meanwhile, used up here. Raises `AlreadyImported` for
    a text of the same SHA-256 unless `again`, `BadInput`.
    """
    standing = access.standing_at(by, at)
    path = queries.path_of(owner.pk, standing.on)
    standing.require("directive.import", path)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if not text.strip():
        raise BadInput(
            _("The document has no text. Paste it or choose another file."), field="text"
        )
    if not 1990 <= year <= 2100:
        raise BadInput(_("Type the year of the work, such as 2026."), field="year")
    line = chosen_line(work_line)
    digest = hashlib.sha256(text.encode()).hexdigest()
    earlier = (
        Directive.objects.filter(organisation_id=by.organisation_id, sha256=digest)
        .exclude(state=Directive.State.WITHDRAWN)
        .order_by("created_at")
        .first()
    )
    if earlier and not again:
        raise AlreadyImported(earlier)
    if kept is not None:
        pending.done(kept)
    head = masthead(text)
    number = number.strip() or head.number[:60]
    if issued_on is None and head.issued_on is not None and head.issued_on <= standing.on:
        issued_on = head.issued_on
    reading = read(text, issued_on, year=year, judge=reader.judge(by.organisation_id))
    title = typed(
        title or reading.title or text.strip().split("\n")[0][:200], field="title", most=200
    )
    directive = Directive.objects.create(
        organisation_id=by.organisation_id,
        owner=owner,
        title=title,
        work_line=line,
        number=typed(number, field="number", most=60, optional=True),
        issued_on=issued_on,
        year=year,
        text=text,
        sha256=digest,
        source_name=files.shown_name(source_name) if source_name else "",
        source=files.keep(
            source,
            name=source_name,
            media_type="application/octet-stream",
            organisation_id=by.organisation_id,
            at=at,
        )
        if source is not None
        else None,
        outline=[[h.start, h.end, h.level] for h in reading.outline],
        created_by=by,
        created_at=at,
    )
    propose = proposals.proposer(directive, path=path, on=standing.on)
    drafts = [propose.draft(o) for o in reading.obligations]
    Requirement.objects.bulk_create([d.requirement for d in drafts], batch_size=200)
    Task.objects.bulk_create([d.task for d in drafts], batch_size=200)
    TaskUnit.objects.bulk_create([u for d in drafts for u in d.units], batch_size=500)
    record(
        "directive.imported",
        directive,
        by=by,
        at=at,
        values={
            "title": directive.title,
            "number": directive.number,
            "issued_on": issued_on,
            "year": year,
            "owner": owner.pk,
            "work_line": line,
            "sha256": digest,
            "state": directive.state,
            "source": source_of(directive),
        },
        rows=[d.values() for d in drafts],
    )
    return directive


@transaction.atomic
def confirm(directive: Directive, *, by: "User", at: datetime, seen: int | None = None) -> int:
    """Take every default that nobody changed as decided. Returns how many were.

    Never makes a task out of context: triage stays as it is shown; what waits for a person
    (undecided) keeps waiting and does not go out, and what the reader doubts stays open.
    """
    open_for(directive, "directive.triage", by=by, at=at)
    waiting = list(
        Requirement.objects.filter(
            directive=directive, state=Requirement.State.ACTIVE, decided=False
        ).exclude(Q(triage="undecided") | Q(confidence__lt=DOUBTFUL))
    )
    for requirement in waiting:
        requirement.decided = True
        requirement.version += 1
    Requirement.objects.bulk_update(waiting, ["decided", "version"], batch_size=200)
    change(directive, seen=seen, state=Directive.State.CONFIRMED, confirmed_at=at)
    record(
        "directive.confirmed",
        directive,
        by=by,
        at=at,
        values={"state": directive.state, "confirmed_at": at},
        rows=[
            {"requirement": {"id": str(r.pk), "triage": r.triage, "decided": True}} for r in waiting
        ],
    )
    return len(waiting)


@transaction.atomic
def withdraw(
    directive: Directive, *, reason: str, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Take a directive back before it is issued; the text and what was decided stay readable.

    An open round of questions ends and an open approval is taken back with it.
    """
    open_for(directive, "directive.import", by=by, at=at)
    reason = typed(reason, field="reason", most=500)
    change(directive, seen=seen, state=Directive.State.WITHDRAWN)
    rounds = list(directive.consultations.filter(closed_at__isnull=True))
    approvals = list(directive.approvals.filter(state=Approval.State.ASKED))
    for one in rounds:
        change(one, closed_at=at)
    for approval in approvals:
        change(approval, state=Approval.State.TAKEN_BACK, by=by, at=at)
    record(
        "directive.withdrawn",
        directive,
        by=by,
        at=at,
        values={
            "state": directive.state,
            "reason": reason,
            "closed": [c.pk for c in rounds],
            "taken_back": [a.pk for a in approvals],
        },
    )
