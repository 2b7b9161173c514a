"""The proof that printed papers bear: the entry they rest on, the checkpoint of the day."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from luoshi.directives.models import Approval, Directive
from luoshi.ledger.citing import Citation, cite
from luoshi.papers.proof import PaperProof


def of_directives(
    request: HttpRequest, organisation_id: UUID, directives: Iterable[UUID]
) -> PaperProof | None:
    """For a paper about some directives; None before the first checkpoint or without any."""
    return _proof(request, cite(organisation_id, [("directive", key) for key in directives]))


def of_directive(request: HttpRequest, directive: Directive) -> PaperProof | None:
    """The same for a paper about one directive."""
    return of_directives(request, directive.organisation_id, [directive.pk])


def of_issue(request: HttpRequest, directive: Directive) -> PaperProof | None:
    """For the notice: the entry of the issue and its first checkpoint, whenever it is printed."""
    objects = [("directive", directive.pk)]
    return _proof(request, cite(directive.organisation_id, objects, kind="directive.issued"))


def of_approval(request: HttpRequest, approval: Approval) -> PaperProof | None:
    """For an approval slip; its address leads on to what was sent."""
    found = cite(approval.organisation_id, [("approval", approval.pk)])
    return _proof(request, found, f"&a={approval.pk}")


def of_object(
    request: HttpRequest, organisation_id: UUID, kind: str, pk: UUID
) -> PaperProof | None:
    """For a paper about anything else that the record names, such as a responsibility list."""
    return _proof(request, cite(organisation_id, [(kind, pk)]))


def _proof(request: HttpRequest, found: Citation | None, more: str = "") -> PaperProof | None:
    if found is None:
        return None
    address = request.build_absolute_uri(reverse("cited"))
    return PaperProof(found.number, found.size, found.root, f"{address}?{found.query}{more}")
