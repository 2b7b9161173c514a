"""Responsibility lists: as of a day, edited, confirmed, signed; a new one never replaces one."""

import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives import actions as directives
from luoshi.directives import breakdown
from luoshi.directives.models import Directive
from luoshi.duties import actions, lists
from luoshi.duties.models import Assignment, DutyLine, DutyList, Occurrence, Transition
from luoshi.ledger.models import BulkRow, Entry
from luoshi.orgs import actions as orgs
from luoshi.orgs.models import Portfolio
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import clause, load, task_of
from tests.road import decide

LATER = AT + timedelta(days=20)
NEXT = date(2026, 3, 22)


@pytest.fixture
def issued(cast: Cast) -> Directive:
    """The directive of `tests/directives`; its list of responsibilities names 周衍之 as leader."""
    directive = load(cast)
    task = task_of(clause(directive, "责任清单"))
    clerk = cast.users["office_clerk"]
    leader = cast.appointments["bureau_deputy1"]
    directives.change_task(task, values={"leader_id": leader.pk}, by=clerk, at=AT)
    decide(directive, cast)
    actions.issue(directive, by=clerk, at=AT)
    return directive


def theirs(cast: Cast, unit: str, post: str = "", on: date = TODAY) -> dict[str, list[list[str]]]:
    whose = lists.subject(
        cast.organisation.pk, cast.units[unit], cast.posts[post] if post else None, on
    )
    return {one.title: one.why for one in lists.collect(whose, on)}


def drawn(cast: Cast, unit: str = "beidu", post: str = "", **more: Any) -> DutyList:
    more = {"as_of": TODAY, "by": cast.users["office_clerk"], "at": AT, **more}
    return actions.draw_up(cast.units[unit], cast.posts[post] if post else None, **more)


def signed(cast: Cast, unit: str = "beidu", post: str = "", who: str = "", **more: Any) -> DutyList:
    found = drawn(cast, unit, post, **more)
    at = more.get("at", AT)
    actions.confirm(found, by=cast.users["office_clerk"], at=at)
    by = cast.users[who or post or "beidu_head"]
    actions.sign(found, digest_seen=found.digest, by=by, at=at)
    return found


def settle(cast: Cast, lead: Assignment) -> None:
    """Everything that a lead part owes is let off: it closes."""
    clerk = cast.users["office_clerk"]
    for owed in lead.occurrences.exclude(state__in=("accepted", "waived")):
        owed = Occurrence.objects.select_related("assignment").get(pk=owed.pk)
        actions.waive(owed, reason="合并", by=clerk, at=LATER)
    lead.refresh_from_db()
    assert lead.state == "closed"


