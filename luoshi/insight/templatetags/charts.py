"""Small charts as SVG paths."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy

from luoshi.insight.board import Line
from luoshi.insight.summary import Figures
from luoshi.insight.views.board import spark
from luoshi.orgs.models import Unit
from luoshi.web.templatetags.ui import STATES

register = template.Library()


@lru_cache(maxsize=8)
def _signs(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Word and shape of each state in the language that is active, ready for the page."""
    sprite = static("luoshi/img/sprite.svg")
    shape = '<svg class="g" aria-hidden="true"><use href="%s#%s"/></svg>'
    return (
        {name: str(escape(STATES[name][2])) for name in STATES},
        {name: shape % (sprite, STATES[name][0]) for name in STATES},
    )


NUMBERS = {
    "total": pgettext_lazy("figure", "Asked"),
    "accepted": pgettext_lazy("figure", "Accepted"),
    "overdue": pgettext_lazy("state", "Overdue"),
    "soon": pgettext_lazy("state", "Due soon"),
    "submitted": pgettext_lazy("state", "Awaiting review"),
    "returned": pgettext_lazy("state", "Returned"),
    "paused": pgettext_lazy("state", "Paused"),
    "closed": pgettext_lazy("state", "Closed"),
    "unchecked": pgettext_lazy("state", "Effect not yet checked"),
    "effective": pgettext_lazy("state", "Effective"),
}
"""Figures of a unit in the order of the columns, each with the head of its column."""
_CLASSES = dict.fromkeys(NUMBERS, "num") | {"closed": "num sep", "overdue": "num c-s"}


@lru_cache(maxsize=8)
def _heads(language: str) -> dict[str, str]:
    """The attribute that names a figure where the table has no columns (on a phone)."""
    return {name: f' data-label="{escape(word)}"' for name, word in NUMBERS.items()}


@register.simple_tag
def figures(found: Figures) -> SafeString:
    """The cells of one unit's numbers, put together here as `cells` is; nothing stands for 0."""
    heads, cells = _heads(get_language() or ""), []
    for name in NUMBERS:
        number = getattr(found, name)
        shown = f"<b>{number}</b>" if number and name == "overdue" else str(number or "")
        cells.append(f'<td class="{_CLASSES[name]}"{heads[name] if number else ""}>{shown}</td>')
    return mark_safe("".join(cells))


@register.simple_tag
def cells(line: Line, unit: Unit) -> SafeString:
    """The cells of one task. Two thousand stand on a wide board, so they are put together here and
    not by a loop of the template; every part is a number, an id, or escaped."""
    words, icons = _signs(get_language() or "")
    nobody = f'<span aria-label="{words["none"]}">·</span>'
    task = str(line.task.pk)
    found = []
    for cell, column in line.pairs:
        extra = " oc" if column.opened else " cc" if column.inner else ""
        extra += " ce" if column.last else ""
        state = cell.state
        if state == "none":
            found.append(f'<td class="na{extra}">{nobody}</td>')
            continue
        if column.unit_id:
            address = f"/units/{column.key}/work/?task={task}"
        else:
            address = f"?unit={unit.pk}&amp;open={escape(column.key)}"
        count = cell.count
        word = f"<em>{words[state]} {count}</em>" if count else f"<i>{words[state]}</i>"
        found.append(
            f'<td class="{state}{extra}"><a href="{address}">'
            f"<span>{icons[state]}{cell.done}/{cell.total}</span>{word}</a></td>"
        )
    return mark_safe("".join(found))  # see above


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
    """A unit's name in short lines, 分局 and its like on a line of its own."""
    if name.isascii():
        return name.split(" ")
    for ending in ("分局", "支部", "中心", "总支"):
        if name.endswith(ending) and len(name) > len(ending):
            head = name[: -len(ending)]
            return [*(head[i : i + 4] for i in range(0, len(head), 4)), ending][-4:]
    if len(name) <= 4:
        return [name]
    parts = -(-len(name) // 4)
    size = len(name) // parts
    return [
        *(name[i * size : (i + 1) * size] for i in range(parts - 1)),
        name[(parts - 1) * size :],
    ]
