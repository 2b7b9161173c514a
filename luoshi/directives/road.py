"""The road from a breakdown to its issue, as it stands: consultation, vetting, decision.

Nothing of it is stored twice: whether an approval still holds is asked of the content as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luoshi.directives import breakdown
from luoshi.directives.breakdown import Change, Content
from luoshi.directives.models import (
    Approval,
    Comment,
    Consultation,
    Consultee,
    Directive,
    Look,
    Stage,
)
from luoshi.orgs.access import GRANTS, ROLE_OF_POST, Standing
from luoshi.orgs.models import Appointment, Placement

State = Approval.State
APPROVING = frozenset(
    post for post, role in ROLE_OF_POST.items() if "directive.approve" in GRANTS[role]
)
"""Posts whose holders may be asked for an approval on screen."""


@dataclass(slots=True)
class Heard:
    """A unit that was asked, with what it said."""

    consultee: Consultee
    comments: list[Comment]


@dataclass
class Road:
    """Where a directive stands; `content` is the breakdown as it is now."""

    directive: Directive
    content: Content
    approvals: list[Approval]
    consultation: Consultation | None = None
    heard: list[Heard] = field(default_factory=list)

    def latest(self, stage: str) -> Approval | None:
        """The last asking of a stage that was not taken back."""
        return next(
            (a for a in reversed(self.approvals) if a.stage == stage and a.state != "taken_back"),
            None,
        )

    @cached_property
    def vetting(self) -> Approval | None:
        """The last vetting."""
        return self.latest(Stage.VETTING)

    @cached_property
    def decision(self) -> Approval | None:
        """The last decision."""
        return self.latest(Stage.DECISION)

    @cached_property
    def open(self) -> Approval | None:
        """The approval that somebody has on the desk now."""
        return next((a for a in self.approvals if a.state == State.ASKED), None)

    def holds(self, approval: Approval | None) -> bool:
        """Whether an approval was given and the breakdown is still exactly what it approved."""
        return (
            approval is not None
            and approval.state == State.APPROVED
            and breakdown.sealed(self.content, bytes.fromhex(approval.salt)) == approval.digest
        )

    @cached_property
    def vetted(self) -> bool:
        """Whether the vetting holds."""
        return self.holds(self.vetting)

    @cached_property
    def decided(self) -> bool:
        """Whether the decision holds: only then may the breakdown be issued."""
        return self.holds(self.decision)

    def lapsed(self, approval: Approval | None) -> list[Change]:
        """What changed since an approval was given; empty where it holds or was not given."""
        if approval is None or approval.state != State.APPROVED or self.holds(approval):
            return []
        return breakdown.differences(approval.snapshot.content, self.content, self.directive)

    @cached_property
    def vetting_lapsed(self) -> list[Change]:
        """What changed since the vetting."""
        return self.lapsed(self.vetting)

    @cached_property
    def decision_lapsed(self) -> list[Change]:
        """What changed since the decision."""
        return self.lapsed(self.decision)

    @property
    def unanswered(self) -> int:
        """Comments of the last consultation that have no answer yet."""
        return sum(not c.answer for h in self.heard for c in h.comments)

    @property
    def silent(self) -> int:
        """Units that have not answered."""
        return sum(h.consultee.state == Consultee.State.WAITING for h in self.heard)

    @property
    def step(self) -> str:
        """`consulting`, `asked`, `decided`, `vetted` or `drafting`: what the page says first."""
        if self.consultation is not None and self.consultation.closed_at is None:
            return "consulting"
        if self.open:
            return "asked"
        if self.decided:
            return "decided"
        return "vetted" if self.vetted else "drafting"


def road_of(directive: Directive, content: Content | None = None) -> Road:
    """The road of a directive: eight queries at most, whatever its length."""
    approvals = list(
        Approval.objects.filter(organisation_id=directive.organisation_id, directive=directive)
        .select_related("asked__person", "asked__post", "asked_by", "by", "snapshot", "scan")
        .defer("snapshot__content")  # large, and wanted only where an approval lapsed
        .order_by("asked_at", "id")
    )
    consultation = (
        Consultation.objects.filter(organisation_id=directive.organisation_id, directive=directive)
        .select_related("opened_by")
        .order_by("opened_at")
        .last()
    )
    return Road(
        directive,
        breakdown.content_of(directive) if content is None else content,
        approvals,
        consultation,
        heard(consultation) if consultation else [],
    )


def heard(consultation: Consultation) -> list[Heard]:
    """The units of a consultation in their order, with their comments; two queries."""
    rows = list(
        Consultee.objects.filter(
            organisation_id=consultation.organisation_id, consultation=consultation
        )
        .select_related("unit", "by")
        .order_by("unit__position", "unit_id")
    )
    said: dict[UUID, list[Comment]] = {}
    for comment in Comment.objects.filter(
        organisation_id=consultation.organisation_id, consultee__in=[r.pk for r in rows]
    ).select_related("task", "by", "answered_by"):
        said.setdefault(comment.consultee_id, []).append(comment)
    return [Heard(row, said.get(row.pk, [])) for row in rows]


def holds_decision(directive: Directive, content: Content | None = None) -> bool:
    """Whether the breakdown, exactly as it is, was decided on. One query beside the content's."""
    last = (
        Approval.objects.filter(
            organisation_id=directive.organisation_id, directive=directive, stage=Stage.DECISION
        )
        .exclude(state=State.TAKEN_BACK)
        .order_by("asked_at", "id")
        .last()
    )
    if last is None or last.state != State.APPROVED:
        return False
    content = breakdown.content_of(directive) if content is None else content
    return breakdown.sealed(content, bytes.fromhex(last.salt)) == last.digest


