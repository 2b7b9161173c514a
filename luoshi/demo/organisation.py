"""An invented municipal water bureau as plain data: units, posts, people, who is where since when.

`build(year)` gives the same bureau for the same year, byte for byte. Lists are in the order in
which offices list themselves (排序号). Dates are half-open, `[valid_from, valid_to)`; everything
that is in force at the start of the year began before it, so that the demo may run on any day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from luoshi.demo import names
from luoshi.demo.bureau import (
    ACCOUNTS,
    BUREAU,
    CAST,
    COMMITTEE,
    DEPARTMENTS,
    DISCIPLINE,
    FIELD_TITLES,
    GROUP,
    LOWER,
    OFFICE,
    STAFF_TITLES,
    Department,
    Lower,
)

PEOPLE = 420
BRANCHES = 46

_SEED = 20260226
_FULL_AGE = 7
"""Years since the bureau took its present form: nothing is older."""


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit below `parent_key` (None: the bureau itself). `unit_kind` as in orgs.UnitKind."""

    key: str
    parent_key: str | None
    name: str
    short_name: str
    unit_kind: str
    region: str
    line: str
    rank: str


@dataclass(frozen=True, slots=True)
class DemoPost:
    """One seat. `post_role` as in orgs.PostRole; `acts_for_key` None: for its own unit.

    `position` orders the seats of a unit, and the seats of one person: the smallest comes first.
    """

    key: str
    unit_key: str
    title: str
    post_role: str
    acts_for_key: str | None
    position: int


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody with at least one appointment in force."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoAppointment:
    """A person in a seat over `[valid_from, valid_to)`; `valid_to` None: still there."""

    person_key: str
    post_key: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class DemoPortfolio:
    """A leader in charge of a unit by the seat `post_key`, over `[valid_from, valid_to)`."""

    person_key: str
    post_key: str
    unit_key: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A sign-in. `roles` holds only what no post gives: `org_admin`, `auditor`."""

    person_key: str
    username: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """The whole bureau. Units come after their parents; every key that is named exists."""

    name: str
    opened_on: date
    units: tuple[DemoUnit, ...]
    posts: tuple[DemoPost, ...]
    people: tuple[DemoPerson, ...]
    appointments: tuple[DemoAppointment, ...]
    portfolios: tuple[DemoPortfolio, ...]
    accounts: tuple[DemoAccount, ...]


@dataclass(slots=True)
class _Draft:
    """The bureau while it is being put together."""

    year: int
    rng: Random
    spare: list[str]
    units: list[DemoUnit] = field(default_factory=list)
    posts: list[DemoPost] = field(default_factory=list)
    people: list[DemoPerson] = field(default_factory=list)
    appointments: list[DemoAppointment] = field(default_factory=list)
    portfolios: list[DemoPortfolio] = field(default_factory=list)
    holder: dict[str, str] = field(default_factory=dict)
    """post key → the person now in it"""

    def unit(
        self,
        key: str,
        parent: str | None,
        name: str,
        short: str,
        kind: str,
        region: str,
        line: str,
        rank: str,
    ) -> None:
        """Add a unit."""
        self.units.append(DemoUnit(key, parent, name, short, kind, region, line, rank))

    def post(
        self,
        unit: str,
        seat: str,
        title: str,
        role: str,
        position: int,
        acts_for: str | None = None,
    ) -> str:
        """Add a seat and return its key, `unit.seat`."""
        key = f"{unit}.{seat}"
        self.posts.append(DemoPost(key, unit, title, role, acts_for, position))
        return key

    def some_day(self) -> date:
        """The first of a month, from the bureau's second year to the year before last."""
        year = self.rng.randint(self.year - _FULL_AGE + 1, self.year - 2)
        return date(year, self.rng.randint(1, 12), 1)

    def hire(self, post: str, since: date | None = None) -> str:
        """Put a new person in a seat: the one of the cast, or the next spare name."""
        person = DemoPerson(f"p{len(self.people) + 1:03}", CAST.get(post) or self.spare.pop())
        self.people.append(person)
        self.appoint(person.key, post, since or self.some_day())
        return person.key

    def appoint(self, person: str, post: str, since: date, until: date | None = None) -> None:
        """Let a person hold a seat; without `until` they are its holder now."""
        self.appointments.append(DemoAppointment(person, post, since, until))
        if until is None:
            self.holder[post] = person


def build(year: int) -> DemoOrganisation:
    """The bureau as it stands in `year`, with last year's changes of posts and portfolios."""
    rng = Random(_SEED)
    spare = names.draw(rng, PEOPLE - len(CAST), set(CAST.values()))
    draft = _Draft(year, rng, spare)
    _leaders(draft)
    for department in DEPARTMENTS:
        _department(draft, department)
    for lower in LOWER:
        _lower(draft, lower)
    _changes_of_last_year(draft)
    _portfolios(draft)
    return DemoOrganisation(
        name="云州市水务局",
        opened_on=date(year - _FULL_AGE, 3, 1),
        units=tuple(draft.units),
        posts=tuple(draft.posts),
        people=tuple(draft.people),
        appointments=tuple(draft.appointments),
        portfolios=tuple(draft.portfolios),
        accounts=tuple(
            DemoAccount(draft.holder[post], username, roles) for post, username, roles in ACCOUNTS
        ),
    )


