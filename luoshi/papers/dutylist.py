"""责任清单: a list of responsibilities as an official paper, with room for the signature."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from luoshi.lib.digests import short
from luoshi.lib.gongwen import (
    Across,
    Block,
    Column,
    Field,
    Form,
    FormRow,
    Gongwen,
    Line,
    Para,
    Row,
    Table,
)
from luoshi.lib.gongwen import write as write_paper
from luoshi.lib.gongwen.titles import chinese, day
from luoshi.papers.proof import PaperProof, code

SIGN_HEIGHT = 24
ROOM = 28.0
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
    Column("序号", 11, centred=True),
    Column("责任内容", 46),
    Column("成果形式", 26),
    Column("时限或频次", 37, centred=True),  # a whole date on one line
    Column("责任来源", 25),
    Column("依据", 11, centred=True),
)
SMALL, PITCH = 10.5, 15.0
"""Text and pitch of the table and of what stands below it, in points."""


def write(made: DutyListPaper, out: BinaryIO | str | Path) -> None:
    """Write the list as .docx to `out` (a path or a binary file). Same list, same bytes."""
    write_paper(paper(made), out)


def opening(made: DutyListPaper) -> str:
    """The sentence with which the paper begins, in Word and in print."""
    count = sum(len(lines) for _heading, lines in made.groups)
    return (
        f"{made.holder or made.unit}，截至{day(made.as_of)}，承担责任{count}项"
        f"（第{made.number}版）。{made.changes}"
    )


def confirmation(made: DutyListPaper) -> str:
    """What the signature says, in Word and in print."""
    return f"以上责任清单已确认。{made.note}"


def afterwards(made: DutyListPaper) -> str:
    """The check code, and that a later list is another version."""
    return f"内容校验码：{short(made.digest)}。签后内容有变动的，另立新版，本版保留。"


def paper(made: DutyListPaper) -> Gongwen:
    """The list as an official paper: one table, its bases, room for a pen; short on one page."""
    rows: list[Row] = []
    for number, (heading, lines) in enumerate(made.groups, 1):
        rows.append(Across(f"{chinese(number)}、{heading}（{len(lines)}项）"))
        rows += [
            (str(place), d.title, d.check, _when(d.when), d.why, d.basis)
            for place, d in enumerate(lines, 1)
        ]
    proof = code(made.proof) if made.proof else None
    if proof:
        proof = replace(proof, lines=(afterwards(made), *proof.lines))
    body: list[Block] = [
        Para(opening(made)),
        Table(COLUMNS, rows, size=SMALL, line=PITCH),
        _below(made, coded=proof is None),
    ]
    return Gongwen(
        title=made.title,
        body=body,
        issuer="",
        on=made.on,
        code=proof,
        above=0,
    )


def _when(text: str) -> str:
    """每季度，至12月31日 in two lines, so that no date breaks."""
    return text.replace("，至", "\n至")


def _below(made: DutyListPaper, *, coded: bool) -> Form:
    """The bases, who settled the list, the signature; `coded`: the check code, where no picture
    bears it."""
    bases = Field([Line(basis) for basis in made.bases] or "")
    settled = Field([Line(f"{made.unit}（盖章）　{day(made.on)}", align="right")])
    rows = [
        FormRow((Field("依据", label=True), bases)),
        FormRow((Field("核定", label=True), settled)),
        FormRow(_sign(made), SIGN_HEIGHT),
    ]
    if coded:
        rows.append(FormRow((Field("校验", label=True), Field(afterwards(made)))))
    return Form((26, 130), rows, size=SMALL, line=PITCH)


def _sign(made: DutyListPaper) -> tuple[Field, Field]:
    name = made.signer.ljust(8, "　")
    when = day(made.signed_on) if made.signed_on else "　　　　年　　月　　日"
    sign = Line(f"签名：{name}　　日期：{when}", align="right", before=ROOM)
    who = [Line(word, align="center") for word in (signer(made), "确认")]
    return Field(who, label=True), Field((Line(confirmation(made)), sign))


def signer(made: DutyListPaper) -> str:
    """Who signs: the holder of the post, or the head of the unit."""
    return "责任人" if made.holder else "主要负责人"