class TestWhatIsTheirs:
    def test_of_a_unit_what_was_handed_to_it(self, cast: Cast, issued: Directive) -> None:
        expected = set(
            Assignment.objects.filter(unit=cast.units["beidu"]).values_list(
                "task__title", flat=True
            )
        )
        assert set(theirs(cast, "beidu")) == expected
        assert {tuple(w[0]) for w in theirs(cast, "beidu").values()} == {("lead", "")}
        assert [["support", ""]] in theirs(cast, "office").values()

    def test_of_a_post_what_it_heads_leads_or_is_in_charge_of(
        self, cast: Cast, issued: Directive
    ) -> None:
        head = theirs(cast, "beidu", "beidu_head")
        assert set(head) == set(theirs(cast, "beidu"))
        assert all(why == [["heads", "北渡分局"]] for why in head.values())
        deputy = theirs(cast, "bureau", "bureau_deputy1")
        reasons = [tuple(w) for why in deputy.values() for w in why]
        assert ("leads", "") in reasons
        assert ("in_charge", "北渡分局") in reasons
        assert theirs(cast, "beidu", "beidu_clerk") == {}

    def test_the_leading_body_has_what_its_members_lead(
        self, cast: Cast, issued: Directive
    ) -> None:
        assert [["leads", "周衍之"]] in theirs(cast, "bureau").values()

    def test_before_the_issue_nothing(self, cast: Cast, issued: Directive) -> None:
        assert theirs(cast, "beidu", on=TODAY - timedelta(days=1)) == {}

    def test_a_past_day_keeps_its_answer(self, cast: Cast, issued: Directive) -> None:
        whose = ("beidu", "beidu_head"), ("bureau", "bureau_deputy1"), ("beidu", "")
        before = [theirs(cast, unit, post) for unit, post in whose]
        clerk = cast.users["office_clerk"]
        # a report is accepted and closes, a portfolio ends, a date is extended
        owed = Occurrence.objects.select_related("assignment").get(
            unit=cast.units["beidu"], key="once"
        )
        actions.submit(owed, note="办好了", uploads=[], by=cast.users["beidu_head"], at=LATER)
        owed.refresh_from_db()
        actions.accept(owed, by=clerk, note="", at=LATER)
        owed.assignment.refresh_from_db()
        assert owed.assignment.state == "closed"
        portfolio = Portfolio.objects.get(unit=cast.units["beidu"])
        orgs.end_portfolio(portfolio, on=date(2026, 3, 20), by=cast.admin, at=LATER)
        assert [theirs(cast, unit, post) for unit, post in whose] == before
        after = [theirs(cast, unit, post, NEXT) for unit, post in whose]
        assert owed.task.title not in after[0]
        assert ["in_charge", "北渡分局"] not in [w for why in after[1].values() for w in why]

    def test_an_extension_counts_from_its_day(self, cast: Cast, issued: Directive) -> None:
        owed = Occurrence.objects.select_related("assignment").get(
            unit=cast.units["beidu"], key="once"
        )
        was = owed.due_on
        later = date(2026, 6, 12)
        clerk = cast.users["office_clerk"]
        actions.extend(owed, until=later, reason="等设计院图纸", by=clerk, at=LATER)
        assert Transition.objects.filter(occurrence=owed).exists()
        whose = lists.subject(cast.organisation.pk, cast.units["beidu"], None, TODAY)
        days = [
            {one.task.pk: one.due_on for one in lists.collect(whose, on)}[owed.task_id]
            for on in (TODAY, NEXT)
        ]
        assert days == [was, later]

    def test_a_supporting_part_goes_on_while_a_lead_part_does(
        self, cast: Cast, issued: Directive
    ) -> None:
        [part] = Assignment.objects.filter(unit=cast.units["office"], part="support")
        title = part.task.title
        first = signed(cast, "office", who="office_head")
        leads = Assignment.objects.filter(task_id=part.task_id, part="lead", parent=None)
        *others, last = leads
        for lead in others:
            settle(cast, lead)
        assert title in theirs(cast, "office", on=NEXT), "one lead unit still owes something"
        settle(cast, last)
        assert title not in theirs(cast, "office", on=NEXT)
        assert title in theirs(cast, "office"), "on the earlier day it went on"
        second = (
            signed(cast, "office", who="office_head", as_of=NEXT, at=LATER)
            if theirs(cast, "office", on=NEXT)
            else drawn(cast, "office", as_of=NEXT, at=LATER)
        )
        content = lists.content_of(second, list(second.lines.all()))
        assert first.content is not None
        with override("en"):
            said = {c.title: c.after for c in lists.differences(first.content, content)}
        assert said[title] == "closed everywhere"

    def test_nobody_held_the_post(self, cast: Cast) -> None:
        held = cast.appointments["beidu_deputy"]
        orgs.end_appointment(held, on=date(2026, 3, 20), by=cast.admin, at=LATER)
        with pytest.raises(BadInput, match="Nobody held"):
            theirs(cast, "beidu", "beidu_deputy", NEXT)
        assert theirs(cast, "beidu", "beidu_deputy") == {}
        with pytest.raises(BadInput, match="did not stand"):
            theirs(cast, "beidu", on=date(2019, 6, 1))

    def test_queries_do_not_grow(self, cast: Cast, issued: Directive) -> None:
        counts = []
        for unit in ("beidu", "works"):
            with CaptureQueriesContext(connection) as caught:
                theirs(cast, unit)
            counts.append(len(caught))
        assert len(set(counts)) == 1


