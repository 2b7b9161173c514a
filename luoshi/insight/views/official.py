"""Official papers as Word files (GB/T 9704): the issue notice, the record of transmission."""

import io
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_GET

from luoshi.base.clock import day_of
from luoshi.base.refused import NotAllowed, OutOfScope
from luoshi.directives import queries as directives
from luoshi.directives.models import Directive
from luoshi.directives.proof import of_issue
from luoshi.duties import transmission
from luoshi.duties.models import Receipt
from luoshi.insight import tasklist
from luoshi.insight.views.papers import heading
from luoshi.orgs import queries as orgs
from luoshi.papers import notice as notices
from luoshi.papers import transmission as records
from luoshi.web.answers import DOCX, made
from luoshi.web.types import SignedIn


def _issued(request: SignedIn, pk: UUID) -> Directive:
    directive = directives.fetch(request.standing, pk)
    if directive.state != Directive.State.ISSUED:
        raise OutOfScope()
    return directive


@login_required
@require_GET
def notice(request: SignedIn, pk: UUID) -> HttpResponse:
    """The notice with the list bound to it; `?head=1` prints the red head as well.

    For who reads the whole list; units below see their part elsewhere.
    """
    directive = _issued(request, pk)
    path = orgs.path_of(directive.owner_id, request.standing.on)
    if not request.standing.may("directive.read", path):
        raise NotAllowed()
    kept = transmission.notice_of(directive)
    if kept is None:
        raise OutOfScope()
    with override("zh-hans"):
        found = tasklist.listing(directive, path, request.today)
    owner = directive.owner.name
    paper = notices.IssueNotice(
        subject=heading(directive),
        issuer=owner,
        on=kept.dated_on,
        recipients=kept.recipients,
        rows=found.rows,
        units=found.names,
        number=kept.number,
        issuer_mark=f"{owner}文件" if request.GET.get("head") == "1" else "",
        basis=directive.title if directive.source_kind == "document" else "",
        basis_number=directive.number,
        copies_to=kept.copies_to,
        printed_by=f"{owner}办公室" if kept.number else "",
        printed_on=kept.dated_on if kept.number else None,
        proof=of_issue(request, directive),
    )
    out = io.BytesIO()
    notices.write(paper, out)
    return made(out.getvalue(), f"关于印发《{paper.subject}》的通知.docx", DOCX)


@login_required
@require_GET
def record(request: SignedIn, pk: UUID) -> HttpResponse:
    """Who received it and passed it on, of the units that the person may read."""
    directive = _issued(request, pk)
    kept = transmission.notice_of(directive)
    rows = transmission.rows(directive, request.standing)
    if not rows:
        raise OutOfScope()
    paper = records.TransmissionRecord(
        title=directive.title,
        made_by=directive.owner.name,
        on=request.today,
        units=[
            records.UnitTransmission(
                row.unit.name,
                row.receipt.received_on,
                row.receipt.said_by or row.receipt.by.name,
                records.how(row.receipt.way, row.receipt.meeting),
                row.receipt.transmitted_on,
                _remark(row.receipt),
            )
            if row.receipt
            else records.UnitTransmission(row.unit.name)
            for row in rows
        ],
        number=directive.number or (kept.number if kept else ""),
        issued_on=directive.issued_on or (kept.dated_on if kept else None),
        transmitted_on=kept.dated_on if kept else None,
        means=f"印发文件（{kept.number}）" if kept and kept.number else "印发文件",
        proof=of_issue(request, directive),
    )
    out = io.BytesIO()
    records.write(paper, out)
    return made(out.getvalue(), f"{directive.title[:60]}传达贯彻情况记录.docx", DOCX)


def _remark(receipt: Receipt) -> str:
    """何静之代录；签收6月20日录入: who entered it for the unit, and when where that was later."""
    said = [f"{receipt.by.name}代录"] if receipt.said_by else []
    entered: dict[str, str] = {}
    for word, on, at in (
        ("签收", receipt.received_on, receipt.received_at),
        ("传达", receipt.transmitted_on, receipt.transmitted_at),
    ):
        if on is None or at is None or day_of(at) <= on:
            continue
        day = day_of(at)
        text = f"{day.year}年" if day.year != on.year else ""
        text += f"{day.month}月{day.day}日录入"
        entered[text] = f"{entered[text]}、{word}" if text in entered else word
    return "；".join([*said, *(word + text for text, word in entered.items())])
