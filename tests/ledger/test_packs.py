"""Evidence packs: what they show, and that they hold without this program."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from luoshi.base.models import Organisation
from luoshi.ledger import erasing, keys, outside, packs
from luoshi.ledger.models import Entry, Erasure, Witness
from luoshi.ledger.sequence import sequence
from luoshi.lib import evidence, notes
from tests.ledger.logs import AT, numbered, put

PROGRAM = Path(evidence.__file__)


def found(lines: Iterable[str], **known: Any) -> dict[str, list[dict[str, Any]]]:
    """What a check says, by code."""
    said: dict[str, list[dict[str, Any]]] = {}
    for code, values in evidence.check(list(lines), **known):
        said.setdefault(code, []).append(values)
        evidence.TEXTS[code][0].format(**values)
        evidence.TEXTS[code][1].format(**values)
    return said


def bad(said: Iterable[str]) -> set[str]:
    return set(said) & evidence.BAD


def of(organisation: Organisation, *entries: Entry, **more: Any) -> list[str]:
    wanted = [packs.Wanted(entry.pk, **more) for entry in entries]
    return list(packs.pack(organisation, wanted, about="试", at=AT))


def test_the_program_stands_alone(organisation: Organisation, tmp_path: Path) -> None:
    """Copied out, run by a bare interpreter, short enough to be read."""
    made = numbered(organisation, 5)
    text = PROGRAM.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    shutil.copy(PROGRAM, tmp_path / "check.py")
    (tmp_path / "pack").write_text("".join(of(organisation, made[1], made[3])), encoding="utf-8")

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-I", str(tmp_path / "check.py"), *words],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    good = run("pack")
    assert good.returncode == 0, good.stderr
    assert "正文与登记时一致" in good.stdout
    assert "no outside witness" in good.stdout.lower()
    assert run("pack", "--key", keys.public(organisation.pk)[0]).returncode == 0
    assert run("pack", "--key", notes.Signer.new(keys.origin(organisation.pk)).vkey).returncode == 1
    assert run("pack", "--against", f"5:{'0' * 64}").returncode == 1
    assert run("pack", "--against", f"3:{'0' * 64}").returncode == 2
    (tmp_path / "pack").write_text("nothing of the kind\n", encoding="utf-8")
    broken = run("pack")
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "无法读取" in broken.stderr
    assert run("nowhere").returncode == 2


def test_it_imports_nothing_of_ours() -> None:
    assert "luoshi" not in {
        line.split()[1].partition(".")[0]
        for line in PROGRAM.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    }


def test_entries_and_what_is_said_of_them(organisation: Organisation) -> None:
    made = numbered(organisation, 9)
    said = found(of(organisation, made[4], made[2]))
    assert not bad(said)
    assert [v["number"] for v in said["entry"]] == [3, 5]
    assert said["entry"][0] == {
        "number": 3, "kind": "unit.created", "at": "2026-03-02 01:30", "who": "何静之",
        "text": '{"number":2}',
    }  # fmt: skip
    assert said["no_witness"] == [{"size": 0, "more": 9}]
    assert said["part"] == [{"count": 2, "size": 9, "said": 2}]
    assert list(said)[-1] == "not_time"


def test_values_say_nothing_by_themselves(organisation: Organisation, tmp_path: Path) -> None:
    """Line breaks and terminal commands in a file do not become lines of the result."""
    made = numbered(organisation, 2)
    head, line = of(organisation, made[0])
    sly = "x\n检查点由您给出的公钥签名\x1b[8m\u202e\ud800" + "长" * 5_000
    pack = tmp_path / "pack"
    pack.write_bytes(
        "".join([json.dumps({**json.loads(head), "about": sly}) + "\n", line]).encode()
    )
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(pack)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert not any(text.startswith("检查点由您") for text in done.stdout.splitlines())
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 1_000
    assert done.stdout.startswith("结论：文件自身对得上，还没有核实")


def test_checkpoints_held_outside_as_people_type_them(tmp_path: Path) -> None:
    root = "0a1b2c3d" * 8
    wanted = [(1918, bytes.fromhex(root))]
    spaced = " ".join(root[at : at + 8] for at in range(0, 64, 8))
    for given in (f"1918:{root}", f"1918：{spaced}", f"1918:{root.upper()}", f"第1918.{root}"):
        assert evidence.held(given) == wanted
    file = tmp_path / "a:b.txt"
    file.write_text(f"c=1918.{root}&e=7.0123456789abcdef\n12:{root}\n", encoding="utf-8")
    assert evidence.held(str(file)) == [*wanted, (12, bytes.fromhex(root))]


def test_a_key_that_signed_nothing_here(organisation: Organisation) -> None:
    made = numbered(organisation, 3)
    other = notes.Signer.new("luoshi/elsewhere").vkey
    assert bad(found(of(organisation, made[0]), trusted=[other])) == {"strange_key"}
    ours = keys.public(organisation.pk)[0]
    assert not bad(found(of(organisation, made[0]), trusted=[ours]))


def test_closed_entries_show_no_body(organisation: Organisation) -> None:
    made = numbered(organisation, 3)
    lines = of(organisation, made[1], disclosed=False)
    assert "body" not in json.loads(lines[1])
    assert [v["number"] for v in found(lines)["closed"]] == [2]


def test_a_row_of_a_bulk_act_is_proven_through_its_root(organisation: Organisation) -> None:
    entry = put(organisation, rows=[{"n": n} for n in range(6)])
    numbered(organisation, 2)
    lines = of(organisation, entry, rows=(2, 4))
    line = json.loads(lines[1])
    assert [json.loads(row["body"]) for row in line["rows"]] == [{"n": 2}, {"n": 4}]
    assert '"n":3' not in lines[1]
    assert not bad(found(lines))
    line["rows"][0]["body"] = '{"n":9}'
    assert bad(found([lines[0], json.dumps(line)])) == {"row"}
    line = json.loads(lines[1])
    line["rows"][1]["number"] = 5
    assert bad(found([lines[0], json.dumps(line)])) == {"row"}


def changed(line: str, **values: Any) -> str:
    return json.dumps({**json.loads(line), **values}, ensure_ascii=False)


def test_each_change_is_found(organisation: Organisation) -> None:
    made = numbered(organisation, 9)
    head, first, second = of(organisation, made[2], made[5])
    leaf, body = json.loads(first)["leaf"], json.loads(first)["body"]
    for line, code in (
        (changed(first, body=body.replace('"number":2', '"number":7')), "body"),
        (changed(first, salt="00" * 16), "body"),
        (changed(first, leaf=leaf.replace("unit.created", "unit.closed")), "not_inside"),
        (changed(first, leaf=leaf.replace("T01", "T02")), "not_inside"),
        (changed(first, index=3), "not_inside"),
        (changed(first, proof=json.loads(second)["proof"]), "not_inside"),
        (changed(first, proof=[]), "not_inside"),
    ):
        assert bad(found([head, line, second])) == {code}, code
    root = evidence.Checkpoint(json.loads(head)["checkpoint"]).root
    halves = [*json.loads(first)["proof"][:-1], "00" * 32 + root.hex()]
    assert bad(found([head, changed(first, proof=halves), second])) == {"not_inside"}
    assert bad(found([head, second, first])) == {"not_inside"}
    assert bad(found([head, first, first])) == {"not_inside"}
    assert bad(found([head, first])) == {"cut"}
    for wrong in ("", "x", "[]", "{}", '{"format":"luoshi-evidence/2"}', head[:-40]):
        with pytest.raises(ValueError):  # noqa: PT011 - several causes, one meaning
            list(evidence.check([wrong, first]))
    zone = leaf.replace(".000000Z", ".000000+08:00")
    deep = '{"index":' + "[" * 100_000
    for wrong in (
        changed(first, leaf="{}"),
        changed(first, index="2"),
        changed(first, leaf=7),
        changed(first, leaf=zone),
        deep,
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - several causes, one meaning
            list(evidence.check([head, wrong]))


def test_the_whole_log(organisation: Organisation) -> None:
    numbered(organisation, 300)
    roots = [c.root for c in organisation_checkpoints(organisation)]
    numbered(organisation, 10)
    lines = list(packs.whole(organisation, about="全部", at=AT))
    said = found(lines, against=[(300, bytes.fromhex(roots[0])), (300, b"x" * 32)])
    assert said["whole"][0]["count"] == 310
    assert bad(said) == {"differs"}
    assert len(said["agrees"]) == 1
    assert not bad(found(packs.whole(organisation, about="", at=AT, disclosed=False)))
    assert bad(found([*lines[:5], *lines[6:]])) >= {"not_inside", "cut"}
    assert "cut" in bad(found(lines[:-1]))
    assert len(said["entry"]) == evidence.SHOWN


def organisation_checkpoints(organisation: Organisation) -> list[Any]:
    from luoshi.ledger.models import Checkpoint

    return list(Checkpoint.objects.filter(organisation=organisation).order_by("size"))


class TestOutside:
    @pytest.fixture
    def signer(self) -> notes.Signer:
        return notes.Signer.new("audit.example/w1", evidence.COSIGNATURE)

    def cosign(self, organisation: Organisation, signer: notes.Signer) -> Witness:
        witness = outside.name_witness(
            organisation.pk, name="市审计局", way="cosigned", vkey=signer.vkey, actor="", at=AT
        )
        asked = outside.request(witness)
        text, _lines = notes.split(asked.note)
        outside.take_cosignature(witness, signer.line(text, AT), at=AT)
        return witness

    def test_a_witness_is_named_and_its_limit_said(
        self, organisation: Organisation, signer: notes.Signer
    ) -> None:
        made = numbered(organisation, 6)
        self.cosign(organisation, signer)
        sequence(organisation.pk, holder="tests", now=AT)
        numbered(organisation, 4)
        lines = of(organisation, made[2])
        said = found(lines)
        assert said["witnessed_own"][0]["at"] == "2026-03-02 01:30"
        assert said["witnessed_own"][0]["size"] == 6
        assert said["not_after"] == [{"size": 6, "more": 5}]
        assert "witnessed" in found(lines, trusted=[signer.vkey])
        held = said["witnessed_own"][0]
        against = [(6, bytes.fromhex(held["root"]))]
        assert "agrees" in found(lines, against=against)

    def test_a_forged_copy(self, organisation: Organisation, signer: notes.Signer) -> None:
        made = numbered(organisation, 6)
        self.cosign(organisation, signer)
        head, line = of(organisation, made[2])
        copy = json.loads(head)["outside"][0]
        thief = notes.Signer("audit.example/w1", b"t" * 32, evidence.COSIGNATURE)
        text, _lines = notes.split(copy["checkpoint"])
        forged = copy | {"checkpoint": notes.with_lines(text, [thief.line(text, AT)])}
        assert bad(found([changed(head, outside=[forged]), line])) == {"bad_witness"}
        other = copy["checkpoint"].replace("\n6\n", "\n5\n")
        assert bad(found([changed(head, outside=[copy | {"checkpoint": other}]), line])) == {
            "forked"
        }
        assert bad(found([changed(head, outside=[copy | {"proof": ["00" * 32]}]), line])) == {
            "forked"
        }

    def test_handed_over_is_the_servers_word(self, organisation: Organisation) -> None:
        made = numbered(organisation, 6)
        witness = outside.name_witness(organisation.pk, name="市档案馆", actor="", at=AT)
        newest = packs.newest(organisation.pk)
        outside.hand_over(witness, size=6, root_start=newest.root, on=AT.date(), actor="", at=AT)
        sequence(organisation.pk, holder="tests", now=AT)
        said = found(of(organisation, made[0]))
        assert said["handed_over"][0]["name"] == "市档案馆"
        assert said["handed_over"][0]["on"] == "2026-03-02"
        assert "no_witness" in said, "what the server says by itself is no witness"

    def test_a_clock_that_was_set(self, organisation: Organisation, signer: notes.Signer) -> None:
        """The witness knew the first entries at its time; a later one claims an earlier day."""
        numbered(organisation, 3)
        self.cosign(organisation, signer)
        late = put(organisation, 9, at=AT - timedelta(days=3))
        sequence(organisation.pk, holder="tests", now=AT)
        late.refresh_from_db()
        assert found(of(organisation, late))["clock"] == [{"first": late.index + 1, "count": 1}]
        first = Entry.objects.get(organisation=organisation, index=0)
        assert "clock" not in found(of(organisation, first))


class TestErased:
    def erase(self, organisation: Organisation, *entries: Entry) -> int:
        done = erasing.erase(
            organisation.pk, [e.pk for e in entries], under="保管期限十年届满", actor="档", at=AT
        )
        sequence(organisation.pk, holder="tests", now=AT)
        return done

    def test_the_tree_verifies_and_says_under_which_rule(self, organisation: Organisation) -> None:
        made = numbered(organisation, 8)
        assert self.erase(organisation, made[2], made[5]) == 2
        assert self.erase(organisation, made[2]) == 0
        lines = of(organisation, made[2])
        said = found(lines)
        assert not bad(said)
        assert said["erased"] == [
            {"number": 3, "under": "保管期限十年届满", "on": "2026-03-02", "by": 9}
        ]
        assert '"number":2' not in "".join(lines)
        assert not bad(found(packs.whole(organisation, about="", at=AT)))
        assert len(found(packs.whole(organisation, about="", at=AT))["erased"]) == 2
        closed = packs.whole(organisation, about="", at=AT, disclosed=False)
        assert not bad(found(closed))

    def test_until_the_erasure_is_numbered(self, organisation: Organisation) -> None:
        made = numbered(organisation, 3)
        erasing.erase(organisation.pk, [made[0].pk], under="届满", actor="", at=AT)
        with pytest.raises(packs.NotYet):
            of(organisation, made[0])
        with pytest.raises(packs.NotYet):
            next(packs.whole(organisation, about="", at=AT))
        assert not bad(found(of(organisation, made[1])))

    def test_nothing_is_erased_before_it_was_recorded(self, organisation: Organisation) -> None:
        made = numbered(organisation, 3)
        self.erase(organisation, made[0])
        late = numbered(organisation, 1)[0]
        head, line, record = of(organisation, made[0])
        entry = json.loads(of(organisation, late)[1])
        del entry["body"], entry["salt"]
        gone = json.dumps({**entry, "erased": True})
        rows = [{**r, "body": r["body"].replace('"index":0', f'"index":{late.index}')}
                for r in json.loads(record)["rows"]]  # fmt: skip
        assert "missing" in bad(found([head, line, changed(record, rows=rows), gone]))

    def test_gone_without_a_record(self, organisation: Organisation) -> None:
        made = numbered(organisation, 8)
        self.erase(organisation, made[2])
        head, line, record = of(organisation, made[2])
        alone = [changed(head, entries=1), line]
        assert bad(found(alone)) == {"missing"}
        rows = json.loads(record)["rows"]
        other = changed(line, index=2)
        assert bad(found([head, other, changed(record, rows=[])])) == {"missing"}
        assert len(rows) == 1

    def test_a_row_can_go_alone(self, organisation: Organisation) -> None:
        entry = put(organisation, rows=[{"n": n} for n in range(4)])
        numbered(organisation, 1)
        entry.refresh_from_db()
        erasing.erase_rows(entry, [1, 3], under="本人申请", actor="", at=AT)
        sequence(organisation.pk, holder="tests", now=AT)
        assert not bad(found(of(organisation, entry, rows=(0, 1, 2))))
        assert [json.loads(r["body"])["n"] for r in json.loads(
            of(organisation, entry, rows=(0, 1, 2))[1])["rows"]] == [0, 2]  # fmt: skip
        assert Erasure.objects.filter(row__isnull=False).count() == 2
        assert erasing.erase_rows(entry, [1], under="再来", actor="", at=AT) == 0
        assert self.erase(organisation, entry) == 1
        assert not bad(found(of(organisation, entry)))

    def test_what_is_never_erased(self, organisation: Organisation) -> None:
        made = numbered(organisation, 3)
        with pytest.raises(erasing.Kept):
            erasing.erase(organisation.pk, [put(organisation).pk], under="x", actor="", at=AT)
        self.erase(organisation, made[0])
        record = Entry.objects.get(kind="entry.erased")
        with pytest.raises(erasing.Kept):
            erasing.erase(organisation.pk, [record.pk], under="x", actor="", at=AT)
        with pytest.raises(erasing.Kept):
            erasing.erase_rows(record, [0], under="x", actor="", at=AT)


def test_of_objects_finds_entries_and_rows(organisation: Organisation) -> None:
    about = numbered(organisation, 1)[0].object_id
    many = put(organisation, rows=[{"id": "0"}, {"id": str(about)}, {"of": str(about), "n": 1}])
    elsewhere = put(organisation, rows=[{"id": str(about)}])
    typed = put(organisation, rows=[{"note": str(about)}, {"note": f"见{about}"}])
    sequence(organisation.pk, holder="tests", now=AT)
    wanted = packs.of_objects(
        organisation.pk,
        [("unit", about)],
        named_in=[("unit", many.object_id), ("unit", typed.object_id)],
    )
    assert {w.rows for w in wanted} == {(), (1, 2)}
    assert not {elsewhere.pk, typed.pk} & {w.entry_id for w in wanted}


def test_before_there_is_a_checkpoint(organisation: Organisation) -> None:
    entry = put(organisation)
    with pytest.raises(packs.NotYet):
        of(organisation, entry)
    with pytest.raises(packs.NotYet):
        next(packs.whole(organisation, about="", at=AT))
    numbered(organisation, 1)
    later = put(organisation)
    with pytest.raises(packs.NotYet):
        of(organisation, later)
    with pytest.raises(packs.NoSuchEntry):
        packs.of_index(organisation.pk, [99])


def test_a_pack_is_the_same_text_for_everybody(organisation: Organisation) -> None:
    made = numbered(organisation, 40)
    once, again = of(organisation, made[7]), of(organisation, made[7])
    assert hashlib.sha256("".join(once).encode()) != ""
    assert once == again
