"""Office packages (zip with XML parts): what a file is, and opening it without being harmed.

Sources: ECMA-376 part 2 (packages), [MS-CFB] (the older container, also that of a package with a
password), APPNOTE.TXT 4.4.4 (flag bit 0: encrypted member). Serves every format of the family:
the caller says by `Form` which one it wants.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from xml.parsers import expat

from luoshi.lib.unreadable import Unreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACROS = ("vbaproject.bin", "vbadata.xml")
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MB = 1024 * 1024
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,
    OSError,
)
"""What Python's zip reader makes of a damaged package: false places, lengths, names, checksums, an
unknown way of packing (NotImplementedError is a RuntimeError), a password."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is opened: bytes as sent and unpacked, their ratio in a part, parts, nodes.

    The ratio counts for parts over 1 MB only; `nodes` counts the elements of all parts read.
    """

    packed: int = 20 * MB
    unpacked: int = 200 * MB
    ratio: int = 150
    members: int = 5_000
    nodes: int = 12_000_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Form:
    """A format: its ending, the program that writes it, its main part and that part's element.

    `main` is taken where the package does not name one itself.
    """

    suffix: str
    program: str
    main: str
    root: str


WORKBOOK = Form(".xlsx", "Excel", "xl/workbook.xml", "workbook")
DOCUMENT = Form(".docx", "Word", "word/document.xml", "document")


def what(data: bytes) -> str:
    """`zip`, `password` (a package behind a password), `ole` (an older format), or `other`."""
    if data.startswith(OLE):
        return "password" if _ENCRYPTED in data else "ole"
    return "zip" if data.startswith(ZIP) else "other"


class _Enough(Exception):
    """The first element is known; the rest of the part is not looked at."""


class Package:
    """An opened package; every part is read within the limits. Made by `open_package`."""

    def __init__(self, file: zipfile.ZipFile, form: Form, limits: Limits) -> None:
        self._file = file
        self._form = form
        self._left = limits.nodes
        self.names = frozenset(file.namelist())
        self.main = self._main()

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises `Unreadable` where it is missing or broken."""
        try:
            return self._file.read(name)
        except KeyError:
            raise damaged(
                self._form, f"缺少部件“{name}”", f'the part "{name}" is missing'
            ) from None
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, zlib.error) as error:
            raise damaged(self._form, f"“{name}”读不出来", f'"{name}" does not unpack') from error

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Run through the XML of a part: names without prefix. Entities are refused.

        Raises `Unreadable` for XML that is not well-formed, for a document type, for more nodes
        than the limits allow.
        """
        local: dict[str, str] = {}
        parser = expat.ParserCreate()
        parser.buffer_text = True
        left = self._left

        def plain(tag: str) -> str:
            if tag not in local:
                local[tag] = tag.rpartition(":")[2]
            return local[tag]

        def starts(tag: str, attributes: dict[str, str]) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise bulky(self._form, f"“{name}”里的内容太多", f'"{name}" holds too much')
            start(plain(tag), attributes)

        def refuse(*_: object) -> None:
            raise Unreadable(
                "zip_bomb",
                f"“{name}”声明了 XML 实体，没有打开。请在 {self._form.program} 或 WPS 中打开后"
                "另存再试。",
                f'"{name}" declares XML entities; it was not opened. '
                f"Save it anew in {self._form.program} or WPS.",
            )

        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        parser.StartElementHandler = starts
        if end is not None:
            ends = end
            parser.EndElementHandler = lambda tag: ends(plain(tag))
        if text is not None:
            parser.CharacterDataHandler = text
        try:
            parser.Parse(self.read(name), True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            line = getattr(error, "lineno", parser.CurrentLineNumber)
            raise damaged(
                self._form,
                f"“{name}”第 {line} 行不是正确的 XML",
                f'"{name}" line {line} is not well-formed',
            ) from error
        self._left = left

    def root(self, name: str) -> str:
        """The outermost element of a part, without prefix."""

        def start(tag: str, _: dict[str, str]) -> None:
            raise _Enough(tag)

        try:
            self.parse(name, start)
        except _Enough as found:
            return str(found)
        return ""

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """id → (last word of the type, part) of a part's relationships; outside links left out."""
        folder, _, name = part.rpartition("/")
        place = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, a: dict[str, str]) -> None:
            if tag == "Relationship" and a.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, a.get("Target", "")))
                kind = a.get("Type", "").rpartition("/")[2]
                found[a.get("Id", "")] = (kind, target.lstrip("/"))

        if place in self.names:
            self.parse(place, start)
        return found

    def _main(self) -> str:
        for kind, target in self.relations("").values():
            if kind == "officeDocument" and target in self.names:
                return target
        return self._form.main


def open_package(data: bytes, name: str, form: Form, limits: Limits = LIMITS) -> Package:
    """Open `data` as a package of `form`; `name` is only told, the content decides.

    Raises `Unreadable` with code too_large, empty, encrypted, old, renamed, type, macros, zip_bomb,
    damaged.
    """
    if len(data) > limits.packed:
        raise Unreadable(
            "too_large",
            f"文件超过 {limits.packed // MB} MB。请拆分，或去掉图片后另存再试。",
            f"The file is larger than {limits.packed // MB} MB. "
            "Split it, or save it without pictures.",
        )
    if not data:
        raise Unreadable(
            "empty",
            "文件是空的。请检查后重新选择。",
            "The file is empty. Check it and choose it again.",
        )
    kind = what(data)
    if kind != "zip":
        raise _other(kind, PurePath(name).suffix.lower(), form)
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        _check(package, len(data), form, limits)
    except BROKEN as error:
        raise damaged(form, "压缩包不完整", "the package is not complete") from error
    opened = Package(package, form, limits)
    _check_kind(opened, form)
    return opened


