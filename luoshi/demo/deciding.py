"""A decision for invented data, by the road that a clerk alone has: signed by hand, entered."""

from datetime import datetime

from luoshi.accounts.models import User
from luoshi.base.clock import day_of
from luoshi.directives import actions
from luoshi.directives.models import Directive, Stage


def decide_on_paper(directive: Directive, *, signer: str, by: User, at: datetime) -> None:
    """Send the confirmed breakdown for the decision and enter the signed slip, the same day."""
    approval = actions.send(directive, stage=Stage.DECISION, signer=signer, by=by, at=at)
    actions.record_on_paper(
        approval,
        approved=True,
        signer=signer,
        signed_on=day_of(at),
        scan=actions.Scan("送审单.txt", "text/plain", [f"同意。{signer}\n".encode()]),
        by=by,
        at=at,
    )