def left_open(directive: Directive) -> "str | Promise | None":
    """What on the road still hinders the issue: a round, an approval, a later refusal; two queries.

    None where nothing does. A vetting that was returned counts until a later decision.
    """
    rows = Consultation.objects.filter(
        organisation_id=directive.organisation_id, directive=directive, closed_at__isnull=True
    )
    if rows.exists():
        return _("The units are still being asked. Close the consultation first.")
    last = (
        Approval.objects.filter(organisation_id=directive.organisation_id, directive=directive)
        .exclude(state=State.TAKEN_BACK)
        .order_by("asked_at", "id")
        .last()
    )
    if last is not None and last.state == State.ASKED:
        return _("An approval is still open. Wait for it, or take it back first.")
    if last is not None and last.state == State.RETURNED:
        return _("It was returned last. Mend it and send it for approval again.")
    return None


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who can be asked: the seat, name and title, and whether they sign in.

    `decides`: of the owner itself, so that the decision may be asked; others may vet.
    """

    appointment_id: UUID
    name: str
    title: str
    signs_in: bool
    decides: bool


def signers(directive: Directive, on: date, standing: Standing) -> list[Signer]:
    """Heads and deputies of the owner and of the clerk's own unit.

    Never the person who asks. Two queries.
    """
    units = {directive.owner_id} | standing.unit_ids
    mine = {s.appointment_id for s in standing.seats}
    rows = (
        Appointment.objects.on(on)
        .filter(
            Q(post__unit_id__in=units),
            organisation_id=directive.organisation_id,
            post__post_role__in=APPROVING,
        )
        .exclude(pk__in=mine)
        .order_by("post__position", "id")
        .values_list(
            "pk",
            "person__name",
            "post__title",
            "post__unit__name",
            "post__unit_id",
            "person__user__is_active",
        )
    )
    return [
        Signer(pk, name, f"{unit}{title}", bool(active), unit_id == directive.owner_id)
        for pk, name, title, unit, unit_id, active in rows
    ]


def waiting_for(standing: Standing) -> list[Approval]:
    """Approvals that the person is asked for, the oldest first; one query."""
    seats = [s.appointment_id for s in standing.seats]
    if not seats:
        return []
    return list(
        Approval.objects.filter(
            organisation_id=standing.user.organisation_id, asked__in=seats, state=State.ASKED
        )
        .select_related("directive__owner", "asked_by")
        .defer("directive__text", "directive__outline")
        .order_by("asked_at", "id")
    )


def consulted(standing: Standing, *, waiting: bool = False) -> list[Consultee]:
    """Consultations still open in which units are asked that the person speaks for; one query."""
    units = [
        unit
        for seat in standing.seats
        if "directive.comment" in GRANTS[seat.role]
        for unit in {seat.unit_id, seat.acts_for_id}
    ]
    if not units:
        return []
    rows = Consultee.objects.filter(
        organisation_id=standing.user.organisation_id,
        unit_id__in=units,
        consultation__closed_at__isnull=True,
    )
    if waiting:
        rows = rows.filter(state=Consultee.State.WAITING)
    return list(
        rows.select_related("consultation__directive__owner", "unit")
        .defer("consultation__directive__text", "consultation__directive__outline")
        .order_by("consultation__due_on", "id")
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A breakdown whose next step is the drafter's: `what` is decided, vetted, returned, comments.

    `count` counts the comments that wait for an answer.
    """

    directive: Directive
    what: str
    count: int = 0


