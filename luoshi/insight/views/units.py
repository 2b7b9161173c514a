"""A unit's work: every occurrence it owes, in pages, and what it has been handed."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from luoshi.base.refused import OutOfScope
from luoshi.duties import guidance, objectives, queries, shown
from luoshi.duties.models import Assignment, Closing, Occurrence
from luoshi.insight import rollup
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Unit
from luoshi.web.answers import typed_id
from luoshi.web.pages import page
from luoshi.web.types import SignedIn

State = Occurrence.State
TABS = {
    "owed": (State.OPEN, State.RETURNED, State.PAUSED),
    "submitted": (State.SUBMITTED,),
    "paused": (State.PAUSED,),
    "done": (State.ACCEPTED, State.WAIVED),
    "all": (),
}


@login_required
@require_GET
def work(request: SignedIn, pk: UUID) -> HttpResponse:
    """Owed, waiting for review, done: fifty at a time by day."""
    standing = request.standing
    unit = orgs.fetch(Unit.objects.filter(organisation_id=request.user.organisation_id), pk)
    path = orgs.last_path(unit.pk, standing.on)
    if not standing.may("occurrence.read", path):
        raise OutOfScope()
    tab = request.GET.get("tab", "all" if request.GET.get("task") else "owed")
    tab = tab if tab in TABS else "owed"
    rows = queries.of_unit(unit.pk, unit.organisation_id)
    if tab != "all":
        rows = rows.filter(state__in=TABS[tab])
    task = typed_id(request.GET.get("task", ""))
    if task:
        rows = rows.filter(task_id=task)
    found = page(rows, request.GET.get("after", ""), by=("due_on", "id"))
    last = queries.last_days(found.rows)
    counts = rollup.of_unit(unit.organisation_id, unit.pk, request.today)
    handed = (
        Assignment.objects.filter(organisation_id=unit.organisation_id, unit=unit)
        .select_related("task", "directive", "parent__unit")
        .defer("directive__text", "directive__outline", "task__measure")
        .annotate(reopened=Exists(Closing.objects.filter(assignment=OuterRef("pk"))))
        .order_by("-created_at", "task__position", "id")[:60]
    )
    paused = shown.pauses(found.rows)
    items = shown.filled(queries.items(found.rows, request.today, last))
    context = {
        "nav": "mine" if unit.pk in queries.my_units(standing) else "orgs",
        "unit": unit,
        "tab": tab,
        "task": task or "",
        "page": found,
        "items": items,
        "pauses": paused,
        "resting": queries.of_unit(unit.pk, unit.organisation_id)
        .filter(state=State.PAUSED)
        .count(),
        "reported": bool(last),
        "counts": counts,
        "handed": handed,
        "objectives": objectives.of_unit(unit.pk, unit.organisation_id, request.today.year),
        "may_set": standing.may(objectives.SET, path),
        "guided": guidance.to_unit(standing, unit.pk),
        "may_guide": guidance.giver_for(standing, path) is not None,
    }
    return render(request, "insight/work.html", context)
