"""A small invented bureau with one user for each role: what tests of every app play with.

    def test_x(cast: Cast, client: Client) -> None:       # fixture `cast` below
        cast.sign_in(client, "beidu_head")
        cast.users["beidu_head"]; cast.units["beidu"]; cast.paths["beidu"]

The fixture is there in every test: `tests/conftest.py` names this module as a plugin.

The tree (keys as in `units`):

    bureau ─ office ─ office_b1 (branch)
           ─ works ─ works_b1
           ─ discipline
           ─ beidu ─ beidu_b1, beidu_b2
           ─ nanping ─ nanping_b1, nanping_b2

Users are named after their seats; the list is `SEATS`, with `AT` as the day of everything.
`ended` was clerk of beidu until last year; `nobody` signs in and holds no post; `admin` keeps the
organisation; `auditor` verifies the record; `stranger` belongs to another organisation.
"""

import pickle
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client

from luoshi.accounts.models import User
from luoshi.base.models import Organisation
from luoshi.orgs import founding, loading
from luoshi.orgs.models import Appointment, Person, Post, Unit

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""Monday, 2 March 2026, 9:30 in Shanghai."""
TODAY = date(2026, 3, 2)
OPENED = date(2020, 1, 1)
PASSWORD = "ChengHu-2026"


@dataclass(frozen=True)
class _Unit:
    key: str
    parent_key: str | None
    name: str
    unit_kind: str
    short_name: str = ""
    region: str = "市本级"
    line: str = "综合"
    rank: str = ""


@dataclass(frozen=True)
class _Post:
    key: str
    unit_key: str
    title: str
    post_role: str
    position: int
    acts_for_key: str | None = None


@dataclass(frozen=True)
class _Person:
    key: str
    name: str


@dataclass(frozen=True)
class _Appointment:
    person_key: str
    post_key: str
    valid_from: date = OPENED
    valid_to: date | None = None


@dataclass(frozen=True)
class _Portfolio:
    person_key: str
    post_key: str
    unit_key: str
    valid_from: date = OPENED
    valid_to: date | None = None


@dataclass(frozen=True)
class _Account:
    person_key: str
    username: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Plan:
    opened_on: date
    units: tuple[_Unit, ...]
    posts: tuple[_Post, ...]
    people: tuple[_Person, ...]
    appointments: tuple[_Appointment, ...]
    portfolios: tuple[_Portfolio, ...]
    accounts: tuple[_Account, ...]


UNITS = (
    _Unit("bureau", None, "云州市水务局", "bureau", "市水务局", rank="正处级"),
    _Unit("office", "bureau", "办公室", "department", rank="正科级"),
    _Unit("office_b1", "office", "办公室党支部", "branch", "办公室支部", line="党建"),
    _Unit("works", "bureau", "工程建设科", "department", line="工程建设", rank="正科级"),
    _Unit("works_b1", "works", "工程建设科党支部", "branch", "工程支部", line="党建"),
    _Unit("discipline", "bureau", "派驻水务局纪检监察组", "discipline", line="纪检监察"),
    _Unit("beidu", "bureau", "北渡分局", "subordinate", region="北渡区", line="河湖管理"),
    _Unit("beidu_b1", "beidu", "北渡分局第一支部", "branch", "第一支部", "北渡区", "党建"),
    _Unit("beidu_b2", "beidu", "北渡分局第二支部", "branch", "第二支部", "北渡区", "党建"),
    _Unit("nanping", "bureau", "南屏分局", "subordinate", region="南屏县", line="河湖管理"),
    _Unit("nanping_b1", "nanping", "南屏分局第一支部", "branch", "第一支部", "南屏县", "党建"),
    _Unit("nanping_b2", "nanping", "南屏分局第二支部", "branch", "第二支部", "南屏县", "党建"),
)

SEATS: dict[str, tuple[str, str, str, str, str | None]] = {
    # key: (unit, title, role, name, acts for)
    "bureau_head": ("bureau", "局长", "head", "沈既明", None),
    "bureau_deputy1": ("bureau", "副局长", "deputy", "周衍之", None),
    "bureau_deputy2": ("bureau", "副局长", "deputy", "林疏影", None),
    "office_head": ("office", "主任", "head", "许观棠", None),
    "office_clerk": ("office", "文秘督办岗", "clerk", "何静之", "bureau"),
    "office_member": ("office", "科员", "member", "罗希闻", None),
    "office_secretary": ("office_b1", "支部书记", "secretary", "温以宁", None),
    "works_head": ("works", "科长", "head", "程砚北", None),
    "works_member": ("works", "工程师", "member", "贺知微", None),
    "works_secretary": ("works_b1", "支部书记", "secretary", "庄叙白", None),
    "discipline_head": ("discipline", "组长", "head", "韩守拙", None),
    "discipline_officer": ("discipline", "纪检监察员", "discipline_officer", "邹允执", None),
    "beidu_head": ("beidu", "局长", "head", "沈知远", None),
    "beidu_deputy": ("beidu", "副局长", "deputy", "姜亦川", None),
    "beidu_clerk": ("beidu", "综合文秘岗", "clerk", "宋晴川", None),
    "beidu_b1_secretary": ("beidu_b1", "支部书记", "secretary", "陆闻笛", None),
    "beidu_b1_discipline": ("beidu_b1", "纪检委员", "discipline_officer", "岑若谷", None),
    "beidu_b2_secretary": ("beidu_b2", "支部书记", "secretary", "江疏桐", None),
    "beidu_b2_organiser": ("beidu_b2", "组织委员", "committee_member", "顾照野", None),
    "nanping_head": ("nanping", "局长", "head", "江北望", None),
    "nanping_clerk": ("nanping", "综合文秘岗", "clerk", "杜若衡", None),
    "nanping_b1_secretary": ("nanping_b1", "支部书记", "secretary", "梁映雪", None),
    "nanping_b2_secretary": ("nanping_b2", "支部书记", "secretary", "易怀瑾", None),
}
"""The bureau's clerk sits in the office and acts for the bureau. One user for each seat."""

