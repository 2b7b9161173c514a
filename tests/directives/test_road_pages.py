"""The pages of the road: each person finds the next step, refusals give the typed text back."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from luoshi.directives import actions
from luoshi.directives.models import Approval, Comment, Consultee, Directive
from luoshi.duties.models import Occurrence
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import clause, load, task_of

LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _today(settings: Any, tmp_path: Path) -> Any:
    settings.FILES_DIR = tmp_path
    with time_machine.travel(LATER):
        yield


@pytest.fixture
def directive(cast: Cast) -> Directive:
    found = load(cast)
    actions.confirm(found, by=cast.users["office_clerk"], at=AT)
    return found


def text(client: Client, address: str, status: int = 200) -> str:
    page = client.get(address)
    assert page.status_code == status, address
    return page.content.decode()


def test_from_the_first_question_to_the_issue(
    cast: Cast, client: Client, directive: Directive
) -> None:
    road = f"/directives/{directive.pk}/road/"
    cast.sign_in(client, "office_clerk")
    assert "尚未送审" in text(client, road)
    done = client.post(f"{road}consult/", {"due_on": "2026-03-06", "note": "请看时限"})
    assert done.status_code == 303

    cast.sign_in(client, "beidu_clerk")
    assert "任务分解征求意见" in text(client, "/")
    asked = Consultee.objects.get(unit=cast.units["beidu"])
    page = text(client, f"/directives/consultees/{asked.pk}/")
    assert "列出本单位年度责任清单" in page
    assert "行踪台账" not in page, "only what would go out is shown"
    task = task_of(clause(directive, "责任清单"))
    client.post(
        f"/directives/consultees/{asked.pk}/comment/", {"task": task.pk, "text": "改为4月15日"}
    )
    assert "任务分解征求意见" not in text(client, "/"), "answered, it leaves the list"

    cast.sign_in(client, "office_clerk")
    assert "1条意见待答复" in text(client, "/")
    said = Comment.objects.get()
    refused = client.post(f"/directives/comments/{said.pk}/answer/", {"answer": "refused"})
    assert refused.status_code == 400
    client.post(
        f"/directives/comments/{said.pk}/answer/", {"answer": "refused", "reason": "上级要求"}
    )
    client.post(f"/directives/consultations/{asked.consultation_id}/close/", {})
    head = str(cast.appointments["bureau_head"].pk)
    sent = client.post(f"{road}send/", {"stage": "decision", "asked": head, "message": "请批"})
    assert sent.status_code == 303
    assert "待批" in text(client, road)
    assert client.get(f"/directives/{directive.pk}/issue/").status_code == 200

    cast.sign_in(client, "bureau_head")
    assert "请审定" in text(client, "/")
    page = text(client, road)
    assert "您是第一次查看" in page
    assert "本件未经审核" in page
    approval = Approval.objects.get()
    form = {"verdict": "approved", "meeting": "局党组会", "meeting_number": "2026年第6次"}
    seen = re.search(r'name="content" value="([0-9a-f]{64})"', page)
    assert seen
    missing = client.post(
        f"/directives/approvals/{approval.pk}/verdict/", {**form, "content": seen[1]}
    )
    assert missing.status_code == 400
    assert "局党组会" in missing.content.decode(), "what was typed comes back"
    client.post(
        f"/directives/approvals/{approval.pk}/verdict/",
        {**form, "content": seen[1], "held_on": "2026-03-02"},
    )

    cast.sign_in(client, "office_clerk")
    assert "已审定，可以印发" in text(client, "/")
    page = text(client, road)
    assert "局党组会（2026年第6次）审定" in page
    assert f"/directives/{directive.pk}/issue/" in page
    directive.refresh_from_db()
    typed = {"series": "云水发", "serial": "", "dated_on": "2026-03-02", "recipients": "各分局：",
             "version": directive.version}  # fmt: skip
    done = client.post(f"/directives/{directive.pk}/issue/", typed)
    assert done.status_code == 303
    assert directive.notices.get().number == "云水发〔2026〕1号"
    assert directive.notices.get().recipients == "各分局"
    assert Occurrence.objects.filter(directive=directive).exists()
    assert "我拟的分解" not in text(client, "/")
    after = text(client, f"/directives/{directive.pk}/issue/")
    assert "0项任务" not in after
    assert "云水发〔2026〕1号" in after


def test_the_approver_sees_what_changed_since_and_may_not_approve_unseen(
    cast: Cast, client: Client, directive: Directive
) -> None:
    clerk = cast.users["office_clerk"]
    approval = actions.send(
        directive, stage="vetting", asked=cast.appointments["bureau_deputy1"], by=clerk, at=AT
    )
    cast.sign_in(client, "bureau_deputy1")
    road = f"/directives/{directive.pk}/road/"
    seen = re.search(r'name="content" value="([0-9a-f]{64})"', text(client, road))
    assert seen
    actions.change_task(
        task_of(clause(directive, "警示教育")), values={"title": "上好警示教育课"}, by=clerk, at=AT
    )
    address = f"/directives/approvals/{approval.pk}/verdict/"
    moved = client.post(address, {"verdict": "approved", "content": seen[1], "note": "可以"})
    assert moved.status_code == 409
    page = moved.content.decode()
    assert "以来有1处改动" in page
    assert "<ins>上好警示教育课</ins>" in page
    assert "可以</textarea>" in page
    again = re.search(r'name="content" value="([0-9a-f]{64})"', page)
    assert again
    assert "<ins>上好警示教育课</ins>" in text(client, road), "shown until the next change"
    done = client.post(address, {"verdict": "approved", "content": again[1]})
    assert done.status_code == 303
    actions.change_task(
        task_of(clause(directive, "警示教育")), values={"title": "改了又改"}, by=clerk, at=AT
    )
    cast.sign_in(client, "office_clerk")
    page = text(client, road)
    assert "审核已失效" in page
    assert "<ins>改了又改</ins>" in page


def test_a_slip_is_printed_signed_scanned_and_entered(
    cast: Cast, client: Client, directive: Directive
) -> None:
    cast.sign_in(client, "office_clerk")
    road = f"/directives/{directive.pk}/road/"
    client.post(f"{road}send/", {"stage": "decision", "signer": "沈既明"})
    approval = Approval.objects.get()
    slip = text(client, f"/directives/approvals/{approval.pk}/slip/")
    assert "<svg" in slip
    assert approval.digest[:4] in slip
    assert "请沈既明审定" in slip
    word = client.get(f"/directives/approvals/{approval.pk}/slip.docx")
    assert word.content[:2] == b"PK"
    address = f"/directives/approvals/{approval.pk}/paper/"
    typed = {"verdict": "approved", "signer": "沈既明", "signed_on": "2026-03-02"}
    refused = client.post(address, typed)
    assert refused.status_code == 400
    assert 'value="2026-03-02"' in refused.content.decode()
    scan = SimpleUploadedFile("送审单.jpg", b"\xff\xd8\xff signed", "image/jpeg")
    assert client.post(address, {**typed, "scan": scan}).status_code == 303
    page = text(client, road)
    assert "手签，由何静之代录" in page
    kept = client.get(f"/directives/approvals/{approval.pk}/scan/")
    assert kept["Content-Disposition"].startswith("attachment")
    assert b"".join(kept.streaming_content) == b"\xff\xd8\xff signed"
    printed = text(client, f"/directives/approvals/{approval.pk}/slip/")
    assert "2026年3月2日" in printed


def test_comments_and_slips_stay_with_those_on_the_road(
    cast: Cast, client: Client, directive: Directive
) -> None:
    cast.sign_in(client, "office_clerk")
    client.post(f"/directives/{directive.pk}/road/send/", {"stage": "decision", "signer": "沈既明"})
    approval = Approval.objects.get()
    for who in ("works_head", "beidu_head", "office_member", "admin"):
        cast.sign_in(client, who)
        for address in (
            f"/directives/{directive.pk}/road/",
            f"/directives/approvals/{approval.pk}/slip/",
            f"/directives/approvals/{approval.pk}/slip.docx",
        ):
            assert client.get(address).status_code == 404, (who, address)


def test_the_road_asks_the_database_as_often_for_many_units_as_for_few(
    cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    few = load(cast, text="各分局要在6月底前列出责任清单，形成清单。")
    many = load(
        cast,
        text="一、任务\n" + "".join(
            f"各党支部要在{n % 9 + 3}月底前上好第{n}课，形成第{n}课记录。\n" for n in range(30)
        ),
    )  # fmt: skip
    for one in (few, many):
        clerk = cast.users["office_clerk"]
        actions.confirm(one, by=clerk, at=AT)
        actions.open_consultation(one, due_on=TODAY, by=clerk, at=AT)
        cast.sign_in(client, "office_clerk")
        client.get(f"/directives/{one.pk}/road/")
        with django_assert_max_num_queries(24):
            client.get(f"/directives/{one.pk}/road/")
