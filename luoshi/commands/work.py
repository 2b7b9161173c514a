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
    if not args.once:
        threading.Thread(target=ask_witnesses, args=(stop,), daemon=True).start()
    swept = float("-inf")  # at the start there is a sweep
    while not stop.is_set():
        done = once(holder, sweep=time.monotonic() - swept > 3600)
        if time.monotonic() - swept > 3600:
            swept = time.monotonic()
        if args.once or os.getppid() != parent:
            break
        if not done:
            stop.wait(args.every)
    return 0


def ask_witnesses(stop: threading.Event) -> None:
    """Ask cosigning witnesses, every few seconds those that are due; beside the sequencer.

    A thread of its own, with a connection of its own: a witness that does not answer must not
    keep entries waiting for their number.
    """
    from django.db import OperationalError, connection
    from django.utils import timezone

    from luoshi.ledger import outside

    while not stop.wait(5):
        try:
            outside.ask_all(timezone.now())
        except OperationalError as error:
            log.warning("the database did not answer, trying again: %s", error)
        finally:
            connection.close()


def once(holder: str, *, sweep: bool) -> int:
    """One round: sequence what waits, fold sums; when asked, sweep request ids, uploads, files.

    A database that is away for a moment (locked, restarting) is said and tried again next round.
    """
    from django.db import OperationalError, connection
    from django.utils import timezone

    from luoshi.base import files, pending
    from luoshi.base.clock import day_of
    from luoshi.base.models import Organisation, RequestId
    from luoshi.duties import sums
    from luoshi.ledger.sequence import LeaseLost, sequence_all, sign_newest

    now = timezone.now()
    try:
        done = sequence_all(holder=holder, now=now)
        done += sums.fold_all(day_of(now))
        if sweep:
            for pk in Organisation.objects.values_list("pk", flat=True):
                sign_newest(pk, now)
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
