"""`luoshi demo`: an invented bureau and its yearly speech, in a database of its own."""

import argparse
import os
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Another document than the speech, and where the demo's data lies."""
    parser.add_argument("--directive", type=Path, help="a document of yours instead of the speech")
    parser.add_argument("--data", default="var/demo", help="folder of the demo (default var/demo)")


def run(args: argparse.Namespace) -> int:
    """Load, read, triage, issue; says in ten lines what it did. 1: the document cannot be read."""
    os.environ.setdefault("LUOSHI_DATA", str(Path(args.data).resolve()))
    Path(os.environ["LUOSHI_DATA"]).mkdir(parents=True, exist_ok=True)
    from luoshi.commands.serve import migrated

    migrated()
    from luoshi.demo import run as demo
    from luoshi.reading import Unreadable

    try:
        outcome = demo.run(args.directive, _progress)
    except Unreadable as error:
        print(f"{args.directive}: {error.message_zh}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{args.directive}: 打不开这个文件（{error.strerror}）。", file=sys.stderr)
        return 1
    print("\n".join(demo.lines(outcome)), flush=True)
    return 0


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r" if done < total else "\r" + " " * 20 + "\r"
        print(f"  {done}/{total}", end=end, file=sys.stderr, flush=True)
