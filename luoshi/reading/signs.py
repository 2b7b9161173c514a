"""What the decision looks at in a sentence and around it, as names of features.

Features name structure before words: the rule's reason, the shapes of the clauses, closed groups of
cues, what was decided before and what follows. Words of two characters come last.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .clauses import (
    ADVERBIAL,
    ASPECT,
    DATE_OPEN,
    MODAL,
    REQUEST,
    clauses,
    opens_with_verb,
    skip_connective,
)
from .decision import Candidate, Unit
from .words import VERBS, names_actor

DIGIT = re.compile(r"\d")
_PREDICATES = re.compile("[了是有不没已还都也很就着过更最太才]")
_SIZES = (8, 14, 20, 30, 45, 70, 110)
_LOOK = 160

# Closed groups of words; what is asked is only whether any of a group stands in the words.
_CUES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("said", ("指出", "强调", "批示", "提出", "讲过", "说过", "常说", "告诫", "要求我们")),
    ("if", ("如果", "假如", "只有", "只要", "越是", "即使", "哪怕", "一旦", "要想", "倘若")),
    ("why", ("因为", "由于", "才能", "否则", "不然", "所以", "之所以", "关键在")),
    ("judges", ("不是", "而是", "就是", "都是", "这是", "才是", "意味", "说明", "事关", "关系到")),
    ("some", ("有的", "有些", "个别", "少数", "一些", "不少", "往往", "甚至", "还有人")),
    ("bad", ("不足", "薄弱", "差距", "不到位", "不够", "不严", "不实", "淡薄", "滞后", "缺乏")),
    ("bad2", ("走过场", "形式主义", "得过且过", "问题", "隐患", "短板", "漏洞", "教训", "风险")),
    ("past", ("去年", "近年", "以来", "已经", "刚才", "曾", "过去", "取得", "累计", "同比")),
    ("now", ("今天", "这次会议", "本次会议", "下面", "现在")),
    ("us", ("我们", "大家", "同志们", "咱们")),
    ("me", ("我想", "我说", "我讲", "我看", "我在", "我再", "我就", "我希望", "我也", "我要")),
    ("each", ("各", "全体", "所有", "凡", "每个", "每名", "每位", "每一")),
    ("asks", ("吗", "呢", "什么", "怎么", "为何", "谁", "哪")),
    ("much", ("很", "太", "非常", "十分", "多么", "最大", "极其", "越来越", "更加")),
    ("firm", ("一律", "严禁", "不得", "不准", "必须", "务必", "坚决", "决不", "绝不")),
    ("due", ("日前", "月底", "年底", "前完成", "之前", "以内", "之内", "日内", "月前", "年内")),
    ("often", ("每月", "每周", "每季", "每年", "每半年", "定期", "随时", "逐", "每天", "每日")),
    ("as", ("好比", "如同", "犹如", "俗话", "常言", "古人", "老话", "正所谓", "常讲")),
    ("let", ("让我们",)),
    ("paper", ("清单", "方案", "台账", "报告", "名单", "记录", "制度", "办法", "预案", "机制")),
    ("who", ("负责", "牵头", "由", "会同", "配合", "责任")),
    ("may", ("可以", "可由", "可按", "允许", "有权", "不受", "适用", "所称", "是指", "参照")),
    ("will", ("将于", "将会", "将对", "将按", "拟", "决定")),
    ("fine", ("处分", "问责", "追究", "处罚", "通报批评", "严肃处理", "依法处理", "移送")),
)
_CUE = re.compile("|".join(f"(?P<{cue}>{'|'.join(words)})" for cue, words in _CUES))
_ASKS = re.compile(
    r"(?P<done>一[遍下次趟]|到[位底]|干净|清楚|[起出]来|下去)"
    r"|(?P<due>[之以日号月]前|[月年]底|[天日]内|今天|明天|下周)"
    r"|(?P<told>给我|你们|谁就|就别|一个都|一律|该)"
    r"|(?P<some>有[的些]|个别|少数|往往|甚至)"
    r"|(?P<if>如果|只[有要]|越是|才能|一旦|要想|否则)"
    r"|(?P<past>[去前那]年|以来|已经|刚才|那天|当时|上个月|上周)"
    r"|(?P<is>[不就都这才而]是)"
)
# What a part is about, by a word in one of the headings above.
_PARTS = (
    "问题",
    "意义",
    "形势",
    "认识",
    "回顾",
    "成绩",
    "成效",
    "总结",
    "要求",
    "措施",
    "任务",
    "组织",
    "保障",
    "原则",
    "目标",
    "步骤",
    "阶段",
    "范围",
    "对象",
    "内容",
    "附则",
    "总则",
    "奖",
    "罚",
    "责任",
    "处分",
    "情形",
    "方面",
    "重点",
    "安排",
    "思想",
    "现状",
    "基本",
    "情况",
    "时间",
    "方式",
    "职责",
    "纪律",
    "收获",
    "体会",
    "不足",
    "下一步",
    "今年",
    "明年",
    "去年",
)
# Words that turn a part towards what was done, or towards what is to be done.
_BEHIND = (
    "一年来", "去年", "过去", "以来", "回顾", "刚才", "半年来", "上半年我们", "成绩", "成效",
    "近年", "这几年", "今年上半年",
)  # fmt: skip
_AHEAD = (
    "下一步", "今后", "接下来", "下面", "今年要", "要求", "意见", "从现在起", "当前", "下半年",
    "明年", "各级", "各单位", "大家要", "务必", "必须", "要切实", "要坚持", "要着力",
)  # fmt: skip
_SPEAKER = re.compile(
    r"(?:指出|强调|要求|提出|批示|明确|告诫|讲到|讲过|说过?)(?=[，,：:“]|我们|大家|全党|各)"
)
_ABOVE = re.compile(
    r"总书记|党中央|中央|国务院|全会|上级|省委|省政府|省纪委|市委|区委|县委|市纪委|主席|总理|省[^，]{0,8}领导|市[^，]{0,6}领导"
)
_COUNTED = re.compile(r"[两三四五六七八]个?[^，,：:]{0,8}(?:[：:]|，即|，就是)")


def size_of(length: int) -> int:
    """The class of a length in characters, 0 to 7."""
    for number, limit in enumerate(_SIZES):
        if length <= limit:
            return number
    return len(_SIZES)


@lru_cache(maxsize=8192)
def shape(clause: str) -> str:
    """The shape of a clause, a letter.

    R a request, M a word of duty at its beginning, A one behind an actor, W behind 我们 or 大家, X
    behind something else, V a verb of direction, P with an aspect of what is done, D a date, S
    somebody who can act, T an adverbial, C a copula, N nothing of these.
    """
    if REQUEST.match(clause):
        return "R"
    at = skip_connective(clause, 0)
    modal = MODAL.search(clause, at)
    if modal:
        head = clause[at : modal.start()]
        if len(head) < 2:
            return "M"
        if head[:2] in ("我们", "大家"):
            return "W"
        return "A" if names_actor(clause, at, modal.start()) else "X"
    if ASPECT.search(clause):
        return "P"
    if opens_with_verb(clause) >= 0:
        return "V"
    if DATE_OPEN.match(clause, at):
        return "D"
    if names_first(clause, at):
        return "S"
    if ADVERBIAL.match(clause, at):
        return "T"
    return "C" if "是" in clause else "N"


def names_first(clause: str, at: int) -> bool:
    """Whether a clause opens with a name of somebody who can act, and goes on."""
    for end in range(at + 2, min(len(clause) - 2, at + 18)):
        if names_actor(clause, at, end) and clause[end] not in "的是和与及、了":
            return True
    return False


def shapes(unit: Unit) -> str:
    """The shapes of a unit's first six clauses from where its span begins."""
    s = unit.masked[unit.verdict.start : unit.verdict.start + _LOOK]
    return "".join([shape(s[a:b]) for a, b in clauses(s)[:6]])


