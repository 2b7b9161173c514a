"""Titles broken into lines by meaning, and the small writings of a paper: numbers, dates.

GB/T 9704-2012, 7.3.1: 回行时，要做到词意完整，排列对称，长短适宜，间距恰当，标题排列应当使用
梯形或菱形. So a line ends where a phrase ends, no line begins with 的, and lines grow, shrink, or
do first the one and then the other.
"""

import re
from datetime import date
from functools import lru_cache
from itertools import pairwise

WIDTH = 20
"""Characters of 22 pt in a line of 156 mm."""
CLOSING = "、，。；：！？）〕】》〉”’％·—…"
OPENING = "（〔【《〈“‘"
NEVER_FIRST = "的地得了着过等之们者性化" + CLOSING
NEVER_LAST = "第不各每未已将把被对向从在以为由至于和与及或" + OPENING
BEFORE = (
    "关于", "贯彻", "落实", "学习", "推进", "推动", "加强", "进一步", "全面", "深入", "深化",
    "开展", "做好", "印发", "转发", "批转", "召开", "举办", "成立", "调整", "建立", "健全", "完善",
    "规范", "实施", "组织", "表彰", "公布", "切实", "认真", "持续", "坚决", "严格", "扎实", "有关",
)  # fmt: skip
JOINING = ("以及", "暨", "并", "和", "与", "及")
SET_PHRASES = """
贯彻落实 学习贯彻 研究部署 党风廉政建设 责任制 责任分解 任务分解 重点任务
重点工作 实施方案 实施意见 实施办法 实施细则 工作方案 工作要点 工作计划
管理办法 管理规定 若干措施 若干规定 若干意见 暂行办法 暂行规定 领导小组
领导干部 领导班子 党员干部 主体责任 监督责任 第一责任人 一岗双责 全面从严治党
从严治党 中央八项规定精神 八项规定精神 八项规定 意识形态 安全生产 防汛抗旱
水资源 水利工程 工程建设 乡村振兴 生态环境 高质量发展 营商环境 优化 专项行动
专项整治 专项检查 集中整治 群众身边 不正之风 腐败问题 形式主义 官僚主义
作风建设 纪律建设 政治建设 组织建设 思想建设 制度建设 警示教育 主题教育
学习教育 理论学习中心组 民主生活会 组织生活会 工作会议 全体会议 专题会议
动员会议 讲话精神 会议精神 重要讲话 重要指示 批示精神 决策部署 任务分解台账
责任清单 问题清单 整改方案 整改工作 督查检查 督促检查 监督检查 考核办法
信访举报 巡视巡察 巡察整改 审计整改 人民政府 水务局 办公室 党组 党委 党支部
机关党委 纪检监察 纪检监察组 有关事项 有关问题 有关工作 有关情况 通知 通报
通告 公告 决定 意见 报告 请示 批复 函 纪要 方案 办法 规定 细则 措施
要点 计划 规划 制度 清单 台账 台帐 情况 工作 任务 分解 责任 落实 贯彻
执行 建设 管理 监督 检查 督查 考核 整改 整治 治理 改革 发展 服务 保障
安全 生产 学习 教育 培训 宣传 组织 领导 干部 党员 群众 机关 单位 部门
基层 全市 全省 全县 全区 全局 年度 上半年 下半年 季度 进一步 做好 加强
推进 推动 深化 开展 召开 印发 转发 会议 讲话 精神 问题 事项 有关 行动
专项
"""
WHOLE = frozenset(SET_PHRASES.split())
"""Words and set phrases of titles that are not broken while there is another way."""
LONGEST = max(map(len, WHOLE))


def _words(text: str) -> set[int]:
    """Places inside a known word: the longest words first, from left to right."""
    inside: set[int] = set()
    at = 0
    while at < len(text):
        found = re.compile(r"[0-9A-Za-z.%]+").match(text, at)
        size = found.end() - at if found else 1
        if not found:
            for length in range(min(LONGEST, len(text) - at), 1, -1):
                if text[at : at + length] in WHOLE:
                    size = length
                    break
        if found and text[at + size : at + size + 1] in ("年", "月", "日", "号", "次", "届"):
            size += 1
        inside |= set(range(at + 1, at + size))
        at += size
    return inside


