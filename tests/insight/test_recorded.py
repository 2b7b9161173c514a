"""What happened when and was recorded when: the label on the lists, and the view of a year."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as site
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from luoshi.directives import actions as directives
from luoshi.directives.models import Directive, Stage
from luoshi.duties import actions
from luoshi.duties.models import Receipt, Submission
from luoshi.insight import recorded
from luoshi.insight.recorded import BEFORE, LATER, UNKNOWN, Figures
from luoshi.orgs import access, paths
from luoshi.orgs.models import Placement, Unit
from tests.cast import AT, OPENED, TODAY, Cast
from tests.directives.test_actions import load
from tests.duties.test_handing import issue, occurrence
from tests.duties.test_quick import given

ADDRESS = "/record/times/"
JUNE = datetime(2026, 6, 20, 2, 0, tzinfo=UTC)
"""20 June 2026, 10:00 in Shanghai."""
MAY = date(2026, 5, 3)
NEW_YEAR = date(2027, 1, 10)
PAIR = "happened 3 May, recorded 20 Jun"


def report(cast: Cast, unit: str, key: str, on: date | None, at: datetime) -> Submission:
    by = cast.users[f"{unit}_secretary"]
    return actions.submit(occurrence(cast, unit, key), note="已上课", happened_on=on, by=by, at=at)


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


@pytest.fixture
def lived(cast: Cast, issued: Directive) -> Directive:
    """Reports of two years, at the edges of months and of the year."""
    report(cast, "beidu_b1", "2026-Q1", date(2026, 3, 3), datetime(2026, 3, 3, 8, tzinfo=UTC))
    report(cast, "beidu_b1", "2026-Q2", MAY, JUNE)
    report(cast, "beidu_b1", "2026-Q3", date(2026, 6, 10), JUNE + timedelta(hours=1))
    report(cast, "beidu_b1", "2026-Q4", None, JUNE + timedelta(hours=2))
    # 23:30 UTC on 31 March is 1 April in Shanghai
    report(cast, "beidu_b2", "2026-Q1", date(2026, 3, 31),
           datetime(2026, 3, 31, 23, 30, tzinfo=UTC))  # fmt: skip
    report(cast, "beidu_b2", "2026-Q2", date(2025, 12, 30), datetime(2026, 3, 5, tzinfo=UTC))
    report(cast, "nanping_b1", "2026-Q1", date(2026, 6, 1), datetime(2027, 1, 2, tzinfo=UTC))
    # 16:30 UTC on 31 December is New Year's Day in Shanghai
    report(cast, "nanping_b1", "2026-Q2", date(2026, 12, 31),
           datetime(2026, 12, 31, 16, 30, tzinfo=UTC))  # fmt: skip
    return issued


def build(
    cast: Cast, who: str, unit: str, year: int = 2026, *, register: str = "reports",
    on: date = NEW_YEAR,
) -> recorded.Recorded:  # fmt: skip
    wanted = next(r for r in recorded.REGISTERS if r.key == register)
    standing = access.standing(cast.users[who], on)
    return recorded.build(wanted, standing, cast.units[unit], cast.paths[unit], year)


def cells(found: recorded.Recorded) -> dict[tuple[int, int], int]:
    matrix = found.matrix
    return {
        (row.happened, column): cell.count
        for row in matrix.rows
        for column, cell in zip(matrix.columns, row.cells, strict=True)
        if cell.count
    }


def plain(figures: Figures) -> tuple[int, int, int, int, int]:
    return (figures.total, figures.week, figures.month, figures.longer, figures.undated)


def lines(found: recorded.Recorded) -> dict[str, tuple[int, int, int, int, int]]:
    return {line.unit.name if line.unit else "": plain(line.figures) for line in found.lines}


class TestFigures:
    @pytest.mark.parametrize(
        ("after", "where"),
        [(0, "week"), (7, "week"), (8, "month"), (30, "month"), (31, "longer"), (400, "longer")],
    )
    def test_the_edges_of_the_columns(self, after: int, where: str) -> None:
        found = Figures()
        found.add(MAY, MAY + timedelta(days=after), 3)
        assert (found.total, getattr(found, where)) == (3, 3)

    def test_the_day_with_most(self) -> None:
        found = Figures()
        assert found.busiest == ""
        found.add(None, TODAY, 1)
        found.add(None, MAY, 1)
        assert found.busiest == ""
        with time_machine.travel(AT):
            found.add(None, MAY, 34)
            assert found.busiest == "3 May, 35 of 36"
            found.add(None, TODAY, 34)
            assert found.busiest == "2 Mar, first of 2 days with 35 each, of 70"
            found.add(None, date(2025, 1, 7), 35)
            assert found.busiest == "7 Jan 2025, first of 3 days with 35 each, of 105"


class TestYear:
    def test_every_figure_of_the_whole(self, cast: Cast, lived: Directive) -> None:
        found = build(cast, "office_clerk", "bureau")
        assert cells(found) == {
            (3, 3): 1, (5, 6): 1, (6, 6): 1, (UNKNOWN, 6): 1, (3, 4): 1, (BEFORE, 3): 1,
            (6, LATER): 1, (12, LATER): 1,
        }  # fmt: skip
        assert plain(found.sums) == (8, 3, 1, 3, 1)
        assert found.matrix.totals == [0, 0, 2, 1, 0, 3, 0, 0, 0, 0, 0, 0, 2]
        assert [row.happened for row in found.matrix.rows] == [BEFORE, *range(1, 13), UNKNOWN]
        assert sum(row.total for row in found.matrix.rows) == found.sums.total
        assert (found.sums.most, found.sums.most_on) == (3, [date(2026, 6, 20)])
        assert lines(found) == {
            "办公室": (0, 0, 0, 0, 0), "工程建设科": (0, 0, 0, 0, 0),
            "派驻水务局纪检监察组": (0, 0, 0, 0, 0), "北渡分局": (6, 2, 1, 2, 1),
            "南屏分局": (2, 1, 0, 1, 0),
        }  # fmt: skip

    def test_units_stand_in_their_order_and_open_downward(
        self, cast: Cast, lived: Directive
    ) -> None:
        found = build(cast, "office_clerk", "beidu")
        assert [unit.name for unit in found.above] == ["云州市水务局"]
        assert list(lines(found).items()) == [
            ("北渡分局第一支部", (4, 1, 1, 1, 1)), ("北渡分局第二支部", (2, 1, 0, 1, 0)),
        ]  # fmt: skip
        Unit.objects.filter(pk=cast.units["beidu_b2"].pk).update(position=0)
        Unit.objects.filter(pk=cast.units["beidu_b1"].pk).update(position=1)
        found = build(cast, "office_clerk", "beidu")
        assert list(lines(found)) == ["北渡分局第二支部", "北渡分局第一支部"]
        leaf = build(cast, "office_clerk", "beidu_b1")
        assert (leaf.lines, plain(leaf.sums)) == ([], (4, 1, 1, 1, 1))

    def test_what_a_unit_itself_entered_has_a_line(self, cast: Cast, lived: Directive) -> None:
        actions.submit(
            occurrence(cast, "beidu", "once"), note="办好了", happened_on=MAY,
            by=cast.users["beidu_head"], at=JUNE,
        )  # fmt: skip
        found = build(cast, "office_clerk", "beidu")
        assert next(iter(lines(found).items())) == ("", (1, 0, 0, 1, 0))
        assert sum(line.figures.total for line in found.lines) == found.sums.total == 7

    def test_the_year_after_shows_what_was_entered_in_it(
        self, cast: Cast, lived: Directive
    ) -> None:
        found = build(cast, "office_clerk", "bureau", 2027)
        assert cells(found) == {(BEFORE, 1): 2}
        assert [row.happened for row in found.matrix.rows] == [BEFORE, *range(1, 13)]
        assert LATER not in found.matrix.columns
        assert build(cast, "office_clerk", "bureau", 2024).sums.total == 0

    def test_shades_follow_the_largest_number(self) -> None:
        counter = recorded.Counter({(1, 1): 100, (1, 2): 26, (2, 2): 25, (2, 3): 1})
        rows = recorded._matrix(counter).rows
        assert [c.level for c in rows[0].cells[:3]] == [4, 2, 0]
        assert [c.level for c in rows[1].cells[:3]] == [0, 1, 1]
        assert [c.same for c in rows[1].cells[:3]] == [False, True, False]
        assert [c.possible for c in rows[1].cells[:3]] == [False, True, True]

    def test_a_zone_that_changes_its_clock(
        self, cast: Cast, lived: Directive, settings: Any
    ) -> None:
        settings.TIME_ZONE = "Europe/Berlin"
        report(cast, "nanping_b2", "2026-Q1", date(2026, 1, 31),
               datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # fmt: skip
        report(cast, "nanping_b2", "2026-Q2", date(2026, 1, 31),
               datetime(2026, 3, 31, 21, 30, tzinfo=UTC))  # fmt: skip
        found = build(cast, "office_clerk", "nanping")
        assert cells(found) == {(1, 4): 1, (1, 3): 1, (6, LATER): 1, (12, 12): 1}

    def test_an_earlier_place_in_the_tree_counts_nothing_twice(
        self, cast: Cast, lived: Directive
    ) -> None:
        Placement.objects.create(
            organisation=cast.organisation, unit=cast.units["beidu_b1"],
            parent=cast.units["nanping"], path=cast.paths["nanping"] + paths.segment(77),
            valid_from=date(2019, 1, 1), valid_to=OPENED,
        )  # fmt: skip
        assert plain(build(cast, "office_clerk", "bureau").sums) == (8, 3, 1, 3, 1)
        assert build(cast, "office_clerk", "nanping").sums.total == 2


class TestRegisters:
    def test_receipts_and_what_was_passed_on(self, cast: Cast, issued: Directive) -> None:
        def receive(unit: str, at: datetime, **more: Any) -> None:
            by = cast.users[f"{unit}_clerk"]
            actions.receive(issued, cast.units[unit], by=by, at=at, **more)

        receive("beidu", AT)
        receive("beidu", JUNE, meeting="局务会", transmitted_on=MAY)
        receive("nanping", JUNE, received_on=TODAY)
        receive("nanping", JUNE + timedelta(days=30), received_on=date(2026, 5, 20))
        kept = {r.unit_id: r for r in Receipt.objects.all()}
        beidu = kept[cast.units["beidu"].pk]
        assert (beidu.received_at, beidu.transmitted_at, beidu.at) == (AT, JUNE, JUNE)
        found = build(cast, "office_clerk", "bureau", register="receipts")
        assert cells(found) == {(3, 3): 1, (5, 7): 1}
        assert lines(found)["北渡分局"] == (1, 1, 0, 0, 0)
        assert lines(found)["南屏分局"] == (1, 0, 0, 1, 0)
        passed = build(cast, "office_clerk", "bureau", register="transmissions")
        assert cells(passed) == {(5, 6): 1}
        receive("beidu", JUNE + timedelta(days=1))
        assert not build(cast, "office_clerk", "bureau", register="transmissions").sums.total
        assert cells(build(cast, "office_clerk", "bureau", register="receipts")) == cells(found)

    def test_receipts_kept_before_take_their_moments_from_the_log(
        self, cast: Cast, issued: Directive
    ) -> None:
        for at in (AT, JUNE):
            more = {"meeting": "局务会", "transmitted_on": MAY} if at == JUNE else {}
            actions.receive(
                issued, cast.units["beidu"], by=cast.users["beidu_clerk"], at=at, **more
            )
        Receipt.objects.update(received_at=JUNE, transmitted_at=None)
        import_module("luoshi.duties.migrations.0003_receipt_moments").fill(apps, None)
        kept = Receipt.objects.get()
        assert (kept.received_at, kept.transmitted_at) == (AT, JUNE)

    def test_approvals_on_paper_belong_to_the_owner(self, cast: Cast) -> None:
        on_paper(cast)
        found = build(cast, "office_clerk", "bureau", register="signatures")
        assert cells(found) == {(3, 6): 1}
        assert lines(found)[""] == (1, 0, 0, 1, 0)
        assert build(cast, "beidu_clerk", "beidu", register="signatures").sums.total == 0


def on_paper(cast: Cast) -> Directive:
    """A breakdown whose decision was signed on 5 March and entered on 20 June."""
    found, clerk = load(cast), cast.users["office_clerk"]
    directives.confirm(found, by=clerk, at=AT)
    asked = directives.send(found, stage=Stage.DECISION, signer="沈既明", by=clerk, at=AT)
    scan = directives.Scan("送审单.pdf", "application/pdf", [b"%PDF-1.4 signed"])
    directives.record_on_paper(
        asked, approved=True, signer="沈既明", signed_on=date(2026, 3, 5), scan=scan, by=clerk,
        at=JUNE,
    )  # fmt: skip
    return found


class TestScope:
    @pytest.mark.parametrize(
        ("who", "unit", "total"),
        [
            ("office_clerk", "bureau", 8),
            ("beidu_clerk", "beidu", 6),
            ("beidu_b1_secretary", "beidu_b1", 4),
            ("beidu_b1_discipline", "beidu_b1", 4),
            ("nanping_head", "nanping", 2),
            ("works_member", "works", 0),
        ],
    )
    def test_each_sees_their_own_part(
        self, cast: Cast, lived: Directive, who: str, unit: str, total: int
    ) -> None:
        assert build(cast, who, unit).sums.total == total

    def test_who_reads_one_unit_counts_nothing_below_it(self, cast: Cast, lived: Directive) -> None:
        report_of = occurrence(cast, "office_b1", "2026-Q1")
        actions.submit(report_of, note="已上课", by=cast.users["office_secretary"], at=JUNE)
        assert build(cast, "office_head", "office").sums.total == 1
        own = build(cast, "office_member", "office")
        assert (own.sums.total, own.lines, own.above) == (0, [], [])

    def test_nobody_sees_another_organisation(self, cast: Cast, lived: Directive) -> None:
        assert build(cast, "stranger", "bureau").sums.total == 0


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies[site.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def in_june() -> Any:
    with time_machine.travel(JUNE + timedelta(hours=3)):
        yield


@pytest.mark.usefixtures("in_june")
class TestPage:
    def test_the_unit_that_one_acts_for_is_shown_first(
        self, cast: Cast, english: Client, lived: Directive
    ) -> None:
        cast.sign_in(english, "office_clerk")
        answer = english.get(ADDRESS)
        assert answer.context["unit"] == cast.units["bureau"]
        text = answer.content.decode()
        assert "Reports of the units, 2026" in text
        assert "Late entries are accepted" in text
        assert "%" not in text.split("<main")[1].split("</main>")[0]
        for name in ("宋晴川", "陆闻笛", "江疏桐"):
            assert name not in text
        below = english.get(ADDRESS, {"unit": cast.units["beidu"].pk, "year": "2026"})
        assert [line.unit.name for line in below.context["found"].lines] == [
            "北渡分局第一支部", "北渡分局第二支部",
        ]  # fmt: skip

    def test_odd_choices_fall_back(self, cast: Cast, english: Client, lived: Directive) -> None:
        cast.sign_in(english, "office_clerk")
        for query in ({"year": "2099"}, {"year": "x"}, {"year": "٢٠٢٦"}, {"register": "zzz"}):
            found = english.get(ADDRESS, query).context["found"]
            assert (found.year, found.register.key) == (2026, "reports")
        assert english.get(ADDRESS, {"unit": "x"}).status_code == 404

    def test_out_of_reach(self, cast: Cast, english: Client, lived: Directive) -> None:
        cast.sign_in(english, "beidu_clerk")
        assert "南屏" not in english.get(ADDRESS).content.decode()
        for unit in ("bureau", "nanping", "nanping_b1"):
            assert english.get(ADDRESS, {"unit": cast.units[unit].pk}).status_code == 404
        for who in ("stranger", "nobody", "ended", "auditor"):
            cast.sign_in(english, who)
            assert english.get(ADDRESS).status_code == 403
        english.logout()
        assert english.get(ADDRESS).status_code == 302

    def test_an_empty_year_says_what_to_do(
        self, cast: Cast, english: Client, issued: Directive
    ) -> None:
        cast.sign_in(english, "office_clerk")
        text = english.get(ADDRESS, {"register": "receipts", "year": "2025"}).content.decode()
        assert "Receipts of directives: none happened or was recorded in 2025" in text
        assert "Choose another register, year or unit above" in text

    def test_as_many_queries_for_one_unit_as_for_forty(
        self, cast: Cast, english: Client, issued: Directive
    ) -> None:
        one = report(cast, "beidu_b1", "2026-Q1", MAY, JUNE)
        cast.sign_in(english, "office_clerk")
        english.get(ADDRESS)

        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                english.get(ADDRESS, {"unit": cast.units["beidu"].pk})
            return len(queries)

        few = count()
        for number in range(40):
            unit = Unit.objects.create(
                organisation=cast.organisation, name=f"第{number}支部", unit_kind="branch",
                opened_on=OPENED, position=100 + number,
            )  # fmt: skip
            Placement.objects.create(
                organisation=cast.organisation, unit=unit, parent=cast.units["beidu"],
                path=cast.paths["beidu"] + paths.segment(100 + number), valid_from=OPENED,
            )  # fmt: skip
            Submission.objects.create(
                organisation=cast.organisation, occurrence=one.occurrence, unit=unit, by=one.by,
                at=JUNE + timedelta(hours=number), happened_on=MAY, note="x",
            )  # fmt: skip
        assert count() == few <= 12
        found = english.get(ADDRESS, {"unit": cast.units["beidu"].pk}).context["found"]
        assert (len(found.lines), found.sums.total) == (42, 41)


class TestLabel:
    @pytest.mark.parametrize(
        ("tag", "on", "at", "said", "marked"),
        [
            ("happened on at", MAY, JUNE, PAIR, True),
            ("happened on at clock=True", MAY, JUNE, f"{PAIR} 10:00", True),
            ("happened on at", date(2026, 6, 13), JUNE, "happened 13 Jun, recorded 20 Jun", False),
            ("happened on at", date(2026, 6, 12), JUNE, "happened 12 Jun, recorded 20 Jun", True),
            ("happened on at", date(2025, 6, 20), JUNE, "happened 20 Jun 2025, recorded 20 Jun",
             True),
            ("happened on at", date(2026, 6, 20), JUNE, "20 Jun", False),
            ("happened on at clock=True", date(2026, 6, 20), JUNE, "20 Jun 10:00", False),
            ("happened on at", None, JUNE, "recorded 20 Jun", False),
            # 23:30 UTC on 31 March: the next day in Shanghai
            ("happened on at", date(2026, 3, 31), datetime(2026, 3, 31, 23, 30, tzinfo=UTC),
             "happened 31 Mar, recorded 1 Apr", False),
            ("happened on at", date(2026, 4, 1), datetime(2026, 3, 31, 23, 30, tzinfo=UTC),
             "1 Apr", False),
            ("recorded on at", MAY, JUNE, "recorded 20 Jun", True),
            ("recorded on at", date(2026, 6, 20), JUNE, "", False),
            ("recorded on at", None, JUNE, "", False),
            ("recorded on at", MAY, None, "", False),
        ],
    )  # fmt: skip
    def test_what_it_says(
        self, tag: str, on: date | None, at: datetime | None, said: str, marked: bool
    ) -> None:
        with time_machine.travel(JUNE), translation.override("en"):
            text = Template(f"{{% {tag} %}}").render(Context({"on": on, "at": at}))
        assert re.sub(r"<i .*?</i>|<[^>]+>", "", text) == said
        assert ("more than 7 days between" in text) is marked
        assert "c-s" not in text


@pytest.mark.usefixtures("in_june")
class TestLists:
    """Each list that has both days shows the pair."""

    @pytest.fixture
    def page(self, cast: Cast, english: Client) -> Callable[..., str]:
        def get(address: str, who: str = "office_clerk", **query: str) -> str:
            cast.sign_in(english, who)
            answer = english.get(address, query)
            assert answer.status_code == 200
            return answer.content.decode()

        return get

    def test_a_report(self, cast: Cast, issued: Directive, page: Callable[..., str]) -> None:
        sent = report(cast, "beidu_b1", "2026-Q1", MAY, JUNE)
        assert f"{PAIR} 10:00" in page(f"/occurrences/{sent.occurrence_id}/")
        assert f"{PAIR} 10:00" in page("/")
        assert PAIR in page(f"/units/{cast.units['beidu_b1'].pk}/work/", tab="submitted")
        assert PAIR not in page(f"/units/{cast.units['beidu_b1'].pk}/work/", tab="owed")
        assert PAIR in page(f"/assignments/{sent.occurrence.assignment_id}/")
        actions.accept(sent.occurrence, by=cast.users["office_clerk"], at=JUNE)
        assert PAIR in page(f"/units/{cast.units['beidu_b1'].pk}/work/", tab="done")

    def test_a_report_that_the_office_entered(
        self, cast: Cast, issued: Directive, page: Callable[..., str]
    ) -> None:
        owed = occurrence(cast, "beidu_b1", "2026-Q1")
        said = [actions.Said(owed.pk, owed.version, "已上课", MAY, "陆闻笛")]
        clerk = cast.users["office_clerk"]
        actions.record_returned(cast.units["beidu_b1"], said, source="x", by=clerk, at=JUNE)
        assert f"{PAIR} 10:00" in page(f"/occurrences/{owed.pk}/")
        assert PAIR in page(f"/units/{cast.units['beidu_b1'].pk}/work/", tab="submitted")

    def test_a_report_of_the_same_day_is_no_late_one(
        self, cast: Cast, issued: Directive, page: Callable[..., str]
    ) -> None:
        owed = occurrence(cast, "beidu_b1", "2026-Q1")
        night = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)
        morning = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
        by = cast.users["beidu_b1_secretary"]
        actions.submit(owed, note="已上课", by=by, at=night)
        assert "Done late" not in page(f"/occurrences/{owed.pk}/")
        other = occurrence(cast, "beidu_b2", "2026-Q1")
        by = cast.users["beidu_b2_secretary"]
        actions.submit(other, note="已上课", by=by, at=morning)
        assert "Done late" in page(f"/occurrences/{other.pk}/")

    def test_receipt_and_transmission(
        self, cast: Cast, issued: Directive, page: Callable[..., str]
    ) -> None:
        by = cast.users["beidu_clerk"]
        actions.receive(issued, cast.units["beidu"], by=by, at=AT)
        address = f"/directives/{issued.pk}/transmission/"
        assert "recorded 20 Jun" not in page(address)
        actions.receive(
            issued, cast.units["beidu"], meeting="局务会", transmitted_on=MAY, by=by, at=JUNE
        )
        assert page(address).count("recorded 20 Jun") == 1
        actions.receive(
            issued, cast.units["nanping"], received_on=MAY, by=cast.users["nanping_clerk"], at=JUNE
        )
        assert page(address).count("recorded 20 Jun") == 2

    def test_a_signature_on_paper(self, cast: Cast, page: Callable[..., str]) -> None:
        found = on_paper(cast)
        text = page(f"/directives/{found.pk}/road/")
        assert text.count("happened 5 Mar, recorded 20 Jun") == 1

    def test_an_instruction(self, cast: Cast, page: Callable[..., str]) -> None:
        values = given(cast, given_on=MAY, at=JUNE, due_on=date(2026, 7, 20))
        found = actions.initiate(**values)
        assert "recorded 20 Jun" in page("/directives/")
        assert "recorded 20 Jun" in page(f"/directives/{found.pk}/")

    def test_the_list_of_a_unit_costs_the_same(
        self, cast: Cast, english: Client, issued: Directive
    ) -> None:
        cast.sign_in(english, "office_clerk")
        counts = []
        for number, key in enumerate(("2026-Q1", "2026-Q2", "2026-Q3")):
            report(cast, "beidu_b1", key, MAY, JUNE + timedelta(minutes=number))
            address = f"/units/{cast.units['beidu_b1'].pk}/work/?tab=submitted"
            english.get(address)
            with CaptureQueriesContext(connection) as queries:
                answer = english.get(address)
            assert len(answer.context["items"]) == number + 1
            counts.append(len(queries))
        assert len(set(counts)) == 1
