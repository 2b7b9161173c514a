"""Does a part of a sentence direct someone, and from which character on? With the reason."""

import re
from typing import NamedTuple

from .clauses import (
    ADVERBIAL,
    ASPECT,
    ASSIGN,
    DATE_OPEN,
    MODAL,
    REQUEST,
    actor_before_verb,
    clauses,
    opens_with_verb,
    skip_adverbs,
    skip_connective,
    verb_at,
)
from .names import clean, is_actor

_FORMULA = re.compile(
    r"谢谢|特此(?:通知|通告|公告|报告|函告)|通知如下|方案如下|意见如下|规定如下|如下[：:]?$|现(?:予|将|印发)[^。]{0,120}?(?:印发|发布|公布|通知如下|通报|转发|下发|通告如下)|现予印发|遵照执行|同时废止"
    r"|制定(?:(?:本|该)(?:办法|方案|规定|细则|实施|条例|制度|意见|通知|规则|预案|守则|准则)|如下|以下)|^(?:下面|接下来)[，,]?.{0,30}(?:讲|谈|强调|请)|主要任务是|会议的?(?:主题|目的|任务)|掌声|预祝|^祝|起施行|负责解释$|^本(?:办法|规定|方案|细则|制度|条例|意见)(?:自|由|所称|适用)|^附件|工作总结$"
    r"|请[^，。]{2,30}(?:同志|××|[书][记]|[市县区院局校厂]长|主任|代表|总经理)[^，。]{0,6}(?:通报|讲话|发言|宣读|宣布|致辞|作[^，]{0,12}(?:报告|讲话|发言|说明|总结)|介绍|表态)"
)
_GUIDING = re.compile(
    r"^高举|(?:要)?以[^，]{2,30}(?:思想|理论|精神|发展观)[^，]{0,30}为(?:指导|指引|统领|行动指南)"
)
_QUOTED = re.compile(
    r"(?:(?<!再)强调|指出|告诫|表示|要求|提出|明确|讲过?|说|叮嘱|嘱托)(?:[，,：:]|我们|全党|“|大家)|再次强调|再次告诫|多次强调|反复强调"
)
_BY = re.compile(r"^(?:按照|根据|贯彻|落实|严格|对照|依照|遵照|结合|围绕|为|要|各|全面|认真)")
_RATIONALE = re.compile(
    r"^(?:这|此次|只有|如果|假如|因为|之所以|正如|实践证明|可以说|可见|没有|事实|历史|无论|不难|众所周知|大家知道|同志们都|从某种|某种意义|(?:习近平)?总书记|党中央|国务院(?=部署|高度))"
    r"|打铁(?:必须|还需)自身硬|磨刀不误砍柴工|空谈误国|功夫在平时|久久为功，|己不正"
    r"|充分(?:说明|体现|彰显|证明|肯定)|意味着|表明|彰显|离不开|前提是|关键所在|必由之路|迫切需要|迫切要求|内在要求|必然要求|题中应有|具有[^，]{0,12}意义|事关|才能(?!.*要)|必将|一旦|便成为"
)
_CONDITION = re.compile(r"^要(?:想)?[^，,]{1,16}[，,](?:就|才|必须|离不开|首先|关键|需要)")
_FORBIDS_FIRST = re.compile(r"严(?:格)?禁|禁止|一律不准|不准|不得(?!不)")
# 有的单位…, 个别同志…: a list of faults.
_FAULTS = re.compile(
    r"(?:但是?[，,]?|然而[，,]?|同时[，,]?)?(?:还有的?|有的|有些|个别|少数|极少数|一些|部分)"
    r"(?:单位|同志|干部|地方|部门|党员|领导|人|科室|乡镇|企业|基层|支部|班子)"
    r"|(?:但是?|同时)?[，,]?(?:我们|大家)?(?:也|还)?(?:要|应该|应当|必须)?(?:清醒|清楚)地?(?:认识到|看到|意识到|知道)"
)
_COPULA = re.compile(r"(?<![还就若于凡正但只可总都说])是(?!否|非|要)|就是|都是|属于|成为|分为|身处")
_KEY = re.compile(r"(?:重点|关键|核心|首要|根本|最重要的|当务之急|目标|任务)(?:就)?是$")
_RESPONSIBLE = re.compile(r"责任人|责任单位|责任主体|责任部门|主体责任|牵头单位")
_SANCTION = re.compile(
    r"给予[^，]{0,24}(?:处分|处理|批评|处罚|诫勉)|应当?免去|实施责任追究的?$|(?:从重|从轻|减轻|免予)[^，]{0,10}(?:处理|处分|处罚)|追究[^，]{0,10}(?:刑事)?责任(?!的|制)|依照其规定处理|加重处分|行政处分|纪律处分|移交司法"
)
_TOLD = re.compile(
    r"由(?!于|此)[^，]{2,24}(?:负责|提出|责令|调查|查清|办理|处理|决定|进行)|的[，,]按[^，]{2,20}(?:办理|执行)|负责对|(?<!人)负责[^任人]|分清"
)
_MAY = re.compile(r"可以?(?!能|靠|行|持续|操作|及|信|复制|推广|靠|视)")
_WILL = re.compile(
    r"^[^，,]{2,30}(?<![即务必应要须不])将(?:会|于|根据|采用|聚焦|组织|开展|对|按|在|联合|适时|定期|严格)|本[委局办厅][^，]{0,6}将"
)
_NOT_DUTY = re.compile(
    r"^(?:服务对象|适用|本[办规方细]|所称|考核(?:方式|内容|结果)|实施责任追究不)|分为|包括以下|主要有|不受[^，]{2,30}限制|(?<![把将以要应])作为[^，]{2,40}(?:依据|参考)$|是指|^[^，]{2,20}是对"
    r"|[，,]以[^，,]{2,20}为准$|从其规定$|办公室设在[^，,]{2,16}(?:$|[，,](?:联系电话|办公室主任))|预计(?:能够?|可|将)"
)
_EXHORT = re.compile(r"让我们|谱写[^，]{0,20}(?:新篇章|篇章|答卷)|贡献$|新局面$|新辉煌|新答卷")
_THEREFORE = re.compile(r"[，,](因此|所以|为此)[，,]?")
_PREFIX = re.compile(r"^[^，,。：:]{1,18}[：:]")
_ADDRESS = re.compile(
    r"^(?:同时|会后|回去后|特别是|尤其是|此外|另外|当前|因此|所以|为此|也)?[，,]?(?:大家|各|全体|全[市区县校院局省系行司厂]|我们|同志们|广大|每|请|希望|市|区|县|相关|有关|凡|参加|领导|党员|班子|恳请|敬请|国务院)"
)


