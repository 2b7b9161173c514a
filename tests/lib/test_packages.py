"""Opening office packages: one door for documents and workbooks."""

import io

import docx
import pytest

from luoshi.lib import packages
from luoshi.lib.unreadable import Unreadable
from tests.papers import books


def paper() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("各党支部每季度上一次警示教育课。")
    document.save(out)
    return out.getvalue()


def words(package: packages.Package) -> str:
    found: list[str] = []
    package.parse(package.main, lambda tag, attributes: None, text=found.append)
    return "".join(found)


def test_a_document_and_a_workbook_go_through_the_same_door() -> None:
    package = packages.open_package(paper(), "要点.docx", packages.DOCUMENT)
    assert package.main == "word/document.xml"
    assert "警示教育课" in words(package)
    assert ("styles", "word/styles.xml") in package.relations(package.main).values()
    with pytest.raises(Unreadable) as caught:
        packages.open_package(books.book({"单位": [["甲"]]}), "要点.docx", packages.DOCUMENT)
    assert caught.value.code == "renamed"
    assert ".docx" in caught.value.message_zh
    assert "Word" in caught.value.message_en


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04...", "zip"), (books.protected(), "password"),
        (books.OLE + bytes(600), "ole"), (b"%PDF-1.7", "other"), (b"", "other"),
    ],
)  # fmt: skip
def test_the_first_bytes_tell(data: bytes, kind: str) -> None:
    assert packages.what(data) == kind


def test_links_to_the_outside_are_left_alone() -> None:
    rels = "xl/_rels/workbook.xml.rels"
    outside = (
        b'<Relationship Id="rIdX" Type="x/externalLink" Target="file:///etc/hosts" '
        b'TargetMode="External"/></Relationships>'
    )
    data = books.replaced(books.book({"单位": [["甲"]]}), b"</Relationships>", outside, rels)
    package = packages.open_package(data, "x", packages.WORKBOOK)
    assert "rIdX" not in package.relations(package.main)
    climbing = books.replaced(
        data, b'Target="worksheets/sheet1.xml"', b'Target="../../../sheet1.xml"', rels
    )
    package = packages.open_package(climbing, "x", packages.WORKBOOK)
    assert ("worksheet", "sheet1.xml") in package.relations(package.main).values()
    with pytest.raises(Unreadable):
        package.read("sheet1.xml")
