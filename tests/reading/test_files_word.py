"""Word files: .docx by its XML, .doc and .wps through LibreOffice, and what is no Word file."""

import io
import os
import shutil
import signal
import struct
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

from luoshi.reading import Unreadable, read
from luoshi.reading.files import document_of, office, ole
from tests.reading.plan import DUTY, LIST

OFFICE = pytest.mark.skipif(office.program() is None, reason="needs LibreOffice")


def saved(document: "docx.document.Document") -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def text(data: bytes, name: str = "要点.docx") -> str:
    return document_of(data, name).text


def refusal(data: bytes, name: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        document_of(data, name)
    return caught.value


def plan() -> "docx.document.Document":
    """A plan whose table has a cell over two rows and a title across all columns."""
    document = docx.Document()
    document.add_paragraph("云州市水务局2026年工作要点")
    document.add_paragraph(DUTY)
    table = document.add_table(1, 4)
    table.style = "Table Grid"
    rows = (
        ("序号", "重点任务", "责任单位", "完成时限"),
        ("一、压实责任", "", "", ""),
        ("1", "列出老旧供水管网清单", "工程科", "3月底前"),
        ("2", "报送管网巡查台账", "", "4月底前"),
        ("3", "修订公务接待管理办法", "办公室\n财务科", "5月底前"),
    )
    for number, row in enumerate(rows):
        cells = table.rows[0].cells if not number else table.add_row().cells
        for cell, words in zip(cells, row, strict=True):
            cell.text = words
    table.cell(1, 0).merge(table.cell(1, 3)).text = "一、压实责任"
    table.cell(2, 2).merge(table.cell(3, 2)).text = "工程科"
    return document


ROWS = [
    "序号\t重点任务\t责任单位\t完成时限",
    "一、压实责任\t\t\t",
    "1\t列出老旧供水管网清单\t工程科\t3月底前",
    "2\t报送管网巡查台账\t工程科\t4月底前",
    "3\t修订公务接待管理办法\t办公室 财务科\t5月底前",
]


def compound(*streams: tuple[str, bytes]) -> bytes:
    """An OLE file with streams of at least 4,096 bytes ([MS-CFB], sectors of 512)."""
    names = [("Root Entry", b""), *streams]
    bodies = [body.ljust(4096, b"\0") if body else b"" for _, body in names]
    directory_size = (len(names) + 3) // 4
    table = [0xFFFFFFFD, *range(2, directory_size + 1), 0xFFFFFFFE]
    starts = []
    for body in bodies:
        count = len(body) // 512
        starts.append(len(table) if count else 0xFFFFFFFE)
        table += [len(table) + n + 1 for n in range(count - 1)] + [0xFFFFFFFE] * bool(count)
    assert len(table) <= 128
    head = ole.SIGNATURE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    entries = b""
    for number, ((name, body), start) in enumerate(zip(names, starts, strict=True)):
        kind = 5 if not number else 2 if body else 1
        encoded = (name + "\0").encode("utf-16-le")
        entries += encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
        entries += struct.pack("<III", *[0xFFFFFFFF] * 3) + bytes(36)
        entries += struct.pack("<IQ", start, len(bodies[number]))
    entries = entries.ljust(directory_size * 512, b"\0")
    allocation = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return head + allocation + entries + b"".join(bodies)


class TestDocx:
    def test_merged_cells_keep_columns_in_their_place(self) -> None:
        assert text(saved(plan())).split("\n")[2:] == ROWS

    def test_rows_are_obligations_with_their_fields(self) -> None:
        rows = [o for o in read(text(saved(plan()))).obligations if "actor_line" in o.why]
        assert [(o.text, o.actors, o.deadline) for o in rows] == [
            ("列出老旧供水管网清单", ("工程科",), "3月底前"),
            ("报送管网巡查台账", ("工程科",), "4月底前"),
            ("修订公务接待管理办法", ("办公室", "财务科"), "5月底前"),
        ]
        assert {o.heading_path for o in rows} == {("一、压实责任",)}

    def test_what_word_does_not_show_is_not_read(self) -> None:
        document = docx.Document()
        document.sections[0].header.paragraphs[0].text = "页眉"
        paragraph = document.add_paragraph("办公室要")
        hidden = paragraph.add_run("不必")
        hidden.font.hidden = True
        gone = OxmlElement("w:del")
        run = OxmlElement("w:r")
        words = OxmlElement("w:delText")
        words.text = "晚些"
        run.append(words)
        gone.append(run)
        paragraph._p.append(gone)
        paragraph.add_run("报送清单。")
        assert text(saved(document)) == "办公室要报送清单。"

    def test_a_drawing_said_twice_is_read_once(self) -> None:
        document = docx.Document()
        paragraph = document.add_paragraph("办公室要")
        mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        choice = etree.SubElement(paragraph._p, f"{{{mc}}}AlternateContent")
        for kind in ("Choice", "Fallback"):
            held = etree.SubElement(choice, f"{{{mc}}}{kind}")
            run = etree.SubElement(held, qn("w:r"))
            etree.SubElement(run, qn("w:t")).text = "报送清单。"
        assert text(saved(document)) == "办公室要报送清单。"

    def test_a_document_under_another_name_in_its_package(self) -> None:
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(saved(plan()))) as source,
            zipfile.ZipFile(out, "w") as target,
        ):
            for name in source.namelist():
                data = source.read(name).replace(b"word/document.xml", b"word/document2.xml")
                target.writestr(name.replace("word/document.xml", "word/document2.xml"), data)
        assert text(out.getvalue()).split("\n")[2:] == ROWS

    @pytest.mark.parametrize("name", ["要点.doc", "要点.wps", "要点.DOCX"])
    def test_endings_of_word_stand_for_one_another(self, name: str) -> None:
        assert text(saved(plan()), name).split("\n")[2:] == ROWS

    @pytest.mark.parametrize("name", ["要点.pdf", "要点.txt", "要点.ofd", "要点.html", "要点"])
    def test_another_name(self, name: str) -> None:
        said = refusal(saved(plan()), name)
        assert said.code == "renamed"
        assert ".docx" in said.message_zh
        assert "请" in said.message_zh

    @pytest.mark.parametrize(
        ("member", "says"), [("xl/workbook.xml", "Excel"), ("ppt/presentation.xml", "演示文稿")]
    )
    def test_another_office_file(self, member: str, says: str) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            package.writestr(member, "<a/>")
        said = refusal(out.getvalue(), "要点.docx")
        assert said.code == "type"
        assert says in said.message_zh

    def test_an_unknown_way_of_packing_and_overlapping_parts(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as package:
            package.writestr("word/document.xml", "<a/>")
        assert refusal(out.getvalue(), "a.docx").code == "damaged"


class TestOle:
    def test_a_password_on_a_docx(self) -> None:
        data = compound(("EncryptionInfo", b"x"), ("EncryptedPackage", b"x"))
        assert "encryptedpackage" in ole.streams(data)
        said = refusal(data, "要点.docx")
        assert said.code == "encrypted"
        assert "去掉密码" in said.message_zh

    def test_a_password_on_an_old_document(self) -> None:
        head = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0x0100)
        assert refusal(compound(("WordDocument", head)), "要点.doc").code == "encrypted"

    def test_macros_in_an_old_document(self) -> None:
        head = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0)
        data = compound(("WordDocument", head), ("Macros", b""))
        said = refusal(data, "要点.doc")
        assert said.code == "macros"
        assert "不含宏" in said.message_zh

    def test_a_workbook(self) -> None:
        said = refusal(compound(("Workbook", b"x")), "要点.doc")
        assert said.code == "type"
        assert "Excel" in said.message_zh

    def test_an_old_document_named_pdf(self) -> None:
        head = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0)
        said = refusal(compound(("WordDocument", head)), "要点.pdf")
        assert said.code == "renamed"
        assert ".doc" in said.message_zh

    def test_tables_that_lead_in_circles(self) -> None:
        data = bytearray(compound(("WordDocument", b"x")))
        struct.pack_into("<II", data, 512, 1, 1)  # every sector leads to itself
        struct.pack_into("<I", data, 68, 0)  # and so does the list of tables
        assert isinstance(ole.streams(bytes(data)), dict)

    def test_without_libreoffice_it_says_how(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "which", lambda _: None)
        head = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0)
        said = refusal(compound(("WordDocument", head)), "要点.wps")
        assert said.code == "needs_office"
        assert "另存为 .docx" in said.message_zh
        assert ".docx" in said.message_en


