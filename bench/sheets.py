"""Text set on pages as offices print it: for benches and tests of what reads pages."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol


class Canvas(Protocol):
    """What can be drawn on; points from the upper left corner, `y` of words is their base line."""

    def page(self) -> None:
        """Begin a page."""

    def text(self, x: float, y: float, words: str, size: float = 16.0) -> float:
        """Words that begin at x; returns where they end."""

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A line."""


def half(char: str) -> bool:
    """Whether a letter takes half a square."""
    return char < "\u0250"


def width(words: str, size: float) -> float:
    """How wide words are."""
    return sum(size * (0.5 if half(char) else 1.0) for char in words)


def wrapped(words: str, room: float, size: float, indent: float = 0.0) -> Iterator[str]:
    """Words cut into lines of a width; figures and Latin words stay whole."""
    pieces = re.findall(r"[\u0021-\u024f]+|.", words)
    line, left = "", room - indent
    for piece in pieces:
        wide = width(piece, size)
        if wide > left and line and piece not in "，。、；：）”":
            yield line
            line, left = "", room
        line += piece
        left -= wide
    if line:
        yield line


class Sheets:
    """Text set on pages one below the other, as offices print it: head, foot, indents, tables."""

    def __init__(
        self, on: Canvas, head: str = "", foot: str = "— {n} —", size: float = 16.0
    ) -> None:
        self.on = on
        self.head, self.foot, self.size = head, foot, size
        self.left, self.right, self.top, self.bottom = 79.0, 521.0, 105.0, 743.0
        self.y = 0.0
        self.number = 0
        self.turn_over()

    def turn_over(self) -> None:
        """Begin a page."""
        self.on.page()
        self.number += 1
        if self.head:
            self.on.text(self.left, 60, self.head, 9)
        if self.foot:
            words = self.foot.format(n=self.number)
            self.on.text(297 - width(words, 14) / 2, 775, words, 14)
        self.y = self.top

    def need(self, high: float) -> None:
        """Turn over where so much no longer fits."""
        if self.y + high > self.bottom:
            self.turn_over()

    def paragraph(self, words: str, indent: bool = True) -> None:
        """A paragraph."""
        inset = 2 * self.size if indent else 0.0
        for number, line in enumerate(wrapped(words, self.right - self.left, self.size, inset)):
            self.need(28)
            self.y += 28
            self.on.text(self.left + (0 if number else inset), self.y, line, self.size)

    def centred(self, words: str, size: float) -> None:
        """A line in the middle."""
        self.need(size * 1.6)
        self.y += size * 1.6
        middle = (self.left + self.right) / 2
        self.on.text(middle - width(words, size) / 2, self.y, words, size)

    def table(
        self, rows: Sequence[Sequence[str]], shares: Sequence[float], ruled: bool = True
    ) -> None:
        """A table; `shares` are the widths of its columns, of the whole."""
        whole = self.right - self.left
        edges = [self.left]
        for share in shares:
            edges.append(edges[-1] + share * whole)
        self.y += 10
        for row in rows:
            cut = [
                [line for part in cell.split("\n") for line in wrapped(part, b - a - 12, 12)]
                for cell, a, b in zip(row, edges, edges[1:], strict=False)
            ]
            high = max(len(lines) for lines in cut) * 16 + 8
            self.need(high)
            for lines, a in zip(cut, edges, strict=False):
                for number, line in enumerate(lines):
                    self.on.text(a + 6, self.y + 16 + number * 16, line, 12)
            if ruled:
                for x in edges:
                    self.on.rule(x, self.y, x, self.y + high)
                self.on.rule(edges[0], self.y, edges[-1], self.y)
                self.on.rule(edges[0], self.y + high, edges[-1], self.y + high)
            self.y += high + (0 if ruled else 6)
        self.y += 10
