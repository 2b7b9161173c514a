"""Who must act, who leads, who supports, as the words of the sentence say it."""

import re
from typing import NamedTuple

from .clauses import MODAL, actor_before_verb, clauses, skip_connective
from .names import clean, is_actor, split_names
from .words import VERBS, names_actor

_BY = re.compile(
    r"由(?!于|此|来|点|表|浅|衷)([^，,。由]{2,36}?)(?=(?:负总责|负责|牵头|会同|责令|提出|调查|查清|办理|处理|承担|落实|组织|进行|进一步|具体|按|审|制定|实施|开展|统一|汇总|报|共同|根据|依法|对|作|统筹|主持|指导|审定|批准|派|完成|协助|配合|逐|复核|核实|验收|审查|把关))"
)
_WITH = re.compile(
    r"会同([^，,。]{2,36}?)(?=(?:等(?:部门|单位)?)?(?:制定|落实|进行|开展|组织|做好|共同|负责|对|研究|实施|抓|推进|建立|完成|联合|办理|提出|及时|加强|按|，|$))"
)
_HELPED = re.compile(r"在([^，,。]{2,36}?)的?(?:配合|协助|支持配合)下")
_LEADER = re.compile(r"^(?:由)?([^，,。：:]{2,36}?)(?:负责)?牵头")
_SUPPORTS = re.compile(
    r"^([^，,。：:]{2,60}?)(?:等?(?:部门|单位))?(?:积极|密切|按职责分工|做好)?(?:配合|协助|协同|参与)(?:$|[，,])"
)
_IS = re.compile(r"(?:是|为)[^，,]{0,24}(?:责任人|责任单位|责任主体)")
_CHARGED = re.compile(
    r"(?:牵头负责|全面负责|具体负责|直接负责|负责|对[^，,]{2,40}负|负总责|派人|承担|应当|负有)"
)
_CAUSED = re.compile(r"(?:组织|确保|责成|要求)(?!开展|实施|召开|部|人|生)")
_ACTS = re.compile(
    r"在|认真|定期|分别|对|开展|走访|做好|实施|参加|召开|按|依|全员|逐|都能|严格|深入|积极|把|将|及时|完成|落实"
)
_BODY_OF = re.compile(r"以([^，,。]{2,20})为(?:责任)?主体")
_QUOTA = re.compile(
    r"(各[^，,。的]{1,12}?)(?=本年度|今年|每[年月季半周]|完成|报送|参加|的|不少于|至少)[^，,。]{0,16}(?:数量|人数|次数|比例)?(?:不少于|不低于|至少)\d"
)
_AFTER = re.compile(
    r"(?:依据|根据|按照|结合|对照|围绕|立足|针对|对|每年|每月|每季度|每周|每半年"
    r"|定期|在|于|带头|要|都|均|负|派"
    r"|协助|可|不|各自|之间|参照|原则上|既|从|向|到|为|就|以|用|是|把|将|共同|“)"
)
_TRIM_END = re.compile(
    r"(?:[都也还均就又更则便既先再]|一定|首先|同时|共同|分别|回去后|下一步|每年|每月|每季度|每周|每半年|原则上"
    r"|不仅|切实|真正|今后|平时|务|不|今年|年内|本年度|会后|[，, 　])+$"
)
_OF = re.compile(
    r"^(.{2,16})的(?:目光|工作重心|工作重点|重心|精力|视野|注意力|着力点|首要任务|重要职责)$"
)


class Roles(NamedTuple):
    """Actors, lead and support of one sentence, exact substrings."""

    actors: tuple[str, ...]
    lead: tuple[str, ...]
    support: tuple[str, ...]


