"""传达贯彻落实情况记录: who received a document, and at which meeting each unit passed it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from luoshi.lib.gongwen import Cell, Column, Field, Form, FormRow, Gongwen, Para, Table
from luoshi.lib.gongwen import write as write_paper
from luoshi.lib.gongwen.titles import day
from luoshi.papers.proof import PaperProof, code

TO_FILL = "待填"
"""What stands, in a dashed box, where a unit has said nothing yet."""


@dataclass(frozen=True, slots=True)
class UnitTransmission:
    """One unit: when and by whom the document was received, at which meeting it was passed on."""

    unit: str
    received_on: date | None = None
    received_by: str = ""
    meeting: str = ""
    meeting_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TransmissionRecord:
    """The record of one document. `means` is how it was passed on (会议传达、印发文件), `meeting`
    at which meeting. `on` is the day of the record.
    """

    title: str
    made_by: str
    on: date
    units: Sequence[UnitTransmission]
    number: str = ""
    issued_on: date | None = None
    transmitted_on: date | None = None
    means: str = ""
    meeting: str = ""
    proof: PaperProof | None = None


MEANS = {"document": "文件传达", "online": "线上传达"}
"""What a way is called on the paper; a meeting goes by its own name."""


def how(way: str, which: str) -> str:
    """How a unit passed it on, in the words of the paper."""
    means = MEANS.get(way, "")
    return "：".join(part for part in (means, which) if part)


COLUMNS = (
    Column("序号", 11, centred=True),
    Column("单位", 34),
    Column("签收日期", 20, centred=True),
    Column("签收人", 18, centred=True),
    Column("传达方式", 36),
    Column("传达日期", 20, centred=True),
    Column("备注", 17),
)


def write(record: TransmissionRecord, out: BinaryIO | str | Path) -> None:
    """Write the record as .docx to `out` (a path or a binary file). Same record, same bytes."""
    write_paper(paper(record), out)


def paper(record: TransmissionRecord) -> Gongwen:
    """The record as an official paper."""
    title = record.title.strip("《》")
    received = sum(unit.received_on is not None for unit in record.units)
    passed_on = sum(unit.meeting_on is not None for unit in record.units)
    return Gongwen(
        title="传达贯彻落实情况记录",
        body=[
            _document(record, title),
            Para(
                f"截至{day(record.on)}，应传达{len(record.units)}个单位，已签收{received}个，"
                f"已传达{passed_on}个。"
            ),
            Table(COLUMNS, [_row(place, unit, record.on) for place, unit in
                            enumerate(record.units, 1)], size=10.5, line=15),
            Para(f"注：签收和会议记录中已有的内容自动填入；“{TO_FILL}”处由该单位补填，补报照收。"),
        ],
        issuer=record.made_by,
        on=record.on,
        sealed=False,
        code=code(record.proof) if record.proof else None,
    )  # fmt: skip


def _document(record: TransmissionRecord, title: str) -> Form:
    def given(text: str) -> Field:
        return Field(text or TO_FILL, blank=not text)

    def label(text: str) -> Field:
        return Field(text, label=True)

    issued = day(record.issued_on) if record.issued_on else ""
    passed = day(record.transmitted_on) if record.transmitted_on else ""
    return Form(
        (25, 53, 25, 53),
        (
            FormRow((label("文件标题"), Field(title, span=3))),
            FormRow((label("发文字号"), given(record.number), label("印发日期"), given(issued))),
            FormRow((label("传达日期"), given(passed), label("传达方式"), given(record.means))),
            FormRow(
                (
                    label("传达会议"),
                    Field(record.meeting or TO_FILL, span=3, blank=not record.meeting),
                )
            ),
        ),
    )


def _row(place: int, unit: UnitTransmission, on: date) -> list[str | Cell]:
    def given(text: str) -> str | Cell:
        return text or Cell(TO_FILL, blank=True)

    return [
        str(place),
        unit.unit,
        given(_short(unit.received_on, on)),
        given(unit.received_by),
        given(unit.meeting),
        given(_short(unit.meeting_on, on)),
        unit.note,
    ]


def _short(when: date | None, on: date) -> str:
    """A day without its year where that is the record's."""
    if when is None:
        return ""
    return f"{when.month}月{when.day}日" if when.year == on.year else day(when)
