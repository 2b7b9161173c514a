"""`python -m bench [NAME …]`: run the benches and print their figures with machine facts.

Without names, all of them in one run. `reading` needs a corpus folder and is run by itself.
"""

import importlib
import os
import platform
import sqlite3
import sys
import time

ALL = (
    "start", "upload", "documents", "issue", "lists", "organisation", "papers", "returned",
    "following", "ledger", "golog",
)  # fmt: skip


def main() -> int:
    """Run the named benches (default: all)."""
    names = sys.argv[1:] or list(ALL)
    print(
        f"# {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {time.strftime('%Y-%m-%d')}"
    )
    for name in names:
        if name not in ALL:
            print(f"no bench {name}: one of {', '.join(ALL)}", file=sys.stderr)
            return 2
        print(f"\n## {name} (load {os.getloadavg()[0]:.1f} before)", flush=True)
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
