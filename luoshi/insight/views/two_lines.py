"""一岗双责: a leader's units with both lines, a pair on one board, the lists behind a number."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from luoshi.base.refused import OutOfScope
from luoshi.directives import queries as directives
from luoshi.directives.models import Directive, Task, TaskUnit
from luoshi.directives.pairs import going
from luoshi.duties import queries as duties
from luoshi.duties.models import Assignment, Occurrence, Receipt
from luoshi.insight import two_lines
from luoshi.insight.two_lines import LINES, STAGES, Figures
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Appointment, Person, Unit
from luoshi.web.answers import typed_id
from luoshi.web.pages import page as paged
from luoshi.web.types import SignedIn

State = Occurrence.State
LABELS = dict(Directive.WorkLine.choices)
ONLY: dict[str, dict[str, Promise]] = {
    "advanced": {"overdue": pgettext_lazy("state", "Overdue")},
    "assessed": {
        str(Assignment.Effect.EFFECTIVE): pgettext_lazy("state", "Effective"),
        str(Assignment.Effect.UNCHECKED): pgettext_lazy("state", "Effect not yet checked"),
    },
}
"""Stage → what its rows may be narrowed to, with its word."""


def _year(request: SignedIn) -> int:
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else request.today.year
    return year if 1990 <= year <= 2100 else request.today.year


@login_required
@require_GET
def leader(request: SignedIn, pk: UUID) -> HttpResponse:
    """The units that a leader heads or is in charge of today, both lines side by side."""
    people = Person.objects.filter(organisation_id=request.user.organisation_id)
    person = orgs.fetch(people, pk)
    seats = (
        Appointment.objects.on(request.today)
        .filter(organisation_id=person.organisation_id, person=person)
        .select_related("post__unit")
        .order_by("post__position", "id")
    )
    held = list(seats)
    paths = orgs.paths_of([a.post.unit_id for a in held], request.today)
    if not two_lines.may_read(request.standing, person, paths.values()):
        raise OutOfScope()
    year = _year(request)
    units = two_lines.units_of(person, request.today)
    among = directives.visible_to(request.standing).filter(year=year)
    counts = two_lines.figures(
        person.organisation_id, [unit.pk for unit, _why in units], among, request.today
    )
    context = {
        "nav": "mine" if person.user_id == request.user.pk else "orgs",
        "person": person,
        "seats": held,
        "rows": two_lines.rows(units, counts),
        "heads": _heads(),
        "year": year,
        "year_text": str(year),
        "years": (request.today.year - 1, request.today.year),
    }
    return render(request, "insight/two_lines.html", context)


def _heads() -> list[tuple[str, Any]]:
    return [(line, LABELS[line]) for line in LINES]


@login_required
@require_GET
def pair(request: SignedIn, pk: UUID) -> HttpResponse:
    """A business directive and its governance counterpart: their units through four stages."""
    chosen = directives.fetch(request.standing, pk)
    readable = directives.visible_to(request.standing)
    both = _pair(chosen, readable)
    if len(both) < 2:
        raise OutOfScope()
    among = readable.filter(pk__in=[d.pk for d in both])
    one, other = (_concerns(d) for d in both)
    every = request.GET.get("all") == "1"
    units = Unit.objects.filter(
        (one | other) if every else (one & other),
        organisation_id=chosen.organisation_id,
        pk__in=duties.units_in_scope(request.standing, "occurrence.read"),
    )
    found = paged(units, request.GET.get("after", ""), by=("position", "id"))
    counts = two_lines.figures(
        chosen.organisation_id, [u.pk for u in found.rows], among, request.today
    )
    rows = two_lines.rows([(unit, "") for unit in found.rows], counts)
    sums = {line: Figures() for line in LINES}
    for row in rows:
        for line, figures in row.cells:
            sums[line].add(figures)
    context = {
        "nav": "boards",
        "both": both,
        "heads": _heads(),
        "rows": rows,
        "page": found,
        "sums": list(sums.items()) if rows and found.first and not found.after else [],
        "pair_text": str(chosen.pk),
        "every": every,
    }
    return render(request, "insight/pair.html", context)


def _concerns(directive: Directive) -> Q:
    """Units that a draft names, or to which an issued directive was handed."""
    named = TaskUnit.objects.filter(going(), unit_id=OuterRef("pk"), task__directive=directive)
    handed = Assignment.objects.filter(unit_id=OuterRef("pk"), directive=directive, parent=None)
    return Q(Exists(named)) | Q(Exists(handed))


def _pair(chosen: Directive, readable: "QuerySet[Directive]") -> list[Directive]:
    """Governance first; beside a governance directive the business one of the newest pair."""
    if chosen.work_line == Directive.WorkLine.BUSINESS:
        if chosen.counterpart_id is None:
            return [chosen]
        other = readable.filter(pk=chosen.counterpart_id).select_related("owner").first()
        return [other, chosen] if other else [chosen]
    other = (
        readable.filter(counterpart=chosen)
        .select_related("owner")
        .order_by("-created_at", "-id")
        .first()
    )
    return [chosen, other] if other else [chosen]


@login_required
@require_GET
def behind(request: SignedIn, pk: UUID) -> HttpResponse:
    """The rows that one number of a unit counts: `?line=&stage=`, `only=overdue`, `year`, `pair`.

    For who reads the unit's work, or is in charge of it.
    """
    unit = orgs.fetch(Unit.objects.filter(organisation_id=request.user.organisation_id), pk)
    standing = request.standing
    path = orgs.path_of(unit.pk, standing.on)
    if not standing.may("occurrence.read", path) and unit.pk not in standing.in_charge:
        raise OutOfScope()
    line = request.GET.get("line", "")
    line = line if line in LINES else LINES[0]
    stage = request.GET.get("stage", "")
    stage = stage if stage in STAGES else STAGES[0]
    among = directives.visible_to(standing).filter(work_line=line)
    both = typed_id(request.GET.get("pair", ""))
    papers: list[Directive] = []
    if both is not None:
        chosen = directives.fetch(standing, both)
        papers = _pair(chosen, directives.visible_to(standing))
        among = among.filter(pk__in=[d.pk for d in papers])
    else:
        among = among.filter(year=_year(request))
    only = request.GET.get("only", "")
    only = only if only in ONLY.get(stage, {}) else ""
    rows, by = _behind(unit, stage, only, among, request)
    found = paged(rows, request.GET.get("after", ""), by=by)
    context: dict[str, Any] = {
        "nav": "orgs",
        "unit": unit,
        "line": line,
        "label": LABELS[line],
        "stage": stage,
        "stages": STAGES,
        "only": only,
        "only_word": ONLY.get(stage, {}).get(only, ""),
        "heads": _heads(),
        "year": _year(request),
        "pair": both or "",
        "paper": next((d for d in papers if d.work_line == line), None),
        "page": found,
    }
    if stage == "advanced":
        context["items"] = duties.items(found.rows, request.today)
    if stage == "deployed":
        given = Receipt.objects.filter(
            organisation_id=unit.organisation_id,
            unit=unit,
            directive__in={a.directive_id for a in found.rows},
        )
        context["received"] = {r.directive_id: r.received_on for r in given}
    return render(request, "insight/lines_behind.html", context)


def _behind(
    unit: Unit, stage: str, only: str, among: "QuerySet[Directive]", request: SignedIn
) -> tuple["QuerySet[Any]", tuple[str, ...]]:
    """The rows of a stage, and their order."""
    scope: dict[str, Any] = {"organisation_id": unit.organisation_id, "unit": unit}
    issued = among.filter(state=Directive.State.ISSUED)
    if stage == "planned":
        named = TaskUnit.objects.filter(
            going(), unit=unit, task_id=OuterRef("pk"), task__directive__state__in=directives.OPEN
        )
        handed = Assignment.objects.filter(unit=unit, task_id=OuterRef("pk")).exclude(
            state=Assignment.State.MOVED
        )
        tasks = Task.objects.filter(
            Exists(named) | Exists(handed),
            organisation_id=unit.organisation_id,
            directive__in=among,
        )
        return _light(tasks.select_related("directive"), "directive__"), ("id",)
    if stage == "advanced":
        owed = Occurrence.objects.filter(directive__in=issued, **scope).exclude(state=State.WAIVED)
        if only == "overdue":
            owed = owed.overdue(request.today)
        else:
            owed = owed.filter(due_on__lte=request.today) | owed.filter(state=State.ACCEPTED)
        owed = owed.select_related("task", "directive", "unit", "assignment")
        return _light(owed, "directive__"), ("id",)
    assigned = Assignment.objects.filter(directive__in=issued, **scope)
    if stage == "assessed":
        assigned = assigned.filter(state=Assignment.State.CLOSED, part="lead")
        if only in (Assignment.Effect.EFFECTIVE, Assignment.Effect.UNCHECKED):
            assigned = assigned.filter(effect=only)
    else:
        assigned = assigned.exclude(state=Assignment.State.MOVED)
    assigned = assigned.select_related("task", "directive", "parent__unit")
    return _light(assigned, "directive__"), ("id",)


def _light(rows: "QuerySet[Any]", prefix: str) -> "QuerySet[Any]":
    return rows.defer(*(f"{prefix}{name}" for name in directives.HEAVY))