class TestTheActs:
    def test_drawn_up_in_one_entry_with_a_row_a_line(self, cast: Cast, issued: Directive) -> None:
        found = drawn(cast)
        entry = Entry.objects.get(kind="duty_list.drawn_up")
        assert BulkRow.objects.filter(entry=entry).count() == found.lines.count() > 0
        assert (found.number, found.state) == (1, "draft")

    def test_one_at_a_time(self, cast: Cast, issued: Directive) -> None:
        drawn(cast)
        with pytest.raises(actions.OneOpen):
            drawn(cast)
        drawn(cast, "beidu", "beidu_head")
        with pytest.raises(actions.OneOpen):
            drawn(cast, "beidu", "beidu_head")

    @pytest.mark.parametrize("who", ["nanping_clerk", "beidu_b1_secretary", "ended", "nobody"])
    def test_who_may_not_draw_it_up(self, cast: Cast, issued: Directive, who: str) -> None:
        with pytest.raises(NotAllowed):
            drawn(cast, by=cast.users[who])

    def test_a_stranger_does_not_see_it(self, cast: Cast, issued: Directive) -> None:
        with pytest.raises(OutOfScope):
            drawn(cast, by=cast.users["stranger"])

    def test_no_day_to_come(self, cast: Cast, issued: Directive) -> None:
        with pytest.raises(BadInput, match="future"):
            drawn(cast, as_of=TODAY + timedelta(days=1))

    def test_lines_go_with_a_reason_and_come_by_hand_with_a_basis(
        self, cast: Cast, issued: Directive
    ) -> None:
        found, clerk = drawn(cast), cast.users["office_clerk"]
        line = found.lines.all()[0]
        line.duty_list = found
        with pytest.raises(BadInput):
            actions.drop_line(line, reason=" ", by=clerk, at=AT)
        actions.drop_line(line, reason="由第一支部承担", by=clerk, at=AT)
        with pytest.raises(BadInput):
            actions.add_line(found, title="带头讲党课", basis="", by=clerk, at=AT)
        actions.add_line(
            found, title="带头讲党课", basis="局党组2026年第2次会议", rhythm="half_yearly",
            by=clerk, at=AT,
        )  # fmt: skip
        actions.confirm(found, by=clerk, at=AT)
        assert found.content is not None
        assert [x["title"] for x in found.content["lines"]][-1] == "带头讲党课"
        assert found.content["dropped"][0]["reason"] == "由第一支部承担"
        line.refresh_from_db()
        with pytest.raises(actions.NotDraft):
            actions.put_back(line, by=clerk, at=AT)

    def test_confirming_what_somebody_changed_meanwhile_is_stale(
        self, cast: Cast, issued: Directive
    ) -> None:
        found, clerk = drawn(cast), cast.users["office_clerk"]
        seen = found.version
        actions.add_line(found, title="甲", basis="乙", by=clerk, at=AT)
        with pytest.raises(Stale):
            actions.confirm(found, by=clerk, at=AT, seen=seen)

    def test_nothing_is_nothing_to_confirm(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="no line"):
            actions.confirm(drawn(cast), by=cast.users["office_clerk"], at=AT)

    def test_the_signature_binds_to_the_content(self, cast: Cast, issued: Directive) -> None:
        found = signed(cast, "beidu", "beidu_head")
        assert found.content is not None
        assert breakdown.sealed(found.content, bytes.fromhex(found.salt)) == found.digest
        assert (found.state, found.signer, found.signed_on) == ("signed", "沈知远", TODAY)
        assert Entry.objects.filter(kind="duty_list.signed").count() == 1

    @pytest.mark.parametrize("who", ["beidu_deputy", "office_clerk", "bureau_head", "nobody"])
    def test_nobody_signs_for_another(self, cast: Cast, issued: Directive, who: str) -> None:
        for post in ("", "beidu_head"):
            found = drawn(cast, "beidu", post)
            actions.confirm(found, by=cast.users["office_clerk"], at=AT)
            with pytest.raises(actions.NotHolder):
                actions.sign(found, digest_seen=found.digest, by=cast.users[who], at=AT)

    def test_signing_what_was_not_shown_is_refused(self, cast: Cast, issued: Directive) -> None:
        found = drawn(cast)
        head = cast.users["beidu_head"]
        with pytest.raises(actions.NotToSign):
            actions.sign(found, digest_seen="", by=head, at=AT)
        actions.confirm(found, by=cast.users["office_clerk"], at=AT)
        with pytest.raises(Stale):
            actions.sign(found, digest_seen="0" * 64, by=head, at=AT)

    def test_sent_back_it_is_a_draft_again(self, cast: Cast, issued: Directive) -> None:
        found = drawn(cast)
        actions.confirm(found, by=cast.users["office_clerk"], at=AT)
        with pytest.raises(NotAllowed):
            actions.send_back(found, reason="再议", by=cast.users["nanping_head"], at=AT)
        actions.send_back(found, reason="少一项", by=cast.users["beidu_head"], at=AT)
        assert (found.state, found.digest, found.note) == ("draft", "", "少一项")

    def test_signed_by_hand_it_is_entered_with_the_scan(
        self, cast: Cast, issued: Directive
    ) -> None:
        found, clerk = drawn(cast), cast.users["office_clerk"]
        actions.confirm(found, by=clerk, at=AT)
        scan = directives.Scan("签名页.png", "image/png", [b"x"])
        with pytest.raises(BadInput, match="scan"):
            actions.sign_on_paper(
                found, signer="沈知远", signed_on=TODAY, scan=None, by=clerk, at=AT
            )
        with pytest.raises(BadInput, match="between"):
            actions.sign_on_paper(
                found, signer="沈知远", signed_on=date(2026, 3, 1), scan=scan, by=clerk, at=AT
            )
        actions.sign_on_paper(found, signer="沈知远", signed_on=TODAY, scan=scan, by=clerk, at=AT)
        assert found.on_paper
        assert found.scan is not None

    def test_a_new_list_leaves_the_old_one_and_says_what_changed(
        self, cast: Cast, issued: Directive
    ) -> None:
        clerk = cast.users["office_clerk"]
        first = drawn(cast)
        actions.add_line(first, title="带头讲党课", basis="局党组会议", by=clerk, at=AT)
        actions.confirm(first, by=clerk, at=AT)
        actions.sign(first, digest_seen=first.digest, by=cast.users["beidu_head"], at=AT)
        kept = dict(first.content or {})
        owed = Occurrence.objects.get(unit=cast.units["beidu"], key="once")
        actions.submit(owed, note="办好了", uploads=[], by=cast.users["beidu_head"], at=LATER)
        owed.refresh_from_db()
        actions.accept(owed, by=clerk, note="", at=LATER)
        second = drawn(cast, as_of=NEXT, at=LATER)
        actions.add_line(second, title="包联两处水闸", basis="分局会议", by=clerk, at=LATER)
        hand = DutyLine.objects.get(duty_list=second, title="带头讲党课")
        assert hand.why == [["kept", ""]]
        hand.duty_list = second
        actions.drop_line(hand, reason="改由副职承担", by=clerk, at=LATER)
        actions.confirm(second, by=clerk, at=LATER)
        earlier = lists.before(second)
        assert earlier == first
        assert earlier.content == kept
        assert second.content is not None
        found = {(c.what, c.title): c.after for c in lists.differences(kept, second.content)}
        assert ("added", "包联两处水闸") in found
        assert found["lapsed", "带头讲党课"] == "改由副职承担"
        assert ("lapsed", owed.task.title) in found
        assert (first.number, second.number) == (1, 2)

    def test_withdrawn_a_draft_makes_room(self, cast: Cast, issued: Directive) -> None:
        found, clerk = drawn(cast), cast.users["office_clerk"]
        actions.withdraw_list(found, reason="日期有误", by=clerk, at=AT)
        assert drawn(cast).number == 2

    def test_what_was_taken_along_did_not_change(self, cast: Cast, issued: Directive) -> None:
        clerk = cast.users["office_clerk"]
        first = drawn(cast)
        actions.add_line(first, title="带头讲党课", basis="局党组会议", by=clerk, at=AT)
        actions.confirm(first, by=clerk, at=AT)
        actions.sign(first, digest_seen=first.digest, by=cast.users["beidu_head"], at=AT)
        second = drawn(cast)
        assert second.lines.get(title="带头讲党课").why == [["kept", ""]]
        assert first.content is not None
        content = lists.content_of(second, list(second.lines.all()))
        assert lists.differences(first.content, content) == []

    def test_only_what_was_dropped_is_put_back(self, cast: Cast, issued: Directive) -> None:
        found, clerk = drawn(cast), cast.users["office_clerk"]
        line = found.lines.all()[0]
        line.duty_list = found
        before = found.version, Entry.objects.count()
        with pytest.raises(AlreadyDone):
            actions.put_back(line, by=clerk, at=AT)
        found.refresh_from_db()
        assert (found.version, Entry.objects.count()) == before
        actions.drop_line(line, reason="不再承担", by=clerk, at=AT)
        with pytest.raises(AlreadyDone):
            actions.drop_line(line, reason="另一理由", by=clerk, at=AT)
        actions.put_back(line, by=clerk, at=AT)


