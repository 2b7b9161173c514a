"""The sheet 单位 against the tree of a day: which row is which unit, and the tree that results."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from luoshi.orgs import outline, paths
from luoshi.orgs.models import DEPTH, SEGMENT, Placement, Unit, UnitKind
from luoshi.orgs.workbook import words
from luoshi.orgs.workbook.reading import Place, Records, UnitRow
from luoshi.orgs.workbook.report import Report
from luoshi.orgs.workbook.state import State, reference

FIELDS = ("short_name", "region", "line", "rank")


@dataclass(slots=True, eq=False)
class Node:
    """A unit of the resulting tree: one that stands already, a new one, or both (row and unit).

    `values`: what a new unit is made with, or what an existing one gets otherwise.
    """

    name: str
    code: str = ""
    unit: Unit | None = None
    place: Placement | None = None
    row: UnitRow | None = None
    parent: "Node | None" = None
    was: "Node | None" = None
    closing: bool = False
    path: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def moved(self) -> bool:
        """Whether an existing unit comes to stand below another one."""
        return self.unit is not None and self.parent is not self.was

    @property
    def made(self) -> Unit:
        """The unit, which by now is there."""
        assert self.unit is not None
        return self.unit

    def up(self) -> Iterator["Node"]:
        """The node and those above it; ends in a circle as well."""
        seen: set[int] = set()
        at: Node | None = self
        while at is not None and id(at) not in seen:
            seen.add(id(at))
            yield at
            at = at.parent

    def way(self) -> str:
        """上级/单位, from below the root."""
        names = [node.name for node in self.up()]
        return "/".join(reversed(names[:-1] or names))


class Tree:
    """Binds the rows to the units of the state and finds out what the tree becomes.

    `report` gets the problems. `complete`: units without a row are closed.
    """

    def __init__(self, records: Records, state: State, report: Report, *, complete: bool) -> None:
        self.state, self.report, self.complete = state, report, complete
        self.unread = records.unread.get(words.UNITS, set())
        self.rows = records.units
        self.table = records.table(words.UNITS)
        self.nodes: list[Node] = []
        self._by_name: dict[str, list[Node]] = {}
        self._by_short: dict[str, list[Node]] = {}
        self._by_code: dict[str, Node] = {}
        self._by_reference: dict[str, Node] = {}
        self._file_names: dict[str, list[UnitRow]] = {}
        self._bound: dict[int, Node] = {}
        self._existing()
        self._bind()
        self._parents()
        self._close()
        self._check()
        self._fields()

    # Which row is which unit

    def _existing(self) -> None:
        nodes: dict[Any, Node] = {}
        for unit in self.state.in_order():
            place = self.state.places[unit.pk]
            above = nodes.get(place.parent_id)
            node = Node(unit.name, unit.code, unit, place, None, above, above)
            nodes[unit.pk] = node
            self._add(node)
            self._by_reference[reference(unit.pk)] = node

    def _add(self, node: Node) -> None:
        self.nodes.append(node)
        self._by_name.setdefault(node.name, []).append(node)
        if node.unit is not None and node.unit.short_name:
            self._by_short.setdefault(node.unit.short_name, []).append(node)
        if node.code:
            self._by_code[node.code] = node

    def _bind(self) -> None:
        """Rows by number or reference first, then by name below the unit above, from the top."""
        codes: dict[str, UnitRow] = {}
        for row in self.rows:
            self._file_names.setdefault(row.name, []).append(row)
            number = row.code or (row.reference and words.REFERENCE + row.reference)
            if number and number in codes:
                self._wrong(
                    row,
                    "code",
                    _("Row %(row)s has the number %(number)s too. A number names one unit only.")
                    % {"row": codes[number].row + 1, "number": number},
                )
                continue
            if number:
                codes[number] = row
            node = self._by_code.get(row.code) if row.code else None
            if row.reference:
                node = self._by_reference.get(row.reference)
                if node is None:
                    self._wrong(
                        row,
                        "code",
                        _("No unit of this day has the number %(number)s. Empty the cell.")
                        % {"number": number},
                    )
                    continue
            if row.code and row.code in self.state.taken_codes:
                self._wrong(
                    row,
                    "code",
                    _("The closed unit “%(unit)s” has this number. Give another one.")
                    % {"unit": self.state.taken_codes[row.code].name},
                )
                continue
            if node is not None:
                self._take(row, node)
        waiting = [row for row in self.rows if self._open(row)]
        while waiting:
            ready = [row for row in waiting if not self._waits(row)] or waiting
            for row in ready:
                self._bind_by_name(row)
            waiting = [row for row in waiting if self._open(row)]

    def _open(self, row: UnitRow) -> bool:
        return row.row not in self._bound and not self.report.wrong(self.table, row.row)

    def _waits(self, row: UnitRow) -> bool:
        """Whether the row above it in the file is not bound yet."""
        last = _parts(row.parent)[-1] if row.parent else ""
        above = self._file_names.get(last, []) + self._file_names.get(row.parent, [])
        return any(self._open(other) for other in above if other is not row)

    def _bind_by_name(self, row: UnitRow) -> None:
        parent = self._one(row.parent) if row.parent else None
        there = [n for n in self._by_name.get(row.name, []) if n.row is None]
        # A row behind the first without a number: the same name below the same unit is refused.
        sure = parent is not None or not row.parent
        same = [n for n in there if sure and n.parent is parent]
        if len(same) == 1:
            self._take(row, same[0])
            return
        alone = len(self._file_names[row.name]) == 1 and len(there) == 1 and not row.code
        if alone and row.parent and there[0].unit is not None:
            if self.complete:
                self._take(row, there[0])
                return
            self._wrong(
                row,
                "parent",
                _(
                    "A unit of this name stands elsewhere: %(way)s (number %(number)s). "
                    "If it is the same and moves, put that number in; "
                    "if it is another one, give it a number of its own."
                )
                % {"way": there[0].way(), "number": self._number(there[0])},
            )
            return
        node = Node(row.name, row.code, row=row)
        self._bound[row.row] = node
        self._add(node)
        if parent is not None:
            node.parent = parent

    def _take(self, row: UnitRow, node: Node) -> None:
        if node.row is not None:
            self._wrong(
                row,
                "name",
                _("Row %(row)s names the same unit. Keep one of them.") % {"row": node.row.row + 1},
            )
            return
        node.row = row
        self._bound[row.row] = node
        if node.name != row.name:
            self._by_name[node.name].remove(node)
            self._by_name.setdefault(row.name, []).append(node)
            node.name = row.name
        if row.code:
            self._by_code.pop(node.code, None)
            self._by_code[row.code] = node
            node.code = row.code

    # Names to units

    def candidates(self, text: str) -> list[Node]:
        """The units that a cell can mean: number, name, way (上级/单位), earlier or short name."""
        if text.startswith(words.REFERENCE):
            found = self._by_reference.get(text[1:].lower())
            return [found] if found else []
        nodes = list(self._by_name.get(text, []))
        if text in self._by_code and self._by_code[text] not in nodes:
            nodes.append(self._by_code[text])
        if nodes:
            return nodes
        parts = _parts(text)
        if len(parts) > 1:
            fitting = [n for n in self._by_name.get(parts[-1], []) if _fits(n, parts)]
            exact = [n for n in fitting if _whole(n, parts)]
            return exact or fitting
        renamed = [n for n in self._bound.values() if n.unit is not None and n.unit.name == text]
        return renamed or list(self._by_short.get(text, []))

    def _one(self, text: str) -> Node | None:
        found = self.candidates(text)
        return found[0] if len(found) == 1 else None

    def resolve(self, text: str, place: Place) -> Node | None:
        """The one unit that a cell means; reports a problem there where it is none or several."""
        found = self.candidates(text)
        if len(found) == 1 and found[0].closing:
            self.report.problem(
                place,
                self._vanished(text),
            )
            return None
        if len(found) == 1:
            return found[0]
        if found:
            ways = "；".join(f"{n.way()}（{self._number(n)}）" for n in found[:6])
            self.report.problem(
                place,
                _("“%(name)s” can be %(ways)s. Write it as above/unit, or put its number.")
                % {"name": text, "ways": ways},
            )
        elif text not in self.unread:
            self.report.problem(
                place,
                _(
                    "There is no unit “%(name)s”, neither in the sheet 单位 nor in the "
                    "organisation on this day. Correct the name or add its row."
                )
                % {"name": text},
            )
        return None

    def _vanished(self, name: str) -> str:
        message = _("“%(unit)s” has no row in the sheet 单位 and would be closed. Add its row.")
        return message % {"unit": name}

    def _number(self, node: Node) -> str:
        if node.code:
            return node.code
        if node.unit is not None:
            return words.REFERENCE + reference(node.unit.pk)
        return _("row %(row)s") % {"row": node.row.row + 1 if node.row else ""}

    # The resulting tree

    def _parents(self) -> None:
        for row in self.rows:
            node = self._bound.get(row.row)
            if node is None:
                continue
            if row.parent and node.unit is not None and node.was is None:
                self._wrong(
                    row,
                    "parent",
                    _("“%(unit)s” is the topmost unit and stays it. Empty this cell.")
                    % {"unit": node.name},
                )
            elif row.parent:
                node.parent = self.resolve(row.parent, self.table.place(row.row, "parent"))
                if node.parent is None:
                    node.parent = node.was  # reported; go on with what stands
            elif node.was is not None or (node.unit is None and len(self._tops()) > 1):
                tops = [top for top in self._tops() if top is not node]
                self._wrong(
                    row,
                    "parent",
                    _("Only the topmost unit has none above it, and that is “%(top)s”. Fill it in.")
                    % {"top": tops[0].name if tops else row.name},
                )

    def _tops(self) -> list[Node]:
        return [n for n in self.nodes if n.parent is None and (n.row is None or not n.row.parent)]

    def _close(self) -> None:
        if not self.complete or self.report.any_wrong(self.table):
            return  # with a row that cannot be taken nobody knows yet what is missing
        for node in self.nodes:
            node.closing = node.row is None
        for node in self.nodes:
            parent = node.parent
            if node.row is not None and parent is not None and parent.closing:
                self._wrong(
                    node.row,
                    "parent",
                    self._vanished(parent.name),
                )
            if node.closing and node.was is None:
                self.report.problem(
                    self.table.place(),
                    _("The topmost unit “%(unit)s” has no row. Add it with nothing above it.")
                    % {"unit": node.name},
                )

    def _check(self) -> None:
        """No circle, not too deep, no name twice below one unit, nothing decided for later."""
        for node in self.nodes:
            above = list(node.up())
            row = next((n.row for n in above if n.row is not None), None)
            if node.closing or row is None:
                continue
            if above[-1].parent is node:
                self._wrong(
                    row,
                    "parent",
                    _("The units stand in a circle: %(way)s. Choose another unit above.")
                    % {"way": " → ".join(n.name for n in [*above, node])},
                )
            elif len(above) > DEPTH:
                self._wrong(
                    row,
                    "parent",
                    _("The tree would have more than %(most)s levels. Choose a unit further up.")
                    % {"most": DEPTH},
                )
        names: dict[tuple[int, str], Node] = {}
        for node in sorted(self.nodes, key=lambda n: n.row is not None):
            if node.closing:
                continue
            first = names.setdefault((id(node.parent), node.name), node)
            if first is not node and node.row is not None:
                self._wrong(
                    node.row,
                    "name",
                    _("“%(name)s” occurs twice below the same unit. Delete one or rename it.")
                    % {"name": node.name},
                )
        for node in self.nodes:
            if node.place is not None and (node.closing or any(n.moved for n in node.up())):
                self._check_later(node)

    def _check_later(self, node: Node) -> None:
        on, place = self.state.on, node.place
        assert place is not None
        at = self.table.place(node.row.row if node.row else None, "parent")
        if place.valid_to is not None:
            self.report.problem(
                at,
                _("For “%(unit)s” another place is decided from %(day)s. Choose a later day.")
                % {"unit": node.name, "day": place.valid_to},
            )
        elif node.closing and place.valid_from >= on:
            self.report.problem(
                at,
                _("“%(unit)s” has no row, but stands here only since %(day)s. Choose a later day.")
                % {"unit": node.name, "day": place.valid_from},
            )

    # What becomes of each

    def _fields(self) -> None:
        highest: dict[int, int] = {}
        for node in self.nodes:
            if node.unit is not None:
                above = id(node.parent)
                highest[above] = max(highest.get(above, 0), node.unit.position)
        for node in self.nodes:
            row, unit = node.row, node.unit
            if row is None:
                continue
            kind = row.given.get("unit_kind")
            if unit is None:
                above = id(node.parent)
                highest[above] = highest.get(above, 0) + 1
                position = row.given.get("position")
                if position is None:
                    position = highest[above]
                node.values = {
                    "code": row.code,
                    "name": row.name,
                    **{name: row.given.get(name, "") for name in FIELDS},
                    "unit_kind": kind or self._guess(node),
                    "position": position,
                }
                continue
            wanted: dict[str, Any] = {name: row.given[name] for name in FIELDS if name in row.given}
            wanted["name"] = row.name
            if row.code:
                wanted["code"] = row.code
            if kind:
                wanted["unit_kind"] = kind
            if row.given.get("position") is not None:
                wanted["position"] = row.given["position"]
            node.values = {k: v for k, v in wanted.items() if getattr(unit, k) != v}

    def _guess(self, node: Node) -> str:
        if node.parent is None:
            return UnitKind.BUREAU.value
        above = node.parent
        kind = above.unit.unit_kind if above.unit else above.values.get("unit_kind", "")
        return outline.guess(node.name, str(kind))

    def lay(self) -> list[Node]:
        """Give every node that stays its path; returns them from the top, parents first.

        A unit that moves, and a new one, get a number that none below there ever had; what stands
        below a moved unit keeps its number. Call it once, and only without problems.
        """
        below: dict[int, list[Node]] = {}
        for node in self.nodes:
            if not node.closing:
                below.setdefault(id(node.parent), []).append(node)
        numbers = dict(self.state.numbers)
        ordered: list[Node] = []

        def add(nodes: Iterable[Node], above: str) -> None:
            kept = [n for n in nodes if n.place is not None and not n.moved]
            fresh = [n for n in nodes if n.place is None or n.moved]
            for node in kept:
                assert node.place is not None
                last = node.place.path[-SEGMENT:]
                node.path = above + last
                numbers[above] = max(numbers.get(above, -1), paths.number(last))
            for node in fresh:
                numbers[above] = numbers.get(above, -1) + 1
                node.path = above + paths.segment(numbers[above])
            for node in [*kept, *fresh]:
                ordered.append(node)
                add(below.get(id(node), []), node.path)

        add(below.get(id(None), []), "")
        return ordered

    def known(self) -> dict[UUID, Node]:
        """unit → its node, for those standing on the day."""
        return {n.unit.pk: n for n in self.nodes if n.unit is not None}

    def _wrong(self, row: UnitRow, field: str, message: str) -> None:
        self.unread.add(row.name)
        self.report.problem(self.table.place(row.row, field), message)


def _parts(text: str) -> list[str]:
    for mark in words.WAY_MARKS[1:]:
        text = text.replace(mark, "/")
    return [part.strip() for part in text.split("/") if part.strip()] or [text]


def _fits(node: Node, parts: list[str]) -> bool:
    names = [n.name for n in node.up()]
    return names[: len(parts)] == parts[::-1]


def _whole(node: Node, parts: list[str]) -> bool:
    """Whether the parts are all the names from below the root, or from the root itself."""
    names = [n.name for n in node.up()][::-1]
    return parts in (names, names[1:])
