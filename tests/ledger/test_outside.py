"""Witnesses and copies: named, handed over, asked over the network, and what goes wrong."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from luoshi.base.models import Organisation
from luoshi.base.refused import BadInput, Stale
from luoshi.ledger import keys, outside, packs
from luoshi.ledger.models import Checkpoint, Entry, OutsideCopy, Witness
from luoshi.ledger.sequence import sequence
from luoshi.ledger.verify import verify
from luoshi.lib import merkle, notes, witness
from tests.ledger.logs import AT, numbered

MINUTE = timedelta(minutes=1)


@pytest.fixture
def audit(tmp_path: Path) -> witness.Witness:
    return witness.Witness.make(tmp_path / "audit", "audit.example/w1")


@pytest.fixture
def address(audit: witness.Witness) -> Iterator[str]:
    """The witness at work on a port of this machine."""
    server = witness.server(audit, ("127.0.0.1", 0), lambda: AT)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def named(organisation: Organisation, audit: witness.Witness, address: str = "") -> Witness:
    return outside.name_witness(
        organisation.pk, name="市审计局", way="cosigned", vkey=audit.signer.vkey,
        address=address, actor="系统", at=AT,
    )  # fmt: skip


def given(keeper: Witness, size: int, **more: Any) -> OutsideCopy:
    """A hand-over as the sheet says it; `more` changes what is said."""
    found = Checkpoint.objects.filter(size=size).first()
    said = {"root_start": found.root[:8] if found else "0" * 8, "on": AT.date(), "actor": ""}
    return outside.hand_over(keeper, size=size, at=AT, **(said | more))


class TestByHand:
    def test_a_copy_leaves_an_entry_and_counts(self, organisation: Organisation) -> None:
        numbered(organisation, 4)
        archive = outside.name_witness(organisation.pk, name="市档案馆", actor="系统", at=AT)
        assert archive.way == Witness.Way.SEALED
        assert outside.due(archive, None, AT.date())
        copy = given(archive, 4, actor="系统")
        again = given(archive, 4, actor="系统")
        assert copy == again == outside.last_copy(organisation.pk)
        kinds = Entry.objects.order_by("id").values_list("kind", flat=True)
        assert list(kinds)[4:] == ["witness.named", "checkpoint.handed_over"]
        assert not outside.due(archive, copy, AT.date())
        assert outside.due(archive, copy, AT.date() + timedelta(days=31))
        sequence(organisation.pk, holder="t", now=AT)
        verdict = verify(organisation)
        assert verdict.holds
        assert verdict.witnessed == 0, "nobody has compared it yet"
        assert [(h.name, h.size, h.proven) for h in verdict.outside] == [("市档案馆", 4, False)]
        assert any("市档案馆" in line for line in verdict.unproven)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "局", "way": "pigeon"}, "way"),
            ({"name": "局", "way": "cosigned", "vkey": "nothing"}, "vkey"),
            ({"name": "局", "way": "cosigned", "vkey": "LOG"}, "vkey"),
            ({"name": "局", "way": "cosigned", "vkey": "GOOD", "address": "ftp://x"}, "address"),
            ({"name": "局", "way": "cosigned", "vkey": "GOOD", "address": "http://"}, "address"),
            ({"name": "局", "way": "cosigned", "vkey": "GOOD", "address": "http://["}, "address"),
            (
                {"name": "局", "way": "cosigned", "vkey": "GOOD", "address": "http://169.254.1.1"},
                "address",
            ),
        ],
    )
    def test_what_cannot_be_named(
        self, organisation: Organisation, audit: witness.Witness, given: dict[str, str], field: str
    ) -> None:
        stand_in = {"LOG": notes.Signer.new("luoshi/x").vkey, "GOOD": audit.signer.vkey}
        given = {key: stand_in.get(value, value) for key, value in given.items()}
        with pytest.raises(BadInput) as error:
            outside.name_witness(organisation.pk, **given, actor="", at=AT)
        assert error.value.field == field
        assert not Witness.objects.exists()

    def test_nobody_is_named_twice(self, organisation: Organisation) -> None:
        first = outside.name_witness(organisation.pk, name="市档案馆", actor="", at=AT)
        with pytest.raises(BadInput):
            outside.name_witness(organisation.pk, name="市档案馆", actor="", at=AT)
        with pytest.raises(Stale):
            outside.end_witness(first, reason="换人", seen=7, actor="", at=AT)
        outside.end_witness(first, reason="换人", seen=1, actor="", at=AT)
        assert outside.witnesses(organisation.pk) == []
        with pytest.raises(outside.WitnessEnded):
            given(first, 1)
        outside.name_witness(organisation.pk, name="市档案馆", actor="", at=AT)

    def test_days_and_sizes_that_cannot_be(self, organisation: Organisation) -> None:
        numbered(organisation, 2)
        archive = outside.name_witness(organisation.pk, name="市档案馆", actor="", at=AT)
        for size, day, field in ((3, 0, "size"), (2, 1, "on"), (2, -1, "on")):
            on = AT.date() + timedelta(days=day)
            with pytest.raises(BadInput) as error:
                given(archive, size, on=on)
            assert error.value.field == field
        for root in ("", "1234", "0" * 8, "0" * 64):
            with pytest.raises(BadInput) as error:
                given(archive, 2, root_start=root)
            assert error.value.field == "root_start"

    def test_a_witness_that_signs_is_handed_nothing(
        self, organisation: Organisation, audit: witness.Witness
    ) -> None:
        numbered(organisation, 2)
        with pytest.raises(BadInput):
            given(named(organisation, audit), 2)


class TestAsked:
    def test_the_worker_asks_and_the_witness_signs(
        self, organisation: Organisation, audit: witness.Witness, address: str
    ) -> None:
        numbered(organisation, 5)
        audit.trust(keys.public(organisation.pk)[0])
        keeper = named(organisation, audit, address)
        sequence(organisation.pk, holder="t", now=AT)
        entries = Entry.objects.count()
        assert outside.ask_all(AT) == 1
        copy = OutsideCopy.objects.get()
        assert (copy.size, copy.witness) == (6, keeper)
        assert Entry.objects.count() == entries, "a cosignature must not make the log grow"
        assert outside.ask_all(AT) == 0, "asked a moment ago"
        assert outside.ask_all(AT + MINUTE) == 0, "nothing new"
        numbered(organisation, 3)
        assert outside.ask_all(AT + 2 * MINUTE) == 1
        assert verify(organisation).witnessed == 9
        assert OutsideCopy.objects.get().size == 9, "one row a day"
        assert outside.trouble_of(Witness.objects.get()) == ""

    def test_it_may_know_more_than_we_remember(
        self, organisation: Organisation, audit: witness.Witness, address: str
    ) -> None:
        """Our memory of a cosignature may be gone; the witness says from where to go on."""
        numbered(organisation, 5)
        audit.trust(keys.public(organisation.pk)[0])
        keeper = named(organisation, audit, address)
        audit.sign(str(outside.request(keeper)), AT)
        sequence(organisation.pk, holder="t", now=AT)
        assert outside.ask_all(AT) == 1
        assert OutsideCopy.objects.get().size == 6

    def trouble(self) -> str:
        keeper = Witness.objects.get()
        assert outside.trouble_of(keeper)
        return keeper.trouble

    def test_it_does_not_know_us(
        self, organisation: Organisation, audit: witness.Witness, address: str
    ) -> None:
        numbered(organisation, 5)
        named(organisation, audit, address)
        assert outside.ask_all(AT) == 0
        assert self.trouble() == "unknown"

    def test_it_is_silent(self, organisation: Organisation, audit: witness.Witness) -> None:
        numbered(organisation, 5)
        named(organisation, audit, "http://127.0.0.1:9")
        assert outside.ask_all(AT) == 0
        assert self.trouble() == "silent"

    def test_it_signs_with_another_key(
        self, organisation: Organisation, audit: witness.Witness, address: str, tmp_path: Path
    ) -> None:
        numbered(organisation, 5)
        audit.trust(keys.public(organisation.pk)[0])
        named(organisation, witness.Witness.make(tmp_path / "other", "audit.example/w1"), address)
        assert outside.ask_all(AT) == 0
        assert self.trouble() == "unsigned"

    def test_the_server_was_set_back(
        self, organisation: Organisation, audit: witness.Witness, address: str
    ) -> None:
        signer = self.forked(organisation, audit, address, size=50)
        assert signer
        assert outside.ask_all(AT) == 0
        assert self.trouble() == "ahead 50"

    def test_the_log_was_rewritten(
        self, organisation: Organisation, audit: witness.Witness, address: str
    ) -> None:
        self.forked(organisation, audit, address, size=3)
        assert outside.ask_all(AT) == 0
        assert self.trouble() == "forked 3"

    def forked(
        self, organisation: Organisation, audit: witness.Witness, address: str, size: int
    ) -> notes.Signer:
        """The witness has signed a log of the same name that is not the one stored here."""
        numbered(organisation, 5)
        vkey = keys.public(organisation.pk)[0]
        audit.trust(vkey)
        signer = notes.Signer.load(keys._path(organisation.pk, vkey))
        root = merkle.root(merkle.leaf_hash(bytes([n])) for n in range(size))
        text = notes.text_of(signer.name, size, root)
        audit.sign(str(notes.Request(0, (), notes.with_lines(text, [signer.line(text, AT)]))), AT)
        named(organisation, audit, address)
        sequence(organisation.pk, holder="t", now=AT)
        return signer

    @pytest.mark.parametrize(
        ("status", "body", "trouble"),
        [
            (409, "9" * 5_000, "forked 0"),
            (409, "-1", "forked 0"),
            (500, "", "refused 500"),
            (200, "x" * 100_000, "unsigned"),
            (200, "FUTURE", "unsigned"),
            (200, "FAR", "unsigned"),
        ],
    )
    def test_what_a_broken_witness_may_answer(
        self, organisation: Organisation, audit: witness.Witness,
        monkeypatch: pytest.MonkeyPatch, status: int, body: str, trouble: str,
    ) -> None:  # fmt: skip
        numbered(organisation, 5)
        keeper = named(organisation, audit, "http://127.0.0.1:9")
        text, _lines = notes.split(packs.newest(organisation.pk).note)
        signed = {
            "FUTURE": audit.signer.line(text, AT + timedelta(days=9)),
            "FAR": audit.signer.line(text, datetime(9999, 12, 31, 23, tzinfo=UTC)),
        }
        monkeypatch.setattr(outside, "_post", lambda *a: (status, signed.get(body, body)))
        assert outside.ask_all(AT) == 0
        keeper.refresh_from_db()
        assert keeper.trouble == trouble

    def test_an_answer_that_drips(
        self, organisation: Organisation, audit: witness.Witness, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A byte now and then keeps the line open, but not for ever."""
        import socket
        import time

        listener = socket.create_server(("127.0.0.1", 0))
        stop = threading.Event()

        def drip() -> None:
            line, _peer = listener.accept()
            try:
                while not stop.is_set():
                    line.sendall(b"H")
                    time.sleep(0.05)
            except OSError:
                pass
            line.close()

        thread = threading.Thread(target=drip)
        thread.start()
        monkeypatch.setattr(outside, "LONGEST", 0.3)
        numbered(organisation, 5)
        named(organisation, audit, f"http://127.0.0.1:{listener.getsockname()[1]}")
        assert outside.ask_all(AT) == 0
        assert self.trouble() == "silent"
        stop.set()
        thread.join()
        listener.close()

    def test_before_the_first_checkpoint(
        self, organisation: Organisation, audit: witness.Witness, address: str
    ) -> None:
        named(organisation, audit, address)
        assert outside.ask_all(AT) == 0
        assert Witness.objects.get().asked_at is None


