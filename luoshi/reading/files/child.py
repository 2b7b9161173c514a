"""The process that reads one file: `python -m luoshi.reading.files.child KIND SECONDS MEMORY`.

Bytes come in on stdin; one JSON object goes out: `{"text", "notices"}` or `{"refused": [code, zh,
en]}`. Limits are set before the first byte is read.
"""

import contextlib
import json
import sys
from importlib import import_module

from ..text import Unreadable
from . import refusals

READERS = {"docx": "word", "html": "web", "ofd": "ofd", "pdf": "pdf"}


def limit(seconds: int, memory: int) -> None:
    """No more processor time, memory or files than that; no core, no file written."""
    try:
        import resource
    except ImportError:  # no such limits on this system; the parent's clock remains
        return
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with contextlib.suppress(ValueError, OSError):  # a lower limit already holds
            resource.setrlimit(what, (most, most))


def main() -> int:
    """Read stdin as KIND; 0 when an answer was given."""
    kind, seconds, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    limit(seconds, memory)
    reader = import_module(f"luoshi.reading.files.{READERS[kind]}")
    try:
        document = reader.document(sys.stdin.buffer.read())
        answer = {"text": document.text, "notices": document.notices}
    except Unreadable as refusal:
        answer = {"refused": [refusal.code, refusal.message_zh, refusal.message_en]}
    except (MemoryError, RecursionError):
        heavy = refusals.too_heavy()
        answer = {"refused": [heavy.code, heavy.message_zh, heavy.message_en]}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
