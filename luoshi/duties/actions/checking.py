"""跟踪问效: some time after a key task is closed, somebody outside asks whether it had effect."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from luoshi.base.clock import day_of
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, OutOfScope, Refused, Stale
from luoshi.duties import queries
from luoshi.duties.access import Decision, Reviewers
from luoshi.duties.actions.common import begin, begun, check_day_to_come, next_key
from luoshi.duties.actions.reviewing import WHY, NotYours
from luoshi.duties.actions.settling import lock, mark_effective, reopen, said
from luoshi.duties.models import Assignment, EffectCheck
from luoshi.duties.sums import Tally
from luoshi.ledger import actions as ledger
from luoshi.orgs import access

if TYPE_CHECKING:
    from luoshi.accounts.models import User


class NothingToCheck(Refused):
    """The assignment waits for no effect check."""

    status = 409
    default = _("No effect check waits here; it may have been entered a moment ago.")


def may_check(assignment: Assignment, standing: access.Standing, reviewers: Reviewers) -> Decision:
    """Whether the person may check the effect: the rule of reviews, for the whole assignment."""
    by = queries.authors_in([assignment])[assignment.pk]
    return queries.check_decision(standing, reviewers, assignment, by)


@transaction.atomic
def check_effect(
    assignment: Assignment,
    *,
    verdict: str,
    found: str,
    again_on: date | None = None,
    by: "User",
    at: datetime,
    seen: int | None = None,
) -> EffectCheck:
    """Say what was found against the measure of success; without effect the task opens again.

    `again_on` is then the day until which it is done again, and everything above opens with it.
    Earlier than the planned day is fine. Raises `NothingToCheck`, `NotYours`, `Stale`, `BadInput`.
    """
    if assignment.organisation_id != by.organisation_id:
        raise OutOfScope()
    standing = access.standing_at(by, at)
    reviewers = Reviewers(assignment.organisation_id, standing.on)
    decision = may_check(assignment, standing, reviewers)
    if not decision.allowed:
        raise NotYours(WHY.get(decision.why))
    lock(assignment)
    if assignment.effect != Assignment.Effect.UNCHECKED:
        raise NothingToCheck()
    if seen is not None and seen != assignment.version:
        raise Stale()
    if verdict not in EffectCheck.Verdict.values:
        raise BadInput(_("Say whether it had its effect."), field="verdict")
    found = typed(found.replace("\r", "").replace("\n", " "), field="found", most=1000)
    ineffective = verdict == EffectCheck.Verdict.INEFFECTIVE
    if ineffective:
        if again_on is None or again_on <= day_of(at):
            raise BadInput(_("Say until when it is done again: a day to come."), field="again_on")
        check_day_to_come(again_on, at, field="again_on")
    check = EffectCheck.objects.create(
        organisation_id=assignment.organisation_id,
        assignment=assignment,
        verdict=verdict,
        found=found,
        again_on=again_on if ineffective else None,
        cross_check=decision.cross_check,
        by=by,
        at=at,
    )
    tally, more = Tally(), dict[str, Any]()
    if ineffective:
        assert again_on is not None
        more["reopened"] = reopen(assignment, by=by, at=at, tally=tally)
        key = next_key(assignment.pk, "E")
        more["next"] = begun(begin(assignment, key, again_on, by=by, at=at, tally=tally))
    else:
        mark_effective(assignment, by=by, at=at, tally=tally)
        more["effective"] = said(assignment)
    tally.write(assignment.organisation_id)
    ledger.append(
        "assignment.checked",
        organisation_id=assignment.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="assignment",
        object_id=assignment.pk,
        version=assignment.version,
        values={
            "check": check.pk,
            "verdict": verdict,
            "found": found,
            "again_on": check.again_on,
            "cross_check": check.cross_check,
            "state": assignment.state,
            "effect": assignment.effect,
            **more,
        },
    )
    return check
