"""Last year's workbook in any layout: columns recognised and corrected, rows kept, then used."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from xlsxwriter import Workbook

from luoshi.base.models import PendingUpload
from luoshi.base.refused import NotAllowed
from luoshi.directives import actions, oldlists
from luoshi.directives.models import ColumnMap, OldList, OldTask, Requirement
from luoshi.ledger.models import BulkRow, Entry
from luoshi.orgs import access
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import clause, load

HEADS = ["完成时限", "备注", "责任部门", "工作任务", "序号", "具体措施", "分管领导", "完成情况"]
ROWS = [
    ["", "", "", "一、责任落实", "", "", "", ""],
    ["3月底", "", "北渡分局、南屏分局", "列出责任清单",
     1, "列出本单位年度责任清单，报备案", "周衍之", "已完成"],
    ["6月30日", "续办", "工程建设科", "复核设计变更",
     2, "对设计变更逐项复核，形成问题清单", "周衍之", "完成"],
    ["每季度", "", "机关党委", "开展警示教育", 3, "各党支部上好警示教育课", "林疏影", "完成3次"],
    ["", "", "合计", "合计：3项", "", "", "", ""],
]  # fmt: skip


def workbook(
    heads: list[str] = HEADS, rows: list[list[Any]] = ROWS, *, title: str = "2025年重点任务台账"
) -> bytes:
    out = io.BytesIO()
    book = Workbook(out)
    book.add_worksheet("说明").write_string(0, 0, "本表由办公室负责更新")
    sheet = book.add_worksheet("台账")
    sheet.merge_range(0, 0, 0, len(heads) - 1, title)
    for place, head in enumerate(heads):
        sheet.write(1, place, head)
    for number, row in enumerate(rows, 2):
        for place, value in enumerate(row):
            if value != "":
                sheet.write(number, place, value)
    book.close()
    return out.getvalue()


@pytest.fixture(autouse=True)
def _today(settings: Any, tmp_path: Path) -> Any:
    settings.FILES_DIR = tmp_path
    with time_machine.travel(AT):
        yield


def upload(client: Client, data: bytes, name: str = "2025年台账.xlsx") -> Any:
    return client.post("/directives/old/", {"workbook": SimpleUploadedFile(name, data)})


def take(cast: Cast, client: Client, data: bytes | None = None) -> OldList:
    cast.sign_in(client, "office_clerk")
    address = upload(client, data or workbook())["Location"]
    page = client.get(address)
    done = client.post(
        address,
        {
            "seen": page.context["reading"].fingerprint,
            "name": "2025年重点任务台账",
            "year": "2025",
            "owner": str(cast.units["bureau"].pk),
        },
    )
    assert done.status_code == 303, page.content.decode()
    return OldList.objects.get()


def test_columns_in_any_order_with_a_title_above_and_sections_between(
    cast: Cast, client: Client
) -> None:
    cast.sign_in(client, "office_clerk")
    page = client.get(upload(client, workbook())["Location"])
    reading = page.context["reading"]
    assert reading.sheet == "台账"
    taken = {c.heading: c.field for c in reading.columns}
    assert taken == {
        "完成时限": "deadline", "备注": "note", "责任部门": "lead", "工作任务": "title",
        "序号": "number", "具体措施": "measure", "分管领导": "leader", "完成情况": "progress",
    }  # fmt: skip
    assert [r.values["title"] for r in reading.rows] == [
        "列出责任清单",
        "复核设计变更",
        "开展警示教育",
    ]
    assert [n for n, _ in reading.left_out] == [3, 7]
    assert reading.unknown == {"机关党委": 1}
    assert not OldTask.objects.exists(), "nothing is kept before it is confirmed"


def test_confirmed_rows_are_kept_with_their_units_and_one_entry(cast: Cast, client: Client) -> None:
    old = take(cast, client)
    first, second, third = OldTask.objects.filter(old_list=old).order_by("row")
    assert (first.row, first.deadline, first.leader, first.progress) == (
        4, "3月底", "周衍之", "已完成",
    )  # fmt: skip
    assert set(first.lead_units) == {str(cast.units[u].pk) for u in ("beidu", "nanping")}
    assert second.note == "续办"
    assert (third.lead, third.lead_units) == ("机关党委", [])
    entry = Entry.objects.get(kind="old_list.taken")
    assert BulkRow.objects.filter(entry=entry).count() == 3
    assert not PendingUpload.objects.exists()
    assert old.file.name == "2025年台账.xlsx"


def test_a_correction_is_read_again_and_remembered(cast: Cast, client: Client) -> None:
    heads = ["甲", "乙", "丙"]
    rows = [["修订应急预案", "工程建设科", "5月底"], ["清理到期合同", "办公室", "6月底"]]
    cast.sign_in(client, "office_clerk")
    address = upload(client, workbook(heads, rows))["Location"]
    page = client.get(address)
    assert page.context["reading"].errors
    columns = {"column-0": "title", "column-1": "lead", "column-2": "deadline"}
    typed = {"again": "1", "sheet": "台账", **columns}
    assert client.post(address, typed).status_code == 303
    reading = client.get(address).context["reading"]
    assert [r.values["lead"] for r in reading.rows][-2:] == ["工程建设科", "办公室"]
    done = client.post(
        address,
        {
            "seen": reading.fingerprint, "name": "去年的表", "year": "2025",
            "owner": str(cast.units["bureau"].pk),
        },
    )  # fmt: skip
    assert done.status_code == 303
    assert ColumnMap.objects.count() == 1
    more = [["更新值班安排", "办公室", "4月底"]]
    again = client.get(upload(client, workbook(heads, more), "又一份.xlsx")["Location"])
    assert again.context["reading"].remembered
    assert again.context["reading"].rows[-1].values["title"] == "更新值班安排"


def test_two_columns_for_the_same_are_told(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    address = upload(client, workbook())["Location"]
    client.post(address, {"again": "1", "sheet": "台账", "column-3": "title", "column-5": "title"})
    reading = client.get(address).context["reading"]
    assert "任务" in reading.errors[0][1]
    assert not reading.rows


def test_the_same_file_twice(cast: Cast, client: Client) -> None:
    data = workbook()
    take(cast, client, data)
    address = upload(client, data)["Location"]
    reading = client.get(address).context["reading"]
    again = client.post(
        address,
        {
            "seen": reading.fingerprint, "name": "2025年重点任务台账", "year": "2025",
            "owner": str(cast.units["bureau"].pk),
        },
    )  # fmt: skip
    assert again.status_code == 409
    assert OldList.objects.count() == 1


@pytest.mark.parametrize(
    "more", [{"year": "2031"}, {"year": "去年"}, {"name": " "}, {"seen": "something else"}]
)
def test_what_cannot_be_taken_is_said_and_nothing_kept(
    cast: Cast, client: Client, more: dict[str, str]
) -> None:
    cast.sign_in(client, "office_clerk")
    address = upload(client, workbook())["Location"]
    typed = {
        "seen": client.get(address).context["reading"].fingerprint,
        "name": "台账",
        "year": "2025",
        "owner": str(cast.units["bureau"].pk),
        **more,
    }
    assert client.post(address, typed).status_code == 400
    assert not OldList.objects.exists()


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9]
)
def test_what_is_no_workbook(cast: Cast, client: Client, data: bytes) -> None:
    cast.sign_in(client, "office_clerk")
    answer = upload(client, data)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_who_may(cast: Cast, client: Client) -> None:
    old = take(cast, client)
    for who in ("beidu_head", "office_member", "nobody"):
        cast.sign_in(client, who)
        assert client.get("/directives/old/").status_code == 403
        assert client.get(f"/directives/old/{old.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        actions.withdraw_old_list(old, reason="错了", by=cast.users["beidu_head"], at=AT)


class TestUse:
    def test_what_asks_the_same_is_found_first(self, cast: Cast, client: Client) -> None:
        take(cast, client)
        standing = access.standing(cast.users["office_clerk"], TODAY)
        found = oldlists.matches(
            "由工程建设科牵头，办公室配合，6月30日前对设计变更逐项复核，形成问题清单",
            standing,
            before=2026,
        )
        assert found[0].task.title == "复核设计变更"
        assert oldlists.matches("少讲空话", standing, before=2026) == []
        assert oldlists.matches("对设计变更逐项复核，形成问题清单", standing, before=2025) == []

    def test_a_clause_is_covered_by_an_old_task(self, cast: Cast, client: Client) -> None:
        take(cast, client)
        directive = load(cast)
        requirement = clause(directive, "设计变更")
        page = client.get(f"/directives/{directive.pk}/?r={requirement.pk}&ask=covered")
        task = OldTask.objects.get(title="复核设计变更")
        assert f"old:{task.pk}" in page.content.decode()
        client.post(
            f"/directives/clauses/{requirement.pk}/triage/",
            {"triage": "covered", "covered_by": f"old:{task.pk}", "version": requirement.version},
        )
        kept = Requirement.objects.get(pk=requirement.pk)
        assert kept.triage == "covered"
        assert kept.covered_by is not None
        assert kept.covered_by["kind"] == "old_task"
        assert "2025年重点任务台账" in kept.covered_by["text"]

    def test_who_led_it_last_year_is_proposed_and_taken_by_one_button(
        self, cast: Cast, client: Client
    ) -> None:
        take(cast, client)
        text = "2026年要点\n一、任务\n要对设计变更逐项复核，6月30日前形成问题清单。\n"
        directive = load(cast, text=text)
        requirement = clause(directive, "设计变更")
        page = client.get(f"/directives/{directive.pk}/?r={requirement.pk}").content.decode()
        assert 'name="old_lead" value="工程建设科"' in page
        requirement.refresh_from_db()
        assert not requirement.tasks.get().units.exists(), "never filled in silently"
        client.post(
            f"/directives/clauses/{requirement.pk}/fill/",
            {
                "old_lead": "工程建设科", "lead": "", "lead_before": "", "when": "6.30",
                "check": "问题清单", "version": requirement.version,
            },
        )  # fmt: skip
        assert [u.unit for u in requirement.tasks.get().units.all()] == [cast.units["works"]]

    def test_a_withdrawn_list_proposes_nothing(self, cast: Cast, client: Client) -> None:
        old = take(cast, client)
        client.post(f"/directives/old/{old.pk}/withdraw/", {"reason": "传错了", "version": "1"})
        standing = access.standing(cast.users["office_clerk"], TODAY)
        assert oldlists.matches("对设计变更逐项复核，形成问题清单", standing, before=2026) == []
        assert Entry.objects.filter(kind="old_list.withdrawn").count() == 1

    def test_units_that_are_gone_are_not_proposed(self, cast: Cast, client: Client) -> None:
        take(cast, client)
        standing = access.standing(cast.users["office_clerk"], TODAY)
        match = oldlists.matches("对设计变更逐项复核，形成问题清单", standing, before=2026)[0]
        assert oldlists.lead_of(match, TODAY) == [cast.units["works"]]
        assert oldlists.lead_of(match, TODAY - timedelta(days=9000)) == []
