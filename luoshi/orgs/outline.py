"""Units typed as an indented list, one a line; what a unit is, guessed from the end of its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from luoshi.base.names import typed
from luoshi.base.refused import BadInput
from luoshi.orgs.models import DEPTH, UnitKind

MOST_LINES = 400
WIDTH = {" ": 1, "\t": 4, "\u3000": 2}
MARKS = "-*•·—–"

ENDINGS: tuple[tuple[UnitKind, tuple[str, ...]], ...] = (
    (UnitKind.GENERAL_BRANCH, ("总支", "总支部", "总支部委员会")),
    (UnitKind.BRANCH, ("支部", "支部委员会")),
    (UnitKind.DISCIPLINE, ("纪检组", "监察组", "纪委", "纪律检查委员会", "检查委员会")),
    (UnitKind.COMMITTEE, ("党组", "党委", "委员会", "工委")),
    (UnitKind.GROUP, ("专班", "小组", "指挥部")),
    (UnitKind.SECTION, ("股", "班", "组")),
    (
        UnitKind.SUBORDINATE,
        (
            "分局",
            "中心",
            "所",
            "公司",
            "学校",
            "大队",
            "支队",
            "中队",
            "站",
            "院",
            "厂",
            "馆",
            "局",
        ),
    ),
    (UnitKind.DEPARTMENT, ("科", "处", "室", "部")),
)
"""Longer meanings first: 党总支部 is a general branch, 机关纪委 a discipline body."""

BELOW_THESE_A_ROOM_IS_A_SECTION = (UnitKind.DEPARTMENT, UnitKind.SUBORDINATE)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit of the list: its level (0 stands directly below the root), name, guessed kind."""

    level: int
    name: str
    unit_kind: str


def guess(name: str, above: str = UnitKind.BUREAU) -> str:
    """The kind of a unit by the end of its name and the kind of the unit above it."""
    for kind, endings in ENDINGS:
        if name.endswith(endings):
            if kind == UnitKind.DEPARTMENT and above in BELOW_THESE_A_ROOM_IS_A_SECTION:
                return UnitKind.SECTION.value
            return kind.value
    return UnitKind.OTHER.value


def read(text: str, *, root: str = "", kinds: Sequence[str] = ()) -> list[Line]:
    """The lines of `text` with their levels. Deeper indentation than the line above is a child.

    A first line that repeats the `root`'s name is left out. `kinds`, where given, replace the
    guesses line by line. Raises `BadInput` (field `units`) with the line: an invisible character,
    too many lines or levels, a name that occurs twice below one unit.
    """
    found: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        body = raw.lstrip(" \t\u3000")
        indent = sum(WIDTH[c] for c in raw[: len(raw) - len(body)])
        body = body.lstrip(MARKS).strip() or body
        try:
            name = typed(body, field="units", most=100)
        except BadInput as error:
            raise BadInput(
                _("Line %(number)s: %(what)s"),
                field="units",
                number=number,
                what=str(error),
            ) from error
        if not found and name == root:
            continue
        found.append((indent, name))
    if len(found) > MOST_LINES:
        raise BadInput(
            _("These are %(count)s units; type at most %(most)s here and add the others later."),
            field="units",
            count=len(found),
            most=MOST_LINES,
        )
    lines = _levels(found, kinds)
    _check(lines)
    return lines


def _levels(found: list[tuple[int, str]], kinds: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    indents: list[int] = []
    above: list[str] = []
    for position, (indent, name) in enumerate(found):
        while indents and indent <= indents[-1]:
            indents.pop()
            above.pop()
        kind = guess(name, above[-1] if above else UnitKind.BUREAU)
        if position < len(kinds) and kinds[position] in UnitKind.values:
            kind = kinds[position]
        lines.append(Line(len(indents), name, kind))
        indents.append(indent)
        above.append(kind)
    return lines


def _check(lines: list[Line]) -> None:
    chain: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for line in lines:
        if line.level + 2 > DEPTH:
            raise BadInput(
                _("“%(name)s” stands deeper than %(most)s levels. Move it further out."),
                field="units",
                name=line.name,
                most=DEPTH,
            )
        chain = [*chain[: line.level], line.name]
        if tuple(chain) in seen:
            raise BadInput(
                _("“%(name)s” occurs twice below the same unit. Delete one or rename it."),
                field="units",
                name=line.name,
            )
        seen.add(tuple(chain))
