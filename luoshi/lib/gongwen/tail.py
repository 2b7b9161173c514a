"""What follows the body: attachment note, signature and date, note, foot block."""

from collections.abc import Sequence
from datetime import date

from luoshi.lib.gongwen import measures
from luoshi.lib.gongwen.measures import AREA, SMALL, characters, eighths, twips
from luoshi.lib.gongwen.paragraphs import TINY, empty, gap, paragraph, run
from luoshi.lib.gongwen.titles import day
from luoshi.lib.gongwen.xml import tag

FOOT_LINE = 24.0
"""Height of a line of the foot block in points (style FootBlock)."""
SEAL_ROOM = 2
"""Empty lines above a sealed signature: a seal of 42 mm then reaches to one line below the text."""


def width(text: str) -> float:
    """The width of a text in full characters; ASCII is half of one."""
    return sum(0.5 if c.isascii() else 1 for c in text)


def attachment_note(names: Sequence[str]) -> str:
    """附件：1. … one line below the body; further lines under the first character of the name.

    No number where there is one attachment, no punctuation at the end (7.3.4).
    """
    if not names:
        return ""
    clean = [name.rstrip("。；;，,、 ") for name in names]
    if len(clean) == 1:
        return empty(keep=True) + paragraph(
            "AttachmentNote",
            run(f"附件：{clean[0]}"),
            ind=_hang(5, 3),
            keepNext=tag("keepNext"),
        )
    numbers = 1.5 if len(clean) < 10 else 2
    made = [empty(keep=True)]
    for number, name in enumerate(clean, 1):
        head = "附件：" if number == 1 else ""
        made.append(
            paragraph(
                "AttachmentNote",
                run(f"{head}{number}.\t{name}"),
                ind=_hang(5 + numbers, numbers + len(head)),
                tabs=tag("tabs", tag("tab", val="left", pos=characters(5 + numbers))),
                keepNext=tag("keepNext"),
            )
        )
    return "".join(made)


def _hang(left: float, hanging: float) -> str:
    return tag("ind", left=characters(left), hanging=characters(hanging))


def _right(count: float) -> str:
    return tag("ind", right=characters(max(count, 0)))


def signature(issuers: Sequence[str], on: date, *, sealed: bool) -> str:
    """Issuer and date, kept together (7.3.5).

    Sealed: the date four characters from the right, the issuer centred above it, room for the seal;
    issuers of a joint paper stand in rows of three, the last over the date. Unsealed: the issuer
    two characters from the right (several under each other), the date two characters further in;
    where the date is longer, it is the one two from the right.
    """
    when = day(on)
    if not sealed:
        return _unsealed(issuers, when)
    made = [empty(SEAL_ROOM, keep=True)]
    middle = measures.SEALED_RIGHT + width(when) / 2
    if len(issuers) > 1:
        made.append(_rows(issuers, measures.CHARACTERS - middle))
    else:
        made.append(
            paragraph(
                "Signature",
                run(issuers[0]),
                ind=_right(middle - width(issuers[0]) / 2),
                keepNext=tag("keepNext"),
            )
        )
    made.append(paragraph("Signature", run(when), ind=_right(measures.SEALED_RIGHT)))
    return "".join(made)


def _unsealed(issuers: Sequence[str], when: str) -> str:
    long, date_ = max(map(width, issuers)), width(when)
    right = float(measures.ISSUER_RIGHT)
    date_right = right + long - 2 - date_
    if date_ > long:
        date_right = measures.ISSUER_RIGHT
        right = date_right + date_ + 2 - long
    made = [empty(keep=True)]
    for issuer in issuers:
        made.append(
            paragraph(
                "Signature",
                run(issuer),
                ind=_right(right + (long - width(issuer)) / 2),
                keepNext=tag("keepNext"),
            )
        )
    made.append(paragraph("Signature", run(when), ind=_right(date_right)))
    return "".join(made)


def _rows(issuers: Sequence[str], middle: float) -> str:
    """Issuers of a joint paper in rows of at most three, the middle of the last over the date."""
    across = min(3, len(issuers))
    one = min(middle / (across - 0.5), 2 * (measures.CHARACTERS - middle) + 2, 12.0)
    left = middle - (across - 0.5) * one
    rows = []
    first = len(issuers) % across
    groups = [issuers[:first]] if first else []
    groups += [issuers[at : at + across] for at in range(first, len(issuers), across)]
    for group in groups:
        named = [*([""] * (across - len(group))), *group]
        cells = (
            tag(
                "tc",
                tag("tcPr", tag("tcW", w=characters(one), type="dxa")),
                paragraph(
                    "Signature", run(name), jc=tag("jc", val="center"), keepNext=tag("keepNext")
                ),
            )
            for name in named
        )
        rows.append(tag("tr", tag("trPr", tag("cantSplit")), *cells))
    return tag(
        "tbl",
        tag(
            "tblPr",
            tag("tblW", w=characters(one) * across, type="dxa"),
            tag("tblInd", w=characters(left), type="dxa"),
            tag("tblLayout", type="fixed"),
            tag("tblCellMar", tag("left", w=0, type="dxa"), tag("right", w=0, type="dxa")),
        ),
        tag("tblGrid", *(tag("gridCol", w=characters(one)) for _ in range(across))),
        *rows,
    )


def note(text: str) -> str:
    """附注 in full-width brackets, below the date."""
    return paragraph("Note", run(f"（{text.strip('（）() ')}）")) if text else ""


def foot_block(copies_to: str, printed_by: str, printed_on: date | None) -> str:
    """抄送, 印发机关 and 印发日期 between lines, at the bottom of the page that it falls on (7.4).

    A table that floats at the foot of the type area, and the paragraph after it that carries it.
    Empty where there is nothing to say.
    """
    one = characters(1, SMALL)
    rows = []
    if copies_to:
        names = copies_to.rstrip("。. ") + "。"
        hang = tag("ind", left=characters(4, SMALL), right=one, hanging=characters(3, SMALL))
        rows.append(paragraph("FootBlock", run(f"抄送：{names}"), ind=hang))
    if printed_by or printed_on:
        when = f"{day(printed_on)}印发" if printed_on else ""
        rows.append(
            paragraph(
                "FootBlock",
                run(f"{printed_by}\t{when}"),
                tabs=tag("tabs", tag("tab", val="right", pos=twips(AREA[0]) - one)),
                ind=tag("ind", left=one),
            )
        )
    if not rows:
        return ""
    size = twips(AREA[0])
    thick, thin = eighths(measures.THICK), eighths(measures.THIN)

    def rule(side: str, thickness: int) -> str:
        return tag(side, val="single", sz=thickness, space=0, color="000000")

    place = tag(
        "tblpPr", leftFromText=0, rightFromText=0, vertAnchor="margin", horzAnchor="page",
        tblpX=twips(measures.LEFT), tblpYSpec="bottom",
    )  # fmt: skip
    borders = tag("tblBorders", rule("top", thick), rule("bottom", thick), rule("insideH", thin))
    table = tag(
        "tbl",
        tag(
            "tblPr",
            place,
            tag("tblOverlap", val="never"),
            tag("tblW", w=size, type="dxa"),
            borders,
            tag("tblLayout", type="fixed"),
            tag("tblCellMar", tag("left", w=0, type="dxa"), tag("right", w=0, type="dxa")),
        ),
        tag("tblGrid", tag("gridCol", w=size)),
        *(
            tag(
                "tr",
                tag("trPr", tag("cantSplit")),
                tag("tc", tag("tcPr", tag("tcW", w=size, type="dxa")), row),
            )
            for row in rows
        ),
    )
    return table + gap(TINY)
