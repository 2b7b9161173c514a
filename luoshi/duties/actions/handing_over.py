"""移交未完事项: what a closed unit left behind goes to a unit that stands; nothing is lost."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.change import claim
from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.directives.models import Part
from luoshi.directives.schedule import Due
from luoshi.duties.actions.common import DECIDE, lapse, move, rehang
from luoshi.duties.actions.handing import Hand
from luoshi.duties.actions.settling import SETTLED, give_away, pass_effect_on
from luoshi.duties.leaving import left_behind
from luoshi.duties.models import Assignment, Occurrence, Pause
from luoshi.duties.queries import stands
from luoshi.duties.sums import Tally
from luoshi.ledger import actions as ledger
from luoshi.orgs import access, queries
from luoshi.orgs.models import SEGMENT, Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

State = Occurrence.State


class StillStands(Refused):
    """The unit is there; whoever gave it work decides on each of it."""

    default = _(
        "“%(unit)s” is not closed. While it stands, it objects to a task that is not its own, and "
        "whoever gave it decides."
    )


@transaction.atomic
def hand_over(
    unit: Unit,
    assignments: Sequence[Assignment],
    to: Unit,
    *,
    reason: str,
    by: "User",
    at: datetime,
    request_id: str = "",
) -> int:
    """Give what a closed unit left behind to another unit; returns how many reports that unit owes.

    The taker owes everything that was not accepted or waived, on the same days; what the closed
    unit had put forward stays with it to be read. Parts further down hang on the taker from now
    on, and effect checks that are still due count for it. One entry, with a row for each
    assignment. Raises `StillStands`, `BadInput` for a taker outside of what the giver can give to
    or that holds a part below the same task, `NotAllowed`.
    """
    if unit.organisation_id != by.organisation_id or to.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    if stands(unit, standing.on):
        raise StillStands(unit=unit.name)
    standing.require(DECIDE, queries.last_path(unit.pk, standing.on)[:-SEGMENT])
    claim(request_id, organisation_id=by.organisation_id, user_id=by.pk, at=at)
    reason = typed(reason, field="reason", most=500)
    if not assignments:
        raise BadInput(_("Choose at least one task."), field="assignment")
    chosen = {a.pk for a in assignments}
    rows = list(
        left_behind(by.organisation_id, unit.pk)
        .filter(pk__in=chosen)
        .select_for_update(no_key=True, of=("self",))
        .order_by("id")
    )
    if len(rows) != len(chosen):
        raise BadInput(_("Part of it was handed over meanwhile. Look at what is left."))
    _check_taker(rows, to, at)
    tally, entry, owed = Tally(), [], 0
    for found in rows:
        row, count = _one(found, to, by=by, at=at, tally=tally)
        entry.append(row)
        owed += count
    tally.write(by.organisation_id)
    ledger.append(
        "assignments.handed_over",
        organisation_id=by.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="unit",
        object_id=unit.pk,
        version=unit.version,
        values={"to": to.pk, "reason": reason},
        rows=entry,
    )
    return owed


def _check_taker(rows: Sequence[Assignment], to: Unit, at: datetime) -> None:
    on = day_of(at)
    path = queries.paths_of([to.pk], on).get(to.pk, "")
    if not path:
        raise BadInput(_("“%(unit)s” does not stand today."), field="to", unit=to.name)
    for found in rows:
        giver = found.parent.unit if found.parent is not None else found.directive.owner
        above = queries.last_path(giver.pk, on)
        if not path.startswith(above) or (found.parent_id and path == above):
            raise BadInput(
                _(
                    "“%(task)s” was given by %(giver)s, and “%(unit)s” is not below it. Choose a "
                    "unit below, or leave this one out and hand it over by itself."
                ),
                field="to",
                task=found.shown_title(),
                giver=giver.name,
                unit=to.name,
            )
    below = Assignment.objects.filter(parent__in=rows, unit=to).select_related("task").first()
    if below is not None:
        raise BadInput(
            _(
                "“%(unit)s” holds a part of “%(task)s” that it answers for to the closed unit. "
                "Choose a unit above it, which will verify that part."
            ),
            field="to",
            unit=to.name,
            task=below.task.title,
        )


def _one(
    found: Assignment, to: Unit, *, by: "User", at: datetime, tally: Tally
) -> tuple[dict[str, Any], int]:
    """One assignment: the rest anew to the taker, the old one given away; its row of the entry."""
    rest = list(found.occurrences.exclude(state__in=SETTLED).order_by("due_on", "key", "number"))
    effect, check_on = found.effect, found.check_on
    hand = Hand(found.directive, at, tally)
    hand.out(
        found.task_id,
        [(to.pk, found.part)],
        [Due(o.key, o.number, o.due_on) for o in rest],
        parent=found.parent_id,
        titles=[(found.title, found.note)],
        taken_from=found.pk,
    )
    hand.write()
    taker = Assignment.objects.select_related("task").get(pk=hand.rows[0]["id"])
    Pause.objects.filter(occurrence__in=rest, ended_on__isnull=True).update(ended_on=day_of(at))
    asked = lapse(assignment=found, by=by, at=at)
    for occurrence in rest:
        move(occurrence, State.WAIVED, by=by, at=at, tally=tally, closed_on=day_of(at))
    children = rehang(found, taker.pk)
    changed = give_away(found, by=by, at=at, tally=tally)
    if effect == Assignment.Effect.UNCHECKED:
        changed += pass_effect_on(taker, check_on, cause=found, by=by, at=at, tally=tally)
    row = {
        **hand.rows[0],
        "from": ledger.plain(changed[0]),
        "waived": [{"id": str(o.pk), "version": o.version} for o in rest],
        "parts": children,
        "requests": asked,
        "closed": [ledger.plain(one) for one in changed[1:]],
    }
    return row, len(rest) if found.part == Part.LEAD else 0


__all__ = ["StillStands", "hand_over"]
