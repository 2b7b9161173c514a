"""Papers in front of LibreOffice: converted in a profile of its own, then measured in the PDF."""

import ctypes
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pypdfium2 import raw

MM = 25.4 / 72


def convert(folder: Path, *papers: Path) -> list[Path]:
    """The papers as PDFs in `folder`, in one run; skips the test where LibreOffice is absent."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: libreoffice-writer-nogui)")
    subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/profile", "--headless",
         "--convert-to", "pdf", "--outdir", str(folder), *map(str, papers)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return [folder / f"{paper.stem}.pdf" for paper in papers]


@dataclass(frozen=True)
class Character:
    """A character: its place on the base line, and its ink, in mm from the sheet's left and top."""

    text: str
    x: float
    y: float
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Rule:
    """A drawn line: its middle, its ends, its thickness in mm; its colour."""

    left: float
    right: float
    y: float
    thickness: float
    red: bool


class Page:
    """What a page of a PDF shows, measured in mm from its left and top."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self.page = page
        self.width, self.height = (side * MM for side in page.get_size())

    @cached_property
    def characters(self) -> list[Character]:
        """Everything but spaces."""
        text = self.page.get_textpage()
        found = []
        for index in range(text.count_chars()):
            letter = chr(raw.FPDFText_GetUnicode(text, index))
            if not letter.strip():
                continue
            x, y = ctypes.c_double(), ctypes.c_double()
            raw.FPDFText_GetCharOrigin(text, index, x, y)
            left, bottom, right, top = text.get_charbox(index)
            found.append(
                Character(
                    letter,
                    x.value * MM,
                    self.height - y.value * MM,
                    left * MM,
                    right * MM,
                    self.height - top * MM,
                    self.height - bottom * MM,
                )
            )
        return found

    @cached_property
    def lines(self) -> list[list[Character]]:
        """Characters by base line, from the top; within a line from the left."""
        rows: dict[float, list[Character]] = {}
        for character in self.characters:
            near = next((y for y in rows if abs(y - character.y) < 0.3), character.y)
            rows.setdefault(near, []).append(character)
        return [sorted(rows[y], key=lambda c: c.x) for y in sorted(rows)]

    def line(self, words: str) -> list[Character]:
        """The first line that holds `words`."""
        for line in self.lines:
            if words in "".join(c.text for c in line):
                return line
        raise AssertionError(f"no line with {words}: {self.text}")

    @cached_property
    def text(self) -> str:
        """All lines, without spaces."""
        return "\n".join("".join(c.text for c in line) for line in self.lines)

    @cached_property
    def rules(self) -> list[Rule]:
        """Horizontal lines from the top."""
        found = set()
        for item in self.page.get_objects():
            if item.type != raw.FPDF_PAGEOBJ_PATH:
                continue
            left, bottom, right, top = item.get_bounds()
            width = ctypes.c_float()
            raw.FPDFPageObj_GetStrokeWidth(item.raw, width)
            if right - left < 10 * (top - bottom):
                continue
            colour = [ctypes.c_uint() for _ in range(4)]
            raw.FPDFPageObj_GetStrokeColor(item.raw, *colour)
            half = width.value
            found.add(
                Rule(
                    (left + half) * MM,
                    (right - half) * MM,
                    self.height - (top + bottom) / 2 * MM,
                    width.value * MM,
                    [c.value for c in colour[:3]] == [255, 0, 0],
                )
            )
        return sorted(found, key=lambda rule: rule.y)


def pages(pdf: Path) -> list[Page]:
    """The pages of a PDF."""
    return [Page(page) for page in pdfium.PdfDocument(pdf)]
