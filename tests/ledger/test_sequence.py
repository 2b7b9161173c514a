"""The sequencer: tiles, signatures, the order of an object, a kill in the middle, a lost key."""

import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from luoshi.base.models import Organisation
from luoshi.ledger import keys, sequence
from luoshi.ledger.models import Checkpoint, Entry, Head, LogKey, Tile
from luoshi.ledger.proofs import Tree
from luoshi.ledger.verify import verify
from luoshi.lib import evidence, merkle
from luoshi.lib.ids import new_id
from tests.ledger.logs import AT, numbered, put


def run(organisation: Organisation, **more: object) -> int:
    return sequence.sequence(organisation.pk, holder="tests", now=AT)


def test_tiles_give_every_proof(organisation: Organisation) -> None:
    for count in (3, 260, 1, 300):
        numbered(organisation, count)
    leaves = [
        merkle.leaf_hash(sequence.leaf_text(e.v, e.kind, e.at, e.commitment).encode())
        for e in Entry.objects.order_by("index")
    ]
    tree, size = Tree(organisation.pk), len(leaves)
    assert tree.root(size) == merkle.root(leaves)
    for index in random.Random(3).sample(range(size), 20):
        assert tree.inclusion(index, size) == merkle.inclusion_proof(leaves, index)
    for checkpoint in Checkpoint.objects.all():
        assert tree.root(checkpoint.size).hex() == checkpoint.root
        old = bytes.fromhex(checkpoint.root)
        proof = [step.hex() for step in tree.consistency(checkpoint.size, size)]
        assert evidence.roots_from(checkpoint.size, size, proof, old) == (old, merkle.root(leaves))
    assert Tile.objects.filter(level=0).count() == 3
    with pytest.raises(IndexError):
        tree.inclusion(size, size)


def test_a_proof_reads_few_rows(
    organisation: Organisation, django_assert_num_queries: object
) -> None:
    numbered(organisation, 600)
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        Tree(organisation.pk).inclusion(300, 600)


def test_checkpoints_are_signed(organisation: Organisation) -> None:
    numbered(organisation, 2)
    checkpoint = Checkpoint.objects.get()
    note = evidence.Checkpoint(checkpoint.note)
    assert (note.origin, note.size) == (keys.origin(organisation.pk), 2)
    assert note.root.hex() == checkpoint.root
    assert note.signed(keys.public(organisation.pk)[0]) is True


class TestKeys:
    def test_rotation_overlaps(self, organisation: Organisation) -> None:
        numbered(organisation, 1)
        first = keys.public(organisation.pk)[0]
        made = keys.rotate(organisation.pk, actor="", at=AT)
        run(organisation)
        note = evidence.Checkpoint(Checkpoint.objects.order_by("-size")[0].note)
        assert note.signed(first) is True
        assert note.signed(made.vkey) is True
        assert Entry.objects.get(kind="key.introduced").object_id == made.pk
        later = AT + keys.OVERLAP
        put(organisation)
        sequence.sequence(organisation.pk, holder="tests", now=later)
        note = evidence.Checkpoint(Checkpoint.objects.order_by("-size")[0].note)
        assert note.signed(first) is False
        assert note.signed(made.vkey) is True
        assert verify(organisation).holds

    @pytest.mark.django_db(transaction=True)
    def test_a_retired_private_key_is_removed(self, organisation: Organisation) -> None:
        numbered(organisation, 1)
        path = keys._path(organisation.pk, keys.public(organisation.pk)[0])
        keys.rotate(organisation.pk, actor="", at=AT)
        assert path.exists()
        keys.rotate(organisation.pk, actor="", at=AT + keys.OVERLAP)
        assert not path.exists()

    def test_a_lost_key_stops_no_entry(self, organisation: Organisation) -> None:
        numbered(organisation, 1)
        vkey = keys.public(organisation.pk)[0]
        path = keys._path(organisation.pk, vkey)
        kept = path.read_text()
        path.unlink()
        numbered(organisation, 1)
        assert Checkpoint.objects.order_by("-size")[0].note == ""
        assert keys.missing(organisation.pk, AT) == [vkey]
        verdict = verify(organisation, now=AT)
        assert verdict.holds
        assert [n.code for n in verdict.notices] == ["unsigned", "keyless"]
        path.write_text(kept)
        assert sequence.sign_newest(organisation.pk, AT)
        assert not sequence.sign_newest(organisation.pk, AT)
        assert evidence.Checkpoint(Checkpoint.objects.order_by("-size")[0].note).signed(vkey)

    def test_the_private_key_is_no_row(self, organisation: Organisation) -> None:
        numbered(organisation, 1)
        path = keys._path(organisation.pk, LogKey.objects.get().vkey)
        seed = path.read_text().splitlines()[2]
        assert path.stat().st_mode & 0o777 == 0o600
        assert all(seed not in row.vkey for row in LogKey.objects.all())


def ids(count: int) -> Sequence[UUID]:
    return sorted(new_id() for _ in range(count))


