"""Following through: sums over a tree, issuing to 20,000 units, reports from the real server.

The sums are asked as the page asks them: today, the root and the units directly below, exact with
whatever is pending. On both databases; the server part on SQLite and PostgreSQL as well.
"""

import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from bench import databases
from bench.server import request, serving, sign_in

UNITS, MANY = 1_000, int(os.environ.get("BENCH_UNITS", "20000"))
TIMES = 50
"""Occurrences that each of the many units owes: with 20,000 a million."""
CLIENTS, WORKERS, SECONDS = 8, 3, 10
ISSUED, NOW = datetime(2026, 4, 1, 1, tzinfo=UTC), datetime(2026, 7, 2, 2, tzinfo=UTC)
ROUNDS = 200


def main() -> None:
    """Both databases, each measured in a process of its own, then behind the server."""
    with databases.addresses() as found:
        for name, address in found:
            print(f"{name}:", flush=True)
            with tempfile.TemporaryDirectory() as data:
                env = {**os.environ, "LUOSHI_DATABASE": address, "LUOSHI_DATA": data}
                words = [sys.executable, "-m", "bench.following"]
                made = subprocess.run(
                    words, env=env, check=True, text=True, stdout=subprocess.PIPE
                ).stdout
                said, _line, last = made.strip().rpartition("\n")
                print(said, flush=True)
                username, password, unit = last.split()
                with serving(Path(data), workers=WORKERS, database=address) as (port, _):
                    served(port, sign_in(port, username, password), unit)


def run() -> None:
    """One database: the sums in this process; prints the sign-in for the server last."""
    databases.set_up()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    from luoshi.demo import synthetic

    many()
    began = time.perf_counter()
    made = synthetic.make(UNITS + 1, 100_000, 7)
    organisation = made.clerk.organisation
    seconds = time.perf_counter() - began
    print(f"  {made.price.asks:,} occurrences in {UNITS} units made in {seconds:.0f} s")
    root = UUID(str(made.directive.owner_id))
    asked(organisation.pk, root, "100,000 occurrences, the root", goal=15)
    folding(organisation.pk)
    settled()
    print(made.clerk.username, synthetic.PASSWORD, root)


def many() -> None:
    """Issue one task to 20,000 units; then a million occurrences below one root."""
    from django.db import connection, transaction

    from luoshi.base import bulk
    from luoshi.demo import deciding, synthetic
    from luoshi.directives import actions as directives
    from luoshi.duties import actions, sums
    from luoshi.duties.models import Assignment, Occurrence
    from luoshi.lib.ids import new_texts
    from luoshi.orgs.models import Placement

    clerk, quarterly = synthetic.draft(MANY, 1, 1)
    directive = directives.import_directive(
        text=synthetic.text(0, 2026, 1), title="", owner=quarterly.owner, year=2026, by=clerk,
        at=ISSUED,
    )  # fmt: skip
    directives.confirm(directive, by=clerk, at=ISSUED)
    for one, goal in ((quarterly, ""), (directive, " (goal ≤ 1.5 on PostgreSQL)")):
        deciding.decide_on_paper(one, signer=clerk.name, by=clerk, at=ISSUED)
        began = time.perf_counter()
        actions.issue(one, by=clerk, at=ISSUED)
        seconds = time.perf_counter() - began
        given = Assignment.objects.filter(directive=one).count()
        owed = Occurrence.objects.filter(directive=one).count()
        print(
            f"  issued to {given:,} units, {owed:,} occurrences, sums and {given:,} ledger rows: "
            f"{seconds:.2f} s{goal}",
            flush=True,
        )
    value = bulk.uuid_writer()
    rows = Assignment.objects.filter(directive=directive).values_list("pk", "task_id", "unit_id")
    states = ("open", "submitted", "accepted", "returned")
    with transaction.atomic():
        found = list(rows)
        for start in range(0, len(found), 2_000):
            part = found[start : start + 2_000]
            ids = iter(new_texts(len(part) * TIMES))
            listed = []
            for pk, task, unit in part:
                for n in range(TIMES):
                    due = NOW.date() + timedelta(days=(n % 40) * 5 - 100)
                    listed.append(
                        (
                            value(next(ids)), value(clerk.organisation_id), 1, value(pk),
                            value(directive.pk), value(task), value(unit), f"W{n:02}", 1, due,
                            states[n % 4], None, 0,
                        )
                    )  # fmt: skip
            bulk.insert(
                Occurrence,
                ("id", "organisation_id", "version", "assignment_id", "directive_id", "task_id",
                 "unit_id", "key", "number", "due_on", "state", "closed_on", "extensions"),
                listed,
            )  # fmt: skip
    began = time.perf_counter()
    own = sums.rebuild(clerk.organisation_id, NOW.date())
    print(
        f"  {Occurrence.objects.count():,} occurrences counted anew into {own:,} sums of "
        f"{Placement.objects.count():,} units: {time.perf_counter() - began:.1f} s"
    )
    bulk.analyze(Occurrence, Assignment)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    asked(clerk.organisation_id, directive.owner_id, "the root of 20,000 units", goal=20)