def breaks(text: str) -> dict[int, int]:
    """Where a line may end → how little one likes it, from 0 (the end of a phrase) upward.

    Place 3 is between the third and the fourth character. Places that no title may break at are
    left out.
    """
    inside = _words(text)
    found = {}
    depth = 0
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        if before in "《〈（":
            depth += 1
        elif before in "》〉）":
            depth -= 1
        if after in NEVER_FIRST or before in OPENING:
            continue
        rest = text[place:]
        if before in "》、，：；" or after == "《" or rest.startswith("关于"):
            cost = 0
        elif before == "的" or rest.startswith(JOINING):
            cost = 2 if len(rest) > 3 else 9
        elif place in inside:
            cost = 60
        elif rest.startswith(BEFORE):
            cost = 3
        elif before in NEVER_LAST:
            cost = 50
        elif place - 1 in inside or place + 1 in inside:
            cost = 8  # the edge of a known word
        else:
            cost = 30
        found[place] = cost + (4 if depth > 0 else 0)
    return found


def shape(lengths: tuple[int, ...]) -> int:
    """How far lines of these lengths are from a trapezium or a lozenge; 0 is as it should be."""
    if len(lengths) < 2:
        return 0
    cost = 0
    grown = [later - earlier for earlier, later in pairwise(lengths)]
    rising = [step > 0 for step in grown if step]
    turns = sum(a != b for a, b in pairwise(rising))
    if turns > 1 or (turns == 1 and not rising[0]):
        cost += 60  # an hourglass, a saw
    if not rising and len(lengths) > 2:
        cost += 15  # a rectangle
    longest = max(lengths)
    for length in lengths:
        if length * 5 < longest * 2:
            cost += 30
        cost += round(6 * (longest - length) / longest)
    return cost


@lru_cache(maxsize=256)
def lines(title: str, width: int = WIDTH) -> tuple[str, ...]:
    """The title in lines of at most `width` characters. Line ends that it has already are kept."""
    if "\n" in title:
        return tuple(line.strip() for line in title.split("\n") if line.strip())
    title = title.strip()
    if _wide(title) <= width:
        return (title,)
    places = breaks(title)
    least = -(-_wide(title) // width)
    best: tuple[int, tuple[str, ...]] | None = None
    for count in (least, least + 1):
        for cut in _cuts(title, places, count, width):
            parts = tuple(title[a:b] for a, b in pairwise((0, *cut, len(title))))
            cost = sum(places[place] for place in cut) + shape(tuple(map(_wide, parts)))
            cost += 12 * (count - least)
            if best is None or cost < best[0]:
                best = (cost, parts)
    return best[1] if best else _anyhow(title, width)


def _cuts(title: str, places: dict[int, int], count: int, width: int) -> list[tuple[int, ...]]:
    """Every way into `count` lines, the dearest places left out while there are too many ways."""
    allowed = sorted(places)
    if count > 3:
        allowed = [p for p in allowed if places[p] < 30] or allowed
    found: list[tuple[int, ...]] = []

    def further(cut: tuple[int, ...], start: int) -> None:
        if len(found) >= 20_000:
            return
        left = count - len(cut)
        if left == 1:
            if _wide(title[start:]) <= width:
                found.append(cut)
            return
        for place in allowed:
            if place <= start:
                continue
            if _wide(title[start:place]) > width:
                break
            if _wide(title[place:]) <= width * (left - 1):
                further((*cut, place), place)

    further((), 0)
    return found


def _anyhow(title: str, width: int) -> tuple[str, ...]:
    """Full lines, where nothing better can be had."""
    return tuple(title[at : at + width] for at in range(0, len(title), width))


def _wide(text: str) -> int:
    """The width in full characters, rounded up. Digits are half of one in the official fonts and
    up to 0.65 in others; a line must hold in both."""
    hundredths = sum(65 if c.isascii() else 100 for c in text)
    return -(-hundredths // 100)


DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 to 99 in Chinese numerals: 十, 十二, 二十, 九十九."""
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is not between 1 and 99")
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")
    )


def day(on: date) -> str:
    """2026年6月1日: Arabic, unpadded (GB/T 9704-2012, 7.3.5.4)."""
    return f"{on.year}年{on.month}月{on.day}日"


NUMBER = re.compile(r"^(.*?)\s*[\[(（【〔［]\s*(\d{4})\s*[\])）】〕］]\s*第?\s*0*(\d+)\s*号$")


def paper_number(text: str) -> str:
    """A number as 7.2.5 has it: the year in 〔〕, no 第, no zero in front. Others stay as they are.

    >>> paper_number("云水发[2026]第04号")
    '云水发〔2026〕4号'
    """
    found = NUMBER.match(text.strip())
    return f"{found[1]}〔{found[2]}〕{found[3]}号" if found else text.strip()
