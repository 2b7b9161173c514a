"""表样: the office's own head row, uploaded, recognised, corrected and kept for its task lists."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from luoshi.base.refused import BadInput, NotAllowed, Refused
from luoshi.directives import actions
from luoshi.directives.actions.layouts import MOST_COLUMNS
from luoshi.directives.forms import unreadable
from luoshi.directives.oldlists import NAMES
from luoshi.insight.views.papers import forms_of
from luoshi.lib.unreadable import Unreadable
from luoshi.papers import heads
from luoshi.papers.layout import FIELDS, Layout, Place, layout_from
from luoshi.papers.sheets import LARGEST
from luoshi.web.answers import see_other
from luoshi.web.types import SignedIn


@login_required
@require_http_methods(["GET", "POST"])
def layouts(request: SignedIn) -> HttpResponse:
    """Upload a form or type its headings, look at what was recognised, keep it."""
    if not request.standing.has("directive.plan"):
        raise NotAllowed()
    error: Refused | None = None
    places: Layout = ()
    if request.method == "POST":
        try:
            if "keep" in request.POST:
                places = _typed(request)
                kept = actions.keep_layout(
                    request.POST.get("name", ""), places, by=request.user, at=request.at
                )
                messages.success(
                    request, _("The form “%(name)s” can be chosen now.") % {"name": kept.name}
                )
                return see_other("layouts")
            places = layout_from(_headings(request))
        except Refused as refused:
            error = refused
    context = {
        "nav": "boards",
        "kept": forms_of(request),
        "places": places,
        "fields": {key: NAMES[key] for key in FIELDS},
        "error": error,
        "name": request.POST.get("name", ""),
        "headings": request.POST.get("headings", ""),
    }
    return render(request, "insight/layouts.html", context, status=error.status if error else 200)


def _typed(request: SignedIn) -> Layout:
    found = []
    for number, heading in enumerate(request.POST.getlist("heading")[: MOST_COLUMNS + 1]):
        width = request.POST.get(f"width-{number}", "")
        size = float(width) if width.isdecimal() and len(width) < 3 and int(width) <= 80 else 0
        found.append(Place(heading, request.POST.get(f"key-{number}", "") or None, size))
    return tuple(found)


def _headings(request: SignedIn) -> list[str]:
    """The headings of the uploaded form, or those typed in one line."""
    file = request.FILES.get("form")
    if isinstance(file, UploadedFile):
        try:
            found = heads.of_file(file.read(LARGEST + 1), file.name or "")
        except Unreadable as wrong:
            raise BadInput(unreadable(wrong), field="form") from wrong
    else:
        words = request.POST.get("headings", "").replace("，", "、").replace("\t", "、")
        found = [w.strip() for w in words.replace(",", "、").split("、") if w.strip()]
    if not found:
        raise BadInput(_("Choose the form, or type its headings."), field="form")
    return found[: MOST_COLUMNS + 1]
