"""Runs every test on SQLite and, where its server programs are found, on a private PostgreSQL.

The browser tests, and those that see no database, run once, on SQLite. Arguments go to pytest. The
last line counts both runs.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from tests import postgres

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COUNTED = re.compile(r"(\d+) (passed|failed|skipped|error|errors)")


def run(database: str, words: list[str], *, which: str = "") -> tuple[int, dict[str, int]]:
    """One pytest run on one database: its exit code and its counts.

    `which`: `database` for those tests alone that can see which database it is.
    """
    jobs = ["-n", str(min(os.cpu_count() or 2, 4)), "--dist", "loadfile"]
    with tempfile.TemporaryDirectory(prefix="luoshi-test-") as data:
        env = {
            **os.environ,
            "LUOSHI_DATA": data,
            "LUOSHI_DATABASE": database,
            "LUOSHI_TESTS": which,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *jobs, *words],
            env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        last = ""
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line if " in " in line and COUNTED.search(line) else last
    counts = {name.rstrip("s"): int(n) for n, name in COUNTED.findall(last)}
    return process.wait(), counts


def main() -> int:
    """Both runs; 0 only when each passed and ran at least one test."""
    words = sys.argv[1:]
    results = []
    if not any(map(shutil.which, BROWSERS)):
        print("== no Chromium is installed: browser checks are left out (Debian: chromium)")
    print("== SQLite", flush=True)
    with tempfile.TemporaryDirectory(prefix="luoshi-sqlite-") as folder:
        results.append(run(f"sqlite:{folder}/luoshi.sqlite3", words))
    found = postgres.programs()
    if found is None:
        print("== PostgreSQL: no server programs found, skipped (Debian: postgresql)", flush=True)
    else:
        print("== PostgreSQL", flush=True)
        with postgres.cluster(found) as address:
            results.append(run(address, ["-m", "not browser", *words], which="database"))
    total = {
        name: sum(counts.get(name, 0) for _, counts in results)
        for name in ("passed", "failed", "error", "skipped")
    }
    failed = total["failed"] + total["error"]
    print(f"{total['passed']} passed, {failed} failed, {total['skipped']} skipped")
    return 0 if total["passed"] and all(code == 0 for code, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
