"""Dates and cadences as people type them into a cell."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from luoshi.base.refused import BadInput

RHYTHMS = {
    "每周": "weekly",
    "每月": "monthly",
    "每两月": "bimonthly",
    "每两个月": "bimonthly",
    "每季": "quarterly",
    "每季度": "quarterly",
    "每半年": "half_yearly",
    "半年": "half_yearly",
    "每年": "yearly",
    "全年": "yearly",
    "weekly": "weekly",
    "monthly": "monthly",
    "quarterly": "quarterly",
    "half-yearly": "half_yearly",
    "yearly": "yearly",
}
RHYTHM_WORDS = {
    "weekly": _("every week"),
    "monthly": _("every month"),
    "bimonthly": _("every two months"),
    "quarterly": _("every quarter"),
    "half_yearly": _("every half-year"),
    "yearly": _("every year"),
}


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def typed_day(text: str, *, year: int, field: str) -> date | None:
    """A day as typed: 6.30, 6月30日, 2026-06-30, 6月底, 上半年, 年底, 二季度末; empty is None.

    Without a year it is `year`. Raises `BadInput` bound to `field`.
    """
    word = re.sub(r"\s|以前|之前|前$", "", text.strip().translate(_HALF))
    if not word:
        return None
    try:
        if found := re.fullmatch(r"(?:(\d{4})[-./年])?(\d{1,2})[-./月](\d{1,2})[日号]?", word):
            return date(int(found[1] or year), int(found[2]), int(found[3]))
        if found := re.fullmatch(r"(?:(\d{4})[-./年])?(\d{1,2})月(?:底|末)?", word):
            return month_end(int(found[1] or year), int(found[2]))
    except (ValueError, calendar.IllegalMonthError) as error:
        raise BadInput(_("There is no such day: %(text)s."), field=field, text=text) from error
    if word in ("年底", "年末", "年内", "全年"):
        return date(year, 12, 31)
    if word in ("上半年", "年中"):
        return date(year, 6, 30)
    if found := re.fullmatch(r"第?([一二三四1-4])季度[底末]?", word):
        return month_end(year, ("一二三四".find(found[1]) + 1 or int(found[1])) * 3)
    raise BadInput(
        _("“%(text)s” is not a day. Type 6.30, 6月30日, 6月底, 2026-06-30, or 收到后10个工作日内."),
        field=field,
        text=text,
    )


_LEADING = re.compile(
    r"(?:(?:\d{4}\s*[-./年]\s*)?(?:\d{1,2}\s*月\s*\d{1,2}\s*[日号]|\d{1,2}[-./]\d{1,2}[日号]?"
    r"|\d{1,2}月\d{1,2}(?!\w)|\d{1,2}\s*月[底末]?)"
    r"|年[底末内中]|全年|上半年|第?[一二三四1-4]季度[底末]?)(?:以前|之前|前(?![期往置述景后]))?"
)


def leading_day(text: str) -> tuple[str, str] | None:
    """A line that begins with a day, as (day, what follows it); None where it does not.

    The blank between the two may be left out: 12月10日方案报批.
    """
    line = text.strip()
    found = _LEADING.match(line.translate(_HALF))
    return (found[0], line[found.end() :].strip(" \u3000：:，,、")) if found else None


_HALF = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")


def typed_rhythm(text: str, *, field: str) -> str:
    """The code of a cadence as typed or chosen (每月, monthly, …); empty stays empty."""
    word = text.strip().removesuffix("一次").removesuffix("1次")
    if not word or word in RHYTHM_WORDS:
        return word
    if word not in RHYTHMS:
        raise BadInput(
            _("“%(text)s” is not a cadence. Choose 每周, 每月, 每季度, 每半年 or 每年."),
            field=field,
            text=text,
        )
    return RHYTHMS[word]


@dataclass(frozen=True, slots=True)
class When:
    """A day, a cadence, or an amount of time after receipt; all empty where nothing is typed."""

    due_on: date | None = None
    rhythm: str = ""
    within: int | None = None
    within_unit: str = "workdays"


_WITHIN = re.compile(
    r"(?:收到|接到|印发)?[^\d]{0,8}?(?:之日起|[后起])?(\d{1,3})个?(工作日|[天日]|月|周)(?:之?内|以内)?"
)
_UNITS = {"工作日": ("workdays", 1), "日": ("days", 1), "天": ("days", 1), "周": ("days", 7),
          "月": ("months", 1)}  # fmt: skip


def typed_within(text: str) -> tuple[int, str] | None:
    """收到后10个工作日内 → (10, "workdays"); None where the text is no such amount."""
    word = re.sub(r"\s", "", text.translate(_HALF))
    if not (found := _WITHIN.fullmatch(word)) or re.fullmatch(r"\d{1,2}[月日]", word):
        return None
    unit, factor = _UNITS[found[2]]
    number = int(found[1]) * factor
    return (number, unit) if number else None


def typed_when(text: str, *, year: int, field: str) -> When:
    """A day, a cadence or an amount of time after receipt, whichever the text is."""
    word = text.strip()
    if (within := typed_within(word)) is not None:
        return When(within=within[0], within_unit=within[1])
    try:
        return When(rhythm=typed_rhythm(word, field=field))
    except BadInput:
        return When(typed_day(word, year=year, field=field))
