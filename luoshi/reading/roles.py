"""Lines that hand out responsibility: 牵头单位：…；配合单位：…；完成时限：…, in any bracket."""

import re
from typing import NamedTuple

from .names import split_names

# 责任股室, 牵头单位及责任人: what is named behind the role is any kind of unit.
_OF_UNIT = r"(?:[\u4e00-\u9fff]{1,5}(?:及|和)?(?:责任人)?)?"
_KEY = re.compile(
    rf"(?P<lead>(?:牵头|主办){_OF_UNIT})\s*[：:]"
    rf"|(?P<support>(?:配合|协办|协同|协助|参与|参加|实施|责任配合){_OF_UNIT})\s*[：:]"
    rf"|(?P<actors>(?:责任|承办|落实|主责|负责){_OF_UNIT})\s*[：:]"
    r"|(?P<time>(?:完成|办理|整改|工作)?(?:时限|时间节点|时间要求|时间|期限|节点|时间安排))\s*[：:]"
)
_CHARGED = re.compile(
    r"[（(【〔\[]?(?P<names>[^：:。]{2,200}?)(?:等)?(?P<role>牵头|(?:按职责分工|分别|按分工|具体|共同)?(?:负责|落实|实施)|配合|协助|参与|参加)$"
)
_EDGE = " 　，,、；;。（）()【】〔〕[]"


class Line(NamedTuple):
    """What a line of responsibility gives to the obligations that it closes."""

    actors: tuple[str, ...]
    lead: tuple[str, ...]
    support: tuple[str, ...]
    deadline: str | None


def parse(words: str) -> Line | None:
    """A line of responsibility, with keys or as 「（X牵头，Y配合）」; None if it is none."""
    keys = list(_KEY.finditer(words))
    lead: list[str] = []
    support: list[str] = []
    actors: list[str] = []
    time: str | None = None
    if keys:
        for index, key in enumerate(keys):
            stop = keys[index + 1].start() if index + 1 < len(keys) else len(words)
            value = _bare(words[key.end() : stop])
            if not value:
                continue
            if key.lastgroup == "time":
                time = value
            elif key.lastgroup == "lead":
                lead += names(value)
            elif key.lastgroup == "support":
                support += names(value)
            else:
                actors += names(value)
    else:
        inner = _bare(words.lstrip(_EDGE))
        rest = ""
        for piece in re.split(r"[，,；;]", inner):
            piece = (rest + piece).strip(_EDGE)
            found = _CHARGED.match(piece)
            if not found:
                rest = piece + "、"
                continue
            rest = ""
            given = names(found.group("names"))
            role = found.group("role")
            if role == "牵头":
                lead += given
            elif role.endswith(("负责", "落实", "实施")):
                actors += given
            else:
                support += given
        if not (lead or support or actors):
            return None
    return Line(tuple(actors), tuple(lead), tuple(support), time)


def _bare(value: str) -> str:
    """A value without marks at its ends; a bracket that belongs to a name stays."""
    value = value.strip(_EDGE.replace("）", "").replace(")", ""))
    while value.endswith(("）", ")")) and value.count("（") + value.count("(") < (
        value.count("）") + value.count(")")
    ):
        value = value[:-1].rstrip(_EDGE.replace("）", "").replace(")", ""))
    return value


def names(value: str) -> list[str]:
    """The names in a list of a responsibility line."""
    out: list[str] = []
    for piece in re.split(r"[，,；;\s]+", value):
        piece = _bare(piece)
        if piece:
            out += split_names(piece)
    return out
