"""Inside a sentence: comma clauses, and how a clause opens (verb, modal, actor, adverbial)."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from .words import ADVERB_LENGTHS, ADVERBS, NOUNISH, SHORT_VERBS, VERBS, names_actor

_COMMA = re.compile(r"[，,]")

CONNECTIVE = re.compile(
    r"(?:同时|特别是|尤其是|特别|尤其|此外|另外|比如|当前|下一步|接下来|今后|目前|因此|所以|为此|对此|其中|重点是|关键是|首先|其次|最后|总之|"
    r"与此同时|在此基础上|第[一二三四五六七八九十][，、]|一方面|另一方面|再者|并且|而且|而|但|但是|可|会后|回去后|会议结束后)[，,]?"
)
ADVERBIAL = re.compile(
    r"(?:为了?(?!的)|根据|按照|依据|依托|依照|遵照|针对|围绕|聚焦|结合|通过|对于|对照|对标|对(?!接)|关于|随着|鉴于|基于|本着|立足|着眼|瞄准|紧扣"
    r"|紧紧围绕|严格按照|在|从|以|自|到|于|截至|就|向|与|同(?!时|步)|凭借|借助|借力|利用|作为|面对|面向|除|经|因|由于|如|若|遇|凡|当|配合|充分利用|认真对照|切实按照|每逢|各)"
)
DATE_OPEN = re.compile(
    r"(?:\d{4}年|今年|本年度?|明年|本月|下月|每[年月周季半学]|[上下]半年|第?[一二三四1-4]季度|[暑寒]假|春节|国庆|元旦|节前|汛期?前|\d{1,2}月|年[底内末前]|[春秋]季|本学[年期])"
)
MODAL = re.compile(
    r"(?<![主重需只必首摘纪提简扼紧概险机须想纲索])要(?![求点素么害闻案件领义职是塞员地道因]|管党|[人钱](?:[、，,]?要|[的、，,])|面子|官帽)"
    r"|莫(?![名非如过大及不])|(?:^|(?<=[，,、就都也们家员长记任]))别(?![人的处个国墅致称样说看论无])|甭|(?<=[就都也还总])得(?![到了意以])"
    r"|必须|务必|务须|应当|应该|(?<=[员位门])须"
    r"|(?<![相响反适供效对回呼感照顺报理一])应(?![急对用届聘变邀试酬援答允激收付运声约战诺验当该知会])"
    r"|均需|(?<![必务无])须(?![知臾])|需于|需在|需按|不得|严禁|禁止|不准|不允许|不许|决不|绝不|切忌|严防"
)
REQUEST = re.compile(
    r"^(?:同时[，,]?)?(?:请(?!示|假|求|愿|教|柬|客|战)|希望|恳请|敬请|望(?=[大各全])|要求各|务请)"
)
ASSIGN = re.compile(
    r"负总责|负全面|负[^，,]{0,8}责任|(?<!谁)负责(?!人|同志|制|，谁|任)|牵头|由[^，,。]{2,30}(?:负责|承担|进行|落实|组织|实施|办理|处理|提出|责令|调查"
    r"|会同|审定|审批|汇总|报|牵头|统筹|制定|解释|查清|决定|执行|完成)"
    r"|第一责任人|直接责任人|为主体开展|会同[^，,]{2,20}(?:制定|开展|进行|做好|落实|实施|抓好)|各负其责，"
    r"|(?:不少于|不低于|不得少于|至少)\d"
)
ASPECT = re.compile(
    r"(?<![为除罢得不受免])了(?![解望然结却如])|已(?!有|故)|曾|正在|近年来|取得|得到|过去[一的几]|去年|刚才|以来"
)


@lru_cache(maxsize=1024)
def clauses(masked: str) -> Sequence[tuple[int, int]]:
    """Offsets of the comma clauses of a masked sentence."""
    out, last = [], 0
    for found in _COMMA.finditer(masked):
        if found.start() > last:
            out.append((last, found.start()))
        last = found.end()
    if last < len(masked):
        out.append((last, len(masked)))
    return tuple(out)


def skip_connective(s: str, at: int) -> int:
    """Where the clause goes on after connectives such as 同时， or 特别是."""
    for _ in range(3):
        found = CONNECTIVE.match(s, at)
        if not found:
            return at
        at = found.end()
        while at < len(s) and s[at] in " 　，,":
            at += 1
    return at


def skip_adverbs(s: str, at: int) -> int:
    """Where the clause goes on after adverbs of manner and degree."""
    moved = True
    while moved:
        moved = False
        for length in ADVERB_LENGTHS:
            if s[at : at + length] in ADVERBS and len(s) >= at + length:
                at += length
                if s[at : at + 1] == "地":
                    at += 1
                moved = True
                break
    return at


_AFTER_NOUN = "是为的要有在已不，,后前中时者员部委局处科办室组工一"


def verb_at(s: str, at: int, sure: bool = False) -> bool:
    """Whether a verb of direction with something after it stands at `at`.

    `sure` after an adverb, where a word that may be a noun is a verb.
    """
    word = s[at : at + 2]
    if word in VERBS:
        if word == "负责" and s[at + 2 : at + 3] in ("人", "同"):
            return False
        if word in NOUNISH and not sure:
            following = s[at + 2 : at + 3]
            if following == "、":
                return s[at + 3 : at + 5] in VERBS
            if following in ("与", "和", "及"):
                return word == "组织" or s[at + 3 : at + 5] in VERBS
            if s[at + 2 : at + 4] in NOUNISH:
                return False
            return bool(following) and following not in _AFTER_NOUN
        return len(s) - at > 2
    first = s[at : at + 1]
    return first in SHORT_VERBS and len(s) - at >= 4 and s[at + 1] not in "的是有，,、"


_MANNER = re.compile(r"[^，,、的]{2,8}地")


_DISPOSAL = re.compile(
    r"(?:对|与|向|给)[^，,]{2,40}?(?:进行|实行|实施|开展|给予|予以|作出|做出|做好|加强|落实|建立|报告|沟通)"
)


def opens_with_verb(s: str, start: int = 0) -> int:
    """Offset of the verb that opens the clause after connectives and adverbs, or -1."""
    at = skip_connective(s, start)
    if verb_at(s, at):
        return at
    moved = skip_adverbs(s, at)
    if moved != at and (verb_at(s, moved, sure=True) or s[moved : moved + 1] in "把将以"):
        return moved
    # The last adverb may be the verb itself (统筹…, 坚持…, 突出…).
    if _DISPOSAL.match(s, moved):
        return moved
    manner = _MANNER.match(s, moved)
    if manner:
        after = skip_adverbs(s, manner.end())
        if verb_at(s, after):
            return after
    return -1


def actor_before_verb(s: str, start: int, limit: int = 36) -> Iterator[int]:
    """Where an actor's name may end, with adverbs and a verb after it, in order."""
    begin = skip_connective(s, start)
    for at in range(begin + 2, min(len(s) - 2, begin + limit)):
        if s[at] in "，,":
            return
        if not names_actor(s, begin, at):
            continue
        word = s[at : at + 2]
        if word in VERBS and word not in NOUNISH and verb_at(s, at):
            yield at
            continue
        verb = skip_adverbs(s, at)
        if verb > at and (verb_at(s, verb) or s[verb : verb + 1] in ("把", "将", "以", "对")):
            yield at
