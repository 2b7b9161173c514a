"""往年台账: a task list of an earlier year comes in; columns are shown and can be corrected."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base import pending
from luoshi.base.models import PendingUpload
from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Refused
from luoshi.directives import actions, oldlists, resolving
from luoshi.directives.forms import unreadable
from luoshi.directives.models import OldTask
from luoshi.directives.views.listing import owners_of
from luoshi.lib.unreadable import Unreadable
from luoshi.orgs import queries as orgs
from luoshi.papers import sheets
from luoshi.papers.columns import recognise
from luoshi.papers.sheets import LARGEST, Book
from luoshi.papers.taskheads import FIELDS
from luoshi.web.answers import see_other, seen
from luoshi.web.pages import page
from luoshi.web.types import SignedIn

SHOWN = 50
"""Rows and messages shown of a dry run; the counts are of all."""


def _allow(request: SignedIn) -> None:
    if not owners_of(request).exists():
        raise NotAllowed()


@login_required
@require_http_methods(["GET", "POST"])
def listing(request: SignedIn) -> HttpResponse:
    """The old lists, and the upload of another one."""
    _allow(request)
    error: Refused | None = None
    if request.method == "POST":
        file = request.FILES.get("workbook")
        try:
            if not isinstance(file, UploadedFile):
                raise BadInput(_("Choose the workbook."), field="workbook")
            data = file.read(LARGEST + 1)
            try:
                book = sheets.read(data, file.name or "")
            except Unreadable as wrong:
                raise BadInput(unreadable(wrong), field="workbook") from wrong
            kept = pending.keep(
                [data],
                name=file.name or "",
                purpose=oldlists.PURPOSE,
                user=request.user,
                at=request.at,
                state={"sheet": oldlists.best_sheet(book), "columns": None},
            )
        except Refused as refused:
            error = refused
        else:
            return see_other("directives:old_check", kept.pk)
    found = oldlists.visible_to(request.standing).select_related("owner", "by")
    context = {
        "nav": "directives",
        "page": page(found, request.GET.get("before", ""), by=("-year", "-id")),
        "error": error,
    }
    return render(request, "directives/old.html", context, status=error.status if error else 200)


def _read(request: SignedIn, kept: PendingUpload) -> tuple[Book, oldlists.Reading, str]:
    """The workbook, its chosen sheet as it would be taken in, and the hash of its headings."""
    book = sheets.read(pending.data(kept), kept.file.name)
    name = kept.state["sheet"]
    owner = owners_of(request).first()
    assert owner is not None
    on = request.today
    tree = resolving.tree_below(owner.organisation_id, orgs.path_of(owner.pk, on), on)
    columns = kept.state["columns"]
    mapping = {int(k): v for k, v in columns.items()} if columns is not None else None
    reading = oldlists.read(
        book, name, tree=tree, organisation_id=owner.organisation_id, mapping=mapping
    )
    sheet = book.sheet(name) or book.sheets[0]
    guess = recognise(sheet.rows, FIELDS, merges=sheet.merges)
    return book, reading, oldlists.headings_of(sheet, guess)


@login_required
@require_http_methods(["GET", "POST"])
def check(request: SignedIn, pk: UUID) -> HttpResponse:
    """The dry run: columns to correct, rows as they would be, what is left out; then confirm."""
    _allow(request)
    try:
        kept = pending.fetch(request.user, oldlists.PURPOSE, pk)
    except OutOfScope:
        if request.method != "POST":
            raise
        messages.info(request, str(AlreadyDone()))
        return see_other("directives:old")
    _book, reading, headings = _read(request, kept)
    error: Refused | None = None
    if request.method == "POST" and "again" in request.POST:
        pending.note(kept, _state(request.POST, reading))
        return see_other("directives:old_check", pk)
    if request.method == "POST":
        try:
            if request.POST.get("seen") != reading.fingerprint:
                raise BadInput(_("The columns or the units changed; look at the rows once more."))
            owner = orgs.fetch(owners_of(request), request.POST.get("owner", ""))
            year = request.POST.get("year", "").strip()
            old = actions.take_old_list(
                kept,
                reading,
                name=request.POST.get("name", ""),
                year=int(year) if year.isdecimal() and len(year) == 4 else 0,
                owner=owner,
                headings=headings,
                by=request.user,
                at=request.at,
            )
        except AlreadyDone as done:
            messages.info(request, str(done))
            return see_other("directives:old")
        except Refused as refused:
            error = refused
        else:
            count = len(reading.rows)
            messages.success(
                request,
                ngettext(
                    "%(count)s task of “%(name)s” was taken in.",
                    "%(count)s tasks of “%(name)s” were taken in.",
                    count,
                )
                % {"count": count, "name": old.name},
            )
            return see_other("directives:old_list", old.pk)
    context = {
        "nav": "directives",
        "kept": kept,
        "reading": reading,
        "rows": reading.rows[:SHOWN],
        "left_out": reading.left_out[:SHOWN],
        "errors": reading.errors[:SHOWN],
        "fields": oldlists.NAMES,
        "owners": owners_of(request),
        "error": error,
        "name": request.POST.get("name", kept.file.name.rpartition(".")[0]),
        "year": request.POST.get("year", str(request.today.year - 1)),
    }
    return render(
        request, "directives/old_check.html", context, status=error.status if error else 200
    )


def _state(typed: Mapping[str, str], reading: oldlists.Reading) -> dict[str, Any]:
    """The sheet and the columns as a person chose them; another sheet starts from its own guess."""
    sheet = typed.get("sheet", reading.sheet)
    if sheet != reading.sheet:
        return {"sheet": sheet if sheet in reading.sheets else reading.sheet, "columns": None}
    columns = {
        str(c.index): name if (name := typed.get(f"column-{c.index}", "")) in FIELDS else ""
        for c in reading.columns
    }
    return {"sheet": sheet, "columns": columns}


@login_required
@require_GET
def old_list(request: SignedIn, pk: UUID) -> HttpResponse:
    """The tasks of an old list, a page at a time."""
    found = orgs.fetch(oldlists.visible_to(request.standing).select_related("owner", "by"), pk)
    rows = OldTask.objects.filter(organisation_id=found.organisation_id, old_list=found)
    context = {
        "nav": "directives",
        "old": found,
        "page": page(rows, request.GET.get("after", ""), by=("row", "id")),
        "may": request.standing.may(
            "directive.import", orgs.path_of(found.owner_id, request.standing.on)
        ),
    }
    return render(request, "directives/old_list.html", context)


@login_required
@require_POST
def withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take an old list out of use."""
    found = orgs.fetch(oldlists.visible_to(request.standing), pk)
    actions.withdraw_old_list(
        found,
        reason=request.POST.get("reason", ""),
        by=request.user,
        at=request.at,
        seen=seen(request),
    )
    messages.success(request, _("The list was withdrawn."))
    return see_other("directives:old")