@dataclass(slots=True)
class History:
    """What was decided before a sentence: of the one before, in its paragraph, in its part."""

    before: str = "start"
    earlier: str = "start"
    asked: int = 0
    told: int = 0
    part_asked: int = 0
    part_told: int = 0
    path: tuple[str, ...] = ()
    tense: str = "-"
    opened: str = "-"

    def enter(self, candidate: Candidate) -> None:
        """A sentence comes: a new paragraph or part may begin with it."""
        if candidate.first:
            self.asked = self.told = 0
            self.opened = "-"
        if candidate.path != self.path:
            self.path = candidate.path
            self.part_asked = self.part_told = 0
            self.tense = "-"
        words = candidate.whole.masked[:_LOOK]
        behind = max([words.find(cue) for cue in _BEHIND])
        ahead = max([words.find(cue) for cue in _AHEAD])
        if behind >= 0 or ahead >= 0:
            self.tense = "ahead" if ahead > behind else "behind"

    def leave(self, candidate: Candidate, directs: bool) -> None:
        """What was decided of it."""
        self.earlier = self.before
        if self.opened == "-":
            self.opened = f"{candidate.whole.verdict.bare} {directs}"
        self.before = f"{candidate.whole.verdict.why[0]} {directs}"
        if directs:
            self.asked += 1
            self.part_asked += 1
        else:
            self.told += 1
            self.part_told += 1

    def signs(self, bare: str) -> list[str]:
        """As features, also beside the rule's reason `bare`."""
        last = self.before.rpartition(" ")[2]
        whole = self.part_asked + self.part_told
        share = self.part_asked * 4 // whole if whole else 9
        two = f"bb {last} {self.earlier.rpartition(' ')[2]}"
        paragraph = f"par {min(self.asked, 2)} {min(self.told, 2)}"
        part = f"sec {share} {min(whole, 3)}"
        tense = f"tense {self.tense}"
        opened = f"opened {self.opened}"
        return [
            f"b {self.before}",
            *(two, paragraph, part, tense, opened),
            *(f"{two} {bare}", f"{paragraph} {bare}", f"{part} {bare}"),
            *(f"{tense} {bare}", f"{opened} {bare}"),
        ]


