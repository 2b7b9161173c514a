"""From a draft breakdown to the decision: comments, verdicts bound to content, paper, lapses."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused, Stale
from luoshi.directives import actions, breakdown, queries, road
from luoshi.directives.models import Approval, Comment, Consultee, Directive, Look, Snapshot, Stage
from luoshi.duties import actions as duties
from luoshi.duties.models import Assignment
from luoshi.ledger.models import Body, BulkRow, Entry
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical
from luoshi.orgs import access
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import clause, load, task_of
from tests.road import decide

LATER = AT + timedelta(hours=3)
SCAN = b"%PDF-1.4 signed"


@pytest.fixture
def directive(cast: Cast) -> Directive:
    found = load(cast)
    actions.confirm(found, by=cast.users["office_clerk"], at=AT)
    return found


def send(
    cast: Cast, directive: Directive, stage: str = "vetting", who: str = "bureau_deputy1"
) -> Approval:
    return actions.send(
        directive,
        stage=stage,
        asked=cast.appointments[who],
        by=cast.users["office_clerk"],
        at=AT,
    )


def approve(cast: Cast, approval: Approval, who: str = "bureau_deputy1", **more: Any) -> None:
    content = breakdown.content_of(approval.directive)
    values = {"content_seen": breakdown.fingerprint(content), "at": LATER, **more}
    actions.approve(approval, by=cast.users[who], **values)


def rename(cast: Cast, directive: Directive, title: str = "上好警示教育课") -> None:
    task = task_of(clause(directive, "警示教育课"))
    actions.change_task(task, values={"title": title}, by=cast.users["office_clerk"], at=LATER)


class TestConsultation:
    def open(self, cast: Cast, directive: Directive) -> Any:
        return actions.open_consultation(
            directive,
            due_on=TODAY + timedelta(days=5),
            note="请看时限",
            by=cast.users["office_clerk"],
            at=AT,
        )

    def of(self, cast: Cast, unit: str) -> Consultee:
        return Consultee.objects.select_related("consultation__directive").get(
            unit=cast.units[unit]
        )

    def test_every_unit_that_is_named_is_asked_once(self, cast: Cast, directive: Directive) -> None:
        self.open(cast, directive)
        asked = set(Consultee.objects.values_list("unit__name", flat=True))
        assert {"北渡分局", "南屏分局", "工程建设科", "办公室", "北渡分局第一支部"} <= asked
        assert "派驻水务局纪检监察组" not in asked
        entry = Entry.objects.get(kind="consultation.opened")
        assert BulkRow.objects.filter(entry=entry).count() == len(asked)
        with pytest.raises(Refused, match="being asked already"):
            self.open(cast, directive)

    def test_a_comment_is_adopted_or_refused_with_a_reason(
        self, cast: Cast, directive: Directive
    ) -> None:
        consultation = self.open(cast, directive)
        task = task_of(clause(directive, "责任清单"))
        said = actions.comment(
            self.of(cast, "beidu"),
            text="3月底来不及，请改为4月15日。",
            task=task,
            by=cast.users["beidu_clerk"],
            at=AT,
        )
        clerk = cast.users["office_clerk"]
        with pytest.raises(BadInput) as refusal:
            actions.answer(said, Comment.Answer.REFUSED, by=clerk, at=LATER)
        assert refusal.value.field == "reason"
        actions.close_consultation(consultation, by=clerk, at=LATER)
        with pytest.raises(Refused, match="no answer yet"):
            send(cast, directive)
        actions.answer(
            said, Comment.Answer.REFUSED, reason="上级要求3月底前报。", by=clerk, at=LATER
        )
        said.refresh_from_db()
        assert (said.answer, said.reason) == ("refused", "上级要求3月底前报。")
        body = json.loads(Body.objects.get(pk=Entry.objects.get(kind="comment.answered").pk).body)
        assert body["values"] == {"answer": "refused", "reason": "上级要求3月底前报。"}
        send(cast, directive)

    def test_silence_is_shown_and_holds_nothing_up(self, cast: Cast, directive: Directive) -> None:
        consultation = self.open(cast, directive)
        actions.no_comment(self.of(cast, "nanping"), by=cast.users["nanping_head"], at=AT)
        actions.close_consultation(consultation, by=cast.users["office_clerk"], at=LATER)
        found = road.road_of(directive)
        assert found.silent == len(found.heard) - 1
        send(cast, directive)
        with pytest.raises(Refused, match="closed"):
            actions.comment(
                self.of(cast, "beidu"), text="晚了一步", by=cast.users["beidu_clerk"], at=LATER
            )

    def test_the_office_enters_what_a_unit_said_with_the_name(
        self, cast: Cast, directive: Directive
    ) -> None:
        self.open(cast, directive)
        clerk = cast.users["office_clerk"]
        with pytest.raises(BadInput) as refusal:
            actions.comment(self.of(cast, "nanping"), text="没有意见", by=clerk, at=AT)
        assert refusal.value.field == "said_by"
        actions.no_comment(self.of(cast, "nanping"), said_by="江北望", by=clerk, at=AT)
        found = self.of(cast, "nanping")
        assert (found.state, found.said_by, found.by) == ("nothing", "江北望", clerk)

    @pytest.mark.parametrize("who", ["beidu_clerk", "works_member", "nobody", "bureau_deputy2"])
    def test_nobody_speaks_for_another_unit(
        self, cast: Cast, directive: Directive, who: str
    ) -> None:
        self.open(cast, directive)
        with pytest.raises(NotAllowed):
            actions.no_comment(self.of(cast, "nanping"), said_by="我", by=cast.users[who], at=AT)

    def test_a_stranger_is_out_of_scope(self, cast: Cast, directive: Directive) -> None:
        self.open(cast, directive)
        with pytest.raises(OutOfScope):
            actions.no_comment(self.of(cast, "nanping"), by=cast.users["stranger"], at=AT)

    def test_a_day_that_has_passed(self, cast: Cast, directive: Directive) -> None:
        with pytest.raises(BadInput) as refusal:
            actions.open_consultation(
                directive, due_on=date(2026, 3, 1), by=cast.users["office_clerk"], at=AT
            )
        assert refusal.value.field == "due_on"


class TestApproval:
    def test_it_binds_to_exactly_what_was_approved(self, cast: Cast, directive: Directive) -> None:
        approval = send(cast, directive)
        approve(cast, approval, note="同意")
        approval.refresh_from_db()
        content = approval.snapshot.content
        salt = bytes.fromhex(approval.salt)
        assert approval.digest == merkle.commitment(salt, canonical(content)).hex()
        task = task_of(clause(directive, "责任清单"))
        assert content["tasks"][str(task.pk)]["due_on"] == "2026-03-31"
        assert road.road_of(directive).vetted

    def test_a_change_lapses_it_visibly_and_undoing_the_change_restores_it(
        self, cast: Cast, directive: Directive
    ) -> None:
        before = task_of(clause(directive, "警示教育课")).title
        approve(cast, send(cast, directive))
        rename(cast, directive, "改了名的课")
        found = road.road_of(directive)
        assert not found.vetted
        assert [(c.what, c.field, c.before, c.after) for c in found.vetting_lapsed] == [
            ("changed", "Task", before, "改了名的课")
        ]
        with pytest.raises(actions.Lapsed):
            send(cast, directive, "decision", "bureau_head")
        rename(cast, directive, before)
        assert road.road_of(directive).vetted

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ({"lead": ["nanping"]}, ("changed", "Lead unit", "北渡分局", "—")),
            (
                {"values": {"due_on": date(2026, 4, 15)}},
                ("changed", "Date", "31 Mar 2026", "15 Apr 2026"),
            ),
            ({"values": {"note": "按旧格式"}}, ("changed", "Note", "—", "按旧格式")),
        ],
    )
    def test_the_difference_says_what_and_who(
        self, cast: Cast, directive: Directive, change: dict[str, Any], what: tuple[str, ...]
    ) -> None:
        from django.utils.translation import override

        old = breakdown.content_of(directive)
        task = task_of(clause(directive, "责任清单"))
        more = dict(change)
        if "lead" in more:
            more["lead"] = [cast.units[u].pk for u in more["lead"]]
        actions.change_task(task, by=cast.users["office_clerk"], at=LATER, **{"values": {}, **more})
        with override("en"):
            found = breakdown.differences(old, breakdown.content_of(directive), directive)
        shown = [(c.what, c.field, c.before, c.after) for c in found if c.field != "Leader"]
        assert shown == [what]

    def test_a_task_that_becomes_context_is_a_difference(
        self, cast: Cast, directive: Directive
    ) -> None:
        old = breakdown.content_of(directive)
        requirement = clause(directive, "警示教育课")
        title = task_of(requirement).title
        actions.set_triage(requirement, "context", by=cast.users["office_clerk"], at=LATER)
        found = breakdown.differences(old, breakdown.content_of(directive), directive)
        assert [(c.what, c.task) for c in found] == [("removed", title)]

    def test_a_triage_that_is_no_task_counts_as_well(
        self, cast: Cast, directive: Directive
    ) -> None:
        approve(cast, send(cast, directive))
        actions.set_triage(
            clause(directive, "谈心谈话"),
            "covered",
            covered_by="谈心谈话制度",
            by=cast.users["office_clerk"],
            at=LATER,
        )
        found = road.road_of(directive)
        assert not found.vetted
        assert [c.what for c in found.vetting_lapsed] == ["aside"]
        assert "谈心谈话制度" in found.vetting_lapsed[0].after

    def test_renaming_a_unit_changes_nothing(self, cast: Cast, directive: Directive) -> None:
        approve(cast, send(cast, directive))
        type(cast.units["beidu"]).objects.filter(pk=cast.units["beidu"].pk).update(name="北渡局")
        assert road.road_of(directive).vetted

    def test_what_was_not_seen_is_not_approved(self, cast: Cast, directive: Directive) -> None:
        approval = send(cast, directive)
        seen = breakdown.fingerprint(breakdown.content_of(directive))
        rename(cast, directive)
        with pytest.raises(actions.MovedOn):
            approve(cast, approval, content_seen=seen)
        approval.refresh_from_db()
        assert approval.state == "asked"

    def test_only_who_was_asked_decides(self, cast: Cast, directive: Directive) -> None:
        approval = send(cast, directive)
        for who in ("bureau_head", "bureau_deputy2", "office_clerk", "nobody"):
            with pytest.raises(NotAllowed):
                approve(cast, approval, who)
        with pytest.raises(OutOfScope):
            approve(cast, approval, "stranger")

    def test_nobody_is_asked_who_may_not_approve(self, cast: Cast, directive: Directive) -> None:
        for who in ("office_member", "beidu_b1_discipline"):
            with pytest.raises(BadInput):
                send(cast, directive, who=who)
        clerk_head = road.signers(
            directive, TODAY, access.standing(cast.users["office_clerk"], TODAY)
        )
        assert [s.name for s in clerk_head] == ["沈既明", "周衍之", "林疏影", "许观棠"]

    def test_returned_with_a_reason_mended_and_sent_again(
        self, cast: Cast, directive: Directive
    ) -> None:
        approval = send(cast, directive)
        by = cast.users["bureau_deputy1"]
        with pytest.raises(BadInput):
            actions.return_(approval, note=" ", by=by, at=LATER)
        actions.return_(approval, note="警示教育课改由机关党委牵头", by=by, at=LATER)
        assert road.road_of(directive).step == "drafting"
        rename(cast, directive)
        again = send(cast, directive)
        content = breakdown.content_of(directive)
        look = actions.look(directive, content, by=by, at=LATER)
        assert look.before is not None
        changes = breakdown.differences(look.before.content, content, directive)
        assert [c.after for c in changes] == ["上好警示教育课"]
        approve(cast, again)
        with pytest.raises(actions.NotWaiting):
            approve(cast, again)

    def test_one_at_a_time_and_taken_back(self, cast: Cast, directive: Directive) -> None:
        first = send(cast, directive)
        with pytest.raises(actions.AlreadySent, match="周衍之"):
            send(cast, directive, who="bureau_deputy2")
        actions.take_back(first, by=cast.users["office_clerk"], at=LATER)
        send(cast, directive, who="bureau_deputy2")
        first_asked = access.standing(cast.users["bureau_deputy1"], TODAY)
        assert road.waiting_for(first_asked) == []
        assert not queries.visible_to(first_asked).filter(pk=directive.pk).exists()

    def test_a_breakdown_with_blanks_is_not_sent(self, cast: Cast, directive: Directive) -> None:
        actions.set_triage(
            clause(directive, "供水和治河"), "task", by=cast.users["office_clerk"], at=AT
        )
        with pytest.raises(actions.NotReady, match="1 tasks lack"):
            send(cast, directive)

    def test_sending_needs_the_confirmed_triage(self, cast: Cast) -> None:
        with pytest.raises(actions.NotReady, match="Confirm the triage"):
            send(cast, load(cast))

    def test_a_stale_page_sends_nothing(self, cast: Cast, directive: Directive) -> None:
        with pytest.raises(Stale):
            actions.send(
                directive, stage="vetting", signer="周衍之", seen=1,
                by=cast.users["office_clerk"], at=AT,
            )  # fmt: skip
        assert not Approval.objects.exists()

    def test_who_is_asked_reads_the_draft_and_nobody_else(
        self, cast: Cast, directive: Directive
    ) -> None:
        head = access.standing(cast.users["office_head"], TODAY)
        assert not queries.visible_to(head).filter(pk=directive.pk).exists()
        send(cast, directive, who="office_head")
        assert queries.visible_to(head).filter(pk=directive.pk).exists()
        assert [a.directive_id for a in road.waiting_for(head)] == [directive.pk]

    def test_the_look_is_kept_once_for_a_content(self, cast: Cast, directive: Directive) -> None:
        by = cast.users["bureau_deputy1"]
        content = breakdown.content_of(directive)
        for _ in range(3):
            actions.look(directive, content, by=by, at=LATER)
        assert Look.objects.count() == Snapshot.objects.count() == 1
        assert Entry.objects.filter(kind="directive.looked").count() == 1


class TestDecision:
    def test_the_meeting_is_kept_and_all_of_it_is_needed(
        self, cast: Cast, directive: Directive
    ) -> None:
        approval = send(cast, directive, "decision", "bureau_head")
        for missing in ("number", "held_on", "name"):
            given = {"name": "局党组会", "number": "2026年第6次", "held_on": date(2026, 3, 1)}
            given[missing] = None if missing == "held_on" else ""
            with pytest.raises(BadInput):
                approve(cast, approval, "bureau_head", meeting=actions.Meeting(**given))
        approve(
            cast,
            approval,
            "bureau_head",
            meeting=actions.Meeting("局党组会", "2026年第6次", date(2026, 3, 1)),
        )
        approval.refresh_from_db()
        assert (approval.meeting, approval.meeting_number, approval.held_on) == (
            "局党组会", "2026年第6次", date(2026, 3, 1),
        )  # fmt: skip

    def test_nothing_goes_out_before_and_nothing_else_than_was_decided(
        self, cast: Cast, directive: Directive
    ) -> None:
        clerk = cast.users["office_clerk"]
        with pytest.raises(duties.NotDecided):
            duties.issue(directive, by=clerk, at=AT)
        approve(cast, send(cast, directive))
        with pytest.raises(duties.NotDecided):
            duties.issue(directive, by=clerk, at=AT)
        approve(cast, send(cast, directive, "decision", "bureau_head"), "bureau_head")
        rename(cast, directive)
        directive.refresh_from_db()
        with pytest.raises(duties.NotDecided):
            duties.issue(directive, by=clerk, at=LATER)
        assert not Assignment.objects.exists()
        approve(cast, send(cast, directive))
        approve(cast, send(cast, directive, "decision", "bureau_head"), "bureau_head")
        duties.issue(directive, by=clerk, at=LATER)
        assert Assignment.objects.exists()

    def test_a_vetting_that_lapsed_holds_the_decision_up(
        self, cast: Cast, directive: Directive
    ) -> None:
        approve(cast, send(cast, directive))
        approval = send(cast, directive, "decision", "bureau_head")
        rename(cast, directive)
        with pytest.raises(actions.Lapsed):
            approve(cast, approval, "bureau_head")


class TestPaper:
    def enter(self, cast: Cast, approval: Approval, **more: Any) -> None:
        values = {
            "approved": True,
            "signer": "沈既明",
            "signed_on": TODAY,
            "scan": actions.Scan("送审单.pdf", "application/pdf", [SCAN]),
            "by": cast.users["office_clerk"],
            "at": LATER,
            **more,
        }
        actions.record_on_paper(approval, **values)

    def sent(self, cast: Cast, directive: Directive) -> Approval:
        return actions.send(
            directive, stage=Stage.DECISION, signer="沈既明", by=cast.users["office_clerk"], at=AT
        )

    def test_signed_by_hand_and_entered(
        self, cast: Cast, directive: Directive, settings: Any, tmp_path: Any
    ) -> None:
        settings.FILES_DIR = tmp_path
        approval = self.sent(cast, directive)
        self.enter(cast, approval)
        assert road.road_of(directive).decided
        kept = Approval.objects.select_related("scan", "by").get()
        assert (kept.on_paper, kept.signer, kept.by) == (True, "沈既明", cast.users["office_clerk"])
        assert kept.scan is not None
        assert kept.scan.name == "送审单.pdf"
        body = json.loads(Body.objects.get(pk=Entry.objects.get(kind="approval.given").pk).body)
        assert body["values"]["on_paper"] is True
        assert body["values"]["scan"]["sha256"] == kept.scan.sha256
        duties.issue(directive, by=cast.users["office_clerk"], at=LATER)

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"scan": None}, "scan"),
            ({"signed_on": None}, "signed_on"),
            ({"signed_on": date(2026, 3, 1)}, "signed_on"),
            ({"signed_on": date(2026, 3, 3)}, "signed_on"),
            ({"signer": ""}, "signer"),
            ({"approved": False, "note": ""}, "note"),
        ],
    )
    def test_what_is_missing_is_said_at_its_field(
        self, cast: Cast, directive: Directive, more: dict[str, Any], field: str
    ) -> None:
        approval = self.sent(cast, directive)
        with pytest.raises(BadInput) as refusal:
            self.enter(cast, approval, **more)
        assert refusal.value.field == field
        approval.refresh_from_db()
        assert approval.state == "asked"

    def test_paper_signed_over_an_older_state_has_lapsed_at_once(
        self, cast: Cast, directive: Directive, settings: Any, tmp_path: Any
    ) -> None:
        settings.FILES_DIR = tmp_path
        approval = self.sent(cast, directive)
        rename(cast, directive)
        self.enter(cast, approval)
        found = road.road_of(directive)
        assert not found.decided
        assert [c.after for c in found.decision_lapsed] == ["上好警示教育课"]


class TestNumber:
    def test_numbers_go_on_within_series_and_year_and_are_never_given_twice(
        self, cast: Cast
    ) -> None:
        clerk = cast.users["office_clerk"]
        numbers = []
        for text, paper in (
            ("各党支部要在5月底前召开一次组织生活会，形成会议记录。", duties.Paper("云水发")),
            ("各分局要在6月底前列出责任清单，形成清单。", duties.Paper("云水发", 7)),
            ("各分局要在7月底前开展一次自查，形成报告。", duties.Paper("云水发")),
            ("各分局要在8月底前修订一次预案，形成预案。", duties.Paper("云水办发")),
        ):
            one = load(cast, text=text)
            decide(one, cast)
            duties.issue(one, paper=paper, by=clerk, at=AT)
            notice = one.notices.get()
            numbers.append(notice.number)
        assert numbers == [
            "云水发〔2026〕1号", "云水发〔2026〕7号", "云水发〔2026〕8号", "云水办发〔2026〕1号",
        ]  # fmt: skip
        taken = load(cast, text="各分局要在9月底前更新一次台账，形成台账。")
        decide(taken, cast)
        with pytest.raises(BadInput) as refusal:
            duties.issue(taken, paper=duties.Paper("云水发", 7), by=clerk, at=AT)
        assert refusal.value.field == "serial"
        assert "9" in str(refusal.value)
        assert not Assignment.objects.filter(directive=taken).exists()

    def test_a_day_before_the_import_or_ahead(self, cast: Cast, directive: Directive) -> None:
        decide(directive, cast)
        for day in (date(2026, 3, 1), date(2026, 3, 3)):
            with pytest.raises(BadInput) as refusal:
                duties.issue(
                    directive, paper=duties.Paper("云水发", dated_on=day),
                    by=cast.users["office_clerk"], at=AT,
                )  # fmt: skip
            assert refusal.value.field == "dated_on"

    def test_the_recipients_are_the_units_concerned(self, cast: Cast) -> None:
        one = load(cast, text="各分局要在6月底前列出责任清单，形成清单。")
        decide(one, cast)
        duties.issue(one, by=cast.users["office_clerk"], at=AT)
        assert one.notices.get().recipients == "北渡分局、南屏分局"
