"""The project's own annotated documents: invented texts, and what a careful clerk marks in them.

One file a document, `documents/NN-genre-name.txt`, with the marks inside the text (GUIDE.md):
`⟦label; field=value｜the marked words⟧`. The text is the file without marks; offsets are its code
points.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

DOCUMENTS = Path(__file__).parent / "documents"

OBLIGATION = "do"
BORDERLINE = "maybe"
NONE = (
    "heading", "argument", "report", "relayed", "problem", "transmittal", "courtesy", "plain",
)  # fmt: skip
LABELS = (OBLIGATION, BORDERLINE, *NONE)
KINDS = ("one_off", "recurring", "standing")
MODALITIES = ("must", "prohibit", "encourage")
LISTS = ("actors", "lead", "support")
SCALARS = ("deadline", "cadence")

_MARK = re.compile(r"⟦([^｜⟦⟧\n]*)｜|⟦|⟧")


class CorpusError(Exception):
    """A document's marks do not fit; the message says where (line and words)."""


@dataclass(frozen=True, slots=True)
class Label:
    """What was marked: `text[start:end]`, as what, and for an obligation its fields."""

    start: int
    end: int
    label: str
    text: str
    kind: str = ""
    modality: str = "must"
    actors: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    deadline: str | None = None
    cadence: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the corpus: its text without marks, and the labels in its order.

    `fielded` when a person set the fields of its obligations, not only their spans.
    """

    name: str
    text: str
    labels: tuple[Label, ...] = field(repr=False)
    fielded: bool = True

    @property
    def genre(self) -> str:
        """The second part of the file's name: speech, plan, notice, …"""
        return self.name.split("-")[1]

    @property
    def obligations(self) -> tuple[Label, ...]:
        """What directs somebody."""
        return tuple(x for x in self.labels if x.label == OBLIGATION)

    @property
    def borderline(self) -> tuple[Label, ...]:
        """What one careful clerk marks and another does not: forgiven either way."""
        return tuple(x for x in self.labels if x.label == BORDERLINE)


def documents(folder: Path = DOCUMENTS) -> Iterator[Document]:
    """All documents of a folder, by name. Raises `CorpusError`."""
    for path in sorted(folder.glob("*.txt")):
        yield parse(path.stem, path.read_text(encoding="utf-8"))


def beside(folder: Path) -> Iterator[Document]:
    """The documents of a corpus that keeps its marks beside the texts.

    `raw/NN-genre.txt`, `gold/NN.jsonl` (start, end, text and fields), `gold/optional/NN.jsonl`.
    Raises OSError, ValueError, KeyError where it is not of this form.
    """
    for path in sorted((folder / "raw").glob("*.txt")):
        labels = []
        for name, label in (("gold", OBLIGATION), ("gold/optional", BORDERLINE)):
            marks = folder / name / f"{path.name[:2]}.jsonl"
            for line in marks.read_text(encoding="utf-8").splitlines() if marks.exists() else ():
                m = json.loads(line)
                labels.append(
                    Label(
                        m["start"], m["end"], label, m["text"],
                        kind=m.get("kind") or "",
                        modality=m.get("modality") or "must",
                        deadline=m.get("deadline"),
                        cadence=m.get("cadence"),
                        **{key: tuple(m.get(key) or ()) for key in LISTS},
                    )
                )  # fmt: skip
        text = path.read_text(encoding="utf-8")
        yield Document(path.stem, text, tuple(sorted(labels, key=lambda x: x.start)))


def digests(documents: Iterable[Document]) -> dict[str, str]:
    """What a model was taught by: name → SHA-256 over text and labels, sixteen digits of it."""
    return {
        document.name: hashlib.sha256(repr((document.text, document.labels)).encode()).hexdigest()[
            :16
        ]
        for document in documents
    }