def asked(organisation_id: UUID, unit_id: UUID, what: str, *, goal: int) -> None:
    """Time of the question that the page of a unit asks."""
    from luoshi.insight import summary
    from luoshi.orgs import queries

    path = queries.path_of(unit_id, NOW.date())
    spent = []
    found: dict[str, Any] = {}
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = summary.today(organisation_id, unit_id, path, NOW.date())
        spent.append((time.perf_counter() - began) * 1000)
    total = sum(one.total for one in found.values())
    print(
        f"  {what}: {len(found)} branches, {total:,} asked for: median {median(spent):.1f} ms of "
        f"{ROUNDS} (goal ≤ {goal})"
    )


def settled() -> None:
    """Number what waits and gather statistics, so that the server is measured and not the worker
    that comes after the making of the data.
    """
    from django.db import connection
    from django.utils import timezone

    from luoshi.ledger.sequence import sequence_all

    sequence_all(holder="bench", now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")


def folding(organisation_id: UUID) -> None:
    """How fast the worker folds what acts have left."""
    from luoshi.duties import sums
    from luoshi.duties.models import UnitSum

    keys = UnitSum.objects.filter(organisation_id=organisation_id).values_list(
        "unit_id", "directive_id", "code", "due_on"
    )[:1_000]
    found = list(keys)
    tally = sums.Tally()
    for _ in range(20):
        for unit, directive, code, due_on in found:
            tally.put(unit, directive, code, due_on, 1)
            tally.write(organisation_id)
            tally.put(unit, directive, code, due_on, -1)
            tally.write(organisation_id)
    began = time.perf_counter()
    count = sums.fold(organisation_id, NOW.date())
    seconds = time.perf_counter() - began
    print(f"  {count:,} deltas folded in {seconds:.2f} s: {count / seconds:,.0f}/s")


def served(port: int, cookies: dict[str, str], unit: str) -> None:
    """Reports with a file, then the page of the root, from the real server."""
    page = request(port, "GET", f"/progress/{unit}/", cookies=cookies)[2]
    assert b"progress" in page
    spent = []
    for _ in range(60):
        began = time.perf_counter()
        request(port, "GET", f"/progress/{unit}/", cookies=cookies)
        spent.append((time.perf_counter() - began) * 1000)
    alone = median(spent)
    times = sorted(many_at_once(port, lambda c: get(port, f"/progress/{unit}/", cookies, c)))
    print(
        f"  page of the root at 100,000: median {alone:.0f} ms alone (goal ≤ 15), "
        f"{len(times) / SECONDS:.0f} a second with {CLIENTS} clients (goal ≥ 300)"
    )
    todo = owed(port, cookies)
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    times = sorted(
        many_at_once(port, lambda c: report(port, todo.pop(), token[1].decode(), cookies, c))
    )
    print(
        f"  report with a file of 20 kB: {len(times) / SECONDS:.0f} a second with {CLIENTS} "
        f"clients (goal ≥ 150), p95 {times[len(times) * 95 // 100] * 1000:.0f} ms (goal ≤ 80)"
    )


def owed(port: int, cookies: dict[str, str]) -> list[str]:
    """Addresses of occurrences that are open, from the lists of units."""
    found: list[str] = []
    page = request(port, "GET", "/units/", cookies=cookies)[2].decode()
    for unit in dict.fromkeys(re.findall(r"/units/([0-9a-f-]{36})/", page)):
        listed = request(port, "GET", f"/units/{unit}/work/", cookies=cookies)[2].decode()
        found += dict.fromkeys(re.findall(r"/occurrences/([0-9a-f-]{36})/", listed))
        if len(found) > 8_000:
            break
    return found


def get(
    port: int, path: str, cookies: dict[str, str], connection: http.client.HTTPConnection
) -> None:
    """One page, or an error."""
    status = request(port, "GET", path, cookies=cookies, connection=connection)[0]
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")


def report(
    port: int,
    occurrence: str,
    token: str,
    cookies: dict[str, str],
    connection: http.client.HTTPConnection,
) -> None:
    """The office enters a report for a unit, with a file."""
    edge, path = "----luoshi-bench", f"/occurrences/{occurrence}/submit/"
    fields = {"csrfmiddlewaretoken": token, "note": "已办结，见附件。", "said_by": "经办人"}
    body = b"".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
        for k, v in fields.items()
    )
    body += (
        f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="p.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    body += FILE + f"\r\n--{edge}--\r\n".encode()
    connection.request(
        "POST",
        path,
        body=body,
        headers={
            "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()),
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Referer": f"http://127.0.0.1:{port}{path}",
        },
    )
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise RuntimeError(f"{path} answered {answer.status}")


FILE = os.urandom(20_000)


def many_at_once(port: int, act: Any) -> list[float]:
    """Do it as fast as `CLIENTS` can for `SECONDS`; the seconds of each."""
    until = time.perf_counter() + SECONDS

    def ask(client: int) -> list[float]:
        times: list[float] = []
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (began := time.perf_counter()) < until:
            act(connection)
            times.append(time.perf_counter() - began)
        connection.close()
        return times

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [one for times in pool.map(ask, range(CLIENTS)) for one in times]


if __name__ == "__main__":
    run()