def _leaders(draft: _Draft) -> None:
    """The bureau, its leading group, the Party committee of the offices, the stationed group."""
    city = "市本级"
    draft.unit(BUREAU, None, "云州市水务局", "市水务局", "bureau", city, "", "正处级")
    draft.unit(GROUP, BUREAU, "云州市水务局党组", "局党组", "committee", city, "党建", "")
    draft.unit(
        COMMITTEE, BUREAU, "云州市水务局机关党委", "机关党委", "committee", city, "党建", "正科级"
    )
    draft.unit(
        DISCIPLINE,
        BUREAU,
        "派驻水务局纪检监察组",
        "派驻纪检监察组",
        "discipline",
        city,
        "纪检监察",
        "副处级",
    )
    year = draft.year
    draft.hire(draft.post(BUREAU, "head", "局长", "head", 1), date(year - 4, 11, 1))
    deputies = (
        ("副局长", date(year - 3, 5, 1)),
        ("副局长", date(year - 1, 9, 1)),  # from a department: `_changes_of_last_year`
        ("副局长", date(year - 5, 3, 1)),
        ("副局长", date(year - 3, 12, 1)),
        ("总工程师", date(year - 6, 8, 1)),
    )
    for n, (title, since) in enumerate(deputies, 1):
        draft.hire(draft.post(BUREAU, f"deputy{n}", title, "deputy", 1 + n), since)
    draft.hire(draft.post(DISCIPLINE, "head", "组长", "head", 1))
    draft.hire(draft.post(DISCIPLINE, "deputy1", "副组长", "deputy", 2))
    for n in (1, 2):
        draft.hire(draft.post(DISCIPLINE, f"member{n}", "纪检监察员", "discipline_officer", 10 + n))
    draft.hire(draft.post(COMMITTEE, "deputy1", "专职副书记", "deputy", 20))
    draft.hire(draft.post(COMMITTEE, "discipline", "机关纪委书记", "discipline_officer", 50))
    draft.hire(draft.post(COMMITTEE, "clerk", "党务干事", "clerk", 30, BUREAU))

    holder = draft.holder
    seats = [
        (GROUP, "secretary", "党组书记", "secretary", "bureau.head"),
        *(
            (GROUP, f"member{n}", "党组成员", "committee_member", post)
            for n, post in enumerate(
                [*(f"bureau.deputy{n}" for n in range(1, 6)), "discipline.head"], 1
            )
        ),
        (COMMITTEE, "secretary", "机关党委书记", "secretary", "bureau.deputy1"),
    ]
    for n, (unit, seat, title, role, main) in enumerate(seats):
        post = draft.post(unit, seat, title, role, (40 if role == "secretary" else 60) + n)
        held = next(a.valid_from for a in draft.appointments if a.post_key == main)
        draft.appoint(holder[main], post, held)


def _department(draft: _Draft, department: Department) -> None:
    """A department with its people, and the branch that they form."""
    key = department.key
    short = {"rivers": "河湖科", "supply": "供排水科"}.get(key, department.name)
    draft.unit(
        key, BUREAU, department.name, short, "department", "市本级", department.line, "正科级"
    )
    head = draft.hire(
        draft.post(key, "head", "主任" if key == OFFICE else "科长", "head", 10),
        {"works": date(draft.year - 1, 9, 1), "law": date(draft.year - 1, 3, 1)}.get(key),
    )
    deputies = [
        draft.hire(
            draft.post(key, f"deputy{n}", "副主任" if key == OFFICE else "副科长", "deputy", 19 + n)
        )
        for n in range(1, department.deputies + 1)
    ]
    if key == OFFICE:
        draft.hire(draft.post(key, "clerk", "文秘督办岗", "clerk", 30, BUREAU))
    members = _staff(draft, key, department.members, STAFF_TITLES)
    _branch(
        draft,
        f"{key}.b1",
        key,
        f"{department.name}党支部",
        f"{short}支部",
        "市本级",
        [head, deputies[0], members[-1]],
    )


