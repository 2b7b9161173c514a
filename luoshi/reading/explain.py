"""The stages of the reader for each sentence that it was asked about, for a person to follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .decision import Candidate
from .engine import read
from .judgement import Answer, Judge
from .learnt import DIRECTS, Model
from .model import Obligation
from .reasons import REASONS, sentence

# How many signs for and against are shown.
_SHOWN = 4

MODES = {
    "preamble": ("开头", "opening"),
    "report": ("讲情况的部分", "a part that reports"),
    "argue": ("讲认识的部分", "a part that argues"),
    "talk": ("没有标题的讲话", "a talk without headings"),
    "deploy": ("部署的部分", "a part that gives out work"),
    "closing": ("结尾", "close"),
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One sentence or ；-part: where it stands, what the rules say, what the model adds.

    `part` is its number in the sentence, None for the whole; `rule` a reason code; `signs` are
    (feature, weight) pairs, the strongest for and against; `obligation` what came of it.
    """

    start: int
    end: int
    text: str
    path: tuple[str, ...]
    mode: str
    part: int | None
    rule: str
    rule_directs: bool
    margin: int
    directs: bool
    signs: tuple[tuple[str, int], ...]
    obligation: Obligation | None


def explain(
    text: str, issued_on: date | None, model: Model | None, *, year: int | None = None
) -> Iterator[Explained]:
    """Every sentence of a text that was decided, in the order of the document."""
    asked: dict[tuple[int, int], tuple[Candidate, int, Answer]] = {}

    def watch(candidate: Candidate, part: int, answer: Answer) -> None:
        asked[answer.unit.start, answer.unit.end] = (candidate, part, answer)

    reading = read(text, issued_on, year=year, judge=Judge(model, watch))
    became = {one.end: one for one in reading.obligations}
    for (start, end), (candidate, part, answer) in sorted(asked.items()):
        one = became.get(end)
        if one is not None and not (start <= one.start < end):
            one = None
        verdict = answer.unit.verdict
        yield Explained(
            start=start,
            end=end,
            text=text[start:end],
            path=candidate.path,
            mode=candidate.mode,
            part=part if part >= 0 else None,
            rule=verdict.why[0],
            rule_directs=verdict.directs,
            margin=answer.margin,
            directs=answer.directs,
            signs=_strongest(answer, model),
            obligation=one,
        )


def _strongest(answer: Answer, model: Model | None) -> tuple[tuple[str, int], ...]:
    if model is None:
        return ()
    known = model.weights.get(DIRECTS, {})
    told = {f: known.get(f, 0) for f in answer.features if f.partition(" ")[0] in _TOLD}
    weighed = sorted(told.items(), key=lambda pair: pair[1])
    against = [pair for pair in weighed[:_SHOWN] if pair[1] < 0]
    speaks_for = [pair for pair in reversed(weighed[-_SHOWN:]) if pair[1] > 0]
    return (*speaks_for, *against)


_NAMES: dict[str, tuple[str, str]] = {
    "=": ("起点", "starting point"),
    "d": ("规则认定是要求", "the rules take it for a demand"),
    "a": ("单看字面像要求", "by its words alone it demands"),
    "r": ("规则", "rule"),
    "f": ("字面", "by its words"),
    "rf": ("规则与字面", "rule and words"),
    "rb": ("字面与上句", "words and the sentence before"),
    "m": ("所在部分", "its part"),
    "b": ("上句", "the sentence before"),
    "bb": ("前两句", "the two sentences before"),
    "n": ("下句", "the sentence after"),
    "nf": ("与下句的字面", "its words and those of the next"),
    "nz": ("与下句的长短", "its length and that of the next"),
    "tn": ("点题短句之后", "after a short theme"),
    "tw": ("点题短句之后的句式", "the shape after a short theme"),
    "par": ("本段已有的要求与陈述", "demands and statements in its paragraph so far"),
    "sec": ("本部分已有要求的比重", "share of demands in its part so far"),
    "tense": ("前文讲过去还是讲今后", "whether what stands before looks back or ahead"),
    "opened": ("本段首句", "the first sentence of its paragraph"),
    "1": ("是否段首", "whether it opens its paragraph"),
    "last": ("段末", "closes its paragraph"),
    "p": ("分号部分或已然语气", "a ；-part, or the aspect of what is done"),
    "k": ("句末标点", "final mark"),
    "z": ("长短", "length"),
    "zf": ("长短与字面", "length and words"),
    "w": ("分句句式", "shapes of its clauses"),
    "w2": ("前两个分句的句式", "shapes of its first two clauses"),
    "w3": ("前三个分句的句式", "shapes of its first three clauses"),
    "wl": ("末分句的句式", "shape of its last clause"),
    "wb": ("含有的句式", "a clause of this shape"),
    "wg": ("首分句句式与文种", "shape of its first clause, and the kind of paper"),
    "cut": ("开头陈述不计", "an opening statement is left out"),
    "above": ("转述谁的话", "whose words it passes on"),
    "c": ("用语", "a group of words"),
    "no": ("否定词", "denials"),
    "list": ("顿号", "enumerating commas"),
    "o0": ("句首", "opens with"),
    "o+": ("后面分句开头", "a later clause opens with"),
    "q0": ("句首字", "first character"),
    "q+": ("分句首字", "a clause's first character"),
    "y": ("要求词及位置", "word of duty and its place"),
    "yb": ("要求词之前", "before the word of duty"),
    "e1": ("句尾字", "last character"),
    "hp": ("标题", "heading"),
    "g": ("用字", "has"),
}
# What a person can follow; shapes, lengths and counts weigh too, but say little by themselves.
_TOLD = frozenset(
    (
        "d", "a", "r", "rb", "m", "b", "n", "nf", "tn", "tense", "opened", "last", "cut",
        "above", "c", "no", "o0", "o+", "q0", "y", "yb", "e1", "hp", "g",
    )
)  # fmt: skip
_VALUES: dict[str, tuple[str, str]] = {
    "True": ("是", "yes"),
    "False": ("否", "no"),
    "behind": ("讲过去", "back"),
    "ahead": ("讲今后", "ahead"),
    "start": ("文首", "the beginning"),
    "done": ("一遍、到位一类", "done with"),
    "due": ("期限", "by when"),
    "told": ("给我、一律一类", "told"),
    "some": ("有的、个别一类", "some"),
    "if": ("如果、只有一类", "if"),
    "past": ("去年、已经一类", "past"),
    "is": ("判断", "is"),
}


def sign_name(feature: str, language: str = "zh") -> str:
    """A feature in words: what it is, and its value in quotes."""
    number = 1 if language.startswith("en") else 0
    kind, _, value = feature.partition(" ")
    if kind not in _NAMES:
        return feature
    words = []
    if kind == "y":
        place, _, value = value.partition(" ")
        words.append(f"第{int(place) + 1}个分句" if number == 0 else f"clause {int(place) + 1}")
    for word in value.split():
        if kind != "c" and word in REASONS:
            words.append(sentence(word, language))
        elif word in MODES:
            words.append(MODES[word][number])
        else:
            words.append(_VALUES[word][number] if word in _VALUES else word)
    shown = "，".join(words) if number == 0 else ", ".join(words)
    return f"{_NAMES[kind][number]}“{shown}”" if shown else _NAMES[kind][number]
