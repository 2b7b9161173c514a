"""The list of directives, the import, the original file, withdrawing."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base import files, pending
from luoshi.base.models import PendingUpload
from luoshi.base.refused import NotAllowed, OutOfScope, Refused
from luoshi.directives import actions, queries
from luoshi.directives.forms import ImportForm, noticed
from luoshi.directives.models import Directive, Requirement
from luoshi.orgs.models import Unit
from luoshi.web.answers import download, see_other, seen
from luoshi.web.pages import page
from luoshi.web.types import SignedIn

AGAIN = "import again"


@login_required
@require_GET
def listing(request: SignedIn) -> HttpResponse:
    """Directives that the person may read, newest first, a page at a time."""
    rows = queries.visible_to(request.standing).select_related("owner").defer(*queries.HEAVY)
    found = page(rows, request.GET.get("before", ""), by=("-created_at", "-id"))
    context = {"nav": "directives", "page": found, "may_import": owners_of(request).exists()}
    return render(request, "directives/list.html", context)


def owners_of(request: SignedIn) -> "QuerySet[Unit]":
    """The units in whose name the person imports, in their order."""
    seats = [s for s in request.standing.seats if request.standing.has("directive.import")]
    ids = {
        s.acts_for_id
        for s in seats
        if request.standing.may("directive.import", s.acts_for_path) and s.role == "clerk"
    }
    return Unit.objects.filter(pk__in=ids).order_by("position", "id")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Upload or paste a document; it is read at once and opens for triage."""
    owners = owners_of(request)
    if not owners.exists():
        raise NotAllowed()
    initial = {"year": request.today.year, "owner": owners.first()}
    form = ImportForm(request.POST or None, request.FILES or None, owners=owners, initial=initial)
    status, earlier = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            upload = data["document"] if isinstance(data["document"], UploadedFile) else None
            kept = pending.fetch(request.user, AGAIN, data["kept"]) if data["kept"] else None
            if kept is not None and kept.state.get("text") != _digest(data["text"]):
                kept = None  # what was kept is the original of its own text alone
            name, source = _original(upload, kept)
            try:
                directive = actions.import_directive(
                    text=data["text"],
                    title=data["title"],
                    number=data["number"],
                    issued_on=data["issued_on"],
                    year=data["year"],
                    work_line=data["work_line"] or Directive.WorkLine.GOVERNANCE,
                    owner=data["owner"],
                    source_name=name,
                    source=source,
                    again=data["again"],
                    kept=kept,
                    by=request.user,
                    at=request.at,
                    request_id=data["request_id"],
                )
            except actions.AlreadyImported as error:
                status, earlier = form.refuse(error), error.earlier
                form.data = {**request.POST.dict(), "text": data["text"], "again": "on"}
                if upload is not None:
                    form.data["kept"] = str(_keep(request, upload, data["text"]).pk)
            except Refused as error:
                status = form.refuse(error)
            else:
                clauses = Requirement.objects.filter(directive=directive).count()
                messages.success(
                    request,
                    ngettext("%(count)s clause found.", "%(count)s clauses found.", clauses)
                    % {"count": clauses},
                )
                for notice in data["notices"]:
                    messages.warning(request, noticed(notice))
                if directive.work_line == Directive.WorkLine.BUSINESS:
                    return see_other("directives:lines", directive.pk)
                return see_other("directives:page", directive.pk)
    context = {"nav": "directives", "form": form, "earlier": earlier}
    return render(request, "directives/new.html", context, status=status)


def _original(
    upload: UploadedFile | None, kept: PendingUpload | None
) -> tuple[str, Iterable[bytes] | None]:
    """Name and bytes of the original: just uploaded, or kept while the person decided."""
    if upload is not None:
        return upload.name or "", upload.chunks()
    if kept is not None:
        return kept.file.name, [pending.data(kept)]
    return "", None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _keep(request: SignedIn, upload: UploadedFile, text: str) -> PendingUpload:
    """Keep the original while the person decides about a text that was imported before."""
    state = {"text": _digest(text)}
    earlier = pending.waiting(request.user, AGAIN, state)
    if earlier is not None and earlier.file.name == files.shown_name(upload.name or ""):
        return earlier
    upload.seek(0)
    return pending.keep(
        upload.chunks(),
        name=upload.name or "",
        purpose=AGAIN,
        user=request.user,
        at=request.at,
        state=state,
    )


@login_required
@require_GET
def source(request: SignedIn, pk: UUID) -> FileResponse:
    """The original file, as it was uploaded, always as a download."""
    directive = queries.fetch(request.standing, pk)
    if directive.source is None:
        raise OutOfScope()
    return download(directive.source, directive.source_name)


@login_required
@require_POST
def withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take a draft back, with the reason."""
    directive = queries.fetch(request.standing, pk)
    actions.withdraw(
        directive,
        reason=request.POST.get("reason", ""),
        by=request.user,
        at=request.at,
        seen=seen(request),
    )
    messages.success(request, _("The draft was withdrawn."))
    return see_other(reverse("directives:list"))
