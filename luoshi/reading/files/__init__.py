"""A file to its text: by what it is and by what it is called; hostile files are refused.

.txt and .md are decoded here. Every other format is parsed in a process of its own with limits on
time and memory (`apart`); .doc and .wps are first turned into .docx by LibreOffice, if it is there.
"""

import re
from pathlib import Path

from ..text import decode
from . import office, ole, refusals
from .apart import read_apart
from .document import Document, Notice

__all__ = [
    "LARGEST",
    "PLAIN",
    "SUFFIXES",
    "Document",
    "Notice",
    "document_at",
    "document_of",
    "read_file",
    "text_of",
]

LARGEST = 20 * 1024 * 1024
PLAIN = (".txt", ".md")
"""Endings of files whose text is the file, character for character."""
SUFFIXES = (".txt", ".md", ".docx", ".pdf", ".html", ".htm", ".ofd", ".doc", ".wps")

_HTML = (".html", ".htm")
_OLD = (".doc", ".wps")
_WORD = (".docx", *_OLD)
_ZIP = b"PK\x03\x04"
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype|html|head)\b", re.I
)
_AS_WORD = (
    f"请把正文另存为 {refusals.TAKEN_ZH}后再试。",
    f"Save its text as {refusals.TAKEN_EN} and try again.",
)
_COMPOUNDS = (
    ("workbook", "Excel 表格", "an Excel workbook"),
    ("book", "Excel 表格", "an Excel workbook"),
    ("powerpoint document", "演示文稿", "a presentation"),
)
_PACKAGES = (
    (b"xl/workbook.xml", "Excel 表格", "an Excel workbook"),
    (b"ppt/presentation.xml", "演示文稿", "a presentation"),
    (b"mimetypeapplication/vnd.oasis", "OpenDocument 文件", "an OpenDocument file"),
)
_OTHERS = (
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"II*\x00", "图片", "a picture"),
    (b"MM\x00*", "图片", "a picture"),
    (b"Rar!", "压缩包", "a packed archive"),
    (b"7z\xbc\xaf", "压缩包", "a packed archive"),
    (b"MIME-Version:", "网页存档（.mht）", "a web archive (.mht)"),
)


def read_file(path: Path) -> str:
    """The text of the document at `path`. Raises `Unreadable`, OSError."""
    return document_at(path).text


def document_at(path: Path) -> Document:
    """The text of the document at `path` with its notices. Raises `Unreadable`, OSError."""
    with open(path, "rb") as source:
        data = source.read(LARGEST + 1)
    return document_of(data, path.name)


def text_of(data: bytes, name: str) -> str:
    """The text of a document's bytes, as `document_of` gives it."""
    return document_of(data, name).text


def document_of(data: bytes, name: str) -> Document:
    """The text of a document's bytes, and notices on what it leaves out.

    The format is what the bytes are; `name` must end accordingly, but Word's endings stand for
    one another. Paragraphs become lines and rows of tables lines with cells joined by tabs, in the
    order of the document. Raises `Unreadable` with code empty, too_large, type, renamed, encrypted,
    macros, zip_bomb, damaged, binary, encoding, scan, garbled, needs_office, not_converted,
    too_slow, too_heavy or crash.
    """
    if len(data) > LARGEST:
        raise refusals.too_large()
    if not data:
        return Document(decode(data))
    suffix = Path(name).suffix.lower()
    if suffix in (".docm", ".dotm"):
        raise refusals.macros()
    if data.startswith(ole.SIGNATURE):
        return _compound(data, suffix)
    if data.startswith(_ZIP):
        return _packed(data, suffix)
    if data[:1024].lstrip().startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in data[:1024]):
        _expect(suffix, (".pdf",), "PDF 文件", "a PDF")
        return read_apart("pdf", data)
    if data.startswith(b"{\\rtf"):
        _expect(suffix, (*_OLD, ".docx"), "RTF 文档", "an RTF document")
        return _converted(data, ".rtf")
    if suffix in PLAIN:
        return Document(decode(data))
    _no_document(data)
    if suffix in _HTML or (suffix in _WORD and _MARKUP.match(data)):
        return read_apart("html", data)
    if suffix in SUFFIXES:
        raise refusals.damaged(f"里面不是 {suffix} 的内容", f"its content is not that of {suffix}")
    raise refusals.of_type(suffix)


def _compound(data: bytes, suffix: str) -> Document:
    """An OLE file: an old Word document, one behind a password, or something else."""
    held = ole.streams(data)
    if "encryptedpackage" in held or ole.is_locked(held.get("worddocument", b"")):
        raise refusals.password()
    if "worddocument" in held:
        _expect(suffix, _WORD, "旧版 Word 文档", "an old Word document", ".doc")
        if "macros" in held or "_vba_project" in held:
            raise refusals.macros()
        return _converted(data, ".doc")
    if "contents" in held and suffix == ".wps":
        return _converted(data, ".wps")
    for name, zh, en in _COMPOUNDS:
        if name in held:
            raise refusals.not_taken(zh, en, *_AS_WORD)
    if suffix in _OLD:
        raise refusals.not_converted()
    raise refusals.password_or_old()


def _packed(data: bytes, suffix: str) -> Document:
    """A zip package: .docx, .ofd, or something else. Names are looked for, not unpacked."""
    if b"OFD.xml" in data:
        _expect(suffix, (".ofd",), "OFD 文件", "an OFD file")
        return read_apart("ofd", data)
    if b"word/" in data:
        _expect(suffix, _WORD, "Word 文档", "a Word document", ".docx")
        return read_apart("docx", data)
    for name, zh, en in _PACKAGES:
        if name in data:
            raise refusals.not_taken(zh, en, *_AS_WORD)
    if suffix in _WORD:
        return read_apart("docx", data)
    if suffix == ".ofd":
        return read_apart("ofd", data)
    raise refusals.of_type(suffix)


def _converted(data: bytes, suffix: str) -> Document:
    """What LibreOffice makes of an older document."""
    return read_apart("docx", office.docx(data, suffix))


def _expect(suffix: str, right: tuple[str, ...], zh: str, en: str, should: str = "") -> None:
    """Refuse a file whose name says something else than its content is."""
    if suffix not in right:
        raise refusals.renamed(suffix, zh, en, should or right[0])


def _no_document(data: bytes) -> None:
    for begin, zh, en in _OTHERS:
        if data.startswith(begin):
            raise refusals.not_taken(zh, en, *_AS_WORD)
