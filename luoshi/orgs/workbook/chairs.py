"""Seats and who sits in them, while a workbook is compared."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from luoshi.orgs.models import Appointment, Portfolio, Post
from luoshi.orgs.workbook.people import Human
from luoshi.orgs.workbook.reading import SeatRow
from luoshi.orgs.workbook.tree import Node


@dataclass(slots=True, eq=False)
class Chair:
    """A seat: one that is there (`post`), or a new one. `values`: what changes in place."""

    node: Node
    title: str
    post_role: str
    acts_for: Node | None
    position: int
    valid_from: date
    valid_to: date | None = None
    post: Post | None = None
    values: dict[str, Any] = field(default_factory=dict)
    closes: date | None = None
    claimed: bool = False
    holdings: "list[Holding]" = field(default_factory=list)

    @property
    def last(self) -> date | None:
        """The day on which it ends, as things become."""
        return self.closes or self.valid_to

    @property
    def made(self) -> Post:
        """The post, which by now is there."""
        assert self.post is not None
        return self.post


@dataclass(slots=True, eq=False)
class Holding:
    """Somebody in a seat: an appointment that is there, or a new one."""

    chair: Chair
    human: Human
    start: date
    end: date | None
    appointment: Appointment | None = None
    row: SeatRow | None = None
    ends: date | None = None
    """The day on which the existing appointment is ended by this import."""
    gives: list[tuple[Node, date]] = field(default_factory=list)
    takes: list[tuple[Portfolio, date]] = field(default_factory=list)

    @property
    def last(self) -> date | None:
        """The day on which it ends, as things become."""
        return self.ends or self.end

    def meets(self, start: date, end: date | None) -> bool:
        """Whether it shares a day with `[start, end)`."""
        return (end is None or self.start < end) and (self.last is None or self.last > start)


@dataclass(slots=True)
class Item:
    """A row with what its cells mean."""

    row: SeatRow
    human: Human | None
    node: Node
    acts_for: Node | None
    portfolios: list[Node]
