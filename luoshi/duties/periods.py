"""Period keys in words: 2026-Q3 → 第三季度."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

ZH = "一二三四"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(key: str, number: int = 1) -> str:
    """The key of an occurrence for people; empty for `once`."""
    chinese = (get_language() or "").startswith("zh")
    text = ""
    if found := re.fullmatch(r"(\d{4})-Q([1-4])", key):
        text = f"第{ZH[int(found[2]) - 1]}季度" if chinese else f"Q{found[2]}"
    elif found := re.fullmatch(r"(\d{4})-H([12])", key):
        half = "上下"[int(found[2]) - 1]
        text = f"{half}半年" if chinese else f"{'first' if found[2] == '1' else 'second'} half"
    elif found := re.fullmatch(r"(\d{4})-W(\d\d)", key):
        text = f"第{int(found[2])}周" if chinese else f"week {int(found[2])}"
    elif found := re.fullmatch(r"(\d{4})-(\d\d)", key):
        text = f"{int(found[2])}月" if chinese else MONTHS[int(found[2]) - 1]
    elif found := re.fullmatch(r"(\d{4})-B(\d)", key):
        text = _("months %(first)s–%(last)s") % {
            "first": int(found[2]) * 2 - 1,
            "last": int(found[2]) * 2,
        }
    elif found := re.fullmatch(r"(\d{4})", key):
        text = f"{found[1]}年" if chinese else found[1]
    elif found := re.fullmatch(r"R(\d+)", key):
        text = _("round %(number)s") % {"number": found[1]}
    elif found := re.fullmatch(r"E(\d+)", key):
        text = _("again after effect check %(number)s") % {"number": found[1]}
    if number > 1:
        text = _("%(period)s, no. %(number)s") % {"period": text, "number": number}
    return text
