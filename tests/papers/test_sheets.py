"""Workbooks as people send them: values, places, and what is refused before it does harm."""

# ruff: noqa: DTZ001 - a workbook knows no zone

import io
import time
import zipfile
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter.workbook import Workbook

from luoshi.lib import packages
from luoshi.lib.unreadable import Unreadable
from luoshi.papers import sheets
from tests.papers import books

ROWS = [["单位", "姓名", "人数"], ["办公室", "何静之", 3], ["北渡分局", "沈知远", 12.5]]


def refused(data: bytes, name: str = "组织.xlsx") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        sheets.read(data, name)
    error = caught.value
    assert error.message_zh.endswith("。")
    assert error.message_en.endswith(".")
    return error


def one(data: bytes) -> sheets.Sheet:
    return sheets.read(data, "组织.xlsx").sheets[0]


def test_values_of_every_kind() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("单位")
        sheet.write_row(0, 0, ["名称", 7, 12.5, True, " 带空格\n第二行 "])
        formats = ['yyyy"年"m"月"d"日"', "yyyy/m/d", '[$-804]yyyy"年"m"月";@', 31, 14, 58]
        for column, code in enumerate(formats):
            day = book.add_format({"num_format": code})
            sheet.write_datetime(1, column, datetime(2026, 3, 2), day)
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_datetime(2, 0, datetime(2026, 3, 2, 9, 30), moment)
        sheet.write(2, 1, 0.40625, book.add_format({"num_format": "h:mm"}))
        for column, code in enumerate(['0"ymd"', "0.00E+00", "[Red]0", "#,##0", "@"]):
            sheet.write(3, column, 46000, book.add_format({"num_format": code}))

    sheet = one(books.make(fill))
    assert sheet.rows == [
        ["名称", 7, 12.5, True, " 带空格\n第二行 "],
        [date(2026, 3, 2)] * 6,
        [datetime(2026, 3, 2, 9, 30), "09:45"],
        [46000] * 5,
    ]
    assert type(sheet.at(0, 1)) is int
    assert sheet.at(0, 99) is None
    assert sheet.at(99, 0) is None


def test_days_from_1904_and_the_day_that_never_was() -> None:
    data = books.make(
        lambda book: book.add_worksheet().write(
            0, 0, 60, book.add_format({"num_format": "yyyy-mm-dd"})
        )
    )
    assert one(data).rows == [[date(1900, 3, 1)]]
    old = books.replaced(data, b"<workbookPr ", b'<workbookPr date1904="1" ', "xl/workbook.xml")
    assert one(old).rows == [[date(1904, 3, 1)]]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, ""), ("  何静之 ", "何静之"), ("\u3000办公室", "办公室"), ("一\n二", "一\n二"),
        (3, "3"), (3.0, "3"), (12.5, "12.5"), (10**20, "100000000000000000000"),
        (True, "TRUE"), (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 9, 5), "2026-03-02 09:05"), ("e\u0301", "é"),
    ],
)  # fmt: skip
def test_text_of_a_value(value: Any, wanted: str) -> None:
    assert sheets.text(value) == wanted