class TestCallingOffice:
    """What stands in for LibreOffice shows how it is called, and what becomes of it."""

    @pytest.fixture
    def stand_in(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
        """A program of that script, in which HERE is the folder that is returned."""

        def make(script: str) -> Path:
            path = tmp_path / "soffice"
            path.write_text(f"#!/bin/sh\n{script}\n".replace("HERE", str(tmp_path)), "utf-8")
            path.chmod(0o755)
            monkeypatch.setattr(office, "program", lambda: str(path))
            return tmp_path

        return make

    def test_a_profile_and_a_home_of_its_own(
        self, stand_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LUOSHI_SECRET_KEY", "geheim")
        folder = stand_in(
            "env > HERE/env\n"
            "cp $TMPDIR/profile/user/registrymodifications.xcu HERE/profile\n"
            "mkdir $TMPDIR/out && cp HERE/made.docx $TMPDIR/out/document.docx"
        )
        (folder / "made.docx").write_bytes(saved(plan()))
        assert office.docx(b"{\\rtf1}", ".rtf") == (folder / "made.docx").read_bytes()
        kept = dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())
        assert not [name for name in kept if name.startswith("LUOSHI")]
        assert kept["HOME"].startswith(kept["TMPDIR"])
        assert not Path(kept["TMPDIR"]).exists()
        assert "DisableMacrosExecution" in (folder / "profile").read_text("utf-8")

    def test_nothing_made(self, stand_in: Callable[[str], Path]) -> None:
        stand_in("echo cannot load >&2; exit 3")
        with pytest.raises(Unreadable) as caught:
            office.docx(b"{\\rtf1}", ".rtf")
        assert caught.value.code == "not_converted"
        assert "exit 3" in caught.value.__notes__[0]

    def test_what_hangs_ends_with_everything_it_started(
        self, stand_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(office, "SECONDS", 1)
        folder = stand_in("sleep 300 & echo $! > HERE/pid; wait")
        began = time.monotonic()
        with pytest.raises(Unreadable) as caught:
            office.docx(b"{\\rtf1}", ".rtf")
        assert caught.value.code == "too_slow"
        assert time.monotonic() - began < 10
        pid = int((folder / "pid").read_text())
        for _ in range(100):
            if not _runs(pid):
                break
            time.sleep(0.05)
        assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


@OFFICE
class TestOffice:
    """With LibreOffice itself."""

    def made(self, folder: Path, kind: str, data: bytes) -> bytes:
        (folder / "a.docx").write_bytes(data)
        words = [
            str(office.program()), f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless", "--convert-to", kind, "--outdir", str(folder), str(folder / "a.docx"),
        ]  # fmt: skip
        subprocess.run(words, check=True, capture_output=True, timeout=120)
        return (folder / f"a.{kind.partition(':')[0]}").read_bytes()

    def test_old_word_files(self, tmp_path: Path) -> None:
        document = plan()
        document.add_paragraph("以上任务请抓紧落实。")
        data = self.made(tmp_path, "doc:MS Word 97", saved(document))
        assert data.startswith(ole.SIGNATURE)
        for name in ("要点.doc", "要点.wps"):
            got = text(data, name)
            assert [line for line in got.split("\n") if line][2:-1] == ROWS
            assert DUTY in got

    def test_rtf_named_doc(self, tmp_path: Path) -> None:
        data = self.made(tmp_path, "rtf", saved(plan()))
        assert DUTY in text(data, "要点.doc")

    def test_a_document_and_its_pdf_give_the_same(self, tmp_path: Path) -> None:
        document = plan()
        for number in range(20):
            document.add_paragraph(f"{number + 1}.{DUTY}")
            document.add_paragraph(LIST)
        section = document.sections[0]
        section.header.paragraphs[0].text = "云州市水务局文件汇编"
        section.footer.paragraphs[0].text = "内部使用"
        data = saved(document)
        pdf = self.made(tmp_path, "pdf", data)
        assert text(pdf, "要点.pdf").split("\n") == text(data).split("\n")
