"""The stages of the reader for each sentence that it was asked about, for a person to follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .decision import Candidate
from .engine import read
from .judgement import Answer, Judge
from .learnt import DIRECTS, Model
from .model import Obligation

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


def explain(text: str, issued_on: date | None, model: Model | None) -> Iterator[Explained]:
    """Every sentence of a text that was decided, in the order of the document."""
    asked: dict[tuple[int, int], tuple[Candidate, int, Answer]] = {}

    def watch(candidate: Candidate, part: int, answer: Answer) -> None:
        asked[answer.unit.start, answer.unit.end] = (candidate, part, answer)

    reading = read(text, issued_on, judge=Judge(model, watch))
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
    weighed = sorted(
        {f: known.get(f, 0) for f in answer.features}.items(), key=lambda pair: pair[1]
    )
    against = [pair for pair in weighed[:_SHOWN] if pair[1] < 0]
    speaks_for = [pair for pair in reversed(weighed[-_SHOWN:]) if pair[1] > 0]
    return (*speaks_for, *against)


_NAMES: tuple[tuple[str, str, str], ...] = (
    ("rm ", "规则与所在部分", "rule and part"),
    ("rg ", "规则与文种", "rule and kind of paper"),
    ("rb ", "规则与上句", "rule and sentence before"),
    ("nz ", "规则与下句长短", "rule and length of the next"),
    ("r ", "规则", "rule"),
    ("mg ", "部分与文种", "part and kind of paper"),
    ("b ", "上句", "sentence before"),
    ("n ", "下句", "sentence after"),
    ("h ", "标题用字", "heading has"),
    ("o0 ", "句首", "opens with"),
    ("o3 ", "句首", "opens with"),
    ("o+ ", "后面分句开头", "a later clause opens with"),
    ("on ", "连接语", "connective"),
    ("q0 ", "句首字", "first character"),
    ("q+ ", "分句首字", "a clause's first character"),
    ("y0 ", "首分句的要求词", "word of duty in the first clause"),
    ("y+ ", "后分句的要求词", "word of duty in a later clause"),
    ("y ", "要求词的位置", "place of the word of duty"),
    ("yb ", "要求词之前", "before the word of duty"),
    ("ya ", "要求词之后", "after the word of duty"),
    ("v", "动词开头", "opens with a verb"),
    ("a ", "已然语气", "aspect of what is done"),
    ("e ", "句尾", "ends with"),
    ("e1 ", "句尾字", "last character"),
    ("g ", "用字", "has"),
    ("z ", "长短", "length"),
    ("c ", "分句数", "clauses"),
    ("k ", "句末标点", "final mark"),
    ("p ", "分号部分", "；-part"),
)


def sign_name(feature: str, language: str = "zh") -> str:
    """A feature in words: what it is, and its value in quotes."""
    for prefix, zh, en in _NAMES:
        if feature.startswith(prefix):
            name = en if language.startswith("en") else zh
            return f"{name}“{feature[len(prefix) :]}”"
    return feature
