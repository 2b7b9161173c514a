"""Trains the reader's model from the project's corpus: `python tools/reader.py`.

Writes luoshi/reading/weights.json, the same bytes on every machine. `--check` writes nothing and
exits 1 where the file is not what the corpus and the rules give.
"""

import sys
import tempfile
from pathlib import Path

from luoshi.reading import corpus, training
from luoshi.reading.learnt import SHIPPED, write


def main() -> int:
    """Train, then write or compare."""
    model = training.learn(list(corpus.documents()))
    if sys.argv[1:] == ["--check"]:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "weights.json"
            write(model, made)
            same = SHIPPED.exists() and made.read_bytes() == SHIPPED.read_bytes()
        print("weights.json is up to date" if same else "weights.json: run python tools/reader.py")
        return 0 if same else 1
    write(model, SHIPPED)
    print(f"{sum(map(len, model.weights.values()))} weights, {SHIPPED.stat().st_size:,} bytes")
    print("margin from which on → right of a hundred: " + str(model.confidence))
    return 0


if __name__ == "__main__":
    sys.exit(main())
