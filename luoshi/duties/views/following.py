"""Parts of support units, effect checks, and many reports reviewed on one page."""

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base.refused import BadInput, Refused
from luoshi.duties import actions, decisions, queries, shown
from luoshi.duties.models import Occurrence, Review
from luoshi.duties.views import handing
from luoshi.duties.views.occurrence import uploads
from luoshi.orgs import queries as orgs
from luoshi.web.answers import day_typed, see_other, seen, typed_id
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


@dataclass(slots=True)
class _Sheet:
    """A page of reviews that was sent: what was typed at each line, and what came of it."""

    typed: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    failed: dict[UUID, str] = field(default_factory=dict)
    lost: list[tuple[str, str, str]] = field(default_factory=list)
    """Texts at lines that are decided: title, unit, what was typed."""
    refused: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing that was typed needs the page: it is answered by a redirect then."""
        return not (self.failed or self.lost or self.refused) and not any(
            note and said not in VERDICTS for note, said in self.typed.values()
        )


VERDICTS = ("accepted", "returned")


@login_required
@require_http_methods(["GET", "POST"])
def reviews(request: SignedIn) -> HttpResponse:
    """Up to twenty reports on one page: what is ticked is accepted, exceptions are left."""
    sheet = _Sheet()
    if request.method == "POST":
        sheet = _carried_out(request)
        if sheet.settled:
            return see_other("reviews")
    items = queries.waiting(request.standing)
    if sheet.failed:
        here = {i.occurrence.pk for i in items}
        sheet.lost += _lost(request, {pk: sheet.typed[pk][0] for pk in set(sheet.failed) - here})
        items.sort(key=lambda i: i.occurrence.pk not in sheet.failed)
    listed = items[: actions.MOST_AT_ONCE]
    shown.filled(listed)
    context = {
        "nav": "mine",
        "lines": [
            (i, *sheet.typed.get(i.occurrence.pk, ("", "")), sheet.failed.get(i.occurrence.pk, ""))
            for i in listed
        ],
        "all": len(items),
        "more": len(items) - len(listed),
        "lost": sheet.lost,
    }
    status = 409 if sheet.failed or sheet.lost else 200
    return render(request, "duties/reviews.html", context, status=status)


def _carried_out(request: SignedIn) -> _Sheet:
    """Carry out what was ticked on the lines that still wait; keep every text of the others."""
    sheet = _Sheet()
    sent = dict.fromkeys(pk for t in request.POST.getlist("shown") if (pk := typed_id(t)))
    waiting = {i.occurrence.pk: i for i in queries.waiting(request.standing)}
    verdicts = []
    for pk in sent:
        said, note = request.POST.get(f"verdict-{pk}", ""), request.POST.get(f"note-{pk}", "")
        sheet.typed[pk] = (note, said)
        if pk in waiting and said in VERDICTS:
            occurrence = waiting[pk].occurrence
            version = seen(request, f"version-{pk}") or occurrence.version
            verdicts.append(actions.Verdict(occurrence, version, said == "accepted", note))
    gone = set(sent) - set(waiting)
    try:
        if not verdicts and not gone:
            raise BadInput(_("Tick what you accept or return."))
        outcome = actions.review_many(verdicts, by=request.user, at=request.at)
    except Refused as error:
        messages.error(request, str(error))
        sheet.refused = True
        return sheet
    sheet.failed = {verdict.occurrence.pk: why for verdict, why in outcome.failed}
    for pk in {v.occurrence.pk for v in verdicts} - set(sheet.failed):
        del sheet.typed[pk]
    gone -= _mine(request, gone)
    _told(request, outcome, len(gone))
    sheet.lost = _lost(request, {pk: sheet.typed[pk][0] for pk in gone})
    return sheet


def _mine(request: SignedIn, gone: set[UUID]) -> set[UUID]:
    """Those that the person decided: the same page was sent twice."""
    rows = Review.objects.filter(
        organisation_id=request.user.organisation_id, occurrence__in=gone, by=request.user
    )
    return set(rows.values_list("occurrence_id", flat=True)) if gone else set()


def _lost(request: SignedIn, notes: dict[UUID, str]) -> list[tuple[str, str, str]]:
    """What was typed at lines that somebody else decided; a title where the person may read it."""
    notes = {pk: note for pk, note in notes.items() if note.strip()}
    if not notes:
        return []
    rows = queries.visible_to(request.standing).filter(pk__in=notes)
    named = {o.pk: o for o in rows.select_related("task", "assignment", "unit")}
    return [
        (queries.title_of(named[pk]), named[pk].unit.name, note) if pk in named else ("", "", note)
        for pk, note in notes.items()
    ]


def _told(request: SignedIn, outcome: actions.Reviewed, gone: int) -> None:
    """Say what came of it."""
    if outcome.accepted or outcome.returned:
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
        messages.warning(
            request, _("%(count)s were decided by somebody else meanwhile.") % {"count": gone}
        )