class TestByFile:
    def test_request_and_answer_travel_as_files(
        self, organisation: Organisation, audit: witness.Witness
    ) -> None:
        numbered(organisation, 5)
        audit.trust(keys.public(organisation.pk)[0])
        keeper = named(organisation, audit)
        line = audit.sign(str(outside.request(keeper)), AT)
        copy = outside.take_cosignature(keeper, f"{line}\n", at=AT)
        assert copy.size == 5
        assert outside.take_cosignature(keeper, line, at=AT) == copy
        note = packs.newest(organisation.pk).note
        assert outside.take_cosignature(keeper, f"{note}{line}\n", at=AT) == copy
        assert Witness.objects.exclude(address="").count() == 0
        assert outside.ask_all(AT) == 0

    @pytest.mark.parametrize("text", ["", "x", "— audit.example/w1 AAAA", "— someone AAAA"])
    def test_what_is_no_cosignature(
        self, organisation: Organisation, audit: witness.Witness, text: str
    ) -> None:
        numbered(organisation, 5)
        keeper = named(organisation, audit)
        with pytest.raises(outside.NoCosignature):
            outside.take_cosignature(keeper, text, at=AT)
        with pytest.raises(outside.NoCosignature):
            outside.take_cosignature(keeper, Checkpoint.objects.get().note, at=AT)
        assert not OutsideCopy.objects.exists()
