"""The line of a directive, and the governance counterpart of one of business (rows S30, S31)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import change
from luoshi.base.refused import OutOfScope, Refused
from luoshi.directives.actions.common import Fixed, allow, chosen_line, lock, open_for, record
from luoshi.directives.models import Directive, PairRefusal
from luoshi.orgs import paths, queries

if TYPE_CHECKING:
    from luoshi.accounts.models import User

BUSINESS, GOVERNANCE = Directive.WorkLine.BUSINESS, Directive.WorkLine.GOVERNANCE
PLAN = "directive.plan"


class NoPair(Refused):
    """The two directives cannot be paired, or are not paired; the message says why."""

    status = 409


def _fresh(directive: Directive) -> None:
    """What the rules ask, as it is now under the lock; the version stays the one that was seen."""
    directive.refresh_from_db(fields=["work_line", "counterpart", "year"])


@transaction.atomic
def choose_line(
    directive: Directive, work_line: str, *, by: "User", at: datetime, seen: int | None = None
) -> None:
    """Say whether a directive that is not issued is one of governance or of business.

    Raises `NoPair` while it is paired: the line is part of what was paired.
    """
    open_for(directive, PLAN, by=by, at=at)
    _fresh(directive)
    line = chosen_line(work_line)
    paired = Directive.objects.filter(organisation_id=directive.organisation_id)
    if directive.counterpart_id or paired.filter(counterpart=directive).exists():
        raise NoPair(_("It is paired. Part the two first; then the line can be changed."))
    was = directive.work_line
    change(directive, seen=seen, work_line=line)
    values = {"work_line": line, "was": str(was)}
    record("directive.line_chosen", directive, by=by, at=at, values=values)


@transaction.atomic
def pair(
    directive: Directive,
    counterpart: Directive,
    *,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> None:
    """Let a directive of business run beside one of governance; taken in place of an earlier one.

    Before and after the issue. Both stand in one tree and for one year; neither is withdrawn.
    Raises `NoPair`, `OutOfScope` for a counterpart of another organisation.
    """
    standing = allow(directive, PLAN, by=by, at=at)
    if counterpart.organisation_id != directive.organisation_id:
        raise OutOfScope()
    for one in sorted((directive, counterpart), key=lambda d: d.pk):
        lock(one)
        _fresh(one)
        if one.state == Directive.State.WITHDRAWN:
            raise Fixed()
    if (directive.work_line, counterpart.work_line) != (BUSINESS, GOVERNANCE):
        raise NoPair(_("A directive of business is paired with one of governance."))
    roots = {
        queries.path_of(d.owner_id, standing.on)[: len(paths.segment(0))]
        for d in (directive, counterpart)
    }
    if len(roots) > 1 or directive.year != counterpart.year:
        raise NoPair(_("Only directives of one tree and one year are paired."))
    was = directive.counterpart_id
    if was == counterpart.pk:
        raise NoPair(_("These two are paired already."))
    change(directive, seen=seen, counterpart=counterpart)
    values = {"counterpart": counterpart.pk, "was": was}
    record("directive.paired", directive, by=by, at=at, values=values)


@transaction.atomic
def part(directive: Directive, *, by: "User", at: datetime, seen: int | None = None) -> None:
    """Take a directive of business out of its pair. Raises `NoPair` where it has none."""
    allow(directive, PLAN, by=by, at=at)
    lock(directive)
    _fresh(directive)
    was = directive.counterpart_id
    if was is None:
        raise NoPair(_("This directive is not paired."))
    change(directive, seen=seen, counterpart=None)
    values = {"counterpart": None, "was": was}
    record("directive.parted", directive, by=by, at=at, values=values)


@transaction.atomic
def refuse_pair(
    directive: Directive, counterpart: Directive, *, by: "User", at: datetime
) -> PairRefusal:
    """Say that a proposed counterpart does not belong to it; it is not proposed again.

    It can still be chosen by hand. A second refusal changes nothing and raises `NoPair`.
    """
    allow(directive, PLAN, by=by, at=at)
    if counterpart.organisation_id != directive.organisation_id:
        raise OutOfScope()
    lock(directive)
    refusal, made = PairRefusal.objects.get_or_create(
        organisation_id=directive.organisation_id,
        directive=directive,
        counterpart=counterpart,
        defaults={"by": by, "at": at},
    )
    if not made:
        raise NoPair(_("This was refused already."))
    values = {"counterpart": counterpart.pk}
    record("directive.pair_refused", directive, by=by, at=at, values=values)
    return refusal
