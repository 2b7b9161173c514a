"""What the acts on a directive share: who may, in which state, and the entry."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from luoshi.base.models import Versioned
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives import breakdown
from luoshi.directives.models import (
    Approval,
    Comment,
    Consultation,
    Consultee,
    Directive,
    Requirement,
    Snapshot,
    Task,
)
from luoshi.ledger import actions as ledger
from luoshi.orgs import access, queries

if TYPE_CHECKING:
    from luoshi.accounts.models import User

KINDS: dict[type[Versioned], str] = {
    Directive: "directive",
    Requirement: "requirement",
    Task: "task",
    Consultation: "consultation",
    Consultee: "consultee",
    Comment: "comment",
    Approval: "approval",
}


class Fixed(Refused):
    """The directive was issued or withdrawn; its breakdown no longer changes."""

    status = 409
    default = _("This directive has been issued or withdrawn; its clauses no longer change.")


def allow(directive: Directive, permission: str, *, by: "User", at: datetime) -> access.Standing:
    """Refuse who may not, by the directive's owner today. Returns the standing."""
    standing = access.standing_at(by, at)
    if directive.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing.require(permission, queries.path_of(directive.owner_id, standing.on))
    return standing


def open_for(directive: Directive, permission: str, *, by: "User", at: datetime) -> access.Standing:
    """`allow`, and refuse a directive that is no longer a draft."""
    standing = allow(directive, permission, by=by, at=at)
    lock(directive)
    if directive.state not in (Directive.State.DRAFT, Directive.State.CONFIRMED):
        raise Fixed()
    return standing


def lock(directive: Directive) -> None:
    """Hold the directive until the act's transaction ends, and take its state as it is now.

    A page may have been read long before; what was issued meanwhile does not change any more, and
    what is being issued does not change under way.
    """
    rows = Directive.objects.select_for_update(no_key=True)
    found = rows.filter(organisation_id=directive.organisation_id, pk=directive.pk)
    directive.state = found.values_list("state", flat=True).get()


def record(
    kind: str,
    row: Versioned,
    *,
    by: "User",
    at: datetime,
    values: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]] | None = None,
) -> None:
    """One ledger entry about `row`."""
    ledger.append(
        kind,
        organisation_id=row.organisation_id,
        actor=by.actor,
        at=at,
        object_kind=KINDS[type(row)],
        object_id=row.pk,
        version=row.version,
        values=values,
        rows=rows,
    )


def source_of(directive: Directive) -> dict[str, Any] | None:
    """The original file as an entry names it."""
    file = directive.source
    return {"id": file.pk, "name": file.name, "sha256": file.sha256} if file else None


def chosen_line(work_line: str) -> str:
    """The line of work (governance or business) as it is kept. Raises `BadInput`."""
    if work_line not in Directive.WorkLine.values:
        raise BadInput(_("Choose governance or business."), field="work_line")
    return str(work_line)


def keep_snapshot(directive: Directive, content: breakdown.Content, at: datetime) -> Snapshot:
    """The snapshot of this content, kept once; inside the calling act's transaction."""
    found, _made = Snapshot.objects.get_or_create(
        organisation_id=directive.organisation_id,
        directive=directive,
        sha256=breakdown.fingerprint(content),
        defaults={"content": content, "at": at},
    )
    return found