class Verdict(NamedTuple):
    """What the rules say of a part: does it direct somebody, from `start` to `end`, and why.

    `why` are reason codes; the first one says how it directs (`reasons.REASONS`) or, where it does
    not, which rule left it out. `base` is where the words begin behind a lead-in: the span
    starts there or, once opening statements are left out, at a later clause. `bare` and `asks`
    are the reason and the answer that the words would get in a part that gives out work, with no
    rule against them.
    """

    start: int
    end: int
    why: tuple[str, ...]
    directs: bool
    base: int = 0
    bare: str = "short"
    asks: bool = False


class Unit(NamedTuple):
    """A sentence or one of its ；-parts, its words masked, and what the rules say of it."""

    start: int
    end: int
    masked: str
    verdict: Verdict


class Candidate(NamedTuple):
    """A sentence that may direct somebody, its ；-parts (none where it has one), where it stands.

    `mark` is the mark that ends it; `mode` its part's; `first` when it opens its paragraph; `path`
    the headings above; `above` the actors of a lead-in; `stage` the time of a dated heading;
    `forbidden` when a lead-in forbids what it names; `row` when it stands in the task column of a
    table.
    """

    whole: Unit
    parts: tuple[Unit, ...]
    mark: str
    mode: str
    marked: bool
    first: bool
    relayed: bool
    path: tuple[str, ...]
    above: tuple[str, ...]
    stage: str | None
    forbidden: bool
    row: bool = False

    def listed(self, unit: Unit) -> bool:
        """Whether nothing is left to weigh.

        A lead-in or the head of a table has said already that this is a demand, or it opens with
        严禁 where work is given out.
        """
        if self.forbidden or (self.row and unit.verdict.asks):
            return True
        return self.mode == "deploy" and _FORBIDS_FIRST.match(unit.masked) is not None


def decide(masked: str, mode: str, *, marked: bool = False) -> Verdict | None:
    """The verdict on a masked part of a sentence where it directs someone, else None."""
    verdict = weigh(masked, mode, marked=marked)
    return verdict if verdict.directs else None


