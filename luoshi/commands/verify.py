"""`luoshi verify`: recompute the record; 0 it holds, 1 it does not, 2 it cannot be read."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options yet: verifies every organisation of the configured database."""


def run(args: argparse.Namespace) -> int:
    """Print one line for each organisation's log, and where it does not hold, the first places."""
    import django
    from django.db import DatabaseError

    django.setup()
    from luoshi.base.models import Organisation
    from luoshi.ledger.verify import verify

    code = 0
    try:
        for organisation in Organisation.objects.order_by("slug"):
            verdict = verify(organisation)
            waiting = f"，另有{verdict.waiting}条待编号" if verdict.waiting else ""
            erased = f"，{verdict.erased}条正文已按期清除" if verdict.erased else ""
            if verdict.holds:
                print(
                    f"成立 {verdict.organisation}：{verdict.size}条记录{waiting}{erased}，"
                    f"根 {verdict.root or '—'}"
                )
                continue
            code = 1
            places = "；".join(f"{f.code} {f.detail}" for f in verdict.findings[:5])
            print(f"不成立 {verdict.organisation}：{len(verdict.findings)}处。{places}")
    except DatabaseError as error:
        print(f"无法读取：{error}。请检查 LUOSHI_DATABASE 和 LUOSHI_DATA。", file=sys.stderr)
        return 2
    return code