class TestThePages:
    @pytest.mark.parametrize("day", ["2026-02-30", "2027-01-01", "2019-01-01"])
    def test_a_day_that_is_none_shows_no_list_and_begins_none(
        self, cast: Cast, issued: Directive, client: Client, day: str, time_machine: Any
    ) -> None:
        time_machine.move_to(LATER)
        cast.sign_in(client, "office_clerk")
        address = f"/duty-lists/of/?unit={cast.units['beidu'].pk}"
        shown = client.get(address).content.decode()
        assert 'class="begin"' in shown
        page = client.get(f"{address}&on={day}")
        assert page.status_code == 400
        assert 'class="begin"' not in page.content.decode()
        assert 'class="none"' not in page.content.decode()
        assert "<h2>北渡" not in page.content.decode()
        sent = client.post("/duty-lists/of/", {"unit": cast.units["beidu"].pk, "on": day})
        assert sent.status_code == 400
        assert not DutyList.objects.exists()

    def test_a_list_is_begun_from_the_lists(
        self, cast: Cast, issued: Directive, client: Client
    ) -> None:
        signed(cast)
        cast.sign_in(client, "office_clerk")
        assert 'href="/duty-lists/new/"' in client.get("/duty-lists/").content.decode()
        choice = client.get("/duty-lists/new/?q=南屏").content.decode()
        unit = cast.units["nanping"]
        assert f"/duty-lists/of/?unit={unit.pk}" in choice
        theirs = client.get(f"/duty-lists/of/?unit={unit.pk}").content.decode()
        assert f"?post={cast.posts['nanping_head'].pk}" in theirs
        cast.sign_in(client, "beidu_b1_discipline")
        assert "/duty-lists/new/" not in client.get("/duty-lists/").content.decode()
        assert client.get("/duty-lists/new/").status_code == 403

    def test_from_the_unit_to_the_signed_paper(
        self, cast: Cast, issued: Directive, client: Client
    ) -> None:
        cast.sign_in(client, "office_clerk")
        unit = cast.units["beidu"]
        assert (
            f"/duty-lists/of/?unit={unit.pk}" in client.get(f"/units/{unit.pk}/").content.decode()
        )
        address = f"/duty-lists/of/?unit={unit.pk}&on=2026-03-02"
        assert "责任清单" in client.get(address).content.decode()
        begun = client.post("/duty-lists/of/", {"unit": unit.pk, "on": "2026-03-02"})
        found = DutyList.objects.get()
        assert begun["Location"] == f"/duty-lists/{found.pk}/"
        line = found.lines.all()[0]
        page = f"/duty-lists/{found.pk}/"
        assert client.post(f"/duty-lists/lines/{line.pk}/", {"reason": ""}).status_code == 400
        assert client.post(
            f"/duty-lists/lines/{line.pk}/", {"reason": "不再承担", "version": 1}
        ).status_code == 303  # fmt: skip
        assert "不再承担" in client.get(page).content.decode()
        refused = client.post(f"{page}add/", {"title": "讲党课", "basis": ""})
        assert refused.status_code == 400
        assert "依据：" in refused.content.decode().partition('role="alert"')[2][:60]
        assert 'name="basis" aria-invalid="true"' in refused.content.decode()
        sent = client.post(f"{page}add/", {"title": "讲党课", "basis": "会议"})
        assert sent.status_code == 303
        assert client.get(f"{page}sheet/").status_code == 404
        found.refresh_from_db()
        sent = client.post(f"{page}confirm/", {"version": found.version})
        assert sent.status_code == 303
        found.refresh_from_db()
        sheet = client.get(f"{page}sheet/").content.decode()
        assert "北渡分局责任清单" in sheet
        assert found.digest[:8] in sheet.replace(" ", "")
        docx = client.get(f"{page}list.docx").content
        text = zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()
        assert "讲党课" in text
        said = sheet.partition('class="since2">')[2].partition("</p>")[0]
        assert said.startswith("北渡分局，截至2026年3月2日，承担责任")
        assert said in text, "both papers say the same"
        assert "以上责任清单已确认。<" in sheet
        assert "以上责任清单已确认。<" in text
        cast.sign_in(client, "beidu_head")
        assert "/duty-lists/" in client.get("/").content.decode()
        assert f"{page}sign/" in client.get(page).content.decode()
        sent = client.post(f"{page}sign/", {"digest": found.digest, "version": found.version})
        assert sent.status_code == 303
        found.refresh_from_db()
        assert found.state == "signed"
        cast.sign_in(client, "nanping_clerk")
        assert client.get(page).status_code == 404

    def test_lists_cost_the_same_with_more_rows(
        self, cast: Cast, issued: Directive, client: Client
    ) -> None:
        cast.sign_in(client, "office_clerk")
        signed(cast, "beidu", "beidu_head")
        client.get("/duty-lists/")
        with CaptureQueriesContext(connection) as one:
            client.get("/duty-lists/")
        for unit, post, who in (
            ("beidu", "", "beidu_head"),
            ("nanping", "nanping_head", "nanping_head"),
            ("bureau", "bureau_deputy1", "bureau_deputy1"),
            ("beidu_b1", "", "beidu_b1_secretary"),
        ):
            signed(cast, unit, post, who)
        with CaptureQueriesContext(connection) as more:
            client.get("/duty-lists/")
        assert len(one) == len(more)

    def test_a_list_costs_the_same_with_more_lines(
        self, cast: Cast, issued: Directive, client: Client
    ) -> None:
        cast.sign_in(client, "office_clerk")
        found = drawn(cast)
        client.get(f"/duty-lists/{found.pk}/")
        with CaptureQueriesContext(connection) as one:
            client.get(f"/duty-lists/{found.pk}/")
        for place in range(60):
            actions.add_line(
                found, title=f"责任{place}", basis="会议", by=cast.users["office_clerk"], at=AT
            )
        with CaptureQueriesContext(connection) as more:
            client.get(f"/duty-lists/{found.pk}/")
        assert len(one) == len(more)
