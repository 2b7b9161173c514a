"""Columns recognised by heading and content, in any order, over one or two lines."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.workbook import Workbook

from luoshi.papers import sheets
from luoshi.papers.columns import FieldSpec, recognise
from tests.papers import books

FIELDS = {
    "name": FieldSpec(("姓名", "名字", ".*人员.*")),
    "unit": FieldSpec(("(所在)?单位", "部门")),
    "since": FieldSpec(
        ("(任职)?起(始日期)?", "开始"), lambda t: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", t))
    ),
    "phone": FieldSpec(("电话|手机",), lambda t: bool(re.fullmatch(r"1\d{10}", t))),
}


def where(rows: list[list[Any]], **more: Any) -> dict[str, int]:
    return {k: f.index for k, f in recognise(rows, FIELDS, **more).columns.items()}


def test_order_stars_and_remarks_do_not_matter() -> None:
    rows = [
        ["所在 单位（全称）", "*姓名", "备注", "起始日期"],
        ["办公室", "何静之", "", "2026-01-01"],
    ]
    guess = recognise(rows, FIELDS)
    assert where(rows) == {"unit": 0, "name": 1, "since": 3}
    assert all(found.sure for found in guess.columns.values())
    assert (guess.header_row, guess.first_row) == (0, 1)
    assert guess.unknown == ((2, "备注"),)


def test_a_title_above_and_notes_are_passed_over() -> None:
    rows = [
        ["云州市水务局人员名册"],
        ["填表说明：姓名必填"],
        [],
        ["姓名", "单位"],
        ["何静之", "办公室"],
    ]
    assert recognise(rows, FIELDS).header_row == 3


def test_two_lines_with_merged_heads() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("人员")
        sheet.merge_range("A1:A2", "姓名")
        sheet.merge_range("B1:C1", "任职")
        sheet.write_row(1, 1, ["单位", "起始日期"])
        sheet.write_row(2, 0, ["何静之", "办公室", "2026-01-01"])

    sheet = sheets.read(books.make(fill), "x.xlsx").sheets[0]
    guess = recognise(sheet.rows, FIELDS, sheet.merges)
    assert guess.header_row == 1
    assert {k: f.index for k, f in guess.columns.items()} == {"name": 0, "unit": 1, "since": 2}


def test_content_tells_where_no_heading_does() -> None:
    rows = [["姓名", ""], ["何静之", "13900000001"], ["许观棠", "13900000002"]]
    found = recognise(rows, FIELDS).columns["phone"]
    assert (found.index, found.sure) == (1, False)
    assert "B 列" in found.why_zh
    assert "column B" in found.why_en


def test_two_columns_with_one_heading_are_unsure() -> None:
    rows = [["姓名", "单位", "单位"], ["何静之", "办公室", "工程建设科"]]
    found = recognise(rows, FIELDS).columns["unit"]
    assert (found.index, found.sure) == (1, False)
    assert "C 列" in found.why_zh


def test_content_that_does_not_fit_its_heading_is_unsure() -> None:
    rows = [["姓名", "开始"], ["何静之", "长期"], ["许观棠", "另定"]]
    found = recognise(rows, FIELDS).columns["since"]
    assert not found.sure
    assert "不像" in found.why_zh


def test_nothing_fits() -> None:
    guess = recognise([["甲", "乙"], ["丙", "丁"]], FIELDS)
    assert (guess.header_row, dict(guess.columns)) == (None, {})
    assert recognise([], FIELDS).header_row is None


@settings(max_examples=60, deadline=None)
@given(st.permutations(["姓名", "单位", "起始日期", "电话", "备注", "序号"]), st.integers(0, 4))
def test_any_order_below_any_title(heads: list[str], above: int) -> None:
    rows: list[list[Any]] = [["名册"], ["说明"], [], ["（2026年）"]][:above]
    rows += [list(heads), ["x"] * 6]
    guess = recognise(rows, FIELDS)
    assert guess.header_row == above
    for field, head in (
        ("name", "姓名"),
        ("unit", "单位"),
        ("since", "起始日期"),
        ("phone", "电话"),
    ):
        assert guess.columns[field].index == heads.index(head)
