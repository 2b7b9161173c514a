"""The organisation as a workbook: download, upload, look at what it would do, confirm."""

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from luoshi.base import pending
from luoshi.base.change import claimed
from luoshi.base.refused import AlreadyDone, OutOfScope, Refused
from luoshi.orgs.forms import CountsForm, WorkbookForm
from luoshi.orgs.views.form import allow, by
from luoshi.orgs.workbook import export, flow
from luoshi.orgs.workbook import template as paper
from luoshi.orgs.workbook.compare import Plan
from luoshi.orgs.workbook.report import Change
from luoshi.papers.sheets import LARGEST
from luoshi.web.answers import XLSX, made, see_other
from luoshi.web.types import SignedIn

FEW, MANY = 100, 20_000
"""Rows of a list that are shown at first, and on request."""


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: SignedIn) -> HttpResponse:
    """Choose the file and the day; it is only compared, nothing is written."""
    allow(request)
    initial = {"on": request.today}
    form = WorkbookForm(request.POST or None, request.FILES or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            file = form.cleaned_data["workbook"]
            assert isinstance(file, UploadedFile)
            try:
                kept = flow.receive(
                    file.read(LARGEST + 1),
                    name=file.name or "",
                    on=form.cleaned_data["on"],
                    complete=form.cleaned_data["complete"],
                    **by(request),
                )
            except Refused as error:
                status = form.refuse(error)
            else:
                return see_other("orgs:workbook_check", kept.pk)
    return render(request, "orgs/workbook.html", {"nav": "orgs", "form": form}, status=status)


@dataclass(frozen=True, slots=True)
class List:
    """One of the lists of a dry run: its name, how many of each act, and the rows shown."""

    of: str
    name: str
    counts: dict[str, int]
    rows: list[Change]
    more: int


@login_required
@require_http_methods(["GET", "POST"])
def check(request: SignedIn, pk: UUID) -> HttpResponse:
    """The dry run: counts, problems, changes; again with another day; confirm."""
    allow(request)
    try:
        kept = pending.fetch(request.user, flow.PURPOSE, pk)
    except OutOfScope:
        if not _sent_before(request):
            raise
        messages.info(request, str(AlreadyDone()))
        return see_other("orgs:home")
    state = {"on": kept.state["on"], "complete": kept.state["complete"]}
    form = CountsForm(request.POST if "again" in request.POST else None, initial=state)
    status, notice = 200, ""
    if request.method == "POST":
        status = 400
        try:
            if "again" not in request.POST:
                done = flow.apply(
                    kept,
                    seen=request.POST.get("seen", ""),
                    request_id=request.POST.get("request_id", ""),
                    **by(request),
                )
                messages.success(request, _said(done))
                return see_other("orgs:home")
            if form.is_valid():
                on, complete = form.cleaned_data["on"], form.cleaned_data["complete"]
                flow.again(kept, on=on, complete=complete, **by(request))
                return see_other("orgs:workbook_check", pk)
        except AlreadyDone as error:
            messages.info(request, str(error))
            return see_other("orgs:home")
        except Refused as error:
            status = error.status
            if "again" in request.POST:
                form.refuse(error)
            else:
                notice = str(error)
    plan = flow.dry_run(kept)
    context = {
        "nav": "orgs",
        "kept": kept,
        "form": form,
        "plan": plan,
        "notice": notice,
        **_shown(plan, request.GET.get("show", "")),
    }
    return render(request, "orgs/workbook_check.html", context, status=status)


def _sent_before(request: SignedIn) -> bool:
    return request.method == "POST" and claimed(
        request.POST.get("request_id", ""),
        organisation_id=request.user.organisation_id,
        user_id=request.user.pk,
    )


def _names() -> dict[str, str]:
    return {
        "unit": _("Units"),
        "person": _("People"),
        "appointment": _("Appointments"),
        "portfolio": _("Portfolios"),
    }


def _shown(plan: Plan, wanted: str) -> dict[str, Any]:
    """The lists, each cut to a first page unless it is the `wanted` one."""
    counts = plan.report.counts()
    lists = []
    for of, name in _names().items():
        rows = [change for change in plan.report.changes if change.of == of]
        most = MANY if wanted == of else FEW
        acts = counts.get(of, {"added": 0, "changed": 0, "ended": 0})
        lists.append(List(of, name, acts, rows[:most], max(0, len(rows) - most)))
    problems, notes = plan.report.problems, plan.report.notes
    most = MANY if wanted == "problem" else FEW
    most_notes = MANY if wanted == "note" else FEW
    return {
        "lists": lists,
        "problems": problems[:most],
        "more_problems": max(0, len(problems) - most),
        "notes": notes[:most_notes],
        "more_notes": max(0, len(notes) - most_notes),
        "problem_count": len(problems),
        "note_count": len(notes),
    }


def _said(plan: Plan) -> str:
    count = len(plan.report.changes)
    return ngettext("%(count)s change was made.", "%(count)s changes were made.", count) % {
        "count": count
    }


@login_required
@require_GET
def template(request: SignedIn) -> HttpResponse:
    """The empty workbook with its notes and examples."""
    allow(request)
    out = io.BytesIO()
    paper.write(out, None, on=request.today)
    return made(out.getvalue(), "组织模板.xlsx", XLSX)


@login_required
@require_GET
def present(request: SignedIn) -> HttpResponse:
    """The workbook filled with the organisation as it is today."""
    allow(request)
    out = io.BytesIO()
    paper.write(out, export.rows(request.user.organisation_id, request.today), on=request.today)
    return made(out.getvalue(), f"组织现状_{request.today.isoformat()}.xlsx", XLSX)
