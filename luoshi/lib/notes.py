"""Signing checkpoints: C2SP signed-note, tlog-checkpoint, tlog-cosignature, with Ed25519 keys.

A note bears any number of signature lines; a reader passes over those of kinds that it does not
know, so lines with other algorithms (such as SM2) can stand beside ours. Checking is in
`lib.evidence`.
"""

import base64
import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from luoshi.lib.evidence import SIGNATURE, Checkpoint, read_key

DASH = "\N{EM DASH}"
MOST_LINES = 64
"""A consistency proof has at most 63 hashes (tlog-witness)."""


def text_of(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint: what is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def with_lines(text: str, lines: list[str]) -> str:
    """A signed note from its text and its signature lines."""
    return f"{text}\n" + "".join(f"{line}\n" for line in lines)


def split(note: str) -> tuple[str, list[str]]:
    """Text and signature lines of a note."""
    text, _blank, lines = note.rpartition("\n\n")
    return f"{text}\n", lines.splitlines()


def kind_of(vkey: str) -> int:
    """SIGNATURE or COSIGNATURE of a public key. Raises `ValueError` for what is none of them."""
    name, _known, raw, _public = read_key(vkey)
    if not well_named(name):
        raise ValueError(f"no key: {vkey}")
    return raw[0]


def cosigned_at(note: str, vkey: str) -> datetime | None:
    """When a witness signed a note, by its own clock; None where it did not."""
    try:
        moment = Checkpoint(note).signed(vkey)
    except ValueError:
        return None
    return moment if isinstance(moment, datetime) else None


def well_named(name: str) -> bool:
    """Whether a text can name a key: not empty, no space, plus sign or control character."""
    return bool(name) and name.isprintable() and not any(c.isspace() or c == "+" for c in name)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private Ed25519 key and its name; `kind` is SIGNATURE (log) or COSIGNATURE (witness)."""

    name: str
    seed: bytes
    kind: int = SIGNATURE

    @classmethod
    def new(cls, name: str, kind: int = SIGNATURE) -> "Signer":
        """A new random key. Raises `ValueError` for a name that no note can bear."""
        if not well_named(name):
            raise ValueError(f"{name!r} cannot name a key")
        return cls(name, os.urandom(32), kind)

    @property
    def _public(self) -> bytes:
        key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return bytes([self.kind]) + key.public_bytes_raw()

    @property
    def _id(self) -> bytes:
        return sha256(f"{self.name}\n".encode() + self._public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The public key as C2SP writes it: name, key id, base64 of kind and key."""
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(self._public).decode()}"

    def line(self, text: str, at: datetime) -> str:
        """The signature line for a checkpoint's text; a witness signs the moment `at` as well."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.kind == SIGNATURE:
            given = key.sign(text.encode())
        else:
            seconds = int(at.timestamp())
            signature = key.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
            given = seconds.to_bytes(8) + signature
        return f"{DASH} {self.name} {base64.b64encode(self._id + given).decode()}"

    def keep(self, path: Path) -> None:
        """Write the private key to a new file, mode 600, on the disk before this returns."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{self.name}\n{self.kind}\n{self.seed.hex()}\n")
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def load(cls, path: Path) -> "Signer":
        """The key that `keep` wrote. Raises `OSError`, or `ValueError` for another file."""
        name, kind, seed = path.read_text(encoding="utf-8").split("\n")[:3]
        return cls(name, bytes.fromhex(seed), int(kind))


@dataclass(frozen=True, slots=True)
class Request:
    """What a log sends to a witness (C2SP tlog-witness, add-checkpoint): old size, proof, note."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(base64.b64encode(h).decode() for h in self.proof)]
        return "\n".join(lines) + f"\n\n{self.note}"

    @classmethod
    def read(cls, text: str) -> "Request":
        """The request in a text. Raises `ValueError`."""
        head, _blank, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        word, _space, old = first.partition(" ")
        proof = tuple(base64.b64decode(line, validate=True) for line in lines)
        plain = word == "old" and len(old) < 20 and str(int(old)) == old and len(lines) < MOST_LINES
        if not plain or any(len(step) != 32 for step in proof):
            raise ValueError("no request for a cosignature")
        Checkpoint(note)
        return cls(int(old), proof, note)
