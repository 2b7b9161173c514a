"""各单位进展: exact sums of the units below, today and on a past day, within what one may read."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import TimeMachineFixture

from luoshi.cli import main
from luoshi.directives.models import Directive, Task
from luoshi.duties import actions, sums
from luoshi.duties.models import UnitSum
from luoshi.insight import summary
from luoshi.orgs import actions as orgs
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence
from tests.duties.test_settling import done, fresh

LATER = AT + timedelta(days=10)


@pytest.fixture
def issued(cast: Cast, time_machine: TimeMachineFixture) -> Directive:
    time_machine.move_to(LATER)
    return issue(cast)


def figures(client: Client, cast: Cast, unit: str, query: str = "") -> dict[str, list[int]]:
    """Unit → the numbers of its line, as a person reads them; asserts that the page comes."""
    answer = client.get(reverse("progress_of", args=[cast.units[unit].pk]) + query)
    assert answer.status_code == 200
    body = re.search(r"<tbody>(.*?)</tbody>", answer.content.decode(), re.S)
    assert body is not None
    found = {}
    for line in body[1].split("</tr>")[:-1]:
        texts = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.split(r"</t[hd]>", line)]
        found[texts[0]] = [int(t) if t.isdecimal() else 0 for t in texts[1:-1]]
    return found


def test_what_each_line_says(cast: Cast, client: Client, issued: Directive) -> None:
    owed = occurrence(cast, "beidu", "once")
    Task.objects.filter(pk=owed.task_id).update(task_kind="key")
    done(cast, owed, "beidu_clerk")
    branch = occurrence(cast, "beidu_b1", "2026-Q2")
    actions.submit(branch, note="上了", by=cast.users["beidu_b1_secretary"], at=AT)
    cast.sign_in(client, "office_clerk")
    found = figures(client, cast, "bureau")
    _, accepted, _, _, submitted, returned, paused, closed, unchecked, effective = found["北渡分局"]
    assert (accepted, submitted, closed, unchecked, effective) == (1, 1, 1, 1, 0)
    assert (returned, paused) == (0, 0)
    total = found.pop("合计")
    assert [sum(column) for column in zip(*found.values(), strict=True)] == total
    below = figures(client, cast, "beidu")
    assert below["合计"] == found["北渡分局"]
    assert below["北渡分局第一支部"][4] == 1
    by_directive = figures(client, cast, "bureau", f"?directive={issued.pk}")
    assert by_directive["合计"] == total


def test_a_past_day_stays_as_it_was(cast: Cast, client: Client, issued: Directive) -> None:
    cast.sign_in(client, "office_clerk")
    query = f"?on={TODAY.isoformat()}"
    owed = occurrence(cast, "beidu_b1", "2026-Q2")
    actions.submit(fresh(owed), note="上了", by=cast.users["beidu_b1_secretary"], at=AT)
    before = figures(client, cast, "bureau", query)
    actions.accept(fresh(owed), by=cast.users["office_clerk"], at=LATER)
    other = fresh(occurrence(cast, "beidu_b2", "2026-Q2"))
    actions.extend(
        other, until=date(2026, 9, 1), reason="大雨", by=cast.users["office_clerk"], at=LATER
    )
    orgs.move_unit(
        cast.units["beidu_b1"], parent=cast.units["nanping"], on=LATER.date(), by=cast.admin,
        at=LATER,
    )  # fmt: skip
    assert figures(client, cast, "bureau", query) == before
    now = figures(client, cast, "bureau")
    assert now["南屏分局"][1] == 1, "today the branch stands elsewhere, with its work"
    assert figures(client, cast, "bureau", "?on=2026-02-01")["合计"][0] == 0


def test_a_past_day_stays_for_who_reads_the_unit_wherever_it_moved(
    cast: Cast, client: Client, issued: Directive
) -> None:
    query = f"?on={TODAY.isoformat()}"
    cast.sign_in(client, "beidu_head")
    before = figures(client, cast, "beidu", query)
    assert before["北渡分局第一支部"][0] > 0
    orgs.move_unit(
        cast.units["beidu"], parent=cast.units["nanping"], on=LATER.date(), by=cast.admin, at=LATER
    )
    assert figures(client, cast, "beidu", query) == before
    assert set(figures(client, cast, "beidu")) == set(before)


def test_who_reads_a_unit_alone_sees_its_own_line(
    cast: Cast, client: Client, issued: Directive
) -> None:
    cast.sign_in(client, "office_clerk")
    [own] = [v for k, v in figures(client, cast, "works").items() if k.startswith("工程建设科本")]
    assert figures(client, cast, "works")["合计"] != own
    cast.sign_in(client, "works_member")
    for query in ("", f"?on={LATER.date() - timedelta(days=1)}"):
        found = figures(client, cast, "works", query)
        assert set(found) == {"合计"}, "no unit below is named"
        assert found["合计"] == own


def test_on_a_phone_every_figure_has_its_name(
    cast: Cast, client: Client, issued: Directive
) -> None:
    cast.sign_in(client, "office_clerk")
    page = client.get(reverse("progress_of", args=[cast.units["bureau"].pk])).content.decode()
    cells = re.findall(r"<td([^>]*)>([^/]*)<", page)
    assert cells
    assert all(("data-label" in given) == bool(text) for given, text in cells)


def test_only_what_one_may_read(cast: Cast, client: Client, issued: Directive) -> None:
    cast.sign_in(client, "beidu_clerk")
    assert client.get(reverse("progress")).status_code == 200
    assert set(figures(client, cast, "beidu")) >= {"北渡分局第一支部", "北渡分局第二支部"}
    for unit in ("bureau", "nanping"):
        assert client.get(reverse("progress_of", args=[cast.units[unit].pk])).status_code == 404
    cast.sign_in(client, "nobody")
    assert "没有" in client.get(reverse("progress")).content.decode()


def test_more_units_than_a_page_holds(cast: Cast, client: Client, issued: Directive) -> None:
    for number in range(101):
        orgs.create_unit(
            name=f"第{number:03d}工区", unit_kind="department", parent=cast.units["nanping"],
            on=AT.date(), by=cast.admin, at=AT,
        )  # fmt: skip
    cast.sign_in(client, "office_clerk")
    address = reverse("progress_of", args=[cast.units["nanping"].pk])
    first = client.get(address).content.decode()
    further = re.search(r'href="(\?[^"]*after=[^"]+)"', first)
    assert further is not None
    second = client.get(address + further[1].replace("&amp;", "&")).content.decode()
    names = [re.findall(r"第\d{3}工区", page) for page in (first, second)]
    assert len(set(names[0]) | set(names[1])) == 101
    assert not set(names[0]) & set(names[1])
    assert figures(client, cast, "nanping")["合计"] == figures(client, cast, "bureau")["南屏分局"]


@pytest.mark.parametrize(
    ("day", "said"), [("2027-01-01", "2027-01-01"), ("31.12.", "31.12."), ("2019-05-01", "")]
)
def test_days_that_are_none(
    cast: Cast, client: Client, issued: Directive, day: str, said: str
) -> None:
    cast.sign_in(client, "office_clerk")
    answer = client.get(reverse("progress_of", args=[cast.units["bureau"].pk]), {"on": day})
    page = answer.content.decode()
    assert 'class="err"' in page
    assert said in page, "what was typed comes back"


class TestCommand:
    def test_verify_finds_and_rebuild_mends(
        self, cast: Cast, issued: Directive, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sums.fold(cast.organisation.pk, LATER.date())
        assert main(["sums", "verify"]) == 0
        row = UnitSum.objects.filter(count__gt=0).order_by("pk")[0]
        UnitSum.objects.filter(pk=row.pk).update(count=row.count + 5)
        assert main(["sums", "verify"]) == 1
        said = capsys.readouterr()
        assert f"{row.count + 5} ≠ {row.count}" in said.err
        assert main(["sums", "rebuild"]) == 0
        assert main(["sums", "verify"]) == 0


def test_today_is_exact_before_and_after_folding(cast: Cast, issued: Directive) -> None:
    on = LATER.date()
    which = (cast.organisation.pk, cast.units["bureau"].pk, "0000", on)
    done(cast, occurrence(cast, "beidu_b1", "2026-Q2"), "beidu_b1_secretary")
    pending = summary.today(*which)
    sums.fold(cast.organisation.pk, on)
    assert summary.today(*which) == pending
    assert summary.as_of(cast.organisation, "0000", on) == pending
