"""目标: a list by year, one with its values over time, the forms that set and change it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base.refused import AlreadyDone, NotAllowed, OutOfScope, Refused, Stale
from luoshi.duties import actions, objectives
from luoshi.duties.access import Reviewers
from luoshi.duties.actions.reviewing import WHY
from luoshi.duties.models import Objective, ObjectiveChange, ObjectiveValue
from luoshi.duties.models.objectives import figure
from luoshi.duties.views.choosing import choose_unit
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Post, Unit
from luoshi.web.answers import day_typed, see_other, seen, typed_id
from luoshi.web.forms import DayInput, SiteForm
from luoshi.web.pages import page
from luoshi.web.types import SignedIn

State = Objective.State
FIELDS = {
    "title": gettext_lazy("Objective"),
    "indicator": gettext_lazy("Indicator"),
    "counted_in": gettext_lazy("Counted in"),
    "baseline": gettext_lazy("Where it begins"),
    "baseline_words": gettext_lazy("Where it begins"),
    "target": gettext_lazy("Target value"),
    "target_words": gettext_lazy("Target value"),
    "due_on": gettext_lazy("To be reached by"),
    "lead": gettext_lazy("Answering post"),
}
"""Field of an objective → its name on a page."""


class ObjectiveForm(SiteForm):
    """What is to be reached, how it is measured, by when, and which post answers for it."""

    title = forms.CharField(
        label=FIELDS["title"], max_length=100, widget=forms.TextInput(attrs={"autofocus": True})
    )
    indicator = forms.CharField(
        label=FIELDS["indicator"],
        max_length=200,
        help_text=gettext_lazy("What is counted, and where the count comes from."),
    )
    target = forms.CharField(label=FIELDS["target"], max_length=60)
    counted_in = forms.CharField(
        label=FIELDS["counted_in"],
        max_length=20,
        required=False,
        help_text=gettext_lazy("Such as % or cases."),
    )
    baseline = forms.CharField(label=FIELDS["baseline"], max_length=60, required=False)
    due_on = forms.DateField(label=FIELDS["due_on"], widget=DayInput())
    lead = forms.ChoiceField(label=FIELDS["lead"], required=False)

    def __init__(self, *args: Any, leads: dict[str, tuple[str, Post]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lead"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((key, label) for key, (label, _post) in leads.items())]


class NewForm(ObjectiveForm):
    """A new objective, with its year and the tasks that serve it."""

    year = forms.ChoiceField(label=gettext_lazy("Year"))
    tasks = forms.MultipleChoiceField(
        label=gettext_lazy("Tasks that serve it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, years: list[int], tasks: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("year", [(str(y), str(y)) for y in years]), ("tasks", tasks)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class ChangeForm(ObjectiveForm):
    """A change, with its reason and the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Why it changes"), max_length=500)


def _leads(unit: Unit, request: SignedIn) -> dict[str, tuple[str, Post]]:
    """Choices of the answering post, worded by title and who holds it."""
    found: dict[str, tuple[str, Post]] = {}
    for post, names in objectives.offered_leads(unit.pk, unit.organisation_id, request.today):
        at = "" if post.unit_id == unit.pk else f"{post.unit.short} "
        found[str(post.pk)] = (f"{at}{post.title}{f'（{names}）' if names else ''}", post)
    return found


