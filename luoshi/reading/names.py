"""Names of actors: where one ends, and how joined names come apart."""

import re

from .clauses import MODAL
from .words import ADVERBS, NOUNISH, VERBS, names_actor, names_body, names_people

_JOIN = re.compile(r"以及|或者|[、和与及或跟，,]")
_ETC = re.compile(r"等(?:有关|相关)?(?:部门|单位|人员|方面|处室|科室|同志|领导)?$")
# Shared endings: 各部门、各中心主要负责人 is one name.
_SHARED = re.compile(
    r"(?:主要负责人|主要负责同志|分管负责同志|负责人|负责同志|责任人|副职|正职|主要领导|分管领导|领导班子|班子成员|领导干部|一把手|联络员|工作人员|党员干部)$"
)
_BARE = frozenset(
    {
        "成员",
        "负责人",
        "个人",
        "领导",
        "人员",
        "书记",
        "班子",
        "部门",
        "单位",
        "委员",
        "其他成员",
        "其成员",
    }
)
_NOT_ACTOR = re.compile(
    r"(?:家校|难处|好处|用处|之处|深处|到处|处处|全部|内部|外部|细处|场所|有所|无所|大部|校所|政处|坏处|长处|短处|益处|妥处|查处|惩处|严处|深入基层|基层|下沉"
    r"|督办|举办|承办|主办|交办|查办|联办|通办|快办|好办|能办|可办|一队|试点单位的|办公厅的|培训班组|对方|网站|组织实施|自主|贯穿|分组|党组的|开局|布局|格局|结局|破局|全局意识|科学院的|本科|学科|(?<!管)理科|文科|专科"
    r"|现场会|服务站|微课堂|一对一|到位|入户|司法|公司的)$"
)
_PLACES = frozenset({"城市", "地区", "全社会", "县市", "本科", "高校院所"})
_CASE = re.compile(
    r"(?:对|把|将|向|为|给|与|让|使|被|按|以|在|从|如|若|凡|经|当|要|应|就|是|不|可)"
)
_INSIDE = re.compile(r"开展|提升|推进|加强|落实|完善|做好|抓好|提高|召开|实施|合力|推动|保障|确保")
# Names that begin with a verb stand only as a relative clause (参加评议的人员).
_RELATIVE = re.compile(r"(?:参加|参与|分管|负责|承担|从事|涉及|担任|联系|牵头|协助)[^，,]{1,16}的")
_BAD_OPENING = re.compile(
    r"^(?:对|把|将|向|为|给|与|让|使|令|同|以|在|从|被|按|于|如|若|凡|经|当|因|到|比|就|是|不|没|无|有(?!关)|并|而|也|都|再|又|则|其中|通过|根据|针对|围绕|聚焦|依托|结合|按照|依据|作为|面对|关于|涉及|需要|对于"
    r"|引导|教育|推动|促使|促进|帮助|督促|提醒|支持|鼓励|指导|带动|激励|动员|号召|方便|服务|关心|关爱|慰问|走访|确保|保证|保障|增强|提高|提升|加强|加快|做好|抓好|完善|建立|健全|落实|深化|推进|强化|改造|规范|统筹|组织(?!部|人事|科|处|生活|委员)|开展|制定|实施|培养|选好|打造|管好|管住|造成|涉嫌|超过|发现)(?!部|局|委|厅|处|科|行政|中心|系统|机构|站|所|室|主体)"
)
_LEADING = re.compile(
    r"^(?:(?:同时|特别是|尤其是|特别|尤其|此外|另外|当前|目前|下一步|今后|今年|请|希望|恳请|敬请|其中|其次|最后|首先|因此|所以|但是|但|而|会后|回去后|也|还|更|都|每年|每月|每季度|具体工作|具体|切实|真正|届时|原则上)[，,]?)+"
)


# 「整改以后由X…」: what comes before 由 says when, not who.
_AFTER_THAT = re.compile(r"^[^，,]{1,12}(?:以后|之后|后|时)由")
# 「X每半年向…提交」: the cadence behind the name is no part of it.
_HOW_OFTEN = re.compile(r"每(?:半年|学期|季度|两个?月|年|月|季|周|日|天)")


def is_actor(name: str) -> bool:
    """Whether a phrase names a body or people that can be told to do something."""
    name = _LOCAL.sub("", name)
    if not 2 <= len(name) <= 40 or not names_actor(name, 0, len(name)) or name in _PLACES:
        return False
    if _NOT_ACTOR.search(name) or "〓" in name or MODAL.search(name):
        return False
    if _CASE.match(name) or (_INSIDE.search(name) and "的" not in name):
        return False
    if _BAD_OPENING.match(name) and "的" not in name:
        return False
    if name[:2] in VERBS and name[:2] not in NOUNISH:
        return bool(_RELATIVE.match(name))
    if name[:2] in ADVERBS and name[:2] not in ("主要", "综合", "专题", "主动"):
        return False
    return name[:3] not in ADVERBS and name[:4] not in ADVERBS


_PLACE = r"(?:[市区县州旗镇乡场村居工]|街道|园区|开发区|办事处|社区|乡镇|派出)"
_LOCAL = re.compile(rf"（{_PLACE}(?:、{_PLACE}){{0,4}}）")
# 各县（市、区）is one name; other brackets are asides.
_ASIDE = re.compile(rf"（(?!{_PLACE}(?:、{_PLACE}){{0,4}}）)[^）]*）")


def open_places(masked: str, raw: str) -> str:
    """The masked words with the brackets of 各县（市、区） unmasked: they belong to the name."""
    if "（" not in raw:
        return masked
    for found in _LOCAL.finditer(raw):
        masked = masked[: found.start()] + found.group() + masked[found.end() :]
    return masked


def clean(name: str) -> str:
    """A candidate without connectives before it and brackets or 等 after it."""
    name = _ASIDE.sub("", name).strip(" 　，,、；;。：:“”")
    name = _LEADING.sub("", name)
    name = _AFTER_THAT.sub("", name)
    often = _HOW_OFTEN.search(name, 2)
    if often:
        name = name[: often.start()]
    return name.strip(" 　，,、")


def split_names(name: str) -> tuple[str, ...]:
    """Joined names apart where each part stands alone; shared prefixes and endings stay whole."""
    whole = name.strip()
    name = _ETC.sub("", whole)
    if not name:
        return ()
    pieces: list[tuple[str, str]] = []
    last, joint = 0, ""
    for found in _JOIN.finditer(name):
        if name.rfind("（", 0, found.start()) > name.rfind("）", 0, found.start()):
            continue
        pieces.append((joint, name[last : found.start()]))
        joint, last = found.group(), found.end()
    pieces.append((joint, name[last:]))
    if len(pieces) == 1:
        return (name if _stands(name) else whole,)
    parts: list[str] = []
    for joint, piece in pieces:
        if (parts and (piece in _BARE or len(piece) < 2)) or (parts and not _stands(parts[-1])):
            parts[-1] += joint + piece
        else:
            parts.append(piece)
    parts = [part for part in parts if part]
    if not all(_stands(part) for part in parts):
        return (whole,)  # 应急、公安等部门: what they share stands at the end
    shared = _SHARED.search(parts[-1])
    if (
        shared
        and shared.start() > 0
        and any(names_body(p, 0, len(p)) and not names_people(p, 0, len(p)) for p in parts[:-1])
    ):
        return (name,)
    return tuple(parts)


def _stands(part: str) -> bool:
    part = _LOCAL.sub("", part)
    return len(part) >= 2 and names_actor(part, 0, len(part)) and part not in _BARE
