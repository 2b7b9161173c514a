"""A small writer of PDF 1.4 with text that can be read: for benches and tests, not for people.

Text is set in a font of square letters that is not embedded; a ToUnicode map says which characters
they are. Coordinates are points from the upper left corner. ISO 32000-1; encryption is its
standard handler, revision 2 (7.6.3).
"""

import hashlib
import re
import zlib
from collections.abc import Sequence

from bench.sheets import width

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


class Pdf:
    """Pages that are drawn on; `data()` is the file."""

    def __init__(self, size: tuple[float, float] = (595.0, 842.0)) -> None:
        self.size = size
        self.pages: list[list[str]] = []
        self.turned: list[int] = []
        self.used: set[str] = set()

    def page(self, rotate: int = 0) -> None:
        """Begin a page, shown turned clockwise by so many degrees."""
        self.pages.append([])
        self.turned.append(rotate)

    def text(self, x: float, y: float, words: str, size: float = 16.0, turn: int = 0) -> float:
        """Words that begin at x on the base line y, turned by quarters; returns where they end."""
        self.used |= set(words)
        a, b, c, d = ((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0))[turn % 4]
        codes = words.encode("utf-16-be").hex()
        self.pages[-1].append(
            f"BT /F {size:g} Tf {a} {b} {c} {d} {x:.2f} {self.size[1] - y:.2f} Tm <{codes}> Tj ET"
        )
        return x + width(words, size)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A line."""
        high = self.size[1]
        self.pages[-1].append(f"{x0:.2f} {high - y0:.2f} m {x1:.2f} {high - y1:.2f} l S")

    def picture(self, x: float, y: float, wide: float, high: float) -> None:
        """A grey picture with its upper left corner at x, y."""
        below = self.size[1] - y - high
        self.pages[-1].append(f"q {wide:g} 0 0 {high:g} {x:g} {below:g} cm /P Do Q")

    def data(self, user: str | None = None, owner: str = "") -> bytes:
        """The file; encrypted where `user` is given, readable without a password where it is ""."""
        held = [self._font(), self._cid(), self._map(), self._picture()]
        # 1 catalogue, 2 tree of pages, 3 to 6 the font, its letters, its map, the picture
        objects: list[tuple[bytes, bytes]] = [
            (b"<< /Type /Catalog /Pages 2 0 R >>", b""),
            (b"", b""),
            *held,
        ]
        kids = []
        for ops, turned in zip(self.pages, self.turned, strict=True):
            body = zlib.compress("\n".join(ops).encode())
            number = len(objects) + 1
            objects.append((b"<< /Filter /FlateDecode /Length %d >>" % len(body), body))
            kids.append(number + 1)
            page = (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {self.size[0]:g} {self.size[1]:g}] "
                f"/Rotate {turned} /Contents {number} 0 R "
                "/Resources << /Font << /F 3 0 R >> /XObject << /P 6 0 R >> >> >>"
            )
            objects.append((page.encode(), b""))
        objects[1] = (
            f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>"
            .encode(),
            b"",
        )  # fmt: skip
        return _file(objects, user, owner)

    def _font(self) -> tuple[bytes, bytes]:
        return (
            b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /Identity-H "
            b"/DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
            b"",
        )

    def _cid(self) -> tuple[bytes, bytes]:
        return (
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /DW 1000 /W [0 591 500] "
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            b"/FontDescriptor << /Type /FontDescriptor /FontName /SimSun /Flags 4 /Ascent 860 "
            b"/Descent -140 /CapHeight 700 /ItalicAngle 0 /StemV 80 /FontBBox [0 -140 1000 860] >> "
            b">>",
            b"",
        )

    def _map(self) -> tuple[bytes, bytes]:
        codes = sorted(char.encode("utf-16-be").hex() for char in self.used if char < "\U00010000")
        blocks = []
        for begin in range(0, len(codes), 100):
            part = codes[begin : begin + 100]
            lines = "\n".join(f"<{code}> <{code}>" for code in part)
            blocks.append(f"{len(part)} beginbfchar\n{lines}\nendbfchar")
        body = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def "
            "/CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            + "\n".join(blocks)
            + "\nendcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode()
        return b"<< /Length %d >>" % len(body), body

    def _picture(self) -> tuple[bytes, bytes]:
        return (
            b"<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray "
            b"/BitsPerComponent 8 /Length 4 >>",
            b"\x30\x90\x90\x30",
        )


def _file(objects: Sequence[tuple[bytes, bytes]], user: str | None, owner: str) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    name = hashlib.md5(b"".join(a + b for a, b in objects)).digest()
    key, lock = _lock(user, owner, name) if user is not None else (b"", b"")
    for number, (head, body) in enumerate(objects, 1):
        places.append(len(out))
        if key:
            body = _rc4(
                hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], body
            )
            head = re.sub(rb"\((\w+)\)", rb"()", head)
        out += b"%d 0 obj\n" % number + head
        if b"/Length" in head:
            out += b"\nstream\n" + body + b"\nendstream"
        out += b"\nendobj\n"
    begin = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /ID [<%b> <%b>]%b >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1, name.hex().encode(), name.hex().encode(), lock, begin,
    )  # fmt: skip
    return bytes(out)


def _lock(user: str, owner: str, name: bytes) -> tuple[bytes, bytes]:
    """The key and the trailer's entry of the standard security handler, 40 bits."""
    pads = [(word.encode() + _PAD)[:32] for word in (user, owner or user)]
    kept = _rc4(hashlib.md5(pads[1]).digest()[:5], pads[0])
    rights = (-64).to_bytes(4, "little", signed=True)
    key = hashlib.md5(pads[0] + kept + rights + name).digest()[:5]
    entry = b" /Encrypt << /Filter /Standard /V 1 /R 2 /O <%b> /U <%b> /P -64 >>" % (
        kept.hex().encode(), _rc4(key, _PAD).hex().encode(),
    )  # fmt: skip
    return key, entry


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
