"""The headings of task lists that offices keep, with what their cells look like.

The words are those of `layout`, by which a list goes out; here a list comes in, so what stands
below a heading counts as well.
"""

import re
from collections.abc import Callable, Mapping

from luoshi.papers.columns import FieldSpec
from luoshi.papers.layout import WORDS

_UNIT = re.compile(r"局|科|处|室|部|中心|支部|党组|公司|单位|办|院|所|站|委|组")
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,4}(?:[、，,\s][\u4e00-\u9fff·]{2,4})*$")
_WHEN = re.compile(r"\d|月|季|年|底|长期|每|前|持续|常态")
MORE = {
    "number": ("No.", "No"),
    "title": ("工作名称", "督办事项", "年度目标", "目标"),
    "measure": ("任务分解", "内容", "要求"),
    "leader": ("负责人", "主管领导", "联系领导"),
    "lead": ("负责单位", "主要责任单位", "责任股室"),
    "deadline": ("时间进度", "时间安排", "截止时间", "计划完成时间", "频次", "时间"),
    "check": ("成果形式", "预期成果", "工作成果", "完成标准", "目标要求", "成果"),
    "progress": ("整改情况", "完成率", "办理结果", "状态"),
}
"""Words that only lists coming in are known by; `check` has no column in the list going out."""
CONTENT: Mapping[str, Callable[[str], bool]] = {
    "number": lambda text: len(text) <= 8,
    "leader": lambda text: bool(_NAME.match(text.strip())),
    "lead": lambda text: len(text) <= 200 and bool(_UNIT.search(text)),
    "support": lambda text: len(text) <= 200 and bool(_UNIT.search(text)),
    "deadline": lambda text: len(text) <= 40 and bool(_WHEN.search(text)),
}


def _spec(key: str) -> FieldSpec:
    """A heading that is one of the words, else one that holds one and is no title of a list."""
    words = sorted({*WORDS.get(key, ()), *MORE.get(key, ())}, key=lambda w: (-len(w), w))
    exact = "|".join(map(re.escape, words))
    some = "|".join(map(re.escape, WORDS.get(key, ()) or MORE[key]))
    within = rf"(?!.*(?:台账|清单|表)$).{{0,6}}(?:{some}).{{0,6}}"
    return FieldSpec((exact, within), CONTENT.get(key))


FIELDS: Mapping[str, FieldSpec] = {key: _spec(key) for key in (*WORDS, "check")}
"""field → how its column is known."""
