"""40 tasks × 1,000 units = 40,000 assignments and 120,000 occurrences issued; then the board.

The board's first screen is asked of the same database, with the reports and verdicts of a quarter.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from bench import databases

TASKS, UNITS = 40, 1000
ROUNDS = 10
ISSUED, NOW = datetime(2026, 4, 1, 1, tzinfo=UTC), datetime(2026, 7, 2, 2, tzinfo=UTC)


def main() -> None:
    """Both databases."""
    databases.measure("bench.issue")


def run() -> None:
    """One database."""
    databases.set_up()
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from luoshi.demo import deciding, synthetic
    from luoshi.duties import actions
    from luoshi.duties.models import Assignment, Occurrence
    from luoshi.ledger.models import BulkRow

    began = time.perf_counter()
    clerk, directive = synthetic.draft(UNITS, TASKS, 1)
    print(f"  draft of {TASKS} tasks for {UNITS} units: {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    deciding.decide_on_paper(directive, signer=clerk.name, by=clerk, at=ISSUED)
    print(f"  sent and decided: {time.perf_counter() - began:.2f} s")
    began = time.perf_counter()
    actions.issue(directive, by=clerk, at=ISSUED)
    seconds = time.perf_counter() - began
    goal = 3 if connection.vendor == "sqlite" else 5
    rows = BulkRow.objects.filter(entry__kind="directive.issued").count()
    print(
        f"  issued: {Assignment.objects.count()} assignments, {Occurrence.objects.count()} "
        f"occurrences, {rows} ledger rows in {seconds:.2f} s (goal ≤ {goal})"
    )
    synthetic.live(directive, clerk, 1, issued=ISSUED, now=NOW)
    if connection.vendor == "postgresql":  # as its autovacuum does on a site; SQLite's never does
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    setup_test_environment()
    client = Client()
    client.force_login(clerk)
    import time_machine

    with time_machine.travel(NOW):
        address = f"/boards/{directive.pk}/"
        client.get(address)
        asked: list[str] = []

        def counting(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
            asked.append(sql)
            return run(sql, *rest)

        with connection.execute_wrapper(counting):
            page = client.get(address)
        assert page.status_code == 200
        shown = page.context["board"]
        counted = Occurrence.objects.filter(directive=directive).exclude(state="waived")
        assert shown.sums.total == counted.count()
        assert shown.sums.done == counted.filter(state="accepted").count()
        assert shown.sums.overdue == counted.overdue(NOW.date()).count()
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            client.get(address)
            times.append((time.perf_counter() - began) * 1000)
    print(
        f"  board, {len(shown.columns)} columns, sum {shown.sums.done}/{shown.sums.total}: median "
        f"{median(times):.0f} ms of {ROUNDS}, {len(asked)} queries (goal ≤ 150 ms, ≤ 12)"
    )


if __name__ == "__main__":
    run()
