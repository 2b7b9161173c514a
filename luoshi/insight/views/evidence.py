"""Evidence packs of what a person may read: a report, a task, a directive with its papers."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luoshi.base.models import Organisation
from luoshi.base.refused import NotAllowed, OutOfScope
from luoshi.directives import queries as directives
from luoshi.directives.models import Approval, Comment, Consultation, Consultee, Directive, Task
from luoshi.directives.views.road import fetch_approval
from luoshi.duties import queries as duties
from luoshi.duties.models import Receipt
from luoshi.ledger import packs
from luoshi.orgs import queries as orgs
from luoshi.web.answers import lines
from luoshi.web.types import SignedIn

Named = list[tuple[str, UUID]]


def _answer(
    request: SignedIn, objects: Named, *, named_in: Named, about: str
) -> StreamingHttpResponse:
    organisation = Organisation.objects.get(pk=request.user.organisation_id)
    wanted = packs.of_objects(organisation.pk, objects, named_in=named_in)
    found = packs.pack(organisation, wanted, about=about, at=request.at)
    return lines(found, f"{about[:60]}{packs.SUFFIX}")


@login_required
@require_GET
def occurrence(request: SignedIn, pk: UUID) -> StreamingHttpResponse:
    """How a report was asked, made, verified: for who may read it.

    The hand-out is a bulk act; its row about this assignment alone is shown, with its proof.
    """
    found = duties.fetch(request.standing, pk)
    named: Named = [
        ("directive", found.directive_id),
        ("task", found.task_id),
        ("unit", found.unit_id),
    ]
    if found.assignment.parent_id:
        named.append(("assignment", found.assignment.parent_id))
    title = duties.title_of(found)
    return _answer(
        request,
        [("occurrence", found.pk)],
        named_in=named,
        about=f"{found.unit.name}：{title}（{found.key}）" if found.key else title,
    )


def _whole(request: SignedIn, pk: UUID) -> Directive:
    """A directive whose whole breakdown the person may read; units below have their own part."""
    directive = directives.fetch(request.standing, pk)
    path = orgs.path_of(directive.owner_id, request.standing.on)
    if not request.standing.may("directive.read", path):
        raise NotAllowed()
    return directive


@login_required
@require_GET
def task(request: SignedIn, pk: UUID, task_id: UUID) -> StreamingHttpResponse:
    """A task: its clause, its changes, the rows by which it was handed to its units."""
    directive = _whole(request, pk)
    found = Task.objects.filter(
        organisation_id=directive.organisation_id, directive=directive, pk=task_id
    ).first()
    if found is None:
        raise OutOfScope()
    return _answer(
        request,
        [("task", found.pk), ("requirement", found.requirement_id)],
        named_in=[("directive", directive.pk)],
        about=found.title,
    )


@login_required
@require_GET
def directive(request: SignedIn, pk: UUID) -> StreamingHttpResponse:
    """A directive with its road: what its papers (list, notice, records) are made from."""
    found = _whole(request, pk)
    return _answer(request, papers_of(found), named_in=[], about=found.title)


@login_required
@require_GET
def approval(request: SignedIn, pk: UUID) -> StreamingHttpResponse:
    """An approval: what a slip is made from, for who may see the slip."""
    found = fetch_approval(request, pk)
    about = _("Approval slip: %(title)s") % {"title": found.directive.title}
    return _answer(request, [("approval", found.pk)], named_in=[], about=about)


def papers_of(directive: Directive) -> Named:
    """The objects that a directive's own papers rest on."""
    rows: Named = [("directive", directive.pk)]
    for kind, model, through in (
        ("approval", Approval, "directive"),
        ("consultation", Consultation, "directive"),
        ("consultee", Consultee, "consultation__directive"),
        ("comment", Comment, "consultee__consultation__directive"),
        ("receipt", Receipt, "directive"),
    ):
        ids = model.objects.filter(
            organisation_id=directive.organisation_id, **{through: directive}
        ).values_list("pk", flat=True)
        rows += [(kind, key) for key in ids]
    return rows
