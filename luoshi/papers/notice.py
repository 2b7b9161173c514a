"""印发通知: the notice that sends a breakdown out, with the list bound to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from luoshi.lib.gongwen import Annex, Gongwen, Para
from luoshi.lib.gongwen import write as write_paper
from luoshi.lib.gongwen.document import Names, several
from luoshi.papers.layout import Layout, Place, columns
from luoshi.papers.proof import PaperProof, code
from luoshi.papers.rows import BLANK, GroupBy, TaskListRow, grouped
from luoshi.papers.tasklist_docx import as_table

LAYOUT: Layout = tuple(
    Place(heading, key, width)
    for heading, key, width in (
        ("序号", "number", 5),
        ("重点任务", "title", 16),
        ("具体举措", "measure", 38),
        ("责任领导", "leader", 9),
        ("牵头单位", "lead", 16),
        ("配合单位", "support", 16),
        ("完成时限", "deadline", 12),
    )
)
"""The list as it is issued: nothing has happened yet, so it has no columns for progress and proof.
"""


@dataclass(frozen=True, slots=True)
class IssueNotice:
    """What an issue notice says. `subject` is the name of the breakdown, without 《》.

    `basis` and `basis_number` are the document that it breaks down; `contact` names a person and a
    telephone (何静之，0573-1234567). Everything else as in `gongwen.Gongwen`.
    """

    subject: str
    issuer: Names
    on: date
    recipients: str
    rows: Sequence[TaskListRow]
    number: str = ""
    issuer_mark: Names = ""
    basis: str = ""
    basis_number: str = ""
    contact: str = ""
    copies_to: str = ""
    printed_by: str = ""
    printed_on: date | None = None
    sealed: bool = True
    urgency: str = ""
    layout: Layout = LAYOUT
    group_by: GroupBy = "point"
    units: Sequence[str] = ()
    proof: PaperProof | None = None


def write(notice: IssueNotice, out: BinaryIO | str | Path) -> None:
    """Write the notice as .docx to `out` (a path or a binary file). Same notice, same bytes."""
    write_paper(paper(notice), out)


def paper(notice: IssueNotice) -> Gongwen:
    """The notice as an official paper."""
    issuers = several(notice.issuer)
    subject = notice.subject.strip("《》")
    groups = grouped(notice.rows, notice.group_by, units=notice.units)
    shown = columns(notice.layout)
    table = as_table(shown, groups, size=10.5, line=15)
    codes = [code(notice.proof)] if notice.proof else []
    return Gongwen(
        title=f"{'、'.join(issuers)}关于印发《{subject}》的通知",
        body=[Para(text) for text in _body(notice, subject)],
        issuer=notice.issuer,
        on=notice.on,
        recipients=notice.recipients,
        number=notice.number,
        issuer_mark=notice.issuer_mark,
        urgency=notice.urgency,
        annexes=[Annex(subject, [table, *codes], landscape=True)],
        copies_to=notice.copies_to,
        printed_by=notice.printed_by,
        printed_on=notice.printed_on,
        sealed=notice.sealed,
    )


def _body(notice: IssueNotice, subject: str) -> list[str]:
    basis = notice.basis.strip("《》")
    number = f"（{notice.basis_number}）" if notice.basis_number else ""
    why = f"为贯彻落实《{basis}》{number}要求，" if basis else ""
    leads = {lead for row in notice.rows for lead in row.leads or (row.lead,) if lead}
    sums = f"本次任务分解共{len(notice.rows)}项" + (f"，由{len(leads)}个单位牵头" if leads else "")
    texts = [
        f"{why}把各项部署分解到单位、明确到人、落实到时间，制定了《{subject}》，现印发给你们，"
        "请结合实际认真抓好落实。",
        f"{sums}。各单位收到后要及时签收，各牵头单位要，会同配合单位按完成时限推进，如期报送进展和佐证材料；"
        "日常记录已经能够证明的，不再重复报送。执行中需要调整的，请及时提出。",
    ]
    shown = columns(notice.layout)
    if any(column.wanted and not column.text(row) for row in notice.rows for column in shown):
        texts.append(f"附件中标注“{BLANK}”的内容，请有关单位在签收时一并明确。")
    if notice.contact:
        texts.append(f"联系人及电话：{notice.contact}")
    return texts
