"""A witness for logs (C2SP tlog-witness): signs a checkpoint once it continues the one before.

It keeps, in a folder of its own, its private key and for each log the last checkpoint that it
signed: `witness.key`, and in `logs/` one file for each log. It never signs two checkpoints of a
log that do not continue each other, also over restarts.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from luoshi.lib.evidence import COSIGNATURE, SIGNATURE, Checkpoint, roots_from
from luoshi.lib.notes import Request, Signer, kind_of

MOST = 64 * 1024
KEY = "witness.key"


class NotSigned(Exception):
    """Why a checkpoint was not signed: the protocol's HTTP status, and for 409 what is known."""

    def __init__(self, status: HTTPStatus, known: int | None = None) -> None:
        super().__init__(status.phrase)
        self.status = status
        self.known = known


@dataclass(slots=True)
class Log:
    """What a witness knows of a log: origin, the public keys it accepts, what it signed last."""

    origin: str
    keys: list[str]
    size: int = 0
    root: str = ""
    note: str = ""
    signed_at: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness at work in its folder."""

    folder: Path
    signer: Signer = field(repr=False)

    @classmethod
    def make(cls, folder: Path, name: str) -> "Witness":
        """A new witness. Raises `FileExistsError` when the folder has one, `ValueError` for a name
        that no key can bear."""
        signer = Signer.new(name, COSIGNATURE)
        signer.keep(folder / KEY)
        return cls(folder, signer)

    @classmethod
    def load(cls, folder: Path) -> "Witness":
        """The witness of a folder. Raises `OSError` or `ValueError`."""
        return cls(folder, Signer.load(folder / KEY))

    def _path(self, origin: str) -> Path:
        return self.folder / "logs" / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"

    @contextmanager
    def _locked(self, origin: str) -> Iterator[Path]:
        path = self._path(origin)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path.with_suffix(".lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield path

    def logs(self) -> list[Log]:
        """Every log that the witness knows."""
        paths = sorted((self.folder / "logs").glob("*.json"))
        return [log for path in paths if (log := self._read(path)) is not None]

    def trust(self, vkey: str) -> Log:
        """Accept a log's public key; a further one for the same log is a rotation.

        Raises `ValueError` for what is no key of a log.
        """
        if kind_of(vkey) != SIGNATURE:
            raise ValueError(f"no key of a log: {vkey}")
        origin = vkey.partition("+")[0]
        with self._locked(origin) as path:
            log = self._read(path) or Log(origin, [])
            if vkey not in log.keys:
                log.keys.append(vkey)
                self._write(path, log)
            return log

    @staticmethod
    def _read(path: Path) -> Log | None:
        if not path.exists():
            return None
        try:
            return Log(**json.loads(path.read_text(encoding="utf-8")))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path.name} cannot be read: {error}") from error

    @staticmethod
    def _write(path: Path, log: Log) -> None:
        part = path.with_suffix(".part")
        with open(part, "w", encoding="utf-8") as file:
            file.write(json.dumps({name: getattr(log, name) for name in Log.__slots__}, indent=1))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def sign(self, text: str, at: datetime, *, again: bool = False) -> str:
        """The cosignature line for a request, once it holds. Raises `NotSigned`.

        What is signed is on the disk before the line is given away. With `again`, what was signed
        last is signed once more whatever the request starts from: a file may have got lost.
        """
        try:
            asked = Request.read(text)
            note = Checkpoint(asked.note)
        except ValueError as error:
            raise NotSigned(HTTPStatus.BAD_REQUEST) from error
        if not self._path(note.origin).exists():
            raise NotSigned(HTTPStatus.NOT_FOUND)
        with self._locked(note.origin) as path:
            log = self._read(path)
            if log is None:
                raise NotSigned(HTTPStatus.NOT_FOUND)
            if not any(note.signed(key) is True for key in log.keys):
                raise NotSigned(HTTPStatus.FORBIDDEN)
            if again and (log.size, log.root) == (note.size, note.root.hex()):
                return self.signer.line(note.text, at)
            if asked.old > note.size:
                raise NotSigned(HTTPStatus.BAD_REQUEST)
            if asked.old != log.size:
                raise NotSigned(HTTPStatus.CONFLICT, log.size)
            if log.size == note.size and log.root != note.root.hex():
                raise NotSigned(HTTPStatus.CONFLICT, log.size)
            proof = [step.hex() for step in asked.proof]
            known = bytes.fromhex(log.root)
            continues = not proof if log.size == 0 else (
                roots_from(log.size, note.size, proof, known) == (known, note.root)
            )  # fmt: skip
            if not continues:
                raise NotSigned(HTTPStatus.UNPROCESSABLE_ENTITY)
            line = self.signer.line(note.text, at)
            log.size, log.root, log.note = note.size, note.root.hex(), asked.note
            log.signed_at = at.isoformat()
            self._write(path, log)
            return line


def server(witness: Witness, address: tuple[str, int], clock: Any) -> ThreadingHTTPServer:
    """An HTTP server for `POST …/add-checkpoint`; `clock()` gives the moment of a request."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            known = length.isdecimal() and len(length) < 10
            if not self.path.endswith("/add-checkpoint") or not known:
                return self._answer(HTTPStatus.NOT_FOUND, "")
            if int(length) > MOST:
                return self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "")
            text = self.rfile.read(int(length)).decode("utf-8", "replace")
            try:
                line = witness.sign(text, clock())
            except NotSigned as error:
                known = error.known is not None
                kind = "text/x.tlog.size" if known else "text/plain; charset=utf-8"
                return self._answer(error.status, f"{error.known}\n" if known else "", kind)
            return self._answer(HTTPStatus.OK, f"{line}\n")

        def _answer(
            self, status: HTTPStatus, body: str, kind: str = "text/plain; charset=utf-8"
        ) -> None:
            content = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return ThreadingHTTPServer(address, Handler)
