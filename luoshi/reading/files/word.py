""".docx to text: paragraphs and rows of tables, in the order of the document.

WordprocessingML is ECMA-376 part 1, 17. Left out: headers, footers, footnotes, comments, deleted
and hidden words, numbers that Word gives by itself.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from . import grid, refusals
from .document import Document
from .packages import checked_xml, package, part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OFFICE = "/relationships/officeDocument"
_MAIN = "word/document.xml"


def document(data: bytes) -> Document:
    """The text of a .docx. Raises `Unreadable`."""
    with package(data) as opened:
        names = set(opened.namelist())
        kinds = part(opened, "[Content_Types].xml") if "[Content_Types].xml" in names else b""
        if b"macroEnabled" in kinds:
            raise refusals.macros()
        for name in names:
            if name.endswith((".xml", ".rels")):
                checked_xml(part(opened, name), name)
        main = _main(opened, names)
        if main not in names:
            raise refusals.damaged("里面没有正文", "there is no document inside")
        root = _parsed(part(opened, main), main)
    body = root.find(f"{_W}body")
    text = "\n".join(_lines(body)) if body is not None else ""
    if not text.strip():
        raise refusals.no_text()
    return Document(text.replace("\r\n", "\n").replace("\r", "\n"))


def _main(opened: zipfile.ZipFile, names: set[str]) -> str:
    """The part that holds the document: as the package says, or where it usually is."""
    if _MAIN in names or "_rels/.rels" not in names:
        return _MAIN
    for relation in _parsed(part(opened, "_rels/.rels"), "_rels/.rels"):
        if str(relation.get("Type", "")).endswith(_OFFICE):
            return posixpath.normpath(str(relation.get("Target", "")).lstrip("/"))
    return _MAIN


def _parsed(data: bytes, name: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise refusals.damaged(
            f"“{name}”第 {line} 行不是正确的 XML", f'"{name}" line {line} is not well-formed'
        ) from None


def _lines(parent: Any) -> Iterator[str]:
    for element in parent:
        if element.tag == f"{_W}p":
            yield _paragraph(element)
        elif element.tag == f"{_W}tbl":
            yield from grid.lines(_rows(element))
        elif element.tag == f"{_W}sdt":
            content = element.find(f"{_W}sdtContent")
            if content is not None:
                yield from _lines(content)
        elif element.tag in (f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
            yield from _lines(element)


def _rows(table: Any) -> list[list[grid.Cell]]:
    """Rows of cells; a cell that goes on from the row above carries the words of that one."""
    rows: list[list[grid.Cell]] = []
    above: dict[int, str] = {}
    for row in _within(table, f"{_W}tr"):
        cells: list[grid.Cell] = [grid.Cell("")] * _skipped(row, "gridBefore")
        at = len(cells)
        for cell in _within(row, f"{_W}tc"):
            words = _cell(cell)
            properties = cell.find(f"{_W}tcPr")
            span, goes_on = 1, False
            if properties is not None:
                span = _number(properties.find(f"{_W}gridSpan"), 1)
                merge = properties.find(f"{_W}vMerge")
                goes_on = merge is not None and merge.get(f"{_W}val", "continue") != "restart"
            words = above.get(at, "") if goes_on else words
            above[at] = words
            cells.append(grid.Cell(words, span))
            at += span
        if cells:
            rows.append(cells)
    return rows


def _within(parent: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those wrapped in content controls."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag == f"{_W}sdt":
            content = element.find(f"{_W}sdtContent")
            if content is not None:
                yield from _within(content, tag)
        elif element.tag in (f"{_W}ins", f"{_W}customXml"):
            yield from _within(element, tag)


def _skipped(row: Any, name: str) -> int:
    properties = row.find(f"{_W}trPr")
    return _number(properties.find(f"{_W}{name}"), 0) if properties is not None else 0


def _number(element: Any, default: int) -> int:
    value = element.get(f"{_W}val", "") if element is not None else ""
    return min(int(value), grid.WIDEST) if value.isascii() and value.isdigit() else default


def _cell(cell: Any) -> str:
    """A cell's words in one line; a table within it too."""
    found = (_paragraph(p).replace("\t", " ").replace("\n", " ") for p in cell.iter(f"{_W}p"))
    return " ".join(words for words in found if words)


def _paragraph(element: Any) -> str:
    out: list[str] = []
    for node in _visible(element):
        if node.tag == f"{_W}t":
            out.append(node.text or "")
        elif node.tag == f"{_W}tab" and node.getparent().tag == f"{_W}r":
            out.append("\t")
        elif node.tag in (f"{_W}br", f"{_W}cr") or (node.tag == f"{_W}p" and out):
            out.append("\n")  # a paragraph within: of a text box
        elif node.tag == f"{_W}noBreakHyphen":
            out.append("-")
    return "".join(out)


def _visible(element: Any) -> Iterator[Any]:
    """What stands in a paragraph, without hidden runs and second versions of drawings."""
    for node in element:
        if node.tag == _FALLBACK:
            continue
        if node.tag == f"{_W}r":
            hidden = node.find(f"{_W}rPr/{_W}vanish")
            if hidden is not None and hidden.get(f"{_W}val", "1") not in ("0", "false", "off"):
                continue
        yield node
        yield from _visible(node)
