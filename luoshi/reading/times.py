"""By when and how often, as the words say it."""

import re

from .names import is_actor
from .words import ADVERBS, VERBS

_N = r"[\d一二两三四五六七八九十半]{1,3}"
_DATED = re.compile(
    r"(?:(?:20\d\d|[二〇零一九]{4})年(?:度)?|今年|明年|当年|本年度?|次年)?"
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?:\d{1,2}日|[底末初]|[上中下]旬|上、中旬|中、下旬)?|第?[一二三四1-4]季度(?:[末底初])?|[上下]半年|年[底末中初]|[底末])"
    r"(?:之前|以前|前|内)?"
    r"|20\d\d年(?:度)?(?:[底末初中])?(?:之前|以前|前|内)?"
    r"|(?:本月|本周|本季度|本学期|下月|下周)(?:[底末])?(?:之前|前|内)?|月底前?|年内"
)
_BOUNDED = re.compile(r"(?:前|内|底|末)$")
_INTRODUCED = re.compile(r"(?:[于到至在]|截至|截止|力争|确保|争取|计划)$")
_RELATIVE = re.compile(
    rf"(?:(?:自|在|从|接到|收到|接收到|发现|会议|文件|通知|方案|意见|作出|问题|交办)[^，,。；]{{0,16}}?(?:之日起|后|起)|(?:会后|节后|事后))?{_N}个?(?:工作日|自然日|日|天|周|星期|月|小时|年)(?:之?内|以内)"
)
_EVENT = re.compile(
    r"(?:在)?([^，,。；、于]{0,18}(?:会议?|汛|汛期|节|课|任|换届|节日|开学|开工|开工建设|验收|结束|召开|开展|启动|实施|施工|投用|使用|上线|上岗|入学|开幕|评审|放假|开班|申报|提交|提拔|离任|考核|检查|出境|付款|上会|印发|竣工|供暖|入冬|春节|国庆|元旦|中秋|五一)(?:之前|以前|前))"
)
_AFTERWARDS = re.compile(
    r"(?:^|[，,])(?:在)?([^，,。；]{2,24}(?:形成|结束|完成|召开|印发|发布|下发|通过|批准|验收|验收合格|办结|立案|整改)(?:之后|以后|后))(?=[，,])"
)
_THIS_YEAR = re.compile(r"今年(?:年?内)?|本年度|本学年|本学期")
_BUILT = re.compile(
    r"(?:建成|成立|竣工|出生|出台|印发|形成|发生|制定|投用)?的|以来|起|度?(?:工作|重点|计划|目标|预算|任务)"
)
_RECURS = re.compile(r"每(?:个)?(?:年|半年|季|季度|月|周|学期)?$")

_EVERY = re.compile(
    rf"每(?:个)?(?:年度?|半年|季度?|月|周[一二三四五六日末]?|星期[一二三四五六日]?|日|天|晚|半个月|学期|学年|两周|两个?月|双月|旬|[两三四五]年|(?:[两三四五六]|\d{{1,2}})(?:天|小时|周))"
    rf"(?:\d{{1,2}}[日号](?![前之以])|(?:至少|不少于|不低于|不得少于|最少)?{_N}(?:次|轮|期|场|篇))?"
    rf"|(?<=[，、\u4e00-\u9fff])[一半]([年月周季旬天日])一?[\u4e00-\u9fff]{{1,2}}(?=、|，|$)|^一([月周季])一[\u4e00-\u9fff]{{2}}"
    rf"|每逢[^，,。]{{2,6}}(?=，)|[单双]周(?:周[一二三四五])?|(?:一|半)年{_N}次|(?:一个?)?(?:季度?|月|周|年){_N}次|[按逐](?:年度?|季度?|月|周|日|半年)(?!龄|薪|份|期|程)|(?:半年|季度|月度|年度){_N}次|不定期|定期(?!存|化|机|制|限|间|的)"
)
_HABIT = re.compile(r"(?:常态化(?:、?长效化)?|经常性|经常化?|制度化常态化)地?")
_THING = re.compile(r"[^，,。]{0,8}(?:机制|制度|体系|格局|平台)")


_POINT = (
    r"(?:(?:20\d\d|[二〇零一九]{4})年)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?"
    r"(?:\d{1,2}日|[底末初]|[上中下]旬|上、中旬|中、下旬)?|年底|\d{1,2}日"
)
_STAGE = re.compile(
    rf"(?:自|从)?((?:{_POINT})(?:[—–－\-~～至到]+(?:{_POINT}))?(?:之前|以前|前|内)?)"
    r"|((?:20\d\d年)?(?:第?[一二三四]季度|[上下]半年))|(20\d\d年(?:底前|[底内])?(?=[）)]))"
)


