"""Once, again and again, or always; and whether it must, may not, or is only encouraged."""

import re

from .clauses import (
    MODAL,
    actor_before_verb,
    clauses,
    opens_with_verb,
    skip_adverbs,
    skip_connective,
)
from .learnt import COMPLETES, FORBIDS, Model
from .signs import DIGIT, shape, size_of

_PAPER = (
    r"(?:方案|规划|计划|办法|细则|制度|规定|规范|意见|清单|报告|台账|手册|预案|标准|目录|指南"
    r"|措施|任务书|责任书|“任务书”|导则|流程|指引|图|库|工作要点|实施意见|分布图)"
)
_DONE = re.compile(
    rf"(?:制定|制订|出台|编制|编写|拟定|起草|撰写|印发|编印)(?:并[^，,]{{2,4}})?[^，,。]{{0,30}}{_PAPER}|制定[^，,。]{{0,12}}“[^”]*书”"
    r"|召开|举办|举行|完成|组建|成立|签订|改造|评比|推介|筹建|试点建设|上线运行|建成|迁建|新建|改建|扩建|撰写|汇交"
    rf"|形成[^，,。]{{0,30}}(?:清单|报告|方案|台账|数据库|景观|库|指南|手册|图集)"
    rf"|(?<![规计预方划案])编制[^，,。]{{1,30}}|提出[^，,。]{{0,20}}(?:清单|项目库|建议库)"
    r"|(?<!健)建立(?!健全|和完善|并完善|完善|、健全|起?良好)[^，,。]{1,30}(?:制度|平台|台账|清单|先锋队|系统|数据库|专班|机制|档案)"
    r"|建设[^，,。]{1,24}(?:系统|平台|中心|基地|工程|题库)|提升年|专项行动|一次(?!性)|全面(?:梳理|摸查|排查|清查|摸排|清理|普查)(?!整治)|开展[^，,。]{0,20}(?:体检|普查|评议|评比|竞赛|比赛|回头看)|“回头看”"
    r"|主题教育活动|家访工作|升级改造|同比(?:增长|上年)|达到\d|增长\d|实现[^，,。]{0,16}全覆盖|修订[^，,。]{0,20}(?:办法|细则|制度|规定|规范)|招聘名|通过[^，,]{2,12}(?:评估|验收|考核)(?!以)|做好[^，,]{2,30}(?:创建|准备|筹备|筹建|工程)|(?:组织|参加)[^，,。]{2,24}活动(?=$|，)|传达[^，,]{0,12}精神|开通[^，,]{0,16}(?:渠道|热线|平台|窗口|端口)|确定[^，,]{1,20}(?:范围|方式|名单|方案|人选)|建立[^，,]{0,6}指标"
)
_FORBID = re.compile(
    r"严禁|不得(?!不)|(?<!明令)禁止(?!的)|不准|不允许|不许|(?<!解)决不|绝不|切忌|不能(?!.{0,6}的)|不可(?!避免|少|缺)|一律不"
)
_ENCOURAGE = re.compile(
    r"^(?:同时|此外|积极|大力|进一步|还|也|[，,])*(?:鼓励|支持|引导|提倡|倡导|号召)"
)
_ENCOURAGED_OF = re.compile(r"^对[^，,]{2,30}[，,](?:[^，,]{2,10})?(?:鼓励|支持|引导|提倡)")
_WISH = re.compile(r"^(?:我|我们)(?:真诚|真心|衷心)?(?:希望|盼望)")
_HOPE = re.compile(r"^(?:[^，,]{0,6}[，,])?(?:也)?希望")


_LOOK = 160
_AMOUNT = re.compile(
    r"(?:\d[\d.]*|[一二两三四五六七八九十百千]+)[余多]?(个|名|家|套|处|场|次|所|台|公里|万|亿|支|条|批|座|户|项|件|轮|期|篇|本|份|张|%|％)"
)


def kind(
    masked: str,
    raw: str,
    deadline: str | None,
    cadence: str | None,
    genre: str = "",
    model: Model | None = None,
) -> str:
    """recurring, one_off or standing, by the guide; by the rules alone without a model."""
    if cadence:
        return "recurring"
    if model is None or not model.knows(COMPLETES):
        return _kind(masked, raw, deadline)
    completes = model.margin(COMPLETES, completes_signs(masked, raw, deadline, genre)) > 0
    return "one_off" if completes else "standing"


def _kind(masked: str, raw: str, deadline: str | None) -> str:
    done = _DONE.search(masked)
    if deadline:
        if _WHENEVER.search(deadline) and not _THIS_PAPER.search(deadline):
            return "one_off" if done and not _settled(raw, done.start()) else "standing"
        if re.match(
            r"(?:同时，)?对[^，,]{2,20}(?:进行[^，,]{0,4})?跟踪|随时", raw[3:40]
        ) or deadline in ("会前", "事前"):
            return "standing"
        return "one_off"
    if done and not _settled(raw, done.start()):
        return "one_off"
    return "standing"


