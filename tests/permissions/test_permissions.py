"""docs/permissions.md is the specification: these tests are generated from its two tables."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from luoshi.base import pending
from luoshi.directives import actions as directives
from luoshi.directives.models import (
    Approval,
    Comment,
    Consultee,
    Directive,
    OldList,
    Requirement,
    Task,
)
from luoshi.directives.oldlists import Reading, Row
from luoshi.duties import actions as duties
from luoshi.duties.models import (
    Assignment,
    DutyList,
    GuidanceFile,
    Occurrence,
    SubmissionFile,
)
from luoshi.ledger.sequence import sequence_all
from luoshi.lib import notes
from luoshi.lib.evidence import COSIGNATURE
from luoshi.orgs import access
from luoshi.orgs import actions as orgs
from luoshi.orgs.models import Portfolio
from luoshi.orgs.workbook import export, flow, template
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import load
from tests.road import decide

DOC = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
WHO = {
    "insider": "beidu_clerk",
    "other unit": "nanping_clerk",
    "lower unit": "beidu_b1_secretary",
    "higher unit": "office_clerk",
    "ended": "ended",
    "no post": "nobody",
    "administrator": "",
    "nobody": None,
}
"""Column → user of the cast: everything in the table belongs to the unit 北渡分局."""
WORDS = {200: "yes", 303: "yes", 400: "yes", 409: "yes", 403: "no", 404: "hidden", 302: "sign in"}
OUTSIDE = {"set_language"}
SENT: dict[str, dict[str, str]] = {
    "directives:comment": {"text": "时限太紧", "said_by": "某人"},
    "directives:verdict": {"verdict": "returned", "note": "再改"},
    "directives:old_withdraw": {"reason": "传错"},
    "guidance_answer": {"text": "已补"},
    "guidance_effect": {"effect": "effective", "found": "见效"},
    "guidance_new": {"unit": "unit", "subject": "巡查", "text": "逢雨必查", "kind": "guidance"},
    "guidance_withdraw": {"reason": "写错"},
    "objective_close": {"result": "not_reached", "found": "未完成"},
    "objective_new": {"unit": "unit", "title": "全覆盖"},
    "objective_value": {"value": "88", "on": "2026-03-02"},
    "receive": {"unit": "unit", "said_by": "某人"},
    "hand_over": {"size": "1", "root_start": "00000000", "on": "2026-03-02"},
    "cosigned": {"line": "x"},
    "end_witness": {"reason": "换人", "version": "1"},
    "outside": {"name": "市档案馆", "way": "sealed"},
    "directives:lines": {"act": "line", "work_line": "business"},
    "duty_lists_of": {"unit": "unit"},
    "duty_list_line": {"reason": "不承担"},
    "duty_list_add": {"title": "讲党课", "basis": "会议"},
    "duty_list_sign": {"note": "再议", "back": "1"},
    "duty_list_on_paper": {"signer": "某人"},
    "duty_list_withdraw": {"reason": "日期有误"},
    "occurrence_review": {"verdict": "accepted"},
    "occurrence_submit": {"note": "办好了"},
    "occurrence_waive": {"reason": "停办"},
    "occurrence_ask": {"kind": "waiver", "reason": "停办", "said_by": "某人"},
    "occurrence_rest": {"act": "pause", "awaits": "上级", "reason": "待定"},
    "request_decide": {"verdict": "refused", "answer": "不同意"},
    "assignment_object": {"reason": "不是我们的", "said_by": "某人"},
    "assignment_check": {"verdict": "effective", "found": "看了"},
    "closed_unit": {"to": "北渡分局第一支部", "reason": "合并"},
    "contribute": {"note": "x", "occurrence": "occurrence", "said_by": "某人"},
    "directives:triage": {"triage": "context"},
    "directives:dismiss": {"reason": "勉励"},
    "directives:further": {"title": "另一件"},
    "directives:fields": {"title": "改名"},
    "directives:fill": {"lead": "", "when": "6.30", "check": "记录"},
}
"""What a form sends, where an empty one would be refused before anybody is asked who they are."""


def table(heading: str) -> list[list[str]]:
    """The body rows of the table under a heading, cells stripped."""
    part = DOC.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_the_roles_are_those_of_the_table() -> None:
    head = DOC.read_text(encoding="utf-8").partition("## Roles and actions\n")[2]
    roles = [
        cell.strip() for cell in next(
            line for line in head.splitlines() if line.startswith("|")
        ).strip("|").split("|")
    ][1:]  # fmt: skip
    said = {role: {} for role in roles}
    for permission, *cells in table("Roles and actions"):
        for role, reach in zip(roles, cells, strict=True):
            if reach != "–":
                said[role][permission] = reach
    assert said == access.GRANTS


def export_of(cast: Cast) -> bytes:
    out = io.BytesIO()
    template.write(out, export.rows(cast.organisation.pk, TODAY), on=TODAY)
    return out.getvalue()


@pytest.fixture
def things(cast: Cast) -> dict[str, Any]:
    """One of everything, all of it belonging to 北渡分局."""
    clerk = cast.users["beidu_clerk"]
    text = (
        "北渡分局工作要点\n一、任务\n各党支部每季度上一次警示教育课，形成学习记录。\n"
        "要多到河边走走。\n"
    )
    kept: dict[str, Any] = {"source": [text.encode()], "source_name": "要点.txt"}
    draft = load(cast, text=text, owner=cast.units["beidu"], by=clerk, **kept)
    requirement = Requirement.objects.filter(directive=draft).order_by("start")[0]
    issued = load(cast)
    directives.confirm(issued, by=cast.users["office_clerk"], at=AT)
    decide(issued, cast)
    duties.issue(issued, by=cast.users["office_clerk"], at=AT)
    open_one = Occurrence.objects.get(unit=cast.units["beidu"], key="once")
    assignment = open_one.assignment
    other = Occurrence.objects.filter(unit=cast.units["beidu_b1"]).order_by("due_on")[0]
    upload = duties.Upload("记录.txt", "text/plain", [b"x"])
    duties.submit(open_one, note="办好了", uploads=[upload], by=cast.users["beidu_head"], at=AT)
    file = SubmissionFile.objects.get()
    asked = duties.ask(
        assignment, "objection", reason="不是我们的", by=cast.users["beidu_clerk"], at=AT
    )
    sent, consultee, said, approval = on_the_road(cast)
    duty_draft, duty_list = duty_lists(cast)
    keeper = notes.Signer.new("audit.example/w1", COSIGNATURE)
    witness = orgs.name_witness(
        name="市审计局", way="cosigned", vkey=keeper.vkey, by=cast.admin, at=AT
    )
    note = duties.guide(
        cast.units["beidu"], subject="巡查", text="逢雨必查", uploads=[upload],
        by=cast.users["office_clerk"], at=AT,
    )  # fmt: skip
    aims = [
        duties.set_objective(
            cast.units["beidu"], year=2026, title="全覆盖", indicator="占比", target="95%",
            due_on=date(2026, 11, 30), by=cast.users[who], at=AT,
        )
        for who in ("office_clerk", "beidu_clerk")
    ]  # fmt: skip
    closed = orgs.create_unit(
        name="第三支部", unit_kind="branch", parent=cast.units["beidu"], on=date(2026, 1, 5),
        by=cast.admin, at=AT,
    )  # fmt: skip
    orgs.close_unit(closed, on=TODAY, by=cast.admin, at=AT)
    sequence_all(holder="tests", now=AT)
    return {
        "closed unit": closed.pk,
        "objective": aims[0].pk,
        "own objective": aims[1].pk,
        "guidance": note.pk,
        "guidance file": GuidanceFile.objects.get().file_id,
        "witness": witness.pk,
        "sent": sent.pk,
        "consultation": consultee.consultation_id,
        "consultee": consultee.pk,
        "comment": said.pk,
        "approval": approval.pk,
        "old list": an_old_list(cast).pk,
        "business": paired(cast).pk,
        "head": cast.people["beidu_head"].pk,
        "duty draft": duty_draft.pk,
        "duty list": duty_list.pk,
        "duty line": duty_draft.lines.all()[0].pk,
        "directive": draft.pk,
        "issued": issued.pk,
        "clause": requirement.pk,
        "issued clause": Requirement.objects.filter(directive=issued).order_by("start")[0].pk,
        "issued task": Task.objects.filter(directive=issued).order_by("position")[0].pk,
        "task": Task.objects.filter(requirement=requirement)[0].pk,
        "occurrence": open_one.pk,
        "branch occurrence": other.pk,
        "assignment": assignment.pk,
        "request": asked.pk,
        "file": file.file_id,
        "unit": cast.units["beidu"].pk,
        "post": cast.posts["beidu_clerk"].pk,
        "person": cast.people["beidu_clerk"].pk,
        "appointment": cast.appointments["beidu_clerk"].pk,
        "portfolio": Portfolio.objects.filter(unit=cast.units["beidu"])[0].pk,
        "account": cast.users["beidu_head"].pk,
        "workbook": pending.keep(
            [export_of(cast)], name="组织.xlsx", purpose=flow.PURPOSE, user=cast.admin, at=AT,
            state={"on": TODAY.isoformat(), "complete": False},
        ).pk,
    }  # fmt: skip


def on_the_road(cast: Cast) -> tuple[Directive, Consultee, Comment, Approval]:
    """A breakdown of the unit with a comment, sent to its head."""
    clerk = cast.users["beidu_clerk"]
    text = "北渡分局方案\n一、任务\n各党支部要在6月底前召开一次组织生活会，形成会议记录。\n"
    sent = load(cast, text=text, owner=cast.units["beidu"], by=clerk)
    directives.confirm(sent, by=clerk, at=AT)
    round_one = directives.open_consultation(sent, due_on=TODAY, by=clerk, at=AT)
    consultee = Consultee.objects.select_related("consultation__directive").get(
        consultation=round_one, unit=cast.units["beidu_b1"]
    )
    by = cast.users["beidu_b1_secretary"]
    said = directives.comment(consultee, text="改到7月", by=by, at=AT)
    directives.answer(said, "adopted", by=clerk, at=AT)
    directives.close_consultation(round_one, by=clerk, at=AT)
    approval = directives.send(
        sent, stage="decision", asked=cast.appointments["beidu_head"], by=clerk, at=AT
    )
    return sent, consultee, said, approval


def paired(cast: Cast) -> Directive:
    """A directive of business of the unit beside one of governance, both drafts."""
    who: dict[str, Any] = {"by": cast.users["beidu_clerk"], "at": AT}
    text = "北渡分局{}\n一、任务\n各党支部要在6月底前排查一次，形成问题清单。\n"
    pair = [
        load(cast, text=text.format(words), owner=cast.units["beidu"], work_line=line, **who)
        for line, words in (("business", "工程安排"), ("governance", "作风要点"))
    ]
    directives.pair(*pair, **who)
    return pair[0]


def duty_lists(cast: Cast) -> tuple[DutyList, DutyList]:
    """A draft of the unit's responsibility list, and a confirmed one of its head."""
    who: dict[str, Any] = {"by": cast.users["beidu_clerk"], "at": AT}
    draft = duties.draw_up(cast.units["beidu"], as_of=TODAY, **who)
    confirmed = duties.draw_up(cast.units["beidu"], cast.posts["beidu_head"], as_of=TODAY, **who)
    duties.confirm(confirmed, **who)
    return draft, confirmed


