"""`python -m bench.reading [CORPUS]`: how well, how fast, with how much memory the reader reads.

How well: on each document of the project's corpus with weights that the other documents gave
(leave one out). A CORPUS is another folder with `raw/NN-*.txt`, `gold/NN.jsonl` and `score.py`; its
documents then stand among those left out, and it is scored once more by its own script.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from luoshi.reading import corpus, training
from luoshi.reading.confidence import DOUBTFUL, percent, table
from luoshi.reading.scoring import Score

ROUNDS = 5


def main() -> int:
    """Scores, speed, linearity, memory; 2 where the folder is no corpus."""
    given = [Path(word).resolve() for word in sys.argv[1:]]
    if len(given) > 1 or not all((folder / "score.py").exists() for folder in given):
        print("usage: python -m bench.reading [CORPUS (a folder with score.py)]", file=sys.stderr)
        return 2
    print(
        f"# {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"{time.strftime('%Y-%m-%d')}"
    )
    documents = list(corpus.documents())
    for folder in given:
        documents += corpus.beside(folder)
    held_back(documents)
    for folder in given:
        score(folder)
    speed("\n".join(document.text for document in documents))
    memory()
    return 0


def held_back(documents: Sequence[corpus.Document]) -> None:
    """Spans by document and genre, fields and confidence, each document left out in turn."""
    marked = sum(len(document.obligations) for document in documents)
    print(f"\n## leave one out: {len(documents)} documents, {marked} obligations")
    print(f"{'document':<26}{'gold':>5}   rules P     R    F1   trained P     R    F1")
    rules, trained = Score(), Score()
    genres: dict[str, Score] = defaultdict(Score)
    answers: list[list[tuple[int, bool]]] = []
    for document, model in training.held_back(documents):
        answers.append(list(training.margins(document, model)))
        alone = training.measure(document, None)
        taught = training.measure(document, model)
        rules.take(alone)
        trained.take(taught)
        genres[document.genre].take(taught)
        print(f"{document.name:<26}{len(document.obligations):>5}{_prf(alone)}{_prf(taught)}")
    print(f"{'all':<26}{marked:>5}{_prf(rules)}{_prf(trained)}")
    print("\nby genre, trained:")
    for genre, got in sorted(genres.items()):
        print(f"{genre:<14}{got.spans.gold:>5}{_prf(got)}")
    print("\nfields on matched spans, trained (F1 where either side has a value):")
    for name, count in trained.fields.items():
        print(f"{name:<10}{count.f1:.3f}  ({count.gold} marked)")

    reliability(answers)


def reliability(answers: Sequence[Sequence[tuple[int, bool]]]) -> None:
    """What confidence promises against what came true, each document told by the others."""
    bins: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for index, held in enumerate(answers):
        others = [pair for n, pairs in enumerate(answers) if n != index for pair in pairs]
        steps = table(others)
        for margin, right in held:
            promised = percent(steps, margin)
            bins[min(promised // 10 * 10, 90)].append((promised, right))
    print("\nreliability of confidence (promised → came true, of a hundred findings):")
    off = total = 0.0
    for low, pairs in sorted(bins.items()):
        expected = sum(p for p, _ in pairs) / len(pairs)
        came = 100 * sum(right for _, right in pairs) / len(pairs)
        off += abs(expected - came) * len(pairs)
        total += len(pairs)
        bar = "".join("●" if n == round(came / 2.5) else "·" for n in range(41))
        print(f"{low:>3}–{low + 9:<3}{len(pairs):>6}  {expected:5.1f} → {came:5.1f}  {bar}")
    doubtful = sum(len(pairs) for low, pairs in bins.items() if low < DOUBTFUL)
    print(
        f"mean distance {off / total:.1f} of a hundred; up to {doubtful} findings wait for the eye"
    )


def _prf(got: Score) -> str:
    spans = got.spans
    return f"{spans.precision:>10.3f}{spans.recall:>6.3f}{spans.f1:>6.3f}"


def score(folder: Path) -> None:
    """Read the folder with the command itself, then let the corpus score it."""
    with tempfile.TemporaryDirectory() as made:
        out, named = Path(made) / "out", Path(made) / "named"
        words = [sys.executable, "-m", "luoshi", "read", str(folder / "raw"), "--json"]
        subprocess.run([*words, "--out", str(out)], check=True, stderr=subprocess.DEVNULL)
        named.mkdir()
        for path in out.glob("*.jsonl"):
            (named / f"{path.name[:2]}.jsonl").write_bytes(path.read_bytes())
        base = [sys.executable, "score.py", "gold", str(named)]
        print("\n## against the corpus, field scores on matched pairs")
        subprocess.run([*base, "--attrs"], check=True, cwd=folder)
        if (folder / "gold" / "optional").is_dir():
            print("\n## with the borderline spans forgiven")
            done = subprocess.run(
                [*base, "--optional", "gold/optional"],
                check=True, cwd=folder, text=True, stdout=subprocess.PIPE,
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
