"""The head of an official paper and its last lines: what names the paper is its title alone.

Elements of GB/T 9704-2012, 7.2: copy number, secrecy, urgency, issuer mark, number, signer; 7.3.5
date. None of them is a title.
"""

import re
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,16}[〔\[［](?:19|20)\d{2}[〕\]］]\s?\d{1,5}\s?号")
_MARK = re.compile(r"(?!.*(?:关于|《)).{2,40}文件")
_ASIDE = re.compile(r"\d{6}|(?:绝密|机密|秘密)(?:★.*)?|特提|特急|加急|平急|签发人[：:].*")
_DATE = re.compile(r"[（(]?((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日[）)]?")
FIRST, LAST = 15, 15
"""How many lines at the start and at the end are looked at."""


def is_masthead(words: str) -> bool:
    """Whether a line belongs to the head above the title."""
    bare = re.sub(r"[\s\u3000]+", "", words)
    if _ASIDE.fullmatch(bare) or _MARK.fullmatch(bare):
        return True
    found = _NUMBER.match(bare)
    rest = bare[found.end() :] if found else ""
    return bool(found) and (not rest or bool(_ASIDE.fullmatch(rest)))


@dataclass(frozen=True, slots=True)
class Masthead:
    """The paper's own number, empty where it has none, and the day that it bears."""

    number: str
    issued_on: date | None


def masthead(text: str) -> Masthead:
    """Number and date of a paper, from its first and last lines."""
    lines = [re.sub(r"[\s\u3000]+", "", line) for line in text.split("\n")]
    lines = [line for line in lines if line]
    number = ""
    for line in lines[:FIRST]:
        if is_masthead(line) and (found := _NUMBER.match(line)):
            number = found[0].translate(str.maketrans("[［]］", "〔〔〕〕"))
            break
    for line in [*reversed(lines[-LAST:]), *lines[:FIRST]]:
        if (found := _DATE.fullmatch(line)) and (day := _day(found)):
            return Masthead(number, day)
    return Masthead(number, None)


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
