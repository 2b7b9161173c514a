"""The default triage of a clause with its draft task: the reader's rule, asked with real units.

`docs/directives.md` has the same rule in words.
"""

from luoshi.directives.models import Task
from luoshi.reading.suggestion import CHECK, REWRITE, TIME, UNIT, default, missing


def missing_of(task: Task, *, lead_units: int, bound: str) -> list[str]:
    """What a stored draft task still lacks."""
    return missing(
        check=bool(task.check_text),
        unit=lead_units > 0,
        time=bool(task.due_on or task.rhythm or task.within),
        bound=bool(bound),
        rewritten=task.rewritten,
    )


__all__ = ["CHECK", "REWRITE", "TIME", "UNIT", "default", "missing", "missing_of"]