def signs(
    unit: Unit,
    candidate: Candidate,
    *,
    part: int,
    history: History,
    after: Candidate | None,
    genre: str,
) -> list[str]:
    """The features of a sentence or ；-part.

    `part` is its number in the sentence, -1 for the whole; `history` what was decided before;
    `after` the sentence after it in the paragraph; `genre` the paper's.
    """
    verdict = unit.verdict
    s = unit.masked[verdict.start : verdict.start + _LOOK]
    reason, mode, bare = verdict.why[0], candidate.mode, verdict.bare
    spans = clauses(s)[:6]
    form = "".join([shape(s[a:b]) for a, b in spans])
    size = size_of(len(s))
    out = [
        "=",
        f"r {reason}",
        f"f {bare}",
        f"rf {reason} {bare}",
        f"rb {bare} {history.before}",
        f"k {candidate.mark}",
        f"z {size}",
        f"zf {bare} {size}",
        f"p {min(part, 2)} {len(candidate.parts) > 1}",
        f"m {mode} {bare}",
        f"w {form}",
        f"w2 {form[:2]}",
        f"w3 {form[:3]}",
        f"wl {form[-1:]}",
        f"wg {form[:1]} {genre}",
        f"1 {candidate.first} {bare}",
        f"list {min(s.count('、'), 4)}",
        f"e1 {s[-1:]}",
        *history.signs(bare),
    ]
    out.extend([f"wb {letter}" for letter in set(form)])
    if verdict.directs:
        out.append("d")
    if verdict.asks:
        out.append("a")
    if reason != "theme" and len(verdict.why) > 1:
        out.append(f"cut {bare}")
    if after is None:
        out.append(f"last {candidate.first}")
    else:
        other = after.whole.verdict
        out.append(f"n {other.why[0]}")
        out.append(f"nf {bare} {other.bare}")
        out.append(f"nz {bare} {size} {size_of(len(after.whole.masked))}")
        if reason == "theme":
            out += [f"tn {other.why[0]}", f"tw {shapes(after.whole)[:2]}"]
    said = _SPEAKER.search(s, 0, 90)
    if said:
        above = bool(_ABOVE.search(s, 0, said.start()))
        out += [f"above {above} {said.group()}", f"above {above} {bare}"]
    for cue in {found.lastgroup for found in _ASKS.finditer(s)}:
        out.append(f"c {cue} {verdict.asks}")
    denied = s.count("不") + s.count("无") + s.count("没")
    out.append(f"no {min(denied, 3)} {bare}")
    for index, (a, b) in enumerate(spans[:5]):
        at = skip_connective(s, a)
        near = "0" if index == 0 else "+"
        out.append(f"o{near} {s[at : at + 2]}")
        out.append(f"q{near} {s[at : at + 1]}")
        if form[index] in "MAWX":
            modal = MODAL.search(s, a, b)
            if modal:
                out.append(f"y {min(index, 3)} {modal.group()}")
                out.append(f"yb {s[max(a, modal.start() - 2) : modal.start()]}")
        elif form[index] == "P":
            out.append(f"p {min(index, 3)} {bare}")
    for part_of in _parts_of(candidate.path[-3:]):
        out += [f"hp {part_of}", f"hp {part_of} {bare}"]
    out.extend([f"g {s[i : i + 2]}" for i in range(min(len(s) - 1, 60))])
    return out


@lru_cache(maxsize=256)
def _parts_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """What the headings above say that their part is about."""
    headings = " ".join(path)
    return tuple(part_of for part_of in _PARTS if part_of in headings)


