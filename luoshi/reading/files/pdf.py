"""PDF to text with PDFium: letters with their places, ruling lines, and which pages are pictures.

Runs in a process of its own (`child`): PDFium is native code. Nothing in a file is executed;
scripts, forms and attachments are not looked at. A password for changing a file does not stop
reading; one for opening does.
"""

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as raw

from . import boxes, layout, refusals
from .document import Document, Notice
from .layout.model import Page, Rule
from .layout.runs import Runs

MOST_PAGES = 1_000
MOST_LETTERS = 3_000_000
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 2_000
_THIN = 3.0
PICTURE = 0.3
"""How much of a page pictures cover that is a scan."""
_SCAN = 12
"""Letters that a page with a picture may have and still be a scan: a stamp, a page number."""


def document(data: bytes) -> Document:
    """The text of a PDF. Raises `Unreadable`: encrypted, damaged, scan, garbled, too_large."""
    if pypdfium2.PdfSysfontBase.SINGLETON is None:
        boxes.Boxes().setup()
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise refusals.password() from None
        if getattr(error, "err_code", None) == raw.FPDF_ERR_SECURITY:
            raise refusals.password() from None
        raise refusals.damaged("它不是完整的 PDF", "it is no complete PDF") from None
    with pdf:
        count = len(pdf)
        if count > MOST_PAGES:
            raise refusals.too_many_pages(count, MOST_PAGES)
        if not count:
            raise refusals.damaged("里面没有页", "it has no pages")
        sheets = [_sheet(pdf, number) for number in range(count)]
    letters = sum(sheet.letters for sheet in sheets)
    if letters > MOST_LETTERS:
        raise refusals.too_large()
    pictures = [n for n, sheet in enumerate(sheets, 1) if sheet.is_picture]
    if not letters or len(pictures) == count:
        raise refusals.only_pictures(count) if pictures else refusals.no_text()
    if sum(sheet.unknown for sheet in sheets) > 0.2 * letters:
        raise refusals.no_letters()
    # The text of a scan that has only a stamp stays: nobody can say that it is none.
    text = layout.text([page for sheet in sheets for page in sheet.pages])
    if not text.strip():
        raise refusals.no_text()
    return Document(text, _notices(pictures, [n for n, s in enumerate(sheets, 1) if s.broken]))


def _notices(pictures: list[int], broken: list[int]) -> tuple[Notice, ...]:
    said = [refusals.picture_pages(pictures)] if pictures else []
    if broken:
        said.append(refusals.broken_pages(broken))
    return tuple(said)


class _Sheet(NamedTuple):
    """A page: its upright layers, letters (and those without a meaning), pictures, damage."""

    pages: list[Page]
    letters: int = 0
    unknown: int = 0
    pictures: bool = False
    broken: bool = False

    @property
    def is_picture(self) -> bool:
        return self.pictures and self.letters <= _SCAN


