"""The record: how long it is, its root, whether it holds, and what of it lies outside.

Anybody signed in may see that; bodies are shown nowhere here.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luoshi.base.models import Organisation
from luoshi.base.refused import NotAllowed
from luoshi.ledger import keys, outside, packs
from luoshi.ledger.kinds import KINDS
from luoshi.ledger.models import Checkpoint, Entry, Head
from luoshi.ledger.sequence import waiting_long
from luoshi.ledger.verify import verify
from luoshi.orgs.access import Standing
from luoshi.web.answers import lines
from luoshi.web.types import SignedIn

LATEST = 30


def may_verify(standing: Standing) -> bool:
    """Recomputing everything is for auditors and clerks: it costs the server work."""
    return standing.has("ledger.verify") or standing.has("directive.issue")


def may_export(standing: Standing) -> bool:
    """Entries of all units, even without their bodies, are for whoever keeps the whole record."""
    return standing.has("ledger.verify") or standing.has("ledger.witness")


@login_required
@require_GET
def record(request: SignedIn) -> HttpResponse:
    """Size, root, what waits, what lies outside; with ?verify=1 everything is recomputed."""
    organisation = Organisation.objects.get(pk=request.user.organisation_id)
    head = Head.objects.filter(organisation=organisation).first()
    may = may_verify(request.standing)
    size = head.size if head else 0
    copy = outside.last_copy(organisation.pk)
    overall = may_export(request.standing)
    rows = Entry.objects.filter(organisation=organisation).order_by("-id")
    latest = rows[:LATEST] if overall else []
    asked = may and request.GET.get("verify") == "1"
    context = {
        "nav": "record",
        "size": size,
        "waiting": Entry.objects.filter(organisation=organisation, index__isnull=True).count(),
        "waiting_long": waiting_long(organisation.pk, request.at),
        "checkpoint": Checkpoint.objects.filter(organisation=organisation)
        .order_by("-size")
        .first(),
        "keys": [row.vkey for row in keys.signing(organisation.pk, request.at)],
        "missing": keys.missing(organisation.pk, request.at),
        "copy": copy,
        "uncovered": size - copy.size if copy else size,
        "witnesses": outside.witnesses(organisation.pk),
        "may_verify": may,
        "may_export": overall,
        "may_name": request.standing.has("ledger.witness"),
        "times": request.standing.has("occurrence.read"),
        "verdict": verify(organisation, now=request.at) if asked else None,
        "latest": [(entry, KINDS.get(entry.kind, entry.kind)) for entry in latest],
    }
    return render(request, "insight/record.html", context)


@login_required
@require_GET
def export(request: SignedIn) -> StreamingHttpResponse:
    """The whole record as an evidence pack without bodies, for auditors and administrators."""
    if not may_export(request.standing):
        raise NotAllowed()
    organisation = Organisation.objects.get(pk=request.user.organisation_id)
    found = packs.whole(
        organisation,
        about=_("the whole record, without its bodies"),
        at=request.at,
        disclosed=False,
    )
    return lines(found, f"{organisation.name}{packs.SUFFIX}")


@login_required
@require_GET
def checkpoint(request: SignedIn) -> HttpResponse:
    """The newest signed checkpoint as a file: what somebody outside keeps."""
    newest = packs.newest(request.user.organisation_id)
    response = HttpResponse(newest.note, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = (
        content_disposition_header(True, f"checkpoint-{newest.size}.txt") or "attachment"
    )
    return response
