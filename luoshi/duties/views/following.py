"""Parts of support units, effect checks, and many reports reviewed on one page."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base.refused import BadInput, Refused
from luoshi.duties import actions, decisions, queries
from luoshi.duties.models import Occurrence
from luoshi.duties.views import handing
from luoshi.duties.views.occurrence import uploads
from luoshi.orgs import queries as orgs
from luoshi.web.answers import day_typed, see_other, seen
from luoshi.web.types import SignedIn


@login_required
@require_POST
def contribute(request: SignedIn, pk: UUID) -> HttpResponse:
    """A support unit adds its part to what the lead unit reports."""
    mine = handing.fetch(request, pk)
    try:
        rows = Occurrence.objects.filter(
            organisation_id=mine.organisation_id, task_id=mine.task_id
        ).select_related("task", "assignment")
        actions.contribute(
            mine,
            orgs.fetch(rows, request.POST.get("occurrence", "")),
            note=request.POST.get("note", ""),
            happened_on=day_typed(request.POST, "happened_on"),
            said_by=request.POST.get("said_by", ""),
            uploads=uploads(request),
            by=request.user,
            at=request.at,
            request_id=request.POST.get("request_id", ""),
        )
    except Refused as error:
        if error.status in (403, 404):
            raise
        return handing.show(request, handing.fetch(request, pk), error, "contribute")
    messages.success(request, _("Your part stands beside the lead unit's report."))
    return see_other("assignment", pk)


@login_required
@require_POST
def check(request: SignedIn, pk: UUID) -> HttpResponse:
    """Say what an effect check found."""
    found = handing.fetch(request, pk)
    try:
        actions.check_effect(
            found,
            verdict=request.POST.get("verdict", ""),
            found=request.POST.get("found", ""),
            again_on=day_typed(request.POST, "again_on"),
            by=request.user,
            at=request.at,
            seen=seen(request),
        )
    except Refused as error:
        if error.status in (403, 404):
            raise
        return handing.show(request, handing.fetch(request, pk), error, "check")
    if request.POST.get("verdict") == "effective":
        messages.success(request, _("Noted: it had its effect."))
    else:
        messages.success(request, _("Noted: without effect. The task is open again."))
    return see_other("assignment", pk)


@login_required
@require_GET
def checks(request: SignedIn) -> HttpResponse:
    """Every effect check that is due for the person, the earliest first."""
    context = {"nav": "mine", "checks": decisions.checks_waiting(request.standing)}
    return render(request, "duties/checks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def reviews(request: SignedIn) -> HttpResponse:
    """Up to twenty reports on one page: what is ticked is accepted, exceptions are left."""
    typed: dict[UUID, tuple[str, str]] = {}
    failed: dict[UUID, str] = {}
    if request.method == "POST":
        waiting = {
            i.occurrence.pk: i
            for i in queries.waiting(request.standing)
            if str(i.occurrence.pk) in request.POST.getlist("shown")
        }
        verdicts = []
        for pk, item in waiting.items():
            said, note = request.POST.get(f"verdict-{pk}", ""), request.POST.get(f"note-{pk}", "")
            typed[pk] = (note, said)
            if said in ("accepted", "returned"):
                version = seen(request, f"version-{pk}") or item.occurrence.version
                verdicts.append(actions.Verdict(item.occurrence, version, said == "accepted", note))
        gone = len(set(request.POST.getlist("shown"))) - len(waiting)
        try:
            if not verdicts and not gone:
                raise BadInput(_("Tick what you accept or return."))
            outcome = actions.review_many(verdicts, by=request.user, at=request.at)
        except Refused as error:
            messages.error(request, str(error))
        else:
            _told(request, outcome, gone)
            failed = {verdict.occurrence.pk: why for verdict, why in outcome.failed}
    items = queries.waiting(request.standing)
    if failed:
        items.sort(key=lambda i: i.occurrence.pk not in failed)
    shown = items[: actions.MOST_AT_ONCE]
    context = {
        "nav": "mine",
        "lines": [
            (i, *typed.get(i.occurrence.pk, ("", "")), failed.get(i.occurrence.pk, ""))
            for i in shown
        ],
        "more": len(items) - len(shown),
    }
    return render(request, "duties/reviews.html", context, status=409 if failed else 200)


def _told(request: SignedIn, outcome: actions.Reviewed, gone: int) -> None:
    """Say what came of it."""
    messages.success(
        request,
        _("%(accepted)s accepted, %(returned)s returned.")
        % {"accepted": outcome.accepted, "returned": outcome.returned},
    )
    if outcome.failed:
        messages.error(
            request,
            _("%(count)s could not be decided; the reason stands at each.")
            % {"count": len(outcome.failed)},
        )
    if gone > 0:
        messages.info(
            request, _("%(count)s were decided by somebody else meanwhile.") % {"count": gone}
        )
