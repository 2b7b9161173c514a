"""OFD to text: the pages of GB/T 33190-2016, read from its XML.

OFD.xml names documents, a document its pages, a page its layers of objects. A text object has a
box on the page (mm, from the upper left corner) and codes with the place of their first letter and
the steps to the next ones; path objects are ruling lines. Templates of pages (letterheads, running
heads) are read only where the pages themselves say nothing.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from . import layout, refusals
from .document import Document
from .layout.model import Page, Rule, is_wide
from .layout.runs import Runs
from .packages import checked_xml, package, part

MOST_PAGES = 1_000
MOST_LETTERS = 3_000_000
_MM = 72 / 25.4
_A4 = (210.0, 297.0)
_BLANKS = "\u3000\u00a0 \t\r\n"


def document(data: bytes) -> Document:
    """The text of an .ofd. Raises `Unreadable`: damaged, encrypted, zip_bomb, scan, empty."""
    with package(data) as opened:
        names = set(opened.namelist())
        if any(name.lower().endswith(("encryptions.xml", "decryptseed.dat")) for name in names):
            raise refusals.password()
        if "OFD.xml" not in names:
            raise refusals.damaged("里面没有 OFD.xml", "there is no OFD.xml inside")
        sheets = [sheet for book in _books(opened, names) for sheet in book.sheets()]
    if not sheets:
        raise refusals.damaged("里面没有页", "it has no pages")
    letters = sum(sheet.letters for sheet in sheets)
    if letters > MOST_LETTERS:
        raise refusals.too_large()
    pictures = [n for n, sheet in enumerate(sheets, 1) if sheet.is_picture]
    if not letters or len(pictures) == len(sheets):
        raise refusals.only_pictures(len(sheets)) if pictures else refusals.no_text()
    text = layout.text([sheet.page for sheet in sheets])
    if not text.strip():
        raise refusals.no_text()
    return Document(text, (refusals.picture_pages(pictures),) if pictures else ())


class _Sheet:
    """A page with what was found on it."""

    def __init__(self, width: float, height: float) -> None:
        self.page = Page(width * _MM, height * _MM)
        self.letters = 0
        self.covered = 0.0

    @property
    def is_picture(self) -> bool:
        """Whether it is a scan: a picture, and hardly a letter."""
        return self.covered > 0.3 and self.letters <= 12


class _Book:
    """One document of the package."""

    def __init__(self, opened: zipfile.ZipFile, names: set[str], place: str) -> None:
        self.opened, self.names = opened, names
        self.folder = posixpath.dirname(place)
        self.root = _parsed(opened, names, place)
        common = _child(self.root, "CommonData")
        self.area = _area(_child(common, "PageArea")) or _A4
        self.templates = {
            str(item.get("ID")): str(item.get("BaseLoc", ""))
            for item in _children(common, "TemplatePage")
        }

    def sheets(self) -> list[_Sheet]:
        pages = list(_children(_child(self.root, "Pages"), "Page"))
        if len(pages) > MOST_PAGES:
            raise refusals.too_many_pages(len(pages), MOST_PAGES)
        found = [self._sheet(str(page.get("BaseLoc", "")), False) for page in pages]
        if not any(sheet.letters for sheet in found) and self.templates:
            found = [self._sheet(str(page.get("BaseLoc", "")), True) for page in pages]
        return found

    def _sheet(self, place: str, with_templates: bool) -> _Sheet:
        root = _parsed(self.opened, self.names, _joined(self.folder, place))
        sheet = _Sheet(*(_area(_child(root, "Area")) or self.area))
        letters = Runs()
        if with_templates:
            for used in _children(root, "Template"):
                there = self.templates.get(str(used.get("TemplateID")))
                if there:
                    held = _parsed(self.opened, self.names, _joined(self.folder, there))
                    _draw(_child(held, "Content"), sheet, letters)
        _draw(_child(root, "Content"), sheet, letters)
        sheet.page.runs = letters.found
        return sheet


def _books(opened: zipfile.ZipFile, names: set[str]) -> Iterator[_Book]:
    root = _parsed(opened, names, "OFD.xml")
    for body in _children(root, "DocBody"):
        place = _child(body, "DocRoot")
        if place is not None and place.text:
            yield _Book(opened, names, _joined("", place.text.strip()))


def _joined(folder: str, place: str) -> str:
    """A place in the package, from its root or from a folder; never outside of it."""
    whole = place[1:] if place.startswith("/") else posixpath.join(folder, place)
    return posixpath.normpath(whole.replace("\\", "/")).lstrip("/")


def _parsed(opened: zipfile.ZipFile, names: set[str], place: str) -> Any:
    if place not in names:
        raise refusals.damaged(f"缺少“{place[:80]}”", f'"{place[:80]}" is missing')
    data = checked_xml(part(opened, place), place)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise refusals.damaged(
            f"“{place}”第 {line} 行不是正确的 XML", f'"{place}" line {line} is not well-formed'
        ) from None


def _name(element: Any) -> str:
    """An element's name without its namespace; older files have another one."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Any, name: str) -> Iterator[Any]:
    if element is not None:
        yield from (child for child in element if _name(child) == name)


def _child(element: Any, name: str) -> Any:
    return next(_children(element, name), None)


