"""WordprocessingML as text: tags, and the two kinds of properties in the order of the schema.

Word refuses a file whose elements stand in another order than ECMA-376 has them (part 1, annex
A.1); the functions here keep it, whatever the order of their arguments.
"""

import re
from xml.sax.saxutils import escape, quoteattr

SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""

PPR = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "pBdr",
    "tabs", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN",
    "adjustRightInd", "snapToGrid", "spacing", "ind", "jc", "textAlignment", "outlineLvl", "rPr",
    "sectPr",
)  # fmt: skip
RPR = (
    "rFonts", "b", "snapToGrid", "color", "spacing", "w", "kern", "sz", "szCs", "bdr", "lang",
)  # fmt: skip


def tag(name: str, /, *inner: str, **attributes: object) -> str:
    """An element of the namespace `w` with attributes of the same; None leaves one out."""
    given = "".join(
        f" w:{key}={quoteattr(str(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(inner)
    return f"<w:{name}{given}>{content}</w:{name}>" if content else f"<w:{name}{given}/>"


def document(root: str, *inner: str) -> str:
    """A part: declaration, and the root with every namespace in use."""
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
    return f"{HEAD}<w:{root}{spaces}>{''.join(inner)}</w:{root}>"


def legal(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold, escaped."""
    return escape(ILLEGAL.sub("", text))


def flag(on: bool) -> dict[str, object]:
    """The attribute of a switch: none means on."""
    return {} if on else {"val": "0"}


def _ordered(root: str, order: tuple[str, ...], given: dict[str, str]) -> str:
    unknown = given.keys() - set(order)
    if unknown:
        raise KeyError(f"{root}: {', '.join(sorted(unknown))}")
    return tag(root, *(given[name] for name in order if name in given)) if given else ""


def ppr(**given: str) -> str:
    """Properties of a paragraph: name → its whole element, in any order."""
    return _ordered("pPr", PPR, given)


def rpr(**given: str) -> str:
    """Properties of a run: name → its whole element, in any order."""
    return _ordered("rPr", RPR, given)


def face(name: str) -> str:
    """One typeface for Chinese and Western characters alike."""
    return tag("rFonts", ascii=name, eastAsia=name, hAnsi=name, cs=name)
