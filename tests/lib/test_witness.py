"""A witness signs only what continues what it signed before, also over a restart."""

import http.client
import threading
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest

from luoshi.lib import merkle, notes, witness
from luoshi.lib.evidence import Checkpoint

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LEAVES = [merkle.leaf_hash(str(n).encode()) for n in range(20)]
LOG = notes.Signer.new("luoshi/0190")


def request(
    old: int, size: int, leaves: list[bytes] = LEAVES, signer: notes.Signer = LOG
) -> notes.Request:
    text = notes.text_of(signer.name, size, merkle.root(leaves[:size]))
    proof = (
        merkle.prove(
            merkle.consistency(old, size),
            lambda level, index: merkle.root(leaves[index << level : (index + 1) << level]),
        )
        if 0 < old <= size
        else []
    )
    return notes.Request(old, tuple(proof), notes.with_lines(text, [signer.line(text, AT)]))


@pytest.fixture
def keeper(tmp_path: Path) -> witness.Witness:
    made = witness.Witness.make(tmp_path, "audit.example/w1")
    made.trust(LOG.vkey)
    return made


def refused(keeper: witness.Witness, asked: notes.Request | str) -> tuple[int, int | None]:
    with pytest.raises(witness.NotSigned) as error:
        keeper.sign(str(asked), AT)
    return error.value.status, error.value.known


def test_it_signs_and_remembers(keeper: witness.Witness) -> None:
    line = keeper.sign(str(request(0, 7)), AT)
    text = notes.text_of(LOG.name, 7, merkle.root(LEAVES[:7]))
    assert Checkpoint(notes.with_lines(text, [line])).signed(keeper.signer.vkey) == AT
    again = witness.Witness.load(keeper.folder)
    assert again == keeper
    assert [(log.origin, log.size) for log in again.logs()] == [(LOG.name, 7)]
    assert again.sign(str(request(7, 7)), AT)
    assert again.sign(str(request(7, 12)), AT)
    assert again.logs()[0].root == merkle.root(LEAVES[:12]).hex()


def test_it_never_signs_two_histories(keeper: witness.Witness) -> None:
    keeper.sign(str(request(0, 7)), AT)
    other = [*LEAVES[:3], merkle.leaf_hash(b"other"), *LEAVES[4:]]
    assert refused(keeper, request(7, 12, other)) == (HTTPStatus.UNPROCESSABLE_ENTITY, None)
    assert refused(keeper, request(7, 7, other)) == (HTTPStatus.CONFLICT, 7)
    assert refused(keeper, request(0, 12)) == (HTTPStatus.CONFLICT, 7)
    assert refused(keeper, request(5, 12)) == (HTTPStatus.CONFLICT, 7)
    assert refused(keeper, request(7, 5)) == (HTTPStatus.BAD_REQUEST, None)
    assert keeper.logs()[0].size == 7


def test_whom_it_does_not_know(keeper: witness.Witness) -> None:
    stranger = notes.Signer.new("luoshi/0191")
    assert refused(keeper, request(0, 3, signer=stranger)) == (HTTPStatus.NOT_FOUND, None)
    thief = notes.Signer.new(LOG.name)
    assert refused(keeper, request(0, 3, signer=thief)) == (HTTPStatus.FORBIDDEN, None)
    assert refused(keeper, "old 0\n\nnothing")[0] == HTTPStatus.BAD_REQUEST
    with pytest.raises(ValueError, match="no key of a log"):
        keeper.trust(keeper.signer.vkey)
    keeper.trust(thief.vkey)
    assert keeper.sign(str(request(0, 3, signer=thief)), AT)


def test_a_proof_where_none_is_wanted(keeper: witness.Witness) -> None:
    asked = request(0, 7)
    padded = notes.Request(0, (merkle.EMPTY,), asked.note)
    assert refused(keeper, padded) == (HTTPStatus.UNPROCESSABLE_ENTITY, None)


def test_a_step_that_is_no_hash(keeper: witness.Witness) -> None:
    """One long step would let a larger tree have the root of the smaller one."""
    keeper.sign(str(request(0, 3)), AT)
    root = merkle.root(LEAVES[:3])
    text = notes.text_of(LOG.name, 4, root)
    long = merkle.root(LEAVES[:2]) + LEAVES[2]
    forged = notes.Request(3, (long,), notes.with_lines(text, [LOG.line(text, AT)]))
    assert refused(keeper, forged)[0] == HTTPStatus.BAD_REQUEST


def test_over_http(keeper: witness.Witness) -> None:
    server = witness.server(keeper, ("127.0.0.1", 0), lambda: AT)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:

        def post(body: str, path: str = "/add-checkpoint") -> tuple[int, str, str]:
            line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            line.request("POST", path, body.encode())
            answer = line.getresponse()
            found = answer.status, answer.getheader("Content-Type") or "", answer.read().decode()
            line.close()
            return found

        status, _kind, body = post(str(request(0, 7)))
        assert status == 200
        assert body.startswith(f"{notes.DASH} audit.example/w1 ")
        assert post(str(request(0, 12))) == (409, "text/x.tlog.size", "7\n")
        assert post("nothing")[0] == 400
        assert post(str(request(7, 12)), "/elsewhere")[0] == 404
        assert post("x" * 70_000)[0] == 413
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