IN_CHARGE = {
    "bureau_deputy1": ("works", "beidu"),
    "bureau_deputy2": ("nanping",),
    "bureau_head": ("office",),
}


def plan() -> _Plan:
    """The bureau as a plan for `orgs.loading`."""
    posts = tuple(
        _Post(key, unit, title, role, position, acts_for)
        for position, (key, (unit, title, role, _, acts_for)) in enumerate(SEATS.items(), 1)
    )
    people = tuple(_Person(key, name) for key, (*_, name, _) in SEATS.items())
    return _Plan(
        opened_on=OPENED,
        units=UNITS,
        posts=posts,
        people=(*people, _Person("ended", "谢长庚"), _Person("nobody", "白予安")),
        appointments=(
            *(_Appointment(key, key) for key in SEATS if key != "beidu_clerk"),
            _Appointment("ended", "beidu_clerk", OPENED, date(2025, 7, 1)),
            _Appointment("beidu_clerk", "beidu_clerk", date(2025, 7, 1)),
        ),
        portfolios=tuple(
            _Portfolio(leader, leader, unit)
            for leader, units in IN_CHARGE.items()
            for unit in units
        ),
        accounts=(
            *(_Account(key, key) for key in SEATS),
            _Account("ended", "ended"),
            _Account("nobody", "nobody"),
        ),
    )


@dataclass
class Cast:
    """The bureau and its users; keys as in `UNITS` and `SEATS`."""

    organisation: Organisation
    admin: User
    users: dict[str, User] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    appointments: dict[str, Appointment] = field(default_factory=dict)

    at = AT
    today = TODAY
    password = PASSWORD

    def sign_in(self, client: Client, username: str) -> User:
        """Sign the client in as the user of that seat, without the sign-in page."""
        user = self.users[username]
        client.force_login(user)
        return user

    def fresh(self, username: str) -> User:
        """The user as the database has it now."""
        return User.objects.get(pk=self.users[username].pk)


def build() -> Cast:
    """Found the bureau and the stranger's organisation, through actions alone."""
    from luoshi.accounts import actions as accounts

    admin = founding.found_with_user(
        "云州市水务局", username="admin", name="严守则", password=PASSWORD, at=AT, slug="yunzhou"
    )
    planned = plan()
    loaded = loading.load(planned, by=admin, at=AT)
    users = loading.open_accounts(planned.accounts, loaded, password=PASSWORD, by=admin, at=AT)
    organisation = admin.organisation
    users["admin"] = admin
    users["auditor"] = accounts.create_user(
        organisation, username="auditor", name="方持衡", password=PASSWORD, duties=["auditor"],
        by=admin, at=AT,
    )  # fmt: skip
    users["stranger"] = founding.found_with_user(
        "青川市园林局", username="stranger", name="别处人", password=PASSWORD, at=AT,
        slug="qingchuan",
    )  # fmt: skip
    return Cast(
        organisation=organisation,
        admin=admin,
        users=users,
        units=loaded.units,
        paths=loaded.paths,
        posts=loaded.posts,
        people=loaded.people,
        appointments={person: row for (person, _, _), row in loaded.appointments.items()},
    )


_BUILT: list[tuple[bytes, list[list[Model]]]] = []
"""What `build` made the first time in this process: the cast, and the rows of every table."""


def again() -> Cast:
    """The bureau as `build` makes it, into an empty database.

    The first time through the actions; from then on the same rows are put back, which takes a
    tenth of the time and is the same to a test: nothing in a process remembers the last one.
    """
    if not _BUILT:
        built = build()
        tables = [
            list(model._base_manager.all())
            for model in apps.get_models(include_auto_created=True)
            if model.__module__.startswith("luoshi.")
        ]
        _BUILT.append((pickle.dumps(built), [rows for rows in tables if rows]))
        return built
    kept, tables = _BUILT[0]
    for rows in tables:
        type(rows[0])._base_manager.bulk_create(rows)
    found: Cast = pickle.loads(kept)  # our own bytes
    return found


@pytest.fixture
def cast(db: None) -> Cast:
    """The bureau, freshly founded in the test's database."""
    return again()
