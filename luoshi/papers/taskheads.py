"""The headings that offices write above a task list, by what stands below them."""

import re
from collections.abc import Mapping

from luoshi.papers.columns import FieldSpec

_UNIT = re.compile(r"局|科|处|室|部|中心|支部|党组|公司|单位|办|院|所|站|委|组")
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,4}(?:[、，,\s][\u4e00-\u9fff·]{2,4})*$")
_WHEN = re.compile(r"\d|月|季|年|底|长期|每|前|持续|常态")
_PLACE = r"(?:责任)?(?:单位|部门|科室|处室|股室)"


def _unit(text: str) -> bool:
    return len(text) <= 200 and bool(_UNIT.search(text))


def _name(text: str) -> bool:
    return bool(_NAME.match(text.strip()))


def _when(text: str) -> bool:
    return len(text) <= 40 and bool(_WHEN.search(text))


FIELDS: Mapping[str, FieldSpec] = {
    "number": FieldSpec((r"序号", r"编号", r"号", r"No\.?"), lambda t: len(t) <= 8),
    "title": FieldSpec(
        (
            r"(?:重点|工作|主要|年度|目标|具体|主要工作|重点工作)?任务(?:名称|分解|清单)?",
            r"(?:督办|督查|重点|工作)?(?:事项|项目)(?:名称)?",
            r"(?:重点|主要|年度)?工作(?:名称|目标)?",
            r"目标(?:任务)?",
        ),
    ),
    "measure": FieldSpec(
        (
            r"(?:具体|主要|工作|落实|推进|整改)?(?:举措|措施)",
            r"(?:具体|主要|工作|任务|目标)?(?:内容|要求)(?:及要求)?",
            r"任务分解",
        ),
    ),
    "leader": FieldSpec(
        (r"(?:责任|分管|牵头|包保|主管|联系)(?:局)?领导", r"责任人|负责人|领导"), _name
    ),
    "lead": FieldSpec(
        (
            rf"(?:牵头|主办|主责){_PLACE}",
            rf"(?:责任|承办|落实|负责|主要责任){_PLACE}",
            r"(?:牵头|主办|责任)(?:单位及责任人)?",
        ),
        _unit,
    ),
    "support": FieldSpec((rf"(?:配合|协办|协同|参与|参加|协助){_PLACE}", r"配合|协办"), _unit),
    "deadline": FieldSpec(
        (
            r"(?:完成|办理|办结|整改|工作)?(?:时限|期限)(?:要求)?",
            r"(?:完成|办结|截止|计划|计划完成)?(?:时间|日期)",
            r"时间节点|节点|时间进度|时间安排|频次",
        ),
        _when,
    ),
    "check": FieldSpec((r"(?:工作)?成果(?:形式)?|预期成果|完成标准|目标要求",)),
    "progress": FieldSpec(
        (
            r"(?:工作|目前|最新|推进|办理|落实|整改)?(?:进展|进度)(?:情况)?",
            r"(?:完成|落实|办理|整改|推进)情况",
            r"完成率|办理结果|状态",
        ),
    ),
    "proof": FieldSpec((r"(?:佐证|支撑|印证|证明)(?:材料|资料)?",)),
    "note": FieldSpec((r"备注|说明",)),
    "source": FieldSpec((r"(?:原文)?出处|(?:任务|文件)?来源|依据|文件依据",)),
}
"""field → what its heading says, the most fitting first, and what its cells look like."""
