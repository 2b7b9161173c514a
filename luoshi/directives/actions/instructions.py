"""立项: a leader's instruction (批示) or a meeting's decision (会议议定事项) becomes one task."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base import files
from luoshi.base.change import claim
from luoshi.base.names import typed, typed_text
from luoshi.base.refused import BadInput
from luoshi.directives import proposals
from luoshi.directives.actions import tasks
from luoshi.directives.actions.common import chosen_line, record, source_of
from luoshi.directives.bounds import within_bounds
from luoshi.directives.labels import BY_HAND
from luoshi.directives.models import Directive, Requirement, Task, TaskKind, TaskUnit, Triage
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

MOST = 2000
KINDS = (Directive.SourceKind.INSTRUCTION, Directive.SourceKind.MEETING)


@dataclass(frozen=True, slots=True)
class Attached:
    """The paper with the instruction: a photo or a scan."""

    name: str
    media_type: str
    chunks: Iterable[bytes]


def _kind(text: str, *, judged: bool) -> str:
    if proposals.HARD.search(text):
        return str(TaskKind.HARD)
    return str(TaskKind.KEY if judged else TaskKind.BASIC)


@transaction.atomic
def note_instruction(
    *,
    source_kind: str,
    source_by: str,
    given_on: date | None,
    text: str,
    lead: Sequence[UUID],
    due_on: date | None = None,
    rhythm: str = "",
    support: Sequence[UUID] = (),
    check: str = "",
    success: str = "",
    target: str = "",
    work_line: str = Directive.WorkLine.GOVERNANCE,
    attached: Attached | None = None,
    owner: Unit,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Directive:
    """Keep the words of an instruction as a directive with one task, ready to be issued.

    The instruction is the decision, so no approval is asked. With a measure of `success` or a
    `target` it is key work, whose effect is checked after closure; without either there is nothing
    to check an effect by, and it is basic work (hard work where the words say so). Raises
    `BadInput` at the field for what is missing, and for words that touch a bound: those are
    imported as a document and rewritten there.
    """
    standing = access.standing_at(by, at)
    path = queries.path_of(owner.pk, standing.on)
    standing.require("directive.import", path)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if source_kind not in KINDS:
        raise BadInput(_("Choose an instruction or a meeting's decision."), field="source_kind")
    line = chosen_line(work_line)
    source_by = typed(source_by, field="source_by", most=200)
    text = typed_text(text, field="text", most=MOST)
    if not text:
        raise BadInput(_("Type what was instructed or decided, in its own words."), field="text")
    within_bounds(text, field="text")
    within_bounds(check, field="check")
    if given_on is None or given_on > standing.on:
        raise BadInput(_("Type the day on which it was given, today or earlier."), field="given_on")
    if not lead:
        raise BadInput(_("Type the unit that is to do it."), field="lead")
    if due_on is None and not rhythm:
        raise BadInput(_("Type by when, or how often."), field="when")
    if due_on is not None and due_on < standing.on:
        raise BadInput(_("The day has passed already."), field="when")
    year = due_on.year if due_on else standing.on.year
    directive = Directive.objects.create(
        organisation_id=by.organisation_id,
        owner=owner,
        title=proposals.title_of(text.split("\n")[0], drop=[]),
        work_line=line,
        issued_on=given_on,
        year=year,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        source_kind=source_kind,
        source_by=source_by,
        source_name=files.shown_name(attached.name) if attached else "",
        source=files.keep(
            attached.chunks,
            name=attached.name,
            media_type=attached.media_type,
            organisation_id=by.organisation_id,
            at=at,
        )
        if attached
        else None,
        state=Directive.State.CONFIRMED,
        created_by=by,
        created_at=at,
        confirmed_at=at,
    )
    requirement = Requirement.objects.create(
        organisation_id=by.organisation_id,
        directive=directive,
        position=0,
        start=0,
        end=len(text),
        kind="recurring" if rhythm else "one_off",
        modality="must",
        why=[BY_HAND],
        triage=Triage.TASK,
        decided=True,
    )
    task = Task.objects.create(
        organisation_id=by.organisation_id,
        directive=directive,
        requirement=requirement,
        position=0,
        title=directive.title,
        measure=text,
        check_text=typed(check, field="check", most=200, optional=True),
        task_kind=_kind(text, judged=bool(success.strip() or target.strip())),
        due_on=due_on,
        rhythm=rhythm,
    )
    judged = {"success": success, "target": target}
    tasks.assign(task, judged, on=at, lead=lead, support=support)
    draft = proposals.Draft(requirement, task, list(TaskUnit.objects.filter(task=task)))
    record(
        "directive.imported",
        directive,
        by=by,
        at=at,
        values={
            "title": directive.title,
            "issued_on": given_on,
            "year": year,
            "owner": owner.pk,
            "work_line": line,
            "sha256": directive.sha256,
            "state": directive.state,
            "source_kind": source_kind,
            "source_by": source_by,
            "source": source_of(directive),
        },
        rows=[draft.values()],
    )
    return directive
