"""The log: appended in the act's transaction, sequenced once, recomputed exactly."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from luoshi.base.models import Organisation
from luoshi.ledger import actions
from luoshi.ledger.leaf import leaf_text
from luoshi.ledger.models import Body, BulkRow, Checkpoint, Entry, Head
from luoshi.ledger.sequence import sequence
from luoshi.ledger.verify import verify
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical
from luoshi.lib.ids import new_id

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(slug="yunzhou", name="云州市水务局", created_at=AT)


def put(
    organisation: Organisation, number: int = 1, rows: list[dict[str, int]] | None = None
) -> Entry:
    with transaction.atomic():
        return actions.append(
            "unit.created",
            organisation_id=organisation.pk,
            actor="测试",
            at=AT,
            object_kind="unit",
            object_id=new_id(),
            version=1,
            values={"number": number},
            rows=rows,
        )


def codes(organisation: Organisation) -> set[str]:
    return {f.code for f in verify(organisation).findings}


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_its_act_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        actions.append(
            "unit.created",
            organisation_id=new_id(),
            actor="",
            at=AT,
            object_kind="unit",
            object_id=new_id(),
            version=1,
            values={},
        )


def test_leaf_and_body_are_the_documented_bytes(organisation: Organisation) -> None:
    entry = put(organisation, 7)
    body = Body.objects.get(pk=entry.pk)
    leaf = leaf_text(entry.v, entry.kind, entry.at, entry.commitment)
    assert leaf == (
        '{"at":"2026-03-02T01:30:00.000000Z","commitment":"'
        f'{entry.commitment}","kind":"unit.created","v":1}}'
    )
    assert canonical(json.loads(leaf)).decode() == leaf
    assert entry.object_version == 1
    assert entry.commitment == merkle.commitment(bytes(body.salt), body.body.encode()).hex()
    assert json.loads(body.body) == {
        "organisation": str(organisation.pk),
        "actor": "测试",
        "object": {"kind": "unit", "id": str(entry.object_id), "version": 1},
        "values": {"number": 7},
    }
    assert body.body.encode() == canonical(json.loads(body.body))


def test_every_waiting_entry_is_indexed_once_in_order(organisation: Organisation) -> None:
    entries = [put(organisation, n) for n in range(7)]
    assert sequence(organisation.pk, holder="a", now=AT) == 7
    assert sequence(organisation.pk, holder="a", now=AT) == 0
    put(organisation, 8)
    assert sequence(organisation.pk, holder="b", now=AT) == 1
    indexed = list(Entry.objects.order_by("index").values_list("id", flat=True))
    assert indexed[:7] == [e.pk for e in entries]
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [7, 8]
    verdict = verify(organisation)
    assert verdict.holds
    assert (verdict.size, verdict.waiting) == (8, 0)
    leaves = [
        merkle.leaf_hash(leaf_text(e.v, e.kind, e.at, e.commitment).encode())
        for e in Entry.objects.order_by("index")
    ]
    assert verdict.root == merkle.root(leaves).hex()


def test_a_lease_keeps_others_out_until_it_runs_out(organisation: Organisation) -> None:
    put(organisation)
    Head.objects.create(
        organisation=organisation, lease_holder="gone", lease_until=AT + timedelta(seconds=10)
    )
    assert sequence(organisation.pk, holder="b", now=AT) == 0
    assert sequence(organisation.pk, holder="b", now=AT + timedelta(seconds=11)) == 1


def test_a_bulk_row_can_be_proven_alone(organisation: Organisation) -> None:
    entry = put(organisation, rows=[{"n": n} for n in range(5)])
    rows = list(BulkRow.objects.filter(entry=entry).order_by("number"))
    hashes = [merkle.leaf_hash(merkle.commitment(bytes(r.salt), r.body.encode())) for r in rows]
    recorded = json.loads(Body.objects.get(pk=entry.pk).body)["rows"]
    assert recorded == {"root": merkle.root(hashes).hex(), "size": 5}
    proof = [step.hex() for step in merkle.inclusion_proof(hashes, 3)]
    assert merkle.root_from(hashes[3], 3, 5, proof) == merkle.root(hashes)
    assert len({bytes(r.salt) for r in rows}) == 5


@pytest.mark.damages_log
class TestDamage:
    @pytest.fixture
    def log(self, organisation: Organisation) -> Organisation:
        for n in range(5):
            put(organisation, n)
        put(organisation, rows=[{"n": n} for n in range(3)])
        sequence(organisation.pk, holder="a", now=AT)
        assert verify(organisation).holds
        return organisation

    def first(self) -> UUID:
        return Entry.objects.order_by("index").values_list("pk", flat=True)[0]

    def test_edited_body(self, log: Organisation) -> None:
        body = Body.objects.get(pk=self.first())
        Body.objects.filter(pk=body.pk).update(body=body.body.replace('"number":0', '"number":9'))
        assert codes(log) == {"body"}

    def test_edited_leaf(self, log: Organisation) -> None:
        Entry.objects.filter(pk=self.first()).update(kind="unit.closed")
        assert codes(log) == {"root"}

    def test_body_and_leaf_edited_together(self, log: Organisation) -> None:
        body = Body.objects.get(pk=self.first())
        forged = body.body.replace('"number":0', '"number":9')
        Body.objects.filter(pk=body.pk).update(body=forged)
        Entry.objects.filter(pk=body.pk).update(
            commitment=merkle.commitment(bytes(body.salt), forged.encode()).hex()
        )
        assert codes(log) == {"root"}

    def test_swapped_entries(self, log: Organisation) -> None:
        a, b = Entry.objects.order_by("index")[:2]
        Entry.objects.filter(pk=a.pk).update(index=None)
        Entry.objects.filter(pk=b.pk).update(index=0)
        Entry.objects.filter(pk=a.pk).update(index=1)
        assert codes(log) == {"root"}

    def test_removed_tail(self, log: Organisation) -> None:
        last = Entry.objects.order_by("-index")[0]
        BulkRow.objects.filter(entry=last).delete()
        Body.objects.filter(pk=last.pk).delete()
        last.delete()
        assert codes(log) == {"tail"}

    def test_gap(self, log: Organisation) -> None:
        Entry.objects.filter(index=2).update(index=None)
        assert "gap" in codes(log)

    def test_edited_and_missing_rows(self, log: Organisation) -> None:
        BulkRow.objects.filter(number=1).update(body='{"n":9}')
        assert codes(log) == {"rows"}
        BulkRow.objects.filter(number=1).delete()
        assert codes(log) == {"rows"}

    def test_forged_checkpoint(self, log: Organisation) -> None:
        Checkpoint.objects.create(organisation=log, size=99, root="00" * 32, at=AT)
        assert codes(log) == {"checkpoint"}

    def test_a_body_that_is_gone_without_a_record(self, log: Organisation) -> None:
        Body.objects.filter(pk=self.first()).delete()
        assert codes(log) == {"missing"}