def openings(unit: Unit) -> list[tuple[int, int]]:
    """The clauses of a unit from behind its lead-in; each but the last may be left out."""
    base = unit.verdict.base
    return [(max(a, base), b) for a, b in clauses(unit.masked[:_LOOK]) if b > base]


def directs_first(unit: Unit, span: tuple[int, int]) -> bool:
    """Whether a clause directs by its shape alone: what comes from it on is never left out."""
    return shape(unit.masked[span[0] : span[1]]) in "RMAW"


def opening_signs(
    unit: Unit, spans: Sequence[tuple[int, int]], number: int, genre: str
) -> list[str]:
    """The features of a leading clause: is it a statement of its own, outside of the span?"""
    s, verdict = unit.masked, unit.verdict
    a, b = spans[number]
    clause = s[a:b]
    at = skip_connective(clause, 0)
    by_rule = verdict.start > a
    form = "".join([shape(s[x:y]) for x, y in spans[number : number + 2]])
    out = [
        "=",
        f"n {min(number, 3)} {min(len(spans), 5)}",
        f"size {size_of(b - a)} {by_rule}",
        f"shape {form[:1]} {by_rule}",
        f"shape {form}",
        f"modal {bool(MODAL.search(clause))} {bool(MODAL.search(s, spans[number + 1][0]))}",
        f"open {clause[at : at + 2]}",
        f"first {clause[at : at + 1]}",
        f"last {clause[-1:]}",
        f"genre {genre} {by_rule}",
        f"is {'是' in clause} {by_rule}",
        f"digits {DIGIT.search(clause) is not None} {by_rule}",
    ]
    told = min(len(_PREDICATES.findall(clause)), 2)
    verb = not VERBS.isdisjoint([clause[i : i + 2] for i in range(1, len(clause) - 1)])
    out += [f"pred {told} {form[1:2]}", f"pred {told} {verb} {form}", f"pv {verb} {form}"]
    out.extend([f"c {cue}" for cue in {found.lastgroup for found in _CUE.finditer(clause)}])
    return out


def split_signs(candidate: Candidate, genre: str) -> list[str]:
    """The features of a sentence with ；-parts: do they direct each for itself?"""
    verdicts = [unit.verdict for unit in candidate.parts]
    first, last = verdicts[0], verdicts[-1]
    share = sum(verdict.directs for verdict in verdicts) * 4 // len(verdicts)
    begun = [unit.masked[unit.verdict.start :][:1] for unit in candidate.parts]
    out = [
        "=",
        f"share {share}",
        f"n {min(len(verdicts), 5)} {share}",
        f"first {first.why[0]}",
        f"last {last.why[0]}",
        f"ends {first.directs} {last.directs}",
        f"whole {candidate.whole.verdict.why[0]}",
        f"genre {genre} {share}",
        f"mode {candidate.mode} {share}",
        f"size {size_of(min(len(unit.masked) for unit in candidate.parts))}",
        f"same {len(set(begun)) < len(begun)}",
        f"who {_share([names_first(unit.masked, 0) for unit in candidate.parts])}",
        f"asks {_share([verdict.asks for verdict in verdicts])}",
        f"begin {'+'.join(sorted({shapes(unit)[:1] for unit in candidate.parts}))}",
    ]
    opening = candidate.parts[0].masked
    out.append(f"list {'：' in opening or ':' in opening} {'，即' in opening or '就是' in opening}")
    out.append(f"count {bool(_COUNTED.search(opening))}")
    out.extend(f"why {verdict.why[0]}" for verdict in verdicts[1:])
    out.extend(f"open {unit.masked[:2]}" for unit in candidate.parts[1:])
    if candidate.marked:
        out.append("marked")
    return out


def _share(answers: Sequence[bool]) -> int:
    return sum(answers) * 4 // len(answers)


def paper(title: str | None) -> str:
    """The kind of paper that a title names: its last word, or nothing."""
    if not title:
        return ""
    for words in _PAPERS:
        if any(word in title[-14:] for word in words):
            return words[0]
    return ""


_PAPERS: Sequence[tuple[str, ...]] = (
    ("讲话", "致辞", "发言", "讲稿", "稿"),
    ("通知", "通告", "公告", "倡议", "一封信", "函"),
    ("方案", "计划", "安排", "规划"),
    ("要点", "任务", "清单"),
    ("办法", "规定", "细则", "制度", "条例", "规则", "守则", "准则", "规范", "章程"),
    ("意见", "措施", "决定"),
    ("报告", "总结", "汇报"),
    ("纪要",),
)
