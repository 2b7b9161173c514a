"""The proof that a directive's papers bear."""

from django.http import HttpRequest
from django.urls import reverse

from luoshi.directives.models import Directive
from luoshi.ledger.citing import cite
from luoshi.papers.proof import PaperProof


def of_directive(request: HttpRequest, directive: Directive) -> PaperProof | None:
    """Entry and checkpoint for a paper about a directive; None before the first checkpoint."""
    found = cite(directive.organisation_id, [("directive", directive.pk)])
    if found is None:
        return None
    address = request.build_absolute_uri(reverse("cited"))
    return PaperProof(found.index, found.size, found.root, f"{address}?{found.query}")
