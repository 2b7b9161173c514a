"""立项: an instruction or a meeting's decision becomes an issued task on one form."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed
from luoshi.directives.models import Directive, Task
from luoshi.duties import actions
from luoshi.duties.actions.settling import effect_day
from luoshi.duties.models import Assignment, Occurrence
from luoshi.ledger.models import Entry
from tests.cast import AT, TODAY, Cast

WORDS = "对北渡闸站渗漏隐患抓紧核查处置，处置情况报我。"


def given(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "source_kind": "instruction",
        "source_by": "沈既明 局长",
        "given_on": TODAY,
        "text": WORDS,
        "lead": [cast.units["beidu"].pk],
        "support": [cast.units["works"].pk],
        "due_on": date(2026, 3, 20),
        "check": "处置情况报告",
        "owner": cast.units["bureau"],
        "by": cast.users["office_clerk"],
        "at": AT,
        **more,
    }


def test_it_goes_to_the_unit_at_once(cast: Cast) -> None:
    directive = actions.initiate(**given(cast))
    assert (directive.state, directive.source_by) == ("issued", "沈既明 局长")
    found = Occurrence.objects.select_related("task", "unit").get()
    assert (found.unit, found.due_on) == (cast.units["beidu"], date(2026, 3, 20))
    assert (found.task.measure, found.task.check_text) == (WORDS, "处置情况报告")
    assert Assignment.objects.filter(part="support").get().unit == cast.units["works"]
    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))[-2:]
    assert kinds == ["directive.imported", "directive.issued"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"source_by": " "}, "source_by"),
        ({"text": "\n"}, "text"),
        ({"text": "字" * 2001}, "text"),
        ({"text": "办公室要逐人掌握干部下班以后的去向，建立行踪台账。"}, "text"),
        ({"given_on": None}, "given_on"),
        ({"given_on": date(2026, 3, 3)}, "given_on"),
        ({"lead": []}, "lead"),
        ({"due_on": None}, "when"),
        ({"due_on": date(2026, 3, 1)}, "when"),
        ({"source_kind": "document"}, "source_kind"),
    ],
)
def test_what_is_missing_is_said_at_its_field(cast: Cast, more: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        actions.initiate(**given(cast, **more))
    assert refusal.value.field == field
    assert not Directive.objects.exists()
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("who", ["bureau_head", "beidu_clerk", "office_member", "nobody"])
def test_who_may_not(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        actions.initiate(**given(cast, by=cast.users[who]))


def test_a_double_click_counts_once(cast: Cast) -> None:
    actions.initiate(**given(cast, request_id="one"))
    with pytest.raises(AlreadyDone):
        actions.initiate(**given(cast, request_id="one"))
    assert Directive.objects.count() == 1


class TestPage:
    def post(self, cast: Cast, client: Client, **more: Any) -> Any:
        data = {
            "source_kind": "meeting",
            "source_by": "局长办公会2026年第5次",
            "given_on": "2026-03-01",
            "text": WORDS,
            "lead": "北渡分局",
            "when": "3.20",
            "owner": str(cast.units["bureau"].pk),
            **more,
        }
        cast.sign_in(client, "office_clerk")
        return client.post("/directives/quick/", data)

    @pytest.fixture(autouse=True)
    def _today(self, settings: Any, tmp_path: Any) -> Any:
        import time_machine

        settings.FILES_DIR = tmp_path
        with time_machine.travel(AT):
            yield

    def test_one_form_with_the_paper_attached(self, cast: Cast, client: Client) -> None:
        scan = SimpleUploadedFile("批示.jpg", b"\xff\xd8\xff pixels", "image/jpeg")
        done = self.post(cast, client, scan=scan)
        assert done.status_code == 303
        found = Directive.objects.get()
        assert found.source is not None
        assert (found.source_kind, found.source_name) == ("meeting", "批示.jpg")
        kept = client.get(f"/directives/{found.pk}/source/")
        assert b"".join(kept.streaming_content) == b"\xff\xd8\xff pixels"
        page = client.get(done["Location"]).content.decode()
        assert "局长办公会2026年第5次" in page

    def test_unit_and_day_in_the_words_are_filled_in_and_not_issued_unseen(
        self, cast: Cast, client: Client
    ) -> None:
        words = "请工程建设科牵头，办公室配合，3月底前对在建项目安全措施逐项检查，形成问题清单。"
        page = self.post(cast, client, text=words, lead="", when="")
        assert page.status_code == 200
        assert not Directive.objects.exists()
        form = page.context["form"]
        assert (form["lead"].value(), form["support"].value(), form["when"].value()) == (
            "工程建设科", "办公室", "2026-03-31",
        )  # fmt: skip
        done = self.post(
            cast, client, text=words, lead="工程建设科", support="办公室", when="2026-03-31"
        )
        assert done.status_code == 303
        assert Occurrence.objects.get().unit == cast.units["works"]

    def test_typed_text_comes_back_with_what_is_wrong(self, cast: Cast, client: Client) -> None:
        page = self.post(cast, client, lead="北度分局")
        assert page.status_code == 400
        assert "北渡分局" in str(page.context["form"].errors["lead"])
        assert page.context["form"]["text"].value() == WORDS
        assert not Directive.objects.exists()

    def test_words_without_unit_or_day_ask_for_them(self, cast: Cast, client: Client) -> None:
        page = self.post(cast, client, text="抓紧核查。", lead="", when="")
        assert page.status_code == 400
        assert "lead" in page.context["form"].errors

    def test_a_unit_that_leads_does_not_support_as_well(self, cast: Cast, client: Client) -> None:
        page = self.post(cast, client, support="工程建设科、北渡分局")
        assert page.status_code == 400
        assert "北渡分局" in str(page.context["form"].errors["support"])
        assert not Directive.objects.exists()
        done = self.post(cast, client, support="各分局")
        assert done.status_code == 303, "of a group the lead unit is left out, as anybody means it"
        assert Assignment.objects.get(part="support").unit == cast.units["nanping"]

    def test_only_with_a_measure_the_effect_is_checked(self, cast: Cast, client: Client) -> None:
        self.post(cast, client)
        task = Task.objects.get()
        assert (task.task_kind, effect_day(task, TODAY)) == ("basic", None)
        self.post(cast, client, text=WORDS + "续办。", success="渗漏点归零", target="0处")
        task = Task.objects.exclude(success="").get()
        assert (task.task_kind, task.success, task.target) == ("key", "渗漏点归零", "0处")
        assert effect_day(task, TODAY) is not None

    def test_after_the_issue_no_step_is_the_current_one(self, cast: Cast, client: Client) -> None:
        found = self.post(cast, client)["Location"]
        for address in (found, f"{found}plan/", f"{found}issue/"):
            page = client.get(address).content.decode()
            steps = page[page.index('<ol class="steps">') :].split("</ol>")[0]
            assert "aria-current" not in steps, address
            assert steps.count("✓") == steps.count("<li"), address
