"""What a clause is proposed to be before any person or organisation is known: the default triage.

The site asks the same question with units of its tree in hand (`directives.triage`).
"""

from collections.abc import Sequence

from luoshi.reading.confidence import doubtful
from luoshi.reading.model import Obligation

CHECK, UNIT, TIME, REWRITE = "check", "unit", "time", "rewrite"


def missing(
    *, check: bool, unit: bool, time: bool, bound: bool = False, rewritten: bool = False
) -> list[str]:
    """What keeps a clause from being a task, in the order in which it is asked for."""
    found = []
    if bound and not rewritten:
        found.append(REWRITE)
    if not check:
        found.append(CHECK)
    if not unit:
        found.append(UNIT)
    if not time:
        found.append(TIME)
    return found


def default(
    *, relayed: bool, vague: bool, unsure: bool, lacking: Sequence[str], in_table: bool = False
) -> str:
    """relayed, task, undecided or context.

    A superior's words are relayed. A clause that touches a bound, or lacks anything, is context;
    but one that lacks only the cadence that 定期 or 常态化 leaves open waits for a person, and so
    does one that lacks nothing but may ask nothing (`unsure`), and a row of a table of tasks that
    names somebody and a time (`in_table`): it was meant as a task, and lacks a word.
    """
    if relayed:
        return "relayed"
    if not lacking:
        return "undecided" if unsure else "task"
    if vague and list(lacking) == [TIME]:
        return "undecided"
    if in_table and TIME not in lacking and REWRITE not in lacking:
        return "undecided"
    return "context"


def suggestion(found: Obligation) -> str:
    """The default for an obligation by its words alone: whoever is named counts as a unit."""
    timed = bool((found.due and found.due.on) or (found.rhythm and found.rhythm.code))
    return default(
        relayed=found.relayed,
        vague=bool(found.rhythm and found.rhythm.code is None),
        unsure=doubtful(found.confidence),
        lacking=missing(
            check=bool(found.check),
            unit=bool(found.lead or found.actors),
            time=timed or bool(found.deadline),
            bound=bool(found.bound),
        ),
    )
