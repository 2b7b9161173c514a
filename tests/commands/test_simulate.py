"""`luoshi simulate`, `verify` and `demo`: what they make, what they say, how they end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from luoshi import cli
from luoshi.base.models import Organisation
from luoshi.demo import synthetic
from luoshi.duties.models import Occurrence
from luoshi.ledger.verify import verify
from luoshi.orgs.models import Placement, Unit


@pytest.mark.django_db
def test_a_synthetic_organisation_of_the_size_asked_for() -> None:
    made = synthetic.make(120, 700, 5)
    organisation = made.clerk.organisation
    assert Unit.objects.filter(organisation=organisation).count() == 121
    fan_out = max(
        Placement.objects.filter(organisation=organisation, parent=p.unit).count()
        for p in Placement.objects.filter(organisation=organisation)[:5]
    )
    assert fan_out == synthetic.FAN_OUT
    assert abs(Occurrence.objects.count() - 700) <= 120 * synthetic.A_YEAR
    assert made.acted > 20
    assert Occurrence.objects.filter(state="accepted").count() > 10
    assert verify(organisation).holds
    assert Organisation.objects.count() >= 2


def test_the_same_seed_gives_the_same_people_and_text() -> None:
    one, two = synthetic.plan(60, 3), synthetic.plan(60, 3)
    assert one.people == two.people
    assert one.units == two.units
    assert synthetic.plan(60, 4).people != one.people
    assert synthetic.text(3, 2026).count("学习记录") == 3


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LUOSHI_", "DJANGO_"))}
    env |= {"LUOSHI_DATA": str(folder), "LUOSHI_DATABASE": f"sqlite:{folder / 'x.sqlite3'}"}
    return subprocess.run(
        [sys.executable, "-m", "luoshi", *words], env=env, text=True, capture_output=True
    )


def test_the_commands_from_outside(tmp_path: Path) -> None:
    made = run(tmp_path, "simulate", "--units", "12", "--occurrences", "40", "--seed", "2")
    assert made.returncode == 0, made.stderr
    assert "13个单位" in made.stdout
    held = run(tmp_path, "verify")
    assert held.returncode == 0
    assert "成立" in held.stdout
    import sqlite3

    with sqlite3.connect(tmp_path / "x.sqlite3") as connection:
        connection.execute("UPDATE ledger_body SET body = replace(body, '模拟', '改写')")
    broken = run(tmp_path, "verify")
    assert broken.returncode == 1
    (tmp_path / "x.sqlite3").write_bytes(b"no database at all" * 300)
    for suffix in ("-wal", "-shm"):
        Path(f"{tmp_path / 'x.sqlite3'}{suffix}").unlink(missing_ok=True)
    assert run(tmp_path, "verify").returncode == 2


@pytest.mark.parametrize(
    "words", [["simulate", "--units", "0"], ["simulate", "--seed", "x"], ["nothing"], []]
)
def test_a_wrong_call_is_a_usage_error(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2


def test_the_demo_says_what_is_wrong_with_a_document(tmp_path: Path) -> None:
    bad = tmp_path / "坏.docx"
    bad.write_bytes(b"PK\x03\x04 broken")
    done = run(tmp_path, "demo", "--data", str(tmp_path / "demo"), "--directive", str(bad))
    assert done.returncode == 1
    assert "坏.docx" in done.stderr
    assert "Traceback" not in done.stderr
