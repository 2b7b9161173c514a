"""Notes, keys and requests against an independent implementation of the C2SP formats."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tlog_scales import signing, tlog

from luoshi.lib import merkle, notes
from luoshi.lib.evidence import COSIGNATURE, SIGNATURE, Checkpoint

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ROOT = merkle.leaf_hash(b"x")


@pytest.fixture
def log() -> notes.Signer:
    return notes.Signer.new("luoshi/0190")


@pytest.fixture
def witness() -> notes.Signer:
    return notes.Signer.new("audit.example/w1", COSIGNATURE)


def note_of(*signers: notes.Signer, size: int = 7) -> str:
    text = notes.text_of("luoshi/0190", size, ROOT)
    return notes.with_lines(text, [signer.line(text, AT) for signer in signers])


def test_strangers_read_what_we_sign(log: notes.Signer, witness: notes.Signer) -> None:
    read = tlog.Checkpoint.from_text(note_of(log, witness))
    assert (read.origin, read.size, read.root_hash) == ("luoshi/0190", 7, ROOT)
    for signer, line in zip((log, witness), read.signatures, strict=True):
        vkey = signing.Vkey.from_string(signer.vkey)
        assert vkey.serialize() == signer.vkey
        vkey.get_verifier().verify_note(line, read)


def test_we_read_what_strangers_sign() -> None:
    theirs = signing.PlainEd25519Signer("luoshi/0190", b"k" * 32)
    note = tlog.Checkpoint("luoshi/0190", 7, ROOT, [])
    line = theirs.sign(note).serialize()
    ours = Checkpoint(notes.with_lines(notes.text_of("luoshi/0190", 7, ROOT), [line]))
    assert ours.signed(theirs.vkey.serialize()) is True


def test_signatures(log: notes.Signer, witness: notes.Signer) -> None:
    read = Checkpoint(note_of(log, witness))
    assert read.signed(log.vkey) is True
    assert read.signed(witness.vkey) == AT
    other = notes.Signer.new("luoshi/0190")
    assert read.signed(other.vkey) is False
    forged = notes.Signer("luoshi/0190", b"f" * 32)
    text = notes.text_of("luoshi/0190", 7, ROOT)
    swapped = log.line(text, AT).split(" ")[2][:8] + forged.line(text, AT).split(" ")[2][8:]
    bad = Checkpoint(notes.with_lines(text, [f"{notes.DASH} luoshi/0190 {swapped}"]))
    assert bad.signed(log.vkey) is False
    other_text = Checkpoint(note_of(log, size=8).replace("\n8\n", "\n9\n"))
    assert other_text.signed(log.vkey) is False


def test_lines_of_unknown_kinds_are_passed_over(log: notes.Signer) -> None:
    text = notes.text_of("luoshi/0190", 7, ROOT)
    strange = f"{notes.DASH} sm2.example/luoshi {'QUJD' * 20}"
    assert Checkpoint(notes.with_lines(text, [strange, log.line(text, AT)])).signed(log.vkey)


HASH = "A" * 43 + "="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "luoshi\n7\nAA==\n",
        f"luoshi\n07\n{HASH}\n\n",
        f"luoshi\n0\n{HASH}\n\n",
        f"luoshi\nseven\n{HASH}\n\n",
        "luoshi\n7\nAAAA\n\n",
        f"luoshi\n7\n{HASH}\n\nx\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - several causes, one meaning: no checkpoint
        Checkpoint(text)


def test_keys(tmp_path: Path, log: notes.Signer, witness: notes.Signer) -> None:
    assert (notes.kind_of(log.vkey), notes.kind_of(witness.vkey)) == (SIGNATURE, COSIGNATURE)
    name, key_id, rest = log.vkey.split("+", 2)
    for bad in ("", "x", f"{name}+00000000+{rest}", f"a b+{key_id}+{rest}", log.vkey[:-4]):
        with pytest.raises(ValueError):  # noqa: PT011 - several causes, one meaning: no key
            notes.kind_of(bad)
    path = tmp_path / "deep" / "key"
    witness.keep(path)
    assert notes.Signer.load(path) == witness
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        log.keep(path)
    for name in ("", "with space", "with+plus", "line\nend"):
        with pytest.raises(ValueError, match="cannot name"):
            notes.Signer.new(name)


def test_requests_travel_as_text(log: notes.Signer) -> None:
    asked = notes.Request(5, (ROOT, merkle.leaf_hash(b"y")), note_of(log))
    assert notes.Request.read(str(asked)) == asked
    assert str(asked).startswith("old 5\n")
    for bad in ("", "old 05\n\n" + note_of(log), "new 5\n\n" + note_of(log), "old 5\n!\n\nx"):
        with pytest.raises(ValueError):  # noqa: PT011 - several causes, one meaning: no request
            notes.Request.read(bad)
