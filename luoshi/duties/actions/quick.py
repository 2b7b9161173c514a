"""立项 in one step: the instruction is kept, its task goes out at once."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from luoshi.directives.actions import note_instruction
from luoshi.directives.models import Directive
from luoshi.duties.actions.handing import issue

if TYPE_CHECKING:
    from luoshi.accounts.models import User


@transaction.atomic
def initiate(*, by: "User", at: datetime, **values: Any) -> Directive:
    """Keep an instruction or a meeting's decision and issue its task to its units.

    Takes and raises what `note_instruction` does, and what `issue` raises; all or nothing.
    """
    directive = note_instruction(by=by, at=at, **values)
    issue(directive, by=by, at=at)
    return directive
