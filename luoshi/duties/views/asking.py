"""延期、免报、暂停、异议: the unit asks, whoever gave the work decides."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.duties import actions, queries
from luoshi.duties.models import Occurrence, Request
from luoshi.duties.views import handing, occurrence
from luoshi.duties.views.choosing import unit_named
from luoshi.orgs import queries as orgs
from luoshi.web.answers import day_typed, see_other, seen
from luoshi.web.types import SignedIn

OBJECTION = Request.Kind.OBJECTION


@login_required
@require_POST
def ask(request: SignedIn, pk: UUID) -> HttpResponse:
    """A unit asks for more time, a pause or a waiver."""
    found = queries.fetch(request.standing, pk, to_act=True)
    kind = request.POST.get("kind", "")
    try:
        if kind == OBJECTION:
            raise BadInput(_("Choose what you ask for."), field="kind")
        actions.ask(
            found.assignment,
            kind,
            occurrence=found,
            reason=request.POST.get("reason", ""),
            wanted_on=day_typed(request.POST, "wanted_on"),
            awaits=request.POST.get("awaits", ""),
            said_by=request.POST.get("said_by", ""),
            by=request.user,
            at=request.at,
            request_id=request.POST.get("request_id", ""),
        )
    except Refused as error:
        return occurrence.show(request, queries.fetch(request.standing, pk), error, "ask")
    messages.success(request, _("Asked. Whoever gave you the work decides."))
    return see_other("occurrence", pk)


@login_required
@require_POST
def object_(request: SignedIn, pk: UUID) -> HttpResponse:
    """A unit says that a task is not its own."""
    found = handing.fetch(request, pk)
    try:
        actions.ask(
            found,
            OBJECTION,
            reason=request.POST.get("reason", ""),
            said_by=request.POST.get("said_by", ""),
            by=request.user,
            at=request.at,
            request_id=request.POST.get("request_id", ""),
        )
    except Refused as error:
        return handing.show(request, handing.fetch(request, pk), error, "object")
    messages.success(request, _("Asked. Whoever gave you the work decides."))
    return see_other("assignment", pk)


@login_required
@require_POST
def decide(request: SignedIn, pk: UUID) -> HttpResponse:
    """Grant, refuse or take back what a unit asked."""
    asked = orgs.fetch(
        Request.objects.filter(organisation_id=request.user.organisation_id).select_related(
            "assignment__task", "assignment__directive", "assignment__parent",
            "occurrence__task", "occurrence__directive", "occurrence__assignment__task",
            "occurrence__assignment__parent",
        ),
        pk,
    )  # fmt: skip
    queries.fetch_assignment(request.standing, asked.assignment_id)  # who may not read it: 404
    try:
        _decided(request, asked)
    except Refused as error:
        if asked.occurrence_id:
            found = queries.fetch(request.standing, asked.occurrence_id)
            return occurrence.show(request, found, error, "decide")
        return handing.show(request, handing.fetch(request, asked.assignment_id), error, "decide")
    if request.POST.get("from") == "mine":
        return see_other("mine")
    if asked.occurrence_id:
        return see_other("occurrence", asked.occurrence_id)
    return see_other("assignment", asked.assignment_id)


def _decided(request: SignedIn, asked: Request) -> None:
    verdict, answer = request.POST.get("verdict", ""), request.POST.get("answer", "")
    if verdict == "granted":
        actions.grant(
            asked,
            answer=answer,
            granted_on=day_typed(request.POST, "granted_on"),
            moved_to=unit_named(request, "moved_to") if asked.kind == OBJECTION else None,
            by=request.user,
            at=request.at,
            seen=seen(request),
        )
        messages.success(request, _("Granted."))
        if asked.occurrence is not None:
            _warn(request, asked.occurrence)
    elif verdict == "refused":
        actions.refuse(asked, answer=answer, by=request.user, at=request.at, seen=seen(request))
        messages.success(request, _("Refused, with your reason."))
    elif verdict == "taken_back":
        actions.take_back(asked, by=request.user, at=request.at, seen=seen(request))
        messages.success(request, _("Taken back."))
    else:
        raise BadInput(_("Grant it or refuse it."))


def _warn(request: SignedIn, occurrence: Occurrence) -> None:
    """Say that a part now ends behind what the unit above owes."""
    if (due := queries.owed_above(occurrence)) is not None:
        messages.warning(
            request,
            _("Your own unit owes this by %(day)s; ask for more time above as well.")
            % {"day": due},
        )


@login_required
@require_POST
def rest(request: SignedIn, pk: UUID) -> HttpResponse:
    """Whoever gave the work gives more time or a pause unasked; a pause is ended."""
    found = queries.fetch(request.standing, pk, to_act=True)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    try:
        if act == "extend":
            until: date | None = day_typed(request.POST, "until")
            if until is None:
                raise BadInput(_("Say until when."), field="until")
            actions.extend(
                found, until=until, reason=reason, by=request.user, at=request.at,
                seen=seen(request),
            )  # fmt: skip
            messages.success(request, _("The new day stands."))
            _warn(request, found)
        elif act == "pause":
            actions.pause(
                found, awaits=request.POST.get("awaits", ""), reason=reason,
                expected_on=day_typed(request.POST, "expected_on"), by=request.user,
                at=request.at, seen=seen(request),
            )  # fmt: skip
            messages.success(request, _("Paused; the days of the pause are given back."))
        elif act == "resume":
            actions.resume(found, by=request.user, at=request.at, seen=seen(request))
            messages.success(request, _("It goes on; its day has moved by the pause."))
        else:
            raise OutOfScope()
    except Refused as error:
        return occurrence.show(request, queries.fetch(request.standing, pk), error, "rest")
    return see_other("occurrence", pk)
