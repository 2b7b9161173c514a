"""Deadline phrases to days, cadence phrases to rhythms."""

import calendar
import re
from dataclasses import replace
from datetime import date, timedelta

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
    r"(?P<anchor>.*?)(?P<n>[\d一二两三四五六七八九十半]{1,3})个?(?P<unit>工作日|自然日|日|天|周|星期|月|小时|分钟|年)(?:之?内|以内)"
)
# 提前3天, 会前一天, 赛前20分钟: before an event.
_AHEAD = re.compile(
    r"(?P<anchor>.*?)(?:提前|前)(?P<n>[\d一二两三四五六七八九十]{1,3})个?(?P<unit>工作日|天|日|周|个?月|小时|分钟)$"
)
_TO = re.compile(r"[—–－\-~～至到]|(?<![上中])、|起至|开始至")
_WEEKDAY = re.compile(r"(?P<which>[本这下])(?:个)?(?:周|星期)(?P<day>[一二三四五六日天])?")
_DAY_ONLY = re.compile(rf"(?<![月\d])(?P<d>{_N})[日号]")
_TERM_WEEK = re.compile(rf"第(?P<n>{_N})(?:[—–－-]{_N})?周|开学第一周")
_SAID_DAYS = {"今天": 0, "今晚": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2}
_SAID_DAY = re.compile("|".join(_SAID_DAYS))
# Festivals of the solar calendar; those of the lunar one are events that a person dates.
_FESTIVALS: tuple[tuple[str, int, int], ...] = (
    ("元旦", 1, 1),
    ("三八", 3, 8),
    ("五一", 5, 1),
    ("劳动节", 5, 1),
    ("五四", 5, 4),
    ("六一", 6, 1),
    ("七一", 7, 1),
    ("八一", 8, 1),
    ("教师节", 9, 10),
    ("国庆", 10, 1),
)
_ONE_DAY = timedelta(days=1)
_UNITS = {
    "工作日": "workday",
    "自然日": "day",
    "日": "day",
    "天": "day",
    "周": "week",
    "星期": "week",
    "月": "month",
    "小时": "hour",
    "分钟": "minute",
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
    """The last day that a deadline phrase allows, with the rule that read it.

    A missing year comes from `issued_on` (a day that lies before it in the same year stays in
    that year; a month before it does too), else from `year`, a year the text itself gave. Without
    either it stays unresolved with why "date_no_year". 前 means: due until the end of that day;
    of a festival (国庆节前) it means the day before. Of a window (3月上旬至4月底) the end counts.
    """
    if not phrase:
        return None
    if phrase.startswith("每"):
        return ResolvedDate(None, "recurring", "date_recurring")
    return (
        _from_event(phrase)
        or _window(phrase, issued_on, year)
        or _said(phrase, issued_on)
        or _calendar(phrase, issued_on, year)
        or _festival(phrase, issued_on, year)
        or _unknown(phrase)
    )


def _from_event(phrase: str) -> ResolvedDate | None:
    """收到通知后15个工作日内, 会前一天: an amount of time after or before an event."""
    found = _RELATIVE.search(phrase)
    if found and not _YEAR.search(phrase):
        anchor = re.sub(
            r"^(?:自|在|从)|(?:之日)?[起后]$", "", found.group("anchor").strip()
        ).strip()
        return ResolvedDate(
            None,
            "relative",
            "date_relative",
            amount=number(found.group("n")),
            unit=_UNITS[found.group("unit")],
            anchor=anchor or None,
        )
    ahead = _AHEAD.match(phrase)
    if ahead:
        return ResolvedDate(
            None,
            "before_event",
            "date_before_event",
            amount=number(ahead.group("n")),
            unit=_UNITS[ahead.group("unit").lstrip("个")],
            anchor=ahead.group("anchor") or None,
        )
    return None


def _window(phrase: str, issued_on: date | None, year: int | None) -> ResolvedDate | None:
    """3月上旬至4月底, 6月5日至20日: the end of a window, with what only its beginning says."""
    pieces = [piece for piece in _TO.split(phrase) if piece]
    if len(pieces) < 2:
        return None
    last = pieces[-1]
    begun = _MONTH.search(pieces[0])
    if begun and not _MONTH.search(last) and _DAY_ONLY.search(last):
        last = f"{begun.group('m')}月{last}"
    written = _YEAR.search(phrase)
    if written and not _YEAR.search(last):
        last = written.group() + last
    found = _calendar(last, issued_on, year)
    return replace(found, rule="window") if found else None


def _said(phrase: str, issued_on: date | None) -> ResolvedDate | None:
    """明天中午12点之前, 下周三之前, 15号之前: counted from the day of issue."""
    day = _SAID_DAY.search(phrase)
    if day:
        if issued_on is None:
            return ResolvedDate(None, "said_day", "date_no_issue")
        on = issued_on + timedelta(days=_SAID_DAYS[day.group()])
        return ResolvedDate(on, "said_day", "date_from_issue")
    week = _WEEKDAY.search(phrase)
    if week:
        if issued_on is None:
            return ResolvedDate(None, "said_week", "date_no_issue")
        monday = issued_on - timedelta(days=issued_on.weekday())
        if week.group("which") == "下":
            monday += timedelta(days=7)
        wanted = "一二三四五六日".find((week.group("day") or "日").replace("天", "日"))
        return ResolvedDate(monday + timedelta(days=wanted), "said_week", "date_from_issue")
    bare = re.sub(r"这个月|本月|当月", "", phrase)
    only = _DAY_ONLY.search(bare)
    if only and "月" not in bare:
        if issued_on is None:
            return ResolvedDate(None, "day_of_month", "date_no_issue")
        return _day_of_month(number(only.group("d")) or 0, issued_on)
    return None


def _day_of_month(day: int, issued_on: date) -> ResolvedDate:
    """15号之前: of the month of issue, of the next one where that day is past."""
    y, m = issued_on.year, issued_on.month
    if day < issued_on.day:
        y, m = (y + 1, 1) if m == 12 else (y, m + 1)
    if not 1 <= day <= calendar.monthrange(y, m)[1]:
        return ResolvedDate(None, "day_of_month", "date_invalid")
    return ResolvedDate(date(y, m, day), "day_of_month", "date_from_issue")


def _calendar(phrase: str, issued_on: date | None, year: int | None) -> ResolvedDate | None:
    """A year, a half, a quarter, a month, a part of it, a day."""
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
    return None


def _festival(phrase: str, issued_on: date | None, year: int | None) -> ResolvedDate | None:
    """国庆节前: the day before; 国庆节期间 and the like stay events."""
    if not re.search(r"(?:之|以)?前$", phrase):
        return None
    for name, month, day in _FESTIVALS:
        if name in phrase:
            base, why, _ = _year(phrase, issued_on, year)
            if base is None:
                return ResolvedDate(None, "festival", "date_no_year")
            on = date(base, month, day) - _ONE_DAY
            if issued_on is not None and on < issued_on:
                on = date(base + 1, month, day) - _ONE_DAY
            return ResolvedDate(on, "festival", why)
    return None


def _unknown(phrase: str) -> ResolvedDate:
    """Bounded by an event, by a week of a term, or not understood: a person sets the date."""
    week = _TERM_WEEK.search(phrase)
    if week:
        n = number(week.group("n")) if week.group("n") else 1
        return ResolvedDate(None, "term_week", "date_term", amount=n, unit="week", anchor="开学")
    if re.search(r"[前后]$|期间$|时$|学期", phrase):
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
