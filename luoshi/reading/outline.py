"""Lines, enumerators and headings: where in the document a sentence stands and how to take it.

A part of a document has a mode. `preamble`: greeting, occasion, purpose; only a sentence that
addresses somebody asks for something. `report`: what was done or why it matters; the same.
`argue`: a part on attitude; marked sentences only. `talk`: the same in a speech without headings.
`deploy`: bare imperatives count too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .model import Heading
from .sentences import trim
from .times import stage

_CN = "一二三四五六七八九十百零〇两"
_ENUMERATORS: tuple[tuple[str, int, str], ...] = (
    ("hash", 0, r"#{1,6}[ \t]+"),
    ("volume", 1, rf"第[{_CN}\d]{{1,4}}[编篇][ 　:：、]*"),
    ("chapter", 2, rf"第[{_CN}\d]{{1,4}}(?:章|部分)[ 　:：、]*"),
    ("section", 3, rf"第[{_CN}\d]{{1,4}}节[ 　:：、]*"),
    ("article", 4, rf"第[{_CN}\d]{{1,5}}条[ 　:：、]*"),
    ("cn", 5, rf"[{_CN}]{{1,3}}[、.．,，][ 　]*"),
    ("cn_paren", 6, rf"[（(〔][{_CN}]{{1,3}}[)）〕][ 　、.．]*"),
    ("number", 7, r"(?:\d{1,2}|[０-９]{1,2})(?:[.．、](?!\d)|(?=[\t]))[ 　\t]*"),
    ("number_paren", 8, r"(?:[（(]\d{1,2}[)）]|\d{1,2}[)）])[ 　、.．]*"),
    ("circled", 9, r"[①-⑳❶-❿][ 　、.．]*"),
    ("ordinal", 10, rf"第[{_CN}][，、,：:][ 　]*"),
    (
        "first",
        11,
        rf"(?:[{_CN}]{{1,2}}(?:是|要|抓(?!好|实|紧)|定要|在(?=于|[^，。]{{1,8}}上))"
        r"|(?:首先|其次|再次|最后)[，,])[ 　，,：:]*",
    ),
    ("bullet", 12, r"[-*•·●◆■▪][ 　\t]+"),
)
_MARKER = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, _, pattern in _ENUMERATORS))
_RANK = {kind: rank for kind, rank, _ in _ENUMERATORS}
_NUMBERED = frozenset(
    ("hash", "volume", "chapter", "section", "article", "cn", "cn_paren", "number", "number_paren")
)
_FIRST = 30_000
_ONE = re.compile(r"[（(第]?\s*[一1１①](?![\d一二三四五六七八九十百])")
_FINAL = "。！？!?；;：:…”"
_REPORT = re.compile(
    r"回顾|取得[^，]{0,8}(?:成绩|成效)|(?:成绩|成效)(?:显著|明显|突出|回顾)|工作(?:总结|情况|成效|成绩)|主要(?:成绩|做法|成效|问题)|存在(?:的)?[^，]{0,6}(?:问题|不足)"
    r"|基本(?:情况|经验)|(?<!分析)(?:面临的)?形势(?:和任务|与任务)?$|现状|背景|重大意义$|重要意义$|必要性|概况|已开展|几点体会|体会"
)
_ARGUE = re.compile(
    r"提高(?:政治)?站位|(?:提高|统一|深化)(?:思想)?认识|(?:充分|深刻)认识|认清形势|把握形势|增强[^，]{0,14}(?:自觉|感)$|政治自觉"
)
_PAST = re.compile(r"(?<![为除])了(?!解)|不断(?:加大|扩大|提升|推进|增强|提高|改善)[。]?$")
# 发展后劲持续增强, 过去一年的成绩: a title that says how things stand.
_STATE = re.compile(
    r"^(?!.*(?:推动|推进|促进|实现|确保|着力|努力|力争|加快|让|使)).*(?:持续|不断|稳步|明显|显著|更加|进一步)(?:增强|向好|改善|提升|优化|提高|夯实|巩固|好转|彰显|凸显|扩大)$"
    r"|过去[一的]|回头看，|成绩(?:单|来之不易)|来之不易"
)
# 把…守牢，别让…要了: a title that orders something is no report, whatever 了 stands in it.
_ORDERS = re.compile(r"要|别|莫|勿|^(?:[^，]{0,8}、)?把")
_DATE_LINE = re.compile(
    r"^[（(]?(?:\d{2,4}|[二〇○零一九]{4})\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月(?:\s*[\d一二三四五六七八九十]{1,3}\s*日)?[^。，]{0,10}[)）]?$"
)
_TAIL = re.compile(
    r"^(?:附件|附表|附录|附：|附:|抄送|抄报|主送|发：|发送：|联系人|联系电话|联系方式|（?此件|公开方式|主题词|信息公开|(?:分送|报送|送|发|出席|列席|参会|缺席|请假|记录|主持|校对|印数)人?(?:人员|单位)?[：:])"
)
_PART_TITLE = re.compile(r"讲话|致辞|摘要|发言|报告$")
_DIRECT_WORD = re.compile(
    r"(?:方案|要点|办法|细则|制度|计划|清单|规划|条例|守则|规程|责任书|职责|准则|章程)(?:[（(][^）)]*[)）])?$"
)
_DOC_WORD = re.compile(
    r"(?:讲话|方案|要点|意见|办法|规定|细则|通知|通告|公告|报告|制度|计划|章程|清单|规划|决定|条例|守则|规程|责任书|函|纪要|讲稿|稿)(?:[（(][^）)]*[)）])?$"
)
_REPORT_LEAD = re.compile(
    r"回顾|一年来|半年来|以来[，,]|主要(?:做了|开展|体现|表现|做法|抓了)|取得[^。]{0,12}(?:成绩|成效|进展)|(?:成绩|成效)[^。]{0,8}(?:如下|主要)|问题(?:主要|表现)|存在[^。]{0,10}问题"
)
OPENING_TURN = re.compile(
    r"(?:下面|接下来|这里|在此|借此机会)[，,]?[^。]{0,40}(?:讲|谈|强调|提|说)[^。]{0,12}(?:意见|要求|问题|几点|[三四五六七八两]点|建议)|(?:要求|意见|事项|安排|方案|计划|措施|任务)[^。，]{0,6}如下|(?:如下|以下)[^。，]{0,4}(?:要求|意见|任务|工作|措施)|重点做好以下|还要[^。]{0,20}[：:]?$"
)


@dataclass(slots=True)
class Line:
    """A line without its outer space, its enumerator and what follows the enumerator."""

    start: int
    end: int
    body: int
    kind: str | None
    first: bool


def lines(text: str) -> Iterator[Line]:
    """The lines of `text` that are not blank."""
    begin, size = 0, len(text)
    while begin < size:
        stop = text.find("\n", begin)
        if stop < 0:
            stop = size
        start, end = trim(text, begin, stop)
        if end > start:
            kind, body, first = enumerator(text, start, end)
            yield Line(start, end, body, kind, first)
        begin = stop + 1


def enumerator(text: str, start: int, end: int) -> tuple[str | None, int, bool]:
    """The kind of the enumerator at `start`, where the words after it begin, whether it is a 1."""
    found = _MARKER.match(text, start, min(end, start + 14))
    if not found or not found.lastgroup:
        return None, start, False
    body = trim(text, found.end(), end)[0]
    return found.lastgroup, body, bool(_ONE.match(found.group()))


@dataclass(slots=True)
class _Entry:
    kind: str
    rank: float
    heading: Heading | None
    mode: str
    actors: tuple[str, ...] = ()
    run_in: bool = False
    used: bool = False
    stage: str | None = None
    forbids: bool = False


class Outline:
    """The headings met so far and the part the reader is in."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self.start_mode = "preamble"
        self._stack: list[_Entry] = []
        self._path: tuple[str, ...] = ()
        self._items: dict[str, bool] = {}

    @property
    def path(self) -> tuple[str, ...]:
        """The wording of the headings from outermost to innermost."""
        return self._path

    @property
    def mode(self) -> str:
        """How sentences are taken here."""
        return self._stack[-1].mode if self._stack else self.start_mode

    @property
    def depth(self) -> int:
        """How many parts are open."""
        return len(self._stack)

    def within(self, kind: str) -> bool:
        """Whether a part with that enumerator is open."""
        return any(entry.kind == kind for entry in self._stack)

    def actors(self) -> tuple[str, ...]:
        """The actors that a lead-in above named for everything below it."""
        for entry in reversed(self._stack):
            if entry.actors:
                return entry.actors
        return ()

    def stage(self) -> str | None:
        """The time that the innermost dated heading gives to what stands below it."""
        for entry in reversed(self._stack):
            if entry.stage:
                return entry.stage
        return None

    def forbids(self) -> bool:
        """Whether the innermost lead-in forbids what stands below it."""
        return bool(self._stack and self._stack[-1].forbids) or any(
            entry.kind == "lead" and entry.forbids for entry in self._stack
        )

    def close(self, kind: str, first: bool) -> None:
        """Leave the parts that an enumerator of that kind ends."""
        stack = self._stack
        kinds = [entry.kind for entry in stack]
        if kind in kinds:
            del stack[kinds.index(kind) :]
        elif kind in _RANK and not first:
            while stack and stack[-1].rank > _RANK[kind]:
                stack.pop()
        self._refresh()

    def plain(self) -> None:
        """A paragraph without enumerator: what was said within one line above ends here."""
        stack = self._stack
        while stack and (stack[-1].run_in or (stack[-1].kind == "lead" and stack[-1].used)):
            stack.pop()
        self._refresh()

    def use_lead(self) -> None:
        """An item of a list came; its lead-in ends with the list."""
        for entry in self._stack:
            if entry.kind == "lead":
                entry.used = True

    def open(
        self,
        text: str,
        kind: str,
        span: tuple[int, int] | None,
        *,
        body: int = 0,
        mode: str | None = None,
        actors: tuple[str, ...] = (),
        run_in: bool = False,
        forbids: bool = False,
    ) -> None:
        """Enter a part; `span` is its heading, None for an untitled one.

        `run_in` when the part's words follow its heading in the same line; `forbids` when its
        lead-in forbids what its items name (不得有下列行为：).
        """
        heading = None
        given = None
        inherited = self.mode
        if span:
            start, end = span
            words = text[start:end].rstrip("。；;：: 　")
            heading = Heading(start, start + len(words), words, len(self._path) + 1)
            self.headings.append(heading)
            mode = mode or mode_of(text[body:end], inherited)
            given = stage(words) if kind != "title" else None
        # A lead-in ends with its list; only a new chapter or article ends it by rank.
        rank = {"title": 0.5, "lead": 4.5}.get(kind, _RANK.get(kind, 20))
        self._stack.append(
            _Entry(
                kind, rank, heading, mode or inherited, actors, run_in, stage=given, forbids=forbids
            )
        )
        self._refresh()

    def reset(self, mode: str) -> None:
        """Leave every part (a new document part begins)."""
        self._stack.clear()
        self.start_mode = mode
        self._refresh()

    def turn(self, mode: str) -> None:
        """From here on in this part, take sentences in that mode."""
        while self._stack and self._stack[-1].kind == "lead":
            self._stack.pop()
        if self._stack:
            self._stack[-1].mode = mode
        else:
            self.start_mode = mode

    def set_actors(self, actors: tuple[str, ...]) -> None:
        """Actors for everything below the innermost part."""
        if self._stack:
            self._stack[-1].actors = actors

    def _refresh(self) -> None:
        path = tuple(e.heading.text for e in self._stack if e.heading)
        if path != self._path:
            self._path = path


