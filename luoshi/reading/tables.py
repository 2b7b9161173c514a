"""Tables whose columns say what, who and by when: a header line, then rows.

Cells stand apart by tabs (as .docx gives them), by `|`, or by two and more blanks.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from .roles import Line, names

_CELL = re.compile(r"[^\t|｜ \u3000]+(?:[ \u3000][^\t|｜ \u3000]+)*")
_PARTED = re.compile(r"\t|[|｜]|[ \u3000]{2}")
# Blanks in a head, and what stands behind it in brackets: 责任单位（部门）, 时 限.
_ASIDE = re.compile(r"[\s\u3000]+|[（(][^（）()]{0,20}[）)]$|(?<=单位)[/／](?:部门|责任人)$")
# What a column is for, by the words of its head; the first task column that is found is read, and
# who must act is a unit before it is a person.
_HEADS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("lead", re.compile(r"^(?:牵头|主办)(?:责任)?(?:单位|部门|科室|处室)?(?:及责任人)?$")),
    ("lead", re.compile(r"^(?:牵头|主办)(?:责任)?(?:领导|人)$")),
    ("support", re.compile(r"^(?:配合|协办|协助|参与|参加)(?:责任)?(?:单位|部门|科室|处室|人)?$")),
    (
        "actors",
        re.compile(
            r"^(?:责任|承办|落实|负责|主责|整改责任)(?:单位|部门|科室|处室|主体|岗位)?(?:及责任人)?$"
        ),
    ),
    ("actors", re.compile(r"^(?:责任|承办|落实|负责|主责|整改责任)(?:领导|人)(?:及责任人)?$")),
    (
        "deadline",
        re.compile(
            r"^(?:完成|办理|整改|工作|起止|计划)?(?:时限|时间|期限|日期|节点|时间节点|时间安排|进度)(?:要求)?$"
        ),
    ),
    ("task", re.compile(r"^(?:具体|主要|整改|工作|落实|推进)?(?:措施|举措)$")),
    ("task", re.compile(r"^(?:工作|主要|重点|目标|年度|具体|主要工作)?任务(?:内容|分解|要求)?$")),
    ("task", re.compile(r"^(?:工作|整改|具体|主要|办理|重点)?(?:事项|内容|项目|要求|工作|目标)$")),
)


# A time that a thing is done by; a bare 时间 may be that of a lecture.
_DUE = re.compile(r"^(?:完成|办理|整改|计划完成).{2,}|^(?:时限|期限)")


class Table(NamedTuple):
    """The columns of a table by their use: task, actors, lead, support, deadline.

    `binds` when it says who and by when it is to be done: then each of its rows is asked.
    """

    columns: Mapping[str, int]
    width: int
    binds: bool = False


class Cell(NamedTuple):
    """A cell's place in the text."""

    start: int
    end: int


def cells(text: str, start: int, end: int) -> list[Cell]:
    """The cells of a line; one for a line that is no row of a table.

    Between tabs and between bars an empty cell counts; between blanks there is none.
    """
    if not _PARTED.search(text, start, end):
        return [Cell(start, end)]
    mark = "\t" if text.find("\t", start, end) >= 0 else "|" if "|" in text[start:end] else ""
    if not mark:
        return [Cell(*found.span()) for found in _CELL.finditer(text, start, end)]
    out, begin = [], start
    for at in [i for i in range(start, end) if text[i] == mark] + [end]:
        a, b = begin, at
        while a < b and text[a] in " \u3000":
            a += 1
        while b > a and text[b - 1] in " \u3000":
            b -= 1
        out.append(Cell(a, b))
        begin = at + 1
    if mark == "|":
        out = out[bool(out and out[0].start == out[0].end) :]
    return out


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The line without its outer blanks but with the tabs of empty cells at its ends."""
    first, last = start, end
    while first and text[first - 1] in "\t \u3000":
        first -= 1
    while last < len(text) and text[last] in "\t \u3000":
        last += 1
    begin, stop = text.find("\t", first, start), text.rfind("\t", end, last)
    return (first if begin >= 0 else start), (last if stop >= 0 else end)


def between(text: str, start: int, end: int, table: Table) -> bool:
    """Whether a line that is no task of a table stands in one: as many cells, tabs between."""
    return text.count("\t", start, end) + 1 == table.width


def is_row(text: str, start: int, end: int) -> bool:
    """Whether more than one cell of a line says something; else it is a title across the table."""
    return sum(1 for cell in cells(text, start, end) if cell.end > cell.start) > 1


def header(text: str, start: int, end: int) -> Table | None:
    """The table that a line of column heads begins: it names a task and who or by when."""
    if end - start > 120 or not _PARTED.search(text, start, end):
        return None
    heads = [_ASIDE.sub("", text[a:b]) for a, b in cells(text, start, end)]
    columns: dict[str, int] = {}
    for use, pattern in _HEADS:
        for number, head in enumerate(heads):
            if use not in columns and pattern.match(head):
                columns[use] = number
    if "task" not in columns or len(columns) < 2:
        return None
    who = "actors" in columns or "lead" in columns
    return Table(columns, len(heads), who and bool(_DUE.search(heads[columns.get("deadline", 0)])))


def row(text: str, start: int, end: int, table: Table) -> tuple[Cell, Line] | None:
    """A row's task and what its other cells say of it; None where the line is no such row."""
    found = cells(text, start, end)
    if not 2 <= len(found) <= table.width + 1:
        return None
    # Cells apart by blanks lose the empty ones: those at the end are counted from the end.
    shift = len(found) - table.width if "\t" not in text[start:end] else 0

    def words(use: str) -> str:
        at = table.columns.get(use)
        if at is None:
            return ""
        if shift < 0 and at > table.columns["task"]:
            at += shift
        if not 0 <= at < len(found) or at == table.columns["task"]:
            return ""
        return text[found[at].start : found[at].end]

    if table.columns["task"] >= len(found):
        return None
    task = found[table.columns["task"]]
    if task.end <= task.start:
        return None
    line = Line(
        tuple(names(words("actors"))),
        tuple(names(words("lead"))),
        tuple(names(words("support"))),
        words("deadline") or None,
    )
    return task, line
