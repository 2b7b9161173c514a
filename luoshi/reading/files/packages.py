"""Zip packages (.docx, .ofd) that may be hostile: looked at before a part is unpacked.

What a package claims about its sizes is checked first, and what it unpacks to is counted.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers import expat

from luoshi.lib.packages import BROKEN, trouble

from ..text import Unreadable
from . import refusals

LARGEST_PART = 64 * 1024 * 1024
DEEPEST = 200
"""How far elements of a part may stand in one another."""


@contextmanager
def package(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The package in `data`, its sizes checked; what is wrong with it becomes `Unreadable`."""
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, OSError):
        raise refusals.damaged("压缩包不完整", "the package is not complete") from None
    except NotImplementedError as error:
        raise _does_not_open(error) from None
    with opened:
        _check(opened, len(data))
        yield opened


def _does_not_open(error: BaseException) -> Unreadable:
    return refusals.damaged(f"压缩包打不开（{error}）", f"the package does not open ({error})")


def _check(opened: zipfile.ZipFile, packed: int) -> None:
    members = opened.infolist()
    code = trouble(members, packed)
    if code == "macros":
        raise refusals.macros()
    if code == "encrypted":
        raise refusals.password()
    if code == "twice":
        raise refusals.damaged("同一部件出现两次", "a part occurs twice")
    if code == "packing":
        raise refusals.damaged("压缩方式不认识", "it is packed in a way that is not known")
    if code:
        unpacked = sum(member.file_size for member in members)
        raise refusals.out_of_proportion(unpacked // 1048576, len(members), packed)


def part(opened: zipfile.ZipFile, name: str) -> bytes:
    """A part's bytes, as large as the package said at most. Raises `Unreadable`, KeyError."""
    info = opened.getinfo(name)
    if info.file_size > LARGEST_PART:
        raise refusals.out_of_proportion(
            info.file_size // 1048576, len(opened.infolist()), info.compress_size
        )
    try:
        with opened.open(info) as source:
            return source.read(info.file_size + 1)
    except BROKEN as error:
        raise _does_not_open(error) from None


def checked_xml(data: bytes, name: str) -> bytes:
    """`data`, well-formed XML without a document type, entities or endless depth."""
    depth = 0

    def refuse(*_: object) -> None:
        raise refusals.entities(name)

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise refusals.damaged(f"“{name}”嵌套太深", f'"{name}" is nested too deeply')

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", 1)
        raise refusals.damaged(
            f"“{name}”第 {line} 行不是正确的 XML", f'"{name}" line {line} is not well-formed'
        ) from None
    return data
