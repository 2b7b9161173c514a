"""The task list as a page that prints, as a workbook, and as a Word paper."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import override
from django.views.decorators.http import require_GET

from luoshi.base.refused import NotAllowed, OutOfScope
from luoshi.directives import queries as directives
from luoshi.directives.actions import LAYOUTS
from luoshi.directives.models import ColumnMap, Directive
from luoshi.directives.proof import of_directive
from luoshi.insight import tasklist as lists
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Unit
from luoshi.papers import qr, tasklist, tasklist_docx
from luoshi.papers.layout import Layout, Place
from luoshi.papers.rows import GroupBy, extract_title
from luoshi.web.answers import DOCX, XLSX, made, typed_id
from luoshi.web.types import SignedIn


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: a directive's whole list, or the extract of one unit.

    `whole` is whether they may see all of it; `choices` are the units whose extract they may see.
    """

    directive: Directive
    whole: bool
    unit: Unit | None
    by: GroupBy
    listing: lists.Listing
    choices: dict[UUID, str]
    form: ColumnMap | None = None

    @property
    def title(self) -> str:
        """The title of the paper; an extract names its unit."""
        title = heading(self.directive)
        if self.unit is None:
            return title
        known = self.listing.units.get(self.unit.pk)
        return extract_title(title, known.name if known else self.unit.name)

    @property
    def query(self) -> str:
        """What an address adds to ask for the same as a file."""
        given = {"unit": str(self.unit.pk)} if self.unit else {"by": "unit"}
        given = given if self.unit or self.by == "unit" else {}
        if self.form is not None:
            given["form"] = str(self.form.pk)
        return f"?{urlencode(given)}" if given else ""

    @property
    def layout(self) -> Layout | None:
        """The office's own columns, where one of its forms was chosen."""
        if self.form is None:
            return None
        return tuple(
            Place(heading, key or None, width) for heading, key, width in self.form.columns
        )


def _asked(request: SignedIn, pk: UUID) -> Asked:
    """The whole list for whoever reads at the directive's owner; everyone else has their own part.

    An extract is for those who may read what the unit owes (`occurrence.read`).
    """
    standing = request.standing
    directive = directives.fetch(standing, pk)
    path = orgs.path_of(directive.owner_id, standing.on)
    whole = standing.may("directive.read", path)
    unit = _unit(request, whole=whole)
    if unit is not None:
        path = orgs.path_of(unit.pk, standing.on)
    by: GroupBy = "unit" if request.GET.get("by") == "unit" and unit is None else "point"
    with override("zh-hans"):
        listing = lists.listing(directive, path, request.today, unit=unit)
    choices = {
        unit_id: named.name
        for unit_id, named in listing.units.items()
        if whole or (named.path and standing.may("occurrence.read", named.path))
    }
    wanted = typed_id(request.GET.get("form", ""))
    form = forms_of(request).filter(pk=wanted).first() if wanted else None
    return Asked(directive, whole, unit, by, listing, choices, form)


def forms_of(request: SignedIn) -> "QuerySet[ColumnMap]":
    """The organisation's own forms of the list."""
    return ColumnMap.objects.filter(
        organisation_id=request.user.organisation_id, purpose=LAYOUTS
    ).order_by("name", "id")


def _unit(request: SignedIn, *, whole: bool) -> Unit | None:
    """The unit asked for; without one, the whole list or the unit that the person sits for."""
    standing = request.standing
    units = Unit.objects.filter(organisation_id=request.user.organisation_id)
    if wanted := request.GET.get("unit", ""):
        unit = orgs.fetch(units, wanted)
        path = orgs.path_of(unit.pk, standing.on)
        if not whole and not standing.may("occurrence.read", path):
            raise OutOfScope()
        return unit
    if whole:
        return None
    for seat in standing.seats:
        if standing.may("occurrence.read", seat.acts_for_path):
            return orgs.fetch(units, seat.acts_for_id)
    raise NotAllowed()


def heading(directive: Directive) -> str:
    """The title of the paper."""
    title = re.sub(
        r"^(?:.*关于(?:印发)?|在)|(?:上)?的(?:通知|讲话|意见)$|[《》]", "", directive.title
    )
    return f"{title or directive.title}任务分解台账"


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """The list as offices print it; always in Chinese, the language of the paper."""
    asked = _asked(request, pk)
    proof = of_directive(request, asked.directive)
    context = {
        "nav": "boards",
        "directive": asked.directive,
        "asked": asked,
        "groups": asked.listing.groups(asked.by),
        "heading": asked.title,
        "forms": forms_of(request),
        "proof": proof,
        # our own markup: a QR code of an address
        "code": mark_safe(qr.svg(proof.link)) if proof else "",
    }
    return render(request, "insight/tasklist.html", context)


@login_required
@require_GET
def workbook(request: SignedIn, pk: UUID) -> HttpResponse:
    """The same list as .xlsx."""
    return _file(request, pk, tasklist.write, XLSX, "xlsx")


@login_required
@require_GET
def document(request: SignedIn, pk: UUID) -> HttpResponse:
    """The same list as .docx."""
    return _file(request, pk, tasklist_docx.write, DOCX, "docx")


def _file(
    request: SignedIn, pk: UUID, write: Callable[..., None], content_type: str, suffix: str
) -> HttpResponse:
    asked = _asked(request, pk)
    out = io.BytesIO()
    write(
        out,
        asked.listing.rows,
        title=asked.title,
        source=asked.directive.number or asked.directive.title,
        made_by=request.user.name,
        as_of=request.today,
        group_by=asked.by,
        units=asked.listing.names,
        layout=asked.layout,
        proof=of_directive(request, asked.directive),
    )
    return made(out.getvalue(), f"{asked.title}.{suffix}", content_type)