def _lower(draft: _Draft, lower: Lower) -> None:
    """A lower bureau with two sections, its people, and the branches that they form."""
    key = lower.key
    draft.unit(
        key,
        BUREAU,
        lower.name,
        lower.short_name,
        "subordinate",
        lower.region,
        lower.line,
        "正科级",
    )
    centre = lower.name.endswith("中心")
    head_title, deputy_title = ("主任", "副主任") if centre else ("局长", "副局长")
    changed = {"beidu": date(draft.year - 1, 3, 1), "nanping": date(draft.year - 1, 3, 1)}
    before = len(draft.people)
    draft.hire(draft.post(key, "head", head_title, "head", 10), changed.get(key))
    deputies = [
        draft.hire(
            draft.post(key, f"deputy{n}", deputy_title, "deputy", 19 + n),
            date(draft.year - 1, 6, 1) if (key, n) == ("beidu", 1) else None,
        )
        for n in (1, 2)
    ]
    draft.hire(draft.post(key, "clerk", "综合文秘岗", "clerk", 30))
    chiefs = []
    in_sections: list[str] = []
    for n, name in enumerate(lower.sections, 1):
        section = f"{key}.s{n}"
        draft.unit(
            section,
            key,
            f"{lower.short_name}{name}",
            name,
            "section",
            lower.region,
            "综合" if n == 1 else lower.line,
            "股级",
        )
        title = "科长" if centre else "股长"
        chiefs.append(draft.hire(draft.post(section, "head", title, "head", 10)))
        in_sections += _staff(draft, section, 5 if n == 1 else 8, FIELD_TITLES)
    members = _staff(draft, key, lower.size - (len(draft.people) - before), FIELD_TITLES)

    # Secretaries: the deputies and chiefs of sections, in the stations a member of staff.
    within = len(lower.branches) - 1
    lead = [*[*deputies, *chiefs][:within], members[-1]]
    if key == "beidu":
        lead = [members[0], deputies[1], members[2]]
    committee = [person for person in (*members, *in_sections) if person not in lead]
    for n, name in enumerate(lower.branches, 1):
        people = [lead[n - 1], committee[2 * n - 2], committee[2 * n - 1]]
        _branch(draft, f"{key}.b{n}", key, f"{lower.short_name}{name}", name, lower.region, people)


def _staff(draft: _Draft, unit: str, count: int, titles: Sequence[str]) -> list[str]:
    """Fill `count` seats of staff; one person a seat."""
    return [
        draft.hire(draft.post(unit, f"member{n}", draft.rng.choice(titles), "member", 100 + n))
        for n in range(1, count + 1)
    ]


def _branch(
    draft: _Draft, key: str, parent: str, name: str, short: str, region: str, people: Iterable[str]
) -> None:
    """A branch below `parent`; secretary and committee members all work there already.

    Terms began last year between March and June, when the branches held their elections.
    """
    draft.unit(key, parent, name, short, "branch", region, "党建", "")
    since = date(draft.year - 1, draft.rng.randint(3, 6), draft.rng.choice((1, 11, 21)))
    # A seat in a branch stands before a member's desk and behind a head's or a deputy's.
    seats = (
        ("secretary", "支部书记", "secretary", 40),
        ("discipline", "纪检委员", "discipline_officer", 50),
        ("organising", "组织委员", "committee_member", 60),
    )
    for person, (seat, title, role, position) in zip(people, seats, strict=True):
        draft.appoint(person, draft.post(key, seat, title, role, position), since)


def _changes_of_last_year(draft: _Draft) -> None:
    """Seats that changed hands last year, so that "as of" a date shows somebody else."""
    spring, autumn = date(draft.year - 1, 3, 1), date(draft.year - 1, 9, 1)
    earlier = date(draft.year - 5, 7, 1)
    holder = draft.holder
    for now_in, was_in, until in (
        ("bureau.deputy2", "works.head", autumn),
        ("beidu.head", "beidu.deputy1", spring),
        ("nanping.head", "beidu.head", spring),
        ("law.head", "nanping.head", spring),
    ):
        draft.appoint(holder[now_in], was_in, earlier, until)


def _portfolios(draft: _Draft) -> None:
    """Who is in charge of what (分管). The head of the stationed group has no line of business."""
    year = draft.year
    start, moved = date(year - 2, 4, 1), date(year - 1, 9, 1)
    now: tuple[tuple[str, date, tuple[str, ...]], ...] = (
        ("bureau.head", start, (OFFICE,)),
        ("bureau.deputy1", start, (COMMITTEE, "personnel", "law", "nanping")),
        ("bureau.deputy2", moved, ("works", "beidu", "shitang")),
        ("bureau.deputy3", start, ("rivers", "chenghu", "luming", "liuting")),
        ("bureau.deputy4", start, ("finance", "yundong", "yunxi")),
        ("bureau.deputy5", moved, ("supply", "songling")),
    )
    before: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("bureau.deputy3", ("shitang",)),
        ("bureau.deputy4", ("works", "beidu", "supply")),
        ("bureau.deputy1", ("songling",)),
    )
    held = draft.holder
    for post, units in before:
        draft.portfolios += [DemoPortfolio(held[post], post, unit, start, moved) for unit in units]
    for post, since, units in now:
        draft.portfolios += [DemoPortfolio(held[post], post, unit, since) for unit in units]
