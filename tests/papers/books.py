"""Workbooks for tests: good ones by XlsxWriter, bad ones by changing their parts."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from xlsxwriter.workbook import Workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"


def make(fill: Callable[[Workbook], None]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2026, 1, 5)})  # noqa: DTZ001  # the format has no zone
    fill(book)
    book.close()
    return out.getvalue()


def book(sheets: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    """Each sheet from its rows; None stays empty."""

    def fill(made: Workbook) -> None:
        day = made.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if hasattr(value, "isoformat"):
                        sheet.write_datetime(r, c, value, day)
                    elif value is not None:
                        sheet.write(r, c, value)

    return make(fill)


def edited(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The same package with each part as `change` gives it back (None: left out)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def replaced(data: bytes, old: bytes, new: bytes, part: str = SHEET) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        if name != part:
            return content
        assert old in content, content
        return content.replace(old, new, 1)

    return edited(data, change)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return out.getvalue()


def protected() -> bytes:
    """What Excel writes with a password: a compound file with the stream EncryptedPackage."""
    names = "Root Entry EncryptionInfo EncryptedPackage".encode("utf-16-le")
    return OLE + bytes(504) + names + bytes(1024)