def _figures(value: str | None) -> list[float]:
    """Numbers between blanks; what is no number ends them."""
    found: list[float] = []
    for word in (value or "").split():
        try:
            number = float(word)
        except ValueError:
            break
        if not -1e6 < number < 1e6:
            break
        found.append(number)
    return found


def _area(element: Any) -> tuple[float, float] | None:
    box = _child(element, "PhysicalBox")
    figures = _figures(box.text) if box is not None else []
    if len(figures) == 4 and 1 < figures[2] < 10_000 and 1 < figures[3] < 10_000:
        return figures[2], figures[3]
    return None


def _draw(content: Any, sheet: _Sheet, letters: Runs) -> None:
    """Take the objects of a page's layers, those in blocks too."""
    if content is None:
        return
    for element in content.iter():
        kind = _name(element)
        if element.get("Visible", "true") == "false":
            continue
        if kind == "TextObject":
            letters.end()
            sheet.letters += _text(element, letters)
        elif kind == "PathObject":
            sheet.page.rules += _rules(element)
        elif kind == "ImageObject":
            box = _figures(element.get("Boundary"))
            area = sheet.page.width * sheet.page.height / _MM / _MM
            if len(box) == 4:
                sheet.covered += box[2] * box[3] / area


def _moved(element: Any, x: float, y: float) -> tuple[float, float]:
    """A point of an object on its page, in mm: its matrix, then its box."""
    box = _figures(element.get("Boundary")) or [0.0, 0.0]
    matrix = _figures(element.get("CTM"))
    if len(matrix) == 6:
        a, b, c, d, e, f = matrix
        x, y = a * x + c * y + e, b * x + d * y + f
    return box[0] + x, (box[1] if len(box) > 1 else 0.0) + y


def _text(element: Any, letters: Runs) -> int:
    """Add a text object's letters; how many there were."""
    size = (_figures(element.get("Size")) or [0.0])[0]
    matrix = _figures(element.get("CTM"))
    if len(matrix) == 6 and (abs(matrix[1]) > 0.2 * abs(matrix[0]) or matrix[0] <= 0):
        return 0  # aslant or turned: a watermark, a note along the edge
    if not 0 < size < 500:
        return 0
    across = matrix[0] if len(matrix) == 6 else 1.0
    upward = abs(matrix[3]) if len(matrix) == 6 else 1.0
    stretch = (_figures(element.get("HScale")) or [1.0])[0]
    count = 0
    x = y = 0.0
    for code in _children(element, "TextCode"):
        words = code.text or ""
        x = (_figures(code.get("X")) or [x])[0]
        y = (_figures(code.get("Y")) or [y])[0]
        steps, down = _steps(code.get("DeltaX"), len(words)), _steps(code.get("DeltaY"), len(words))
        at, line = x, y
        for number, char in enumerate(words):
            width = size * stretch * (1.0 if is_wide(char) else 0.5)
            if not is_wide(char) and number < len(steps) and 0 < steps[number] < size:
                width = min(steps[number], size)
            if char in _BLANKS:
                letters.blank()
            else:
                left, base = _moved(element, at, line)
                letters.add(
                    char,
                    left * _MM,
                    (base - 0.88 * size * upward) * _MM,
                    (left + width * across) * _MM,
                    (base + 0.12 * size * upward) * _MM,
                )
                count += 1
            at += steps[number] if number < len(steps) else (width if not down else 0.0)
            line += down[number] if number < len(down) else 0.0
    return count


def _steps(value: str | None, most: int) -> list[float]:
    """Steps from letter to letter: figures, and `g n v` for n times v (GB/T 33190, 11.3)."""
    found: list[float] = []
    words = (value or "").split()
    at = 0
    while at < len(words) and len(found) < most:
        if words[at] == "g":
            pair = _figures(" ".join(words[at + 1 : at + 3]))
            if len(pair) < 2:
                break
            found += [pair[1]] * min(max(int(pair[0]), 0), most)
            at += 3
        else:
            number = _figures(words[at])
            if not number:
                break
            found += number
            at += 1
    return found[:most]


def _rules(element: Any) -> list[Rule]:
    """The level and upright lines of a path (M, L and C of its abbreviated data)."""
    data = _child(element, "AbbreviatedData")
    found: list[Rule] = []
    words = (data.text or "").split() if data is not None else []
    begin = last = (0.0, 0.0)
    at = 0
    while at < len(words) and len(found) < 2_000:
        order = words[at]
        point = _figures(" ".join(words[at + 1 : at + 3])) if order in "MSL" else []
        if order in ("M", "S", "L") and len(point) == 2:
            here = (point[0], point[1])
            if order == "L":
                found += _straight(element, last, here)
            else:
                begin = here
            last = here
            at += 3
        elif order == "C":
            found += _straight(element, last, begin)
            last = begin
            at += 1
        else:
            at += 1
    return found


def _straight(element: Any, one: tuple[float, float], two: tuple[float, float]) -> list[Rule]:
    x0, y0 = _moved(element, *one)
    x1, y1 = _moved(element, *two)
    wide, high = abs(x1 - x0), abs(y1 - y0)
    if min(wide, high) > 0.35 or max(wide, high) < 0.35:
        return []
    left, right, top, bottom = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    if wide >= high:
        return [(left * _MM, top * _MM, right * _MM, top * _MM)]
    return [(left * _MM, top * _MM, left * _MM, bottom * _MM)]
