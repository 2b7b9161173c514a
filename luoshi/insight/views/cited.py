"""What the code on a printed paper leads to: does the log still say what the paper says?"""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from luoshi.base.models import Organisation
from luoshi.ledger.citing import Citation, agrees
from luoshi.ledger.kinds import KINDS
from luoshi.ledger.models import Entry
from luoshi.web.answers import typed_id

CHECKPOINT = re.compile(r"([1-9]\d{0,17})\.([0-9a-f]{64})")
ENTRY = re.compile(r"(\d{1,18})\.([0-9a-f]{16})")


@require_GET
def cited(request: HttpRequest) -> HttpResponse:
    """Open to everybody who holds the paper: it says yes or no, and to outsiders nothing more.

    `c` is the checkpoint (size and root), `e` the entry (number and first digits of its hash), `a`
    an approval that a slip was printed for; a sealed sheet bears a checkpoint alone.
    """
    given, entry = (
        CHECKPOINT.fullmatch(request.GET.get("c", "")),
        ENTRY.fullmatch(request.GET.get("e", "")),
    )
    user = request.user
    context: dict[str, Any] = {
        "nav": "record",
        "frame": "base.html" if user.is_authenticated else "plain.html",
        "given": given,
        "entry": entry,
    }
    if given:
        size = int(given[1])
        cite = Citation(
            int(entry[1]) - 1 if entry else size - 1, entry[2] if entry else "", size, given[2]
        )
        found = agrees(cite, entry=bool(entry))
        context |= {
            "cited": cite,
            "found": found is not None,
            "agrees": bool(found and found[1]),
            "owner": Organisation.objects.get(pk=found[0]).name if found else "",
            "approval": typed_id(request.GET.get("a", "")),
        }
        if found and found[1] and user.is_authenticated and user.organisation_id == found[0]:
            row = Entry.objects.filter(organisation_id=found[0], index=cite.index).first()
            context |= {"row": row, "kind": KINDS.get(row.kind, row.kind) if row else ""}
    return render(request, "insight/cited.html", context)
