"""`luoshi ledger`, `verify`, `witness`: what a person at a terminal does with them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from luoshi.base.models import Organisation
from luoshi.cli import main
from luoshi.ledger import keys, outside, packs
from luoshi.ledger.models import Body, Entry, Witness
from luoshi.ledger.sequence import sequence
from luoshi.ledger.verify import verify
from luoshi.lib import witness
from tests.ledger.logs import AT, numbered, put


@pytest.fixture
def organisation(db: None) -> Organisation:
    made = Organisation.objects.create(slug="yunzhou", name="云州市水务局", created_at=AT)
    numbered(made, 12)
    return made


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command: exit code, and everything that it printed."""

    def call(*words: object) -> tuple[int, str]:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def test_export_and_verify(organisation: Organisation, run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    assert run("ledger", "export", pack, "--entry", 3, "--entry", 7)[0] == 0
    code, said = run("verify", pack)
    assert code == 0
    assert "第3条" in said
    assert "Entry 7" in said
    about = Entry.objects.get(index=5).object_id
    assert run("ledger", "export", pack, "--object", about)[0] == 0
    assert "第6条" in run("verify", pack)[1]
    assert run("ledger", "export", pack)[0] == 0
    assert "全部12条" in run("verify", pack)[1]
    assert run("ledger", "export", pack, "--closed")[0] == 0
    assert "何静之" not in pack.read_text(encoding="utf-8")
    code, said = run("ledger", "export", pack, "--entry", 99)
    assert (code, "没有第98条" in said or "没有第99条" in said) == (1, True)
    assert run("ledger", "export", tmp_path / "no" / "where")[0] == 1
    pack.write_text("x", encoding="utf-8")
    assert run("verify", pack)[0] == 2


def test_checkpoint_keys_files(organisation: Organisation, run: Run, tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.write_text(run("ledger", "checkpoint")[1], encoding="utf-8")
    assert held.read_text(encoding="utf-8") == packs.newest(organisation.pk).note
    assert run("ledger", "keys")[1].split() == keys.public(organisation.pk)
    assert run("ledger", "files", tmp_path / "log")[0] == 0
    assert (tmp_path / "log/tile/0/000.p/12").exists()
    assert run("verify", "--against", held)[0] == 0
    assert run("verify", "--against", f"12:{'0' * 64}")[0] == 1
    assert run("verify", "--against", tmp_path / "nothing")[0] == 2
    made = run("ledger", "rotate")[1].strip()
    assert keys.public(organisation.pk)[0] == made
    sequence(organisation.pk, holder="t", now=AT)


def test_a_witness_on_another_machine(organisation: Organisation, run: Run, tmp_path: Path) -> None:
    folder, asked, line = tmp_path / "w", tmp_path / "asked", tmp_path / "line"
    code, vkey = run("witness", "--folder", folder, "init", "audit.example/w1")
    assert code == 0
    assert run("witness", "--folder", folder, "init", "audit.example/w1")[0] == 2
    assert run("witness", "--folder", tmp_path / "none", "show")[0] == 2
    outside.name_witness(
        organisation.pk, name="市审计局", way="cosigned", vkey=vkey.strip(), actor="", at=AT
    )
    assert run("ledger", "request", "市审计局", asked)[0] == 0
    code, said = run("witness", "--folder", folder, "sign", asked)
    assert (code, "trust" in said) == (1, True)
    assert run("witness", "--folder", folder, "trust", "nothing")[0] == 2
    assert run("witness", "--folder", folder, "trust", keys.public(organisation.pk)[0])[0] == 0
    assert run("witness", "--folder", folder, "sign", asked, "--out", line)[0] == 0
    assert run("ledger", "cosigned", "市审计局", line)[0] == 0
    assert verify(organisation).witnessed == 12
    assert " 12 " in run("witness", "--folder", folder, "show")[1]
    assert run("witness", "--folder", folder, "sign", asked)[0] == 0, "a lost answer comes again"
    numbered(organisation, 2)
    assert run("ledger", "request", "市审计局", asked, "--from", 0)[0] == 0
    code, said = run("witness", "--folder", folder, "sign", asked)
    assert (code, "12" in said) == (1, True)
    assert run("ledger", "request", "市审计局", asked, "--from", 12)[0] == 0
    assert run("witness", "--folder", folder, "sign", asked, "--out", line)[0] == 0
    assert run("ledger", "cosigned", "市审计局", line)[0] == 0
    assert " 15 " in run("witness", "--folder", folder, "show")[1]
    assert run("ledger", "request", "别人", asked)[0] == 1
    line.write_text("x", encoding="utf-8")
    assert run("ledger", "cosigned", "市审计局", line)[0] == 1
    assert Witness.objects.get().vkey == witness.Witness.load(folder).signer.vkey
    sequence(organisation.pk, holder="t", now=AT)


def test_erase(organisation: Organisation, run: Run) -> None:
    late = put(organisation, 99, at=AT.replace(year=2027))
    sequence(organisation.pk, holder="t", now=AT)
    rule = ("--before", "2026-04-01", "--under", "保管期限届满")
    code, said = run("ledger", "erase", *rule)
    assert (code, "12条" in said) == (0, True)
    assert Body.objects.count() == 13
    assert "12 新建单位" in said
    assert run("ledger", "erase", *rule, "--kind", "unit.closed", "--yes")[0] == 0
    assert run("ledger", "erase", *rule, "--kind", "unit.cloesd", "--yes")[0] == 1
    assert run("ledger", "erase", *rule, "--kind", "witness.named", "--yes")[0] == 1
    assert Body.objects.count() == 13
    assert run("ledger", "erase", *rule, "--yes")[0] == 0
    assert set(Body.objects.values_list("pk", flat=True)) == {
        late.pk,
        Entry.objects.get(kind="entry.erased").pk,
    }
    sequence(organisation.pk, holder="t", now=AT)
    code, said = run("verify")
    assert code == 0
    assert "有12条正文已按规定清除" in said
    assert run("ledger", "erase", "--before", "May", "--under", "x")[0] == 1
    assert run("ledger", "erase", "--before", "2099-01-01", "--under", "x", "--yes")[0] == 1
    assert run("ledger", "erase", "--before", "0001-01-01", "--under", "x", "--yes")[0] == 1
    numbered(organisation, 1)
    assert run("ledger", "erase", "--before", "2026-11-01", "--under", " ", "--yes")[0] == 1


def test_which_organisation(organisation: Organisation, run: Run) -> None:
    Organisation.objects.create(slug="other", name="别的单位", created_at=AT)
    code, said = run("ledger", "checkpoint")
    assert (code, "--organisation" in said) == (1, True)
    assert run("ledger", "--organisation", "云州市水务局", "checkpoint")[0] == 0
    assert run("ledger", "--organisation", "yunzhou", "keys")[0] == 0
    assert run("ledger", "--organisation", "other", "checkpoint")[0] == 1
    assert run("verify", "--against", f"12:{'0' * 64}")[0] == 2
