"""The file: parts, relationships and the zip around them, the same bytes for the same input.

The format is Open Packaging (ECMA-376 part 2). Times of the entries and of the core properties
come from the day that the caller gives; nothing is read from the clock or the machine.
"""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from luoshi.lib.gongwen import fonts, paragraphs
from luoshi.lib.gongwen.xml import HEAD, document, legal, tag

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
EMU = 36_000
"""English metric units in a millimetre."""
MIME = f"{TYPES}.document"
"""What a web server calls the file."""


@dataclass(slots=True)
class Package:
    """A .docx in the making: its title, its author, its day, footers and pictures."""

    title: str
    author: str
    on: date
    _parts: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    _pictures: int = 0

    def footer(self, content: str) -> str:
        """Add a footer; returns the id by which a section refers to it."""
        number = sum(kind == "footer" for _, kind, _, _ in self._parts) + 1
        data = document("ftr", content).encode()
        return self._add(f"footer{number}.xml", "footer", f"{TYPES}.footer+xml", data)

    def picture(self, png: bytes, width: float, height: float, name: str) -> str:
        """Add a PNG; returns the run that shows it, `width` × `height` mm. `name` describes it."""
        self._pictures += 1
        code = self._add(f"media/image{self._pictures}.png", "image", "", png)
        size = f'cx="{round(width * EMU)}" cy="{round(height * EMU)}"'
        label = legal(name).replace('"', "&quot;")
        return tag(
            "r",
            tag(
                "drawing",
                f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
                f'<wp:docPr id="{self._pictures}" name="{label}" descr="{label}"/>'
                "<a:graphic><a:graphicData "
                'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
                f'<pic:nvPicPr><pic:cNvPr id="{self._pictures}" name="{label}"/><pic:cNvPicPr/>'
                f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{code}"/><a:stretch><a:fillRect/>'
                "</a:stretch></pic:blipFill><pic:spPr><a:xfrm>"
                f'<a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
                "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>",
            ),
        )

    def _add(self, name: str, kind: str, content_type: str, data: bytes) -> str:
        self._parts.append((name, kind, content_type, data))
        return f"rId{len(self._parts)}"

    def write(self, out: BinaryIO | str | Path, *body: str, odd_even: bool = False) -> None:
        """Write the file. `body` is the content of `w:body`, its last section included."""
        self._add("styles.xml", "styles", f"{TYPES}.styles+xml", paragraphs.styles().encode())
        self._add("settings.xml", "settings", f"{TYPES}.settings+xml", _settings(odd_even).encode())
        self._add(
            "fontTable.xml", "fontTable", f"{TYPES}.fontTable+xml", fonts.font_table().encode()
        )
        main = document("document", tag("body", *body)).encode()
        files = [
            ("[Content_Types].xml", self._types()),
            ("_rels/.rels", _relations(
                ("rId1", f"{OFFICE}/officeDocument", "word/document.xml"),
                ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            )),
            ("docProps/core.xml", self._core()),
            ("word/document.xml", main),
            ("word/_rels/document.xml.rels", _relations(*(
                (f"rId{number}", f"{OFFICE}/{kind}", name)
                for number, (name, kind, _, _) in enumerate(self._parts, 1)
            ))),
            *((f"word/{name}", data) for name, _, _, data in self._parts),
        ]  # fmt: skip
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, data in files:
                year = min(max(self.on.year, 1980), 2107)  # the years that the format knows
                entry = zipfile.ZipInfo(name, (year, self.on.month, self.on.day, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system, entry.external_attr = 0, 0
                archive.writestr(entry, data)
        if isinstance(out, str | Path):
            Path(out).write_bytes(made.getvalue())
        else:
            out.write(made.getvalue())

    def _types(self) -> bytes:
        known = {
            "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
            "/word/document.xml": f"{TYPES}.document.main+xml",
            **{f"/word/{name}": kind for name, _, kind, _ in self._parts if kind},
        }
        return (
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            + "".join(
                f'<Override PartName="{name}" ContentType="{kind}"/>'
                for name, kind in known.items()
            )
            + "</Types>"
        ).encode()

    def _core(self) -> bytes:
        day = f"{self.on.isoformat()}T00:00:00Z"
        terms = "http://purl.org/dc"
        return (
            f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
            f'xmlns:dc="{terms}/elements/1.1/" xmlns:dcterms="{terms}/terms/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<dc:title>{legal(self.title)}</dc:title><dc:creator>{legal(self.author)}</dc:creator>"
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created>'
            f'<dcterms:modified xsi:type="dcterms:W3CDTF">{day}</dcterms:modified>'
            "</cp:coreProperties>"
        ).encode()


def _relations(*rows: tuple[str, str, str]) -> bytes:
    return (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="{code}" Type="{kind}" Target="{target}"/>'
            for code, kind, target in rows
        )
        + "</Relationships>"
    ).encode()


def _settings(odd_even: bool) -> str:
    """Punctuation keeps its full width; the file is Word 2013's or later."""
    uri = "http://schemas.microsoft.com/office/word"
    return document(
        "settings",
        tag("zoom", percent=100),
        tag("defaultTabStop", val=420),
        tag("evenAndOddHeaders") if odd_even else "",
        tag("characterSpacingControl", val="doNotCompress"),
        tag(
            "compat",
            tag("compatSetting", name="compatibilityMode", uri=uri, val=15),
        ),
        tag("themeFontLang", val="en-US", eastAsia="zh-CN"),
    )
