"""指导意见: written to a unit below, answered by it, its effect noted; the lists of both sides."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base.clock import day_of
from luoshi.base.refused import AlreadyDone, NotAllowed, OutOfScope, Refused
from luoshi.directives.models import Directive
from luoshi.duties import actions, guidance
from luoshi.duties.models import Assignment, Guidance, GuidanceFile, Occurrence
from luoshi.duties.views.choosing import choose_unit
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Unit
from luoshi.web.answers import day_typed, download, see_other, seen, typed_id
from luoshi.web.forms import DayInput, SiteForm
from luoshi.web.pages import page
from luoshi.web.types import SignedIn

State = Guidance.State
TABS = {
    "waiting": ((State.WAITING,), ("answer_by", "id")),
    "open": ((State.OPEN,), ("-at", "-id")),
    "closed": ((State.CLOSED, State.WITHDRAWN), ("-at", "-id")),
}
"""Tab → states it shows, and the columns that order it."""
EMPTY = {
    ("given", "waiting"): gettext_lazy(
        "Nothing. Notes of yours stand here for which you asked an answer, until it comes."
    ),
    ("received", "waiting"): gettext_lazy(
        "Nothing. Notes to your unit stand here that ask for an answer, until you gave it."
    ),
    ("given", "open"): gettext_lazy(
        "Nothing. Notes of yours stand here that were answered or asked for no answer, until you "
        "note what came of them."
    ),
    ("received", "open"): gettext_lazy(
        "Nothing. Notes to your unit stand here that were answered or asked for no answer, until "
        "whoever gave them notes what came of them."
    ),
    ("given", "closed"): gettext_lazy(
        "Nothing. Notes of yours stand here once you noted what came of them, or withdrew them."
    ),
    ("received", "closed"): gettext_lazy(
        "Nothing. Notes to your unit stand here once whoever gave them noted what came of them, "
        "or withdrew them."
    ),
}
"""Side and tab → what would stand there, where nothing does."""


class GuidanceForm(SiteForm):
    """What a note says, what it is about, and until when an answer is asked."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of note"),
        choices=Guidance.Kind.choices,
        initial=Guidance.Kind.GUIDANCE,
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=100,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    about = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What you tell the unit"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    answer_by = forms.DateField(
        label=gettext_lazy("An answer is asked until"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("Leave it open where none is needed. Nothing counts as overdue."),
    )

    def __init__(self, *args: Any, about: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("nothing in particular")), *about]


