"""责任清单: a list of responsibilities as an official paper, with room for the signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from luoshi.lib.digests import short
from luoshi.lib.gongwen import (
    Block,
    Column,
    Field,
    Form,
    FormRow,
    Gongwen,
    Heading,
    Line,
    Para,
    Table,
)
from luoshi.lib.gongwen import write as write_paper
from luoshi.lib.gongwen.titles import day
from luoshi.papers.proof import PaperProof, code

SIGN_HEIGHT = 26
ROOM = 30.0
"""Room for the pen above the line of name and day, in points."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A line: what, by what it is checked, when, the mark of its basis (①), why it is theirs."""

    title: str
    check: str
    when: str
    basis: str
    why: str


@dataclass(frozen=True, slots=True)
class DutyListPaper:
    """What the paper says. `groups` are (heading, lines); `changes` is a sentence, or empty.

    `bases` are the documents behind the marks, each with its mark, in order.

    `signer` and `signed_on` are blank while it waits for a pen.
    """

    title: str
    unit: str
    holder: str
    as_of: date
    on: date
    number: int
    groups: Sequence[tuple[str, Sequence[Duty]]]
    bases: Sequence[str]
    digest: str
    changes: str = ""
    signer: str = ""
    signed_on: date | None = None
    note: str = ""
    proof: PaperProof | None = None


COLUMNS = (
    Column("序号", 9, centred=True),
    Column("责任内容", 54),
    Column("成果形式", 28),
    Column("时限或频次", 27, centred=True),
    Column("责任来源", 29),
    Column("依据", 9, centred=True),
)


def write(made: DutyListPaper, out: BinaryIO | str | Path) -> None:
    """Write the list as .docx to `out` (a path or a binary file). Same list, same bytes."""
    write_paper(paper(made), out)


def paper(made: DutyListPaper) -> Gongwen:
    """The list as an official paper."""
    count = sum(len(lines) for _heading, lines in made.groups)
    whose = f"{made.holder or made.unit}，"
    body: list[Block] = [
        Para(
            f"{whose}截至{day(made.as_of)}，承担责任{count}项（第{made.number}版）。{made.changes}"
        )
    ]
    for heading, lines in made.groups:
        rows = [
            (str(place), d.title, d.check, d.when, d.why, d.basis)
            for place, d in enumerate(lines, 1)
        ]
        body += [Heading(1, heading), Table(COLUMNS, rows, size=10.5, line=15)]
    body += [
        Para(f"依据：{'；'.join(made.bases)}。"),
        _sign(made),
        Para(f"内容校验码：{short(made.digest)}。签后内容有变动的，另立新版。"),
    ]
    return Gongwen(
        title=made.title,
        body=body,
        issuer=made.unit,
        on=made.on,
        sealed=True,
        code=code(made.proof) if made.proof else None,
    )


def _sign(made: DutyListPaper) -> Form:
    name = made.signer.ljust(8, "　")
    when = day(made.signed_on) if made.signed_on else "　　　　年　　月　　日"
    words = f"以上责任清单已确认。{made.note}"
    sign = Line(f"签名：{name}　　日期：{when}", align="right", before=ROOM)
    who = "责任人确认" if made.holder else "主要负责人确认"
    fields = (Field(who, label=True), Field((Line(words), sign)))
    return Form((26, 130), (FormRow(fields, SIGN_HEIGHT),), size=12, line=18)
