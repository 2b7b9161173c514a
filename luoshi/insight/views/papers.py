"""The task list as a page that prints, and as a workbook."""

import io
import re
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import override
from django.views.decorators.http import require_GET

from luoshi.base.refused import NotAllowed
from luoshi.directives import queries as directives
from luoshi.directives.models import Directive
from luoshi.insight import tasklist as rows
from luoshi.ledger.models import Head
from luoshi.orgs import queries as orgs
from luoshi.papers import tasklist as paper
from luoshi.web.types import SignedIn

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _open(request: SignedIn, pk: UUID) -> tuple[Directive, str]:
    """A directive whose whole list the person may see: units below see their own part on a page."""
    directive = directives.fetch(request.standing, pk)
    path = orgs.path_of(directive.owner_id, request.standing.on)
    if not request.standing.may("directive.read", path):
        raise NotAllowed()
    return directive, path


def heading(directive: Directive) -> str:
    """The title of the paper."""
    title = re.sub(
        r"^(?:.*关于(?:印发)?|在)|(?:上)?的(?:通知|讲话|意见)$|[《》]", "", directive.title
    )
    return f"{title or directive.title}任务分解台账"


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """The list as offices print it; always in Chinese, the language of the paper."""
    directive, path = _open(request, pk)
    with override("zh-hans"):
        found = rows.lines(directive, path, request.today)
    groups: list[tuple[str, list[rows.Line]]] = []
    for line in found:
        if not groups or groups[-1][0] != line.row.section:
            groups.append((line.row.section, []))
        groups[-1][1].append(line)
    size = Head.objects.filter(organisation_id=directive.organisation_id).first()
    context = {
        "nav": "boards",
        "directive": directive,
        "groups": groups,
        "heading": heading(directive),
        "size": size.size if size else 0,
    }
    return render(request, "insight/tasklist.html", context)


@login_required
@require_GET
def workbook(request: SignedIn, pk: UUID) -> HttpResponse:
    """The same list as .xlsx."""
    directive, path = _open(request, pk)
    out = io.BytesIO()
    with override("zh-hans"):
        found = rows.lines(directive, path, request.today)
        paper.write(
            out,
            [line.row for line in found],
            title=heading(directive),
            source=directive.number or directive.title,
            made_by=request.user.name,
            as_of=request.today,
        )
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    name = content_disposition_header(True, f"{heading(directive)}.xlsx")
    response["Content-Disposition"] = name or "attachment"
    return response
