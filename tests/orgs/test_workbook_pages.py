"""The pages of the workbook: template, state, upload, dry run, again, confirm."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.base.models import PendingUpload
from luoshi.ledger.models import Entry
from luoshi.orgs import actions
from luoshi.orgs.models import Appointment, Person, Unit
from luoshi.orgs.workbook import words
from luoshi.papers import sheets
from tests.cast import AT, TODAY, Cast
from tests.orgs.workbooks import Rows, find, packed, present, sent, written
from tests.papers import books

UPLOAD = "orgs:workbook"


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    cast.sign_in(client, "admin")
    return client


def upload(client: Client, data: bytes | Rows, name: str = "组织.xlsx", **more: str) -> Any:
    content = data if isinstance(data, bytes) else packed(data)
    form = {"workbook": SimpleUploadedFile(name, content), "on": TODAY.isoformat(), **more}
    return client.post(reverse(UPLOAD), form)


def page(client: Client, data: bytes | Rows, **more: str) -> tuple[str, str]:
    """The address of the dry run and its page."""
    answer = upload(client, data, **more)
    assert answer.status_code == 303, answer.content.decode()
    address = answer["Location"]
    return address, client.get(address).content.decode()


def confirm(client: Client, address: str, shown: str) -> HttpResponse:
    fields = {
        name: re.findall(rf'name="{name}" value="([^"]+)"', shown)[0]
        for name in ("seen", "request_id")
    }
    return client.post(address, {**fields, "apply": "1"})


def extended(cast: Cast) -> Rows:
    rows = present(cast)
    rows["人员"].append({"姓名": "莫怀谷", "编号": "SW0421"})
    find(rows, "单位", 名称="办公室")["级别"] = "副处级"
    find(rows, "任职", 人员="周衍之")["分管单位"] = "北渡分局"
    return rows


@pytest.mark.parametrize("address", ["orgs:workbook_template", "orgs:workbook_state"])
def test_the_files_open_and_hold_what_they_say(cast: Cast, admin: Client, address: str) -> None:
    answer = admin.get(reverse(address))
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert "attachment" in answer["Content-Disposition"]
    book = sheets.read(answer.content, "组织.xlsx")
    assert [s.name for s in book.sheets] == ["单位", "人员", "任职", "填写说明"]
    for name, columns in words.SHEETS.items():
        sheet = book.sheet(name)
        assert sheet is not None
        assert sheet.rows[0] == [c.heading for c in columns]
        assert not sheet.flaws
    units = book.sheet("单位")
    assert units is not None
    if address.endswith("state"):
        assert len(units.rows) == 1 + Unit.objects.filter(organisation=cast.organisation).count()
        assert ["北渡分局第一支部", "第一支部", "北渡分局", "党支部"] in [
            r[1:5] for r in units.rows
        ]
    else:
        assert all(str(row[0]).startswith("示例") for row in units.rows[1:])
        _, shown = page(admin, answer.content)
        assert "文件内容与现有记录一致" in shown
    import zipfile

    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        rules = package.read("xl/worksheets/sheet1.xml").decode()
        assert "机关本级" in rules
        assert "党组、党委" in rules
        assert "dataValidation" in package.read("xl/worksheets/sheet3.xml").decode()
        assert "xl/comments1.xml" in package.namelist()
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_upload_look_confirm(cast: Cast, admin: Client) -> None:
    entries = Entry.objects.count()
    address, shown = page(admin, extended(cast))
    assert "莫怀谷" in shown
    assert "级别 正科级 → 副处级" in shown
    assert "周衍之分管工程建设科" in shown
    assert "写入3处变化" in shown
    assert Entry.objects.count() == entries
    assert not Person.objects.filter(name="莫怀谷").exists()
    answer = confirm(admin, address, shown)
    assert (answer.status_code, answer["Location"]) == (303, reverse("orgs:home"))
    assert Person.objects.get(name="莫怀谷").code == "SW0421"
    assert "已写入3处变化" in admin.get(reverse("orgs:home")).content.decode()
    assert Entry.objects.filter(kind="organisation.imported").count() == 1
    # The same click twice counts once and says so; the used upload is gone.
    again = confirm(admin, address, shown)
    assert (again.status_code, again["Location"]) == (303, reverse("orgs:home"))
    assert Entry.objects.filter(kind="organisation.imported").count() == 1
    assert admin.get(address).status_code == 404
    assert "SW0421" in admin.get(
        reverse("orgs:person", args=[Person.objects.get(name="莫怀谷").pk])
    ).content.decode()  # fmt: skip


def test_errors_have_their_cell_and_no_button(cast: Cast, admin: Client) -> None:
    rows = extended(cast)
    find(rows, "单位", 名称="北渡分局")["上级单位"] = "市水物局"
    find(rows, "任职", 人员="何静之")["职责类型"] = "秘书"
    address, shown = page(admin, rows)
    assert "2处要改" in shown
    assert "“单位”表第 8 行 D 列" in shown
    assert "市水物局" in shown
    assert "“任职”表第 6 行 D 列" in shown
    assert 'name="apply"' not in shown
    assert "重新上传" in shown
    answer = admin.post(address, {"apply": "1", "seen": "x"})
    assert answer.status_code == 409
    assert not Person.objects.filter(name="莫怀谷").exists()


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (books.protected(), "组织.xlsx", "密码"),
        (books.OLE + bytes(900), "组织.et", "另存为"),
        (b"name,unit", "组织.xlsx", "扩展名"),
        (books.book({"单位": [["名称"]]})[:700], "组织.xlsx", "已损坏"),
        (books.book({f"表{n}": [] for n in range(200)}), "组织.xlsx", "200 张表"),
        (books.with_part(books.book({"单位": []}), "xl/vbaProject.bin", b"x"), "组织.xlsm", "宏"),
    ],
    ids=["password", "old", "renamed", "damaged", "200 sheets", "macros"],
)
def test_what_cannot_be_read_is_said_at_the_field(
    admin: Client, data: bytes, name: str, word: str
) -> None:
    answer = upload(admin, data, name)
    assert answer.status_code == 400
    said = str(answer.context["form"].errors["workbook"])
    assert word in said
    assert not PendingUpload.objects.exists()


def test_the_form_says_what_is_missing(admin: Client) -> None:
    answer = admin.post(reverse(UPLOAD), {"on": "bald"})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"workbook", "on"}


def test_another_day_and_complete_or_not(cast: Cast, admin: Client) -> None:
    rows = present(cast)
    rows["任职"] = [row for row in rows["任职"] if row["人员"] != "贺知微"]
    address, shown = page(admin, rows)
    assert "文件内容与现有记录一致" in shown
    later = (TODAY + timedelta(days=30)).isoformat()
    answer = admin.post(address, {"again": "1", "on": later, "complete": "on"})
    assert (answer.status_code, answer["Location"]) == (303, address)
    shown = admin.get(address).content.decode()
    assert "贺知微 · 工程建设科 工程师" in shown
    assert f"{later}结束" in shown
    bad = admin.post(address, {"again": "1", "on": "2026-02-31"})
    assert bad.status_code == 400
    assert "2026-06-30" in bad.content.decode()
    confirm(admin, address, shown)
    ended = Appointment.objects.get(person__name="贺知微")
    assert ended.valid_to is not None
    assert ended.valid_to.isoformat() == later


def test_a_stale_dry_run_is_compared_anew(cast: Cast, admin: Client) -> None:
    address, shown = page(admin, extended(cast))
    actions.create_person(name="柳望川", by=cast.admin, at=AT)
    actions.end_portfolio(
        cast.appointments["bureau_deputy1"].portfolios.get(unit=cast.units["works"]),
        on=TODAY, by=cast.admin, at=AT,
    )  # fmt: skip
    answer = confirm(admin, address, shown)
    assert answer.status_code == 409
    renewed = answer.content.decode()
    assert "组织有了变动" in renewed
    assert "写入2处变化" in renewed
    assert not Person.objects.filter(name="莫怀谷").exists()
    assert confirm(admin, address, renewed).status_code == 303
    assert Person.objects.filter(name="莫怀谷").exists()


def test_somebody_elses_upload_is_not_there(cast: Cast, client: Client) -> None:
    from luoshi.accounts import actions as accounts

    kept = sent(cast, written(cast))
    other = accounts.create_user(
        cast.organisation, username="second", name="另一位", password=cast.password,
        duties=["org_admin"], by=cast.admin, at=AT,
    )  # fmt: skip
    client.force_login(other)
    address = reverse("orgs:workbook_check", args=[kept.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"apply": "1", "request_id": "x"}).status_code == 404
    cast.sign_in(client, "stranger")
    assert client.get(address).status_code == 404


def test_the_link_is_there_for_who_may(cast: Cast, client: Client) -> None:
    for who, there in (("admin", True), ("office_clerk", False)):
        cast.sign_in(client, who)
        shown = client.get(reverse("orgs:home")).content.decode()
        assert (reverse(UPLOAD) in shown) is there


def test_an_empty_organisation_offers_it(client: Client, cast: Cast) -> None:
    cast.sign_in(client, "stranger")
    assert reverse(UPLOAD) in client.get(reverse("orgs:home")).content.decode()


def test_long_lists_come_in_two_steps(cast: Cast, admin: Client) -> None:
    rows: Rows = {"人员": [{"姓名": f"同志{n:04}"} for n in range(150)]}
    address, shown = page(admin, rows)
    assert "同志0099" in shown
    assert "同志0100" not in shown
    assert "还有50条" in shown
    assert "同志0149" in admin.get(f"{address}?show=person").content.decode()


def test_a_dry_run_asks_the_same_of_a_big_file(cast: Cast, admin: Client) -> None:
    counts = []
    for size in (3, 300):
        address, _ = page(admin, {"人员": [{"姓名": f"同志{n:04}"} for n in range(size)]})
        with CaptureQueriesContext(connection) as seen:
            admin.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 16, counts


def test_english_pages(cast: Cast, admin: Client) -> None:
    from django.conf import settings

    admin.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Import the organisation" in admin.get(reverse(UPLOAD)).content.decode()
    rows = extended(cast)
    find(rows, "单位", 名称="北渡分局")["上级单位"] = "市水物局"
    _, shown = page(admin, rows)
    assert "1 place to mend" in shown
    assert "sheet “单位”, row 8, column D" in shown