def roles(masked: str, raw: str) -> Roles:
    """Read who acts from a part of a sentence; `masked` and `raw` have the same length."""
    found: list[str] = []
    lead: list[str] = []
    support: list[str] = []
    spans = clauses(masked)[:40]
    for index, (a, b) in enumerate(spans):
        clause = masked[a:b]
        by = _BY.search(clause) if "由" in clause else None
        names = _names(raw, a + by.start(1), a + by.end(1)) if by else []
        held = None if names or "由" not in clause else _by_whom(clause)
        if held:
            names = _names(raw, a + held[0], a + held[1])
            if names:
                found += names
                continue
        if by:
            found += names
            rest = clause[by.end() :]
            if names and (rest.startswith(("会同", "牵头"))):
                lead += names
            with_ = _WITH.match(rest)
            if with_:
                at = a + by.end()
                support += _names(raw, at + with_.start(1), at + with_.end(1))
            continue
        help_ = _HELPED.search(clause) if clause.endswith("下") else None
        if help_:
            support += _names(raw, a + help_.start(1), a + help_.end(1))
            continue
        subject = _subject(masked, raw, a, b, spans[index + 1] if index + 1 < len(spans) else None)
        found += subject
        with_ = _WITH.search(clause) if "会同" in clause else None
        if with_ and with_.start() > 0:
            support += _names(raw, a + with_.start(1), a + with_.end(1))
        if "牵头" in clause:
            leader = _LEADER.match(clause)
            names = _names(raw, a + leader.start(1), a + leader.end(1)) if leader else []
            lead += names or found[:]
            found += names
        elif lead:
            helper = _SUPPORTS.match(clause)
            if helper:
                names = _names(raw, a + helper.start(1), a + helper.end(1))
                support += names
                found[:] = [n for n in found if n not in names]
        found += _caused(masked, raw, a, b)
        for named in (
            _BODY_OF.search(clause) if "主体" in clause else None,
            _QUOTA.search(clause) if "各" in clause else None,
        ):
            if named:
                found += _names(raw, a + named.start(1), a + named.end(1))
    return Roles(_unique(found), _unique(lead), _unique(support))


def _by_whom(clause: str) -> tuple[int, int] | None:
    """由 and the longest name behind it that something follows."""
    at = clause.find("由")
    while at >= 0:
        if clause[at + 1 : at + 2] not in ("于", "此", "来", "点", "表", "浅", "衷") and (
            clause[at - 1 : at] not in ("理", "自", "事", "缘", "经")
        ):
            longest = None
            for end in range(at + 3, min(len(clause) - 1, at + 24)):
                if not names_actor(clause, at + 1, end) or clause[end] in "的是和与及、":
                    continue
                longest = at + 1, end
                if clause[end : end + 2] in VERBS or clause[end] in "按依对随于每在共":
                    break
            if longest:
                return longest
        at = clause.find("由", at + 1)
    return None


def _caused(masked: str, raw: str, a: int, b: int) -> list[str]:
    cause = _CAUSED.search(masked, a, b)
    if cause:
        at = cause.end()
        for end in range(at + 2, min(b, at + 30)):
            follow = end + 1 if masked[end] == "等" else end
            if names_actor(masked, at, end) and _ACTS.match(masked, follow):
                names = _names(raw, at, end)
                if names:
                    return names
    return []


def _subject(masked: str, raw: str, a: int, b: int, following: tuple[int, int] | None) -> list[str]:
    at = skip_connective(masked, a)
    if at >= b:
        at = a
    modal = MODAL.search(masked, at, b)
    if modal and modal.start() - at <= 40:
        end = modal.start()
        cut = _TRIM_END.search(masked, at, end)
        if cut:
            end = cut.start()
        names = _names(raw, at, end)
        if names:
            return names
    clause = masked[a:b]
    for held in actor_before_verb(clause, at - a):
        names = _names(raw, at, a + held)
        if names:
            return names
    charged = _CHARGED.search(clause, at - a) or _IS.search(clause, at - a)
    if charged and charged.start() > at - a:
        end = a + charged.start()
        cut = _TRIM_END.search(masked, at, end)
        names = _names(raw, at, cut.start() if cut else end)
        if names:
            return names
    for end in range(at + 2, min(b, at + 30)):
        if names_actor(masked, at, end) and _AFTER.match(masked, end):
            names = _names(raw, at, end)
            if names:
                return names
    if following and b - at <= 30 and names_actor(masked, at, b):
        names = _names(raw, at, b)
        if names and not _PREDICATE.search(masked, at, b):
            return names
    return _opening(masked, raw, at, b) if a == 0 else []


# 院长任主任, 老同志带新同志: a clause with a predicate of its own is no name.
_PREDICATE = re.compile(r"(?<!不)是|[担兼]?任(?!何|务|课|职)|带(?!头)|具体|至少|讨论|把")


_GOES_ON = re.compile(r"每|[\d]|收到|接到|发现|因|指定|选取|结合|参照|随机|须|应|不[得能准许]|一律")


def _opening(masked: str, raw: str, at: int, b: int) -> list[str]:
    """A name that opens a sentence before how often, a date, an occasion or a prohibition."""
    for end in range(at + 2, min(b - 1, at + 24)):
        if names_actor(masked, at, end) and _GOES_ON.match(masked, end):
            names = _names(raw, at, end)
            if names and not _PREDICATE.search(masked, at, end):
                return names
    return []


def _names(raw: str, start: int, end: int) -> list[str]:
    name = clean(raw[start:end])
    owner = _OF.match(name)
    if owner:
        name = owner.group(1)
    parts = split_names(name)
    return [part for part in parts if is_actor(part)] if all(map(is_actor, parts)) else []


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
