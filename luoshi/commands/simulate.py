"""`luoshi simulate`: a synthetic organisation with occurrences, for measuring and trying out."""

import argparse
import sys


def whole(least: int, most: int) -> "type[int]":
    """A number within bounds; anything else is a usage error."""

    class Whole(int):
        def __new__(cls, word: str) -> "Whole":
            number = super().__new__(cls, word)
            if not least <= number <= most:
                raise argparse.ArgumentTypeError(f"a whole number from {least} to {most}")
            return number

    return Whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much, and from which seed."""
    parser.add_argument("--units", type=whole(2, 100_000), default=100, metavar="N")
    parser.add_argument("--occurrences", type=whole(1, 10_000_000), default=1000, metavar="N")
    parser.add_argument("--seed", type=whole(0, 2**31), default=1, metavar="S")


def run(args: argparse.Namespace) -> int:
    """Make it in the configured database and say what was made."""
    from luoshi.commands.serve import migrated

    migrated()
    from django.utils.translation import override

    from luoshi.demo import synthetic
    from luoshi.orgs.models import Unit

    with override("zh-hans"):
        made = synthetic.make(args.units, args.occurrences, args.seed, progress=_progress)
    units = Unit.objects.filter(organisation_id=made.clerk.organisation_id).count()
    print(
        f"{made.clerk.organisation.name}：{units}个单位，{made.price.tasks}项任务，"
        f"{made.price.asks}次报送，已报{made.reported}次，其中审核通过{made.accepted}次\n"
        f"登录：{made.clerk.username}，密码 {synthetic.PASSWORD}"
    )
    return 0


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r" if done < total else "\r" + " " * 20 + "\r"
        print(f"  {done}/{total}", end=end, file=sys.stderr, flush=True)