def trouble(members: Sequence[zipfile.ZipInfo], packed: int, limits: Limits = LIMITS) -> str:
    """What speaks against opening a package of `packed` bytes, by its directory alone.

    A code, empty for nothing: `macros`, `encrypted`, `twice` (a part occurs twice), `packing` (an
    unknown way), `bulky` (too many parts, too large unpacked, too dense, or overlapping).
    """
    names = [member.filename.lower() for member in members]
    if any(name.endswith(_MACROS) for name in names):
        return "macros"
    if any(member.flag_bits & 1 for member in members):
        return "encrypted"
    if len(set(names)) != len(names):
        return "twice"
    if any(member.compress_type not in _PACKED for member in members):
        return "packing"
    dense = any(
        m.file_size > MB and m.file_size > limits.ratio * max(1, m.compress_size) for m in members
    )
    unpacked = sum(member.file_size for member in members)
    overlapping = sum(member.compress_size for member in members) > packed
    many = len(members) > limits.members
    return "bulky" if many or unpacked > limits.unpacked or dense or overlapping else ""


def _check(package: zipfile.ZipFile, packed: int, form: Form, limits: Limits) -> None:
    members = package.infolist()
    code = trouble(members, packed, limits)
    if code == "macros":
        raise macros(form)
    if code == "encrypted":
        raise encrypted(form)
    if code == "twice":
        raise damaged(form, "同一部件出现两次", "a part occurs twice")
    if code == "packing":
        raise damaged(form, "压缩方式不认识", "it is packed in an unknown way")
    if code:
        unpacked = sum(member.file_size for member in members)
        raise bulky(
            form,
            f"文件解开后有 {unpacked // MB} MB、{len(members)} 个部分，与 {packed} 字节不相称",
            f"Unpacked, the file has {unpacked // MB} MB in {len(members)} parts, out of "
            f"proportion to its {packed} bytes",
        )


def _check_kind(package: Package, form: Form) -> None:
    kinds = package.read("[Content_Types].xml") if "[Content_Types].xml" in package.names else b""
    if b"macroEnabled" in kinds:
        raise macros(form)
    if package.main in package.names and package.root(package.main) == form.root:
        return
    raise Unreadable(
        "renamed",
        f"文件内容不是 {form.suffix}（可能改过扩展名，或是别的软件的文件）。请用 {form.program} 或 "
        f"WPS 打开原文件，另存为 {form.suffix} 后再试。",
        f"The content is not {form.suffix} (renamed, or of another program). "
        f"Open the original in {form.program} or WPS and save it as {form.suffix}.",
    )


def _other(kind: str, suffix: str, form: Form) -> Unreadable:
    if kind == "password":
        return encrypted(form)
    if kind == "ole":
        return Unreadable(
            "old",
            f"这是旧版格式的文件（{suffix or '没有扩展名'}）。请在 {form.program} 或 WPS 中打开，"
            f"选“另存为”，类型选“{form.suffix}”，再上传新文件。",
            f"This file is in an older format ({suffix or 'no ending'}). Open it in {form.program} "
            f"or WPS, choose “Save as” with the type {form.suffix}, and upload the new file.",
        )
    if suffix == form.suffix:
        return Unreadable(
            "renamed",
            f"文件名以 {suffix} 结尾，内容却不是（可能改过扩展名，或没有传完）。"
            f"请用 {form.program} 或 WPS 打开原文件，另存为 {form.suffix} 后再试。",
            f"The name ends in {suffix}, the content does not fit (renamed, or cut off). "
            f"Open the original in {form.program} or WPS and save it as {form.suffix}.",
        )
    return Unreadable(
        "type",
        f"不能读取“{suffix or '没有扩展名'}”文件。请在 {form.program} 或 WPS 中打开，"
        f"另存为 {form.suffix} 后再试。",
        f'Files of type "{suffix or "none"}" cannot be read. '
        f"Open it in {form.program} or WPS and save it as {form.suffix}.",
    )


def encrypted(form: Form) -> Unreadable:
    """A password stands before the content."""
    return Unreadable(
        "encrypted",
        f"文件加了密码，没有打开。请在 {form.program} 或 WPS 中去掉打开密码，另存后再试。",
        f"The file has a password. Take it off in {form.program} or WPS and save the file anew.",
    )


def macros(form: Form) -> Unreadable:
    """There is a program inside."""
    return Unreadable(
        "macros",
        f"文件里有宏，没有打开。请另存为不含宏的 {form.suffix} 后再试。",
        f"The file holds macros; it was not opened. Save it as {form.suffix} without macros.",
    )


def damaged(form: Form, zh: str, en: str) -> Unreadable:
    """Something is missing or broken."""
    return Unreadable(
        "damaged",
        f"文件已损坏：{zh}。请在 {form.program} 或 WPS 中打开后另存再试。",
        f"The file is damaged: {en}. Open it in {form.program} or WPS and save it anew.",
    )


def bulky(form: Form, zh: str, en: str) -> Unreadable:
    """More than a person could have put in."""
    return Unreadable(
        "zip_bomb",
        f"{zh}，没有打开。请在 {form.program} 或 WPS 中打开后另存再试。",
        f"{en}; it was not opened. Save it anew in {form.program} or WPS.",
    )
