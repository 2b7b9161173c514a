"""`python -m bench.reading CORPUS`: how well, how fast and with how much memory the reader reads.

CORPUS holds `raw/NN-*.txt`, `gold/NN.jsonl` and `score.py`; scoring is the corpus' own business.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 5


def main() -> int:
    """Score, speed, linearity, memory; 2 where there is no corpus."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "score.py").exists():
        print("usage: python -m bench.reading CORPUS (a folder with score.py)", file=sys.stderr)
        return 2
    corpus = Path(sys.argv[1]).resolve()
    print(
        f"# {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"{time.strftime('%Y-%m-%d')}"
    )
    score(corpus)
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted((corpus / "raw").glob("*.txt")))
    speed(text)
    memory()
    return 0


def score(corpus: Path) -> None:
    """Read the folder with the command itself, then let the corpus score it."""
    with tempfile.TemporaryDirectory() as folder:
        out, named = Path(folder) / "out", Path(folder) / "named"
        words = [sys.executable, "-m", "luoshi", "read", str(corpus / "raw"), "--json"]
        subprocess.run([*words, "--out", str(out)], check=True, stderr=subprocess.DEVNULL)
        named.mkdir()
        for path in out.glob("*.jsonl"):
            (named / f"{path.name[:2]}.jsonl").write_bytes(path.read_bytes())
        base = [sys.executable, "score.py", "gold", str(named)]
        print("\n## against the corpus, field scores on matched pairs")
        subprocess.run([*base, "--attrs"], check=True, cwd=corpus)
        if (corpus / "gold" / "optional").is_dir():
            print("\n## with the borderline spans forgiven")
            done = subprocess.run(
                [*base, "--optional", "gold/optional"],
                check=True, cwd=corpus, text=True, stdout=subprocess.PIPE,
            )  # fmt: skip
            print(done.stdout.splitlines()[-1])


def seconds(text: str) -> float:
    """The median time of reading a text, in this process."""
    from luoshi.reading import read

    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        read(text, None)
        times.append(time.perf_counter() - began)
    return median(times)


def speed(text: str) -> None:
    """Characters a second; what ten times the text costs; a long line without a break."""
    one = text * max(1, 100_000 // len(text))
    first, tenth = seconds(one), seconds(one * 10)
    print(f"\n## speed, median of {ROUNDS}")
    print(f"{len(one)} characters: {len(one) / first:,.0f} a second (goal ≥ 300,000)")
    print(f"10 × the text costs {tenth / first:.1f} × the time (goal ≤ 13)")
    sentence = "各科室要在月底前列出清单，报办公室备案。"
    mixed = (sentence * 400 + "各科室要在月底前列出清单，" * 400) * 80
    line = mixed[:1_000_000]
    shorter = seconds(line[: len(line) // 10])
    longer = seconds(line)
    print(
        f"one line of {len(line.encode()) / 1e6:.0f} MB without a break: {longer:.1f} s, "
        f"{longer / shorter:.1f} × a tenth of it (goal ≤ 13)"
    )


def memory() -> None:
    """Peak memory of fresh processes that read 1 and 5 million characters."""
    peaks = {}
    for size in (1_000_000, 5_000_000):
        code = (
            "import resource\nfrom luoshi.reading import read\n"
            "import luoshi.demo\nfrom pathlib import Path\n"
            "part = (Path(luoshi.demo.__file__).parent / 'speech.txt').read_text('utf-8')\n"
            f"text = (part * ({size} // len(part) + 1))[:{size}]\nkept = read(text, None)\n"
            "assert len(kept.obligations) > 1000, len(kept.obligations)\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], check=True, text=True, stdout=subprocess.PIPE
        )
        peaks[size] = int(done.stdout)
    growth = (peaks[5_000_000] - peaks[1_000_000]) / 4_000_000
    print("\n## memory")
    print(
        f"peak {peaks[1_000_000] / 1e6:.0f} MB for 1 M characters, {peaks[5_000_000] / 1e6:.0f} MB "
        f"for 5 M: {growth:.0f} bytes a character (goal ≤ 30)"
    )


if __name__ == "__main__":
    sys.exit(main())