def test_places_in_both_languages() -> None:
    assert sheets.where("单位", 4, 2) == (
        "“单位”表第 5 行 C 列", "sheet “单位”, row 5, column C",
    )  # fmt: skip
    assert sheets.where("单位", 4) == ("“单位”表第 5 行", "sheet “单位”, row 5")
    assert sheets.where("单位") == ("“单位”表", "sheet “单位”")
    assert [sheets.letter(n) for n in (0, 25, 26, 701, 702, 16_383)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


def test_merged_downward_each_row_has_the_value() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("人员")
        sheet.merge_range("A1:C1", "人员名册")
        sheet.merge_range("A2:A4", "办公室")
        for row, name in enumerate(["何静之", "许观棠", "罗希闻"], 1):
            sheet.write(row, 1, name)
        sheet.merge_range("A5:A9", "空着的下半截")

    sheet = one(books.make(fill))
    assert sheet.rows == [
        ["人员名册"], ["办公室", "何静之"], ["办公室", "许观棠"], ["办公室", "罗希闻"],
        ["空着的下半截"],
    ]  # fmt: skip
    assert sheet.spread == {(2, 0), (3, 0)}
    assert sheets.Merge(0, 0, 0, 2) in sheet.merges


def test_hidden_rows_columns_and_sheets_are_read_and_counted() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("单位")
        sheet.write_column(0, 0, ["甲", "乙", "丙"])
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_row(7, None, None, {"hidden": True})
        sheet.set_column("C:D", None, None, {"hidden": True})
        book.add_worksheet("底表").hide()

    book = sheets.read(books.make(fill), "x.xlsx")
    first = book.sheets[0]
    assert first.rows == [["甲"], ["乙"], ["丙"]]
    assert (first.hidden_rows, first.hidden_columns, first.hidden) == (1, 2, False)
    assert book.sheets[1].hidden
    assert book.sheet("底表") is book.sheets[1]
    assert book.sheet("没有") is None


def test_stored_values_of_formulas_count_and_missing_ones_are_told() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("单位")
        sheet.write_formula("A1", '=CONCAT("北","渡")', None, "北渡")
        sheet.write_formula("B1", "=1+2", None, 3)
        sheet.write_formula("C2", "=1+2", None, "")
        sheet.write_formula("D3", "=A9/0", None, "#DIV/0!")
        sheet.write_formula("E1", "='[别的文件.xlsx]表'!A1", None, "外面的值")

    data = books.make(fill)
    data = books.replaced(data, b'<c r="A1"', b'<c r="A1" cm="1"')
    sheet = one(data)
    assert sheet.rows[0] == ["北渡", 3, None, None, "外面的值"]
    assert [(f.row, f.column, f.code) for f in sheet.flaws] == [(1, 2, "no_value"), (2, 3, "error")]
    assert "#DIV/0!" in sheet.flaws[1].message_zh
    empty_text = books.replaced(data, b'<c r="C2"', b'<c r="C2" t="str"')
    assert [f.code for f in one(empty_text).flaws] == ["error"]


def test_other_programs_write_otherwise() -> None:
    """Prefixed names, no addresses, inline text, sound above characters, strict dates."""
    data = books.book({"单位": [["甲"]]})
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<x:sheetData><x:row><x:c t='inlineStr'><x:is><x:r><x:t>北</x:t></x:r><x:r><x:t>渡</x:t>"
        "</x:r><x:rPh sb='0' eb='1'><x:t>bei</x:t></x:rPh></x:is></x:c>"
        "<x:c><x:v>4</x:v></x:c></x:row><x:row/><x:row><x:c t='d'><x:v>2026-03-02</x:v></x:c>"
        "<x:c t='str'><x:v>一_x000D_\n二_x4E09_</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    changed = books.edited(data, lambda n, t: sheet.encode() if n == books.SHEET else t)
    assert one(changed).rows == [["北渡", 4], [], [date(2026, 3, 2), "一\n二三"]]


@pytest.mark.parametrize(
    ("data", "name", "code", "word"),
    [
        (b"", "组织.xlsx", "empty", "空"),
        (books.protected(), "组织.xlsx", "encrypted", "密码"),
        (books.OLE + bytes(2000), "组织.xls", "old", "另存为"),
        (books.OLE + bytes(2000), "组织.et", "old", ".et"),
        ("姓名,单位\n何静之,办公室\n".encode(), "组织.xlsx", "renamed", "扩展名"),
        ("姓名,单位\n何静之,办公室\n".encode(), "组织.csv", "type", ".csv"),
        (b"%PDF-1.7 ...", "组织.pdf", "type", ".xlsx"),
        (books.book({"单位": ROWS})[:-400], "组织.xlsx", "damaged", "不完整"),
        (books.book({"单位": ROWS})[:900], "组织.xlsx", "damaged", "不完整"),
    ],
    ids=lambda v: v if isinstance(v, str) else "data",
)
def test_what_is_no_workbook_is_told(data: bytes, name: str, code: str, word: str) -> None:
    error = refused(data, name)
    assert error.code == code
    assert word in error.message_zh


def docx_paper() -> bytes:
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def test_a_word_paper_is_no_workbook_and_a_renamed_workbook_is_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<w/>")
    assert refused(out.getvalue()).code == "renamed"
    assert refused(docx_paper()).code == "renamed"
    assert sheets.read(books.book({"单位": ROWS}), "组织.docx").sheets[0].rows == ROWS


def test_macros_are_refused_whatever_the_name() -> None:
    good = books.book({"单位": ROWS})
    assert refused(books.with_part(good, "xl/vbaProject.bin", b"x"), "组织.xlsm").code == "macros"
    assert refused(books.with_part(good, "xl/vbaProject.bin", b"x")).code == "macros"
    kinds = books.replaced(
        good, b"spreadsheetml.sheet.main", b"spreadsheetml.sheet.macroEnabled.main",
        "[Content_Types].xml",
    )  # fmt: skip
    assert refused(kinds).code == "macros"
    rels = "xl/_rels/workbook.xml.rels"
    sheet = books.replaced(good, b"relationships/worksheet", b"relationships/xlMacrosheet", rels)
    assert refused(sheet).code == "macros"


def test_entities_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    good = books.book({"单位": ROWS})
    for part in (books.SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
        bad = books.edited(good, lambda n, t, p=part: bomb + t.partition(b"?>")[2] if n == p else t)
        error = refused(bad)
        assert error.code == "zip_bomb"
        assert part in error.message_zh


def test_bombs_are_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    good = books.book({"单位": ROWS})
    began = time.perf_counter()
    assert refused(books.with_part(good, "xl/media/a.bin", bytes(30_000_000))).code == "zip_bomb"
    assert refused(bytes(21 * 1024 * 1024)).code == "too_large"
    out = io.BytesIO(good)
    with zipfile.ZipFile(out, "a") as package:
        for number in range(5_001):
            package.writestr(f"xl/media/{number}", b"")
    assert refused(out.getvalue()).code == "zip_bomb"
    assert time.perf_counter() - began < 5
    out = io.BytesIO(good)
    with zipfile.ZipFile(out, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(books.SHEET, b"<worksheet/>")
    assert refused(out.getvalue()).code == "damaged"
    limits = packages.Limits(nodes=20)
    package = packages.open_package(good, "x", packages.WORKBOOK, limits)
    with pytest.raises(Unreadable) as caught:
        package.parse("xl/styles.xml", lambda tag, a: None)
    assert caught.value.code == "zip_bomb"


def test_two_hundred_sheets() -> None:
    error = refused(books.book({f"表{n}": [["甲"]] for n in range(200)}))
    assert error.code == "too_many_sheets"
    assert "200" in error.message_zh
    assert len(sheets.read(books.book({f"表{n}": [] for n in range(50)}), "x").sheets) == 50


def far(row: int, *names: str) -> bytes:
    """One value in that row of each sheet."""

    def fill(book: Workbook) -> None:
        for name in names:
            book.add_worksheet(name).write(row, 0, "x")

    return books.make(fill)


def test_a_stray_cell_far_out_costs_little_and_too_many_are_refused() -> None:
    assert one(far(1_048_575, "单位")).at(1_048_575, 0) == "x"
    corner = books.replaced(books.book({"单位": ROWS}), b'r="A2"', b'r="XFD1048576"')
    assert one(corner).at(1_048_575, 16_383) == "办公室"
    error = refused(far(1_048_575, "甲", "乙"))
    assert error.code == "too_many_cells"
    assert "乙" in error.message_zh


def test_overlapping_merges_do_not_run_for_ever() -> None:
    many = "".join(f'<mergeCell ref="A1:A{1_048_576 - n}"/>' for n in range(50_000))
    bad = books.replaced(far(900_000, "单位"), b"</sheetData>", f"</sheetData>{many}".encode())
    bad = books.replaced(bad, b"<sheetData>", b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>')
    assert refused(bad).code == "too_many_cells"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<v>0</v>", b"<v>999</v>"), (b'r="A2"', b'r="ZZZZ99999999"'), (b'r="A2"', b'r="A0"'),
        (b'r="A2"', b'r="2A"'), (b'r="A2"', b'r="A1048577"'), (b'r="A2"', b'r="XFE2"'),
        (b'<row r="2"', b'<row r="0"'), (b"<v>3</v>", b"<v>abc</v>"),
        (b"<v>3</v>", b"<v>1e999</v>"),
        (b"<v>3</v>", b"<v>nan</v>"), (b"</row>", b""), (b"<sheetData>", b"<sheetData>\x00"),
        (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:ZZZZ9"/></mergeCells>'),
    ],
)  # fmt: skip
def test_malformed_cells_are_damage_with_a_place(old: bytes, new: bytes) -> None:
    error = refused(books.replaced(books.book({"单位": ROWS}), old, new))
    assert error.code == "damaged"
    assert "单位" in error.message_zh or "sheet1.xml" in error.message_zh


@pytest.mark.parametrize("part", ["xl/workbook.xml", books.SHEET, "xl/sharedStrings.xml"])
def test_a_missing_part_is_damage(part: str) -> None:
    bad = books.edited(books.book({"单位": ROWS}), lambda n, t: None if n == part else t)
    assert refused(bad).code in ("damaged", "renamed")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_damage_gives_a_book_or_a_refusal(data: st.DataObject) -> None:
    good = bytearray(books.book({"单位": ROWS}))
    for _ in range(data.draw(st.integers(1, 8))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Unreadable):
        assert sheets.read(bytes(good), "x.xlsx").sheets


CELL = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8),
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda f: round(f, 3)),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, max_size=5), max_size=6))
def test_reads_what_calamine_reads(rows: list[list[Any]]) -> None:
    data = books.book({"单位": rows})
    ours = one(data)
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    for r, row in enumerate(theirs.to_python(skip_empty_area=False)):
        for c, value in enumerate(row):
            mine = ours.at(r, c)
            assert ("" if mine is None else mine) == value, (r, c)
    assert sum(v is not None for row in rows for v in row) == sum(
        v is not None for row in ours.rows for v in row
    )


def test_speed_of_a_large_workbook() -> None:
    rows = [[f"第{n}号", n, date(2020, 1, 1) + timedelta(n % 900), "办公室"] for n in range(10_000)]
    data = books.book({"人员": rows})
    began = time.perf_counter()
    assert len(one(data).rows) == 10_000
    assert time.perf_counter() - began < 5