def next_steps(standing: Standing, *, most: int = 20) -> list[Step]:
    """What came back to who drafts, the latest first; three queries at most."""
    if not standing.has("directive.plan"):
        return []
    owners = (
        Placement.objects.on(standing.on)
        .filter(standing.scope("directive.plan"), organisation_id=standing.user.organisation_id)
        .values("unit_id")
    )
    drafts = {
        d.pk: d
        for d in Directive.objects.filter(
            organisation_id=standing.user.organisation_id,
            owner_id__in=owners,
            state=Directive.State.CONFIRMED,
        )
        .defer("text", "outline")
        .order_by("-created_at")[: most * 5]
    }
    if not drafts:
        return []
    waiting = dict(
        Comment.objects.filter(
            answer=Comment.Answer.NONE, consultee__consultation__directive__in=list(drafts)
        )
        .values("consultee__consultation__directive_id")
        .annotate(count=Count("pk"))
        .values_list("consultee__consultation__directive_id", "count")
    )
    last: dict[UUID, Approval] = {}
    for approval in (
        Approval.objects.filter(directive__in=list(drafts))
        .exclude(state=State.TAKEN_BACK)
        .order_by("asked_at", "id")
    ):
        last[approval.directive_id] = approval
    found = []
    for pk, directive in drafts.items():
        latest = last.get(pk)
        if pk in waiting:
            found.append(Step(directive, "comments", waiting[pk]))
        elif latest is not None and latest.state == State.RETURNED:
            found.append(Step(directive, "returned"))
        elif latest is not None and latest.state == State.APPROVED:
            decided = latest.stage == Stage.DECISION
            found.append(Step(directive, "decided" if decided else "vetted"))
    return found[:most]


def look_of(directive: Directive, standing: Standing) -> Look | None:
    """What the person saw last of a directive."""
    return (
        Look.objects.filter(
            organisation_id=directive.organisation_id, directive=directive, user=standing.user
        )
        .select_related("snapshot", "before")
        .first()
    )


def asked_of(road: Road, standing: Standing) -> Approval | None:
    """The open approval, where it is the person who is asked."""
    seats = {s.appointment_id for s in standing.seats}
    return road.open if road.open is not None and road.open.asked_id in seats else None


def units_concerned(content: Content) -> list[UUID]:
    """Every unit that a breakdown names, in the order in which it names them."""
    found: dict[UUID, None] = {}
    for key in content["order"]:
        task = content["tasks"][key]
        for unit in (*task["lead"], *task["support"]):
            found[UUID(unit)] = None
    return list(found)


def tasks_of_unit(content: Content, unit_id: UUID) -> Sequence[str]:
    """Ids of the tasks that name a unit, in the order of the text."""
    wanted = str(unit_id)
    tasks = content["tasks"]
    return [k for k in content["order"] if wanted in (*tasks[k]["lead"], *tasks[k]["support"])]
