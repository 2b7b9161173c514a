"""What a draft task says beyond its line in the grid: milestones, measure, what it supervises."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from luoshi.base.refused import BadInput, NotAllowed, Refused
from luoshi.directives import actions, queries
from luoshi.directives.models import Directive, Task, TaskKind
from luoshi.directives.typed import leading_day, typed_day
from luoshi.reading.dates import resolve
from luoshi.web.answers import see_other, seen
from luoshi.web.forms import SiteForm
from luoshi.web.templatetags.ui import full_day
from luoshi.web.types import SignedIn


class DetailsForm(SiteForm):
    """Everything of a task that most tasks leave empty."""

    task_kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TaskKind.choices)
    steps = forms.CharField(
        label=gettext_lazy("Milestones"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Key work: one a line, the day first, such as “6月30日 方案报批”. Each is reported "
            "and verified; the last one is the task's own day."
        ),
    )
    success = forms.CharField(
        label=gettext_lazy("Judged by"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("By what one sees later that it had its effect."),
    )
    target = forms.CharField(label=gettext_lazy("Target value"), required=False, max_length=100)
    check_after = forms.IntegerField(
        label=gettext_lazy("Effect check after days"),
        required=False,
        min_value=0,
        max_value=730,
        help_text=gettext_lazy("Key work: empty is 30 days, 0 is no check."),
    )
    supervises = forms.BooleanField(
        label=gettext_lazy("This is a supervision item"),
        required=False,
        help_text=gettext_lazy(
            "Then it says what is looked at, how, by what it is shown, and when; else it is "
            "not issued."
        ),
    )
    object_text = forms.CharField(
        label=gettext_lazy("What is supervised"), required=False, max_length=200
    )
    check_text = forms.CharField(label=gettext_lazy("Checked by"), required=False, max_length=200)
    evidence_text = forms.CharField(label=gettext_lazy("Shown by"), required=False, max_length=200)


def _initial(task: Task) -> dict[str, Any]:
    names = ("task_kind", "success", "target", "check_after", "supervises", "object_text",
             "check_text", "evidence_text")  # fmt: skip
    steps = "\n".join(f"{m.due_on:%Y-%m-%d} {m.title}" for m in task.milestones.all())
    return {**{name: getattr(task, name) for name in names}, "steps": steps}


def _steps(text: str, year: int) -> list[tuple[str, date]]:
    """Lines of day and title. Raises `BadInput` with the line that is none."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        day, title = leading_day(line) or ("", "")
        due_on = typed_day(day, year=year, field="steps")
        if due_on is None or not title:
            raise BadInput(
                _(
                    "“%(line)s”: write the day, a blank, and what is done by then, such as "
                    "“6月30日 方案报批”."
                ),
                field="steps",
                line=line.strip()[:60],
            )
        found.append((title, due_on))
    return found


def _saved(task: Task, before: date | None) -> str:
    """That it was saved; where the milestones moved the day, also that, and what the text says."""
    last = task.milestones.last()
    if last is None:
        return _("Saved.")
    requirement, directive = task.requirement, task.directive
    says = requirement.deadline or requirement.cadence
    read = resolve(requirement.deadline, directive.issued_on, directive.year)
    days = {"day": full_day(last.due_on), "says": says, "before": full_day(before)}
    if says and (read is None or read.on != last.due_on):
        return (
            _("Saved. The day is now %(day)s, by the last milestone; the text says “%(says)s”.")
            % days
        )
    if not says and before and before != last.due_on:
        return _("Saved. The day is now %(day)s, by the last milestone; it was %(before)s.") % days
    return _("Saved.")


@login_required
@require_http_methods(["GET", "POST"])
def details(request: SignedIn, pk: UUID) -> HttpResponse:
    """The form; only a draft task can be changed."""
    task = queries.fetch_task(request.standing, pk)
    directive = task.directive
    if not queries.may(request.standing, "directive.plan", directive):
        raise NotAllowed()
    status, fixed = 200, directive.state in (Directive.State.ISSUED, Directive.State.WITHDRAWN)
    form = DetailsForm(request.POST or None, initial=_initial(task))
    for field in form.fields.values() if fixed else ():
        field.disabled = True
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = dict(form.cleaned_data)
            data.pop("request_id")
            steps, before = data.pop("steps"), task.due_on
            try:
                actions.detail_task(
                    task,
                    values=data,
                    steps=_steps(steps, directive.year),
                    by=request.user,
                    at=request.at,
                    seen=seen(request),
                )
            except Refused as error:
                status = form.refuse(error)
            else:
                messages.success(request, _saved(task, before))
                return see_other("directives:plan", directive.pk)
    context = {
        "nav": "directives",
        "directive": directive,
        "task": task,
        "form": form,
        "fixed": fixed,
    }
    return render(request, "directives/details.html", context, status=status)
