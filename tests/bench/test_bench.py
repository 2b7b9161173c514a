"""The benches can be run: their names, their goals, and the server they measure."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import ALL
from bench.lists import load
from bench.server import request, serving, sign_in, web_memory

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ALL)
def test_every_bench_is_there_and_says_its_goal(name: str) -> None:
    module = importlib.import_module(f"bench.{name}")
    assert callable(module.main)
    assert "goal" in Path(str(module.__file__)).read_text(encoding="utf-8")
    assert re.search(rf"^\| `{name}` \|", (ROOT / "docs/bench.md").read_text("utf-8"), re.M)


def test_an_unknown_bench_is_a_usage_error() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "nothing"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no bench nothing" in done.stderr


def test_the_server_of_the_benches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = f"sqlite:{tmp_path / 'luoshi.sqlite3'}"
    monkeypatch.setenv("LUOSHI_DATA", str(tmp_path))
    monkeypatch.setenv("LUOSHI_DATABASE", database)
    words = [sys.executable, "-m", "luoshi", "simulate", "--units", "3", "--occurrences", "6"]
    made = subprocess.run(words, check=True, capture_output=True, text=True)
    found = re.search(r"登录：(\S+)，密码 (\S+)", made.stdout)
    assert found
    with serving(tmp_path, workers=1, database=database) as (port, seconds):
        assert 0 < seconds < 60
        assert request(port, "GET", "/directives/")[0] == 302
        cookies = sign_in(port, found[1], found[2])
        monkeypatch.setattr("bench.lists.SECONDS", 0.3)
        monkeypatch.setattr("bench.lists.CLIENTS", 2)
        assert load(port, cookies)
        assert [10 < mb < 500 for mb in web_memory(port)] == [True]
