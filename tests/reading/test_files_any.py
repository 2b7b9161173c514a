"""Any bytes under any name give text or a refusal, soon, and never anything else."""

import io
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.pdf import Pdf
from luoshi.reading import Unreadable
from luoshi.reading.files import SUFFIXES, Document, document_of, office, ole
from luoshi.reading.files.refusals import TAKEN_EN, TAKEN_ZH
from tests.reading.ofd import Ofd
from tests.reading.plan import draw
from tests.reading.test_files_word import compound, plan, saved

BEGINNINGS = [
    b"", b"%PDF-1.7\n", b"PK\x03\x04", ole.SIGNATURE, b"{\\rtf1", b"<html>", b"<!doctype html>",
    b"\xef\xbb\xbf", b"\xff\xfe", b"MIME-Version: 1.0", b"\x89PNG\r\n", b"II*\x00",
]  # fmt: skip


def sources() -> dict[str, bytes]:
    """A whole file of each format."""
    pdf, ofd = Pdf(), Ofd()
    draw(pdf)
    draw(ofd)
    return {
        ".pdf": pdf.data(),
        ".ofd": ofd.data(),
        ".docx": saved(plan()),
        ".html": "<table><tr><td rowspan=2>办公室</td><td>要报送</td></tr></table>".encode() * 20,
        ".doc": compound(("Contents", b"x"), ("EncryptedPackage", b"x")),
    }


SOURCES = sources()


def answer(data: bytes, name: str) -> str:
    """The code of the refusal, or `read`."""
    said: Unreadable | None = None
    try:
        document = document_of(data, name)
    except Unreadable as refusal:
        said = refusal
    if said is not None:
        assert said.message_zh
        assert said.message_en
        return said.code
    assert isinstance(document, Document)
    assert document.text.strip()
    assert "\r" not in document.text
    return "read"


@pytest.fixture(autouse=True)
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Old Word files end at the message: LibreOffice is not ours to test with broken files."""
    monkeypatch.setattr(office, "program", lambda: None)


@settings(
    max_examples=60, deadline=30_000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    begin=st.sampled_from(BEGINNINGS),
    rest=st.binary(max_size=1500),
    suffix=st.sampled_from([*SUFFIXES, ".docm", ".exe", ""]),
)
def test_any_bytes(begin: bytes, rest: bytes, suffix: str) -> None:
    assert answer(begin + rest, f"文件{suffix}") not in ("crash", "too_slow")


@settings(
    max_examples=60, deadline=30_000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(sorted(SOURCES)),
    seed=st.integers(0, 10**6),
    how=st.sampled_from(["cut", "zeros", "flip", "twice", "hole"]),
)
def test_any_damage(kind: str, seed: int, how: str) -> None:
    data = bytearray(SOURCES[kind])
    luck = random.Random(seed)
    at = luck.randrange(len(data))
    if how == "cut":
        del data[at:]
    elif how == "hole":
        del data[at : at + luck.randrange(1, 200)]
    elif how == "zeros":
        data[at : at + 50] = bytes(len(data[at : at + 50]))
    elif how == "twice":
        data[at:at] = data[: luck.randrange(len(data))]
    else:
        for _ in range(20):
            data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
    assert answer(bytes(data), f"文件{kind}") not in ("crash", "too_slow")


@pytest.mark.parametrize("kind", sorted(SOURCES))
@pytest.mark.parametrize("suffix", sorted({*SUFFIXES, ""}))
def test_a_file_under_another_name_says_what_it_is(kind: str, suffix: str) -> None:
    got = answer(SOURCES[kind], f"文件{suffix}")
    if kind == ".doc":
        assert got == "encrypted"
    elif kind == ".html":
        read = suffix in (".html", ".htm", ".txt", ".md")
        assert got == ("read" if read else "type" if not suffix else "damaged")
    elif suffix == kind or (kind == ".docx" and suffix in (".doc", ".wps")):
        assert got == "read"
    else:
        assert got == "renamed"


@pytest.mark.parametrize(
    ("data", "name", "code", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "扫描.pdf", "type", "图片"),
        (b"\xff\xd8\xff\xe0", "扫描.docx", "type", "图片"),
        (b"Rar!\x1a\x07", "文件.docx", "type", "压缩包"),
        (b"MIME-Version: 1.0\r\n", "网页.doc", "type", "网页存档"),
        ("各科室要报送。".encode(), "通知.pdf", "damaged", "不是 .pdf"),
        ("各科室要报送。".encode(), "通知.doc", "damaged", "不是 .doc"),
        (b"x", "程序.exe", "type", ".pdf"),
        (b"{\\rtf1 x}", "通知.rtf", "renamed", ".doc"),
        (b"{\\rtf1 x}", "通知.doc", "needs_office", "另存为 .docx"),
    ],
)
def test_what_is_no_document(data: bytes, name: str, code: str, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        document_of(data, name)
    assert caught.value.code == code
    assert says in caught.value.message_zh


def test_a_package_of_nothing() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.txt", "x")
    assert answer(out.getvalue(), "a.docx") == "damaged"
    assert answer(out.getvalue(), "a.ofd") == "damaged"
    assert answer(out.getvalue(), "a.zip") == "type"


def test_messages_name_every_ending_that_is_taken() -> None:
    for suffix in SUFFIXES:
        assert suffix == ".htm" or (suffix in TAKEN_ZH and suffix in TAKEN_EN)
