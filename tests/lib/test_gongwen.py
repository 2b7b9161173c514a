"""Official papers against GB/T 9704-2012: what the file says, and what LibreOffice makes of it.

The measured pages stand in whatever fonts are installed; nothing here depends on the metrics of
the official ones. Tolerances are millimetres, with the reason where they are wider than the
standard's own ±1.
"""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from luoshi.lib.gongwen import (
    Across,
    Annex,
    Cell,
    Column,
    Gongwen,
    Heading,
    PageBreak,
    Para,
    Table,
    measures,
    to_bytes,
    write,
)
from tests.office import Page, convert, pages

DAY = date(2026, 11, 25)
MARKS = ("云州市水务局", "云州市财政局文件")
CLAUSE = (
    "各科室要把责任扛在肩上、抓在手里、落到实处，按季度报送进展，由局办公室汇总后报局党组审定。"
)
TABLE = Table(
    (Column("序号", 10, centred=True), Column("重点任务", 60), Column("完成时限", 30)),
    [
        Across("一、把责任落到每个岗位"),
        *([str(n), "复核设计变更", Cell("待明确", blank=True)] for n in range(1, 31)),
    ],
)
NOTICE = Gongwen(
    title="云州市水务局关于印发《贯彻落实中央八项规定精神责任分解》的通知",
    body=[
        Para(CLAUSE),
        Heading(1, "提高思想认识"),
        Heading(2, "加强组织领导。", follow=CLAUSE),
        Heading(2, "压实责任"),
        Heading(3, "明确分工"),
        Heading(4, "按月调度"),
        Heading(1, "工作要求"),
        Heading(2, "按时报送"),
        Para(CLAUSE),
    ],
    issuer="云州市水务局",
    on=DAY,
    recipients="各科室、直属各单位:",
    number="云水发[2026]第04号",
    issuer_mark="云州市水务局文件",
    annexes=[Annex("贯彻落实中央八项规定精神责任分解", [TABLE], landscape=True)],
    copies_to="市纪委监委驻市水务局纪检监察组，局属各企业事业单位党组织，机关各党支部",
    printed_by="云州市水务局办公室",
    printed_on=date(2026, 11, 26),
)


def part(paper: Gongwen, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(to_bytes(paper))) as archive:
        return archive.read(name).decode()


def texts(paper: Gongwen) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(to_bytes(paper))).paragraphs if p.text]


def test_the_page_is_the_standards() -> None:
    document = part(NOTICE, "word/document.xml")
    margins = re.findall(r"<w:pgMar [^>]*>", document)
    assert len(margins) == 3
    for margin in (margins[0], margins[2]):
        for side, size in (("top", 2098), ("left", 1588), ("right", 1474), ("bottom", 1984)):
            assert f'w:{side}="{size}"' in margin
    # on its side: the left edge at the top, the head at the right, the foot at the left
    for side, size in (("top", 1588), ("left", 1984), ("right", 2098), ("bottom", 1474)):
        assert f'w:{side}="{size}"' in margins[1]
    assert document.count('<w:pgSz w:w="11906" w:h="16838"/>') == 2
    assert '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>' in document
    grid = '<w:docGrid w:type="linesAndChars" w:linePitch="579" w:charSpace="-849"/>'
    assert document.count(grid) == 2
    # what Word's page settings say of it: 22 lines in 225 mm, 28 characters in 156 mm
    assert (16838 - 2098 - 1984) // 579 == 22
    assert int((11906 - 1588 - 1474) / 20 / (16 - 849 / 4096)) == 28
    assert "<w:evenAndOddHeaders/>" in part(NOTICE, "word/settings.xml")
    assert 'characterSpacingControl w:val="doNotCompress"' in part(NOTICE, "word/settings.xml")
    assert document.count('w:type="evenPage"') == 0
    assert '<w:type w:val="evenPage"/>' in document  # the foot block after a turned page


