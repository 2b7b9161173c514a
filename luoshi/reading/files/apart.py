"""Reading in a process of its own: what parses strangers' files can neither hang nor fill the site.

The child gets the bytes on its input and answers with one JSON object. It has no environment of
ours (no secrets), writes no file, and is killed with everything it started when its time is over.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import Any

from ..text import Unreadable
from . import refusals
from .document import Document, Notice

SECONDS = 30
"""How long a file may take to read."""
MEMORY = 1024 * 1024 * 1024
"""Address space of the child, in bytes; what it really uses is far less."""


def read_apart(kind: str, data: bytes, *, seconds: int = SECONDS) -> Document:
    """The text of `data`, read as `kind` (a key of `child.READERS`). Raises `Unreadable`."""
    words = [sys.executable, "-P", "-m", "luoshi.reading.files.child", kind]
    words += [str(seconds), str(MEMORY)]
    code, out, said = call(words, data, seconds=seconds, environment=_environment())
    if code == 0:
        return _answer(json.loads(out))
    refusal = refusals.too_slow(seconds) if code == -signal.SIGXCPU else refusals.crashed()
    refusal.add_note(said.decode("utf-8", "replace")[-2000:] or f"exit {code}")
    raise refusal


def call(
    words: list[str], data: bytes, *, seconds: int, environment: dict[str, str]
) -> tuple[int, bytes, bytes]:
    """Run a command over `data`; its exit code, output and errors.

    It leads a process group that is killed whole when the time is over; then raises `Unreadable`
    with code too_slow.
    """
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    ) as child:
        try:
            out, said = child.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise refusals.too_slow(seconds) from None
        finally:
            _end(child)
    return child.returncode, out, said


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the child's whole group: what it started may outlive it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left
        os.killpg(child.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """Where the child finds its modules, and nothing else."""
    paths = [path or os.getcwd() for path in sys.path]
    return {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }


def _answer(answer: Any) -> Document:
    if "refused" in answer:
        raise Unreadable(*answer["refused"])
    return Document(answer["text"], tuple(Notice(*pair) for pair in answer["notices"]))
