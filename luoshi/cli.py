"""The `luoshi` command. Each subcommand is imported only when it is called.

`luoshi read` and `luoshi --help` start without Django.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = {
    "serve": "serve the staff site and run the worker",
    "work": "run the worker alone: sequence the record, sweep orphaned files",
    "read": "read a document into its outline and obligations",
    "reader": "learn from what clerks corrected, on this machine",
    "verify": "recompute the record, or check an evidence pack, and say whether it holds",
    "ledger": "the record outside of the pages: packs, checkpoints, keys, erasure",
    "witness": "sign another body's checkpoints, on a machine of one's own",
    "sums": "compare the sums that pages read with counting, or count them anew",
    "simulate": "make a synthetic organisation with occurrences, for measuring",
    "demo": "load the invented bureau and run its yearly speech through",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand. Exit codes: 0 done, 1 refused or does not hold, 2 usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.settings")
    if words[:1] == ["manage"]:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["luoshi manage", *words[1:]])
        return 0
    parser = argparse.ArgumentParser(prog="luoshi", description="落实: from words to done.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    chosen = words[0] if words else ""
    for name, purpose in COMMANDS.items():
        sub = subparsers.add_parser(name, help=purpose, description=purpose)
        if name == chosen:
            import_module(f"luoshi.commands.{name}").add_arguments(sub)
    subparsers.add_parser("manage", help="Django's management commands")
    args = parser.parse_args(words)
    return int(import_module(f"luoshi.commands.{args.command}").run(args))


if __name__ == "__main__":
    sys.exit(main())