def parse(name: str, marked: str) -> Document:
    """Take the marks out of a document. Raises `CorpusError` with the line of what does not fit."""
    pieces: list[str] = []
    labels: list[Label] = []
    length, last = 0, 0
    head, opened = "", -1
    for found in _MARK.finditer(marked):
        piece = marked[last : found.start()]
        pieces.append(piece)
        length += len(piece)
        last = found.end()
        line = marked.count("\n", 0, found.start()) + 1
        if found.group() == "⟦":
            raise CorpusError(f"{name}:{line}: ⟦ without ｜ behind its label")
        if found.group() == "⟧":
            if opened < 0:
                raise CorpusError(f"{name}:{line}: ⟧ without ⟦")
            text = "".join(pieces)[opened:length] if "\n" not in piece else None
            if text is None:
                raise CorpusError(f"{name}:{line}: a mark runs over the end of its line")
            labels.append(_label(f"{name}:{line}", head, opened, text))
            opened = -1
        else:
            if opened >= 0:
                raise CorpusError(f"{name}:{line}: ⟦ inside of another mark")
            head, opened = found.group(1), length
            pieces = ["".join(pieces)]
    if opened >= 0:
        raise CorpusError(f"{name}: the last mark is not closed")
    text = "".join(pieces) + marked[last:]
    document = Document(name, text, tuple(labels))
    for label in document.labels:
        _fits(document, label)
    return document


def marked(document: Document) -> str:
    """A document with its marks inside the text: what `parse` takes apart again.

    Raises `CorpusError` where the text itself holds a sign of the marks.
    """
    for sign in "⟦⟧":
        if sign in document.text:
            raise CorpusError(f"{document.name}: the text itself holds {sign}")
    pieces, last = [], 0
    for label in document.labels:
        pieces += [document.text[last : label.start], f"⟦{_head(label)}｜{label.text}⟧"]
        last = label.end
    return "".join([*pieces, document.text[last:]])


def _head(label: Label) -> str:
    if label.label not in (OBLIGATION, BORDERLINE):
        return label.label
    words = [label.label, *([label.kind] if label.kind else [])]
    if label.modality != "must":
        words.append(label.modality)
    fields = [f"{key}={'+'.join(getattr(label, key))}" for key in LISTS if getattr(label, key)]
    fields += [f"{key}={getattr(label, key)}" for key in SCALARS if getattr(label, key)]
    return "; ".join([" ".join(words), *fields])


def _label(place: str, head: str, start: int, text: str) -> Label:
    name, *rest = [w.strip() for w in head.split(";")]
    words = name.split()
    values: dict[str, object] = {}
    if not words or words[0] not in LABELS:
        raise CorpusError(f"{place}: unknown label “{name}”, known are {', '.join(LABELS)}")
    for word in words[1:]:
        if word in KINDS:
            values["kind"] = word
        elif word in MODALITIES:
            values["modality"] = word
        else:
            raise CorpusError(f"{place}: “{word}” is neither a kind nor a modality")
    for given in rest:
        key, _, value = given.partition("=")
        if key in LISTS:
            values[key] = tuple(v.strip() for v in value.split("+"))
        elif key in SCALARS:
            values[key] = value
        else:
            raise CorpusError(f"{place}: unknown field “{given}”")
    if words[0] in NONE and (rest or words[1:]):
        raise CorpusError(f"{place}: only do and maybe take fields")
    if words[0] == OBLIGATION and "kind" not in values:
        raise CorpusError(f"{place}: an obligation needs its kind: {', '.join(KINDS)}")
    return Label(start, start + len(text), words[0], text, **values)  # type: ignore[arg-type]  # built above by key


def _fits(document: Document, label: Label) -> None:
    place = f"{document.name}:{document.text.count(chr(10), 0, label.start) + 1}"
    said = f"{place}: “{label.text[:20]}…”"
    if not label.text or label.text != label.text.strip():
        raise CorpusError(f"{said} is empty or has blanks at an end")
    if label.label in (OBLIGATION, BORDERLINE) and label.text[-1] in "。；！;!，,":
        raise CorpusError(f"{said} takes its last punctuation in")
    if label.label == OBLIGATION and (label.kind == "recurring") != (label.cadence is not None):
        raise CorpusError(f"{said} recurring and cadence go together")
    if label.cadence is not None and label.cadence not in label.text:
        raise CorpusError(f"{said} its cadence “{label.cadence}” does not stand in it")
    named = (*label.actors, *label.lead, *label.support, *filter(None, [label.deadline]))
    for words in named:
        if not words or words not in document.text:
            raise CorpusError(f"{said} “{words}” does not stand in the document word for word")
