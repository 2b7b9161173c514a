"""The road of a breakdown for tests that need it behind them: decided on screen, as a head does."""

from datetime import datetime

from luoshi.directives import actions, breakdown
from luoshi.directives.models import Approval, Directive, Stage
from tests.cast import AT, Cast


def decide(
    directive: Directive, cast: Cast, *, by: str = "office_clerk", who: str = "bureau_head",
    at: datetime = AT,
) -> Approval:  # fmt: skip
    """Confirm the triage where it is not, send for the decision, approve what stands there."""
    clerk = cast.users[by]
    directive.refresh_from_db()
    if directive.state == Directive.State.DRAFT:
        actions.confirm(directive, by=clerk, at=at)
    approval = actions.send(
        directive, stage=Stage.DECISION, asked=cast.appointments[who], by=clerk, at=at
    )
    actions.approve(
        approval,
        content_seen=breakdown.fingerprint(breakdown.content_of(directive)),
        by=cast.users[who],
        at=at,
    )
    return approval
