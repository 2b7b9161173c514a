"""Units without accounts: workbooks out, filled in, back; what is wrong stays out, with why."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from xlsxwriter import Workbook

from luoshi.base.models import PendingUpload
from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Stale
from luoshi.directives.models import Directive
from luoshi.duties import actions, offline
from luoshi.duties.models import Occurrence, Submission, Transition
from luoshi.ledger.models import BulkRow, Entry
from luoshi.orgs import access
from luoshi.papers import sheets, unitbook
from luoshi.papers.unitbook import DONE, HEADS, UnitBook
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue

YEAR_END = date(2026, 12, 31)
FIELDS = [field for field, _h, _w in HEADS]


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


def standing(cast: Cast, who: str = "office_clerk") -> access.Standing:
    return access.standing(cast.users[who], TODAY)


def books(cast: Cast, *units: str) -> dict[str, UnitBook]:
    owed = offline.owed_by(standing(cast), [cast.units[u].pk for u in units], until=YEAR_END)
    made = offline.books(owed, organisation="云州市水务局", today=TODAY)
    return {book.unit: book for _name, book in made}


def filled(book: UnitBook, *answers: dict[str, Any], **more: Any) -> bytes:
    """The workbook as it comes back: rows answered in order, cells typed over by field."""
    out = io.BytesIO()
    unitbook.write(out, book)
    source = sheets.read(out.getvalue(), "x.xlsx")
    sheet = source.sheet(unitbook.SHEET)
    keys = source.sheet(unitbook.KEYS)
    assert sheet is not None
    assert keys is not None
    top = next(n for n, row in enumerate(sheet.rows) if row and row[0] == "序号")
    back = io.BytesIO()
    file = Workbook(back)
    page = file.add_worksheet(unitbook.SHEET)
    for number, row in enumerate(sheet.rows):
        answer = answers[number - top - 1] if top < number <= top + len(answers) else {}
        cells = list(row) + [None] * (len(FIELDS) - len(row))
        for place, value in enumerate(cells):
            field = FIELDS[place] if number > top else ""
            value = answer.get(field, value)
            if isinstance(value, date):
                form = file.add_format({"num_format": "yyyy-mm-dd"})
                page.write_datetime(number, place, value, form)
            elif value is not None:
                page.write(number, place, value)
    other = file.add_worksheet(unitbook.KEYS)
    for number, row in enumerate(keys.rows):
        changed = more.get(str(row[0]), row[1])
        other.write_string(number, 0, str(row[0]))
        other.write_string(number, 1, str(changed))
    file.close()
    return back.getvalue()


ANSWER = {
    "status": DONE,
    "progress": "已召开支部大会，上了警示教育课。",
    "proof": "会议记录本第3册",
    "done_on": date(2026, 3, 1),
    "by": "陆闻笛",
}


def check(cast: Cast, *files: bytes, names: tuple[str, ...] = ()) -> offline.Check:
    named = [(names[n] if names else f"{n}.xlsx", data) for n, data in enumerate(files)]
    return offline.check(named, standing(cast))


class TestOut:
    def test_units_in_which_nobody_reports_are_told_apart(
        self, cast: Cast, issued: Directive
    ) -> None:
        type(cast.users["nanping_b1_secretary"]).objects.filter(
            username="nanping_b1_secretary"
        ).update(is_active=False)
        found = {u.unit.name: u for u in offline.units(standing(cast), until=YEAR_END)}
        assert not found["南屏分局第一支部"].signs_in
        assert found["北渡分局第一支部"].signs_in
        owed = Occurrence.objects.filter(unit=cast.units["nanping_b1"]).count()
        assert found["南屏分局第一支部"].owed == owed > 0
        assert "办公室" not in found, "the clerk's own unit reports for itself"

    def test_the_workbook_says_what_is_owed_and_hides_its_ids(
        self, cast: Cast, issued: Directive
    ) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        out = io.BytesIO()
        unitbook.write(out, book)
        with zipfile.ZipFile(out) as package:
            sheet = package.read("xl/worksheets/sheet1.xml").decode()
            whole = package.read("xl/workbook.xml").decode()
        assert "dataValidation " in sheet
        assert "sheetProtection" in sheet
        assert re.search(r'<col min="13" max="14"[^>]* hidden="1"', sheet)
        assert 'state="hidden"' in whole
        read = unitbook.read(out.getvalue(), "x.xlsx")
        assert (read.unit, read.year, len(read.rows)) == ("北渡分局第一支部", 2026, len(book.rows))
        assert [r.key for r in read.rows] == [r.key for r in book.rows]
        assert all(r.status == "" for r in read.rows)

    def test_a_formula_in_a_task_stays_text(self, cast: Cast, issued: Directive) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        row = book.rows[0]
        evil = type(row)(
            row.key, row.check, '=HYPERLINK("http://x","y")', "@SUM(1)", "", "", "", ""
        )
        out = io.BytesIO()
        unitbook.write(out, UnitBook(book.organisation, book.unit_key, book.unit, TODAY, [evil]))
        with zipfile.ZipFile(out) as package:
            assert "<f>" not in package.read("xl/worksheets/sheet1.xml").decode()
        assert unitbook.read(out.getvalue(), "x.xlsx").rows[0].task.startswith("=HYPERLINK")

    def test_nobody_gets_the_work_of_units_outside_their_reach(
        self, cast: Cast, issued: Directive
    ) -> None:
        ids = [cast.units["nanping_b1"].pk, cast.units["beidu_b1"].pk]
        found = offline.owed_by(standing(cast, "beidu_clerk"), ids, until=YEAR_END)
        assert {o.unit_id for o in found} == {cast.units["beidu_b1"].pk}


class TestBack:
    def test_a_filled_row_is_entered_with_both_names(self, cast: Cast, issued: Directive) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        found = check(cast, filled(book, ANSWER))
        assert (found.takes, found.count("skip")) == (1, len(book.rows) - 1)
        entry = found.files[0].takes[0]
        said = [
            actions.Said(
                entry.occurrence_id, entry.version, entry.note, entry.happened_on, entry.said_by
            )
        ]
        clerk = cast.users["office_clerk"]
        unit = cast.units["beidu_b1"]
        assert actions.record_returned(unit, said, source="0.xlsx", by=clerk, at=AT) == 1
        kept = Submission.objects.select_related("occurrence").get()
        assert (kept.said_by, kept.by, kept.unit) == ("陆闻笛", clerk, unit)
        assert kept.note == "已召开支部大会，上了警示教育课。\n佐证：会议记录本第3册"
        assert kept.happened_on == date(2026, 3, 1)
        assert kept.occurrence.state == "submitted"
        assert Transition.objects.get().to_state == "submitted"
        entry = Entry.objects.get(kind="occurrences.recorded")
        assert BulkRow.objects.filter(entry=entry).count() == 1

    def test_who_enters_a_report_does_not_accept_it(self, cast: Cast, issued: Directive) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        entry = check(cast, filled(book, ANSWER)).files[0].takes[0]
        clerk = cast.users["office_clerk"]
        said = [actions.Said(entry.occurrence_id, entry.version, entry.note)]
        actions.record_returned(cast.units["beidu_b1"], said, source="x", by=clerk, at=AT)
        occurrence = Occurrence.objects.get(pk=entry.occurrence_id)
        with pytest.raises(actions.NotYours, match="somebody else verifies"):
            actions.accept(occurrence, by=clerk, at=AT)
        actions.accept(occurrence, by=cast.users["bureau_head"], at=AT)

    @pytest.mark.parametrize(
        ("answer", "verdict", "why"),
        [
            ({"key": "01a2141e-0b63-726c-a26f-17ca449793bd"}, "error", "do not fit each other"),
            ({"key": "第一行"}, "error", "hidden column"),
            ({"check": "1-0123456789abcdef"}, "error", "do not fit each other"),
            ({"progress": "", "proof": ""}, "error", "Write what was done"),
            ({"done_on": date(2026, 3, 3)}, "error", "future"),
            ({"done_on": "前几天"}, "error", "前几天"),
            ({"status": "差不多了"}, "error", "not a choice"),
            ({"status": None}, "skip", "not reported"),
            ({"by": "某" * 61}, "error", "60"),
        ],
    )
    def test_what_is_wrong_in_a_row(
        self, cast: Cast, issued: Directive, answer: dict[str, Any], verdict: str, why: str
    ) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        values = {**ANSWER, **answer}
        if values["status"] is None:
            values["status"] = ""
        found = check(cast, filled(book, values)).files[0].entries[0]
        assert found.verdict == verdict
        assert why in found.why

    def test_an_id_of_another_unit_does_not_pass(self, cast: Cast, issued: Directive) -> None:
        both = books(cast, "beidu_b1", "nanping_b1")
        mine, theirs = both["北渡分局第一支部"], both["南屏分局第一支部"]
        other = theirs.rows[0]
        values = {**ANSWER, "key": other.key, "check": other.check}
        found = check(cast, filled(mine, values)).files[0].entries[0]
        assert found.verdict == "error"

    def test_what_moved_on_in_between_is_a_conflict(self, cast: Cast, issued: Directive) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        data = filled(book, ANSWER, {**ANSWER, "progress": "第二项也做了"})
        first = Occurrence.objects.get(pk=book.rows[0].key)
        actions.submit(first, note="我们自己报了", by=cast.users["beidu_b1_secretary"], at=AT)
        found = check(cast, data)
        assert [(e.verdict) for e in found.files[0].entries[:2]] == ["conflict", "take"]
        actions.return_(first, note="请补材料", by=cast.users["office_clerk"], at=AT)
        again = check(cast, data).files[0].entries[0]
        assert again.verdict == "conflict"
        assert "returned or changed" in again.why

    def test_the_version_cannot_be_typed_over(self, cast: Cast, issued: Directive) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        first = Occurrence.objects.select_related("directive", "task").get(pk=book.rows[0].key)
        actions.submit(first, note="自己报的", by=cast.users["beidu_b1_secretary"], at=AT)
        actions.return_(first, note="请补", by=cast.users["office_clerk"], at=AT)
        forged = book.rows[0].check.replace("1-", f"{first.version}-", 1)
        found = check(cast, filled(book, {**ANSWER, "check": forged})).files[0].entries[0]
        assert found.verdict == "error"

    def test_names_with_hidden_characters_are_told_in_the_dry_run(
        self, cast: Cast, issued: Directive
    ) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        found = check(cast, filled(book, {**ANSWER, "by": "陆\u202e闻笛"})).files[0].entries[0]
        assert found.verdict == "error"

    def test_zips_are_counted_together_before_they_are_unpacked(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for number in range(30):
                package.writestr(f"{number}.xlsx", bytes(900_000))
        budget = offline.Budget(40_000_000)
        offline.unpacked("一.zip", out.getvalue(), budget)
        with pytest.raises(BadInput, match="more than fits"):
            offline.unpacked("二.zip", out.getvalue(), budget)
        broken = bytearray(out.getvalue())
        broken[60:90] = b"\xff" * 30
        with pytest.raises(BadInput, match="damaged"):
            offline.unpacked("坏.zip", bytes(broken), offline.Budget(10**9))

    def test_the_same_row_in_two_files(self, cast: Cast, issued: Directive) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        data = filled(book, ANSWER)
        found = check(cast, data, data)
        assert [f.entries[0].verdict for f in found.files] == ["conflict", "conflict"]
        assert found.takes == 0

    def test_a_file_of_another_year(self, cast: Cast, issued: Directive) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        found = check(cast, filled(book, ANSWER, year="2025", made_on="2025-12-01"))
        assert "2025" in found.files[0].error
        assert found.takes == 0

    def test_files_that_are_none_of_ours(self, cast: Cast, issued: Directive) -> None:
        out = io.BytesIO()
        book = Workbook(out)
        book.add_worksheet("任务").write_string(0, 0, "序号")
        book.close()
        found = check(
            cast,
            out.getvalue(),
            b"PK\x03\x04 broken",
            b"",
            names=("别的.xlsx", "坏的.xlsx", "空.xlsx"),
        )
        assert [bool(f.error) for f in found.files] == [True, True, True]
        assert "exported here" in found.files[0].error

    def test_moved_columns_are_found_and_deleted_ones_are_told(
        self, cast: Cast, issued: Directive
    ) -> None:
        book = books(cast, "beidu_b1")["北渡分局第一支部"]
        out = io.BytesIO()
        unitbook.write(out, book)
        sheet = sheets.read(out.getvalue(), "x.xlsx").sheet(unitbook.SHEET)
        keys = sheets.read(out.getvalue(), "x.xlsx").sheet(unitbook.KEYS)
        assert sheet is not None
        assert keys is not None

        def rebuilt(order: list[int]) -> bytes:
            back = io.BytesIO()
            file = Workbook(back)
            page = file.add_worksheet(unitbook.SHEET)
            for number, row in enumerate(sheet.rows):
                for place, old in enumerate(order):
                    if old < len(row) and row[old] is not None:
                        page.write(number, place, row[old])
            other = file.add_worksheet(unitbook.KEYS)
            for number, row in enumerate(keys.rows):
                other.write_row(number, 0, row)
            file.close()
            return back.getvalue()

        whole = list(range(len(HEADS)))
        turned = unitbook.read(rebuilt(whole[::-1]), "x.xlsx")
        assert [r.key for r in turned.rows] == [r.key for r in book.rows]
        found = check(cast, rebuilt(whole[:-2]))
        assert "编号（勿改）" in found.files[0].error

    def test_a_stale_row_keeps_the_whole_file_out(self, cast: Cast, issued: Directive) -> None:
        owed = list(Occurrence.objects.filter(unit=cast.units["beidu_b1"]).order_by("due_on"))
        said = [
            actions.Said(owed[0].pk, owed[0].version, "办了"),
            actions.Said(owed[1].pk, owed[1].version + 1, "办了"),
        ]
        with pytest.raises(Stale):
            actions.record_returned(
                cast.units["beidu_b1"], said, source="x", by=cast.users["office_clerk"], at=AT
            )
        assert not Submission.objects.exists()
        assert set(Occurrence.objects.values_list("state", flat=True)) == {"open"}

    @pytest.mark.parametrize(
        "who", ["bureau_head", "nanping_clerk", "beidu_b1_secretary", "nobody"]
    )
    def test_who_may_not_enter_it(self, cast: Cast, issued: Directive, who: str) -> None:
        one = Occurrence.objects.filter(unit=cast.units["beidu_b1"]).first()
        assert one is not None
        said = [actions.Said(one.pk, one.version, "办了")]
        with pytest.raises(NotAllowed):
            actions.record_returned(
                cast.units["beidu_b1"], said, source="x", by=cast.users[who], at=AT
            )
        with pytest.raises(OutOfScope):
            actions.record_returned(
                cast.units["beidu_b1"], said, source="x", by=cast.users["stranger"], at=AT
            )

    def test_one_report_can_be_entered_by_hand(self, cast: Cast, issued: Directive) -> None:
        one = Occurrence.objects.select_related("directive", "task").filter(
            unit=cast.units["nanping_b1"]
        )[0]
        clerk = cast.users["office_clerk"]
        with pytest.raises(BadInput) as refusal:
            actions.submit(one, note="电话报来：已办", by=clerk, at=AT)
        assert refusal.value.field == "said_by"
        kept = actions.submit(one, note="电话报来：已办", said_by="梁映雪", by=clerk, at=AT)
        assert (kept.said_by, kept.by) == ("梁映雪", clerk)


class TestPages:
    @pytest.fixture(autouse=True)
    def _today(self, settings: Any, tmp_path: Path) -> Any:
        settings.FILES_DIR = tmp_path
        with time_machine.travel(AT):
            yield

    def test_out_and_back_again(self, cast: Cast, client: Client, issued: Directive) -> None:
        cast.sign_in(client, "office_clerk")
        assert "北渡分局第一支部" in client.get("/offline/").content.decode()
        units = {"unit": [str(cast.units[u].pk) for u in ("beidu_b1", "nanping_b1")]}
        answer = client.post("/offline/workbooks/", {**units, "until": "2026-12-31"})
        with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
            names = package.namelist()
        assert names == ["001北渡分局第一支部任务办理表.xlsx", "002南屏分局第一支部任务办理表.xlsx"]
        paper = client.post("/offline/sheets/", {**units, "until": "2026-12-31"}).content.decode()
        assert paper.count("一周任务单</h2>") == 2
        both = books(cast, "beidu_b1", "nanping_b1")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as package:
            for unit, book in both.items():
                package.writestr(f"交回/{unit}.xlsx", filled(book, ANSWER))
            package.writestr("__MACOSX/._x.xlsx", b"junk")
        sent = client.post(
            "/offline/upload/", {"files": SimpleUploadedFile("交回.zip", packed.getvalue())}
        )
        assert sent.status_code == 303
        page = client.get(sent["Location"])
        assert not Submission.objects.exists()
        assert page.context["check"].takes == 2
        seen = page.context["check"].fingerprint
        assert client.post(sent["Location"], {"seen": "stale"}).status_code == 409
        assert client.post(sent["Location"], {"seen": seen}).status_code == 303
        assert Submission.objects.count() == 2
        assert not PendingUpload.objects.exists()
        assert client.post(sent["Location"], {"seen": seen}).status_code == 303
        assert Submission.objects.count() == 2

    def test_nothing_chosen_and_nothing_useful(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        cast.sign_in(client, "office_clerk")
        assert client.post("/offline/workbooks/", {}).status_code == 400
        assert client.post("/offline/upload/", {}).status_code == 400
        broken = SimpleUploadedFile("x.zip", b"PK\x03\x04nonsense")
        assert client.post("/offline/upload/", {"files": broken}).status_code == 400
        assert client.get("/offline/?until=gestern").status_code == 400

    def test_only_who_records_comes_here(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        for who in ("bureau_head", "beidu_b1_secretary", "nobody"):
            cast.sign_in(client, who)
            assert client.get("/offline/").status_code == 403