@login_required
@require_GET
def listing(request: SignedIn) -> HttpResponse:
    """Objectives of a year of the units whose work the person reads, in the order of the units."""
    standing = request.standing
    this = request.today.year
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else this
    waiting: list[Objective] = []
    if standing.has("occurrence.review"):
        reviewers = Reviewers(request.user.organisation_id, standing.on)
        waiting = objectives.to_conclude(standing, reviewers)
    past = bool(waiting) and request.GET.get("past") == "1"
    if past:
        rows = Objective.objects.filter(pk__in=[o.pk for o in waiting])
    else:
        rows = objectives.visible_to(standing).filter(year=year)
    unit_id = typed_id(request.GET.get("unit", ""))
    if unit_id and not past:
        rows = rows.filter(unit_id=unit_id)
    found = page(
        rows.select_related("unit"),
        request.GET.get("after", ""),
        by=("unit__position", "unit_id", "due_on", "id"),
    )
    context = {
        "nav": "mine",
        "year": year,
        "years": sorted({this - 1, this, this + 1, year}),
        "unit_id": unit_id or "",
        "waiting": len(waiting),
        "past": past,
        "query": "past=1" if past else f"year={year}" + (f"&unit={unit_id}" if unit_id else ""),
        "page": found,
        "lines": objectives.lines(found.rows),
        "may_set": standing.has(objectives.SET),
    }
    return render(request, "duties/objectives.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """First the unit, by its name; then the objective."""
    standing = request.standing
    asked = request.POST.get("unit") or request.GET.get("unit", "")
    if not asked:
        if not standing.has(objectives.SET):
            raise NotAllowed()
        return choose_unit(
            request,
            objectives.places(standing),
            title=_("Which unit is it an objective of?"),
            back="objectives",
            back_title=_("Objectives"),
            then="objective_new",
        )
    unit = orgs.fetch(Unit.objects.filter(organisation_id=request.user.organisation_id), asked)
    standing.require(objectives.SET, orgs.path_of(unit.pk, standing.on))
    leads = _leads(unit, request)
    tasks = {str(t.pk): t for t in objectives.offered_tasks(unit.pk, unit.organisation_id)}
    form = NewForm(
        request.POST or None,
        leads=leads,
        years=[request.today.year - 1, request.today.year, request.today.year + 1],
        tasks=[(key, task.title) for key, task in tasks.items()],
        initial={"year": str(request.today.year), "due_on": f"{request.today.year}-12-31"},
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = actions.set_objective(
                    unit,
                    **_values(data, leads),
                    year=int(data["year"]),
                    tasks=[tasks[key] for key in data["tasks"]],
                    by=request.user,
                    at=request.at,
                    request_id=data["request_id"],
                )
            except AlreadyDone as error:
                messages.info(request, str(error))
                return see_other("objectives")
            except Refused as error:
                status = form.refuse(error)
            else:
                messages.success(request, _("The objective is set."))
                return see_other("objective", made.pk)
    context = {"nav": "mine", "unit": unit, "form": form, "o": None}
    return render(request, "duties/objective_form.html", context, status=status)


def _values(data: dict[str, Any], leads: dict[str, tuple[str, Post]]) -> dict[str, Any]:
    names = ("title", "indicator", "target", "counted_in", "baseline", "due_on")
    lead = leads[data["lead"]][1] if data["lead"] else None
    return {**{name: data[name] for name in names}, "lead": lead}


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: SignedIn, pk: UUID) -> HttpResponse:
    """Change an objective with a reason."""
    o = objectives.fetch(request.standing, pk)
    path = orgs.path_of(o.unit_id, request.standing.on)
    if not objectives.may_change(request.standing, o, path):
        raise NotAllowed(_("It was set from above; whoever set it changes it."))
    leads = _leads(o.unit, request)
    if o.lead is not None:
        leads.setdefault(str(o.lead_id), (o.lead.title, o.lead))
    initial = {
        "title": o.title,
        "indicator": o.indicator,
        "target": figure(o.target, o.target_words),
        "counted_in": o.counted_in,
        "baseline": figure(o.baseline, o.baseline_words),
        "due_on": o.due_on,
        "lead": str(o.lead_id or ""),
        "version": o.version,
    }
    form = ChangeForm(request.POST or None, leads=leads, initial=initial)
    status, newest = 200, []
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.change_objective(
                    o,
                    **_values(data, leads),
                    reason=data["reason"],
                    by=request.user,
                    at=request.at,
                    seen=data["version"],
                )
            except Refused as error:
                status = form.refuse(error)
                if isinstance(error, Stale):
                    newest = [
                        (FIELDS[name], shown)
                        for name, shown in (
                            ("title", o.title),
                            ("indicator", o.indicator),
                            ("target", o.shown_target),
                            ("baseline", o.shown_baseline),
                            ("due_on", o.due_on),
                        )
                    ]
                    form.data = {**request.POST.dict(), "version": str(o.version)}
            else:
                messages.success(request, _("The objective is changed; what it was stays shown."))
                return see_other("objective", pk)
    context = {"nav": "mine", "unit": o.unit, "form": form, "o": o, "newest": newest}
    return render(request, "duties/objective_form.html", context, status=status)


@login_required
@require_GET
def objective(request: SignedIn, pk: UUID) -> HttpResponse:
    """An objective: its values against the target, its tasks, its changes, its result."""
    return _show(request, objectives.fetch(request.standing, pk))


def _show(
    request: SignedIn, o: Objective, error: Refused | None = None, form: str = ""
) -> HttpResponse:
    standing = request.standing
    path = orgs.path_of(o.unit_id, standing.on)
    every = list(o.values.select_related("by", "corrects").order_by("on", "at", "id"))
    corrected = {v.corrects_id: v for v in every if v.corrects_id}
    values = [v for v in every if v.pk not in corrected]
    course = objectives.course(o, values)
    running = o.state == State.OPEN
    own = standing.may("occurrence.submit", path)
    may_set = running and standing.may(objectives.SET, path)
    verdict = objectives.decision(standing, Reviewers(o.organisation_id, standing.on), o)
    linked = objectives.tasks_of(o)
    offered = objectives.offered_tasks(o.unit_id, o.organisation_id) if may_set else []
    ticked = {t.pk for t, _held in linked}
    asked = request.POST if error else request.GET
    correcting = next((v for v in values if str(v.pk) == asked.get("corrects", "")), None)
    may_report = running and (own or standing.may("occurrence.record", path))
    context = {
        "nav": "mine",
        "o": o,
        "holder": objectives.holder(o.lead, standing.on) if o.lead else "",
        "every": [(v, corrected.get(v.pk)) for v in reversed(every)],
        "present": o.counted(values[-1].shown) if values else "",
        "ends": [(o.counted(v.shown), v.on) for v in (course.first, course.last)] if course else [],
        "present_on": values[-1].on if values else None,
        "course": course,
        "size": (objectives.WIDTH, objectives.HEIGHT),
        "linked": linked,
        "offered": [(t, t.pk in ticked) for t in offered],
        "changes": _changes(o),
        "may_set": may_set,
        "may_change": may_set and objectives.may_change(standing, o, path),
        "may_report": may_report,
        "for_unit": not own,
        "correcting": correcting if may_report else None,
        "may_close": running and verdict.allowed,
        "cross_check": verdict.cross_check,
        "why_not": WHY.get(verdict.why, "")
        if running and not own and standing.has("occurrence.review")
        else "",
        "passed": running and o.due_on < request.today,
        "error": error,
        "form": form,
        "typed": request.POST if error else {},
    }
    return render(request, "duties/objective.html", context, status=error.status if error else 200)


Changed = tuple[ObjectiveChange, list[tuple[Any, str, str]]]


def _changes(o: Objective) -> list[Changed]:
    """Each change with the names of what changed, what it was and what it became; two queries."""
    found = list(o.changes.select_related("by").order_by("at", "id"))
    leads = {c.was.get("lead") for c in found} | {c.became.get("lead") for c in found}
    titles = {str(p.pk): p.title for p in Post.objects.filter(pk__in=leads - {None})}
    return [
        (
            c,
            [
                (FIELDS[n], titles.get(c.was[n], c.was[n]), titles.get(c.became[n], c.became[n]))
                for n in c.became
                if c.was[n] or c.became[n]
            ],
        )
        for c in found
    ]


@login_required
@require_POST
def value(request: SignedIn, pk: UUID) -> HttpResponse:
    """Enter a value of a day, or (`corrects`) another one in place of one that was wrong."""
    o = objectives.fetch(request.standing, pk)
    try:
        given: dict[str, Any] = {
            "on": day_typed(request.POST, "on"),
            "value": request.POST.get("value", ""),
            "note": request.POST.get("note", ""),
            "said_by": request.POST.get("said_by", ""),
            "by": request.user,
            "at": request.at,
        }
        corrects = request.POST.get("corrects", "")
        if corrects:
            rows = ObjectiveValue.objects.filter(objective=o).select_related("objective")
            old = orgs.fetch(rows, corrects)
            actions.correct_value(old, reason=request.POST.get("reason", ""), **given)
        else:
            actions.report_value(o, request_id=request.POST.get("request_id", ""), **given)
    except Refused as error:
        if isinstance(error, actions.Concluded | Stale):
            raise
        return _show(request, objectives.fetch(request.standing, pk), error, "value")
    messages.success(
        request,
        _("Corrected; the earlier value stays shown.") if corrects else _("The value is entered."),
    )
    return see_other("objective", pk)


@login_required
@require_POST
def tasks(request: SignedIn, pk: UUID) -> HttpResponse:
    """Choose the tasks that serve the objective."""
    o = objectives.fetch(request.standing, pk)
    known = {t.pk: t for t in objectives.offered_tasks(o.unit_id, o.organisation_id)}
    known |= {t.pk: t for t, _held in objectives.tasks_of(o)}
    chosen = [typed_id(one) for one in request.POST.getlist("task")]
    if any(one not in known for one in chosen):
        raise OutOfScope()
    try:
        actions.choose_tasks(
            o,
            [known[one] for one in chosen if one is not None],
            by=request.user,
            at=request.at,
            seen=seen(request),
        )
    except Refused as error:
        if isinstance(error, actions.Concluded):
            raise
        return _show(request, objectives.fetch(request.standing, pk), error, "tasks")
    messages.success(request, _("The tasks are linked."))
    return see_other("objective", pk)


@login_required
@require_POST
def close(request: SignedIn, pk: UUID) -> HttpResponse:
    """Somebody outside the unit concludes the objective with its result."""
    o = objectives.fetch(request.standing, pk)
    try:
        actions.close_objective(
            o,
            result=request.POST.get("result", ""),
            found=request.POST.get("found", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
        )
    except Refused as error:
        if isinstance(error, actions.Concluded):
            raise
        return _show(request, objectives.fetch(request.standing, pk), error, "close")
    messages.success(request, _("The objective is concluded."))
    return see_other("objective", pk)