def _sheet(pdf: Any, number: int) -> _Sheet:
    try:
        page = pdf[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return _Sheet([], broken=True)
    left, bottom, right, top = page.get_cropbox()
    width, height = right - left, top - bottom
    if not (1 < width < 20_000 and 1 < height < 20_000):
        return _Sheet([], broken=True)
    turned: dict[int, Runs] = defaultdict(Runs)
    count: dict[int, int] = defaultdict(int)
    unknown = 0
    for char, angle, x0, y0, x1, y1 in _letters(text):
        if char is None:
            for runs in turned.values():
                runs.blank()
            continue
        quarter = round(angle / (math.pi / 2))
        if abs(angle - quarter * math.pi / 2) > 0.12:
            continue  # aslant: a watermark
        quarter = -quarter % 4  # PDFium counts clockwise
        x0, y0, x1, y1 = x0 - left, y0 - bottom, x1 - left, y1 - bottom
        if x1 < 0 or y1 < 0 or x0 > width or y0 > height:
            continue  # cut off
        if "\ue000" <= char <= "\uf8ff" or char in "\ufffd\x00":
            unknown += 1
        count[quarter] += 1
        turned[quarter].add(char, *_upright(quarter, width, height, x0, y0, x1, y1))
    rules, pictures = _drawn(page, left, bottom)
    letters = sum(count.values())
    layers: list[Page] = []
    for quarter in sorted(count, key=lambda q: -count[q]):
        if layers and count[quarter] < max(10, 0.02 * letters):
            continue  # a note along the edge
        size = (width, height) if quarter % 2 == 0 else (height, width)
        made = Page(*size, turned[quarter].found)
        if not layers:
            made.rules = [_rule(_upright(quarter, width, height, *rule)) for rule in rules]
        layers.append(made)
    text.close()
    page.close()
    return _Sheet(layers, letters, unknown, pictures)


def _upright(
    quarter: int, width: float, height: float, x0: float, y0: float, x1: float, y1: float
) -> tuple[float, float, float, float]:
    """A box (from below) turned so that its letters stand: x0, top, x1, bottom (from above)."""
    if quarter == 0:
        return x0, height - y1, x1, height - y0
    if quarter == 1:
        return y0, x0, y1, x1
    if quarter == 2:
        return width - x1, y0, width - x0, y1
    return height - y1, width - x1, height - y0, width - x0


def _rule(box: tuple[float, float, float, float]) -> Rule:
    x0, y0, x1, y1 = box
    if x1 - x0 >= y1 - y0:
        return x0, (y0 + y1) / 2, x1, (y0 + y1) / 2
    return (x0 + x1) / 2, y0, (x0 + x1) / 2, y1


def _letters(
    text: Any,
) -> Iterator[tuple[str | None, float, float, float, float, float]]:
    """Characters with angle and box, as the file has them; None for a blank."""
    box = raw.FS_RECTF()
    place = ctypes.byref(box)
    handle = text.raw
    high = 0
    for index in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code in (32, 9, 0xA0, 0x3000) or 0x2000 <= code <= 0x200A:
            if raw.FPDFText_IsGenerated(handle, index) != 1:
                yield None, 0, 0, 0, 0, 0
            continue
        if code in (10, 13, 0xFEFF, 0x200B):
            continue
        if code == 2:
            code = 0x2D
        if 0xD800 <= code <= 0xDBFF:
            high = code
            continue
        if 0xDC00 <= code <= 0xDFFF:
            if not high:
                continue
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        if not raw.FPDFText_GetLooseCharBox(handle, index, place):
            continue
        char = chr(code) if 32 <= code <= 0x10FFFF else "\ufffd"
        yield (
            char, raw.FPDFText_GetCharAngle(handle, index),
            box.left, box.bottom, box.right, box.top,
        )  # fmt: skip


def _drawn(page: Any, left: float, bottom: float) -> tuple[list[tuple[float, ...]], bool]:
    """Boxes of ruling lines (from below), and whether pictures cover much of the page."""
    found: list[tuple[float, ...]] = []
    pictures = 0.0
    width, height = page.get_size()
    for seen, (what, kind, matrix) in enumerate(_objects(page)):
        if seen > _MOST_OBJECTS:
            break
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            box = _bounds(what, matrix)
            pictures += (box[2] - box[0]) * (box[3] - box[1]) if box else 0.0
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            for x0, y0, x1, y1 in _lines(what, matrix):
                found.append((x0 - left, y0 - bottom, x1 - left, y1 - bottom))
    return found, pictures > PICTURE * width * height


Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


def _objects(page: Any) -> Iterator[tuple[Any, int, Matrix]]:
    """Paths and pictures of a page, those in form objects too (three deep)."""
    stack: list[tuple[Any, Matrix, int]] = []
    for index in range(min(raw.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        stack.append((raw.FPDFPage_GetObject(page.raw, index), _SAME, 0))
    while stack:
        what, matrix, depth = stack.pop()
        kind = raw.FPDFPageObj_GetType(what)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < 3:
            inner = _times(_matrix(what), matrix)
            for index in range(min(raw.FPDFFormObj_CountObjects(what), _MOST_OBJECTS)):
                stack.append((raw.FPDFFormObj_GetObject(what, index), inner, depth + 1))
        elif kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            yield what, kind, matrix


def _matrix(what: Any) -> Matrix:
    held = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(what, ctypes.byref(held)):
        return _SAME
    return held.a, held.b, held.c, held.d, held.e, held.f


def _times(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = two
    return (
        a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
        e * p + f * r + t, e * q + f * s + u,
    )  # fmt: skip


def _bounds(what: Any, matrix: Matrix) -> tuple[float, float, float, float] | None:
    edges = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(what, *(ctypes.byref(edge) for edge in edges)):
        return None
    x0, y0, x1, y1 = (edge.value for edge in edges)
    return _box(matrix, ((x0, y0), (x1, y1)))


def _box(
    matrix: Matrix, points: tuple[tuple[float, float], ...]
) -> tuple[float, float, float, float]:
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x, y in points]
    ys = [b * x + d * y + f for x, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _lines(what: Any, matrix: Matrix) -> Iterator[tuple[float, float, float, float]]:
    """Boxes of the level and upright lines of a path; a thin filled box is one line."""
    whole = _bounds(what, matrix)
    if whole is None:
        return
    if min(whole[2] - whole[0], whole[3] - whole[1]) < _THIN:
        yield whole
        return
    fill, stroke = ctypes.c_int(), raw.FPDF_BOOL()
    raw.FPDFPath_GetDrawMode(what, ctypes.byref(fill), ctypes.byref(stroke))
    count = raw.FPDFPath_CountSegments(what)
    if not stroke.value and count <= 6:
        return  # a shade behind words
    own = _times(_matrix(what), matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    begin = last = (0.0, 0.0)
    for index in range(min(count, _MOST_SEGMENTS)):
        segment = raw.FPDFPath_GetPathSegment(what, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        here = (x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            begin = here
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield from _straight(own, last, here)
        last = here
        if raw.FPDFPathSegment_GetClose(segment):
            yield from _straight(own, here, begin)
            last = begin


def _straight(
    matrix: Matrix, one: tuple[float, float], two: tuple[float, float]
) -> Iterator[tuple[float, float, float, float]]:
    box = _box(matrix, (one, two))
    if min(box[2] - box[0], box[3] - box[1]) < 1.0 < max(box[2] - box[0], box[3] - box[1]):
        yield box
