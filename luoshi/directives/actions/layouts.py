"""表样: an office's own head row for the task list going out."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.names import typed
from luoshi.base.refused import BadInput, NotAllowed
from luoshi.directives.models import ColumnMap
from luoshi.ledger import actions as ledger
from luoshi.orgs import access
from luoshi.papers.layout import FIELDS, Place

if TYPE_CHECKING:
    from luoshi.accounts.models import User

PURPOSE = "task list"
MOST_COLUMNS = 30


@transaction.atomic
def keep_layout(name: str, places: Sequence[Place], *, by: "User", at: datetime) -> ColumnMap:
    """Keep an office's columns for its task lists; the same headings again replace the mapping.

    Raises `NotAllowed` for who drafts no plan, `BadInput` for no column, too many, a field twice,
    or none for the task.
    """
    if not access.standing_at(by, at).has("directive.plan"):
        raise NotAllowed()
    name = typed(name, field="name", most=100)
    if not 0 < len(places) <= MOST_COLUMNS:
        raise BadInput(
            _("A list has from 1 to %(most)s columns."), field="headings", most=MOST_COLUMNS
        )
    keys = [p.key for p in places if p.key]
    if any(key not in FIELDS for key in keys) or len(set(keys)) < len(keys):
        raise BadInput(_("Each field stands in one column only."), field="headings")
    if not {"title", "measure"} & set(keys):
        raise BadInput(_("One column must hold the task or its wording."), field="headings")
    columns = [
        [typed(p.heading, field="headings", most=60), p.key or "", float(p.width)] for p in places
    ]
    words = "\x1f".join(str(heading) for heading, _key, _width in columns)
    kept, _made = ColumnMap.objects.update_or_create(
        organisation_id=by.organisation_id,
        purpose=PURPOSE,
        headings=hashlib.sha256(words.encode()).hexdigest(),
        defaults={"name": name, "columns": columns, "by": by, "at": at},
    )
    ledger.append(
        "layout.kept",
        organisation_id=by.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="layout",
        object_id=kept.pk,
        version=1,
        values={
            "name": name,
            "columns": [[p.heading, p.key or "", round(p.width)] for p in places],
        },
    )
    return kept
