"""Pages: upright and on their side, the character grid, and the page numbers outside of it."""

from dataclasses import dataclass, field
from typing import Literal

from luoshi.lib.gongwen import measures
from luoshi.lib.gongwen.measures import SMALL, characters, pt, twips
from luoshi.lib.gongwen.package import Package
from luoshi.lib.gongwen.paragraphs import TINY, gap, paragraph, run, spacing
from luoshi.lib.gongwen.xml import rpr, tag

Start = Literal["nextPage", "evenPage"]
Margins = tuple[float, float, float, float]
"""Top, right, bottom, left in mm."""

UPRIGHT: Margins = (measures.TOP, measures.RIGHT, measures.BOTTOM, measures.LEFT)
LYING: Margins = (measures.LEFT, measures.TOP, measures.RIGHT, measures.BOTTOM)
"""The upright page turned: its left edge is at the top, its head at the right."""


def page_field(name: str = "PAGE", *, size: float = 0) -> str:
    """A number that the program counts: PAGE or NUMPAGES; `size` where it is not the style's."""
    half = round(size * 2)
    set_ = rpr(sz=tag("sz", val=half), szCs=tag("szCs", val=half)) if size else ""
    return "".join(
        tag("r", set_, inner)
        for inner in (
            tag("fldChar", fldCharType="begin"),
            f'<w:instrText xml:space="preserve"> {name} </w:instrText>',
            tag("fldChar", fldCharType="separate"),
            "<w:t>1</w:t>",
            tag("fldChar", fldCharType="end"),
        )
    )


def page_number(*, odd: bool, **given: str) -> str:
    """“— 1 —”, one character in from the right on odd pages, from the left on even ones."""
    free = characters(1, SMALL)
    return paragraph(
        "Footer",
        run("— "),
        page_field(),
        run(" —"),
        ind=tag("ind", right=free) if odd else tag("ind", left=free),
        jc=tag("jc", val="right" if odd else "left"),
        **given,
    )


def turned_number(*, odd: bool) -> str:
    """The page number of a page on its side: where it is on the upright sheet, turned with it.

    A table of one cell stands at the sheet's foot, which is the left of the turned page; its text
    runs downward, so that the odd number, right on the sheet, comes low.
    """
    size = twips(measures.AREA[0])
    return tag(
        "tbl",
        tag(
            "tblPr",
            tag(
                "tblpPr",
                leftFromText=0,
                rightFromText=0,
                vertAnchor="page",
                horzAnchor="page",
                tblpX=twips(measures.NUMBER_FOOT),
                tblpY=twips(measures.LEFT),
            ),
            tag("tblW", w=pt(measures.NUMBER_LINE), type="dxa"),
            tag("tblLayout", type="fixed"),
            tag("tblCellMar", tag("left", w=0, type="dxa"), tag("right", w=0, type="dxa")),
        ),
        tag("tblGrid", tag("gridCol", w=pt(measures.NUMBER_LINE))),
        tag(
            "tr",
            tag("trPr", tag("trHeight", val=size, hRule="exact")),
            tag(
                "tc",
                tag(
                    "tcPr",
                    tag("tcW", w=pt(measures.NUMBER_LINE), type="dxa"),
                    tag("textDirection", val="tbRl"),
                ),
                page_number(odd=odd, spacing=spacing(measures.NUMBER_LINE)),
            ),
        ),
    ) + gap(TINY)


@dataclass(slots=True)
class Pages:
    """The sections of one file; footers are made once and shared."""

    package: Package
    _footers: dict[tuple[bool, bool], str] = field(default_factory=dict)

    def section(self, *, lying: bool = False, start: Start = "nextPage") -> str:
        """The properties of a section that follows the standard."""
        return section(
            LYING if lying else UPRIGHT,
            lying=lying,
            start=start,
            footers={
                "default": self._footer(lying=lying, odd=True),
                "even": self._footer(lying=lying, odd=False),
            },
            foot=measures.NUMBER_FOOT,
            grid=not lying,
        )

    def _footer(self, *, lying: bool, odd: bool) -> str:
        known = self._footers.get((lying, odd))
        if known is None:
            content = turned_number(odd=odd) if lying else page_number(odd=odd)
            known = self._footers[lying, odd] = self.package.footer(content)
        return known


def section(
    margins: Margins,
    *,
    lying: bool = False,
    start: Start = "nextPage",
    footers: dict[str, str],
    foot: float,
    grid: bool = False,
) -> str:
    """A section: A4, `margins`, the foot's distance from the sheet's edge in mm, its footers.

    With `grid`, 22 lines × 28 characters.
    """
    top, right, bottom, left = margins
    width, height = (pt(595.3), pt(841.9))
    return tag(
        "sectPr",
        *(
            f'<w:footerReference w:type="{kind}" r:id="{code}"/>' for kind, code in footers.items()
        ),
        tag("type", val=start),
        tag("pgSz", w=height, h=width, orient="landscape")
        if lying
        else tag("pgSz", w=width, h=height),
        tag(
            "pgMar",
            top=twips(top), right=twips(right), bottom=twips(bottom), left=twips(left),
            header=twips(15), footer=twips(foot), gutter=0,
        ),
        tag("cols", space=720),
        tag(
            "docGrid",
            type="linesAndChars",
            linePitch=measures.LINE_TWIPS,
            charSpace=measures.CHARACTER_SPACE,
        )
        if grid
        else tag("docGrid", linePitch=312),
    )  # fmt: skip


def closing(section_: str) -> str:
    """The paragraph that ends a section: next to no height, so that a full page stays one."""
    return gap(TINY, sectPr=section_)
