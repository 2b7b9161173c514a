"""The columns of a task list: the paper's own, or those of an office's own form.

An office that has its own form gives its headings; `layout_from` recognises the usual ones by
their words and leaves the rest for a person to map.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from luoshi.papers.rows import TaskListRow


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, the row's text, width in characters, and how it is set."""

    heading: str
    text: Callable[[TaskListRow], str]
    width: float
    centred: bool = False
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A column of an office's form: its heading as the office writes it, and what goes there.

    `key` is a key of `FIELDS`, or None for a column that stays empty. Without `width` (in
    characters) the column is as wide as its field is.
    """

    heading: str
    key: str | None = None
    width: float = 0


Layout = tuple[Place, ...]

FIELDS = {
    "number": Column("序号", attrgetter("number"), 5, centred=True),
    "title": Column("重点任务", attrgetter("title"), 15, wanted=True),
    "measure": Column("具体举措", attrgetter("measure"), 30, wanted=True),
    "leader": Column("责任领导", attrgetter("leader"), 9, centred=True, wanted=True),
    "lead": Column("牵头单位", attrgetter("lead"), 13, wanted=True),
    "support": Column("配合单位", attrgetter("support"), 13),
    "deadline": Column("完成时限", attrgetter("deadline"), 11, centred=True, wanted=True),
    "progress": Column("进展情况", attrgetter("progress"), 16),
    "proof": Column("佐证", attrgetter("proof"), 9),
    "note": Column("备注", attrgetter("note"), 9),
    "source": Column("原文出处", attrgetter("source"), 8, centred=True),
}
"""key → the column of the paper, in its order; `wanted` ones show 待明确 where they are blank."""
COLUMNS = tuple(FIELDS.values())
STANDARD: Layout = tuple(Place(column.heading, key) for key, column in FIELDS.items())
"""The paper's own columns as a layout."""
EMPTY_WIDTH = 9.0

WORDS = {
    "number": ("序号", "编号", "项次"),
    "title": (
        "重点任务", "工作任务", "主要任务", "目标任务", "任务名称", "重点工作", "重点事项",
        "工作事项", "工作项目", "任务", "事项",
    ),
    "measure": (
        "具体举措", "工作举措", "主要举措", "具体措施", "工作措施", "推进措施", "工作内容",
        "具体内容", "主要内容", "任务内容", "具体任务", "工作要求", "具体要求", "举措", "措施",
    ),
    "leader": (
        "责任领导", "分管领导", "牵头领导", "包保领导", "包抓领导", "挂帅领导", "责任人", "领导",
    ),
    "lead": (
        "牵头单位", "责任单位", "主办单位", "牵头部门", "责任部门", "主责单位", "主责部门",
        "承办单位", "承办部门", "落实单位", "牵头科室", "责任科室", "主办科室", "牵头", "主办",
    ),
    "support": (
        "配合单位", "协办单位", "配合部门", "协办部门", "参与单位", "参加单位", "协同单位",
        "配合科室", "协办科室", "配合", "协办",
    ),
    "deadline": (
        "完成时限", "时间节点", "办结时限", "完成时间", "办结时间", "完成期限",
        "办理时限", "整改时限", "时间要求", "时限", "期限", "节点",
    ),
    "progress": (
        "进展情况", "工作进展", "任务进展", "目前进展", "工作进度", "完成情况", "落实情况",
        "推进情况", "办理情况", "进展", "进度",
    ),
    "proof": ("佐证材料", "支撑材料", "印证材料", "证明材料", "佐证", "支撑", "印证"),
    "note": ("备注", "说明"),
    "source": ("原文出处", "文件依据", "政策依据", "任务来源", "出处", "依据", "来源"),
}  # fmt: skip
"""key → the words by which a heading is known; the longest that a heading holds decides."""


def plain(heading: str) -> str:
    """A heading without white space, and without what stands in brackets."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", heading))
    return re.sub(r"\([^)]*\)|【[^】]*】", "", text) or text


def layout_from(headings: Iterable[str]) -> Layout:
    """A layout for an office's headings, in their order and their words.

    Each field goes to the one column that fits best (a heading that is the word itself, then the
    longest word within, then the first from the left). What is unknown, or known twice, has no key.

    >>> [place.key for place in layout_from(["序号", "工作任务", "责任单位", "办结时限", "亮点"])]
    ['number', 'title', 'lead', 'deadline', None]
    """
    given = list(headings)
    claims = []
    for position, heading in enumerate(given):
        text = plain(heading)
        for key, words in WORDS.items():
            within = [word for word in words if word in text]
            if within:
                longest = max(map(len, within))
                claims.append((text not in words, -longest, position, key))
    keys: dict[int, str] = {}
    best: dict[int, int] = {}
    for _, size, position, _key in claims:
        best[position] = min(size, best.get(position, 0))
    for _, size, position, key in sorted(claims):
        if size == best[position] and position not in keys and key not in keys.values():
            keys[position] = key
    return tuple(Place(heading.strip(), keys.get(place)) for place, heading in enumerate(given))


def columns(layout: Sequence[Place] | None) -> tuple[Column, ...]:
    """The columns of a layout; without one, the paper's own. Raises `KeyError` on a wrong key."""
    if layout is None:
        return COLUMNS
    found = []
    for place in layout:
        if place.key is None:
            found.append(Column(place.heading, lambda row: "", place.width or EMPTY_WIDTH))
            continue
        field = FIELDS[place.key]
        found.append(
            Column(place.heading, field.text, place.width or field.width, field.centred,
                   field.wanted)
        )  # fmt: skip
    return tuple(found)