def test_official_fonts_are_named_and_no_theme_leaks() -> None:
    with zipfile.ZipFile(io.BytesIO(to_bytes(NOTICE))) as archive:
        names = archive.namelist()
        everything = "".join(archive.read(n).decode() for n in names)
        table = archive.read("word/fontTable.xml").decode()
    assert not [n for n in names if "theme" in n]
    assert not re.search(r"w:(ascii|eastAsia|hAnsi|cs)Theme=", everything)
    wanted = {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"}
    assert set(re.findall(r'<w:font w:name="([^"]+)">', table)) == wanted
    assert len(re.findall(r"<w:altName w:val=\"[^\"]+,", table)) == len(wanted)
    used = set(re.findall(r'w:eastAsia="([^"]+)"', everything)) - {"zh-CN"}
    assert used == wanted
    defaults = part(NOTICE, "word/styles.xml").partition("</w:docDefaults>")[0]
    assert 'w:eastAsia="仿宋_GB2312"' in defaults


def test_styles_carry_size_font_and_line() -> None:
    styles = docx.Document(io.BytesIO(to_bytes(NOTICE))).styles
    wanted = {
        "Title": ("方正小标宋简体", 22),
        "heading 1": ("黑体", 16),
        "heading 2": ("楷体_GB2312", 16),
        "heading 3": ("仿宋_GB2312", 16),
        "heading 4": ("仿宋_GB2312", 16),
        "版记": ("仿宋_GB2312", 14),
        "footer": ("宋体", 14),
    }
    found = {s.element.find(qn("w:name")).get(qn("w:val")): s for s in styles}
    for name, (font, size) in wanted.items():
        fonts = found[name].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == fonts.get(qn("w:ascii")) == font, name
        assert found[name].font.size.pt == size, name
    normal = found["Normal"]
    assert normal.font.size.pt == 16
    assert normal.paragraph_format.line_spacing.pt == 28.95
    for switch in ("widowControl", "autoSpaceDE", "autoSpaceDN", "overflowPunct"):
        assert normal.element.pPr.find(qn(f"w:{switch}")).get(qn("w:val")) == "0", switch
    assert found["Body Text"].paragraph_format.first_line_indent.pt == pytest.approx(31.6, abs=0.1)


def test_the_text_in_its_order() -> None:
    assert texts(NOTICE) == [
        "云州市水务局文件",
        "云水发〔2026〕4号",
        "云州市水务局关于印发《贯彻落实\n中央八项规定精神责任分解》的通知",
        "各科室、直属各单位：",
        CLAUSE,
        "一、提高思想认识",
        f"（一）加强组织领导。{CLAUSE}",
        "（二）压实责任",
        "1.明确分工",
        "（1）按月调度",
        "二、工作要求",
        "（一）按时报送",
        CLAUSE,
        "附件：贯彻落实中央八项规定精神责任分解",
        "云州市水务局",
        "2026年11月25日",
        "附件",
        "贯彻落实中央八项规定精神责任分解",
    ]
    table, foot = docx.Document(io.BytesIO(to_bytes(NOTICE))).tables
    assert [c.text for c in table.rows[0].cells] == ["序号", "重点任务", "完成时限"]
    assert table.rows[1].cells[0].text == "一、把责任落到每个岗位"
    assert [c.text for c in table.rows[31].cells] == ["30", "复核设计变更", "待明确"]
    assert [row.cells[0].text for row in foot.rows] == [
        "抄送：市纪委监委驻市水务局纪检监察组，局属各企业事业单位党组织，机关各党支部。",
        "云州市水务局办公室\t2026年11月26日印发",
    ]


def test_the_table_repeats_its_head_and_never_breaks_a_row() -> None:
    document = part(NOTICE, "word/document.xml")
    rows = re.findall(r"<w:tr>.*?</w:tr>", document)
    assert sum("<w:tblHeader/>" in row for row in rows) == 1
    assert all("<w:cantSplit/>" in row for row in rows)
    across = next(row for row in rows if "把责任落到每个岗位" in row)
    assert '<w:gridSpan w:val="3"/>' in across
    assert "<w:keepNext/>" in across
    boxed = next(row for row in rows if "待明确" in row)
    assert re.search(r'<w:bdr w:val="dashed"[^>]*/></w:rPr><w:t[^>]*>待明确<', boxed)
    with pytest.raises(ValueError, match="shorter"):
        to_bytes(replace(NOTICE, annexes=[Annex("表", [replace(TABLE, rows=[["1", "二"]])])]))


def indents(paper: Gongwen, words: str) -> dict[str, int]:
    body = docx.Document(io.BytesIO(to_bytes(paper))).element.body
    for p in body.iter(qn("w:p")):
        if "".join(t.text or "" for t in p.iter(qn("w:t"))) == words:
            found = p.pPr.find(qn("w:ind"))
            return {
                k.rpartition("}")[2]: round(int(v) / 20 / measures.CHARACTER * 100)
                for k, v in (found.attrib if found is not None else {}).items()
            }
    raise AssertionError(words)


def test_signatures_stand_where_the_standard_has_them() -> None:
    """In hundredths of a character; a date of 11 characters with halves is 7 wide."""
    assert indents(NOTICE, "2026年11月25日")["right"] == 400
    assert indents(NOTICE, "云州市水务局")["right"] == 450  # centred over the date: 4 + 7/2 − 6/2
    bare = replace(NOTICE, sealed=False)
    assert indents(bare, "2026年11月25日")["right"] == 200  # longer than its issuer
    assert indents(bare, "云州市水务局")["right"] == 500  # so it begins two before the date
    long = replace(NOTICE, sealed=False, issuer="中共云州市水务局党组办公室")
    assert indents(long, "中共云州市水务局党组办公室")["right"] == 200
    assert indents(long, "2026年11月25日")["right"] == 600  # begins two after the issuer
    joint = replace(NOTICE, issuer=("云州市水务局", "云州市财政局"))
    tables = docx.Document(io.BytesIO(to_bytes(joint))).tables
    assert [c.text for c in tables[0].rows[0].cells] == ["云州市水务局", "云州市财政局"]


def test_attachments_are_numbered_only_where_there_are_several() -> None:
    two = replace(NOTICE, annexes=(), attachments=("责任分解表。", "联系人名单；"))
    assert [t for t in texts(two) if "表" in t or "名单" in t] == [
        "附件：1.\t责任分解表",
        "2.\t联系人名单",
    ]
    document = part(two, "word/document.xml")
    hang = re.findall(r'<w:ind w:left="(\d+)" w:hanging="(\d+)"/>', document)
    starts = [round((int(a) - int(b)) / 20 / measures.CHARACTER, 1) for a, b in hang[:2]]
    assert starts == [2.0, 5.0]
    assert len({a for a, _ in hang[:2]}) == 1


def test_a_paper_to_a_superior_and_a_joint_paper() -> None:
    up = replace(NOTICE, signers=("周衍之", "林知远"), issuer_mark=MARKS)
    document = docx.Document(io.BytesIO(to_bytes(up)))
    mark = document.tables[0]
    assert [row.cells[0].text for row in mark.rows] == ["云州市水务局", "云州市财政局"]
    assert mark.rows[0].cells[1].text == "文件"
    assert texts(up)[0] == "　云水发〔2026〕4号\t签发人：周衍之　林知远"
    line = next(p for p in document.paragraphs if "签发人" in p.text)
    assert line.runs[-1].text == "周衍之　林知远"
    assert line.runs[-1]._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == "楷体_GB2312"


def test_only_what_is_given_stands_there() -> None:
    bare = Gongwen(title="情况说明", body=[Para(CLAUSE), PageBreak(), Para("完", indented=False)],
                   issuer="云州市水务局", on=DAY)  # fmt: skip
    assert texts(bare) == ["情况说明", CLAUSE, "完", "云州市水务局", "2026年11月25日"]
    assert "w:pageBreakBefore" in part(bare, "word/document.xml")
    assert "FF0000" not in part(bare, "word/document.xml")
    noted = replace(bare, urgency="特急", issuer_mark="云州市水务局文件", note="此件公开发布")
    assert texts(noted)[0] == "特急"
    assert texts(noted)[-1] == "（此件公开发布）"


def test_same_paper_same_bytes_and_odd_characters() -> None:
    assert to_bytes(NOTICE) == to_bytes(replace(NOTICE))
    with zipfile.ZipFile(io.BytesIO(to_bytes(NOTICE))) as archive:
        assert {i.date_time for i in archive.infolist()} == {(2026, 11, 25, 0, 0, 0)}
    core = part(NOTICE, "docProps/core.xml")
    assert core.count("2026-11-25T00:00:00Z") == 2
    odd = replace(NOTICE, body=[Para('<b>&"引号"\x0b\x00\ud800</b>')])
    assert '<b>&"引号"</b>' in texts(odd)


PPR = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
    "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
    "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr "
    "sectPr pPrChange"
)
ORDER = {
    "pPr": PPR,
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
    "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect "
    "bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW "
    "jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tblBorders": "top left start bottom right end insideH insideV",
    "tblCellMar": "top left start bottom right end",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection "
    "tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc "
    "pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi "
    "rtlGutter docGrid",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden "
    "unhideWhenUsed qFormat locked personal rsid pPr rPr tblPr trPr tcPr",
    "settings": "zoom defaultTabStop evenAndOddHeaders characterSpacingControl compat "
    "themeFontLang",
    "font": "altName panose1 charset family notTrueType pitch sig",
    "tbl": "tblPr tblGrid tr",
    "tc": "tcPr p",
    "tr": "trPr tc",
}
"""The sequences of ECMA-376 part 1, annex A.1, which Word insists on."""


