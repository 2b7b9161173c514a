"""`luoshi read` as a person calls it: every way to print, every exit code, bad input."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import pytest
from python_calamine import CalamineWorkbook

from luoshi.cli import main
from luoshi.commands import read as command
from luoshi.reading import files, read

TEXT = """云州市水务局2026年工作要点
一、管好供水
各分局要在3月底前列出老旧管网清单，报办公室备案。
二、抓好学习
各党支部每季度上一次警示教育课。
全局干部要把心思放在供水上。
"""
KEYS = [
    "start",
    "end",
    "text",
    "heading_path",
    "actors",
    "lead",
    "support",
    "deadline",
    "cadence",
    "kind",
    "modality",
    "relayed",
    "why",
]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str | Path) -> tuple[int, str, str]:
        code = main(["read", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "要点.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def packed(**parts: bytes) -> bytes:
    """A .docx with further parts."""
    document = docx.Document()
    document.add_paragraph("各分局要在3月底前报送计划。")
    plain = io.BytesIO()
    document.save(plain)
    with zipfile.ZipFile(plain, "a", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return plain.getvalue()


class TestPrinting:
    def test_for_a_person(self, run: Run, paper: Path) -> None:
        code, out, err = run(paper)
        assert (code, err) == (0, "")
        assert out.startswith("云州市水务局2026年工作要点\n\n一、管好供水\n   1  各分局要在3月底前")
        assert "谁：各分局　时限：3月底前　检查：老旧管网清单" in out
        assert "二、抓好学习" in out
        assert out.endswith("共3条要求\n")

    def test_json_has_every_key_and_offsets_of_the_text(self, run: Run, paper: Path) -> None:
        code, out, err = run(paper, "--json")
        assert (code, err) == (0, "")
        text = run(paper, "--text")[1]
        rows = [json.loads(line) for line in out.splitlines()]
        assert len(rows) == 3
        for row in rows:
            assert list(row) == KEYS
            assert text[row["start"] : row["end"]] == row["text"]
        assert rows[0]["actors"] == ["各分局"]
        assert rows[0]["lead"] == []
        assert rows[0]["cadence"] is None
        assert rows[1]["cadence"] == "每季度"

    @pytest.mark.parametrize(
        ("data", "encoding"),
        [
            (TEXT, "utf-8"),
            (TEXT, "utf-8-sig"),
            (TEXT, "utf-16"),
            (TEXT, "gb18030"),
            (TEXT.replace("\n", "\r\n"), "utf-8"),
            (TEXT.replace("\n", "\r"), "utf-8-sig"),
        ],
    )
    def test_text_is_the_decoded_file(
        self, run: Run, tmp_path: Path, data: str, encoding: str
    ) -> None:
        path = tmp_path / "a.md"
        path.write_bytes(data.encode(encoding))
        assert run(path, "--text") == (0, TEXT, "")

    def test_docx(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "a.docx"
        path.write_bytes(packed())
        assert run(path, "--text") == (0, "各分局要在3月底前报送计划。", "")
        assert json.loads(run(path, "--json")[1])["deadline"] == "3月底前"

    def test_workbook(self, run: Run, paper: Path, tmp_path: Path) -> None:
        target = tmp_path / "out.xlsx"
        assert run(paper, "--xlsx", target) == (0, "", "")
        rows = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()
        head = next(r for r in rows if "序号" in r)
        assert head == [
            "序号",
            "重点任务",
            "具体举措",
            "责任领导",
            "牵头单位",
            "配合单位",
            "完成时限",
            "进展情况",
            "佐证",
            "备注",
            "原文出处",
            "建议分类",
        ]
        tasks = [r for r in rows if str(r[0]) in ("1", "2", "3")]
        assert [r[-1] for r in tasks] == ["任务", "任务", "背景"]
        assert tasks[0][4] == "各分局"
        assert tasks[0][6] == "3月底前"
        assert tasks[2][6] == "待明确"
        assert not any("截至" in str(cell) for row in rows for cell in row)

    def test_workbook_keeps_as_much_of_a_clause_as_a_cell_holds(self) -> None:
        long = read(f"一、抓好学习\n要加强{'学习' * 20_000}管理。")
        data = command.workbook(long, "a.txt", None)
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        kept = next(str(r[2]) for r in rows if str(r[0]) == "1")
        assert len(kept) == command.CELL
        assert kept.endswith("学…")

    def test_day_of_issue_gives_the_year(self, run: Run, paper: Path, tmp_path: Path) -> None:
        target = tmp_path / "out.xlsx"
        assert run(paper, "--issued-on", "2026-02-26", "--xlsx", target)[0] == 0
        rows = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()
        assert any("截至2026年2月26日" in row for row in rows)

    def test_the_same_bytes_again(self, run: Run, paper: Path, tmp_path: Path) -> None:
        assert run(paper, "--json") == run(paper, "--json")
        assert run(paper) == run(paper)
        one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
        run(paper, "--xlsx", one)
        run(paper, "--xlsx", two)
        assert one.read_bytes() == two.read_bytes()
        reading = read(TEXT, date(2026, 2, 26))
        again = read(TEXT, date(2026, 2, 26))
        assert reading == again


class TestFolder:
    def test_one_file_each_with_progress(self, run: Run, tmp_path: Path) -> None:
        source, out = tmp_path / "in", tmp_path / "deep" / "out"
        source.mkdir()
        (source / "a.txt").write_text(TEXT, encoding="utf-8")
        (source / "b.md").write_text("要做好准备工作。", encoding="utf-8")
        (source / "c.xlsx").write_bytes(b"PK")
        (source / "~$a.docx").write_bytes(b"lock")
        (source / "sub.txt").mkdir()
        code, said, err = run(source, "--json", "--out", out)
        assert (code, said) == (0, "")
        assert sorted(p.name for p in out.iterdir()) == ["a.jsonl", "b.jsonl"]
        assert (out / "a.jsonl").read_text(encoding="utf-8") == run(source / "a.txt", "--json")[1]
        assert "2/2 b.md" in err
        assert "c.xlsx: 跳过" in err
        assert "~$" not in err

    def test_one_refused_the_others_read(self, run: Run, tmp_path: Path) -> None:
        source, out = tmp_path / "in", tmp_path / "out"
        source.mkdir()
        (source / "a.txt").write_bytes(b"")
        (source / "b.txt").write_text(TEXT, encoding="utf-8")
        code, said, err = run(source, "--json", "--out", out)
        assert (code, said) == (1, "")
        assert [p.name for p in out.iterdir()] == ["b.jsonl"]
        assert "a.txt: 文件是空的" in err

    def test_usage(self, run: Run, tmp_path: Path) -> None:
        source = tmp_path / "in"
        source.mkdir()
        assert run(source, "--json", "--out", tmp_path / "out")[0] == 2
        (source / "a.txt").write_text(TEXT, encoding="utf-8")
        assert run(source)[0] == 2
        assert run(source, "--json")[0] == 2
        assert run(source, "--out", tmp_path / "out")[0] == 2
        assert run(source, "--json", "--out", source / "a.txt")[0] == 2
        (source / "a.md").write_text(TEXT, encoding="utf-8")
        code, _, err = run(source, "--json", "--out", tmp_path / "out")
        assert code == 2
        assert "a.md" in err or "a.txt" in err
        assert not (tmp_path / "out").exists()


class TestUsage:
    @pytest.mark.parametrize(
        "words",
        [
            [],
            ["a.txt", "--json", "--text"],
            ["a.txt", "--json", "--xlsx", "b.xlsx"],
            ["a.txt", "--issued-on", "yesterday"],
            ["a.txt", "--nothing"],
        ],
    )
    def test_words_that_mean_nothing(self, words: list[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            main(["read", *words])
        assert caught.value.code == 2

    def test_out_needs_a_folder_and_a_workbook_its_ending(self, run: Run, paper: Path) -> None:
        assert run(paper, "--json", "--out", paper.parent / "out")[0] == 2
        assert run(paper, "--xlsx", paper.parent / "out.csv")[0] == 2

    def test_a_place_that_cannot_be_written(self, run: Run, paper: Path, tmp_path: Path) -> None:
        code, out, err = run(paper, "--xlsx", tmp_path / "none" / "out.xlsx")
        assert (code, out) == (1, "")
        assert "out.xlsx: 写不进去" in err
        taken = tmp_path / "taken.xlsx"
        taken.mkdir()
        assert run(paper, "--xlsx", taken)[0] == 1
        assert sorted(p.name for p in tmp_path.iterdir()) == ["taken.xlsx", "要点.txt"]


class TestBadInput:
    @pytest.mark.parametrize(
        ("name", "data", "words"),
        [
            ("empty.txt", b"", "是空的"),
            ("blank.txt", b" \n\t\n", "没有文字"),
            ("wrong.txt", "好\n".encode() + b"\xff\xfe\xfa\xff\xff", "第 2 行"),
            ("half.txt", b"\xff\xfe\x00\xd8a", "不是 UTF-8"),
            ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "不是文字文件"),
            ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "密码"),
            ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "另存为 .docx"),
            ("broken.docx", b"PK\x03\x04 and no more", "已损坏"),
            ("words.docx", "要做好工作。".encode(), "已损坏"),
            ("other.pdf", b"%PDF-1.7", "不是完整的 PDF"),
            ("other.xlsx", b"PK", "不能读取"),
            ("zip.txt", packed(), "不能读取"),
            ("m.docm", packed(), "宏"),
            ("macro.docx", packed(**{"word/vbaProject.bin": b"1"}), "宏"),
            ("bomb.docx", packed(**{"word/more.xml": b" " * 40_000_000}), "不相称"),
            (
                "entities.docx",
                packed(**{"word/more.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
                "实体",
            ),
        ],
    )
    def test_refused_with_place_and_remedy(
        self, run: Run, tmp_path: Path, name: str, data: bytes, words: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(data)
        for more in ([], ["--json"], ["--text"], ["--xlsx", tmp_path / "out.xlsx"]):
            code, out, err = run(path, *more)
            assert (code, out) == (1, "")
            chinese, english, *rest = err.splitlines()
            assert rest == []
            assert chinese.startswith(f"{path}: ")
            assert english.startswith(f"{path}: ")
            assert words in chinese
            assert "请" in chinese
        assert [p.name for p in tmp_path.iterdir()] == [name]

    def test_larger_than_20_mb(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert files.LARGEST == 20 * 1024 * 1024
        monkeypatch.setattr(files, "LARGEST", 1000)
        path = tmp_path / "a.txt"
        path.write_bytes(b"a" * 1000)
        assert run(path)[0] == 0
        path.write_bytes(b"a" * 1001)
        code, out, err = run(path)
        assert (code, out) == (1, "")
        assert "超过 20 MB" in err

    def test_no_such_file(self, run: Run, tmp_path: Path) -> None:
        code, out, err = run(tmp_path / "none.txt")
        assert (code, out) == (1, "")
        assert "none.txt: 打不开" in err


class TestProcess:
    """What only a process of its own shows: locale, pipes, no settings, no database."""

    def call(
        self, *words: str | bytes | Path, **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "PYTHONPATH")}
        return subprocess.run(
            [sys.executable, "-m", "luoshi.cli", "read", *words],
            env={**keep, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            check=False,
            timeout=60,
        )

    def test_utf_8_under_a_c_locale(self, paper: Path) -> None:
        plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        usual = self.call(paper, "--json", LC_ALL="C.UTF-8")
        there = self.call(paper, "--json", **plain)
        assert usual.returncode == there.returncode == 0
        assert there.stderr == b""
        assert usual.stdout == there.stdout
        assert "老旧管网清单" in there.stdout.decode("utf-8")
        assert self.call(paper, **plain).stdout == self.call(paper, LC_ALL="C.UTF-8").stdout
        target = paper.with_suffix(".xlsx")
        assert self.call(paper, "--xlsx", target, **plain).returncode == 0
        first = target.read_bytes()
        assert self.call(paper, "--xlsx", target, LC_ALL="C.UTF-8").returncode == 0
        assert target.read_bytes() == first
        empty = paper.with_name("空.txt")
        empty.touch()
        refused = self.call(empty, **plain)
        assert (refused.returncode, refused.stdout) == (1, b"")
        assert "空.txt: 文件是空的" in refused.stderr.decode("utf-8")

    def test_a_name_that_is_no_utf_8(self, paper: Path) -> None:
        odd = os.path.join(os.fsencode(paper.parent), b"\xd4\xc6.txt")
        try:
            with open(odd, "wb") as out:
                out.write(TEXT.encode())
        except OSError:
            pytest.skip("this file system takes only UTF-8 names")
        target = paper.with_suffix(".xlsx")
        assert self.call(odd, "--xlsx", target).returncode == 0
        assert self.call(odd + b"x", LC_ALL="C.UTF-8").returncode == 1

    def test_neither_django_nor_settings(self, paper: Path) -> None:
        ask = (
            "import sys; from luoshi.cli import main; code = main(['read', sys.argv[1]]); "
            "assert not any(m.split('.')[0] == 'django' for m in sys.modules); sys.exit(code)"
        )
        done = subprocess.run(
            [sys.executable, "-c", ask, paper],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "no.such.settings"},
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, b"")

    def test_a_reader_that_stops_early(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("各分局要在3月底前报送计划。\n" * 20_000, encoding="utf-8")
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run(
            [sys.executable, "-m", "luoshi.cli", "read", path, "--text"],
            stdout=write_end,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
        os.close(write_end)
        assert (done.returncode, done.stderr) == (0, b"")
