"""The task list as a Word paper: what python-docx reads back, and what LibreOffice makes of it."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table

from luoshi.papers import tasklist
from luoshi.papers.layout import COLUMNS, Place
from luoshi.papers.rows import BLANK, TaskListRow
from luoshi.papers.tasklist_docx import write
from tests.lib.test_gongwen import assert_in_order, near
from tests.office import convert, pages
from tests.papers.test_tasklist import META, cells, row

WHAT = "对五十万元以上的设计变更逐项复核，形成问题清单"


def paper(rows: list[TaskListRow], **more: Any) -> bytes:
    out = io.BytesIO()
    write(out, rows, **{**META, **more})
    return out.getvalue()


def table(content: bytes) -> Table:
    return docx.Document(io.BytesIO(content)).tables[0]


def texts(content: bytes) -> list[list[str]]:
    """Rows as they are written: a row across has one cell."""
    return [
        ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in r._tr.iter(qn("w:tc"))]
        for r in table(content).rows
    ]


def test_every_cell_reads_back() -> None:
    content = paper([row(1), row(2, leader="", support="计划财务科"), row(3)])
    got = texts(content)
    assert got[0] == [c.heading for c in COLUMNS]
    assert got[1] == ["一、把责任落到每个岗位"]
    assert got[2] == [
        "1", "复核设计变更", WHAT, "周衍之", "工程建设科", "", "2026年6月30日", "", "", "", "第5条",
    ]  # fmt: skip
    assert got[3][3:6] == [BLANK, "工程建设科", "计划财务科"]
    assert got[4] == ["二、把工程建设的风险管住"]
    heads = [p.text for p in docx.Document(io.BytesIO(content)).paragraphs if p.text]
    assert heads == [
        "2026年作风建设任务分解台账",
        "来文：云水发〔2026〕4号\t制表：云州市水务局办公室\t截至2026年6月11日",
    ]
    undated = docx.Document(io.BytesIO(paper([row(1)], as_of=None)))
    assert undated.paragraphs[1].text == "来文：云水发〔2026〕4号\t制表：云州市水务局办公室\t"


def test_the_page_is_set_for_printing() -> None:
    content = paper([row(n, leader="") for n in range(1, 40)])
    section = docx.Document(io.BytesIO(content)).sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert round(section.page_width.mm) == 297
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [round(m.mm) for m in margins] == [12, 12, 12, 12]
    made = table(content)
    widths = [int(c.get(qn("w:w"))) for c in made._tbl.tblGrid.iter(qn("w:gridCol"))]
    assert abs(sum(widths) / 1440 * 25.4 - 273) < 0.1
    whole = sum(c.width for c in COLUMNS)
    assert all(
        abs(w / sum(widths) - c.width / whole) < 0.001 for w, c in zip(widths, COLUMNS, strict=True)
    )
    rows = [r._tr for r in made.rows]
    assert [r.trPr.find(qn("w:tblHeader")) is not None for r in rows] == [True] + [False] * 41
    assert all(r.trPr.find(qn("w:cantSplit")) is not None for r in rows)
    across = [r for r in rows if r.find(f".//{qn('w:gridSpan')}") is not None]
    assert len(across) == 2
    assert all(r.find(f".//{qn('w:keepNext')}") is not None for r in across)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = archive.read("word/document.xml").decode()
        foot = archive.read("word/footer1.xml").decode()
    assert document.count('w:val="dashed"') == 39
    assert re.findall(r">(第 | 页，共 | 页| PAGE | NUMPAGES )<", foot) == [
        "第 ", " PAGE ", " 页，共 ", " NUMPAGES ", " 页",
    ]  # fmt: skip
    heads = rows[0].iter(qn("w:rFonts"))
    assert {f.get(qn("w:eastAsia")) for f in heads} == {"黑体"}
    assert_in_order(content)


def test_grouped_by_unit_as_the_workbook_is() -> None:
    rows = [row(1, leads=("办公室", "工程建设科")), row(2), row(3, lead="")]
    names = ["办公室", "工程建设科", "牵头单位待明确"]
    word = texts(paper(rows, group_by="unit"))
    assert [r[0] for r in word[1:]] == [names[0], "1", names[1], "1", "2", names[2], "3"]
    out = io.BytesIO()
    tasklist.write(out, rows, group_by="unit", **META)
    assert [r[0] for r in cells(out.getvalue())[3:]] == [r[0] for r in word[1:]]
    turned = texts(paper(rows, group_by="unit", units=("工程建设科", "办公室")))
    assert [r[0] for r in turned if len(r) == 1] == ["工程建设科", "办公室", "牵头单位待明确"]


def test_an_office_has_its_own_columns_in_word_and_excel() -> None:
    layout = (
        Place("编号", "number"), Place("任务名称", "title", 20), Place("主办单位", "lead"),
        Place("亮点做法"), Place("办结时限", "deadline"),
    )  # fmt: skip
    rows = [row(1, lead=""), row(2)]
    word = texts(paper(rows, layout=layout))
    assert word[0] == ["编号", "任务名称", "主办单位", "亮点做法", "办结时限"]
    assert word[2] == ["1", "复核设计变更", BLANK, "", "2026年6月30日"]
    out = io.BytesIO()
    tasklist.write(out, rows, layout=layout, **META)
    assert cells(out.getvalue())[2] == word[0]
    assert cells(out.getvalue())[4] == word[2]


def test_same_input_same_bytes_and_texts_stay_texts() -> None:
    assert paper([row(1)]) == paper([row(1)])
    odd = paper([row(1, title="=1+1", note="<b>&\x0b\n二行")])
    assert texts(odd)[2][1] == "=1+1"
    assert table(odd).rows[2].cells[9].text == "<b>&\n二行"
    assert texts(paper([]))[0] == [c.heading for c in COLUMNS]


def test_it_prints_from_libreoffice(tmp_path: Path) -> None:
    path = tmp_path / "list.docx"
    path.write_bytes(paper([row(n, measure=WHAT * (1 + n % 4)) for n in range(1, 60)]))
    (pdf,) = convert(tmp_path, path)
    made = pages(pdf)
    assert 4 <= len(made) <= 9
    for number, page in enumerate(made, 1):
        near(page.width, 297, 0.3)
        near(page.height, 210, 0.3)
        assert "重点任务具体举措" in page.text  # the head repeats
        assert page.text.endswith(f"第{number}页，共{len(made)}页")
        near(min(rule.left for rule in page.rules), 12, 0.5)
        near(page.width - max(rule.right for rule in page.rules), 12, 0.5)
        inside = [c for line in page.lines[:-1] for c in line]
        assert max(c.bottom for c in inside) <= 210 - 12
    for page in made:  # a heading is never the last row of a page
        assert "把工程建设的风险管住" not in "".join(c.text for c in page.lines[-2])
    assert "截至2026年6月11日" in made[0].text
