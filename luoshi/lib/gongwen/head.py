"""The head: urgency, the red issuer mark, number and signer, the red rule, title, recipients."""

from collections.abc import Sequence

from luoshi.lib.gongwen import fonts, measures
from luoshi.lib.gongwen.measures import AREA, LINE, RED, TITLE, points, pt, twips
from luoshi.lib.gongwen.paragraphs import empty, gap, paragraph, run, spacing
from luoshi.lib.gongwen.titles import lines, paper_number
from luoshi.lib.gongwen.xml import tag

MARK = 56.0
"""The issuer mark's size in points, where its characters find room."""
NARROWEST = 66
"""How far characters of the mark are narrowed, in per cent, before they become smaller."""
LEADING = 1.1
"""A line of 1.1 of its size begins where its characters begin (four fifths lie above the base
line, and characters reach 0.88 of their size above it)."""
FILE = "文件"


def mark_size(length: int, room: float) -> tuple[float, int]:
    """Size in points and width in per cent of a mark of `length` characters in `room` points."""
    widest = min(MARK, points(measures.MARK_CHARACTER))
    scale = min(100, int(98 * room / (length * widest)))
    if scale >= NARROWEST:
        return widest, scale
    return int(room / length / NARROWEST * 200) / 2, NARROWEST


def red_head(mark: Sequence[str], number: str, signers: Sequence[str], urgency: str) -> str:
    """From the top of the type area to the red rule; several marks are a joint paper's."""
    made = []
    above = points(measures.MARK_BELOW)
    if urgency:
        made.append(paragraph("Recipients", run(urgency, fonts.HEI)))
        above -= LINE
    made.append(gap(above))
    made.append(_joint(mark) if len(mark) > 1 else _mark(mark[0]))
    made.append(empty(measures.BLANK_AFTER_MARK))
    made += _number_and_signers(paper_number(number), signers)
    return "".join(made)


def bare_number(number: str) -> str:
    """The number of a paper without a red head, centred on its first line."""
    return paragraph("PaperNumber", run(paper_number(number)))


def _mark(name: str, room: float = points(AREA[0])) -> str:
    size, scale = mark_size(len(name), room)
    return paragraph(
        "IssuerMark",
        run(name, size=size, scale=scale),
        spacing=spacing(size * LEADING),
    )


def _joint(names: Sequence[str]) -> str:
    """The issuers under each other, spread to one width, and 文件 beside them in the middle."""
    short = [name.removesuffix(FILE) for name in names]
    beside = any(name.endswith(FILE) for name in names)
    room = points(AREA[0])
    size = min(40.0, 26.0 + 30.0 / len(short))
    file_width = size * 2.4 if beside else 0
    size_, scale = size, 100
    longest = max(map(len, short))
    if longest * size > room - file_width:
        scale = max(NARROWEST, int(100 * (room - file_width) / (longest * size)))
        size_ = min(size, int(200 * (room - file_width) / longest / scale) / 2)
    left = min(room - file_width, longest * size_ * scale / 100 * 1.04 + 4)
    widths = [pt(left), pt(file_width)] if beside else [pt(left)]

    def cell(width: int, merge: str, content: str) -> str:
        return tag(
            "tc", tag("tcPr", tag("tcW", w=width, type="dxa"), merge, tag("vAlign", val="center")),
            content,
        )  # fmt: skip

    rows = []
    for place, name in enumerate(short):
        inner = paragraph(
            "IssuerMark",
            run(name, size=size_, scale=scale),
            spacing=spacing(size_ * 1.25),
            jc=tag("jc", val="distribute"),
        )
        cells = [cell(widths[0], "", inner)]
        if beside:
            beside_ = paragraph(
                "IssuerMark",
                run(FILE, size=size) if not place else "",
                spacing=spacing(size * 1.25),
            )
            merge = tag("vMerge", val="restart") if not place else tag("vMerge")
            cells.append(cell(widths[1], merge, beside_))
        rows.append(tag("tr", tag("trPr", tag("cantSplit")), *cells))
    return tag(
        "tbl",
        tag(
            "tblPr",
            tag("tblW", w=sum(widths), type="dxa"),
            tag("jc", val="center"),
            tag("tblLayout", type="fixed"),
            tag("tblCellMar", tag("left", w=0, type="dxa"), tag("right", w=0, type="dxa")),
        ),
        tag("tblGrid", *(tag("gridCol", w=width) for width in widths)),
        *rows,
    )


def _number_and_signers(number: str, signers: Sequence[str]) -> list[str]:
    """The number above the rule; with signers it goes left, and they right, two a line (7.2.6)."""
    rule = tag(
        "pBdr",
        tag("bottom", val="single", sz=round(measures.RULE * 8), space=RULE_SPACE, color=RED),
    )
    if not signers:
        return [paragraph("PaperNumber", run(number), pBdr=rule)]
    pairs = [list(signers[at : at + 2]) for at in range(0, len(signers), 2)]
    made = []
    for place, pair in enumerate(pairs):
        last = place == len(pairs) - 1
        names = run("签发人：" if not place else "　　　　") + run("　".join(pair), fonts.KAI)
        given = {
            "ind": tag("ind", left=measures.characters(1), right=measures.characters(1)),
            "jc": tag("jc", val="left"),
            "tabs": tag(
                "tabs", tag("tab", val="right", pos=twips(AREA[0]) - measures.characters(1))
            ),
        }
        if last:
            given["pBdr"] = rule
            given["ind"] = tag("ind", left=0, right=0)
        left = run("　") if last else ""
        made.append(
            paragraph("PaperNumber", left, run(number if last else ""), run("\t"), names, **given)
        )
    return made


RULE_SPACE = round(points(measures.RULE_BELOW) - (LINE * measures.DOWN - 0.12 * measures.BODY))
"""Points between the line of the number and the rule: the line reaches a fifth of its height below
the base line, characters 0.12 of their size, and the standard counts from the characters."""


def title(text: str, blank: int) -> str:
    """The title in lines by meaning, after `blank` empty lines, and one empty line after it."""
    inner = "\n".join(lines(text))
    return empty(blank) + paragraph("Title", run(inner, size=TITLE)) + empty(keep=True)


def recipients(text: str) -> str:
    """主送机关, flush left, a full-width colon at its end."""
    if not text:
        return ""
    return paragraph("Recipients", run(text.rstrip(":：。，、 ") + "："))