# 每月5日前: how often and by when in one.
_EACH = re.compile(
    r"每(?:个)?(?:年度?|半年|季度?|月|周|学期)的?(?:\d{1,2}月(?:份)?)?(?:\d{1,2}[日号]|[一二三四五六日末底]|[上中下]旬|第[一二三]个月)"
    r"(?:之前|以前|前)"
)


def stage(heading: str) -> str | None:
    """The time that a heading gives to all that stands under it: 第一阶段（3月上旬至4月底）."""
    for found in _STAGE.finditer(heading):
        words = str(found.group(found.lastindex or 0))
        ahead = heading[: found.start()].rstrip(" 　")
        apart = not ahead or ahead[-1] in "（(：:—、.．)）"
        if len(words) > 2 and apart and (ahead or not found.group(3)):
            return words
    return None


def deadline(masked: str, raw: str) -> str | None:
    """The words that say by when, from the sentence itself; None where there are none."""
    each = _EACH.search(masked)
    if each:
        return raw[each.start() : each.end()]
    best: tuple[int, int] | None = None
    for found in _DATED.finditer(masked):
        a, b = found.span()
        if not _counts(masked, a, b):
            continue
        if best is None or (
            _BOUNDED.search(masked, *best) is None and _BOUNDED.search(masked, a, b)
        ):
            best = (a, b)
    if best:
        return raw[best[0] : best[1]]
    relative = _RELATIVE.search(masked)
    if relative and not masked[: relative.start()].endswith(("近", "过去", "每")):
        start = relative.start() + (masked[relative.start()] in "在于")
        return raw[start : relative.end()]
    event = _EVENT.search(masked)
    if event and not re.match(r"会(?:上|后)", event.group(1)):
        return _event(raw, event.start(1), event.end(1))
    after = _AFTERWARDS.search(masked)
    if after:
        return raw[after.start(1) : after.end(1)]
    year = _THIS_YEAR.search(masked)
    if year and (_opens(masked, year.start()) or is_actor(_before(masked, year.start()))):
        return year.group()
    return None


def _event(raw: str, a: int, b: int) -> str:
    words = raw[a:b]
    short = re.search(
        r"(?:[汛会节课任事]|春节|国庆|元旦|中秋|五一|开学|放假|开工|开班|上会)前$", words
    )
    if short:
        return short.group()
    cut = re.search(r"(?:都要|要|应|必须|须|一般|均|都|可)?在(?=[^在]+$)", words)
    if cut:
        words = words[cut.end() :]
    return words


def _before(masked: str, at: int) -> str:
    start = max(masked.rfind("，", 0, at), masked.rfind(",", 0, at)) + 1
    return masked[start:at]


def _opens(masked: str, at: int) -> bool:
    return (
        at == 0
        or masked[at - 1] in "，,；;：: 　"
        or masked[max(0, at - 2) : at] in ("同时", "特别")
    )


def _counts(masked: str, a: int, b: int) -> bool:
    if b - a < 2:
        return False
    before = masked[max(0, a - 4) : a]
    if _RECURS.search(before) or before.endswith(("从", "自", "据", "近")):
        return False
    after = masked[b : b + 8]
    if _BUILT.match(after):
        return False
    if masked[b - 1] == "内" and after.startswith("的"):
        return False  # 三年内的干部: which ones, not by when
    bounded = bool(_BOUNDED.search(masked, a, b))
    if bounded and re.match(r"(?:建成|成立|竣工)[^，,]{0,4}的", after):
        return False
    if masked[a:b] in ("月底", "年内", "年底", "月末", "底", "末", "年末", "年中", "年初"):
        return masked[a:b] in ("年底", "年内", "月底")
    if bounded:
        return True
    if _INTRODUCED.search(before):
        return True
    return _opens(masked, a) and (
        not after or after[0] in "，," or after[:2] in VERBS or after[:2] in ADVERBS
    )


def cadence(masked: str, raw: str) -> str | None:
    """The words that say how often the ordered action recurs; None where there are none."""
    every = next((f for f in _EVERY.finditer(masked) if not _amount(masked, *f.span())), None)
    habit = None
    for found in _HABIT.finditer(masked):
        if _adverbial(masked, found.start(), found.end()):
            habit = found
            break
    if every and (habit is None or every.start() < habit.start() or every.group().startswith("每")):
        if _THING.match(masked, every.end()) and not every.group().startswith("每"):
            return habit.group() if habit else None
        return raw[every.start() : every.end()]
    return raw[habit.start() : habit.end()] if habit else None


def _amount(masked: str, a: int, b: int) -> bool:
    """每人每月200元, 每天总量: how much, not how often."""
    return masked[max(a - 2, 0) : a] == "每人" or bool(
        re.match(r"总量?|使用|限额|\d+元", masked[b : b + 6])
    )


def _adverbial(masked: str, a: int, b: int) -> bool:
    if _THING.match(masked, b):
        return False
    following = masked[b : b + 2]
    return following in VERBS or following in ADVERBS or following in ("抓好", "做好")
