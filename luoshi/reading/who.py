"""Who must act, who leads, who supports: phrases that may name somebody, and which of them do.

The grammar of `actors` and `roles` proposes; marked documents taught how much its word counts
beside what stands in and around a phrase.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from .actors import Roles, roles
from .clauses import DATE_OPEN, MODAL, clauses, skip_adverbs, skip_connective, verb_at
from .learnt import ACTOR, LEAD, SUPPORT, Model
from .linear import Sample
from .names import clean, is_actor, open_places, split_names
from .sentences import mask
from .signs import DIGIT
from .words import VERBS, names_body, names_people

_LONGEST = 26
_CLAUSES = 16
_ENDS_TRIED = 8
# Margins from which on a phrase is taken.
_FROM: Mapping[str, int] = {ACTOR: -200, LEAD: -100, SUPPORT: -250}
# Words behind which a name may begin.
_CUE = re.compile(r"由|请|希望|组织|要求|责成|督促|确保|让|推进|推动")
_CUE_OR_WITH = re.compile(rf"{_CUE.pattern}|会同|配合|协助|在|与|联合")
# What may stand before a name at the beginning of a clause: a date, an occasion.
_TIME = re.compile(
    r"[^，,]{0,18}?(?:之前|以前|之内|以内|之日起|[前后内起底中旬年月周期度日天晚上末初时]|今后|平时|届时)"
)
_ALL = re.compile(r"各|全体|每[位个名]|广大|任何|全[市县区校局院]")
_DATED = re.compile(r"学期|假期|第.周|[月年周季][底初前末]|日前|[之以][前后]|今年|明年")
# The last characters of bodies and people, places and groups.
_END = re.compile(
    "[局厅处科股部署委办院校站室厂店矿段队组司社所级门位会党总支府织心关构体业团行区县市镇乡村街道园商"
    "家里长员人者师友们记任理事席头手民众属地方班子志干代表骨导成士生伍层监媒点馆间堂卫判医安保墓仪心库书政工傅职学下授议窗户计务年弟主）”]"
)
_LEADING = re.compile(r"牵头|会同|负责|联合|主办|商")
_SUPPORTING = re.compile(r"会同|配合|协助|协同|参与|联合|商|共同|与")
_GOES_ON = frozenset("的长员和与及、性化们会")


class Phrase(NamedTuple):
    """`start` to `end` in the sentence; its clause and that clause's number; the cue before it.

    `last` where no longer phrase begins at the same place; `kind` b for a body, p for people, l
    for a place, - for none of them; `after` what goes on behind it (`follows`); `gap` how far
    behind it a word of duty comes.
    """

    start: int
    end: int
    clause: tuple[int, int]
    number: int
    cue: str
    last: bool
    kind: str
    after: str
    gap: str


def phrases(s: str) -> Iterator[Phrase]:
    """The phrases of a masked sentence that may name somebody, by clause and beginning."""
    cues = _CUE_OR_WITH if _SUPPORTING.search(s) else _CUE
    for index, (a, b) in enumerate(clauses(s)[:_CLAUSES]):
        begun: dict[int, str] = {}
        at = skip_connective(s, a)
        begun[at if at < b else a] = "^"
        for found in cues.finditer(s, at, min(b, at + 60)):
            begun.setdefault(found.end(), found.group())
        for found in _ALL.finditer(s, at, min(b, at + 40)):
            begun.setdefault(found.start(), "all")
        time = _TIME.match(s, at, b)
        while time and time.end() < b and time.end() - at < 24:
            begun.setdefault(time.end(), "t")
            time = _TIME.match(s, time.end(), b)
        closes = [found.end() for found in _END.finditer(s, a, b)]
        duties = [found.start() for found in MODAL.finditer(s, a, b)]
        for start in sorted(begun):
            cue, stop = begun[start], start + _LONGEST
            ends = [end for end in closes if start + 2 <= end <= stop][:_ENDS_TRIED]
            for end in ends:
                if end < b and (s[end] in "性化们" or s[end - 1 : end + 1] == "员会"):
                    continue
                kind, after = _kind(s, start, end), follows(s, end, b)
                if _likely(kind, after, cue):
                    gap = _gap(duties, end)
                    yield Phrase(start, end, (a, b), index, cue, end == ends[-1], kind, after, gap)


def _gap(duties: list[int], end: int) -> str:
    for at in duties:
        if at >= end:
            return str(min((at - end + 1) // 2, 4))
    return "-"


def _kind(s: str, start: int, end: int) -> str:
    if names_body(s, start, end):
        return "b"
    if names_people(s, start, end):
        return "p"
    return "l" if s[end - 1] in "镇乡县区市村州" else "-"


def _likely(kind: str, after: str, cue: str) -> bool:
    """Whether a phrase is worth a question: the others are names once in a hundred times."""
    if cue == "t" or kind == "l":
        return after in "mdpan"
    if kind == "-":
        return after in "mdan" or cue in ("由", "请", "希望")
    return True


@lru_cache(maxsize=8192)
def names_of(words: str) -> tuple[str, ...]:
    """The names that the words of a phrase join."""
    return split_names(clean(words))


class Hearing:
    """The phrases of one obligation, heard by the questions who acts, who leads, who supports."""

    def __init__(self, words: str, longest: int = 1500) -> None:
        self.raw = words[:longest]
        self.masked = open_places(mask(self.raw), self.raw)
        self.phrases = list(phrases(self.masked))
        self.rule = roles(self.masked, self.raw)
        self._signs: list[list[str]] = []

    def names(self, phrase: Phrase) -> tuple[str, ...]:
        """The names that a phrase joins."""
        return names_of(self.raw[phrase.start : phrase.end])

    def roles(self, model: Model | None) -> Roles:
        """Actors, lead and support in their order; by the grammar alone without a model."""
        if model is None or not model.knows(ACTOR):
            return self.rule
        actors = self._chosen(ACTOR, model)
        lead = self._chosen(LEAD, model) if _LEADING.search(self.masked) else ()
        support = self._chosen(SUPPORT, model) if _SUPPORTING.search(self.masked) else ()
        return Roles(tuple(n for n in actors if n not in support), lead, support)

    def samples(self, question: str, marked: frozenset[str]) -> Iterator[Sample]:
        """For each phrase whether the marks take it: of a place the one that names the most."""
        best: dict[int, Phrase] = {}
        for phrase in self.phrases:
            names = frozenset(self.names(phrase))
            if names and names <= marked:
                held = best.get(phrase.start)
                if held is None or len(names) > len(self.names(held)):
                    best[phrase.start] = phrase
        named, clause = False, -1
        fresh = False
        for number, phrase in enumerate(self.phrases):
            if phrase.number != clause:
                named, clause, fresh = named or fresh, phrase.number, False
            right = best.get(phrase.start) == phrase
            fresh = fresh or right
            yield [*self._of(number), *self._turn(phrase, question, named)], right

    def _chosen(self, question: str, model: Model) -> tuple[str, ...]:
        least = _FROM[question]
        scored: list[tuple[int, Phrase]] = []
        named, clause, fresh = False, -1, False
        for number, phrase in enumerate(self.phrases):
            if phrase.number != clause:
                named, clause, fresh = named or fresh, phrase.number, False
            features = [*self._of(number), *self._turn(phrase, question, named)]
            margin = model.margin(question, features)
            if margin > least:
                scored.append((margin, phrase))
                fresh = True
        taken: list[Phrase] = []
        for _, phrase in sorted(scored, key=lambda x: (-x[0], x[1].start, -x[1].end)):
            if all(phrase.end <= t.start or t.end <= phrase.start for t in taken):
                taken.append(phrase)
        return tuple(dict.fromkeys(n for phrase in sorted(taken) for n in self.names(phrase)))

    def _of(self, number: int) -> list[str]:
        while len(self._signs) <= number:
            self._signs.append(phrase_signs(self.masked, self.phrases[len(self._signs)]))
        return self._signs[number]

    def _turn(self, phrase: Phrase, question: str, named: bool) -> list[str]:
        """What depends on the question: the grammar's word, and whether somebody was named."""
        rule: tuple[str, ...] = getattr(self.rule, {ACTOR: "actors"}.get(question, question))
        word = "no"
        if rule:
            names = self.names(phrase)
            held = sum([name in rule for name in names])
            word = "yes" if held and held == len(names) else "part" if held else "no"
        where = min(phrase.number, 3)
        last = self.masked[phrase.end - 1]
        return [
            f"R {word}",
            f"R {word} {bool(rule)}",
            f"R {word} {phrase.cue}",
            f"R {word} {last}",
            f"named {named} {where}",
            f"named {named} {phrase.cue}",
        ]


