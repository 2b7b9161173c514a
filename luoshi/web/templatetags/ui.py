"""Small parts of pages: icons, states, days, fields. Built into every template."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from luoshi.lib.digests import short
from luoshi.lib.ids import new_id

register = template.Library()

STATES: Mapping[str, tuple[str, str, Any]] = {
    "open": ("none", "3", pgettext_lazy("state", "Not due")),
    "soon": ("soon", "a", pgettext_lazy("state", "Due soon")),
    "overdue": ("late", "s", pgettext_lazy("state", "Overdue")),
    "submitted": ("sub", "b", pgettext_lazy("state", "Awaiting review")),
    "returned": ("back", "a", pgettext_lazy("state", "Returned")),
    "progress": ("prog", "b", pgettext_lazy("state", "In progress")),
    "accepted": ("done", "g", pgettext_lazy("state", "Accepted")),
    "late": ("done", "2", pgettext_lazy("state", "Done late")),
    "waived": ("waived", "3", pgettext_lazy("state", "Waived")),
    "paused": ("pause", "3", pgettext_lazy("state", "Paused")),
    "closed": ("done", "g", pgettext_lazy("state", "Closed")),
    "unchecked": ("again", "b", pgettext_lazy("state", "Effect not yet checked")),
    "effective": ("twice", "g", pgettext_lazy("state", "Effective")),
    "reopened": ("back", "a", pgettext_lazy("state", "Opened again")),
    "none": ("dot", "e", pgettext_lazy("state", "Concerns nobody here")),
    "task": ("task", "b", pgettext_lazy("triage", "Task")),
    "covered": ("cov", "g", pgettext_lazy("triage", "Covered")),
    "relayed": ("rel", "p", pgettext_lazy("triage", "Relayed")),
    "context": ("ctx", "3", pgettext_lazy("triage", "Context")),
    "undecided": ("ask", "a", pgettext_lazy("triage", "For you to decide")),
    "bound": ("bar", "s", pgettext_lazy("triage", "Not as written")),
}
"""state → (shape in the sprite, colour class, word): the table of states of the design."""


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A shape of the sprite; the word beside it carries the meaning for a screen reader."""
    return format_html(
        '<svg class="g{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("luoshi/img/sprite.svg"),
        name,
    )


@register.simple_tag
def state(name: str) -> SafeString:
    """Shape, colour and word of a state or a triage."""
    shape, colour, word = STATES[name]
    return format_html('<span class="st c-{}">{}{}</span>', colour, icon(shape), word)


@register.filter
def state_word(name: str) -> str:
    """The word alone."""
    return str(STATES[name][2])


@register.filter
def state_shape(name: str) -> str:
    """The shape alone."""
    return STATES[name][0]


@register.filter
def state_colour(name: str) -> str:
    """The colour class alone, without its `c-`."""
    return STATES[name][1]


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


WEEKDAYS_ZH = "一二三四五六日"


@register.filter
def day(value: date | None, year: int | None = None) -> str:
    """6月30日 / 30 Jun; with the year where it is not `year` (default: this year)."""
    if value is None:
        return ""
    if year is None:
        year = timezone.localdate().year
    if _chinese():
        text = f"{value.month}月{value.day}日"
        return text if value.year == year else f"{value.year}年{text}"
    text = f"{value.day} {_MONTHS[value.month - 1]}"
    return text if value.year == year else f"{text} {value.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@register.filter
def month(number: int) -> str:
    """6月 / Jun."""
    return f"{number}月" if _chinese() else _MONTHS[number - 1]


@register.filter
def full_day(value: date | None) -> str:
    """2026年6月30日 / 30 Jun 2026."""
    return day(value, -1)


@register.filter
def weekday(value: date) -> str:
    """周二 / Tue."""
    return f"周{WEEKDAYS_ZH[value.weekday()]}" if _chinese() else _WEEKDAYS[value.weekday()]


@register.filter
def long_day(value: date) -> str:
    """2026年6月30日（周二） / Tue 30 Jun 2026."""
    if _chinese():
        return f"{full_day(value)}（{weekday(value)}）"
    return f"{weekday(value)} {full_day(value)}"


@register.filter
def moment(value: datetime | None) -> str:
    """6月11日16:20 / 11 Jun 16:20, in the zone of the site."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    gap = "" if _chinese() else " "
    return f"{day(local.date())}{gap}{local:%H:%M}"


@register.filter
def utc_moment(value: str) -> str:
    """A moment as the record writes it (UTC text), in the zone of the site."""
    return moment(datetime.fromisoformat(value))


@register.filter
def local_day(value: datetime) -> date:
    """The day of a moment in the zone of the site."""
    return timezone.localtime(value).date()


LONG = 7
"""Days between a day and its recording above which the pair carries a mark."""


@register.simple_tag
def happened(on: date | None, at: datetime, *, clock: bool = False) -> SafeString:
    """发生于5月3日，6月20日录入 / happened 3 May, recorded 20 Jun, wherever the two days differ.

    Recorded on the same day, that day alone; where no day was given, when it was recorded. With
    `clock` the moment has its time: 6月20日16:20. A fact beside others, never a state.
    """
    entered = moment(at) if clock else day(local_day(at))
    if on is not None and local_day(at) <= on:
        return format_html("{}", entered if clock else day(on))
    if on is None:
        said = _("recorded %(moment)s") % {"moment": entered}
    else:
        said = _("happened %(day)s, recorded %(moment)s") % {"day": day(on), "moment": entered}
    return format_html('<small class="hap">{}{}</small>', _mark(on, at), said)


@register.simple_tag
def recorded(on: date | None, at: datetime | None) -> SafeString:
    """6月20日录入, under a day that the page shows already; empty where it is the same day."""
    if on is None or at is None or local_day(at) <= on:
        return mark_safe("")  # nothing
    said = _("recorded %(moment)s") % {"moment": day(local_day(at))}
    return format_html('<small class="hap">{}{}</small>', _mark(on, at), said)


def _mark(on: date | None, at: datetime) -> SafeString:
    if on is None or (local_day(at) - on).days <= LONG:
        return mark_safe("")  # nothing
    between = _("more than %(count)s days between") % {"count": LONG}
    return format_html('<i title="{0}">{1}<span class="vh">{0}</span></i>', between, icon("ext"))


@register.filter
def short_hash(value: str) -> str:
    """First eight and last four characters of a checksum, in fours."""
    return short(value)


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key, or None."""
    return mapping.get(key)


@register.filter
def joined(values: list[str]) -> str:
    """Names with the language's list comma."""
    return ("、" if _chinese() else ", ").join(str(v) for v in values)


@register.filter
def size(value: int) -> str:
    """Bytes for people."""
    if value < 1024:
        return _("%(count)s bytes") % {"count": value}
    if value < 1024 * 1024:
        return f"{value / 1024:.0f} KB"
    return f"{value / 1024 / 1024:.1f} MB"


@register.simple_tag
def once() -> SafeString:
    """A hidden one-time id: the same form sent twice counts once."""
    return format_html('<input type="hidden" name="request_id" value="{}">', new_id())


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, extra: str = "") -> dict[str, Any]:
    """Label, control, help and errors of a form field, tied together for a screen reader."""
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}_err")
        bound.field.widget.attrs["aria-invalid"] = "true"
    if described:
        bound.field.widget.attrs["aria-describedby"] = " ".join(described)
    return {"f": bound, "extra": extra}


@register.simple_tag
def empty() -> SafeString:
    """The dash of an empty cell."""
    return mark_safe('<span class="c-3">—</span>')  # constant text
