"""A list of 50 of 10,000 and of 100,000, signed in, from a real server: 8 clients, 10 seconds."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

from bench.server import request, serving, sign_in, web_memory

SIZES, CLIENTS, WORKERS, SECONDS = (10_000, 100_000), 8, 3, 10
ALONE = 200


def main() -> None:
    """Both sizes; the middle of the larger one against that of the smaller."""
    middles = [measured(rows) for rows in SIZES]
    ratio = middles[1] / middles[0]
    print(f"alone, the median of 100,000 is {ratio:.2f} of that of 10,000 (goal ≤ 1.3)")


def measured(rows: int) -> float:
    """Prepare so many directives in a process of its own, then ask; the median in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        env = {
            **os.environ,
            "LUOSHI_DATA": folder,
            "LUOSHI_DATABASE": f"sqlite:{data / 'luoshi.sqlite3'}",
        }
        words = [sys.executable, "-m", "bench.lists", str(rows)]
        made = subprocess.run(words, env=env, check=True, text=True, stdout=subprocess.PIPE)
        username, password = made.stdout.split()
        with serving(data, workers=WORKERS) as (port, _):
            cookies = sign_in(port, username, password)
            status, _, page = request(port, "GET", "/directives/", cookies=cookies)
            assert status == 200
            shown = page.count(b"<tr>") - 1
            alone = sorted(one(port, cookies) for _ in range(ALONE))[ALONE // 2]
            times = sorted(load(port, cookies))
            done = len(times)
            memory = ", ".join(f"{m:.0f}" for m in web_memory(port))
        print(
            f"list of {shown} of {rows:,}, {CLIENTS} clients, {WORKERS} workers: "
            f"{done / SECONDS:.0f} requests a second (goal ≥ {75 if rows < 100_000 else 60}), "
            f"p95 {times[done * 95 // 100] * 1000:.0f} ms (goal ≤ 150); "
            f"alone the median of {ALONE} is {alone * 1000:.1f} ms"
        )
        print(f"memory of a web worker after {done} pages: {memory} MB (goal ≤ 110)")
    return alone


def one(port: int, cookies: dict[str, str]) -> float:
    """The list once; seconds."""
    began = time.perf_counter()
    assert request(port, "GET", "/directives/", cookies=cookies)[0] == 200
    return time.perf_counter() - began


def load(port: int, cookies: dict[str, str]) -> list[float]:
    """Ask for the list as fast as `CLIENTS` can for `SECONDS`; the seconds of each good answer."""
    until = time.perf_counter() + SECONDS

    def ask(client: int) -> list[float]:
        times: list[float] = []
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while (began := time.perf_counter()) < until:
            status, _, _ = request(
                port, "GET", "/directives/", cookies=cookies, connection=connection
            )
            if status != 200:
                raise RuntimeError(f"the list answered {status}")
            times.append(time.perf_counter() - began)
        connection.close()
        return times

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [one for times in pool.map(ask, range(CLIENTS)) for one in times]


def prepare(rows: int) -> None:
    """So many directives of one organisation, as rows; prints the sign-in."""
    from bench import databases

    databases.set_up()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    from luoshi.demo import synthetic
    from luoshi.directives.models import Directive
    from luoshi.lib.ids import new_id

    clerk, directive = synthetic.draft(20, 1, 1)
    directive.text = directive.text * 4
    copies = []
    for number in range(rows - 1):
        copies.append(
            Directive(
                id=new_id(),
                organisation_id=directive.organisation_id,
                owner=directive.owner,
                title=f"模拟来文第{number}号",
                number=f"模拟〔2026〕{number}号",
                year=2026,
                text=directive.text,
                sha256=f"{number:064x}",
                source_name="",
                created_by=clerk,
                created_at=directive.created_at + timedelta(minutes=number),
            )
        )
    Directive.objects.bulk_create(copies, batch_size=500)
    print(clerk.username, synthetic.PASSWORD)


if __name__ == "__main__":
    prepare(int(sys.argv[1]))