def weigh(masked: str, mode: str, *, marked: bool = False) -> Verdict:
    """Whether a masked part of a sentence directs someone.

    `mode` is the part's mode (see `outline`); `marked` when its enumerator already carried a
    modal (一要…). Offsets are those of the part.
    """
    s = masked
    if len(s) < 5:
        return Verdict(0, len(s), ("short",), False)
    begin = 0
    prefix = _PREFIX.match(s)
    if prefix and not MODAL.search(prefix.group()) and len(s) - prefix.end() > 6:
        begin = prefix.end()
        while begin < len(s) and s[begin] in " 　":
            begin += 1
    therefore = _THEREFORE.search(s, begin)
    why: list[str] = []
    if therefore and MODAL.search(s, therefore.end()):
        begin = therefore.start() + 1
    spans = [(max(a, begin), b) for a, b in clauses(s) if b > begin]
    if not spans:
        return Verdict(begin, len(s), ("short",), False)
    base = begin
    refused = _refused_whole(s, begin)
    begin, trimmed = _after_statement(s, spans)
    if trimmed:
        why.append("opening_cut")
        spans = [(a, b) for a, b in spans if a >= begin]
    refused = refused or _refused_rest(s, s[begin:], trimmed, mode)
    bare, asks = _directs(s, begin, spans, marked)
    if refused:
        return Verdict(begin, len(s), (refused, *why), False, base, bare, asks)
    reason, directs = _in_mode(bare, asks, mode, bool(_ADDRESS.match(s[begin:])))
    return Verdict(begin, len(s), (reason, *why), directs, base, bare, asks)


def _refused_whole(s: str, begin: int) -> str | None:
    """The rule by which the whole sentence asks nothing of anyone."""
    if _FORMULA.search(s, begin):
        return "formula"
    if _GUIDING.search(s[begin : begin + 80]):
        return "guiding"
    if s[-1] == "？":
        return "question"
    if _quoted(s[begin:]):
        return "quoted"
    return None


def _refused_rest(s: str, rest: str, trimmed: bool, mode: str) -> str | None:
    """The rule by which what follows the opening statement asks nothing of anyone."""
    if _RATIONALE.search(rest[:60]) and not REQUEST.match(rest):
        return "rationale"
    if trimmed and _RATIONALE.match(s):
        return "rationale"
    if _FAULTS.match(rest):
        return "faults"
    if _CONDITION.match(rest):
        return "condition"
    if _NOT_DUTY.search(rest):
        return "no_duty"
    if _WILL.match(rest):
        return "announced"
    if _SANCTION.search(rest) and not _TOLD.search(rest):
        return "sanction"
    if mode == "closing" and _EXHORT.search(rest):
        return "exhortation"
    return None


def _quoted(s: str) -> bool:
    found = _QUOTED.search(s[:120])
    if not found:
        return False
    first = MODAL.search(s)
    if first and first.start() < found.start() and not s[: found.start()].endswith("书记"):
        return False
    head = re.split(r"[，,]", s[: found.start()])[-1]
    return not _BY.match(head) and len(head) >= 0 and found.start() > 0


def _after_statement(s: str, spans: list[tuple[int, int]]) -> tuple[int, bool]:
    """Where the directing clause begins once leading statements of their own are left out."""
    opening = spans[0][0]
    last = -1
    for index, (a, b) in enumerate(spans[:-1]):
        clause = s[a:b]
        if REQUEST.match(clause) or _modal(clause) or ASSIGN.search(clause):
            break
        at = skip_connective(clause, 0)
        if ADVERBIAL.match(clause, at) and not ASPECT.search(clause):
            continue
        if opens_with_verb(clause) >= 0 and not ASPECT.search(clause):
            break
        if (ASPECT.search(clause) or _COPULA.search(clause)) and not _RESPONSIBLE.search(clause):
            last = index
    if last < 0:
        return opening, False
    return spans[last + 1][0], True


def _modal(clause: str) -> bool:
    found = MODAL.search(clause)
    while found:
        before = clause[: found.start()]
        copula = _COPULA.search(before)
        owned = before.endswith(("我们", "所")) and _RELATIVE.match(clause, found.end())
        told = copula and not _KEY.search(before)
        if not told and not owned and not _AWARE.match(clause, found.end()):
            return True
        found = MODAL.search(clause, found.end())
    return False


# 要清醒地看到… opens a list of problems.
_AWARE = re.compile(r"(?:清醒|清楚|充分|深刻)?地?(?:看到|意识到)|(?:清醒|清楚)地?(?:认识到|知道)")
# 我们要开创的事业: the modal stands inside a relative clause.
_RELATIVE = re.compile(r"[^，,的]{1,8}的(?:[^，,]{0,8}$)")


_PREDICATE = re.compile(r"(?:也|都|正|既|就|才|便)?是(?!否)")


def _in_mode(bare: str, asks: bool, mode: str, addressed: bool) -> tuple[str, bool]:
    """The verdict on words, once it is known in which part they stand."""
    if not asks or bare == "request":
        return bare, asks
    if bare == "modal":
        silent = mode in ("preamble", "report") and not addressed
        return ("mode_marked", False) if silent else (bare, True)
    if mode in ("preamble", "report"):
        return "mode_bare", False
    return ("mode_argue", False) if mode in ("argue", "talk") else (bare, True)


