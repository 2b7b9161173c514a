"""A font of boxes, for PDFs that do not carry their own: letters get places, whatever is installed.

PDFium leaves out words whose letters have no shape. A server has no Chinese fonts as a rule, and
Chinese papers often name theirs (仿宋) without carrying it. Widths come from the PDF; the font only
has to show something for every character. OpenType 1.9; the map of characters is format 13.
"""

import ctypes
import struct
from typing import Any

from pypdfium2 import PdfSysfontBase

_LAST = 0x10FFFF


def font() -> bytes:
    """A TrueType font in which every character is the same box of a thousand units."""
    outline = struct.pack(">hhhhh", 1, 0, -120, 1000, 880) + struct.pack(">HH", 3, 0)
    outline += bytes([1] * 4) + struct.pack(">4h4h", 0, 0, 1000, 0, -120, 1000, 0, -1000)
    outline += b"\0" * (-len(outline) % 4)
    group = struct.pack(">HHIII", 13, 0, 28, 0, 1) + struct.pack(">III", 32, _LAST, 1)
    tables = {
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + group,
        b"glyf": outline * 2,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0,
            0, -120, 1000, 880, 0, 8, 2, 1, 0,
        ),
        b"hhea": struct.pack(">IhhhHhhhhhh5hH", 0x10000, 880, -120, 0, 1000, 0, 0, 1000, 1, 0, 0,
                             0, 0, 0, 0, 0, 1),
        b"hmtx": struct.pack(">Hhh", 1000, 0, 0),
        b"loca": struct.pack(">III", 0, len(outline), 2 * len(outline)),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
    }  # fmt: skip
    at = 12 + 16 * len(tables)
    head = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64)
    body = b""
    for name, table in sorted(tables.items()):
        head += name + struct.pack(">III", 0, at + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return head + body


class Boxes(PdfSysfontBase):  # type: ignore[misc]  # pypdfium2 ships no types
    """Answers PDFium's every question for a font of the system with the font of boxes."""

    def __init__(self) -> None:
        super().__init__()
        self._font = font()

    def MapFont(self, *_: Any) -> int:  # noqa: N802  # the names are PDFium's
        """The handle of the font."""
        return 1

    def GetFont(self, *_: Any) -> int:  # noqa: N802
        """The handle of the font."""
        return 1

    def GetFontData(self, _: Any, _font: Any, table: int, buffer: Any, size: int) -> int:  # noqa: N802
        """The whole font (table 0); it has no table that is asked for alone."""
        if table:
            return 0
        if buffer and size >= len(self._font):
            ctypes.memmove(buffer, self._font, len(self._font))
        return len(self._font)

    def GetFaceName(self, _: Any, _font: Any, buffer: Any, size: int) -> int:  # noqa: N802
        """The name of the font."""
        name = b"Boxes\0"
        if buffer and size >= len(name):
            ctypes.memmove(buffer, name, len(name))
        return len(name)

    def GetFontCharset(self, *_: Any) -> int:  # noqa: N802
        """The character set: GB2312."""
        return 134

    def DeleteFont(self, *_: Any) -> None:  # noqa: N802
        """Nothing is kept for a handle."""