# 收到整改通知书后七个工作日内: whenever that happens; 收到本通知后…: once.
_WHENEVER = re.compile(
    r"(?:后|起|内)[^前]*(?:日|天|时|周|月)(?:之)?内$|^[\d一二三四五六七八九十两]{1,3}个?(?:小时|工作日|日|天)之?内$"
)
_THIS_PAPER = re.compile(r"通知|方案|意见|文件|办法|规定|会议|会后|印发|发布|节后|本|\d月")


def _settled(raw: str, at: int) -> bool:
    """Conditional or continuing duties stay standing even where they name a paper."""
    clause = raw[max(raw.rfind("，", 0, at), -1) + 1 : at]
    if clause.startswith(("通过", "采取", "经")):
        return True
    return bool(re.search(r"对于?[^，,]{2,30}(?:发现|存在|出现|发生)[^，,]{0,12}[，,]", raw[:at]))


def _orders_before(head: str) -> bool:
    """Whether a clause before the prohibition already directs: the prohibition is then a rider."""
    return any(
        opens_with_verb(clause) >= 0 or next(actor_before_verb(clause, 0), None) is not None
        for clause in re.split("[，,]", head)[:-1]
    )


def completes_signs(masked: str, raw: str, deadline: str | None, genre: str) -> list[str]:
    """What speaks for and against that the ordered act completes."""
    s = masked[:_LOOK]
    rule = _kind(masked, raw, deadline)
    spans = clauses(s)
    out = [
        "=",
        f"r {rule}",
        f"r {rule} {bool(deadline)}",
        f"z {size_of(len(s))}",
        f"gen {genre}",
        f"fig {DIGIT.search(s) is not None} {bool(deadline)}",
    ]
    if spans:
        clause = s[spans[0][0] : spans[0][1]]
        modal = MODAL.search(clause)
        verb = skip_adverbs(clause, modal.end()) if modal else opens_with_verb(clause)
        if verb >= 0:
            out.append(f"hn {clause[verb : verb + 2]} {bool(_AMOUNT.search(s))}")
    out.extend([f"g {s[i : i + 2]}" for i in range(min(len(s) - 1, 90))])
    return out


_FORBIDDING = (
    "严禁", "不得", "禁止", "不准", "不允许", "不许", "决不", "绝不", "切忌", "不能", "不可",
    "一律不",
)  # fmt: skip
_AVERSE = ("不要", "别", "勿", "莫", "不再", "不搞", "杜绝", "防止", "避免")
_AGAINST = re.compile("|".join((*_FORBIDDING, *_AVERSE)))


def forbids_signs(masked: str) -> list[str]:
    """What speaks for and against that the main predicate forbids."""
    s = masked[:_LOOK]
    rule = _modality(masked)
    spans = clauses(s)[:6]
    out = ["=", f"r {rule}", f"n {min(len(spans), 5)}"]
    order = ""
    for index, (a, b) in enumerate(spans):
        clause = s[a:b]
        near = min(index, 2)
        here = [word for word in (*_FORBIDDING, *_AVERSE) if word in clause]
        for word in here:
            out += [
                f"w {word}",
                f"w {word} {near}",
                f"pos {word} {min(clause.find(word) // 3, 3)} {near}",
            ]
        if here:
            order += "n" if any(word in _FORBIDDING for word in here) else "o"
        else:
            order += shape(clause)
        at = skip_connective(clause, 0)
        out.append(f"o{min(index, 1)} {clause[at : at + 2]}")
    share = sum([letter in "no" for letter in order]) * 3 // max(len(order), 1)
    out += [f"seq {order}", f"seq1 {order[:1]}", f"seq2 {order[:2]}", f"seq3 {order[:3]}"]
    out += [f"fr {share}", f"rs {rule} {order[:2]}", f"last {order[-1:]}"]
    out.extend([f"has {letter}" for letter in set(order)])
    return out


def modality(masked: str, model: Model | None = None) -> str:
    """must, prohibit or encourage, by the guide; by the rules alone without a model."""
    rule = _modality(masked)
    if rule == "encourage" or model is None or not model.knows(FORBIDS):
        return rule
    if rule == "must" and not _AGAINST.search(masked, 0, _LOOK):
        return rule
    return "prohibit" if model.margin(FORBIDS, forbids_signs(masked)) > 0 else "must"


def _modality(masked: str) -> str:
    if _HOPE.match(masked) or _WISH.match(masked):
        return "encourage"
    encouraged = _ENCOURAGE.match(masked) or _ENCOURAGED_OF.match(masked)
    if encouraged and not MODAL.search(masked):
        return "encourage"
    forbidden = _FORBID.search(masked)
    if forbidden:
        positive = re.search(r"(?<![不])(?:要|应|必须|须)(?!不|禁)", masked[: forbidden.start()])
        head = masked[: forbidden.start()]
        if positive and MODAL.search(head):
            return "must"
        if (
            opens_with_verb(masked) >= 0
            and "，" in head
            and opens_with_verb(masked) < forbidden.start()
        ):
            return "must"
        if _orders_before(head):
            return "must"
        if head.count("，") <= 2:
            return "prohibit"
    return "must"
