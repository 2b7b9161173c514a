"""Units without accounts: workbooks and weekly sheets out, filled workbooks back in."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base import pending
from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Refused
from luoshi.directives.proof import of_directives
from luoshi.duties import actions, offline, queries
from luoshi.duties.models import Occurrence
from luoshi.papers import qr
from luoshi.web.answers import day_typed, made, see_other, typed_id
from luoshi.web.types import SignedIn

PURPOSE = "unit workbooks"
AHEAD = 31
SHOWN = 300
"""Troubles shown at most; the counts are of all."""


def _allow(request: SignedIn) -> None:
    if not request.standing.has("occurrence.record"):
        raise NotAllowed()


@login_required
@require_GET
def page(request: SignedIn) -> HttpResponse:
    """Who owes something and cannot report by themselves."""
    _allow(request)
    return _show(request)


def _show(request: SignedIn, error: Refused | None = None) -> HttpResponse:
    try:
        until = day_typed(request.GET, "until") or request.today + timedelta(days=AHEAD)
    except BadInput as wrong:
        error, until = wrong, request.today + timedelta(days=AHEAD)
    found = offline.units(request.standing, until=until)
    context = {
        "nav": "boards",
        "until": until,
        "units": found,
        "without": [u for u in found if not u.signs_in],
        "error": error,
    }
    return render(request, "duties/offline.html", context, status=error.status if error else 200)


def _chosen(request: SignedIn) -> tuple[Sequence[Occurrence], date]:
    """What the ticked units owe; raises `BadInput` where none is ticked or owes anything."""
    ids = [i for i in map(typed_id, request.POST.getlist("unit")) if i]
    if not ids:
        raise BadInput(_("Choose at least one unit."), field="unit")
    until = day_typed(request.POST, "until") or request.today + timedelta(days=AHEAD)
    return offline.owed_by(request.standing, ids, until=until), until


@login_required
@require_POST
def workbooks(request: SignedIn) -> HttpResponse:
    """One .zip with a workbook a unit; always in Chinese, the language of the paper."""
    _allow(request)
    try:
        owed, _until = _chosen(request)
    except BadInput as error:
        return _show(request, error)
    with override("zh-hans"):
        books = offline.books(
            owed, organisation=request.user.organisation.name, today=request.today
        )
        data = offline.packed(books)
    return made(data, f"任务办理表_{request.today.isoformat()}.zip", "application/zip")


@login_required
@require_POST
def sheets(request: SignedIn) -> HttpResponse:
    """A page a unit to print: what is due by next week, with room for a pen."""
    _allow(request)
    try:
        owed, _until = _chosen(request)
    except BadInput as error:
        return _show(request, error)
    week = request.today + timedelta(days=7)
    by_unit: dict[UUID, list[Occurrence]] = {}
    for one in owed:
        by_unit.setdefault(one.unit_id, [])
        if one.due_on is not None and one.due_on <= week:
            by_unit[one.unit_id].append(one)
    names = {o.unit_id: o.unit.name for o in owed}
    proof = of_directives(request, request.user.organisation_id, {o.directive_id for o in owed})
    with override("zh-hans"):
        context = {
            "nav": "boards",
            "week": week,
            "proof": proof,
            # our own markup: a QR code of an address
            "code": mark_safe(qr.svg(proof.link)) if proof else "",
            "sheets": [
                (names[unit], queries.items(mine, request.today)) for unit, mine in by_unit.items()
            ],
        }
        return render(request, "duties/offline_sheets.html", context)


@login_required
@require_POST
def upload(request: SignedIn) -> HttpResponse:
    """Take the returned files, .xlsx or a .zip of them; nothing is entered yet."""
    _allow(request)
    files = [f for f in request.FILES.getlist("files") if isinstance(f, UploadedFile)]
    try:
        if not files:
            raise BadInput(_("Choose the returned workbooks, or one .zip of them."), field="files")
        found = []
        # what is kept until it is confirmed must fit as one file
        budget = offline.Budget(settings.UPLOAD_LIMIT)
        for file in files:
            data = file.read(settings.UPLOAD_LIMIT + 1)
            found += offline.unpacked(file.name or "", data, budget)
        if not found:
            raise BadInput(_("There is no workbook in it."), field="files")
        kept = pending.keep(
            [_zip(found)], name="returned.zip", purpose=PURPOSE, user=request.user, at=request.at
        )
    except Refused as error:
        return _show(request, error)
    return see_other("offline_returned", kept.pk)


def _zip(found: Sequence[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for number, (name, data) in enumerate(found):
            package.writestr(f"{number:04}/{name}", data)
    return out.getvalue()


@login_required
@require_http_methods(["GET", "POST"])
def returned(request: SignedIn, pk: UUID) -> HttpResponse:
    """What each row would do; confirmed, the clean ones are entered."""
    _allow(request)
    try:
        kept = pending.fetch(request.user, PURPOSE, pk)
    except OutOfScope:
        if request.method != "POST":
            raise
        messages.info(request, str(AlreadyDone()))
        return see_other("offline")
    budget = offline.Budget(2 * settings.UPLOAD_LIMIT)
    files = offline.unpacked("returned.zip", pending.data(kept), budget)
    check = offline.check(files, request.standing)
    moved = False
    if request.method == "POST":
        moved = request.POST.get("seen", "") != check.fingerprint
        if not moved:
            try:
                done = actions.merge_returned(check, kept, by=request.user, at=request.at)
            except AlreadyDone as error:
                messages.info(request, str(error))
                return see_other("offline")
            _tell(request, done)
            return see_other("offline")
    troubles = [(f, e) for f in check.files for e in f.troubles]
    context = {
        "nav": "boards",
        "check": check,
        "kept": kept,
        "troubles": troubles[:SHOWN],
        "more": max(0, len(troubles) - SHOWN),
        "hints": [(f, e) for f in check.files for e in f.entries if e.verdict == "skip" and e.why],
        "conflicts": check.count("conflict"),
        "errors": check.count("error") + sum(bool(f.error) for f in check.files),
        "skips": check.count("skip"),
        "moved": moved,
    }
    return render(request, "duties/offline_check.html", context, status=409 if moved else 200)


def _tell(request: HttpRequest, done: actions.Outcome) -> None:
    said = ngettext(
        "%(count)s report was entered.", "%(count)s reports were entered.", done.taken
    ) % {"count": done.taken}
    messages.success(request, said)
    for name, why in done.failed:
        messages.error(request, f"{name}: {why}")
