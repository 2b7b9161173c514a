"""Paragraphs and runs of an official paper, and the styles that they stand in.

Every paragraph has a line of exact height, so that the lines of a page depend on no font; Chinese
and Western characters stand side by side without extra space, and no punctuation is squeezed or
hung into the margin, so that 28 characters fill a line.
"""

from luoshi.lib.gongwen import fonts, measures
from luoshi.lib.gongwen.fonts import Font
from luoshi.lib.gongwen.measures import BODY, LINE, SMALL, TITLE, characters, pt
from luoshi.lib.gongwen.xml import document, face, flag, legal, ppr, rpr, tag

HINT = tag("rFonts", hint="eastAsia")
"""Quotation marks, dashes and dots are Chinese and full-width here."""


def words(text: str) -> str:
    """The content of a run: line ends and tabs as Word has them."""
    found = []
    for number, line in enumerate(text.split("\n")):
        if number:
            found.append(tag("br"))
        for place, piece in enumerate(line.split("\t")):
            if place:
                found.append(tag("tab"))
            if piece:
                found.append(f'<w:t xml:space="preserve">{legal(piece)}</w:t>')
    return "".join(found)


def run(
    text: str,
    font: Font | None = None,
    *,
    size: float | None = None,
    color: str = "",
    scale: int = 100,
    boxed: bool = False,
) -> str:
    """A run. Without `font` and `size`, those of the paragraph's style; `boxed` in dashes."""
    if not text:
        return ""
    given = {"rFonts": HINT}
    if font:
        given["rFonts"] = tag(
            "rFonts", hint="eastAsia", ascii=font.name, eastAsia=font.name, hAnsi=font.name,
            cs=font.name,
        )  # fmt: skip
    if color:
        given["color"] = tag("color", val=color)
    if scale != 100:
        given["w"] = tag("w", val=scale)
    if size:
        given["sz"], given["szCs"] = _size(size)
    if boxed:
        given["bdr"] = tag("bdr", val="dashed", sz=4, space=1, color="444444")
    return tag("r", rpr(**given), words(text))


def _size(size: float) -> tuple[str, str]:
    half = round(size * 2)
    return tag("sz", val=half), tag("szCs", val=half)


def spacing(line: float, before: float = 0, after: float = 0) -> str:
    """A line of exact height, all in points."""
    return tag("spacing", before=pt(before), after=pt(after), line=pt(line), lineRule="exact")


def indent(
    left: float = 0, right: float = 0, first: float = 0, hanging: float = 0, size: float = 0
) -> str:
    """Indents in characters: of the grid, or of `size` points."""
    unit = size or measures.CHARACTER
    given = {"left": left, "right": right, "firstLine": first, "hanging": hanging}
    return tag("ind", **{k: characters(v, unit) for k, v in given.items() if v or k in ("left",)})


def paragraph(style: str, *runs: str, **given: str) -> str:
    """A paragraph in a style, with what differs from it (see `xml.ppr`)."""
    return tag("p", ppr(pStyle=tag("pStyle", val=style), **given), *runs)


def empty(count: int = 1, *, keep: bool = False) -> str:
    """Empty lines of the grid; `keep` holds them to what follows."""
    more = {"keepNext": tag("keepNext")} if keep else {}
    return paragraph("Normal", **more) * count


def gap(height: float, **given: str) -> str:
    """Empty room of an exact height in points."""
    return paragraph("Normal", spacing=spacing(height), **given)


def off(name: str) -> str:
    """A switch that is off."""
    return tag(name, **flag(False))


TINY = 0.7
"""The least height of a line that Word takes, in points: for a paragraph that only carries."""


def _style(
    code: str, name: str, paragraph: str, run_: str = "", *, based: str = "Normal", own: bool = True
) -> str:
    return tag(
        "style",
        tag("name", val=name),
        tag("basedOn", val=based) if based else "",
        tag("qFormat"),
        paragraph,
        run_,
        type="paragraph",
        customStyle="1" if own else None,
        default=None if based else "1",
        styleId=code,
    )


def _font(font: Font, size: float = BODY, color: str = "", *, tight: bool = False) -> str:
    """A style's letters; `tight` ones have the pitch of body text."""
    half, complex_ = _size(size)
    more = {"color": tag("color", val=color)} if color else {}
    if not tight:
        more["spacing"] = tag("spacing", val=0)
    return rpr(rFonts=face(font.name), sz=half, szCs=complex_, **more)


def styles() -> str:
    """The part `word/styles.xml`: defaults without any theme, and the styles of the elements."""
    half, complex_ = _size(BODY)
    defaults = tag(
        "docDefaults",
        tag(
            "rPrDefault",
            rpr(
                rFonts=face(fonts.FANGSONG.name),
                kern=tag("kern", val=0),
                sz=half,
                szCs=complex_,
                lang=tag("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"),
            ),
        ),
        tag("pPrDefault"),
    )
    normal = ppr(
        widowControl=off("widowControl"),
        kinsoku=tag("kinsoku"),
        wordWrap=tag("wordWrap"),
        overflowPunct=off("overflowPunct"),
        topLinePunct=off("topLinePunct"),
        autoSpaceDE=off("autoSpaceDE"),
        autoSpaceDN=off("autoSpaceDN"),
        adjustRightInd=off("adjustRightInd"),
        snapToGrid=off("snapToGrid"),
        spacing=spacing(LINE),
        jc=tag("jc", val="both"),
    )
    first = indent(first=2)
    letters = rpr(
        snapToGrid=off("snapToGrid"),
        spacing=tag("spacing", val=measures.TIGHTER),
        sz=half,
        szCs=complex_,
    )
    centre, left = tag("jc", val="center"), tag("jc", val="left")
    found = [
        _style("Normal", "Normal", normal, letters, based="", own=False),
        _style("BodyText", "Body Text", ppr(ind=first), own=False),
    ]
    for level, font in enumerate((fonts.HEI, fonts.KAI, fonts.FANGSONG, fonts.FANGSONG)):
        outline = tag("outlineLvl", val=level)
        found.append(
            _style(
                f"Heading{level + 1}", f"heading {level + 1}",
                ppr(ind=first, outlineLvl=outline), _font(font, tight=True), own=False,
            )
        )  # fmt: skip
    found += [
        _style("Title", "Title", ppr(jc=centre, keepNext=tag("keepNext")),
               _font(fonts.TITLE, TITLE), own=False),
        _style("IssuerMark", "发文机关标志", ppr(jc=centre),
               _font(fonts.TITLE, color=measures.RED)),
        _style("PaperNumber", "发文字号", ppr(jc=centre), rpr(spacing=tag("spacing", val=0))),
        _style("Recipients", "主送机关", ppr(jc=left)),
        _style("AttachmentNote", "附件说明", ppr(jc=left)),
        _style("Signature", "发文机关署名", ppr(jc=tag("jc", val="right"))),
        _style("Note", "附注", ppr(ind=first)),
        _style("FootBlock", "版记", ppr(jc=left, spacing=spacing(24)),
               _font(fonts.FANGSONG, SMALL)),
        _style("AnnexMark", "附件标识", ppr(jc=left), _font(fonts.HEI, tight=True)),
        _style("TableText", "表内文字", ppr(jc=left), rpr(spacing=tag("spacing", val=0))),
        _style("Footer", "footer",
               ppr(spacing=spacing(measures.NUMBER_LINE, before=measures.NUMBER_ABOVE), jc=left),
               _font(fonts.SONG, SMALL), own=False),
    ]  # fmt: skip
    return document("styles", defaults, *found)
