"""From a line to sentences and their ；-parts, by offsets; marks inside brackets do not count."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPEN = "“‘《（(「『【〔[<"
_CLOSE = "”’》）)」』】〕]>"
_PARTNER = dict(zip(_CLOSE, _OPEN, strict=True))
_MARK = re.compile(r"[。！？!?；;\t“‘《（(「『【〔\[<”’》）)」』】〕\]>]")
_BRACKET = re.compile(r"[“‘《（(「『【〔\[<”’》）)」』】〕\]>]")
_LONGEST = 400
_DEEPEST = 8
_SPACE = " \u3000\t\xa0\ufeff\u200b\r\n"


class Sentence(NamedTuple):
    """`start` to `end` without the final mark; `parts` are offsets of its ；-parts (≥ 1)."""

    start: int
    end: int
    mark: str
    parts: tuple[tuple[int, int], ...]


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The same range without space at either end."""
    while start < end and text[start] in _SPACE:
        start += 1
    while end > start and text[end - 1] in _SPACE:
        end -= 1
    return start, end


def split(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The sentences of `text[start:end]`, in order, empty ones left out.

    A mark inside a bracket that closes within 400 characters does not end a sentence; an
    unclosed bracket protects nothing. One pass, linear.
    """
    marks: list[tuple[int, str]] = []
    stack: list[tuple[int, str, int]] = []
    begin = start
    semis: list[int] = []
    # Marks wait until the brackets around them are closed or given up.
    for found in _MARK.finditer(text, start, end):
        at, mark = found.start(), found.group()
        if stack and at - stack[0][0] > _LONGEST:
            stack.clear()
        if mark in _OPEN:
            if len(stack) < _DEEPEST:
                stack.append((at, mark, len(marks)))
            continue
        if mark in _CLOSE:
            partner = _PARTNER[mark]
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][1] == partner:
                    del marks[stack[depth][2] :]
                    del stack[depth:]
                    break
            if stack or mark not in "”’" or text[at - 1] not in "。！？":
                continue
            # A quotation that carries its own full stop ends the sentence around it.
        marks.append((at, mark))
        if not stack:
            for cut, sign in marks:
                if sign in "；;":
                    semis.append(cut)
                    continue
                sentence = _sentence(text, begin, cut, sign, semis)
                if sentence:
                    yield sentence
                begin, semis = cut + 1, []
            marks.clear()
    for cut, sign in marks:
        if sign in "；;":
            semis.append(cut)
            continue
        sentence = _sentence(text, begin, cut, sign, semis)
        if sentence:
            yield sentence
        begin, semis = cut + 1, []
    sentence = _sentence(text, begin, end, "", semis)
    if sentence:
        yield sentence


def _sentence(text: str, start: int, end: int, mark: str, semis: list[int]) -> Sentence | None:
    while start < end and text[start] in "”’）)。！？!?；;":
        start += 1
    parts = []
    begin = start
    for cut in (*semis, end):
        if cut < begin:
            continue
        a, b = trim(text, begin, cut)
        if b > a:
            parts.append((a, b))
        begin = cut + 1
    if not parts:
        return None
    return Sentence(parts[0][0], parts[-1][1], mark, tuple(parts))


def mask(text: str) -> str:
    """The same length, with what stands inside brackets and quotes blanked (〓).

    Quotes of four characters or fewer stay: “一把手” is a word, not a quotation.
    """
    stack: list[tuple[int, str]] = []
    spans: list[tuple[int, int]] = []
    for found in _BRACKET.finditer(text):
        at, mark = found.start(), found.group()
        if mark in _OPEN:
            if len(stack) < _DEEPEST:
                stack.append((at, mark))
            continue
        partner = _PARTNER[mark]
        for depth in range(len(stack) - 1, -1, -1):
            if stack[depth][1] == partner:
                begin = stack[depth][0]
                if at - begin > 5 or partner in "（(":
                    while spans and spans[-1][0] > begin:
                        spans.pop()
                    spans.append((begin + 1, at))
                del stack[depth:]
                break
    if not spans:
        return text
    out, last = [], 0
    for a, b in spans:
        out.append(text[last:a])
        out.append("〓" * (b - a))
        last = b
    out.append(text[last:])
    return "".join(out)
