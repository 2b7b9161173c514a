"""`luoshi work`: the worker. No broker: it asks the database once a second what waits."""

import argparse
import logging
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from types import FrameType

log = logging.getLogger("luoshi.work")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--once` does what waits and stops; `--every` sets the pause in seconds."""
    parser.add_argument("--once", action="store_true", help="do what waits, then stop")
    parser.add_argument("--every", type=float, default=0.5, metavar="SECONDS")


def run(args: argparse.Namespace) -> int:
    """Work until told to stop (TERM or INT), or until the parent process is gone."""
    import django

    django.setup()
    stop = threading.Event()

    def finish(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    parent = os.getppid()
    holder = f"{socket.gethostname()}:{os.getpid()}"
    swept = 0.0
    while not stop.is_set():
        done = once(holder, sweep=time.monotonic() - swept > 3600)
        if time.monotonic() - swept > 3600:
            swept = time.monotonic()
        if args.once or os.getppid() != parent:
            break
        if not done:
            stop.wait(args.every)
    return 0


def once(holder: str, *, sweep: bool) -> int:
    """One round: sequence what waits, sweep request ids, uploads, files when asked.

    A database that is away for a moment (locked, restarting) is said and tried again next round.
    """
    from django.db import OperationalError, connection
    from django.utils import timezone

    from luoshi.base import files, pending
    from luoshi.base.models import RequestId
    from luoshi.ledger.sequence import LeaseLost, sequence_all

    now = timezone.now()
    try:
        done = sequence_all(holder=holder, now=now)
        if sweep:
            pending.sweep(now)
            files.sweep(now)
            RequestId.objects.filter(at__lt=now - timedelta(days=2)).delete()
    except LeaseLost:
        return 0
    except OperationalError as error:
        log.warning("the database did not answer, trying again: %s", error)
        connection.close()
        return 0
    return done
