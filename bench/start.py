"""Cold start; from no database to an answering sign-in page; memory of a web worker."""

import tempfile
from pathlib import Path
from statistics import median

from bench.server import request, serving, web_memory


def main() -> None:
    """Print the figures with their goals."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with serving(data) as (port, seconds):
            print(f"no database to an answering page: {seconds:.2f} s (goal ≤ 10)")
        times = []
        for _ in range(5):
            with serving(data) as (port, seconds):
                times.append(seconds)
        print(f"cold start: median {median(times):.2f} s of {len(times)} (goal ≤ 1.2)")
        with serving(data) as (port, _):
            for _ in range(300):
                request(port, "GET", "/start/")
            memory = web_memory(port)
            print(
                f"memory of a web worker after 300 pages: {', '.join(f'{m:.0f}' for m in memory)}"
                " MB (goal ≤ 110)"
            )
