"""The invented bureau holds together: counts, keys, seats, dates; and its speech is our own."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from string import Formatter
from typing import TypeVar

import pytest

from luoshi.demo import organisation as demo
from luoshi.demo.bureau import BUREAU, COMMITTEE, OFFICE

YEAR = 2026
DATA = Path(__file__).parents[1] / "data"
SPEECH = Path(demo.__file__).with_name("speech.txt")
ROLES = {
    "head",
    "deputy",
    "secretary",
    "committee_member",
    "discipline_officer",
    "clerk",
    "member",
}


@pytest.fixture(scope="module")
def bureau() -> demo.DemoOrganisation:
    return demo.build(YEAR)


def chinese(text: str) -> str:
    return re.sub(r"[^\u4e00-\u9fff]", "", text)


Row = TypeVar("Row", demo.DemoAppointment, demo.DemoPortfolio)


def in_force(rows: Iterable[Row], on: date) -> Iterator[Row]:
    return (r for r in rows if r.valid_from <= on and (r.valid_to is None or on < r.valid_to))


def test_the_same_year_gives_the_same_bureau(bureau: demo.DemoOrganisation) -> None:
    assert demo.build(YEAR) == bureau
    assert [p.name for p in demo.build(YEAR + 4).people] == [p.name for p in bureau.people]


def test_it_has_the_size_that_is_promised(bureau: demo.DemoOrganisation) -> None:
    assert Counter(u.unit_kind for u in bureau.units) == {
        "bureau": 1,
        "committee": 2,
        "discipline": 1,
        "department": 7,
        "subordinate": 9,
        "section": 18,
        "branch": demo.BRANCHES,
    }
    assert demo.BRANCHES == 46
    assert len(bureau.people) == demo.PEOPLE == 420
    assert any(len(u.name) > 15 for u in bureau.units if u.unit_kind == "subordinate")


def test_keys_and_names_are_unique(bureau: demo.DemoOrganisation) -> None:
    for keys in (
        [u.key for u in bureau.units],
        [u.name for u in bureau.units],
        [p.key for p in bureau.posts],
        [p.key for p in bureau.people],
        [p.name for p in bureau.people],
        [a.username for a in bureau.accounts],
        [a.person_key for a in bureau.accounts],
        [(a.post_key, a.person_key, a.valid_from) for a in bureau.appointments],
        [(p.post_key, p.unit_key, p.valid_from) for p in bureau.portfolios],
    ):
        assert len(set(keys)) == len(keys)


def test_parents_come_first_and_branches_stand_below_where_people_work(
    bureau: demo.DemoOrganisation,
) -> None:
    kind: dict[str, str] = {}
    for unit in bureau.units:
        if unit.parent_key is None:
            assert unit.unit_kind == "bureau"
        else:
            assert unit.parent_key in kind
        if unit.unit_kind == "branch":
            assert kind[unit.parent_key or ""] in {"department", "subordinate"}
        kind[unit.key] = unit.unit_kind


def test_whatever_is_named_exists(bureau: demo.DemoOrganisation) -> None:
    units = {u.key for u in bureau.units}
    posts = {p.key for p in bureau.posts}
    people = {p.key for p in bureau.people}
    assert {p.unit_key for p in bureau.posts} <= units
    assert {p.acts_for_key for p in bureau.posts} - {None} <= units
    assert {p.post_role for p in bureau.posts} == ROLES
    assert {a.post_key for a in bureau.appointments} == posts
    assert {a.person_key for a in bureau.appointments} == people
    assert {a.person_key for a in bureau.accounts} <= people
    assert {p.unit_key for p in bureau.portfolios} <= units
    seats = {(a.person_key, a.post_key) for a in bureau.appointments}
    assert {(p.person_key, p.post_key) for p in bureau.portfolios} <= seats


def test_only_two_clerks_act_for_the_whole_bureau(bureau: demo.DemoOrganisation) -> None:
    acting = {p.unit_key: p for p in bureau.posts if p.acts_for_key}
    assert set(acting) == {OFFICE, COMMITTEE}
    assert all(p.post_role == "clerk" and p.acts_for_key == BUREAU for p in acting.values())


@pytest.mark.parametrize("on", [date(YEAR, 1, 1), date(YEAR, 7, 1), date(YEAR, 12, 31)])
def test_every_seat_has_one_holder_and_every_unit_its_head(
    bureau: demo.DemoOrganisation, on: date
) -> None:
    held = Counter(a.post_key for a in in_force(bureau.appointments, on))
    assert held == {p.key: 1 for p in bureau.posts}
    for unit in bureau.units:
        roles = Counter(p.post_role for p in bureau.posts if p.unit_key == unit.key)
        led_by = "secretary" if unit.unit_kind in {"branch", "committee"} else "head"
        other = {"secretary": "head", "head": "secretary"}[led_by]
        assert (roles[led_by], roles[other]) == (1, 0), unit.name
        if unit.unit_kind == "branch":
            assert roles["discipline_officer"] == 1
    assert {a.person_key for a in in_force(bureau.appointments, on)} == {
        p.key for p in bureau.people
    }


def test_branch_seats_are_held_by_people_of_that_unit(bureau: demo.DemoOrganisation) -> None:
    parent = {u.key: u.parent_key for u in bureau.units}
    kind = {u.key: u.unit_kind for u in bureau.units}
    where = {p.key: p.unit_key for p in bureau.posts}
    works: dict[str, set[str | None]] = {}
    for a in bureau.appointments:
        unit = where[a.post_key]
        if a.valid_to is None and kind[unit] != "branch":
            works.setdefault(a.person_key, set()).update({unit, parent[unit]})
    held: Counter[str] = Counter()
    for a in bureau.appointments:
        if kind[where[a.post_key]] == "branch":
            assert parent[where[a.post_key]] in works[a.person_key]
            held[a.person_key] += 1
    assert max(held.values()) == 1


def test_appointments_began_within_the_life_of_the_bureau(
    bureau: demo.DemoOrganisation,
) -> None:
    latest = date(YEAR - 1, 12, 31)
    rows: list[demo.DemoAppointment | demo.DemoPortfolio]
    rows = [*bureau.appointments, *bureau.portfolios]
    for row in rows:
        assert bureau.opened_on <= row.valid_from <= latest
        assert row.valid_to is None or row.valid_from < row.valid_to <= latest
    branches = {u.key for u in bureau.units if u.unit_kind == "branch"}
    seats = {p.key for p in bureau.posts if p.unit_key in branches}
    assert {a.valid_from.year for a in bureau.appointments if a.post_key in seats} == {YEAR - 1}


def test_no_seat_had_two_holders_at_once(bureau: demo.DemoOrganisation) -> None:
    by_seat: dict[str, list[demo.DemoAppointment]] = {}
    for a in bureau.appointments:
        by_seat.setdefault(a.post_key, []).append(a)
    changed = 0
    for rows in by_seat.values():
        rows.sort(key=lambda a: a.valid_from)
        for earlier, later in itertools.pairwise(rows):
            assert earlier.valid_to is not None
            assert earlier.valid_to <= later.valid_from
            changed += 1
    assert changed == 4


def test_every_department_and_lower_bureau_has_one_leader_in_charge(
    bureau: demo.DemoOrganisation,
) -> None:
    wanted = {u.key for u in bureau.units if u.unit_kind in {"department", "subordinate"}}
    for on in (date(YEAR, 6, 1), date(YEAR - 1, 9, 1)):
        charged = Counter(p.unit_key for p in in_force(bureau.portfolios, on))
        assert {k: n for k, n in charged.items() if k in wanted} == dict.fromkeys(wanted, 1)
    leaders = {p.person_key for p in in_force(bureau.portfolios, date(YEAR, 6, 1))}
    assert len(leaders) == 6
    assert sum(p.valid_to is not None for p in bureau.portfolios) == 5
    since = {(a.person_key, a.post_key): a.valid_from for a in bureau.appointments}
    for p in bureau.portfolios:
        assert since[p.person_key, p.post_key] <= p.valid_from


def test_a_change_of_last_year_shows_another_leader_before_it(
    bureau: demo.DemoOrganisation,
) -> None:
    name = {p.key: p.name for p in bureau.people}
    changed_on = date(YEAR - 1, 9, 1)

    def in_charge(on: date) -> list[str]:
        rows = [p for p in bureau.portfolios if p.unit_key == "works"]
        return [name[p.person_key] for p in in_force(rows, on)]

    assert in_charge(changed_on - timedelta(days=1)) == ["苏远桥"]
    assert in_charge(changed_on) == ["周衍之"]


def test_accounts_cover_those_whom_a_visitor_wants_to_be(
    bureau: demo.DemoOrganisation,
) -> None:
    posts = {p.key: p for p in bureau.posts}
    units = {u.key: u for u in bureau.units}
    seats: set[tuple[str, str]] = set()
    for account in bureau.accounts:
        assert re.fullmatch(r"[a-z]{5,20}", account.username)
        assert set(account.roles) <= {"org_admin", "auditor"}
        for a in bureau.appointments:
            if a.person_key == account.person_key and a.valid_to is None:
                post = posts[a.post_key]
                seats.add((units[post.unit_key].unit_kind, post.post_role))
    assert seats >= {
        ("bureau", "head"),
        ("bureau", "deputy"),
        ("department", "clerk"),
        ("department", "head"),
        ("subordinate", "head"),
        ("subordinate", "clerk"),
        ("branch", "secretary"),
        ("branch", "discipline_officer"),
        ("discipline", "head"),
    }
    assert sorted(r for a in bureau.accounts for r in a.roles) == ["auditor", "org_admin"]


def test_the_speech_leaves_only_the_years_open() -> None:
    text = SPEECH.read_text(encoding="utf-8")
    fields = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    assert fields == {"year", "last_year"}
    assert not re.search(r"20\d\d", text)
    assert "{" not in text.format(year=YEAR, last_year=YEAR - 1)
    assert 3500 <= len(chinese(text)) <= 4500
    assert [line[0] for line in text.splitlines() if line[1:2] == "、"] == list("一二三四")


def test_the_speech_names_units_of_the_bureau(bureau: demo.DemoOrganisation) -> None:
    text = SPEECH.read_text(encoding="utf-8")
    for unit in bureau.units:
        if unit.unit_kind == "department":
            assert unit.name in text
    long_name = max((u.name for u in bureau.units), key=len)
    assert long_name in text
    head = next(p.name for p in bureau.people)
    assert head in text


def test_the_speech_shares_no_passage_with_the_other_samples() -> None:
    def runs(text: str) -> set[str]:
        plain = chinese(text)
        return {plain[i : i + 12] for i in range(len(plain) - 11)}

    speech = runs(SPEECH.read_text(encoding="utf-8"))
    samples = sorted(DATA.glob("*.txt"))
    assert {"notice.txt", "plain_speech.txt", "plan.txt", "rules.txt"} <= {s.name for s in samples}
    for sample in samples:
        assert not speech & runs(sample.read_text(encoding="utf-8")), sample.name


def test_the_plain_speech_has_neither_dates_nor_years() -> None:
    text = (DATA / "plain_speech.txt").read_text(encoding="utf-8")
    assert 1800 <= len(text) <= 2500
    assert not re.search(r"\d|[月日]前|每[月季年周]|月底|年底", text)
