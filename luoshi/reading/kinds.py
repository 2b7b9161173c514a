"""Once, again and again, or always; and whether it must, may not, or is only encouraged."""

import re

from .clauses import MODAL, actor_before_verb, opens_with_verb

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
_HOPE = re.compile(r"^(?:[^，,]{0,6}[，,])?(?:也)?希望")


def kind(masked: str, raw: str, deadline: str | None, cadence: str | None) -> str:
    """recurring, one_off or standing, by the guide."""
    if cadence:
        return "recurring"
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


def modality(masked: str) -> str:
    """must, prohibit or encourage, by the guide."""
    if _HOPE.match(masked):
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
