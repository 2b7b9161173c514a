"""Trains the reader's model: `python tools/reader.py [--check] [CORPUS…]`.

Writes luoshi/reading/weights.json from the project's corpus and from other corpora that keep their
marks beside the texts (`corpus.beside`): the same bytes on every machine from the same documents.
The weights in the repository are taught by the project's corpus and by eleven published papers that
are not the project's to hand on; without those the command gives a model of the project's corpus
alone. `--check` writes nothing and exits 1 where the file is not what the documents give.
"""

import sys
import tempfile
from pathlib import Path

from luoshi.reading import corpus, training
from luoshi.reading.learnt import SHIPPED, load, write


def main() -> int:
    """Train, then write or compare."""
    words = sys.argv[1:]
    check = "--check" in words
    documents = list(corpus.documents())
    for folder in [Path(word) for word in words if word != "--check"]:
        documents += corpus.beside(folder)
    model = training.learn(documents)
    if check:
        with tempfile.TemporaryDirectory() as folder_:
            made = Path(folder_) / "weights.json"
            write(model, made)
            same = SHIPPED.exists() and made.read_bytes() == SHIPPED.read_bytes()
        if same:
            print("weights.json is what these documents give")
        elif SHIPPED.exists() and load(SHIPPED).taught_by != model.taught_by:
            print("weights.json was taught by other documents than these")
        else:
            print("weights.json: run python tools/reader.py")
        return 0 if same else 1
    write(model, SHIPPED)
    print(f"{len(documents)} documents, {sum(map(len, model.weights.values()))} weights,")
    print(f"{SHIPPED.stat().st_size:,} bytes in weights.json")
    print("margin from which on → right of a hundred: " + str(model.confidence))
    return 0


if __name__ == "__main__":
    sys.exit(main())
