"""Deadline phrases to days, cadence phrases to rhythms."""

import calendar
import re
from datetime import date

from .model import ResolvedCadence, ResolvedDate

_DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_YEAR = re.compile(r"(?P<y>20\d\d|[二〇○零一二三四五六七八九]{4})年(?:度)?")
_SAID_YEAR = re.compile(r"今年|本年度?|当年|明年|次年|来年|去年")
_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_MONTH = re.compile(
    rf"(?P<m>{_N})月(?:份)?(?:(?P<d>{_N})[日号]|(?P<part>[底末初]|[上中下]旬|上、中旬|中、下旬))?"
)
_QUARTER = re.compile(r"(?:第)?(?P<q>[一二三四1-4])季度")
_HALF = re.compile(r"(?P<h>[上下])半年")
_THIS_MONTH = re.compile(r"(?P<which>本|下|当)月(?P<part>[底末初]|[上中下]旬)?")
_RELATIVE = re.compile(
    r"(?P<anchor>.*?)(?P<n>[\d一二两三四五六七八九十半]{1,3})个?(?P<unit>工作日|自然日|日|天|周|星期|月|小时|年)(?:之?内|以内)"
)
_UNITS = {
    "工作日": "workday",
    "自然日": "day",
    "日": "day",
    "天": "day",
    "周": "week",
    "星期": "week",
    "月": "month",
    "小时": "hour",
    "年": "year",
}


def number(words: str) -> int | None:
    """An integer below 100 written in figures or Chinese; None where it is neither."""
    if words.isdigit():
        return int(words)
    if words == "半":
        return None
    if "十" in words:
        tens, _, ones = words.partition("十")
        if (tens and tens not in _DIGIT) or (ones and ones not in _DIGIT):
            return None
        return (_DIGIT[tens] if tens else 1) * 10 + (_DIGIT[ones] if ones else 0)
    return _DIGIT.get(words)


def resolve(
    phrase: str | None, issued_on: date | None, year: int | None = None
) -> ResolvedDate | None:
    """The last day that a deadline phrase allows.

    A missing year comes from `issued_on` (a day that lies before it in the same year stays in
    that year; a month before it does too), else from `year`, a year the text itself gave. Without
    either it stays unresolved with why "date_no_year". 前 means: due until the end of that day.
    """
    if not phrase:
        return None
    if re.match(r"每", phrase):
        return ResolvedDate(None, "recurring", "date_recurring")
    relative = _RELATIVE.search(phrase)
    if relative and not _YEAR.search(phrase):
        anchor = re.sub(
            r"^(?:自|在|从)|(?:之日)?[起后]$", "", relative.group("anchor").strip()
        ).strip()
        return ResolvedDate(
            None,
            "relative",
            "date_relative",
            amount=number(relative.group("n")),
            unit=_UNITS[relative.group("unit")],
            anchor=anchor or None,
        )
    base, why, written = _year(phrase, issued_on, year)
    found = _MONTH.search(phrase)
    if found:
        return _of_month(found, base, why)
    this = _THIS_MONTH.search(phrase)
    if this:
        if issued_on is None:
            return ResolvedDate(None, "this_month", "date_no_year")
        y, m = issued_on.year, issued_on.month
        if this.group("which") == "下":
            y, m = (y + 1, 1) if m == 12 else (y, m + 1)
        return ResolvedDate(_part(y, m, this.group("part")), "this_month", "date_year_issued")
    if re.search(r"月[底末]|月内", phrase):
        if issued_on is None:
            return ResolvedDate(None, "this_month", "date_no_year")
        return ResolvedDate(
            _part(issued_on.year, issued_on.month, None), "this_month", "date_year_issued"
        )
    quarter = _QUARTER.search(phrase)
    if quarter:
        q = number(quarter.group("q")) or 1
        return _last(base, q * 3, "quarter", why)
    half = _HALF.search(phrase)
    if half:
        return _last(base, 6 if half.group("h") == "上" else 12, "half_year", why)
    if written or re.search(r"年[底末内]|今年|本年|明年|全年", phrase):
        before = re.search(r"年(?:以|之)?前$", phrase)
        if before and base is not None:
            return ResolvedDate(date(base - 1, 12, 31), "before_year", why)
        return _last(base, 6 if "年中" in phrase else 12, "year", why)
    if re.search(r"[前后]$|期间$", phrase):
        return ResolvedDate(None, "event", "date_event", anchor=phrase)
    return ResolvedDate(None, "unknown", "date_unknown")


