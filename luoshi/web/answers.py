"""Answers that several views give."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from luoshi.base import files
from luoshi.base.models import StoredFile
from luoshi.base.refused import BadInput

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SeeOther(HttpResponseRedirect):
    """303: after a form was taken, look at this page."""

    status_code = 303


def see_other(name: str, *args: Any, query: str = "") -> HttpResponse:
    """Send the browser on to a named address (or a path that begins with a slash)."""
    address = name if name.startswith("/") else reverse(name, args=args)
    return SeeOther(f"{address}?{query}" if query else address)


def seen(request: HttpRequest, name: str = "version") -> int | None:
    """The version of a row that a form was made from; None where it says none."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


CHOSEN = frozenset({"act", "from", "kind", "next", "verdict"})
"""Fields of buttons and choices: nobody typed them."""


def typed_back(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a person typed into a form that a page does not show again: names and texts."""
    hidden = ("csrfmiddlewaretoken", "password", "request_id", "version")
    return [
        (name, value)
        for name, value in values.items()
        if value and not name.startswith(hidden) and name not in CHOSEN and isinstance(value, str)
    ]


def day_typed(values: Mapping[str, Any], name: str) -> date | None:
    """A day of a date field; None for an empty one. Raises `BadInput` at the field."""
    text = str(values.get(name, "")).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(_("Type a day like 2026-06-30."), field=name) from error


def typed_id(text: str) -> UUID | None:
    """The id in an address or a form, or None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def download(stored: StoredFile, name: str = "") -> FileResponse:
    """A stored file, always as a download, whatever it claims to be.

    Raises `FileChanged` where its bytes are no longer those that were recorded.
    """
    response = FileResponse(files.opened(stored), as_attachment=True, filename=name or stored.name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def lines(found: Iterator[str], name: str) -> StreamingHttpResponse:
    """A file that is made line by line while it is sent, as a download.

    The first line is made before the answer begins, so that a refusal still becomes a page.
    """
    first = next(found)
    response = StreamingHttpResponse(
        itertools.chain([first], found), content_type="application/jsonl; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def made(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file that was made for this answer, as a download."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
