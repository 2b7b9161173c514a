"""Carrying a dry run out: one transaction, one entry with a row for each thing that changed."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from luoshi.base.change import change
from luoshi.base.models import Versioned
from luoshi.ledger import actions as ledger
from luoshi.orgs.actions.common import OBJECT_KIND
from luoshi.orgs.actions.units import stand_from
from luoshi.orgs.models import Person, Placement, Unit
from luoshi.orgs.workbook.chairs import Chair, Holding
from luoshi.orgs.workbook.compare import Plan
from luoshi.orgs.workbook.tree import Node
from luoshi.orgs.writing import Writer

if TYPE_CHECKING:
    from luoshi.accounts.models import User


@transaction.atomic
def apply(plan: Plan, *, by: "User", at: datetime, source: str, sha256: str) -> None:
    """Write the plan, which must be `good` and made in this transaction after the tree's lock.

    One bulk entry `organisation.imported`: rows `{act, kind, id, …values}`, act one of created,
    changed, moved, ended. `source` and `sha256` tell which file it was. Raises `Stale` where a row
    was changed by somebody else meanwhile; then nothing is written.
    """
    applied = _Applied(plan, by)
    applied.everything()
    ledger.append(
        "organisation.imported",
        organisation_id=by.organisation_id,
        actor=by.actor,
        at=at,
        object_kind="organisation",
        object_id=by.organisation_id,
        version=1,
        values={
            "on": plan.on,
            "complete": plan.complete,
            "source": source,
            "sha256": sha256,
            "counts": plan.report.counts(),
        },
        rows=[*applied.rows, *applied.writer.rows],
    )


class _Applied:
    def __init__(self, plan: Plan, by: "User") -> None:
        self.plan, self.on = plan, plan.on
        self.writer = Writer(by.organisation_id, act="created")
        self.rows: list[dict[str, Any]] = []

    def everything(self) -> None:
        """In an order in which every row finds those that it names."""
        self.free_codes()
        for human in self.plan.people.humans:
            if human.person is None:
                human.person = self.writer.person(name=human.name, code=human.code)
            elif human.values:
                self.change(human.person, "changed", **human.values)
        for holding in self.plan.seats.holdings:
            self.end(holding)
        ordered = self.plan.tree.lay()
        for node in ordered:
            self.unit(node)
        self.move(ordered)
        for chair in self.plan.seats.chairs:
            self.chair(chair)
        for node in self.plan.tree.nodes:
            if node.closing:
                self.close(node)
        for holding in self.plan.seats.holdings:
            self.hold(holding)
        self.writer.write()

    def change(self, row: Versioned, act: str, **values: Any) -> None:
        """Compare-and-swap one row, and note it for the entry."""
        change(row, **values)
        kind = OBJECT_KIND[type(row)]
        self.rows.append(ledger.plain({"act": act, "kind": kind, "id": row.pk, **values}))

    def free_codes(self) -> None:
        """Numbers that change hands would meet on the way: take them off first."""
        units = [n.made.pk for n in self.plan.tree.nodes if n.unit and "code" in n.values]
        people = [h.made.pk for h in self.plan.people.humans if "code" in h.values]
        organisation = self.plan.state.organisation_id
        Unit.objects.filter(organisation_id=organisation, pk__in=units).update(code="")
        Person.objects.filter(organisation_id=organisation, pk__in=people).update(code="")

    def unit(self, node: Node) -> None:
        if node.unit is None:
            node.unit = self.writer.unit(
                parent=node.parent.made if node.parent else None,
                path=node.path,
                on=self.on,
                **node.values,
            )
        elif node.values:
            self.change(node.unit, "changed", **node.values)

    def move(self, ordered: list[Node]) -> None:
        moved = [
            (node.place, node.parent.made.pk, node.path)
            for node in ordered
            if node.place is not None and node.parent is not None and node.path != node.place.path
        ]
        stand_from(moved, self.on)
        self.rows += [
            ledger.plain(
                {
                    "act": "moved",
                    "kind": "unit",
                    "id": place.unit_id,
                    "parent": above,
                    "path": path,
                    "valid_from": self.on,
                }
            )
            for place, above, path in moved
        ]

    def close(self, node: Node) -> None:
        assert node.place is not None
        Placement.objects.filter(
            pk=node.place.pk, organisation_id=self.plan.state.organisation_id
        ).update(valid_to=self.on)
        self.change(node.made, "ended", closed_on=self.on)

    def end(self, holding: Holding) -> None:
        for portfolio, day in holding.takes:
            self.change(portfolio, "ended", valid_to=day)
        if holding.ends is not None and holding.appointment is not None:
            self.change(holding.appointment, "ended", valid_to=holding.ends)

    def chair(self, chair: Chair) -> None:
        if chair.post is None:
            chair.post = self.writer.post(
                unit=chair.node.made,
                acts_for=chair.acts_for.made if chair.acts_for else None,
                title=chair.title,
                post_role=chair.post_role,
                position=chair.position,
                valid_from=chair.valid_from,
                valid_to=chair.valid_to,
            )
            return
        values = dict(chair.values)
        if "acts_for" in values:
            acts_for = values.pop("acts_for")
            values["acts_for_id"] = acts_for.made.pk if acts_for else None
        if values:
            self.change(chair.post, "changed", **values)
        if chair.closes is not None:
            self.change(chair.post, "ended", valid_to=chair.closes)

    def hold(self, holding: Holding) -> None:
        appointment = holding.appointment
        if appointment is None:
            appointment = holding.appointment = self.writer.appointment(
                post=holding.chair.made,
                person=holding.human.made,
                valid_from=holding.start,
                valid_to=holding.end,
            )
        for node, start in holding.gives:
            self.writer.portfolio(
                appointment=appointment, unit=node.made, valid_from=start, valid_to=holding.last
            )