def renamed(entry: Entry, key: UUID) -> None:
    """Give an entry another id, as another process with another clock might have."""
    from luoshi.ledger.models import Body

    Body.objects.filter(pk=entry.pk).update(id=key)
    Entry.objects.filter(pk=entry.pk).update(id=key)


class TestOrder:
    def test_versions_order_the_entries_of_an_object(self, organisation: Organisation) -> None:
        about = new_id()
        early, late = ids(2)
        second = put(organisation, about=about, version=2)
        first = put(organisation, about=about, version=1)
        renamed(second, early)
        renamed(first, late)
        run(organisation)
        found = Entry.objects.order_by("index").values_list("object_version", flat=True)
        assert list(found) == [1, 2]
        assert verify(organisation).holds

    def test_also_over_the_end_of_a_batch(
        self, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sequence, "BATCH", 2)
        about = new_id()
        a, b, c, d = ids(4)
        for key, version in ((a, 3), (d, 2)):
            renamed(put(organisation, about=about, version=version), key)
        for key in (b, c):
            renamed(put(organisation), key)
        run(organisation)
        mine = Entry.objects.filter(object_id=about).order_by("index")
        assert list(mine.values_list("object_version", flat=True)) == [2, 3]
        assert verify(organisation).holds

    @pytest.mark.damages_log
    def test_the_wrong_order_is_found(self, organisation: Organisation) -> None:
        about = new_id()
        put(organisation, about=about, version=2)
        run(organisation)
        put(organisation, about=about, version=1)
        run(organisation)
        assert {f.code for f in verify(organisation).findings} == {"order"}


class TestKilled:
    def test_nothing_is_lost_and_nothing_doubled(
        self, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever dies inside the transaction takes its numbers with it; the lease runs out."""
        numbered(organisation, 5)
        for n in range(7):
            put(organisation, n)

        def dies(*args: object) -> str:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(sequence, "_note", dies)
            with pytest.raises(KeyboardInterrupt):
                run(organisation)
        assert Entry.objects.filter(index__isnull=True).count() == 7
        assert Head.objects.get().size == 5
        assert Tile.objects.get().hashes.__len__() == 5 * 32
        assert sequence.sequence(organisation.pk, holder="next", now=AT) == 0
        later = AT + sequence.LEASE + timedelta(seconds=1)
        assert sequence.sequence(organisation.pk, holder="next", now=later) == 7
        found = Entry.objects.order_by("index").values_list("index", flat=True)
        assert list(found) == list(range(12))
        assert verify(organisation).holds


def test_waiting_too_long_is_told(organisation: Organisation) -> None:
    entry = put(organisation)
    Entry.objects.filter(pk=entry.pk).update(inserted_at=AT)
    assert sequence.waiting_long(organisation.pk, AT + timedelta(seconds=59)) == 0
    late = AT + timedelta(seconds=61)
    assert sequence.waiting_long(organisation.pk, late) == 1
    assert [n.code for n in verify(organisation, now=late).notices] == ["late"]


class TestSigner:
    """The signer remembers, beside its keys, what it signed last."""

    @pytest.mark.damages_log
    def test_a_rewritten_database_is_not_signed(self, organisation: Organisation) -> None:
        numbered(organisation, 5)
        assert keys.remembered(organisation.pk) == (5, Checkpoint.objects.get().root)
        keys.remember(organisation.pk, 5, "ab" * 32)
        numbered(organisation, 1)
        assert Checkpoint.objects.order_by("-size")[0].note == ""
        assert not sequence.sign_newest(organisation.pk, AT)
        assert {f.code for f in verify(organisation).findings} == {"fork"}
        keys.rotate(organisation.pk, actor="", at=AT)
        run(organisation)
        assert Checkpoint.objects.order_by("-size")[0].note
        assert verify(organisation).holds

    @pytest.mark.damages_log
    def test_a_database_that_was_set_back_is_not_signed(self, organisation: Organisation) -> None:
        numbered(organisation, 3)
        keys.remember(organisation.pk, 9, "ab" * 32)
        numbered(organisation, 1)
        assert Checkpoint.objects.order_by("-size")[0].note == ""
        assert {f.code for f in verify(organisation).findings} == {"rollback"}

    @pytest.mark.damages_log
    def test_nothing_is_built_on_a_damaged_tree(self, organisation: Organisation) -> None:
        numbered(organisation, 3)
        other = Organisation.objects.create(slug="other", name="别的单位", created_at=AT)
        Tile.objects.update(hashes=bytes(96))
        put(organisation)
        put(other)
        with pytest.raises(sequence.Damaged):
            run(organisation)
        assert sequence.sequence_all(holder="t", now=AT) == 1, "the other log goes on"
        Tile.objects.filter(organisation=organisation).delete()
        with pytest.raises(sequence.Damaged):
            run(organisation)
        assert Entry.objects.filter(index__isnull=True).count() == 1

    def test_a_lease_from_a_clock_that_was_ahead(self, organisation: Organisation) -> None:
        put(organisation)
        Head.objects.create(
            organisation=organisation, lease_holder="x", lease_until=AT + timedelta(days=300)
        )
        assert run(organisation) == 1
