"""HTML to text: blocks become lines, rows of tables lines with tabs; what is not shown is dropped.

The encoding is that of the byte order mark, or the declared one where the bytes agree with it, or
what the bytes are. Nothing is fetched and nothing is run.
"""

import codecs
import re
from typing import Any

from lxml import etree

from ..text import Unreadable, decode
from . import grid, refusals
from .document import Document

MOST_NODES = 1_000_000

_DECLARED = re.compile(rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_GB = frozenset(("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80", "hz-gb-2312", "cp936"))
_DROPPED = frozenset((
    "head", "script", "style", "noscript", "template", "nav", "iframe", "object", "embed",
    "svg", "math", "canvas", "audio", "video", "map", "select", "option", "button",
    "textarea", "input", "dialog", "frameset", "noframes", "datalist",
))  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd",
    "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main",
    "ol", "p", "pre", "section", "summary", "ul", "tr", "table", "tbody", "thead", "tfoot",
    "td", "th",
))  # fmt: skip
# What is not shown; Word's and LibreOffice's running heads, which a page of the web has only once.
_UNSEEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|mso-element\s*:\s*(?:header|footer))",
    re.I,
)
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0]+")


def document(data: bytes) -> Document:
    """The text of an HTML page. Raises `Unreadable`: encoding, binary, empty, damaged."""
    source = _decoded(data)
    # lxml takes text with a declaration of an encoding only as bytes.
    encoded = source.encode("utf-8", "replace")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(encoded, parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise refusals.too_heavy() from None
        raise refusals.no_text() from None
    if root is None:
        raise refusals.no_text()
    page = _Page()
    page.take(root)
    text = page.text()
    if not text.strip():
        raise refusals.no_text()
    return Document(text)


def _decoded(data: bytes) -> str:
    """The page's text; a declared GB encoding is read as GB18030, which contains the others."""
    marks = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    found = _DECLARED.search(data[:4096])
    if found and not data.startswith(marks) and b"\x00" not in data[:4096]:
        name = found[1].decode("ascii").lower()
        name = "gb18030" if name in _GB else name
        try:
            return _lines_ended(codecs.lookup(name).decode(data, "strict")[0])
        except (LookupError, ValueError, TypeError, AttributeError):
            pass  # declared wrongly: the bytes themselves decide
    try:
        return decode(data)
    except Unreadable as refusal:
        if refusal.code != "encoding":
            raise
        # One broken character, as old systems write, is not worth a page.
        for name in ("utf-8", "gb18030"):
            text = data.decode(name, "replace")
            if text.count("\ufffd") * 500 < len(text):
                return _lines_ended(text)
        raise


def _lines_ended(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Page:
    """Collects lines while walking the elements."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.words: list[str] = []
        self.kept = 0
        self.count = 0

    def text(self) -> str:
        self.end()
        return "\n".join(self.lines)

    def end(self) -> None:
        """A line ends here."""
        line = _SPACE.sub(" ", "".join(self.words)).strip(" ")
        self.words = []
        if line.strip("\u3000"):
            self.lines.append(line)

    def say(self, words: str | None) -> None:
        if not words:
            return
        if self.kept:
            for number, part in enumerate(words.split("\n")):
                if number:
                    self.end()
                self.words.append(part)
        else:
            self.words.append(_joined(words))

    def take(self, root: Any) -> None:
        """Everything below an element; without recursion, so that depth costs nothing."""
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            element, done = stack.pop()
            tag = element.tag if isinstance(element.tag, str) else ""
            if done:
                if tag in _BLOCKS:
                    self.end()
                if tag in ("pre", "xmp"):
                    self.kept -= 1
                self.say(element.tail if element is not root else None)
                continue
            self.count += 1
            if self.count > MOST_NODES:
                raise refusals.too_heavy()
            if not tag or tag in _DROPPED or hidden(element):
                self.say(element.tail if element is not root else None)
                continue
            if tag == "br":
                self.end()
                self.say(element.tail)
                continue
            if tag == "table" and element is not root:
                self.end()
                self.lines += _table(element, self)
                self.say(element.tail)
                continue
            if tag in _BLOCKS:
                self.end()
            if tag in ("pre", "xmp"):
                self.kept += 1
            self.say(element.text)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))


def _joined(words: str) -> str:
    """Line ends of the source between Chinese characters are no blanks."""
    return re.sub(
        r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \t]*[\r\n]+[ \t]*(?=[\u2e80-\u9fff\uff00-\uffef])",
        "",
        words,
    )


def hidden(element: Any) -> bool:
    """Whether a reader of the page would not see the element."""
    if element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true":
        return True
    if element.tag == "div" and element.get("title") in ("header", "footer"):
        return True
    return bool(_UNSEEN.search(element.get("style", "")))


def _table(table: Any, page: _Page) -> list[str]:
    """Rows of a table as lines; a table of one column, or one that lays out a page, as its text."""
    rows = [row for row in table.iter("tr") if _owner(row) is table]
    inner = table.find(".//table") is not None
    cells = [[c for c in row if c.tag in ("td", "th") and not hidden(c)] for row in rows]
    wide = max((len(row) for row in cells), default=0)
    if inner or wide < 2:
        return _apart(table, page)
    caption = [line for c in table.findall("caption") for line in _apart(c, page)]
    made: list[list[grid.Cell]] = []
    going: dict[int, tuple[str, int]] = {}  # cells that go on in the next row: words, rows left
    for row, held in zip(rows, cells, strict=True):
        if hidden(row):
            continue
        out: list[grid.Cell] = []
        later: dict[int, tuple[str, int]] = {}
        last = max(going, default=-1)
        at, waiting = 0, iter(held)
        while at < grid.WIDEST:
            if at in going:
                words, left = going[at]
                out.append(grid.Cell(words))
                if left > 1:
                    later[at] = (words, left - 1)
                at += 1
                continue
            cell = next(waiting, None)
            if cell is None:
                if at > last:
                    break
                out.append(grid.Cell(""))
                at += 1
                continue
            words = " ".join(_apart(cell, page)).replace("\t", " ")
            wide = _number(cell.get("colspan"))
            high = _number(cell.get("rowspan"))
            out.append(grid.Cell(words, wide))
            for column in range(wide if high > 1 else 0):
                later[at + column] = (words if not column else "", high - 1)
            at += wide
        going = later
        made.append(out)
    return [*caption, *grid.lines(made)]


def _number(value: str | None) -> int:
    found = (value or "").strip()
    return max(1, min(int(found), grid.WIDEST)) if found.isascii() and found.isdigit() else 1


def _owner(row: Any) -> Any:
    parent = row.getparent()
    while parent is not None and parent.tag != "table":
        parent = parent.getparent()
    return parent


def _apart(element: Any, page: _Page) -> list[str]:
    """The lines of an element, counted with its page."""
    own = _Page()
    own.count = page.count
    own.take(element)
    own.end()
    page.count = own.count
    return own.lines
