"""Lists in pages by key: the next page starts behind the last row shown, at any depth as fast."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from luoshi.base.refused import BadInput

SIZE = 50
DAMAGED = _("The address of this page is damaged. Open the list anew.")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """The rows of one page; `after` is the token of the next one, empty on the last."""

    rows: list[M]
    after: str
    first: bool


def page(rows: "QuerySet[M]", token: str, *, by: Sequence[str], size: int = SIZE) -> Page[M]:
    """A page of `rows` ordered by columns `by` (`-` for descending), the last of them unique.

    `token` is what an earlier page gave as `after`; a token that was tampered with is refused.
    """
    try:
        if token:
            rows = rows.filter(_behind(_values(token, len(by)), by))
        found = list(rows.order_by(*by)[: size + 1])
    except (ValidationError, ValueError, TypeError, OverflowError, DataError) as error:
        if not token:
            raise
        raise BadInput(DAMAGED) from error
    after = _token(found[size - 1], by) if len(found) > size else ""
    return Page(found[:size], after, not token)


def _behind(values: Sequence[Any], by: Sequence[str]) -> Q:
    wanted = Q(pk__in=[])
    equal = Q()
    for name, value in zip(by, values, strict=True):
        column = name.lstrip("-")
        beyond = Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        wanted |= equal & beyond
        equal &= Q(**{column: value})
    return wanted


def _token(row: Model, by: Sequence[str]) -> str:
    values = []
    for name in by:
        value: Any = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        kind = "d" if isinstance(value, datetime) else "o" if isinstance(value, date) else "v"
        plain = value.isoformat() if isinstance(value, date) else value
        values.append([kind, str(plain) if isinstance(plain, UUID) else plain])
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _values(token: str, count: int) -> list[Any]:
    try:
        pairs = json.loads(base64.urlsafe_b64decode(token.encode()))
        values = [
            datetime.fromisoformat(v) if k == "d" else date.fromisoformat(v) if k == "o" else v
            for k, v in pairs
        ]
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadInput(DAMAGED) from error
    if len(values) != count:
        raise BadInput(DAMAGED)
    return values
