"""40 tasks × 1,000 units = 40,000 assignments and 120,000 occurrences issued; then the board.

The board's first screen is asked of the same database with half of the occurrences accepted.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

from bench import databases

TASKS, UNITS = 40, 1000
ROUNDS = 10


def main() -> None:
    """Both databases."""
    databases.measure("bench.issue")


def run() -> None:
    """One database."""
    databases.set_up()
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from luoshi.demo import synthetic
    from luoshi.duties import actions
    from luoshi.duties.models import Assignment, Occurrence
    from luoshi.ledger.models import BulkRow

    began = time.perf_counter()
    clerk, directive = synthetic.draft(UNITS, TASKS, 1)
    print(f"  draft of {TASKS} tasks for {UNITS} units: {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    actions.issue(directive, by=clerk, at=datetime(2026, 4, 1, 1, tzinfo=UTC))
    seconds = time.perf_counter() - began
    goal = 3 if connection.vendor == "sqlite" else 5
    print(
        f"  issued: {Assignment.objects.count()} assignments, {Occurrence.objects.count()} "
        f"occurrences, {BulkRow.objects.count()} ledger rows in {seconds:.2f} s (goal ≤ {goal})"
    )
    Occurrence.objects.filter(number=1, due_on__lte=date(2026, 6, 30)).update(
        state="accepted", closed_on=date(2026, 6, 20)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    setup_test_environment()
    client = Client()
    client.force_login(clerk)
    import time_machine

    with time_machine.travel(datetime(2026, 7, 2, 2, tzinfo=UTC)):
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
