"""The record: how long it is, its root, and whether it holds. Anybody signed in may see that."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from luoshi.base.models import Organisation
from luoshi.ledger.models import Checkpoint, Entry, Head
from luoshi.ledger.verify import verify
from luoshi.orgs.access import Standing
from luoshi.web.types import SignedIn


def may_verify(standing: Standing) -> bool:
    """Recomputing everything is for auditors and clerks: it costs the server work."""
    return standing.has("ledger.verify") or standing.has("directive.issue")


@login_required
@require_GET
def record(request: SignedIn) -> HttpResponse:
    """Size, root, what waits; with ?verify=1 everything is recomputed."""
    organisation = Organisation.objects.get(pk=request.user.organisation_id)
    head = Head.objects.filter(organisation=organisation).first()
    may = may_verify(request.standing)
    context = {
        "nav": "record",
        "size": head.size if head else 0,
        "waiting": Entry.objects.filter(organisation=organisation, index__isnull=True).count(),
        "checkpoint": Checkpoint.objects.filter(organisation=organisation)
        .order_by("-size")
        .first(),
        "may_verify": may,
        "verdict": verify(organisation) if may and request.GET.get("verify") == "1" else None,
        "latest": Entry.objects.filter(organisation=organisation).order_by("-id")[:20]
        if may
        else [],
    }
    return render(request, "insight/record.html", context)
