"""Small charts as SVG paths."""

from django import template

from luoshi.insight.views.board import spark

register = template.Library()


@register.filter
def line(values: list[int]) -> str:
    """Cumulative course over the weeks, for a chart of 54 by 18."""
    sums, total = [], 0
    for value in values:
        total += value
        sums.append(total)
    return spark(sums, 54, 18)


@register.filter
def end_point(path: str) -> tuple[str, str]:
    """x and y of the last point of a path."""
    x, _, y = path.rpartition("L")[2].partition(" ")
    return x, y


@register.filter
def wrapped(name: str) -> list[str]:
    """A unit's name in lines of at most five characters, 分局 and its like on a line of its own."""
    if name.isascii():
        return name.split(" ")
    for ending in ("分局", "支部", "中心", "科室", "总支"):
        if name.endswith(ending) and len(name) > len(ending):
            head = name[: -len(ending)]
            return [*[head[i : i + 4] for i in range(0, len(head), 4)][:3], ending]
    return [name[i : i + 5] for i in range(0, len(name), 5)][:4]
