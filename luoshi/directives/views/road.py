"""送审: consultation, vetting and decision of a breakdown, for who drafts and for who is asked."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives import actions, breakdown, price, queries, road
from luoshi.directives.models import (
    Approval,
    Comment,
    Consultation,
    Consultee,
    Directive,
    Stage,
)
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Appointment
from luoshi.web.answers import day_typed, download, see_other, seen
from luoshi.web.types import SignedIn


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """Where the breakdown stands on its road, and the next step for who looks at it."""
    return show(request, _fetch(request, pk))


def _fetch(request: SignedIn, pk: UUID) -> Directive:
    rows = queries.on_the_road(request.standing).select_related("owner")
    return orgs.fetch(rows, pk)


def show(
    request: SignedIn, directive: Directive, *, error: Refused | None = None, form: str = ""
) -> HttpResponse:
    """The page; with an error, its status, at the form it came from, with what was typed."""
    found = road.road_of(directive)
    asked = road.asked_of(found, request.standing)
    edit = directive.state in queries.OPEN and queries.may(
        request.standing, "directive.plan", directive
    )
    context: dict[str, Any] = {
        "nav": "directives",
        "directive": directive,
        "road": found,
        "asked": asked,
        "edit": edit,
        "error": error,
        "form": form,
        "typed": request.POST if error else {},
        "said": [h for h in found.heard if h.comments],
        "silent": [h for h in found.heard if not h.comments],
        "history": [
            a for a in reversed(found.approvals) if a not in (found.vetting, found.decision)
        ],
        "answers": Comment.Answer,
        "fingerprint": breakdown.fingerprint(found.content),
        "may_issue": edit and queries.may(request.standing, "directive.issue", directive),
    }
    if directive.state in queries.OPEN:
        context["price"] = price.price_of(directive, at=request.at)
    context["nothing"] = len(context["silent"]) - found.silent
    if form.startswith("answer-"):
        context["failed"] = UUID(form.removeprefix("answer-"))
    if edit:
        context["sendable"] = (
            directive.state == Directive.State.CONFIRMED
            and found.step in ("drafting", "vetted")
            and not context["price"].lacks
        )
        context["signers"] = road.signers(directive, request.today, request.standing)
        context["stages"] = _stages(found, context["signers"])
        context["concerned"] = len(road.units_concerned(found.content))
    if asked is not None:
        look = actions.look(directive, found.content, by=request.user, at=request.at)
        context["look"] = look
        context["lines"] = breakdown.lines(found.content)
        context["asides"] = breakdown.asides(found.content, directive)
        if look.before is not None:
            context["changes"] = breakdown.differences(
                look.before.content, found.content, directive
            )
    return render(request, "directives/road.html", context, status=error.status if error else 200)


def _stages(found: road.Road, signers: list[road.Signer]) -> list[tuple[str, str]]:
    """What can be sent for next, the usual one first: a small office goes to the decision."""
    both = [(str(s.value), str(s.label)) for s in Stage]
    return both[::-1] if found.vetted or not signers else both


def _acting(
    request: SignedIn, directive: Directive, form: str, act: Callable[[], Any]
) -> HttpResponse:
    """Run one act; a refusal shows the page again with what was typed, else back to the page."""
    try:
        act()
    except Refused as error:
        directive.refresh_from_db()
        return show(request, directive, error=error, form=form)
    return see_other("directives:road", directive.pk)


@login_required
@require_POST
def consult(request: SignedIn, pk: UUID) -> HttpResponse:
    """Ask the units that the breakdown names."""
    directive = _fetch(request, pk)

    def act() -> None:
        actions.open_consultation(
            directive,
            due_on=day_typed(request.POST, "due_on"),
            note=request.POST.get("note", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
            request_id=request.POST.get("request_id", ""),
        )

    return _acting(request, directive, "consult", act)


def _consultation(request: SignedIn, pk: UUID) -> Consultation:
    rows = Consultation.objects.filter(directive__in=queries.on_the_road(request.standing))
    return orgs.fetch(rows.select_related("directive__owner"), pk)


@login_required
@require_POST
def close(request: SignedIn, pk: UUID) -> HttpResponse:
    """End the consultation."""
    found = _consultation(request, pk)
    return _acting(
        request,
        found.directive,
        "close",
        lambda: actions.close_consultation(
            found, by=request.user, at=request.at, seen=seen(request)
        ),
    )


@login_required
@require_POST
def answer(request: SignedIn, pk: UUID) -> HttpResponse:
    """What became of a comment."""
    rows = Comment.objects.filter(
        consultee__consultation__directive__in=queries.on_the_road(request.standing)
    ).select_related("consultee__consultation__directive__owner")
    found = orgs.fetch(rows, pk)

    def act() -> None:
        actions.answer(
            found,
            request.POST.get("answer", ""),
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
        )

    return _acting(request, found.consultee.consultation.directive, f"answer-{pk}", act)


@login_required
@require_POST
def send(request: SignedIn, pk: UUID) -> HttpResponse:
    """Send the breakdown for vetting or decision."""
    directive = _fetch(request, pk)

    def act() -> None:
        asked = None
        if wanted := request.POST.get("asked", ""):
            rows = Appointment.objects.filter(organisation_id=directive.organisation_id)
            try:
                asked = orgs.fetch(rows.select_related("person", "post"), wanted)
            except OutOfScope as error:
                raise BadInput(_("Choose somebody from the list."), field="asked") from error
        actions.send(
            directive,
            stage=request.POST.get("stage", ""),
            asked=asked,
            signer=request.POST.get("signer", ""),
            message=request.POST.get("message", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
            request_id=request.POST.get("request_id", ""),
        )

    return _acting(request, directive, "send", act)


def fetch_approval(request: SignedIn, pk: UUID) -> Approval:
    """An approval of a directive that the person may read, or `OutOfScope`."""
    rows = Approval.objects.filter(directive__in=queries.on_the_road(request.standing))
    return orgs.fetch(
        rows.select_related("directive__owner", "asked__post", "snapshot", "scan", "asked_by"), pk
    )


@login_required
@require_POST
def take_back(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take back what was sent."""
    found = fetch_approval(request, pk)
    return _acting(
        request,
        found.directive,
        "take_back",
        lambda: actions.take_back(found, by=request.user, at=request.at, seen=seen(request)),
    )


