"""Checks annotated documents: `python tools/corpus.py [FILE…]` (default: the project's corpus).

Prints each document's counts by label and the sentences that carry none; exit 1 where marks do not
fit.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from luoshi.reading import corpus

_SENTENCE = re.compile(r"[^。！？；\n]+")


def bare(document: corpus.Document) -> list[str]:
    """Stretches of more than 14 characters between sentence ends that no label touches."""
    out = []
    for found in _SENTENCE.finditer(document.text):
        if len(found.group().strip()) > 14 and not any(
            x.start < found.end() and found.start() < x.end for x in document.labels
        ):
            out.append(found.group().strip())
    return out


def main() -> int:
    """Check, count, list."""
    paths = [Path(a) for a in sys.argv[1:]] or sorted(corpus.DOCUMENTS.glob("*.txt"))
    total: Counter[str] = Counter()
    bad = 0
    for path in paths:
        try:
            document = corpus.parse(path.stem, path.read_text(encoding="utf-8"))
        except corpus.CorpusError as error:
            print(f"✗ {error}")
            bad += 1
            continue
        counts = Counter(x.label for x in document.labels)
        total += counts
        shown = " ".join(f"{k} {counts[k]}" for k in corpus.LABELS if counts[k])
        print(f"✓ {path.stem} ({len(document.text)} characters): {shown}")
        if len(sys.argv) > 1:
            for text in bare(document):
                print(f"    no label: {text}")
    print(f"{len(paths)} documents: " + " ".join(f"{k} {total[k]}" for k in corpus.LABELS))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