def mode_of(words: str, inherited: str) -> str:
    """The mode that a heading's wording sets for its part."""
    past = (_PAST.search(words) or _STATE.search(words)) and not _ORDERS.search(words)
    if past or (_REPORT.search(words) and not re.search(r"下一步|建议|整改", words)):
        return "report"
    if inherited == "report" and not re.search(r"下一步|明年|今年|下阶段|打算", words):
        return "report"
    if _ARGUE.search(words):
        return "argue"
    return "deploy"


def is_flat(text: str) -> bool:
    """Whether the first lines of a text carry no numbers of parts at all."""
    return not any(line.kind in _NUMBERED for line in lines(text[:_FIRST]))


def is_title_shaped(text: str, start: int, end: int) -> bool:
    """A short line without final punctuation and without a clause structure."""
    return (
        end - start <= 60
        and text[end - 1] not in _FINAL
        and "。" not in text[start:end]
        and "\t" not in text[start:end]
        and text[start] != "|"
    )


def is_date_line(words: str) -> bool:
    """A line that only dates the document."""
    return bool(_DATE_LINE.match(words))


def is_tail(words: str) -> bool:
    """Attachments, copies, contacts: lines that ask nothing."""
    return bool(_TAIL.match(words))


def is_stage(words: str) -> bool:
    """A title of a stage with its time in brackets: 动员部署阶段（3月上旬）."""
    return words.endswith(("）", ")")) and stage(words) is not None


def is_part_title(words: str) -> bool:
    """An unnumbered title of a part such as a second speech in the same paper."""
    return bool(_PART_TITLE.search(words))


def is_document_title(words: str) -> bool:
    """A line that names the paper itself."""
    return bool(_DOC_WORD.search(words))


def mode_of_document(title: str) -> str:
    """Plans, work points and rules direct from their first line; speeches and notices do not."""
    return "deploy" if _DIRECT_WORD.search(title) else "preamble"


def reports(words: str) -> bool:
    """A lead-in that announces what was done, or what is wrong."""
    return bool(_REPORT_LEAD.search(words))
