"""The sheet 任职 against who holds what: seats found again, seats made, appointments, portfolios.

A row is an appointment that is there already when person, unit and title agree. Another role or
another 代办范围 is another seat: from the day on, unless the seat itself begins only then. A new
person takes a seat of the same title, role and 代办范围 where one is free; else it is made.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from luoshi.orgs.actions.posts import ONE_AT_A_TIME
from luoshi.orgs.models import Portfolio
from luoshi.orgs.workbook import words
from luoshi.orgs.workbook.chairs import Chair, Holding, Item
from luoshi.orgs.workbook.people import Human, People
from luoshi.orgs.workbook.reading import Records, SeatRow
from luoshi.orgs.workbook.report import Report
from luoshi.orgs.workbook.state import State, open_on
from luoshi.orgs.workbook.tree import Node, Tree


class Seats:
    """Compares; afterwards `chairs` and `holdings` say what becomes of each."""

    def __init__(
        self,
        records: Records,
        state: State,
        report: Report,
        tree: Tree,
        people: People,
        *,
        complete: bool,
    ) -> None:
        self.state, self.report, self.tree, self.people = state, report, tree, people
        self.complete, self.on = complete, state.on
        self.table = records.table(words.SEATS)
        self.chairs: list[Chair] = []
        self.holdings: list[Holding] = []
        self._by_title: dict[tuple[int, str], list[Chair]] = {}
        self._positions: dict[int, int] = {}
        self._portfolios: dict[Any, list[Portfolio]] = {}
        self._nodes = tree.known()
        self._existing()
        items = [item for item in map(self._item, records.seats) if item is not None]
        self._whole = len(items) == len(records.seats) and not report.any_wrong(self.table)
        rest = self._found_again(items)
        for item in rest:
            self._new(item)
        if complete and self._whole:
            self._vanished()
        self._closing_units()
        self._check()

    def _existing(self) -> None:
        humans = self.people.known()
        chairs: dict[Any, Chair] = {}
        for post in sorted(self.state.posts.values(), key=lambda p: (p.position, p.pk)):
            node = self._nodes[post.unit_id]
            acts_for = self._nodes.get(post.acts_for_id) if post.acts_for_id else None
            chairs[post.pk] = chair = Chair(
                node,
                post.title,
                post.post_role,
                acts_for,
                post.position,
                post.valid_from,
                post.valid_to,
                post,
            )
            self._add(chair)
        for appointment in self.state.all_appointments:
            post = appointment.post
            if post.pk not in chairs and post.unit_id in self._nodes:  # a seat that ended earlier
                node = self._nodes[post.unit_id]
                chairs[post.pk] = Chair(
                    node, post.title, post.post_role, None, 0, post.valid_from, post.valid_to, post
                )
            held = chairs.get(post.pk)
            if held is not None:
                human = humans[appointment.person_id]
                start, end = appointment.valid_from, appointment.valid_to
                holding = Holding(held, human, start, end, appointment)
                held.holdings.append(holding)
                self.holdings.append(holding)
        for portfolio in self.state.portfolios.values():
            self._portfolios.setdefault(portfolio.appointment_id, []).append(portfolio)

    def _add(self, chair: Chair) -> None:
        self.chairs.append(chair)
        self._by_title.setdefault((id(chair.node), chair.title), []).append(chair)
        node = id(chair.node)
        self._positions[node] = max(self._positions.get(node, 0), chair.position)

    def _item(self, row: SeatRow) -> Item | None:
        place = self.table.place
        human = None
        good = True
        if row.person:
            human = self.people.resolve(row.person, place(row.row, "person"))
            good = human is not None
        node = self.tree.resolve(row.unit, place(row.row, "unit"))
        acts_for = None
        if row.acts_for:
            acts_for = self.tree.resolve(row.acts_for, place(row.row, "acts_for"))
            good = good and acts_for is not None
            if node is not None and acts_for is not None and acts_for not in list(node.up()):
                self._wrong(row, "acts_for", _("A post acts for its own unit or for one above it."))
                good = False
        portfolios = []
        for name in row.portfolios:
            found = self.tree.resolve(name, place(row.row, "portfolios"))
            if found is not None:
                portfolios.append(found)
        if node is None or not good or len(portfolios) < len(row.portfolios):
            return None
        return Item(
            row,
            human,
            node,
            None if acts_for is node else acts_for,
            list(dict.fromkeys(portfolios)),
        )

    # Rows that are there already

    def _found_again(self, items: Sequence[Item]) -> list[Item]:
        """Binds rows to appointments that are there, then vacant rows to vacant seats."""
        held: dict[tuple[int, int, str], list[Holding]] = {}
        for holding in self.holdings:
            if holding.appointment and open_on(holding.appointment, self.on):
                key = (id(holding.human), id(holding.chair.node), holding.chair.title)
                held.setdefault(key, []).append(holding)
        rest: list[Item] = []
        for item in items:
            key = (id(item.human), id(item.node), item.row.title)
            free = [h for h in held.get(key, ()) if h.row is None] if item.human else []
            if not free:
                rest.append(item)
                continue
            row = item.row
            holding = min(
                free, key=lambda h: (h.start != row.valid_from, h.chair.post_role != row.post_role)
            )
            holding.row = row
            holding.chair.claimed = True
            self._settle(item, holding)
        return rest

    def _settle(self, item: Item, holding: Holding) -> None:
        row = item.row
        if row.valid_from and row.valid_from > holding.start:
            self.report.note(
                self.table.place(row.row, "valid_from"),
                _("The appointment is recorded since %(day)s; that stays.")
                % {"day": holding.start},
            )
        self._end_by_row(row, holding)
        chair = holding.chair
        if row.position is not None and row.position != chair.position:
            chair.values["position"] = row.position
        other: dict[str, Any] = {}
        if row.post_role != chair.post_role:
            other["post_role"] = row.post_role
        if "acts_for" in row.given and chair.acts_for is not item.acts_for:
            other["acts_for"] = item.acts_for
        if other and (holding.last is None or holding.last > self.on):
            if chair.valid_from >= self.on:
                chair.values.update(other)
            else:
                self._replace(item, holding, other)
                return
        if chair.values:
            self._tell_seat(item, chair)
        if "portfolios" in row.given and (holding.last is None or holding.last > self.on):
            self._portfolio_changes(item, holding)

    def _end_by_row(self, row: SeatRow, holding: Holding) -> None:
        if "valid_to" not in row.given or row.valid_to == holding.end:
            return
        end = row.valid_to
        if holding.end is not None and (end is None or end > holding.end):
            self._wrong(
                row,
                "valid_to",
                _("The appointment ends on %(day)s; an end is not put off. Write that day.")
                % {"day": holding.end},
            )
        elif end is not None and end <= holding.start:
            self._wrong(
                row,
                "valid_to",
                _("It began on %(start)s; choose a later day.") % {"start": holding.start},
            )
        elif end is not None:
            self._end(holding, end)

    def _end(self, holding: Holding, on: date) -> None:
        """End an appointment and the portfolios that hang on it."""
        holding.ends = on
        for portfolio in self._portfolios.get(holding.appointment and holding.appointment.pk, ()):
            if open_on(portfolio, on):
                holding.takes.append((portfolio, max(on, portfolio.valid_from + date.resolution)))
        self.report.change(
            "appointment",
            "ended",
            holding.row.row if holding.row else None,
            self._what(holding),
            _("ends on %(day)s") % {"day": on},
        )

    def _replace(self, item: Item, holding: Holding, other: dict[str, Any]) -> None:
        """Another role or 代办范围 from the day on: the seat ends, a new one follows it."""
        row, chair, on = item.row, holding.chair, self.on
        if holding.start >= on:
            self._wrong(
                row,
                "post_role",
                _("It began on %(start)s; choose a later day.") % {"start": holding.start},
            )
            return
        if any(h is not holding and h.meets(on, None) for h in chair.holdings):
            self._wrong(
                row, "post_role", _("Somebody else holds this seat later. Choose another day.")
            )
            return
        fresh = Chair(
            item.node,
            chair.title,
            other.get("post_role", chair.post_role),
            other.get("acts_for", chair.acts_for),
            chair.values.pop("position", chair.position),
            on,
            chair.valid_to,
            claimed=True,
        )
        self._add(fresh)
        after = Holding(fresh, holding.human, on, holding.last, row=row)
        fresh.holdings.append(after)
        self.holdings.append(after)
        kept = [p for p in self._of(holding) if open_on(p, on)]
        wanted = item.portfolios
        if "portfolios" not in row.given:
            wanted = [self._nodes[p.unit_id] for p in kept if p.unit_id in self._nodes]
        after.gives = [(node, on) for node in wanted]
        holding.takes = [(p, max(on, p.valid_from + date.resolution)) for p in kept]
        holding.ends = chair.closes = on
        detail = []
        if "post_role" in other:
            detail.append(f"{_role(chair.post_role)} → {_role(fresh.post_role)}")
        if "acts_for" in other:
            detail.append(_("acts for %(unit)s") % {"unit": (fresh.acts_for or item.node).name})
        detail.append(_("a new seat from %(day)s") % {"day": on})
        self.report.change(
            "appointment", "changed", row.row, self._what(holding), "；".join(detail)
        )
        self._tell_portfolios(row.row, holding.human, wanted, kept)

    def _tell_seat(self, item: Item, chair: Chair) -> None:
        detail = []
        for name, value in chair.values.items():
            if name == "position":
                detail.append(f"{_('Position in lists')} {chair.position} → {value}")
            elif name == "post_role":
                detail.append(f"{_role(chair.post_role)} → {_role(value)}")
            else:
                unit = value or chair.node
                detail.append(_("acts for %(unit)s") % {"unit": unit.name})
        name = item.human.name if item.human else _("vacant")
        what = f"{name} · {chair.node.name} {chair.title}"
        self.report.change("appointment", "changed", item.row.row, what, "；".join(detail))

    def _of(self, holding: Holding) -> list[Portfolio]:
        appointment = holding.appointment
        return self._portfolios.get(appointment.pk, []) if appointment else []

    def _portfolio_changes(self, item: Item, holding: Holding) -> None:
        have = {
            id(self._nodes[p.unit_id]): p for p in self._of(holding) if p.unit_id in self._nodes
        }
        wanted = {id(node) for node in item.portfolios}
        added = [node for node in item.portfolios if id(node) not in have]
        holding.gives = [(node, max(self.on, holding.start)) for node in added]
        gone = [p for key, p in have.items() if key not in wanted]
        for portfolio in gone:
            if portfolio.valid_from >= self.on:
                self._wrong(
                    item.row,
                    "portfolios",
                    _("In charge of “%(unit)s” only since %(day)s. Choose a later day.")
                    % {"unit": portfolio.unit.name, "day": portfolio.valid_from},
                )
            else:
                holding.takes.append((portfolio, self.on))
        self._tell_portfolios(item.row.row, holding.human, added, gone, only=True)

    def _tell_portfolios(
        self,
        row: int | None,
        human: Human,
        added: Iterable[Node],
        gone: Iterable[Portfolio],
        *,
        only: bool = False,
    ) -> None:
        """Tell what is new and what ends; what ends and begins anew is told by neither."""
        new, old = list(added), list(gone)
        if not only:
            both = {id(n) for n in new} & {id(self._nodes.get(p.unit_id)) for p in old}
            new = [n for n in new if id(n) not in both]
            old = [p for p in old if id(self._nodes.get(p.unit_id)) not in both]
        words_ = _("%(name)s in charge of %(unit)s")
        for node in new:
            self.report.change(
                "portfolio", "added", row, words_ % {"name": human.name, "unit": node.name}
            )
        for portfolio in old:
            what = words_ % {"name": human.name, "unit": portfolio.unit.name}
            self.report.change("portfolio", "ended", row, what)

    # New rows

    def _new(self, item: Item) -> None:
        row, node = item.row, item.node
        since = node.unit.opened_on if node.unit else self.on
        start = row.valid_from or self.on
        if row.valid_to is not None and row.valid_to <= max(start, since):
            self.report.note(
                self.table.place(row.row, "valid_to"),
                _("Over before %(day)s, since when the unit is kept here; the row is not taken.")
                % {"day": max(start, since)},
            )
            return
        chair = self._free(item, max(start, since))
        if chair is None:
            position = row.position
            if position is None:
                position = self._positions.get(id(node), 0) + 1
            chair = Chair(
                node, row.title, row.post_role, item.acts_for, position, max(start, since)
            )
            self._add(chair)
            if item.human is None:
                what = f"{_('vacant')} · {node.name} {row.title}"
                self.report.change("appointment", "added", row.row, what)
        elif row.position is not None and row.position != chair.position and chair.post:
            chair.values["position"] = row.position
            self._tell_seat(item, chair)
        chair.claimed = True
        if item.human is None:
            return
        begins = max(start, since, chair.valid_from)
        if row.valid_from and begins > row.valid_from:
            self.report.note(
                self.table.place(row.row, "valid_from"),
                _("The unit or the seat is kept here since %(day)s; the appointment begins then.")
                % {"day": begins},
            )
        holding = Holding(chair, item.human, begins, row.valid_to, row=row)
        holding.gives = [
            (n, max(begins, n.unit.opened_on if n.unit else self.on)) for n in item.portfolios
        ]
        chair.holdings.append(holding)
        self.holdings.append(holding)
        detail = _("since %(day)s") % {"day": begins}
        if row.valid_to:
            detail += " · " + _("ends on %(day)s") % {"day": row.valid_to}
        self.report.change("appointment", "added", row.row, self._what(holding), detail)
        self._tell_portfolios(row.row, item.human, item.portfolios, (), only=True)

    def _free(self, item: Item, start: date) -> Chair | None:
        """A seat of the same title, role and 代办范围 that nobody holds then."""
        row = item.row
        for chair in self._by_title.get((id(item.node), row.title), ()):
            if item.human is None and (chair.claimed or chair.post is None):
                continue
            same = chair.post_role == row.post_role and (
                "acts_for" not in row.given or chair.acts_for is item.acts_for
            )
            begins = max(start, chair.valid_from)
            until = row.valid_to
            lasts = chair.last is None or (until is not None and until <= chair.last)
            if not same or not lasts or (until is not None and until <= begins):
                continue
            if not any(self._stays(h).meets(begins, until) for h in chair.holdings):
                return chair
        return None

    def _stays(self, holding: Holding) -> Holding:
        """The holding as it becomes: in a complete file one without a row ends on the day."""
        if holding.row or not self.complete or holding.start >= self.on:
            return holding
        if holding.appointment is None or not open_on(holding.appointment, self.on):
            return holding
        return Holding(holding.chair, holding.human, holding.start, self.on)

    # What has no row any more

    def _vanished(self) -> None:
        for holding in list(self.holdings):
            appointment = holding.appointment
            if holding.row or appointment is None or not open_on(appointment, self.on):
                continue
            if holding.start >= self.on:
                self.report.problem(
                    self.table.place(),
                    _("%(what)s has no row, but begins only on %(day)s. Choose a later day.")
                    % {"what": self._what(holding), "day": holding.start},
                )
            else:
                gone = [p for p in self._of(holding) if open_on(p, self.on)]
                self._end(holding, self.on)
                self._tell_portfolios(None, holding.human, (), gone, only=True)
        for chair in self.chairs:
            if chair.claimed or chair.post is None or chair.closes:
                continue
            what = f"{chair.node.name} {chair.title}"
            if chair.valid_from >= self.on:
                self.report.problem(
                    self.table.place(),
                    _("%(what)s has no row, but begins only on %(day)s. Choose a later day.")
                    % {"what": what, "day": chair.valid_from},
                )
                continue
            chair.closes = self.on
            if not any(h.ends == self.on for h in chair.holdings):
                self.report.change("appointment", "ended", None, f"{_('vacant')} · {what}")

    def _closing_units(self) -> None:
        """Portfolios over a unit that closes end with it."""
        for holding in self.holdings:
            taken = {p.pk for p, _day in holding.takes}
            for portfolio in self._of(holding):
                node = self._nodes.get(portfolio.unit_id)
                if node is not None and node.closing and portfolio.pk not in taken:
                    end = max(self.on, portfolio.valid_from + date.resolution)
                    holding.takes.append((portfolio, end))
                    row = holding.row.row if holding.row else None
                    self._tell_portfolios(row, holding.human, (), [portfolio], only=True)

    # What the database cannot say

    def _check(self) -> None:
        """Nobody in a taken seat, no second head or secretary, nobody twice in one seat."""
        rooms: dict[tuple[int, str], list[Holding]] = {}
        own: dict[tuple[int, int, str], list[Holding]] = {}
        for holding in self.holdings:
            chair = holding.chair
            role = chair.values.get("post_role", chair.post_role)
            rooms.setdefault((id(chair.node), role), []).append(holding)
            own.setdefault((id(holding.human), id(chair.node), chair.title), []).append(holding)
        for holding in self.holdings:
            chair, row = holding.chair, holding.row
            role = chair.values.get("post_role", chair.post_role)
            fresh = holding.appointment is None or "post_role" in chair.values
            if row is None or not fresh:
                continue
            others = list(chair.holdings)
            if role in ONE_AT_A_TIME:
                others += rooms[id(chair.node), role]
            others += own[id(holding.human), id(chair.node), chair.title]
            for other in others:
                if other is not holding and self._stays(other).meets(holding.start, holding.last):
                    self._taken(holding, other, row)
                    break

    def _taken(self, holding: Holding, other: Holding, row: SeatRow) -> None:
        values = {
            "name": other.human.name,
            "title": other.chair.title,
            "start": other.start,
            "row": other.row.row + 1 if other.row else "",
        }
        if other.human is holding.human and other.row:
            message = _("Row %(row)s says the same for other days that overlap. Keep one.")
        elif other.row:
            message = _("%(name)s (row %(row)s) holds the post “%(title)s” then as well.")
        else:
            message = _(
                "%(name)s holds the post “%(title)s” since %(start)s. "
                "Add a row for that appointment with its last day in 止."
            )
        self._wrong(row, "person", message % values)

    def _what(self, holding: Holding) -> str:
        return f"{holding.human.name} · {holding.chair.node.name} {holding.chair.title}"

    def _wrong(self, row: SeatRow, field: str, message: str) -> None:
        self.report.problem(self.table.place(row.row, field), message)


def _role(code: str) -> str:
    return next(group[0] for role, group in words.ROLES.items() if role == code)
