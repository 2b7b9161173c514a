"""The issue notice and the record of transmission as Word files; an office's own form kept."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from luoshi.directives.models import ColumnMap, Directive
from luoshi.duties import actions
from luoshi.papers import heads
from tests.cast import AT, Cast
from tests.directives.test_actions import load
from tests.road import decide


@pytest.fixture(autouse=True)
def _today(settings: Any, tmp_path: Path) -> Any:
    settings.FILES_DIR = tmp_path
    with time_machine.travel(AT):
        yield


@pytest.fixture
def issued(cast: Cast) -> Directive:
    found = load(cast, number="云水发〔2026〕4号")
    decide(found, cast)
    paper = actions.Paper("云水办发", 12, recipients="各分局、各党支部", copies_to="派驻纪检监察组")
    actions.issue(found, paper=paper, by=cast.users["office_clerk"], at=AT)
    found.refresh_from_db()
    return found


def words(content: bytes) -> str:
    """Everything that stands in a Word file, tables and text boxes included."""
    document = Document(io.BytesIO(content))
    return "\n".join(t.text or "" for t in document.element.iter() if t.tag.endswith("}t"))


def test_the_notice_says_number_day_recipients_and_tasks(
    cast: Cast, client: Client, issued: Directive
) -> None:
    cast.sign_in(client, "office_clerk")
    answer = client.get(f"/directives/{issued.pk}/notice.docx")
    said = words(answer.content).replace("\n", "")
    for piece in ("云水办发〔2026〕12号", "各分局、各党支部", "2026年3月2日", "派驻纪检监察组",
                  "云水发〔2026〕4号", "上一次警示教育课"):  # fmt: skip
        assert piece in said, piece
    assert "的通知" in said
    head = client.get(f"/directives/{issued.pk}/notice.docx?head=1")
    assert len(words(head.content)) > len(words(answer.content))


def test_the_record_lists_every_unit_with_what_it_said(
    cast: Cast, client: Client, issued: Directive
) -> None:
    actions.receive(
        issued, cast.units["beidu"], meeting="北渡分局局务会", transmitted_on=date(2026, 3, 2),
        by=cast.users["beidu_clerk"], at=AT,
    )  # fmt: skip
    actions.receive(
        issued, cast.units["nanping"], said_by="杜若衡", by=cast.users["office_clerk"], at=AT
    )
    cast.sign_in(client, "office_clerk")
    said = words(client.get(f"/directives/{issued.pk}/transmission.docx").content)
    for piece in ("北渡分局局务会", "宋晴川", "杜若衡", "何静之代录", "待填", "办公室党支部"):
        assert piece in said, piece
    cast.sign_in(client, "beidu_clerk")
    below = words(client.get(f"/directives/{issued.pk}/transmission.docx").content)
    assert "北渡分局" in below
    assert "南屏分局" not in below


def form(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


HEADS = ["序号", "工作任务", "推进措施", "责任单位", "办结时限", "亮点"]


class TestForms:
    def test_the_head_row_is_found_in_a_workbook_and_in_a_word_file(self) -> None:
        assert heads.of_file(form([["某某单位台账"], HEADS, ["1", "甲"]]), "表样.xlsx") == HEADS
        document = Document()
        table = document.add_table(rows=1, cols=len(HEADS))
        for cell, head in zip(table.rows[0].cells, HEADS, strict=True):
            cell.text = head
        out = io.BytesIO()
        document.save(out)
        assert heads.of_file(out.getvalue(), "表样.docx") == HEADS

    def test_uploaded_mapped_corrected_and_kept(self, cast: Cast, client: Client) -> None:
        cast.sign_in(client, "office_clerk")
        upload = SimpleUploadedFile("表样.xlsx", form([HEADS]))
        page = client.post("/boards/layouts/", {"form": upload})
        assert [p.key for p in page.context["places"]] == [
            "number", "title", "measure", "lead", "deadline", None,
        ]  # fmt: skip
        typed = {
            "keep": "1", "name": "局办表样", "heading": HEADS, "key-0": "number", "key-1": "title",
            "key-2": "measure", "key-3": "lead", "key-4": "deadline", "key-5": "note",
            "width-1": "18",
        }  # fmt: skip
        assert client.post("/boards/layouts/", typed).status_code == 303
        kept = ColumnMap.objects.get()
        assert kept.columns[5][:2] == ["亮点", "note"]
        assert kept.columns[1][2] == 18
        assert "局办表样" in client.get("/boards/layouts/").content.decode()

    def test_the_list_goes_out_in_the_offices_own_columns(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        cast.sign_in(client, "office_clerk")
        typed = {
            "keep": "1", "name": "局办表样", "heading": HEADS, "key-1": "title", "key-3": "lead",
        }  # fmt: skip
        client.post("/boards/layouts/", typed)
        kept = ColumnMap.objects.get()
        page = client.get(f"/directives/{issued.pk}/tasklist/?form={kept.pk}").content.decode()
        assert f"tasklist.xlsx?form={kept.pk}" in page
        answer = client.get(f"/directives/{issued.pk}/tasklist.xlsx?form={kept.pk}")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
        rows = sheet.to_python()
        assert rows[2] == HEADS
        assert any(row[1] and row[3] == "工程建设科" and row[5] == "" for row in rows[3:])
        word = client.get(f"/directives/{issued.pk}/tasklist.docx?form={kept.pk}")
        table = Document(io.BytesIO(word.content)).tables[0]
        assert "亮点" in [cell.text for row in table.rows[:2] for cell in row.cells]

    @pytest.mark.parametrize(
        "more",
        [
            {"key-1": "lead", "key-2": "lead"},
            {"key-1": "", "key-2": ""},
            {"name": ""},
            {"key-1": "wages"},
        ],
    )
    def test_what_cannot_be_kept_comes_back(
        self, cast: Cast, client: Client, more: dict[str, str]
    ) -> None:
        cast.sign_in(client, "office_clerk")
        typed = {"keep": "1", "name": "表样", "heading": HEADS, "key-1": "title", **more}
        page = client.post("/boards/layouts/", typed)
        assert page.status_code == 400
        assert "亮点" in page.content.decode()
        assert not ColumnMap.objects.exists()

    def test_nothing_recognisable(self, cast: Cast, client: Client) -> None:
        cast.sign_in(client, "office_clerk")
        upload = SimpleUploadedFile("x.xlsx", form([["甲", "乙"]]))
        assert client.post("/boards/layouts/", {"form": upload}).status_code == 400
        broken = SimpleUploadedFile("x.xlsx", b"PK\x03\x04no")
        assert client.post("/boards/layouts/", {"form": broken}).status_code == 400
