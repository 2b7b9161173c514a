"""By when: the words of a sentence that may say it, and which of them do."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .clauses import clauses
from .learnt import DEADLINE, Model
from .linear import Sample
from .sentences import mask
from .signs import DIGIT
from .times import cadence, deadline
from .who import follows

# From this margin on words are taken for the deadline.
_FROM = -300

_NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十半]{1,3})"
_YEAR = r"(?:20\d\d|[二〇零一九]{4})年(?:度|[底末中初内])?|今年|明年|当年|本年度?|次年"
_CLOCK = (
    r"(?:(?:上午|下午|中午|晚上?|凌晨|零时|早上|下班|上班)(?:\d{1,2}[点时:：]?(?:\d{1,2}分?|半)?)?|\d{1,2}[点时])"
)  # fmt: skip
_DAY = (
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?:\d{1,2}[日号]|[底末初]|[上中下]旬|上、中旬|中、下旬)?"
)  # fmt: skip
_PERIOD = (
    r"第?[一二三四1-4]季度?[底末初]?|[上下]半年|年[底末中初内]|全年|[本下上]?学期[内末初]?|[本下当]月[底末内]?|月底"
    rf"|[本下]周[一二三四五六日末内]?|第{_NUMBER}(?:[—－-]{_NUMBER})?周|开学第[一二三四\d]周|[暑寒]假[前期]?|明天|今天|后天|\d{{1,2}}[日号]"
)
_POINT = (
    rf"(?:(?:{_YEAR})的?(?:(?:{_DAY})|(?:{_PERIOD}))?|{_DAY}|{_PERIOD})(?:[（(][^）)]{{1,4}}[)）])?(?:{_CLOCK})?"
)  # fmt: skip
_CALENDAR = re.compile(
    rf"(?:{_POINT})(?:(?:[—–－\-~～至到、]|开始至|起至)+(?:{_POINT}))?(?:之前|以前|前后|前|之内|以内|内|期间)?"
)
_RELATIVE = re.compile(
    rf"(?:(?:接到|收到|接收到|发现|受理|会议|文件|通知|方案|意见|作出|问题|交办|开学|竣工|签订|接报|印发|发布|公布|自|从)?[^，,。；自从]{{0,14}}?(?:之日起|[后起])|(?:会|节|事|考)后)?"
    rf"(?:{_NUMBER}个?(?:工作日|自然日|日|天|周|星期|月|小时|分钟|年)(?:之?内|以内)|一周内)"
)
_BEFORE = re.compile(
    r"[^，,。；、]{1,22}?(?:期间|之前|以前|前后|(?<![目提当面从空超])前(?![后往来进沿提期去者三十述]))(?:\d+(?:分钟|天|小时)|[一两三]天)?"
)
_EARLIER = re.compile(
    r"提前\d+个?(?:天|日|小时|分钟|工作日)|[赛会考节事]前(?:\d+|[一二两三])(?:天|日|分钟|小时)"
)
_AFTER = re.compile(
    r"[^，,。；]{2,24}?(?:形成|结束|完成|召开|印发|发布|下发|通过|批准|验收|合格|办结|立案|整改)(?:之后|以后|后)(?=[，,])"
)
# Where the words of an event may begin within what stands before 前.
_BEGINS = re.compile(
    r"[在于到至应须当要将把得可均各会员部门局处科室组位施总院校区县市镇乡司办的自现从]|每[一-龥]|\d"
    r"|(?=春节|国庆|中秋|清明|元旦|端午|五一|汛)"
)


_NEAR = re.compile(r"前|期间")
_TIMED = re.compile(r"[年月日号前内底旬期周后]|今天|明天|后天|季度|半年|下班")


class Moment(NamedTuple):
    """`start` to `end` in the sentence, how it was found, the clause it stands in."""

    start: int
    end: int
    sort: str
    clause: tuple[int, int]
    number: int


def moments(s: str) -> Iterator[Moment]:
    """The words of a masked sentence that may be a deadline; they may overlap."""
    for index, (a, b) in enumerate(clauses(s)[:12]):
        seen: set[tuple[int, int]] = set()
        if not _TIMED.search(s, a, b):
            continue
        for found in _CALENDAR.finditer(s, a, b):
            if found.end() - found.start() >= 2 and s[found.start() - 1 : found.start()] != "每":
                seen.add(found.span())
                yield Moment(*found.span(), "calendar", (a, b), index)
        for found in _RELATIVE.finditer(s, a, b) if s.find("内", a, b) >= 0 else ():
            start, end = found.span()
            for begin in _starts(s, start, end):
                if (begin, end) not in seen:
                    seen.add((begin, end))
                    yield Moment(begin, end, "relative", (a, b), index)
        for sort, pattern in (("before", _BEFORE), ("earlier", _EARLIER)):
            for found in pattern.finditer(s, a, b) if _NEAR.search(s, a, b) else ():
                start, end = found.span()
                for begin in _starts(s, start, end):
                    if (begin, end) not in seen and end - begin >= 2:
                        seen.add((begin, end))
                        yield Moment(begin, end, sort, (a, b), index)
        after = _AFTER.match(s, a, min(b + 1, len(s)))
        if after:
            for begin in _starts(s, a, after.end()):
                yield Moment(begin, after.end(), "after", (a, b), index)


def _starts(s: str, start: int, end: int) -> list[int]:
    """Where the words may begin: at the front, or behind a preposition or a name."""
    out = [start]
    for found in _BEGINS.finditer(s, start, max(start, end - 2)):
        if s[found.start()] == "每" or s[found.start()].isdigit():
            out.append(found.start())
        else:
            out.append(found.end())
    return sorted(set(out))[-7:]


def moment_signs(s: str, moment: Moment, count: int, number: int, recurs: bool) -> list[str]:
    """The features of a moment: the `number`th of `count`; `recurs` when a cadence stands there."""
    start, end, sort, (a, b), index = moment
    words = s[start:end]
    shape = "".join(["9" if c.isdigit() else c for c in words])
    while "99" in shape:
        shape = shape.replace("99", "9")
    after = "|" if end >= b else follows(s, end, b)
    p1 = s[start - 1] if start > a else "^"
    p2 = s[max(a, start - 2) : start] or "^"
    tail = words[-1]
    where = min(index, 3)
    return [
        "=",
        f"sort {sort}",
        f"st {sort} {tail}",
        f"tail {words[-2:]}",
        f"t1 {tail} {after}",
        f"head {words[:2]}",
        f"h1 {sort} {words[0]}",
        f"shape {shape[:12]}",
        f"p1 {p1}",
        f"p1 {p1} {sort}",
        f"p2 {p2}",
        f"pt {p1} {tail}",
        f"f {after}",
        f"f {after} {sort} {p1 == '^'}",
        f"ft {after} {tail} {p1 == '^'}",
        f"f1 {s[end : end + 1] if end < b else '|'}",
        f"f2 {s[end : end + 2] if end < b else '|'}",
        f"at {where} {sort}",
        f"n {min(count, 3)} {min(number, 3)} {sort}",
        f"recurs {recurs} {sort}",
        f"size {min((end - start) // 3, 6)} {sort}",
        f"every {'每' in words} {s[start - 1 : start] == '每'}",
        f"de {s[end : end + 1] == '的'} {sort}",
        f"in {sort} {any(c in words for c in '要应须把将由')}",
        f"digit {DIGIT.search(words) is not None} {sort}",
    ]


class Hearing:
    """The words of one obligation that may say by when."""

    def __init__(self, words: str, longest: int = 1500) -> None:
        self.raw = words[:longest]
        self.masked = mask(self.raw)
        self.cadence = cadence(self.masked, self.raw)
        timed = _TIMED.search(self.masked) is not None
        self.rule = deadline(self.masked, self.raw) if timed else None
        self._moments = list(moments(self.masked)) if timed else []

    def deadline(self, model: Model | None) -> str | None:
        """The words that say by when; by the rules alone without a model."""
        if model is None or not model.knows(DEADLINE):
            return self.rule
        best, margin = None, _FROM
        for number, moment in enumerate(self._moments):
            got = model.margin(DEADLINE, self._signs(number, moment))
            if got > margin:
                best, margin = moment, got
        return self.raw[best.start : best.end] if best else None

    def samples(self, marked: str | None) -> Iterator[Sample]:
        """For each of the words whether the marks take them; the first of equal ones."""
        found = False
        for number, moment in enumerate(self._moments):
            right = self.raw[moment.start : moment.end] == marked
            if not (right and found):
                yield self._signs(number, moment), right
            found = found or right

    def _signs(self, number: int, moment: Moment) -> list[str]:
        words = self.raw[moment.start : moment.end]
        rule = self.rule
        word = (
            "yes" if words == rule else "in" if rule and (rule in words or words in rule) else "no"
        )
        return [
            *moment_signs(self.masked, moment, len(self._moments), number, bool(self.cadence)),
            f"R {word} {rule is None}",
            f"R {word} {moment.sort}",
            f"R {word} {words[-1]}",
        ]