def _directs(s: str, begin: int, spans: list[tuple[int, int]], marked: bool) -> tuple[str, bool]:
    first = s[spans[0][0] : spans[0][1]]
    if REQUEST.match(first) or _ASKED.search(s, begin):
        return "request", True
    modal_at = next((i for i, (a, b) in enumerate(spans) if _modal(s[a:b])), -1)
    past = bool(ASPECT.search(s[begin : spans[min(1, len(spans) - 1)][1]]))
    if (modal_at >= 0 and not (past and modal_at > 1)) or marked:
        return "modal", True
    if _EACH_OWN.search(s, begin):
        return "each_own", True
    if past:
        return "past", False
    if ASSIGN.search(s, begin):
        return "assignment", True
    if s.endswith("的") or (_MAY.search(first) and len(spans) == 1):
        return "open_end", False
    if _COPULA.search(first) and not ADVERBIAL.match(first):
        return "copula", False
    if any(_PREDICATE.match(s, a) for a, _ in spans[1:4]):
        return "predicate", False
    for index, (a, b) in enumerate(spans):
        clause = s[a:b]
        if opens_with_verb(clause) >= 0:
            return ("imperative" if index == 0 else "imperative_after"), True
        if index and index > 12:
            break
    if any(_OFTEN.match(s, skip_connective(s, a)) for a, _ in spans[:4]):
        return "often", True
    for a, b in spans[:6]:
        if _joint(s[a:b]):
            return "actor_verb", True
        at = skip_connective(s, a)
        date = DATE_OPEN.match(s, at)
        if any(
            is_actor(clean(s[skip_connective(s, a) : a + e])) for e in actor_before_verb(s[a:b], 0)
        ):
            return "actor_verb", True
        if not date and _dated_actor(s[a:b]):
            return "actor_verb", True
        if date:
            dated = not ASPECT.search(s, begin) and _any_verb(s[a:b])
            return ("dated", True) if dated else ("no_sign", False)
    return "no_sign", False


# 谁的组谁去喊, 该提醒的提醒, 能并联的并联: who or what it falls on does it.
_EACH_OWN = re.compile(
    r"谁[^，,。谁？]{1,10}谁(?!都|也)|(?<!应)[该能]([^，,。的]{1,5})的(?:就|都|要|坚决|马上|一律)?\1"
)
_ASKED = re.compile(r"(?<![申邀聘报])请(?:于|在|务必|各|将|及时|按)|任何(?:人|单位|个人|部门)不能")
# 每季度…, 班子成员每月…: how often, with or without who.
_OFTEN = re.compile(
    r"[^，,每]{0,20}每(?:个)?(?:年度?|半年|季度?|月|周|日|天|学期|半个月|两周)(?!来|以来|人|户)"
)


def _joint(clause: str) -> bool:
    """上下合力推进…: a subject of two to four characters, an adverb, a verb."""
    for at in range(2, min(5, len(clause) - 3)):
        after = skip_adverbs(clause, at)
        if after > at + 1 and verb_at(clause, after):
            return True
    return False


_DATE_REST = re.compile(r"\d{0,2}[日号]?(?:[底末初]|[上中下]旬)?(?:之前|以前|前|之内|内)?")


# 向办公室报送…, 同青年干部谈心…: whom it is done with, before the verb.
_TOWARDS = re.compile(
    r"[度月年]?(?:向|同|与|对|给)[^，,]{2,24}?(?=报送|提交|报告|汇报|谈心|谈话|讲|作|开展|进行)"
)
# 每季度上一次课: a verb of one character with a count behind it.
_COUNTED_ACT = re.compile(
    r"[度月年]?(?:谈心|谈话|[上开办讲交报听谈写查])好?[一二两三四五\d]+[次堂期场轮遍份篇]"
)


def _dated_actor(clause: str) -> bool:
    """计财科6月15日前完成…: an actor, a date, a verb."""
    for at in range(2, min(len(clause) - 4, 24)):
        date = DATE_OPEN.match(clause, at)
        rest = date and _DATE_REST.match(clause, date.end())
        if not rest:
            continue
        to = _TOWARDS.match(clause, rest.end())
        act = to.end() if to else rest.end()
        if verb_at(clause, act) or _COUNTED_ACT.match(clause, act):
            return is_actor(clean(clause[:at]))
    return False


def _any_verb(s: str) -> bool:
    return any(verb_at(s, i) for i in range(min(len(s), 80)))