def _year(phrase: str, issued_on: date | None, year: int | None) -> tuple[int | None, str, bool]:
    found = _YEAR.search(phrase)
    if found:
        digits = found.group("y")
        if not digits.isdigit():
            digits = "".join(str(_DIGIT[c]) for c in digits)
        return int(digits), "date_full", True
    given = issued_on.year if issued_on else year
    if given is None:
        return None, "date_no_year", False
    why = "date_year_issued" if issued_on else "date_year_here"
    said = _SAID_YEAR.search(phrase)
    if said:
        given += {"明年": 1, "次年": 1, "来年": 1, "去年": -1}.get(said.group(), 0)
    return given, why, False


def _of_month(found: re.Match[str], base: int | None, why: str) -> ResolvedDate:
    month = number(found.group("m"))
    if month is None or not 1 <= month <= 12:
        return ResolvedDate(None, "month", "date_invalid")
    if base is None:
        return ResolvedDate(None, "day" if found.group("d") else "month", "date_no_year")
    if found.group("d"):
        day = number(found.group("d"))
        if day is None or not 1 <= day <= calendar.monthrange(base, month)[1]:
            return ResolvedDate(None, "day", "date_invalid")
        return ResolvedDate(date(base, month, day), "day", why)
    part = found.group("part")
    return ResolvedDate(_part(base, month, part), "part_of_month" if part else "month", why)


def _part(year: int, month: int, part: str | None) -> date:
    last = calendar.monthrange(year, month)[1]
    day = {"初": 10, "上旬": 10, "中旬": 20, "上、中旬": 20}.get(part or "", last)
    return date(year, month, day)


def _last(year: int | None, month: int, rule: str, why: str) -> ResolvedDate:
    if year is None:
        return ResolvedDate(None, rule, "date_no_year")
    return ResolvedDate(date(year, month, calendar.monthrange(year, month)[1]), rule, why)


_PERIODS: tuple[tuple[re.Pattern[str], str, int], ...] = (
    (re.compile(r"每两个?月|双月|隔月"), "bimonthly", 1),
    (re.compile(r"半年|每学期"), "half_yearly", 1),
    (re.compile(r"季"), "quarterly", 1),
    (re.compile(r"每两周|每旬"), "monthly", 2),
    (re.compile(r"月"), "monthly", 1),
    (re.compile(r"周|星期"), "weekly", 1),
    (re.compile(r"年"), "yearly", 1),
)
_TIMES = re.compile(r"(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,3})(?:次|轮|期|场|篇)")


def rhythm(phrase: str | None, raw: str) -> ResolvedCadence | None:
    """The rhythm of a cadence phrase; how often within a period may stand after it in `raw`."""
    if not phrase:
        return None
    if re.search(r"定期|常态|经常|每[日天]|逐日|按日|[两三]年", phrase):
        return ResolvedCadence(None, 1, "cadence_vague")
    for pattern, code, times in _PERIODS:
        if pattern.search(phrase):
            at = raw.find(phrase)
            window = (
                phrase + re.split(r"[，,。；]", raw[at + len(phrase) :])[0][:24]
                if at >= 0
                else phrase
            )
            counted = _TIMES.search(window)
            n = number(counted.group("n")) if counted else None
            return ResolvedCadence(code, (n or 1) * times, "cadence_exact")
    return ResolvedCadence(None, 1, "cadence_vague")
