"""A workbook's records against the organisation of a day: what would be added, changed, ended."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from luoshi.orgs.workbook import words
from luoshi.orgs.workbook.holders import Seats
from luoshi.orgs.workbook.people import Human, People
from luoshi.orgs.workbook.reading import Records
from luoshi.orgs.workbook.report import Report
from luoshi.orgs.workbook.state import State, load
from luoshi.orgs.workbook.tree import Node, Tree


@dataclass(slots=True)
class Plan:
    """What applying the workbook would do; nothing is written yet."""

    on: date
    complete: bool
    state: State
    tree: Tree
    people: People
    seats: Seats
    report: Report

    @property
    def good(self) -> bool:
        """Whether it can be applied: no problem, and something to do."""
        return not self.report.problems and bool(self.report.changes)

    def digest(self) -> str:
        """Says whether two dry runs would do the same: hashed over day, option and all changes."""
        told = [astuple(change) for change in self.report.changes]
        text = json.dumps([self.on.isoformat(), self.complete, told], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def compare(records: Records, organisation_id: UUID, *, on: date, complete: bool) -> Plan:
    """Compare with the organisation as of `on`.

    `complete`: what has no row any more ends on that day; without it nothing ends but what says so.
    Reads a fixed number of queries; all problems are listed, none is raised.
    """
    state = load(organisation_id, on)
    report = Report.begun(records)
    tree = Tree(records, state, report, complete=complete)
    for node in tree.nodes:
        _tell_unit(report, node, on)
    people = People(records, state, report)
    for human in people.humans:
        _tell_person(report, human)
    seats = Seats(records, state, report, tree, people, complete=complete)
    report.problems.sort(key=lambda p: (_order(p.place.sheet, records), p.place.row or -1))
    return Plan(on, complete, state, tree, people, seats, report)


def _order(sheet: str, records: Records) -> int:
    names = [table.name for table in records.tables.values()]
    return names.index(sheet) if sheet in names else len(names)


def _tell_unit(report: Report, node: Node, on: date) -> None:
    row = node.row.row if node.row else None
    if node.closing:
        detail = _("closes on %(day)s") % {"day": on}
        report.change("unit", "ended", None, node.way(), detail)
    elif node.unit is None:
        report.change("unit", "added", row, node.name, node.parent.way() if node.parent else "")
    elif node.values or node.moved:
        parts = [
            f"{_label(name)} {_shown(name, getattr(node.unit, name))} → {_shown(name, value)}"
            for name, value in node.values.items()
        ]
        if node.moved and node.parent is not None:
            was = node.was.name if node.was else "—"
            parts.append(f"{_('Unit above')} {was} → {node.parent.name}")
        report.change("unit", "changed", row, node.unit.name, "；".join(parts))


def _tell_person(report: Report, human: Human) -> None:
    row = human.row.row if human.row else None
    if human.person is None:
        report.change("person", "added", row, human.name, human.code)
    elif human.values:
        detail = [
            f"{_label(name)} {getattr(human.person, name) or '—'} → {value}"
            for name, value in human.values.items()
        ]
        report.change("person", "changed", row, human.person.name, "；".join(detail))


def _label(name: str) -> str:
    return {
        "name": _("Name"),
        "short_name": _("Short name"),
        "unit_kind": _("Kind of unit"),
        "region": _("Region"),
        "line": _("Line of work"),
        "rank": _("Rank"),
        "position": _("Position in lists"),
        "code": _("Number"),
    }[name]


def _shown(name: str, value: Any) -> str:
    if name == "unit_kind":
        return next((group[0] for kind, group in words.KINDS.items() if kind == value), str(value))
    return str(value) if value != "" else "—"
