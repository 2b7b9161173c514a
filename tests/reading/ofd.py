"""A small writer of OFD packages (GB/T 33190), drawn on like `bench.pdf.Pdf`."""

import io
import zipfile
from xml.sax.saxutils import escape

from bench.sheets import half, width

MM = 25.4 / 72
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


class Ofd:
    """Pages with text objects, paths and pictures; `data()` is the package."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = []
        self.template: list[str] = []

    def page(self, rotate: int = 0) -> None:
        self.pages.append([])

    def _object(self, x: float, y: float, words: str, size: float) -> str:
        steps = " ".join(f"{size * MM * (0.5 if half(c) else 1.0):.3f}" for c in words[:-1])
        if words and len(set(map(half, words))) == 1 and len(words) > 2:
            steps = f"g {len(words) - 1} {size * MM * (0.5 if half(words[0]) else 1):.3f}"
        box = f"{x * MM:.3f} {(y - size) * MM:.3f} {width(words, size) * MM:.3f} {size * MM:.3f}"
        return (
            f'<ofd:TextObject ID="1" Boundary="{box}" Font="2" Size="{size * MM:.3f}">'
            f'<ofd:TextCode X="0" Y="{size * MM:.3f}" DeltaX="{steps}">{escape(words)}'
            "</ofd:TextCode></ofd:TextObject>"
        )

    def text(self, x: float, y: float, words: str, size: float = 16.0, turn: int = 0) -> float:
        self.pages[-1].append(self._object(x, y, words, size))
        return x + width(words, size)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        wide, high = (x1 - x0) * MM, (y1 - y0) * MM
        self.pages[-1].append(
            f'<ofd:PathObject ID="3" Boundary="{x0 * MM:.3f} {y0 * MM:.3f} {wide:.3f} {high:.3f}">'
            f"<ofd:AbbreviatedData>M 0 0 L {wide:.3f} {high:.3f}</ofd:AbbreviatedData>"
            "</ofd:PathObject>"
        )

    def picture(self, x: float, y: float, wide: float, high: float) -> None:
        box = f"{x * MM:.2f} {y * MM:.2f} {wide * MM:.2f} {high * MM:.2f}"
        self.pages[-1].append(f'<ofd:ImageObject ID="4" Boundary="{box}" ResourceID="9"/>')

    def parts(self) -> dict[str, str]:
        """The parts of the package by name."""
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        kids = "".join(
            f'<ofd:Page ID="{n + 10}" BaseLoc="Pages/Page_{n}/Content.xml"/>'
            for n in range(len(self.pages))
        )
        made = {
            "OFD.xml": f'{head}<ofd:OFD {NS} DocType="OFD" Version="1.0"><ofd:DocBody>'
            "<ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"{head}<ofd:Document {NS}><ofd:CommonData><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
            '<ofd:TemplatePage ID="5" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
            f"<ofd:Pages>{kids}</ofd:Pages></ofd:Document>",
            "Doc_0/Tpls/Tpl_0/Content.xml": self._content(self.template, ""),
        }
        for number, objects in enumerate(self.pages):
            used = '<ofd:Template TemplateID="5" ZOrder="Background"/>'
            made[f"Doc_0/Pages/Page_{number}/Content.xml"] = self._content(objects, used)
        return made

    def _content(self, objects: list[str], used: str) -> str:
        return (
            f'<ofd:Page {NS}>{used}<ofd:Content><ofd:Layer ID="6" Type="Body">'
            f"{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>"
        )

    def data(self) -> bytes:
        return packed(self.parts())


def packed(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