def _meeting(request: SignedIn) -> actions.Meeting:
    return actions.Meeting(
        request.POST.get("meeting", ""),
        request.POST.get("meeting_number", ""),
        day_typed(request.POST, "held_on"),
    )


@login_required
@require_POST
def verdict(request: SignedIn, pk: UUID) -> HttpResponse:
    """Approve or return, by who was asked."""
    found = fetch_approval(request, pk)

    def act() -> None:
        note = request.POST.get("note", "")
        if request.POST.get("verdict") not in ("approved", "returned"):
            raise BadInput(_("Choose approve or return."), field="verdict")
        if request.POST.get("verdict") == "approved":
            actions.approve(
                found,
                content_seen=request.POST.get("content", ""),
                note=note,
                meeting=_meeting(request),
                by=request.user,
                at=request.at,
                seen=seen(request),
            )
        else:
            actions.return_(found, note=note, by=request.user, at=request.at, seen=seen(request))

    return _acting(request, found.directive, "verdict", act)


@login_required
@require_POST
def on_paper(request: SignedIn, pk: UUID) -> HttpResponse:
    """Enter what was signed by hand, with the scan."""
    found = fetch_approval(request, pk)
    upload = request.FILES.get("scan")
    scan = None
    if isinstance(upload, UploadedFile):
        scan = actions.Scan(upload.name or "", upload.content_type or "", upload.chunks())

    def act() -> None:
        if request.POST.get("verdict") not in ("approved", "returned"):
            raise BadInput(_("Choose approve or return."), field="verdict")
        actions.record_on_paper(
            found,
            approved=request.POST.get("verdict") == "approved",
            signer=request.POST.get("signer", ""),
            signed_on=day_typed(request.POST, "signed_on"),
            scan=scan,
            note=request.POST.get("note", ""),
            meeting=_meeting(request),
            by=request.user,
            at=request.at,
            seen=seen(request),
            request_id=request.POST.get("request_id", ""),
        )

    return _acting(request, found.directive, "paper", act)


@login_required
@require_GET
def scan(request: SignedIn, pk: UUID) -> FileResponse:
    """The signed slip as it was attached, always as a download."""
    found = fetch_approval(request, pk)
    if found.scan is None:
        raise OutOfScope()
    return download(found.scan)


def _consultee(request: SignedIn, pk: UUID) -> Consultee:
    """A unit's part in a consultation, for who speaks for it or who drafts; else `OutOfScope`."""
    rows = Consultee.objects.filter(organisation_id=request.user.organisation_id)
    found = orgs.fetch(rows.select_related("consultation__directive__owner", "unit", "by"), pk)
    path = orgs.path_of(found.unit_id, request.standing.on)
    if not request.standing.may("directive.comment", path) and not queries.may(
        request.standing, "directive.plan", found.consultation.directive
    ):
        raise OutOfScope()
    return found


@login_required
@require_GET
def consultee(request: SignedIn, pk: UUID) -> HttpResponse:
    """What a unit is asked: its own tasks first, a comment on each or on the whole."""
    return _asked(request, _consultee(request, pk))


def _asked(request: SignedIn, found: Consultee, error: Refused | None = None) -> HttpResponse:
    directive = found.consultation.directive
    content = breakdown.content_of(directive)
    mine = set(road.tasks_of_unit(content, found.unit_id))
    open_now = found.consultation.closed_at is None and directive.state in queries.OPEN
    own = request.standing.may(
        "directive.comment", orgs.path_of(found.unit_id, request.standing.on)
    )
    drafts = queries.may(request.standing, "directive.plan", directive)
    # afterwards a unit has its own comments with their answers, and no draft any more
    # nor what moved the drafter to rewrite a clause: that is for who approves
    lines = breakdown.lines(content, without=["rewrite_reason"]) if open_now or drafts else []
    comments = (
        Comment.objects.filter(organisation_id=found.organisation_id, consultee=found)
        .select_related("task", "by", "answered_by")
        .order_by("at", "id")
    )
    context = {
        "nav": "directives",
        "consultee": found,
        "consultation": found.consultation,
        "directive": directive,
        "mine": [line for line in lines if line.key in mine],
        "others": [line for line in lines if line.key not in mine],
        "comments": comments,
        "own": own,
        "open": open_now,
        "error": error,
        "typed": request.POST if error else {},
    }
    return render(request, "directives/asked.html", context, status=error.status if error else 200)


@login_required
@require_POST
def comment(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take a unit's comment, or that it has none."""
    found = _consultee(request, pk)
    try:
        if "nothing" in request.POST:
            actions.no_comment(
                found,
                said_by=request.POST.get("said_by", ""),
                by=request.user,
                at=request.at,
            )
        else:
            task = None
            if wanted := request.POST.get("task", ""):
                task = orgs.fetch(found.consultation.directive.tasks.all(), wanted)
            actions.comment(
                found,
                text=request.POST.get("text", ""),
                task=task,
                said_by=request.POST.get("said_by", ""),
                by=request.user,
                at=request.at,
                request_id=request.POST.get("request_id", ""),
            )
    except Refused as error:
        return _asked(request, found, error)
    return see_other("directives:consultee", found.pk)
