"""A file to its text: .txt, .md and .docx; hostile files are refused before they are parsed."""

import io
import zipfile
from pathlib import Path
from typing import IO
from xml.parsers import expat

from .text import Unreadable, decode

LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_RATIO = 150
MOST_MEMBERS = 5_000
SUFFIXES = (".txt", ".md", ".docx")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_file(path: Path) -> str:
    """The text of the document at `path`. Raises `Unreadable`, OSError."""
    with open(path, "rb") as source:
        data = source.read(LARGEST + 1)
    return text_of(data, path.name)


def text_of(data: bytes, name: str) -> str:
    """The text of a document's bytes; `name` gives the format by its ending.

    For .docx paragraphs become lines and table rows lines with cells joined by tabs, in document
    order. Raises `Unreadable` with code empty, too_large, type, encrypted, macros, zip_bomb,
    damaged, binary or encoding.
    """
    if len(data) > LARGEST:
        raise Unreadable(
            "too_large",
            "文件超过 20 MB。请拆分，或去掉图片后另存再试。",
            "The file is larger than 20 MB. Split it, or save it without pictures.",
        )
    if not data:
        return decode(data)
    suffix = Path(name).suffix.lower()
    if data.startswith(_OLE):
        raise Unreadable(
            "encrypted",
            "这是加了密码的文件或旧版 Word（.doc）文件。请去掉密码，另存为 .docx 后再试。",
            "This file has a password or is an old Word (.doc) file. "
            "Remove the password and save it as .docx.",
        )
    if suffix in (".docm", ".dotm"):
        raise _macros()
    if data.startswith(_ZIP):
        if suffix not in (".docx", ".docm"):
            raise _type(suffix)
        return _docx(data)
    if suffix == ".docx":
        raise _damaged("它不是 .docx 的压缩格式", "it is not in the packed format of .docx")
    if suffix not in SUFFIXES:
        raise _type(suffix)
    return decode(data)


def _docx(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_package(package, len(data))
            for member in package.namelist():
                if member.endswith((".xml", ".rels")):
                    with package.open(member) as source:
                        _check_xml(source, member)
    except zipfile.BadZipFile:
        raise _damaged("压缩包不完整", "the package is not complete") from None
    except (zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _damaged(f"压缩包打不开（{error}）", f"the package does not open ({error})") from None
    return _checked_lines(data)


def _check_package(package: zipfile.ZipFile, packed: int) -> None:
    members = package.infolist()
    names = {member.filename for member in members}
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise _macros()
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable(
            "encrypted",
            "文件加了密码。请去掉密码后再试。",
            "The file has a password. Remove it and try again.",
        )
    unpacked = sum(member.file_size for member in members)
    bulky = any(
        member.file_size > 1_000_000
        and member.file_size > LARGEST_RATIO * max(1, member.compress_size)
        for member in members
    )
    if len(members) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED or bulky:
        raise Unreadable(
            "zip_bomb",
            f"文件解开后有 {unpacked // 1048576} MB、{len(members)} 个部分，"
            f"与 {packed} 字节不相称，没有打开。请在 Word 或 WPS 中打开后另存再试。",
            f"Unpacked, the file has {unpacked // 1048576} MB in {len(members)} parts, out of "
            f"proportion to its {packed} bytes; it was not opened. Save it anew in Word or WPS.",
        )
    if "word/document.xml" not in names:
        raise _damaged("里面没有正文", "there is no document inside")
    kinds = package.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if b"macroEnabled" in kinds:
        raise _macros()


def _check_xml(source: IO[bytes], member: str) -> None:
    """Refuse entity declarations (entity bombs); real .docx parts have no document type."""

    def refuse(*_: object) -> None:
        raise Unreadable(
            "zip_bomb",
            f"“{member}”声明了 XML 实体，没有打开。请在 Word 或 WPS 中打开后另存再试。",
            f'"{member}" declares XML entities; it was not opened. Save it anew in Word or WPS.',
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.ParseFile(source)
    except expat.ExpatError as error:
        raise _damaged(
            f"“{member}”第 {error.lineno} 行不是正确的 XML",
            f'"{member}" line {error.lineno} is not well-formed',
        ) from None


def _checked_lines(data: bytes) -> str:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise _damaged(f"Word 部件不全（{error}）", f"a part is missing ({error})") from None
    lines: list[str] = []
    for element in document.element.body.iterchildren():
        if element.tag == f"{_W}p":
            lines.append(_paragraph(element))
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                cells = [
                    " ".join(filter(None, (_paragraph(p) for p in cell.iter(f"{_W}p"))))
                    for cell in row.iterchildren(f"{_W}tc")
                ]
                lines.append("\t".join(cells))
        elif element.tag == f"{_W}sdt":
            lines += [_paragraph(p) for p in element.iter(f"{_W}p")]
    text = "\n".join(lines)
    if not text.strip():
        raise Unreadable(
            "empty",
            "文档里没有文字（可能全是图片）。请提供文字版。",
            "The document holds no text (perhaps only pictures). Provide a version with text.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _paragraph(element: "object") -> str:
    out: list[str] = []
    for node in element.iter():  # type: ignore[attr-defined]  # lxml ships no types
        if node.tag == f"{_W}t":
            out.append(node.text or "")
        elif node.tag == f"{_W}tab" and node.getparent().tag == f"{_W}r":
            out.append("\t")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            out.append("\n")
    return "".join(out)


def _macros() -> Unreadable:
    return Unreadable(
        "macros",
        "文档里有宏，没有打开。请另存为不含宏的 .docx 后再试。",
        "The document holds macros; it was not opened. Save it as .docx without macros.",
    )


def _type(suffix: str) -> Unreadable:
    return Unreadable(
        "type",
        f"不能读取“{suffix or '没有扩展名'}”文件。请用 .txt、.md 或 .docx。",
        f'Files of type "{suffix or "none"}" cannot be read. Use .txt, .md or .docx.',
    )


def _damaged(zh: str, en: str) -> Unreadable:
    return Unreadable(
        "damaged",
        f"文件已损坏：{zh}。请在 Word 或 WPS 中打开后另存再试。",
        f"The file is damaged: {en}. Open it in Word or WPS and save it anew.",
    )
