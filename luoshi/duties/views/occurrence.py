"""One occurrence: what is asked, what was put forward, who verified it, and the next step."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luoshi.base import files
from luoshi.base.clock import day_of
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives.models import Part, TaskKind
from luoshi.duties import actions, guidance, leaving, queries, shown
from luoshi.duties.access import Reviewers
from luoshi.duties.actions.common import DECIDE
from luoshi.duties.actions.reviewing import WHY
from luoshi.duties.models import Occurrence, SubmissionFile
from luoshi.orgs import queries as orgs
from luoshi.web.answers import day_typed, download, see_other, seen, typed_back
from luoshi.web.types import SignedIn

State = Occurrence.State


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """The page of an occurrence."""
    return show(request, queries.fetch(request.standing, pk))


def show(
    request: SignedIn, occurrence: Occurrence, error: Refused | None = None, form: str = ""
) -> HttpResponse:
    """The page; with an error, its status and what was typed in `form`."""
    standing = request.standing
    path = orgs.last_path(occurrence.unit_id, standing.on)
    submissions = list(
        occurrence.submissions.select_related("by", "unit", "same_as__occurrence")
        .prefetch_related("attached__file", "reviews__by")
        .order_by("at", "id")
    )
    damaged = {
        a.file_id for s in submissions for a in s.attached.all() if not files.looks_intact(a.file)
    }
    last = next((s for s in reversed(submissions) if s.part == Part.LEAD), None)
    reviewers = Reviewers(occurrence.organisation_id, standing.on)
    decision = queries.decision(
        standing, reviewers, occurrence, queries.authors_of([occurrence])[occurrence.pk]
    )
    requirement = occurrence.task.requirement
    directive = occurrence.directive
    stands = queries.stands(occurrence.unit, standing.on)
    own = stands and standing.may("occurrence.submit", path)
    records = stands and standing.may("occurrence.record", path)
    owed = occurrence.state in (State.OPEN, State.RETURNED)
    back = last if own and occurrence.state == State.RETURNED else None
    gave = standing.has(DECIDE) and actions.gave(standing, occurrence.assignment)
    requests = list(
        occurrence.requests.select_related("asked_by", "decided_by").order_by("asked_at", "id")
    )
    context: dict[str, Any] = {
        "nav": "mine",
        "o": occurrence,
        "title": queries.title_of(occurrence),
        "state": queries.shown_state(occurrence.state, occurrence.due_on, request.today),
        "clause": directive.text[requirement.start : requirement.end],
        "requirement": requirement,
        "directive": directive,
        "submissions": submissions,
        "last": last,
        "course": shown.course(occurrence),
        "steps": shown.steps_of(occurrence.task_id),
        "found": shown.found_at([occurrence]).get(occurrence.pk),
        "below": shown.parts_below(occurrence, request.today),
        "reads": standing.may("occurrence.read", path),
        "closed_unit": None if stands else leaving.link_to(standing, occurrence.unit_id),
        "stands": stands,
        "back": back,
        "verdict": next(iter(last.reviews.all()), None) if last else None,
        "may_submit": owed and (own or records),
        "for_unit": not own,
        "may_review": occurrence.state == State.SUBMITTED and decision.allowed,
        "cross_check": decision.cross_check,
        "why_not": WHY.get(decision.why, "")
        if stands and occurrence.state == State.SUBMITTED and standing.has("occurrence.review")
        else "",
        "gave": owed and gave,
        "paused": occurrence.pauses.filter(ended_on__isnull=True).first()
        if occurrence.state == State.PAUSED
        else None,
        "may_resume": occurrence.state == State.PAUSED and (own or records or gave),
        "may_ask": owed and (own or records) and not any(r.state == "asked" for r in requests),
        "requests": requests,
        "may_decide": gave,
        "may_take_back": own or records,
        "hard": occurrence.task.task_kind == TaskKind.HARD,
        "milestone": shown.step_names([occurrence]).get(occurrence.pk, ""),
        "same": actions.last_accepted(occurrence) if owed and (own or records) else None,
        "damaged": damaged,
        "lapsed": {
            r.pk
            for s in submissions
            for r in s.reviews.all()
            if not actions.holds(r) or any(a.file_id in damaged for a in s.attached.all())
        },
        "late": last is not None
        and occurrence.due_on is not None
        and day_of(last.at) > occurrence.due_on,
        "may_guide": guidance.giver_for(standing, path) is not None,
        "most_files": actions.MOST_FILES,
        "error": error,
        "form": form,
        "astray": None,
        "typed": request.POST if error else {},
    }
    forms = {
        "submit": context["may_submit"],
        "review": context["may_review"],
        "ask": context["may_ask"],
        "rest": context["gave"] or context["may_resume"],
        "waive": context["gave"],
        "decide": gave and any(r.state == "asked" for r in requests),
    }
    if error and not forms[form]:
        context["astray"] = {"typed": typed_back(request.POST)}
    return render(request, "duties/occurrence.html", context, status=error.status if error else 200)


def uploads(request: SignedIn) -> list[actions.Upload]:
    """The files of a form, as the actions take them."""
    return [
        actions.Upload(f.name or "", f.content_type or "", f.chunks())
        for f in request.FILES.getlist("files")
    ]


@login_required
@require_POST
def submit(request: SignedIn, pk: UUID) -> HttpResponse:
    """The unit reports: a note, files, the day it happened."""
    occurrence = queries.fetch(request.standing, pk, to_act=True)
    try:
        actions.submit(
            occurrence,
            note=request.POST.get("note", ""),
            happened_on=day_typed(request.POST, "happened_on"),
            said_by=request.POST.get("said_by", ""),
            uploads=uploads(request),
            unchanged=bool(request.POST.get("unchanged")),
            by=request.user,
            at=request.at,
            seen=seen(request),
            request_id=request.POST.get("request_id", ""),
        )
    except Refused as error:
        return show(request, queries.fetch(request.standing, pk), error, "submit")
    messages.success(request, _("Reported. Somebody outside your unit verifies it now."))
    return see_other("occurrence", pk)


def _next_round(request: SignedIn) -> date | None:
    """Until when another round goes; None where the matter is solved. Both must say the same."""
    again_on, again = day_typed(request.POST, "again_on"), bool(request.POST.get("again"))
    if again and again_on is None:
        raise BadInput(_("Say until when the next round goes."), field="again_on")
    if again_on is not None and not again:
        raise BadInput(
            _(
                "You typed a day for the next round and did not tick “not solved yet”. "
                "Tick it for another round, or clear the day if the matter is solved."
            ),
            field="again_on",
        )
    return again_on


@login_required
@require_POST
def review(request: SignedIn, pk: UUID) -> HttpResponse:
    """Accept or return what a unit reported."""
    occurrence = queries.fetch(request.standing, pk, to_act=True)
    note = request.POST.get("note", "")
    try:
        if request.POST.get("verdict") == "accepted":
            again_on = _next_round(request)
            actions.accept(
                occurrence,
                note=note,
                again_on=again_on,
                by=request.user,
                at=request.at,
                seen=seen(request),
            )
            messages.success(
                request,
                _("Accepted; another round follows.") if again_on else _("Accepted; this is done."),
            )
        elif request.POST.get("verdict") == "returned":
            actions.return_(
                occurrence, note=note, by=request.user, at=request.at, seen=seen(request)
            )
            messages.success(request, _("Returned to the unit with your reason."))
        else:
            raise BadInput(_("Accept it or return it."))
    except Refused as error:
        return show(request, queries.fetch(request.standing, pk), error, "review")
    return see_other(
        "mine" if request.POST.get("from") == "mine" else "occurrence",
        *(() if request.POST.get("from") == "mine" else (pk,)),
    )


@login_required
@require_POST
def waive(request: SignedIn, pk: UUID) -> HttpResponse:
    """The issuer lets the unit off, with the reason."""
    occurrence = queries.fetch(request.standing, pk, to_act=True)
    try:
        actions.waive(
            occurrence,
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
        )
    except Refused as error:
        return show(request, queries.fetch(request.standing, pk), error, "waive")
    messages.success(request, _("The unit need not do this any more."))
    return see_other("occurrence", pk)


@login_required
@require_GET
def file(request: SignedIn, pk: UUID, file_id: UUID) -> FileResponse:
    """A proof, always as a download, after the occurrence's own check."""
    occurrence = queries.fetch(request.standing, pk, to_act=True)
    found = (
        SubmissionFile.objects.filter(submission__occurrence=occurrence, file_id=file_id)
        .select_related("file")
        .first()
    )
    if found is None:
        raise OutOfScope()
    return download(found.file)
