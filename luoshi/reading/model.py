"""What the reader hands back. Offsets are code points of `Reading.text`, `end` exclusive."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of a part, with its enumerator; `level` 1 is outermost."""

    start: int
    end: int
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A deadline phrase turned into a day, or the reason why it could not be.

    `on` is the last day of the window (due until its end); `rule` names the rule that read the
    phrase. A relative deadline keeps `amount`, `unit` (workday, day, week, month, year, hour,
    minute) and `anchor` (the event it counts from, exact words) with `on` None. `why` is a reason
    code.
    """

    on: date | None
    rule: str
    why: str
    amount: int | None = None
    unit: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class ResolvedCadence:
    """A cadence phrase turned into a rhythm.

    `code` is weekly, monthly, bimonthly, quarterly, half_yearly, yearly, or None with `why`
    "cadence_vague" where a person has to choose; `times` is how often within one period.
    """

    code: str | None
    times: int
    why: str


@dataclass(frozen=True, slots=True)
class Selector:
    """Whom an actor phrase means, over any tree of units.

    `reach`: all, named, self, leaders or unresolved. `unit_kinds` are codes of unit kinds,
    `names` exact names of units, `post_roles` codes of posts within those units (empty: the unit
    itself). `why` are reason codes.
    """

    phrase: str
    reach: str
    unit_kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    post_roles: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Obligation:
    """One clause group that directs someone; field names as in the annotation guide.

    `why` are reason codes (`reasons.REASONS` has the sentences). `bound` is tracking, opinion or
    ranking where the clause touches a bound of the program. `check` is the checkable result that
    the clause names, in its own words. `confidence` says how many of a hundred such findings are
    right, None where the rules alone decided.
    """

    start: int
    end: int
    text: str
    heading_path: tuple[str, ...]
    actors: tuple[str, ...]
    lead: tuple[str, ...]
    support: tuple[str, ...]
    deadline: str | None
    cadence: str | None
    kind: str
    modality: str
    relayed: bool
    why: tuple[str, ...]
    due: ResolvedDate | None = None
    rhythm: ResolvedCadence | None = None
    selectors: tuple[Selector, ...] = ()
    bound: str | None = None
    check: str | None = None
    confidence: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The object `luoshi read --json` prints: thirteen keys, all always present."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "heading_path": list(self.heading_path),
            "actors": list(self.actors),
            "lead": list(self.lead),
            "support": list(self.support),
            "deadline": self.deadline,
            "cadence": self.cadence,
            "kind": self.kind,
            "modality": self.modality,
            "relayed": self.relayed,
            "why": list(self.why),
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """A read document: its text as given, its title, its outline and what it asks for.

    `notices` are codes of what a person should know of the text (`plain.NOTICES`).
    """

    text: str = field(repr=False)
    title: str | None
    outline: tuple[Heading, ...]
    obligations: tuple[Obligation, ...]
    notices: tuple[str, ...] = ()
