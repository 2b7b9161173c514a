"""`luoshi verify`: recompute the record, or check an evidence pack without any server.

0 everything holds, 1 something does not, 2 it cannot be read or compared.
"""

import argparse
import sys

from luoshi.lib import evidence


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file to check, or nothing for the configured database; what is known from elsewhere."""
    parser.add_argument("file", nargs="?", help="an evidence pack; without one, the database")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY",
                        help="a public key known from elsewhere (with a file)")  # fmt: skip
    parser.add_argument("--against", action="append", default=[], metavar="FILE|SIZE:ROOT",
                        help="a checkpoint held outside: its file, or its two figures")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Say in Chinese and in English what is proven and what is not."""
    if args.file:
        words = [args.file]
        for name in ("key", "against"):
            for value in getattr(args, name):
                words += [f"--{name}", value]
        return evidence.main(words)
    try:
        held = [pair for text in args.against for pair in evidence.held(text)]
    except (OSError, ValueError) as error:
        print(f"无法读取 / cannot be read: {error}", file=sys.stderr)
        return 2
    return _database(held)


def _database(held: list[tuple[int, bytes]]) -> int:
    import django
    from django.db import DatabaseError

    django.setup()
    from django.utils import timezone
    from django.utils.translation import override

    from luoshi.base.models import Organisation
    from luoshi.ledger.verify import verify

    try:
        organisations = list(Organisation.objects.order_by("slug"))
        business = [o for o in organisations if o.slug != Organisation.INSTANCE]
        if not organisations:
            print("这里还没有组织 / there is no organisation here", file=sys.stderr)
            return 2
        if held and len(business) != 1:
            print("这里不是只有一个组织，请用证据包比对 / not one organisation: compare a pack",
                  file=sys.stderr)  # fmt: skip
            return 2
        verdicts = [
            verify(one, against=held if one in business else [], now=timezone.now())
            for one in organisations
        ]
    except DatabaseError as error:
        print(f"无法读取：{error}。请检查 LUOSHI_DATABASE 和 LUOSHI_DATA。", file=sys.stderr)
        return 2
    for language in ("zh-hans", "en"):
        with override(language):
            for verdict in verdicts:
                print(*verdict.lines(), "", sep="\n")
    return 0 if all(verdict.holds for verdict in verdicts) else 1
