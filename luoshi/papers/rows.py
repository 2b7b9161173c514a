"""The rows of a task list, in groups: the same for the workbook, the Word paper and the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

BLANK = "待明确"
"""What stands, in a dashed box, where a person must fill something in."""
NO_LEAD = "牵头单位待明确"
"""The heading over tasks that no unit leads yet."""

GroupBy = Literal["point", "unit"]
"""By the document's own headings, or by the units that lead."""


@dataclass(frozen=True, slots=True)
class TaskListRow:
    """One task. An empty text is a blank, marked 待明确 where a person must fill it.

    `lead` is how the paper names the lead units in few words (5个党支部); `leads` are all of them
    by name, for grouping. Without `leads`, `lead` counts as the one name.
    """

    number: str
    section: str = ""
    title: str = ""
    measure: str = ""
    leader: str = ""
    lead: str = ""
    support: str = ""
    deadline: str = ""
    progress: str = ""
    proof: str = ""
    note: str = ""
    source: str = ""
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; an empty heading is not printed."""

    heading: str
    rows: tuple[TaskListRow, ...]


def grouped(
    rows: Iterable[TaskListRow], by: GroupBy = "point", *, units: Sequence[str] = ()
) -> list[Group]:
    """The rows under their headings.

    `point`: by the section of the text, in its order; a row without one stays with the row before.
    `unit`: under each unit that leads, in the order of `units` and then of first appearance, so a
    task with several lead units stands under each of them; tasks that nobody leads come last.
    Numbers stay those of the whole list.
    """
    if by == "unit":
        return _by_unit(rows, units)
    groups: list[tuple[str, list[TaskListRow]]] = []
    for row in rows:
        if not groups or (row.section and row.section != groups[-1][0]):
            groups.append((row.section, []))
        groups[-1][1].append(row)
    return [Group(heading, tuple(members)) for heading, members in groups]


def _by_unit(rows: Iterable[TaskListRow], units: Sequence[str]) -> list[Group]:
    found: dict[str, list[TaskListRow]] = {name: [] for name in units}
    orphans = []
    for row in rows:
        leads = dict.fromkeys(_leads(row))
        for name in leads:
            found.setdefault(name, []).append(row)
        if not leads:
            orphans.append(row)
    groups = [Group(name, tuple(members)) for name, members in found.items() if members]
    return [*groups, Group(NO_LEAD, tuple(orphans))] if orphans else groups


def _leads(row: TaskListRow) -> tuple[str, ...]:
    return row.leads or ((row.lead,) if row.lead else ())


def of_unit(rows: Iterable[TaskListRow], unit: str) -> list[TaskListRow]:
    """The rows that one unit leads: its extract of the list."""
    return [row for row in rows if unit in _leads(row)]


def extract_title(title: str, unit: str) -> str:
    """The title of a unit's extract."""
    return f"{title}（{unit}）"
