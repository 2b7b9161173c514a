"""The road to a decision for invented data: the whole of it, and the short one on paper."""

from datetime import datetime, timedelta
from uuid import UUID

from luoshi.accounts.models import User
from luoshi.base.clock import day_of
from luoshi.directives import actions, breakdown
from luoshi.directives.models import Consultee, Directive, Stage
from luoshi.duties import actions as duties
from luoshi.duties.models import Assignment
from luoshi.orgs.models import Appointment, Unit

VETTING, DECISION = "周衍之", "沈既明"
MEETING = "局党组会"
SAID = (
    ("北渡分局", "报送表格请统一格式，避免反复修改。", "adopted", ""),
    (
        "南屏分局",
        "汛期人手紧，建议把第二季度的报送推迟到7月10日。",
        "refused",
        "时限按来文执行，届时确有困难的可申请延期。",
    ),
    (
        "工程建设科",
        "与年度质量检查内容相近，建议合并报送一次。",
        "partly",
        "内容合并，仍按时限报送。",
    ),
)
"""Unit, what it says to the draft, what comes of it, and why."""


def walk(directive: Directive, clerk: User, at: datetime) -> datetime:
    """The road of a confirmed breakdown over a week of office days; returns when it was issued.

    The units are asked and answer, a deputy vets, the Party group decides, the office issues it
    with a number, and most units receive it and pass it on.
    """
    consultation = actions.open_consultation(
        directive,
        due_on=day_of(at) + timedelta(days=4),
        note="请重点看时限和牵头单位",
        by=clerk,
        at=at + timedelta(hours=1),
    )
    people = holders(directive.organisation_id)
    asked = {
        c.unit.name: c
        for c in Consultee.objects.filter(consultation=consultation)
        .select_related("unit", "consultation__directive")
        .order_by("unit__position", "id")
    }
    answered = at + timedelta(days=3)
    said = []
    for name, text, verdict, reason in SAID:
        if name in asked and (user := people.get(asked[name].unit_id)):
            comment = actions.comment(asked[name], text=text, by=user, at=answered)
            said.append((comment, verdict, reason))
    for number, consultee in enumerate(asked.values()):
        consultee.refresh_from_db()
        user = people.get(consultee.unit_id)
        if consultee.state == Consultee.State.WAITING and user and number % 4:
            actions.no_comment(consultee, by=user, at=answered)
    for comment, verdict, reason in said:
        actions.answer(comment, verdict, reason=reason, by=clerk, at=answered + timedelta(hours=2))
    actions.close_consultation(consultation, by=clerk, at=at + timedelta(days=4))
    _approve(directive, clerk, Stage.VETTING, VETTING, at + timedelta(days=5))
    decided = at + timedelta(days=6)
    held = actions.Meeting(MEETING, f"{directive.year}年第4次", day_of(decided))
    _approve(directive, clerk, Stage.DECISION, DECISION, decided, held)
    issued = at + timedelta(days=7)
    directive.refresh_from_db()
    paper = duties.Paper(series="云水发", serial=9, copies_to="派驻水务局纪检监察组")
    duties.issue(directive, paper=paper, by=clerk, at=issued)
    directive.refresh_from_db()
    received(directive, issued)
    return issued


def received(directive: Directive, issued: datetime) -> None:
    """Four of five units receive it the day after and pass it on at a meeting."""
    people = holders(directive.organisation_id)
    handed = Assignment.objects.filter(directive=directive).values("unit_id")
    for number, unit in enumerate(Unit.objects.filter(pk__in=handed).order_by("position", "id")):
        user = people.get(unit.pk)
        if user and number % 5:
            meeting = "支部党员大会" if unit.unit_kind == "branch" else "工作例会"
            told = issued + timedelta(days=1, minutes=3 * number)
            duties.receive(
                directive, unit, meeting=meeting, transmitted_on=day_of(told), by=user, at=told
            )


def holders(organisation_id: UUID) -> dict[UUID, User]:
    """Unit → somebody who signs in and speaks for it."""
    rows = (
        Appointment.objects.filter(
            organisation_id=organisation_id,
            valid_to__isnull=True,
            person__user__isnull=False,
            post__post_role__in=("head", "deputy", "secretary", "clerk"),
        )
        .select_related("person__user", "post")
        .order_by("-post__position", "id")
    )
    return {row.post.unit_id: row.person.user for row in rows}


def _approve(
    directive: Directive,
    clerk: User,
    stage: str,
    name: str,
    at: datetime,
    meeting: actions.Meeting | None = None,
) -> None:
    seat = Appointment.objects.select_related("person__user", "post").get(
        organisation_id=directive.organisation_id,
        valid_to__isnull=True,
        person__name=name,
        post__unit_id=directive.owner_id,
    )
    directive.refresh_from_db()
    approval = actions.send(directive, stage=stage, asked=seat, by=clerk, at=at)
    user = seat.person.user
    assert user is not None
    content = breakdown.content_of(directive)
    actions.look(directive, content, by=user, at=at + timedelta(hours=1))
    actions.approve(
        approval,
        content_seen=breakdown.fingerprint(content),
        note="同意",
        meeting=meeting,
        by=user,
        at=at + timedelta(hours=2),
    )


def decide_on_paper(directive: Directive, *, signer: str, by: User, at: datetime) -> None:
    """Send the confirmed breakdown for the decision and enter the signed slip, the same day."""
    approval = actions.send(directive, stage=Stage.DECISION, signer=signer, by=by, at=at)
    actions.record_on_paper(
        approval,
        approved=True,
        signer=signer,
        signed_on=day_of(at),
        scan=actions.Scan("送审单.txt", "text/plain", [f"同意。{signer}\n".encode()]),
        by=by,
        at=at,
    )
