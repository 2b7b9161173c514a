"""The task list workbook: what calamine reads back, what the file says of its page, LibreOffice."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from luoshi.papers.tasklist import BLANK, COLUMNS, Column, TaskListRow, write

HEADINGS = [
    "序号", "重点任务", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "进展情况",
    "佐证", "备注", "原文出处",
]  # fmt: skip
META: dict[str, Any] = {
    "title": "2026年作风建设任务分解台账",
    "source": "云水发〔2026〕4号",
    "made_by": "云州市水务局办公室",
    "as_of": date(2026, 6, 11),
}


def row(number: int, **more: str) -> TaskListRow:
    values = {
        "section": "一、把责任落到每个岗位" if number < 3 else "二、把工程建设的风险管住",
        "title": "复核设计变更",
        "measure": "对五十万元以上的设计变更逐项复核，形成问题清单",
        "leader": "周衍之",
        "lead": "工程建设科",
        "deadline": "2026年6月30日",
        "source": "第5条",
        **more,
    }
    return TaskListRow(str(number), **values)


def book(rows: list[TaskListRow], **more: Any) -> bytes:
    out = io.BytesIO()
    write(out, rows, **{**META, **more})
    return out.getvalue()


def cells(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def test_every_cell_reads_back() -> None:
    got = cells(book([row(1), row(2, leader="", support="计划财务科"), row(3)]))
    assert [c.heading for c in COLUMNS] == HEADINGS
    assert got[0][0] == META["title"]
    assert [x for x in got[1] if x] == [
        "来文：云水发〔2026〕4号",
        "制表：云州市水务局办公室",
        "截至2026年6月11日",
    ]
    assert got[2] == HEADINGS
    assert got[3][0] == "一、把责任落到每个岗位"
    assert got[4][:7] == [
        "1",
        "复核设计变更",
        row(1).measure,
        "周衍之",
        "工程建设科",
        "",
        "2026年6月30日",
    ]
    assert got[5][3] == BLANK
    assert got[5][5] == "计划财务科"
    assert got[6][0] == "二、把工程建设的风险管住"
    assert got[7][0] == "3"


def test_the_page_is_set_for_printing() -> None:
    content = book([row(n, leader="") for n in range(1, 40)])
    sheet = part(content, "xl/worksheets/sheet1.xml")
    names = part(content, "xl/workbook.xml")
    assert 'orientation="landscape"' in sheet
    assert 'paperSize="9"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert "第 &amp;P 页，共 &amp;N 页" in sheet
    assert re.search(r"_xlnm.Print_Titles[^>]*>任务分解台账!\$3:\$3<", names)
    assert re.search(r"_xlnm.Print_Area[^>]*>任务分解台账!\$A\$1:\$K\$44<", names)
    assert re.search(r'<autoFilter ref="A3:K44"', sheet)
    found = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', sheet)
    widths = [float(w) for low, high, w in found for _ in range(int(low), int(high) + 1)]
    assert [round(w - 0.71, 1) for w in widths] == [c.width for c in COLUMNS]
    heights = [float(h) for h in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', sheet)]
    assert len(heights) == 44
    styles = part(content, "xl/styles.xml")
    for font in ("方正小标宋简体", "黑体", "仿宋_GB2312"):
        assert f'<name val="{font}"/>' in styles
    assert '<sz val="19"/>' in styles
    assert '<sz val="10"/>' in styles
    assert '<left style="dashed">' in styles


def test_a_long_text_gets_a_tall_row() -> None:
    content = book([row(1), row(2, measure="逐项复核" * 60)])
    sheet = part(content, "xl/worksheets/sheet1.xml")
    first, second = (
        float(re.search(rf'<row r="{n}"[^>]* ht="([\d.]+)"', sheet)[1])  # type: ignore[index]
        for n in (5, 6)
    )
    assert second > first * 4


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_no_text_becomes_a_formula_or_a_link(text: str) -> None:
    content = book([row(1, title=text, note="http://example.invalid/")])
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert cells(content)[4][1] == text


def test_same_input_same_bytes_and_extra_columns() -> None:
    rows = [row(1)]
    assert book(rows) == book(rows)
    extra = Column("建议分类", lambda r: "任务", 8)
    assert cells(book(rows, extra_columns=(extra,)))[2] == [*HEADINGS, "建议分类"]
    assert cells(book([]))[2] == HEADINGS


def test_it_opens_in_libreoffice(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: libreoffice-calc-nogui)")
    path = tmp_path / "list.xlsx"
    path.write_bytes(book([row(n) for n in range(1, 40)]))
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    pdf = (tmp_path / "list.pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert boxes
    for width, height in boxes:
        assert abs(float(width) - 841.9) < 2
        assert abs(float(height) - 595.3) < 2
