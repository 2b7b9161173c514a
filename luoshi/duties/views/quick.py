"""立项: from a leader's instruction or a meeting's decision to a task, on one form."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from luoshi.base.clock import day_of
from luoshi.base.refused import BadInput, NotAllowed, Refused
from luoshi.directives import forms as directive_forms
from luoshi.directives import resolving
from luoshi.directives.actions import Attached
from luoshi.directives.models import Directive
from luoshi.directives.price import table
from luoshi.directives.proposals import Suggested, suggest
from luoshi.directives.schedule import after
from luoshi.directives.typed import RHYTHM_WORDS
from luoshi.directives.views.listing import owners_of
from luoshi.duties import actions
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Unit
from luoshi.web.answers import see_other
from luoshi.web.forms import DayInput, SiteForm
from luoshi.web.types import SignedIn


class QuickForm(SiteForm):
    """Source, words, unit, date; the paper attached where there is one.

    Most instructions say no more than who and when: then it is basic work without an effect check.
    Where a clerk gives a measure or a target, it is key work and the effect is checked by it.
    """

    source_kind = forms.ChoiceField(
        label=gettext_lazy("Where it comes from"),
        choices=[
            (k.value, k.label)
            for k in (Directive.SourceKind.INSTRUCTION, Directive.SourceKind.MEETING)
        ],
    )
    source_by = forms.CharField(
        label=gettext_lazy("Leader, or meeting with its number"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )
    given_on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput())
    text = forms.CharField(
        label=gettext_lazy("What was instructed or decided"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    lead = forms.CharField(
        label=gettext_lazy("Lead unit"),
        required=False,
        widget=forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"}),
    )
    when = forms.CharField(
        label=gettext_lazy("Date or cadence"),
        required=False,
        help_text=gettext_lazy("Such as 6.30, or every month."),
        widget=forms.TextInput(attrs={"list": "whens", "autocomplete": "off"}),
    )
    support = forms.CharField(
        label=gettext_lazy("Support units"),
        required=False,
        widget=forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"}),
    )
    check_text = forms.CharField(label=gettext_lazy("Checked by"), required=False, max_length=200)
    success = forms.CharField(
        label=gettext_lazy("Judged by"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "With a measure or a target it is key work, and its effect is checked later."
        ),
    )
    target = forms.CharField(label=gettext_lazy("Target value"), required=False, max_length=100)
    scan = forms.FileField(
        label=gettext_lazy("Photo or scan of the paper"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
    )
    work_line = forms.ChoiceField(
        label=gettext_lazy("Line"), required=False, choices=Directive.WorkLine.choices
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Issued by"), queryset=Unit.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = owners


@login_required
@require_http_methods(["GET", "POST"])
def quick(request: SignedIn) -> HttpResponse:
    """The form; what the words themselves say of unit and date is filled in to be looked at."""
    owners = owners_of(request)
    owner = owners.first()
    if owner is None:
        raise NotAllowed()
    initial = {"given_on": request.today, "owner": owner}
    form = QuickForm(request.POST or None, request.FILES or None, owners=owners, initial=initial)
    status, suggested = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                directive, suggested = _initiate(request, form.cleaned_data)
            except Refused as error:
                field = "check_text" if error.field == "check" else error.field
                error.field = field
                status = form.refuse(error)
            else:
                if directive is not None:
                    messages.success(
                        request, _("“%(title)s” was issued.") % {"title": directive.title}
                    )
                    if directive.work_line == Directive.WorkLine.BUSINESS:
                        return see_other("directives:lines", directive.pk)
                    return see_other("directives:page", directive.pk)
                status = 200
        if suggested is not None:
            form.data = {**request.POST.dict(), **suggested.filled(request.POST)}
    on = day_of(request.at)
    tree = resolving.tree_below(owner.organisation_id, orgs.path_of(owner.pk, on), on)
    leaders = resolving.leaders_by_unit(owner.organisation_id, on)
    context = {
        "nav": "directives",
        "form": form,
        "suggested": suggested,
        "names": [n.name for n in tree.nodes[:300]],
        "sources": sorted({f"{who} {title}" for p in leaders.values() for _a, who, title, _s in p}),
        "rhythms": RHYTHM_WORDS,
    }
    return render(request, "duties/quick.html", context, status=status)


def _initiate(request: SignedIn, data: dict[str, Any]) -> tuple[Directive | None, Suggested | None]:
    """Issue it; or, where unit or date are left open and the words say them, only propose those."""
    owner: Unit = data["owner"]
    on = day_of(request.at)
    path = orgs.path_of(owner.pk, on)
    if not data["lead"].strip() or not data["when"].strip():
        found = suggest(data["text"], owner=owner, path=path, given_on=data["given_on"], on=on)
        if found.helps(data["lead"], data["when"]):
            return None, found
    tree = resolving.tree_below(owner.organisation_id, path, on)
    cells = directive_forms.cells(
        {"lead": data["lead"], "support": data["support"], "when": data["when"]},
        tree,
        year=on.year,
    )
    _not_twice(data["support"], cells.lead or [], tree)
    due_on = cells.due_on
    if cells.within:
        due_on = after(data["given_on"] or on, cells.within, cells.within_unit, table())
    upload = data["scan"] if isinstance(data["scan"], UploadedFile) else None
    attached = None
    if upload is not None:
        attached = Attached(upload.name or "", upload.content_type or "", upload.chunks())
    directive = actions.initiate(
        source_kind=data["source_kind"],
        source_by=data["source_by"],
        given_on=data["given_on"],
        text=data["text"],
        lead=cells.lead or [],
        support=cells.support or [],
        due_on=due_on,
        rhythm=cells.rhythm,
        check=data["check_text"],
        success=data["success"],
        target=data["target"],
        work_line=data["work_line"] or Directive.WorkLine.GOVERNANCE,
        attached=attached,
        owner=owner,
        by=request.user,
        at=request.at,
        request_id=data["request_id"],
    )
    return directive, None


def _not_twice(support: str, lead: Sequence[UUID], tree: resolving.Tree) -> None:
    """Refuse a support unit, named as such, that leads already; a group may hold the lead unit."""
    for found in resolving.typed_units(support, tree):
        if found.why != "group" and any(node.id in lead for node in found.units):
            raise BadInput(
                _("“%(unit)s” leads already and cannot support as well."),
                field="support",
                unit=found.units[0].name,
            )
