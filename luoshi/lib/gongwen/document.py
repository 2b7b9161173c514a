"""An official paper as one value, and the file that it becomes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from luoshi.lib.gongwen import fonts, measures, tables
from luoshi.lib.gongwen.blocks import Annex, Block, Code, Form, Heading, PageBreak, Para, Table
from luoshi.lib.gongwen.head import bare_number, recipients, red_head, title
from luoshi.lib.gongwen.package import Package
from luoshi.lib.gongwen.paragraphs import TINY, gap, paragraph, run, spacing
from luoshi.lib.gongwen.sections import Pages, closing
from luoshi.lib.gongwen.tail import attachment_note, foot_block, note, signature
from luoshi.lib.gongwen.titles import chinese
from luoshi.lib.gongwen.xml import tag

Names = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Gongwen:
    """An official paper (GB/T 9704-2012). What is empty is left out; `write` makes the file.

    `issuer_mark` is the red head (云州市水务局文件); several are a joint paper's, whose issuers are
    several too. With `signers` it is a paper to a superior: the number goes left. `attachments` are
    the names of the attachment note; without them, those of `annexes`, which are bound with the
    paper. `code` stands after the date. `title` is broken into lines by meaning where it has no
    line ends of its own; `above` it stand so many empty lines, fewer than two where the paper has
    to stay on its page.
    """

    title: str
    body: Sequence[Block]
    issuer: Names
    on: date
    recipients: str = ""
    number: str = ""
    issuer_mark: Names = ""
    urgency: str = ""
    signers: Names = ""
    attachments: Sequence[str] = ()
    annexes: Sequence[Annex] = ()
    copies_to: str = ""
    printed_by: str = ""
    printed_on: date | None = None
    sealed: bool = True
    note: str = ""
    code: Code | None = None
    above: int = measures.BLANK_AFTER_RULE


def write(paper: Gongwen, out: BinaryIO | str | Path) -> None:
    """Write the paper as .docx to `out` (a path or a binary file). Same paper, same bytes."""
    issuers, marks, signers = map(several, (paper.issuer, paper.issuer_mark, paper.signers))
    package = Package(paper.title.replace("\n", ""), "、".join(issuers), paper.on)
    pages = Pages(package)
    made = []
    if marks:
        made.append(red_head(marks, paper.number, signers, paper.urgency))
    elif paper.number:
        made.append(bare_number(paper.number))
    made.append(title(paper.title, paper.above))
    made.append(recipients(paper.recipients))
    made += blocks(paper.body, measures.AREA[0], package, keep=bool(issuers))
    names = paper.attachments or [annex.title for annex in paper.annexes]
    made.append(attachment_note(names))
    made.append(signature(issuers, paper.on, sealed=paper.sealed) if issuers else "")
    made.append(note(paper.note))
    if paper.code is not None:
        made.append(picture_block(package, paper.code, measures.AREA[0]))
    foot = foot_block(paper.copies_to, paper.printed_by, paper.printed_on)
    last = pages.section()
    for place, annex in enumerate(paper.annexes, 1):
        made.append(closing(last))
        made += _annex(annex, place if len(paper.annexes) > 1 else 0, package)
        last = pages.section(lying=annex.landscape)
    if foot and paper.annexes and paper.annexes[-1].landscape:
        made.append(closing(last))
        made.append(gap(TINY))  # a section must not begin with what floats
        last = pages.section(start="evenPage")
    package.write(out, *made, foot, last, odd_even=True)


def to_bytes(paper: Gongwen) -> bytes:
    """The paper as the bytes of a .docx."""
    out = io.BytesIO()
    write(paper, out)
    return out.getvalue()


def several(names: Names) -> list[str]:
    """One name, or several, without empty ones."""
    return [name for name in ([names] if isinstance(names, str) else names) if name]


KEPT = 5 * measures.CHARACTERS
"""Characters of a last paragraph that goes to the next page whole, with the signature."""


def picture_block(package: Package, block: Code, width: float) -> str:
    """A code with its lines, kept on one page."""
    picture = package.picture(block.png, block.size, block.size, block.name)
    words = [paragraph("TableText", run(line, size=9), spacing=spacing(13)) for line in block.lines]
    return gap(TINY) + tables.beside(picture, block.size, words, width)


def blocks(
    body: Sequence[Block], width: float, package: Package, *, keep: bool = False
) -> list[str]:
    """The body's blocks; tables become `width` mm wide. Headings are counted.

    With `keep` a short last paragraph stays with what follows, so that no signature stands on a
    page without text; a long one does not, since some programs would move all of it.
    """
    made = []
    counts = [0, 0, 0, 0]
    for place, block in enumerate(body, 1):
        if isinstance(block, Heading):
            made.append(_heading(block, counts))
        elif isinstance(block, Para):
            style = "BodyText" if block.indented else "Normal"
            last = keep and place == len(body) and len(block.text) <= KEPT
            held = {"keepNext": tag("keepNext")} if last else {}
            made.append(paragraph(style, run(block.text), **held))
        elif isinstance(block, Table):
            made.append(tables.table(block, width) + gap(TINY))
        elif isinstance(block, Form):
            made.append(tables.form(block, width) + gap(TINY))
        elif isinstance(block, PageBreak):
            made.append(paragraph("Normal", pageBreakBefore=tag("pageBreakBefore")))
        elif isinstance(block, Code):
            made.append(picture_block(package, block, width) + gap(TINY))
    return made


HEADING_FONTS = (fonts.HEI, fonts.KAI, fonts.FANGSONG, fonts.FANGSONG)


def _heading(block: Heading, counts: list[int]) -> str:
    level = block.level - 1
    mark = ""
    if block.numbered:
        counts[level] += 1
        counts[level + 1 :] = [0] * (3 - level)
        mark = heading_number(block.level, counts[level])
    text = mark + block.text
    if block.follow:
        return paragraph("BodyText", run(text, HEADING_FONTS[level]), run(block.follow))
    return paragraph(f"Heading{block.level}", run(text), keepNext=tag("keepNext"))


def heading_number(level: int, count: int) -> str:
    """一、 （一） 1. （1） of a count; raises `ValueError` beyond 99 at the first two levels."""
    if level == 1:
        return f"{chinese(count)}、"
    if level == 2:
        return f"（{chinese(count)}）"
    return f"{count}." if level == 3 else f"（{count}）"


def _annex(annex: Annex, number: int, package: Package) -> list[str]:
    """附件 flush left on the first line, its title on the third (7.3.7), its body."""
    mark = paragraph("AnnexMark", run(f"附件{number or ''}"))
    width = measures.AREA[1] if annex.landscape else measures.AREA[0]
    return [mark, title(annex.title, 1), *blocks(annex.body, width, package)]
