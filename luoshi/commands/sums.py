"""`luoshi sums`: the sums that pages read, compared with counting, or counted anew."""

import argparse
import sys

MOST = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`verify` compares and says where they differ; `rebuild` counts anew."""
    parser.add_argument("what", choices=("verify", "rebuild"))


def run(args: argparse.Namespace) -> int:
    """Every organisation of the database; 1 where a stored sum differs from counting."""
    from luoshi.commands.serve import migrated

    migrated()
    from django.utils import timezone

    from luoshi.base.clock import day_of
    from luoshi.base.models import Organisation
    from luoshi.duties import sums

    today, wrong = day_of(timezone.now()), 0
    for organisation in Organisation.objects.exclude(slug=Organisation.INSTANCE).order_by("pk"):
        if args.what == "rebuild":
            count = sums.rebuild(organisation.pk, today)
            print(f"{organisation.name}：重新计数，{count}项")
            continue
        found = sums.verify(organisation.pk, today)
        wrong += len(found)
        print(f"{organisation.name}：{'与逐条计数一致' if not found else f'{len(found)}项不一致'}")
        for one in found[:MOST]:
            unit, directive, code, day = one.key
            print(
                f"  {one.where} {unit} {directive} {code} {day}: {one.stored} ≠ {one.counted}",
                file=sys.stderr,
            )
    return 1 if wrong else 0
