"""The default triage: what has no checkable result, unit and date or cadence asks nothing.

Pure functions; `docs/directives.md` has the same rule in words.
"""

from collections.abc import Sequence

from luoshi.directives.models import Task, Triage

CHECK, UNIT, TIME, REWRITE = "check", "unit", "time", "rewrite"


def missing(
    *, check: str, lead_units: int, dated: bool, bound: str = "", rewritten: bool = False
) -> list[str]:
    """What keeps a clause from being a task, in the order in which it is asked for."""
    found = []
    if bound and not rewritten:
        found.append(REWRITE)
    if not check:
        found.append(CHECK)
    if not lead_units:
        found.append(UNIT)
    if not dated:
        found.append(TIME)
    return found


def missing_of(task: Task, *, lead_units: int, bound: str) -> list[str]:
    """`missing` for a stored draft task."""
    return missing(
        check=task.check_text,
        lead_units=lead_units,
        dated=bool(task.due_on or task.rhythm),
        bound=bound,
        rewritten=task.rewritten,
    )


def default(*, relayed: bool, vague: bool, lacking: Sequence[str]) -> str:
    """The triage that the program proposes.

    A superior's words are relayed. A clause that touches a bound, or lacks anything, is context;
    but one that lacks only the cadence that 定期 or 常态化 leaves open waits for a person.
    """
    if relayed:
        return str(Triage.RELAYED)
    if not lacking:
        return str(Triage.TASK)
    if vague and list(lacking) == [TIME]:
        return str(Triage.UNDECIDED)
    return str(Triage.CONTEXT)