@login_required
@require_GET
def listing(request: SignedIn) -> HttpResponse:
    """Given by my units, or given to them: waiting for an answer, effect open, closed."""
    standing = request.standing
    may_give = guidance.places_below(standing).exists()
    side = request.GET.get("side", "")
    side = side if side in ("given", "received") else "given" if may_give else "received"
    rows = guidance.given(standing) if side == "given" else guidance.received(standing)
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    states, by = TABS[tab]
    found = page(
        guidance.listed(rows.filter(state__in=states)), request.GET.get("after", ""), by=by
    )
    context = {
        "nav": "mine",
        "side": side,
        "tab": tab,
        "page": found,
        "may_give": may_give,
        "nothing": EMPTY[side, tab],
    }
    return render(request, "duties/guidance_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """First the unit, by its name; then the note."""
    standing = request.standing
    asked = request.POST.get("unit") or request.GET.get("unit", "")
    if not asked:
        places = guidance.places_below(standing)
        if not places.exists():
            raise NotAllowed(_("Guidance goes to a unit below the one that you act for."))
        return choose_unit(
            request,
            places,
            title=_("Which unit do you write to?"),
            back="guidance",
            back_title=_("Guidance notes"),
            then="guidance_new",
        )
    unit = orgs.fetch(Unit.objects.filter(organisation_id=request.user.organisation_id), asked)
    path = orgs.path_of(unit.pk, standing.on)
    standing.require(guidance.GIVE, path)
    seat = guidance.giver_for(standing, path)
    if seat is None:
        raise NotAllowed(_("Guidance goes to a unit below the one that you act for."))
    earlier = _earlier(request, unit)
    about = _abouts(request, unit)
    initial = {"about": next((key for key in about if request.GET.get("about") == key), "")}
    if earlier is not None:
        initial["subject"] = earlier.subject
    choices = [(key, label) for key, (label, _row) in about.items()]
    form = GuidanceForm(request.POST or None, about=choices, initial=initial)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                note = actions.guide(
                    unit,
                    kind=data["kind"],
                    subject=data["subject"],
                    text=data["text"],
                    about=about[data["about"]][1] if data["about"] else None,
                    answer_by=data["answer_by"],
                    follows=earlier,
                    uploads=_uploads(request),
                    by=request.user,
                    at=request.at,
                    request_id=data["request_id"],
                )
            except AlreadyDone as error:
                messages.info(request, str(error))
                return see_other("guidance")
            except Refused as error:
                status = form.refuse(error)
            else:
                messages.success(request, _("Sent to %(unit)s.") % {"unit": unit.name})
                return see_other("guidance_note", note.pk)
    context = {
        "nav": "mine",
        "unit": unit,
        "seat": seat,
        "form": form,
        "earlier": earlier,
        "most_files": actions.MOST_FILES,
    }
    return render(request, "duties/guidance_new.html", context, status=status)


def _earlier(request: SignedIn, unit: Unit) -> Guidance | None:
    """The note that this one goes on from, where the form or the address names one."""
    asked = request.POST.get("follows") or request.GET.get("follows", "")
    if not asked:
        return None
    found = orgs.fetch(guidance.visible_to(request.standing).filter(unit=unit), asked)
    if not guidance.gives(request.standing, found):
        raise OutOfScope()
    return found


About = dict[str, tuple[str, Directive | Assignment | Occurrence]]


def _abouts(request: SignedIn, unit: Unit) -> About:
    """What a note may be about: what the unit has in hand, and what the address came from."""
    found: About = {}
    asked = request.POST.get("about") or request.GET.get("about", "")
    kind, _colon, text = asked.partition(":")
    pk = typed_id(text)
    if kind == "occurrence" and pk is not None:
        one = guidance.occurrence_of(unit.pk, unit.organisation_id, pk)
        if one is not None:
            period = f"（{one.key}）" if one.key != "once" else ""
            found[f"occurrence:{one.pk}"] = (f"{one.assignment.shown_title()}{period}", one)
    directives: About = {}
    for work in guidance.work_of(unit.pk, unit.organisation_id):
        found[f"assignment:{work.pk}"] = (work.shown_title(), work)
        directives[f"directive:{work.directive_id}"] = (
            _("The whole of “%(title)s”") % {"title": work.directive.title},
            work.directive,
        )
    return found | directives


def _uploads(request: SignedIn) -> list[actions.Upload]:
    return [
        actions.Upload(f.name or "", f.content_type or "", f.chunks())
        for f in request.FILES.getlist("files")
    ]


def _fetch(request: SignedIn, pk: UUID) -> Guidance:
    rows = guidance.visible_to(request.standing).select_related(
        "unit", "giver", "by", "ended_by", "directive", "assignment__task",
        "occurrence__task", "occurrence__assignment", "follows",
    )  # fmt: skip
    return orgs.fetch(rows, pk)


@login_required
@require_GET
def note(request: SignedIn, pk: UUID) -> HttpResponse:
    """The thread: the note, the answers, the effect, and what follows."""
    return _show(request, _fetch(request, pk))


def _show(
    request: SignedIn, found: Guidance, error: Refused | None = None, form: str = ""
) -> HttpResponse:
    standing = request.standing
    files = list(found.attached.select_related("file").order_by("id"))
    answers = list(found.answers.select_related("by").order_by("at", "id"))
    running = found.state in (State.WAITING, State.OPEN)
    gives, receives = guidance.gives(standing, found), guidance.receives(standing, found)
    where = orgs.paths_of([found.unit_id], standing.on).get(found.unit_id, "")
    own = bool(where) and receives and standing.may("occurrence.submit", where)
    records = bool(where) and gives and standing.may("occurrence.record", where)
    context = {
        "nav": "mine",
        "g": found,
        "files": [f for f in files if f.answer_id is None],
        "answers": [
            (
                a,
                [f for f in files if f.answer_id == a.pk],
                found.answer_by is not None and day_of(a.at) > found.answer_by,
            )
            for a in answers
        ],
        "further": found.further.filter(pk__in=guidance.visible_to(standing).values("pk")).order_by(
            "at", "id"
        ),
        "passed": found.state == State.WAITING
        and found.answer_by is not None
        and found.answer_by < request.today,
        "may_answer": running and (own or records),
        "for_unit": not own,
        "may_note": running and gives,
        "may_follow": gives and bool(where),
        "most_files": actions.MOST_FILES,
        "error": error,
        "form": form,
        "typed": request.POST if error else {},
    }
    return render(request, "duties/guidance.html", context, status=error.status if error else 200)


@login_required
@require_POST
def answer(request: SignedIn, pk: UUID) -> HttpResponse:
    """The unit answers, or the giving side's office enters what it said."""
    found = _fetch(request, pk)
    try:
        actions.answer_guidance(
            found,
            text=request.POST.get("text", ""),
            said_by=request.POST.get("said_by", ""),
            uploads=_uploads(request),
            by=request.user,
            at=request.at,
            request_id=request.POST.get("request_id", ""),
        )
    except Refused as error:
        if isinstance(error, actions.Ended):
            raise
        return _show(request, _fetch(request, pk), error, "answer")
    messages.success(request, _("The answer is recorded."))
    return see_other("guidance_note", pk)


@login_required
@require_POST
def effect(request: SignedIn, pk: UUID) -> HttpResponse:
    """The giving side notes what it saw come of it; where asked for, on to a further note."""
    found = _fetch(request, pk)
    try:
        actions.note_effect(
            found,
            effect=request.POST.get("effect", ""),
            found=request.POST.get("found", ""),
            seen_on=day_typed(request.POST, "seen_on"),
            by=request.user,
            at=request.at,
            seen=seen(request),
        )
    except Refused as error:
        if isinstance(error, actions.Ended):
            raise
        return _show(request, _fetch(request, pk), error, "effect")
    messages.success(request, _("The effect is noted; this note is closed."))
    if request.POST.get("next") == "further":
        return see_other("guidance_new", query=f"unit={found.unit_id}&follows={found.pk}")
    return see_other("guidance_note", pk)


@login_required
@require_POST
def withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    """The giving side takes the note out of force, with the reason."""
    found = _fetch(request, pk)
    try:
        actions.withdraw_guidance(
            found,
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
        )
    except Refused as error:
        if isinstance(error, actions.Ended):
            raise
        return _show(request, _fetch(request, pk), error, "withdraw")
    messages.success(request, _("Withdrawn; both sides still read it with the reason."))
    return see_other("guidance_note", pk)


@login_required
@require_GET
def file(request: SignedIn, pk: UUID, file_id: UUID) -> FileResponse:
    """A file of the thread, always as a download, after the note's own check."""
    found = _fetch(request, pk)
    stored = (
        GuidanceFile.objects.filter(guidance=found, file_id=file_id).select_related("file").first()
    )
    if stored is None:
        raise OutOfScope()
    return download(stored.file)
