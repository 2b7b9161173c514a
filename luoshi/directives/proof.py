"""The proof that printed papers bear: the entry they rest on, the checkpoint of the day."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from luoshi.directives.models import Directive
from luoshi.ledger.citing import cite
from luoshi.papers.proof import PaperProof


def of_directives(
    request: HttpRequest, organisation_id: UUID, directives: Iterable[UUID]
) -> PaperProof | None:
    """For a paper about some directives; None before the first checkpoint or without any."""
    found = cite(organisation_id, [("directive", key) for key in directives])
    if found is None:
        return None
    address = request.build_absolute_uri(reverse("cited"))
    return PaperProof(found.index, found.size, found.root, f"{address}?{found.query}")


def of_directive(request: HttpRequest, directive: Directive) -> PaperProof | None:
    """The same for a paper about one directive."""
    return of_directives(request, directive.organisation_id, [directive.pk])