def assert_in_order(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            for element in etree.fromstring(archive.read(name)).iter():
                tag = etree.QName(element).localname
                children = [etree.QName(child).localname for child in element]
                if tag in ORDER:
                    order = ORDER[tag].split()
                    places = [order.index(child) for child in children]
                    assert places == sorted(places), (name, tag, children)
                if tag in ("tc", "body"):
                    assert children[-1] == ("p" if tag == "tc" else "sectPr"), (name, tag)


def test_elements_stand_in_the_order_of_the_schema() -> None:
    joint = replace(
        NOTICE, issuer=("云州市水务局", "云州市财政局"), issuer_mark=MARKS,
        signers="周衍之", urgency="特急", note="此件公开发布",
    )  # fmt: skip
    for paper in (NOTICE, joint, replace(NOTICE, annexes=(), sealed=False)):
        assert_in_order(to_bytes(paper))


# What LibreOffice makes of it.

FULL = "水务系统各级党组织要把责任扛在肩上抓在手里落到实处"
GRID = Gongwen(
    title="版心测量", body=[Para(FULL * 90)], issuer="云州市水务局", on=DAY,
    copies_to="机关各党支部", printed_by="云州市水务局办公室", printed_on=DAY,
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    folder = tmp_path_factory.mktemp("gongwen")
    for name, paper in (("grid", GRID), ("notice", NOTICE)):
        write(paper, folder / f"{name}.docx")
    pdfs = convert(folder, folder / "grid.docx", folder / "notice.docx")
    return {pdf.stem: pages(pdf) for pdf in pdfs}


def near(measured: float, wanted: float, tolerance: float) -> None:
    assert abs(measured - wanted) <= tolerance, f"{measured:.2f} mm, not {wanted} ± {tolerance}"


LINE = measures.LINE / 72 * 25.4
EM = measures.BODY / 72 * 25.4


def test_a_full_page_has_22_lines_of_28_characters(made: dict[str, list[Page]]) -> None:
    page = made["grid"][1]
    near(page.width, 210, 0.3)
    near(page.height, 297, 0.3)
    *body, number = page.lines
    assert "".join(c.text for c in number) == "—2—"
    assert len(body) == 22
    assert {len(line) for line in body} == {28}
    for upper, lower in pairwise(body):
        near(lower[0].y - upper[0].y, 225 / 22, 0.05)
    for line in body:
        pitch = (line[-1].x - line[0].x) / 27
        near(pitch, 156 / 28, 0.04)


def test_the_type_area_lies_within_its_margins(made: dict[str, list[Page]]) -> None:
    """A line of exact height lies four fifths above its base line, so the area is measured by the
    lines' boxes; left and right by the characters, whose ink is a little narrower than they are."""
    page = made["grid"][1]
    body = page.lines[:-1]
    near(body[0][0].y - 0.8 * LINE, 37, 1)
    near(page.height - (body[-1][0].y + 0.2 * LINE), 35, 1)
    near(min(line[0].x for line in body), 28, 1)
    near(page.width - max(line[-1].x + EM for line in body), 26, 1)


def test_page_numbers_lie_outside_and_change_sides(made: dict[str, list[Page]]) -> None:
    one = 14 / 72 * 25.4
    for number, page in enumerate(made["grid"], 1):
        line = page.lines[-1]
        assert "".join(c.text for c in line) == f"—{number}—"
        dash = line[0]
        near((dash.top + dash.bottom) / 2 - (297 - 35), 7, 1)
        if number % 2:
            near(page.width - 26 - line[-1].right, one, 1)
        else:
            near(line[0].left - 28, one, 1)


def test_mark_number_rule_and_title_keep_their_distances(made: dict[str, list[Page]]) -> None:
    page = made["notice"][0]
    mark, number = page.line("水务局文件"), page.line("〔2026〕4号")
    size = mark[1].x - mark[0].x  # the pitch of the mark's characters; narrowed by a little
    near(min(c.top for c in mark) - 37, 35, 2)  # ink begins below the top of its square
    assert 35 <= size * 8 <= 156
    (red,) = {rule for rule in page.rules if rule.red}
    near(red.right - red.left, 156, 0.5)
    near(red.y - red.thickness / 2 - (number[0].y + 0.12 * EM), 4, 0.4)
    middle = (number[0].left + number[-1].right) / 2
    near(middle, 28 + 78, 1)
    title = page.line("云州市水务局关于印发")
    top = title[0].y - 0.88 * 22 / 72 * 25.4
    assert 2 <= (top - red.y) / LINE < 2.4
    near((title[0].left + title[-1].right) / 2, 28 + 78, 2)  # brackets are half empty
    recipients = page.line("各科室、直属各单位：")
    near(recipients[0].x, 28, 1)
    near(recipients[0].y - page.line("中央八项规定精神")[0].y, 2 * LINE, 0.5)
    near(page.line(CLAUSE[:20])[0].x - 28, 2 * 156 / 28, 0.8)


def test_the_foot_block_lies_at_the_bottom_of_an_even_page(made: dict[str, list[Page]]) -> None:
    for page in (made["grid"][-1], made["notice"][-1]):
        rules = page.rules
        assert len(rules) == 3
        assert [round(rule.thickness, 2) for rule in rules] == [0.35, 0.26, 0.35]
        near(page.height - rules[-1].y, 35, 0.5)
        for rule in rules:
            near(rule.right - rule.left, 156, 0.5)
        printed = page.line("云州市水务局办公室")
        near(printed[0].left - 28, 14 / 72 * 25.4, 0.6)
        near(page.width - 26 - printed[-1].right, 14 / 72 * 25.4, 0.8)
        assert rules[1].y < printed[0].y < rules[2].y
    # after a turned page it has an even page to itself; the blank one before it is not exported
    number = re.search(r"—(\d+)—", made["notice"][-1].text)
    assert number
    assert int(number[1]) % 2 == 0


def test_the_date_of_a_sealed_paper_keeps_four_characters(made: dict[str, list[Page]]) -> None:
    page = next(p for p in made["notice"] if "2026年11月25日" in p.text)
    line = page.line("2026年11月25日")
    near(page.width - 26 - line[-1].right, 4 * 156 / 28, 1.5)


def test_a_turned_page_has_its_number_where_the_sheet_has_it(made: dict[str, list[Page]]) -> None:
    turned = [p for p in made["notice"] if p.width > p.height]
    assert turned
    for page in turned:
        number = made["notice"].index(page) + 1
        near(page.width, 297, 0.3)
        digits = [c for c in page.characters if c.left < 35 and c.text in "—0123456789"]
        assert "".join(c.text for c in sorted(digits, key=lambda c: c.top)) == f"—{number}—"
        dash = next(c for c in digits if c.text == "—")
        near((dash.left + dash.right) / 2, 35 - 7, 1)
        if number % 2:  # right on the sheet: low on the turned page, one character in
            near(page.height - 26 - max(c.bottom for c in digits), 14 / 72 * 25.4, 1)
        else:
            near(min(c.top for c in digits) - 28, 14 / 72 * 25.4, 1)
        assert "序号" in page.text  # the head repeats


def test_the_foot_block_never_meets_the_text(tmp_path: Path) -> None:
    """Whatever the length of the text: the block is at the foot of the last page, below all else,
    and no page holds a signature without text."""
    papers = []
    for count in range(8, 17):
        path = tmp_path / f"{count}.docx"
        write(replace(GRID, body=[Para(FULL)] * count), path)
        papers.append(path)
    for pdf in convert(tmp_path, *papers):
        *others, last = pages(pdf)
        assert all(not page.rules for page in others)
        rules = last.rules
        near(last.height - rules[-1].y, 35, 0.5)
        above = [line for line in last.lines if line[0].y < rules[0].y]
        below = [line for line in last.lines if line[0].y > rules[0].y]
        assert len(below) == 3
        signed = next(p for p in (*others, last) if "2026年11月25日\n" in p.text)
        assert FULL[:8] in signed.text
        if above:
            assert above[-1][0].y + 0.2 * LINE <= rules[0].y + 0.1
