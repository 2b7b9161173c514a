"""The log as files, checked by a program that is not ours (tlog-scales)."""

from pathlib import Path

import pytest
from tlog_scales import signing, tlog
from tlog_scales import tiles as theirs
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader

from luoshi.base.models import Organisation
from luoshi.ledger import keys, packs, published
from luoshi.ledger.leaf import leaf_text
from luoshi.ledger.models import Checkpoint, Entry
from tests.ledger.logs import numbered


@pytest.fixture
def folder(organisation: Organisation, tmp_path: Path) -> Path:
    numbered(organisation, 300)
    numbered(organisation, 257)
    published.write(organisation.pk, tmp_path / "log")
    return tmp_path / "log"


def test_a_stranger_verifies_the_exported_log(organisation: Organisation, folder: Path) -> None:
    reader = TilesReader(LocalBackend(folder))
    note = reader.get_checkpoint()
    assert (note.origin, note.size) == (keys.origin(organisation.pk), 557)
    vkey = signing.Vkey.from_string((folder / "keys").read_text().splitlines()[0])
    vkey.get_verifier().verify_note(note.signatures[0], note)
    assert reader.calculate_root_hash() == note.root_hash
    for entry in Entry.objects.order_by("index"):
        leaf = reader.get_entry(entry.index)
        assert leaf == leaf_text(entry.v, entry.kind, entry.at, entry.commitment).encode()
        if entry.index % 40 == 0:
            reader.get_inclusion_proof(entry.index, note.size).check(
                theirs.leaf_hash(leaf), note.root_hash
            )
    first = Checkpoint.objects.get(size=300)
    proof = reader.get_consistency_proof(300, 557)
    assert isinstance(proof, tlog.ConsistencyProof)
    proof.check(bytes.fromhex(first.root), note.root_hash)


def test_the_files_show_no_body(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert "何静之".encode() not in path.read_bytes(), path


def test_nothing_before_the_first_checkpoint(organisation: Organisation, tmp_path: Path) -> None:
    with pytest.raises(packs.NotYet):
        published.write(organisation.pk, tmp_path / "log")
    assert not (tmp_path / "log").exists()
