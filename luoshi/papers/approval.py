"""送审单: the slip on which leaders sign what is sent for approval, with a code that binds it.

The check code is that of exactly what was shown; the picture leads back to it. A slip whose code
differs from the screen's was printed before a change, and counts for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from luoshi.lib.digests import short
from luoshi.lib.gongwen import Column, Field, Form, FormRow, Line, Table, tables
from luoshi.lib.gongwen.measures import AREA, points, twips
from luoshi.lib.gongwen.package import Package
from luoshi.lib.gongwen.paragraphs import TINY, gap, paragraph, run, spacing
from luoshi.lib.gongwen.sections import UPRIGHT, section
from luoshi.lib.gongwen.titles import day
from luoshi.lib.gongwen.xml import tag
from luoshi.papers import qr

ROLES = ("拟稿", "审核", "审定")
SIGN_HEIGHT = 33.0
"""The least height of a row that a pen signs in, mm."""
PICTURE = 28.0
HOW = (
    "使用方法：签字前核对校验码与系统送审页所示一致，或扫描左侧二维码查看送审内容；签字后由经办人在"
    "系统中登记。校验码不一致，说明送审内容已有改动，本单作废，须重新打印送审。"
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one of the three steps says; empty fields are left to a pen."""

    role: str
    text: str = ""
    name: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ApprovalSlip:
    """What is sent for approval: its title, what is asked, the file, what it will ask of others.

    `digest` is the hexadecimal check code; `link` is the text of the picture. Steps without an
    `Opinion` are blank. `asked_before` says how the units were consulted. `listed` are the tasks
    that are signed for (task, lead, support, when, result); they follow on pages of their own.
    `cited` says what of the record the picture holds.
    """

    title: str
    asked: str
    file_name: str
    tasks: int
    units: int
    reports: int
    made_by: str
    on: date
    digest: str
    link: str
    opinions: Sequence[Opinion] = ()
    number: str = ""
    asked_before: str = ""
    listed: Sequence[tuple[str, str, str, str, str]] = ()
    cited: str = ""


def write(slip: ApprovalSlip, out: BinaryIO | str | Path) -> None:
    """Write the slip as .docx to `out` (a path or a binary file). Same slip, same bytes."""
    package = Package(f"送审单：{slip.title}", slip.made_by, slip.on)
    picture = package.picture(qr.png(slip.link), PICTURE, PICTURE, "二维码：送审内容")
    package.write(
        out,
        paragraph("Title", run("送审单"), spacing=spacing(32, after=6)),
        _line(slip),
        tables.form(_form(slip), AREA[0]),
        gap(8),
        _foot(slip, picture),
        *_listed(slip),
        gap(TINY),
        section(UPRIGHT, footers={}, foot=25, grid=True),
    )


def _line(slip: ApprovalSlip) -> str:
    return paragraph(
        "TableText",
        run(f"送审单位：{slip.made_by}\t{slip.number and f'编号：{slip.number}'}", size=12),
        spacing=spacing(18, after=3),
        tabs=tag("tabs", tag("tab", val="right", pos=twips(AREA[0]))),
    )


def _form(slip: ApprovalSlip) -> Form:
    def label(text: str) -> Field:
        return Field(text, label=True)

    given = {opinion.role: opinion for opinion in slip.opinions}
    roles = (*ROLES, *(role for role in given if role not in ROLES))
    rows = [
        FormRow((label("标题"), Field(slip.title, span=3)), 12),
        FormRow((label("送审事项"), Field(slip.asked, span=3)), 12),
        FormRow((label("来文"), Field(slip.file_name, span=3)), 10),
        FormRow((label("征求意见"), Field(slip.asked_before or "—", span=3)), 10),
        FormRow((label("任务"), Field(f"{slip.tasks}项"),
                 label("涉及单位"), Field(f"{slip.units}个"))),
        FormRow((label("全年报送"), Field(f"{slip.reports}次"),
                 label("送审日期"), Field(day(slip.on)))),
    ]  # fmt: skip
    rows += [
        FormRow((label(f"{role}意见"), Field(_signed(given.get(role, Opinion(role))), span=3)),
                SIGN_HEIGHT)
        for role in roles
    ]  # fmt: skip
    return Form((26, 52, 26, 52), rows, size=12, line=18)


COLUMNS = (
    Column("序号", 6, centred=True),
    Column("任务", 34),
    Column("牵头单位", 22),
    Column("配合单位", 18),
    Column("时限或频次", 18, centred=True),
    Column("成果形式", 16),
)


def _listed(slip: ApprovalSlip) -> list[str]:
    """The tasks as they were sent, from a new page on; nothing without any."""
    if not slip.listed:
        return []
    rows = [[str(number), *task] for number, task in enumerate(slip.listed, 1)]
    head = paragraph(
        "TableText",
        run("附：任务分解（送审稿）", size=14),
        spacing=spacing(22, after=6),
        pageBreakBefore=tag("pageBreakBefore"),
    )
    return [head, tables.table(Table(COLUMNS, rows, size=10.5, line=15), AREA[0])]


def _signed(opinion: Opinion) -> tuple[Line, ...]:
    """The opinion, and a line for the name and the day, with room for a pen where they are blank.

    The room above the line is what the row leaves: its least height without two lines of text.
    """
    name = opinion.name.ljust(8, "　")
    when = day(opinion.on) if opinion.on else "　　　　年　　月　　日"
    room = points(SIGN_HEIGHT) - 2.6 * 18
    sign = Line(f"签名：{name}　　日期：{when}", align="right", before=max(room, 6))
    return (Line(opinion.text), sign)


def _foot(slip: ApprovalSlip, picture: str) -> str:
    """The picture, and beside it the code and how to use it."""
    words = (
        paragraph("TableText", run(f"校验码　{short(slip.digest)}", size=14),
                  spacing=spacing(22)),
        paragraph("TableText", run(HOW, size=10.5), spacing=spacing(15, before=3)),
        *([paragraph("TableText", run(slip.cited, size=10.5), spacing=spacing(15, before=3))]
          if slip.cited else []),
    )  # fmt: skip
    return tables.beside(picture, PICTURE, words, AREA[0])
