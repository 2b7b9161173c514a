"""送审单: an approval on paper, with a code that leads back to what it was about."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import override
from django.views.decorators.http import require_GET

from luoshi.directives import breakdown, queries, road
from luoshi.directives.models import Approval, Stage
from luoshi.directives.price import price_of
from luoshi.directives.views.road import fetch_approval
from luoshi.papers import qr
from luoshi.web.types import SignedIn


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """The slip as it prints on A4; always in Chinese, the language of the paper.

    It lists the tasks as they were sent (or approved), and bears the check code of exactly that.
    """
    approval = fetch_approval(request, pk)
    directive = approval.directive
    address = request.build_absolute_uri(reverse("directives:road", args=[directive.pk]))
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
            "units": len(road.units_concerned(content)),
            "price": price_of(directive, at=request.at) if open_now else None,
            # our own markup: a QR code of an address
            "code": mark_safe(qr.svg(f"{address}#{approval.digest[:16]}")),
            "decision": approval.stage == Stage.DECISION,
        }
        return render(request, "directives/slip.html", context)


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
