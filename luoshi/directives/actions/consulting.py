"""征求意见: asking the units what they say to a breakdown, and answering each comment."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change, claim
from luoshi.base.clock import day_of
from luoshi.base.names import typed, typed_text
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives.actions.common import allow, open_for, record
from luoshi.directives.models import Comment, Consultation, Consultee, Directive, Task
from luoshi.directives.road import road_of, units_concerned
from luoshi.lib.ids import new_id
from luoshi.orgs import access, queries
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

MOST_UNITS = 2000


class NotConsulting(Refused):
    """No consultation is open."""

    status = 409
    default = _("The consultation is closed; the office that drafts can still be told.")


class AlreadyConsulting(Refused):
    """A consultation is open already."""

    status = 409
    default = _("The units are being asked already. Close that round first.")


@transaction.atomic
def open_consultation(
    directive: Directive,
    *,
    units: Sequence[Unit] | None = None,
    due_on: date | None,
    note: str = "",
    by: "User",
    at: datetime,
    seen: int | None = None,
    request_id: str = "",
) -> Consultation:
    """Ask units what they say to the breakdown, until the end of `due_on`.

    `units` None asks every unit that it names. Raises `AlreadyConsulting`, `BadInput` for a day
    that has passed or when no unit is named, `Refused` while an approval is open.
    """
    standing = open_for(directive, "directive.plan", by=by, at=at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    if directive.state != Directive.State.CONFIRMED:
        raise Refused(_("Confirm the triage first; then the units can be asked."))
    road = road_of(directive)
    if road.step == "consulting":
        raise AlreadyConsulting()
    if road.open is not None:
        raise Refused(
            _("It lies with %(name)s for approval. Take it back first."), name=road.open.signer
        )
    if due_on is None or due_on < standing.on:
        raise BadInput(_("Choose today or a later day for the answers."), field="due_on")
    ids = units_concerned(road.content) if units is None else [u.pk for u in units]
    if not ids:
        raise BadInput(_("Choose at least one unit."), field="units")
    if len(ids) > MOST_UNITS:
        raise BadInput(
            _("These are %(count)s units; ask at most %(most)s at once."),
            field="units",
            count=len(ids),
            most=MOST_UNITS,
        )
    owner = queries.path_of(directive.owner_id, standing.on)
    where = queries.paths_of(ids, standing.on)
    if any(not where.get(i, "").startswith(owner) for i in ids):
        raise BadInput(_("A unit outside your tree cannot be asked."), field="units")
    change(directive, seen=seen)
    consultation = Consultation.objects.create(
        organisation_id=directive.organisation_id,
        directive=directive,
        due_on=due_on,
        note=typed(note, field="note", most=500, optional=True),
        opened_by=by,
        opened_at=at,
    )
    consultees = [
        Consultee(
            id=new_id(),
            organisation_id=directive.organisation_id,
            consultation=consultation,
            unit_id=unit_id,
        )
        for unit_id in ids
    ]
    Consultee.objects.bulk_create(consultees, batch_size=500)
    record(
        "consultation.opened",
        consultation,
        by=by,
        at=at,
        values={
            "directive": directive.pk,
            "directive_version": directive.version,
            "due_on": due_on,
            "note": consultation.note,
        },
        rows=[{"id": str(c.pk), "unit": str(c.unit_id), "state": "waiting"} for c in consultees],
    )
    return consultation


@transaction.atomic
def comment(
    consultee: Consultee,
    *,
    text: str,
    task: Task | None = None,
    said_by: str = "",
    by: "User",
    at: datetime,
    request_id: str = "",
) -> Comment:
    """What a unit says, to one task or to the whole.

    The office that drafts may enter what a unit without an account said; then `said_by` names who
    said it (代录). Raises `NotConsulting` after the round was closed, `BadInput`, `NotAllowed`.
    """
    said_by = _speaking(consultee, said_by, by=by, at=at)
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    text = typed_text(text, field="text", most=2000)
    if not text:
        raise BadInput(_("Write what should be different, and why."), field="text")
    if task is not None and task.directive_id != consultee.consultation.directive_id:
        raise OutOfScope()
    found = Comment.objects.create(
        organisation_id=consultee.organisation_id,
        consultee=consultee,
        task=task,
        text=text,
        by=by,
        at=at,
    )
    change(consultee, state=Consultee.State.COMMENTED, by=by, at=at, said_by=said_by)
    record(
        "comment.made",
        found,
        by=by,
        at=at,
        values={
            "consultee": consultee.pk,
            "unit": consultee.unit_id,
            "task": task.pk if task else None,
            "text": text,
            "said_by": said_by,
        },
    )
    return found


@transaction.atomic
def no_comment(
    consultee: Consultee, *, said_by: str = "", by: "User", at: datetime, seen: int | None = None
) -> None:
    """A unit has nothing to say (无意见). Raises as `comment` does."""
    said_by = _speaking(consultee, said_by, by=by, at=at)
    if consultee.state == Consultee.State.COMMENTED:
        raise Refused(_("Your unit has commented already; the comments stand below."))
    change(consultee, seen=seen, state=Consultee.State.NOTHING, by=by, at=at, said_by=said_by)
    record(
        "consultee.answered",
        consultee,
        by=by,
        at=at,
        values={"state": consultee.state, "unit": consultee.unit_id, "said_by": said_by},
    )


def _speaking(consultee: Consultee, said_by: str, *, by: "User", at: datetime) -> str:
    """Refuse who may not speak for the unit; the name to keep where it is entered for it."""
    if consultee.organisation_id != by.organisation_id:
        raise OutOfScope()
    consultation = consultee.consultation
    if consultation.closed_at is not None or (
        consultation.directive.state != Directive.State.CONFIRMED
    ):
        raise NotConsulting()
    standing = access.standing_at(by, at)
    if standing.may("directive.comment", queries.path_of(consultee.unit_id, standing.on)):
        return typed(said_by, field="said_by", most=60, optional=True)
    allow(consultation.directive, "directive.plan", by=by, at=at)
    return typed(said_by, field="said_by", most=60)


@transaction.atomic
def answer(
    comment: Comment,
    verdict: str,
    *,
    reason: str = "",
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """The drafting office says what became of a comment; a refusal, whole or in part, says why."""
    open_for(comment.consultee.consultation.directive, "directive.plan", by=by, at=at)
    if verdict not in (Comment.Answer.ADOPTED, Comment.Answer.PARTLY, Comment.Answer.REFUSED):
        raise BadInput(_("Choose adopted, in part, or not adopted."), field="answer")
    reason = typed(
        reason.replace("\r", "").replace("\n", " "),
        field="reason",
        most=500,
        optional=verdict == Comment.Answer.ADOPTED,
    )
    values = {"answer": verdict, "reason": reason, "answered_by": by, "answered_at": at}
    change(comment, seen=seen, **values)
    record(
        "comment.answered",
        comment,
        by=by,
        at=at,
        values={"answer": verdict, "reason": reason},
    )


@transaction.atomic
def close_consultation(
    consultation: Consultation, *, by: "User", at: datetime, seen: int | None = None
) -> None:
    """End a round; who has not answered by then is shown as silent, no more than that."""
    open_for(consultation.directive, "directive.plan", by=by, at=at)
    if consultation.closed_at is not None:
        raise NotConsulting()
    change(consultation, seen=seen, closed_at=at)
    record(
        "consultation.closed",
        consultation,
        by=by,
        at=at,
        values={"closed_at": at, "day": day_of(at)},
    )
