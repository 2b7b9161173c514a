"""The text as a document: paragraphs, and in them the stretches that clauses are bound to.

Pure. The characters of all pieces together are the text, unchanged, but for line ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph; `mark` is what `paragraphs` was given for it, None for plain text.

    `first` is true on the first piece of a mark, where its number stands. `start` counts code
    points from the beginning of the text.
    """

    text: str
    start: int
    mark: Any = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text. `kind`: title, heading or body."""

    kind: str
    pieces: tuple[Piece, ...]


def paragraphs(
    text: str, marks: Sequence[tuple[int, int, Any]], headings: Iterable[Sequence[int]], title: str
) -> list[Paragraph]:
    """Lines of `text` (empty ones left out), cut at the spans of `marks` (sorted, disjoint)."""
    heads = sorted((int(h[0]), int(h[1])) for h in headings)
    found: list[Paragraph] = []
    at = index = head = 0
    seen_body = False
    for line in text.split("\n"):
        end = at + len(line)
        while head < len(heads) and heads[head][1] <= at:
            head += 1
        is_heading = head < len(heads) and heads[head][0] < end and _whole(line, at, heads[head])
        pieces: list[Piece] = []
        here = at
        while index < len(marks) and marks[index][1] <= at:
            index += 1
        for start, stop, mark in marks[index:]:
            if start >= end:
                break
            first, last = max(start, at), min(stop, end)
            if first > here:
                pieces.append(Piece(text[here:first], here))
            pieces.append(Piece(text[first:last], first, mark, first == start))
            here = last
        if here < end:
            pieces.append(Piece(text[here:end], here))
        if line.strip():
            kind = "heading" if is_heading else "body"
            if not seen_body and not is_heading and title and line.strip() in title:
                kind = "title"
            elif any(p.mark is not None for p in pieces) or len(line) > 60:
                seen_body = True
            found.append(Paragraph(kind, tuple(pieces)))
        at = end + 1
    return found


def _whole(line: str, at: int, head: tuple[int, int]) -> bool:
    """Whether the heading fills its line (and is no lead-in of a paragraph)."""
    return head[1] - head[0] >= len(line.strip().rstrip("。")) - 1