def an_old_list(cast: Cast) -> OldList:
    """A list of the unit's last year, as if it had been taken in."""
    upload = pending.keep(
        [b"x"], name="台账.xlsx", purpose="old list", user=cast.users["beidu_clerk"], at=AT
    )
    fields = ("title", "leader", "lead", "support", "deadline", "check")
    row = Row(3, dict.fromkeys(fields, "甲"), (), ())
    return directives.take_old_list(
        upload, Reading("台账", ("台账",), [], [row]), name="台账", year=2025,
        owner=cast.units["beidu"], headings="0" * 64, by=cast.users["beidu_clerk"], at=AT,
    )  # fmt: skip


def answer(client: Client, method: str, address: str, data: dict[str, str]) -> str:
    sent = client.get(address) if method == "GET" else client.post(address, data)
    if sent.status_code == 302 and "sign-in" in sent["Location"]:
        return "sign in"
    return WORDS[200 if sent.status_code == 302 else sent.status_code]


def address_of(name: str, arguments: str, things: dict[str, Any]) -> str:
    keys = [a.strip() for a in arguments.split(",") if a.strip() not in ("", "–")]
    return reverse(name, args=[things[key] for key in keys])


ROWS = table("Addresses and people")


@pytest.mark.parametrize("row", ROWS, ids=[f"{r[0]}-{r[2]}" for r in ROWS])
def test_every_address_for_everybody(
    cast: Cast, client: Client, things: dict[str, Any], row: list[str]
) -> None:
    from django.db import transaction

    name, arguments, method, *said = row
    address = address_of(name, arguments, things)
    found = []
    for who in WHO.values():
        client.logout()
        if who == "":
            client.force_login(cast.admin)
        elif who is not None:
            cast.sign_in(client, who)
        with transaction.atomic():
            sent = {
                k: things.get(v, v) if k in ("unit", "occurrence") else v
                for k, v in SENT.get(name, {}).items()
            }
            found.append(answer(client, method, address, sent))
            transaction.set_rollback(True)
    assert found == said, f"| `{name}` | {arguments} | {method} | {' | '.join(found)} |"


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found |= names(pattern.url_patterns, inner)
        elif pattern.name:
            found.add(f"{space}{pattern.name}")
    return found


def test_no_address_is_left_out() -> None:
    known = {row[0] for row in ROWS} | OUTSIDE
    assert names(get_resolver().url_patterns) <= known, names(get_resolver().url_patterns) - known


def test_what_a_draft_holds_is_not_counted_for_others(cast: Cast) -> None:
    from luoshi.directives import queries

    load(cast, owner=cast.units["beidu"], by=cast.users["beidu_clerk"])
    for who, count in (("beidu_clerk", 1), ("office_clerk", 1), ("nanping_clerk", 0), ("ended", 0)):
        standing = access.standing_at(cast.users[who], AT)
        assert queries.visible_to(standing).count() == count, who
    assert Directive.objects.count() == 1
    assert Assignment.objects.count() == 0
