"""送审单: an approval on paper, with a code that leads back to what it was about."""

import io
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import override
from django.views.decorators.http import require_GET

from luoshi.base.clock import day_of
from luoshi.directives import breakdown, queries, road
from luoshi.directives.models import Approval, Stage
from luoshi.directives.price import price_of
from luoshi.directives.proof import of_approval
from luoshi.directives.views.road import fetch_approval
from luoshi.papers import qr
from luoshi.papers.approval import ApprovalSlip, Opinion, write
from luoshi.papers.proof import PaperProof
from luoshi.web.answers import DOCX, made
from luoshi.web.types import SignedIn


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """The slip as it prints on A4; always in Chinese, the language of the paper.

    It lists the tasks as they were sent (or approved), and bears the check code of exactly that.
    """
    approval = fetch_approval(request, pk)
    directive = approval.directive
    link, cited = _link(request, approval)
    with override("zh-hans"):
        found = road.road_of(directive)
        content = approval.snapshot.content
        open_now = directive.state in queries.OPEN
        context = {
            "nav": "directives",
            "directive": directive,
            "approval": approval,
            "vetting": _earlier(found, approval, Stage.VETTING),
            "consultation": found.consultation,
            "heard": found.heard,
            "lines": breakdown.lines(content),
            "asides": _set_aside(content),
            "units": len(road.units_concerned(content)),
            "price": price_of(directive, at=request.at) if open_now else None,
            # our own markup: a QR code of an address
            "code": mark_safe(qr.svg(link)),
            "cited": cited,
            "decision": approval.stage == Stage.DECISION,
        }
        return render(request, "directives/slip.html", context)


@login_required
@require_GET
def document(request: SignedIn, pk: UUID) -> HttpResponse:
    """The same slip as a Word file, for an office that prints from there."""
    approval = fetch_approval(request, pk)
    directive = approval.directive
    with override("zh-hans"):
        found = road.road_of(directive)
        content = approval.snapshot.content
        asked = "审定" if approval.stage == Stage.DECISION else "审核"
        given = [
            (role, one)
            for role, one in (
                ("审核", _earlier(found, approval, Stage.VETTING)),
                (asked, approval if approval.state == Approval.State.APPROVED else None),
            )
            if one is not None
        ]
        link, proof = _link(request, approval)
        price = price_of(directive, at=request.at)
        slip = ApprovalSlip(
            title=f"《{directive.title}》责任分解",
            asked=f"请{approval.signer}{asked}。{approval.message}{_set_aside(content)}",
            file_name=directive.title,
            asked_before=_consulted(found),
            listed=[
                (_task(line), line.lead, line.support, line.when, line.check)
                for line in breakdown.lines(content)
            ],
            tasks=len(content["tasks"]),
            units=len(road.units_concerned(content)),
            reports=price.asks or (directive.price or {}).get("asks", 0),
            made_by=directive.owner.name,
            on=day_of(approval.asked_at),
            digest=approval.digest,
            link=link,
            cited=proof.lines[0] if proof else "",
            opinions=[
                Opinion("拟稿", name=approval.asked_by.name, on=day_of(approval.asked_at)),
                *(
                    Opinion(role, one.note or "同意", one.signer, one.signed_on)
                    for role, one in given
                ),
            ],
            number=directive.number,
        )
    out = io.BytesIO()
    write(slip, out)
    return made(out.getvalue(), f"送审单_{directive.title[:60]}.docx", DOCX)


def _link(request: SignedIn, approval: Approval) -> tuple[str, PaperProof | None]:
    """Where the picture leads: to what the record says and on to what was sent.

    Before the first checkpoint straight to the approval's road.
    """
    proof = of_approval(request, approval)
    if proof is not None:
        return proof.link, proof
    road_page = reverse("directives:road", args=[approval.directive_id])
    return request.build_absolute_uri(f"{road_page}#{approval.digest[:16]}"), None


def _task(line: breakdown.Line) -> str:
    """The task as it stands in its cell: title, wording, and all else that is signed for."""
    measure = [line.measure] if line.measure != line.title else []
    return "\n".join([line.title, *measure, *(f"{name}：{words}" for name, words in line.more)])


def _set_aside(content: breakdown.Content) -> str:
    """How many clauses are no task: the approval covers that as well."""
    number = len(content["aside"])
    return f"另有{number}处原文未列为任务，扫码可看。" if number else ""


def _consulted(found: road.Road) -> str:
    if found.consultation is None:
        return "未征求意见"
    said = f"已征求{len(found.heard)}个单位意见"
    return said if found.consultation.closed_at else f"{said}（未结束）"


def _earlier(found: road.Road, approval: Approval, stage: str) -> Approval | None:
    """The last given approval of a stage before this one."""
    return next(
        (
            a
            for a in reversed(found.approvals)
            if a.stage == stage and a.state == Approval.State.APPROVED and a.pk != approval.pk
        ),
        None,
    )
