"""Issue notice, transmission record, approval slip: read back with python-docx, then printed."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import segno
from docx.oxml.ns import qn

from luoshi.papers import approval, notice, transmission
from luoshi.papers.approval import ApprovalSlip, Opinion
from luoshi.papers.layout import Place
from luoshi.papers.notice import IssueNotice
from luoshi.papers.rows import TaskListRow
from luoshi.papers.transmission import TO_FILL, TransmissionRecord, UnitTransmission
from tests.lib.test_gongwen import assert_in_order, near
from tests.office import convert, pages
from tests.papers.test_tasklist import row

NOTICE = IssueNotice(
    subject="《2026年全面从严治党重点任务分解》",
    issuer="云州市水务局",
    on=date(2026, 3, 2),
    recipients="各科室、直属各单位",
    rows=[row(1, leads=("工程建设科",)), row(2, leads=("工程建设科", "办公室")), row(3)],
    number="云水发〔2026〕4号",
    issuer_mark="云州市水务局文件",
    basis="在全市水务系统全面从严治党工作会议上的讲话",
    basis_number="云水发〔2026〕2号",
    contact="何静之，0573-1234567",
    copies_to="市纪委监委驻市水务局纪检监察组",
    printed_by="云州市水务局办公室",
    printed_on=date(2026, 3, 3),
)
RECORD = TransmissionRecord(
    title="在全市水务系统全面从严治党工作会议上的讲话",
    made_by="云州市水务局办公室",
    on=date(2026, 3, 10),
    units=[
        UnitTransmission(
            "办公室", date(2026, 3, 3), "何静之", "办公室支部党员大会", date(2026, 3, 6)
        ),
        UnitTransmission("工程建设科", date(2026, 3, 4), "沈清越"),
        UnitTransmission("澄湖水源地保护中心", note="外出培训"),
        UnitTransmission("水文监测中心", date(2025, 12, 30), "林知远", "支委会", date(2026, 1, 4)),
    ],
    number="云水发〔2026〕2号",
    issued_on=date(2026, 2, 26),
    transmitted_on=date(2026, 3, 3),
    means="会议传达、印发文件",
)
DIGEST = "3f9a61c27be04415a0c2d9e8f7b6a5d4c3b2a190887766554433221100ffeedd"
SLIP = ApprovalSlip(
    title="2026年全面从严治党重点任务分解",
    asked="请审定任务分解并同意印发各科室、直属各单位",
    file_name="2026年全面从严治党重点任务分解台账.docx",
    tasks=42,
    units=17,
    reports=318,
    made_by="云州市水务局办公室",
    on=date(2026, 2, 27),
    digest=DIGEST,
    link="https://luoshi.example.cn/approvals/018f3c2a-7b1e-7c3d-9a4b-5c6d7e8f9a0b/",
    opinions=[Opinion("拟稿", "请审核。", "何静之", date(2026, 2, 27))],
    number="2026-07",
)
WRITERS: list[tuple[Callable[..., None], Any]] = [
    (notice.write, NOTICE),
    (transmission.write, RECORD),
    (approval.write, SLIP),
]


def made(write: Callable[..., None], value: Any) -> bytes:
    out = io.BytesIO()
    write(value, out)
    return out.getvalue()


def paragraphs(content: bytes) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(content)).paragraphs if p.text]


def table(content: bytes, number: int) -> list[list[str]]:
    return [
        ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in r._tr.iter(qn("w:tc"))]
        for r in docx.Document(io.BytesIO(content)).tables[number].rows
    ]


@pytest.mark.parametrize(("write", "value"), WRITERS)
def test_same_value_same_bytes_in_the_order_of_the_schema(
    write: Callable[..., None], value: Any, tmp_path: Path
) -> None:
    content = made(write, value)
    assert content == made(write, replace(value))
    assert_in_order(content)
    write(value, tmp_path / "paper.docx")
    assert (tmp_path / "paper.docx").read_bytes() == content


def test_a_notice_says_what_why_and_to_whom() -> None:
    content = made(notice.write, NOTICE)
    texts = paragraphs(content)
    assert texts[:4] == [
        "云州市水务局文件",
        "云水发〔2026〕4号",
        "云州市水务局关于印发《2026年\n全面从严治党重点任务分解》的通知",
        "各科室、直属各单位：",
    ]
    assert texts[4].startswith(
        "为贯彻落实《在全市水务系统全面从严治党工作会议上的讲话》（云水发〔2026〕2号）要求，"
    )
    assert "制定了《2026年全面从严治党重点任务分解》，现印发给你们" in texts[4]
    assert texts[5].startswith("本次任务分解共3项，由2个单位牵头。")
    assert texts[6:] == [
        "联系人及电话：何静之，0573-1234567",
        "附件：2026年全面从严治党重点任务分解",
        "云州市水务局",
        "2026年3月2日",
        "附件",
        "2026年全面从严治党重点任务分解",
    ]
    listed = table(content, 0)
    assert listed[0] == [
        "序号", "重点任务", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限",
    ]  # fmt: skip
    assert listed[1] == ["一、把责任落到每个岗位"]
    assert listed[2][1:4] == ["复核设计变更", row(1).measure, "周衍之"]
    assert table(content, 1) == [
        ["抄送：市纪委监委驻市水务局纪检监察组。"],
        ["云州市水务局办公室2026年3月3日印发"],
    ]
    sizes = [s.page_width > s.page_height for s in docx.Document(io.BytesIO(content)).sections]
    assert sizes == [False, True, False]


def test_a_notice_names_its_blanks_and_takes_an_offices_columns() -> None:
    blank = replace(NOTICE, rows=[row(1, leader="")], contact="", basis="")
    texts = paragraphs(made(notice.write, blank))
    assert "附件中标注“待明确”的内容，请有关单位在签收时一并明确。" in texts
    assert texts[4].startswith("把各项部署分解到单位")
    own = replace(
        NOTICE, layout=(Place("任务", "title"), Place("主办", "lead")), group_by="unit",
        rows=[TaskListRow("1", title="签订责任书", lead="办公室")],
    )  # fmt: skip
    assert table(made(notice.write, own), 0) == [
        ["任务", "主办"], ["办公室"], ["签订责任书", "办公室"],
    ]  # fmt: skip


def test_a_record_of_transmission_shows_what_is_still_to_fill() -> None:
    content = made(transmission.write, RECORD)
    assert paragraphs(content) == [
        "传达贯彻落实情况记录",
        "截至2026年3月10日，应传达4个单位，已签收3个，已传达2个。",
        "注：签收和会议记录中已有的内容自动填入；“待填”处由该单位补填，补报照收。",
        "云州市水务局办公室",
        "2026年3月10日",
    ]
    assert table(content, 0) == [
        ["文件标题", "在全市水务系统全面从严治党工作会议上的讲话"],
        ["发文字号", "云水发〔2026〕2号", "印发日期", "2026年2月26日"],
        ["传达日期", "2026年3月3日", "传达方式", "会议传达、印发文件"],
        ["传达会议", TO_FILL],
    ]
    assert table(content, 1) == [
        ["序号", "单位", "签收日期", "签收人", "传达方式", "传达日期", "备注"],
        ["1", "办公室", "3月3日", "何静之", "办公室支部党员大会", "3月6日", ""],
        ["2", "工程建设科", "3月4日", "沈清越", TO_FILL, TO_FILL, ""],
        ["3", "澄湖水源地保护中心", TO_FILL, TO_FILL, TO_FILL, TO_FILL, "外出培训"],
        ["4", "水文监测中心", "2025年12月30日", "林知远", "支委会", "1月4日", ""],
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("word/document.xml").decode().count('w:val="dashed"') == 7


def test_a_slip_holds_what_is_asked_room_for_pens_and_the_code() -> None:
    content = made(approval.write, SLIP)
    assert paragraphs(content) == ["送审单", "送审单位：云州市水务局办公室\t编号：2026-07"]
    rows = table(content, 0)
    assert rows[:6] == [
        ["标题", "2026年全面从严治党重点任务分解"],
        ["送审事项", "请审定任务分解并同意印发各科室、直属各单位"],
        ["来文", "2026年全面从严治党重点任务分解台账.docx"],
        ["征求意见", "—"],
        ["任务", "42项", "涉及单位", "17个"],
        ["全年报送", "318次", "送审日期", "2026年2月27日"],
    ]
    assert [r[0] for r in rows[6:]] == ["拟稿意见", "审核意见", "审定意见"]
    assert rows[6][1] == "请审核。签名：何静之　　　　　　　日期：2026年2月27日"
    assert rows[7][1] == rows[8][1] == "签名：" + "　" * 10 + "日期：　　　　年　　月　　日"
    document = docx.Document(io.BytesIO(content))
    heights = [r.height.mm for r in document.tables[0].rows]
    assert all(height >= 32 for height in heights[6:])
    words = table(content, 1)[0][1]
    assert words.startswith("校验码　3f9a 61c2 … eedd")
    assert "本单作废" in words
    (picture,) = [r.target_part for r in document.part.rels.values() if "image" in r.reltype]
    wanted = io.BytesIO()
    segno.make(SLIP.link, error="m", micro=False).save(wanted, kind="png", scale=8, border=4)
    assert picture.blob == wanted.getvalue()
    label = document.tables[0].rows[0].cells[0].paragraphs[0].runs[0]
    assert label._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == "黑体"
    fourth = replace(SLIP, opinions=[Opinion("会签", "同意。", "沈清越", date(2026, 2, 28))])
    roles = [r[0] for r in table(made(approval.write, fourth), 0)[6:]]
    assert roles == ["拟稿意见", "审核意见", "审定意见", "会签意见"]


def test_the_tasks_that_are_signed_for_follow_the_slip() -> None:
    listed = [
        ("列出责任清单", "北渡分局、南屏分局", "—", "2026年3月31日", "责任清单"),
        ("复核设计变更", "工程建设科", "办公室", "2026年6月30日", "问题清单"),
    ]
    slip = replace(SLIP, asked_before="已征求17个单位意见", listed=listed)
    content = made(approval.write, slip)
    assert table(content, 0)[3] == ["征求意见", "已征求17个单位意见"]
    found = table(content, 2)
    assert found[0] == ["序号", "任务", "牵头单位", "配合单位", "时限或频次", "成果形式"]
    assert found[2] == ["2", *listed[1]]
    assert "附：任务分解（送审稿）" in paragraphs(content)


def test_they_print_from_libreoffice(tmp_path: Path) -> None:
    long = replace(NOTICE, rows=[row(n) for n in range(1, 31)])
    many = replace(RECORD, units=list(RECORD.units) * 12)
    papers = []
    for name, write, value in (
        ("notice", notice.write, long),
        ("record", transmission.write, many),
        ("slip", approval.write, SLIP),
    ):
        write(value, tmp_path / f"{name}.docx")
        papers.append(tmp_path / f"{name}.docx")
    printed, recorded, slip = (pages(pdf) for pdf in convert(tmp_path, *papers))
    assert 5 <= len(printed) <= 8
    assert [p.width > p.height for p in printed[:3]] == [False, False, True]
    assert "抄送：市纪委监委驻市水务局纪检监察组。" in printed[-1].text
    assert all("牵头单位" in p.text for p in printed if p.width > p.height)
    assert 2 <= len(recorded) <= 4
    assert all("传达方式" in p.text for p in recorded if "水文监测中心" in p.text)
    assert len(slip) == 1
    near(min(rule.left for rule in slip[0].rules), 28, 0.5)
    near(210 - max(rule.right for rule in slip[0].rules), 26, 0.8)
    assert max(c.bottom for c in slip[0].characters) < 297 - 35