@lru_cache(maxsize=8192)
def _told(words: str) -> tuple[bool, bool]:
    """Whether words join several names, and whether the grammar takes them for a name."""
    return len(names_of(words)) > 1, is_actor(clean(words))


def phrase_signs(s: str, phrase: Phrase) -> list[str]:
    """The features of a phrase."""
    start, end, (a, b), index, cue, last, kind, after, gap = phrase
    words = s[start:end]
    f1, f2 = s[end : end + 1], s[end : end + 2]
    if end == b:
        f1 = f2 = "|"
    p2 = s[max(a, start - 2) : start] or "^"
    inside = not VERBS.isdisjoint([words[i : i + 2] for i in range(len(words) - 3)])
    of = "的" in words
    size = min(len(words) // 2, 7)
    where = min(index, 3)
    joined, sound = _told(words)
    return [
        "=",
        f"so {sound} {cue}",
        f"so {sound} {kind} {inside}",
        f"so {sound} {last}",
        f"jo {joined} {kind} {cue}",
        f"e2 {words[-2:]}",
        f"e1 {words[-1]}",
        f"e3 {words[-3:]}",
        f"b2 {words[:2]}",
        f"b1 {words[0]}",
        f"f1 {f1}",
        f"p2 {p2}",
        f"cue {cue} {where}",
        f"cf2 {cue} {f2}",
        f"ck {cue} {kind}",
        f"kf {kind} {f1}",
        f"gap {gap} {cue}",
        f"gapk {gap} {kind} {where}",
        f"in {inside} {of}",
        f"in {inside} {cue}",
        f"ink {inside} {kind}",
        f"size {size} {kind}",
        f"last {last} {kind}",
        f"go {f1 in _GOES_ON}",
        f"digit {DIGIT.search(words) is not None}",
        f"all {words[0] in '各每全凡'} {kind} {after}",
        f"modal {bool(MODAL.search(words))}",
        f"dated {bool(_DATED.search(words))} {cue}",
    ]


def follows(s: str, end: int, stop: int) -> str:
    """What goes on behind a phrase, a letter.

    m a word of duty, p a preposition, d a date or a figure, n a denial, a an adverb, v a verb, c
    the end of the clause, j what joins or owns, b a bracket, o anything else.
    """
    if end >= stop:
        return "c"
    if s[end] in "的和与及、或":
        return "j"
    if s[end] in "（(":
        return "b"
    if MODAL.match(s, end):
        return "m"
    if s[end] in "不没别勿未":
        return "n"
    if s[end].isdigit() or s[end] == "每" or DATE_OPEN.match(s, end):
        return "d"
    if s[end] in "把将对向在从按以同跟给为于经自因就由依据凭":
        return "p"
    if verb_at(s, end):
        return "v"
    return "a" if skip_adverbs(s, end) > end else "o"
