"""The numbers of GB/T 9704-2012 (党政机关公文格式), each with its clause, and the units of Word.

Lengths are millimetres, sizes are points. Word counts in twips (1/20 pt); its dialogs round a
length in millimetres to a tenth of a point first, and so does `twips`, so that a paper made here
and one set up by hand hold the same numbers (28 mm are 1588, not 1587).
"""

import math

PAGE = (210.0, 297.0)
"""A4, width and height (5.1)."""
TOP, LEFT = 37.0, 28.0
"""天头 and 订口, each ±1 mm (5.2.1)."""
AREA = (156.0, 225.0)
"""版心, width and height, without the page number (5.2.1)."""
RIGHT = PAGE[0] - LEFT - AREA[0]
BOTTOM = PAGE[1] - TOP - AREA[1]
LINES, CHARACTERS = 22, 28
"""Lines a page and characters a line, filling the type area (5.2.3)."""

BODY, TITLE, SMALL = 16.0, 22.0, 14.0
"""三号 (5.2.2), 二号 (7.3.1), 四号 (7.4.2, 7.5) in points."""
LINE = 28.95
"""The line pitch: 225 mm / 22 is 28.99 pt; a twentieth less keeps the 22nd line on the page."""
CHARACTER = 8844 / 20 / CHARACTERS
"""The character pitch, 15.79 pt (5.2.3): the 8844 twips of the type area / 28."""

MARK_BELOW = 35.0
"""From the top of the type area to the top of the issuer mark (7.2.4)."""
MARK_CHARACTER = 20.0
"""The greatest width of a character of the issuer mark; 醒目、美观、庄重 is all that 7.2.4 says."""
RULE_BELOW = 4.0
"""From the number to the red rule (7.2.7)."""
RULE = 1.5
"""Thickness of the red rule in points; the standard gives none."""
BLANK_AFTER_MARK, BLANK_AFTER_RULE = 2, 2
"""Empty lines before the number (7.2.5) and before the title (7.3.1)."""
SEALED_RIGHT, ISSUER_RIGHT = 4, 2
"""Characters free at the right of a sealed date (7.3.5.1), of an unsealed issuer (7.3.5.2)."""
THICK, THIN = 0.35, 0.25
"""Lines of the foot block (7.4.1)."""
NUMBER_BELOW = 7.0
"""From the type area to the dashes of the page number (7.5)."""

RED = "FF0000"


def points(mm: float) -> float:
    """Millimetres as points."""
    return mm / 25.4 * 72


def twips(mm: float) -> int:
    """Millimetres as twips, the way Word's dialogs round: to a tenth of a point, then times 20."""
    return round(points(mm) * 10) * 2


def pt(size: float) -> int:
    """Points as twips."""
    return round(size * 20)


def characters(count: float, size: float = CHARACTER) -> int:
    """The width of `count` characters in twips; without `size`, of body text on the grid."""
    return round(count * size * 20)


def eighths(mm: float) -> int:
    """A line's thickness in eighths of a point, as Word counts borders."""
    return round(points(mm) * 8)


LINE_TWIPS = pt(LINE)
CHARACTER_SPACE = math.floor((CHARACTER - BODY) * 4096)
"""What the grid adds to a character of 16 pt, in 1/4096 pt (ECMA-376 part 1, 17.6.5)."""
TIGHTER = -6
"""What the text itself takes off a character, in twips: 28 × 15.7 pt fill 156 mm but for 2.6 pt,
which the justified line spreads. The grid says 28 × 22 to whoever opens the page's settings, and
the text does not lean on it, since programs differ in what they do with a character wider than its
cell (LibreOffice gives it two) and in how they round the cell (to 15.7 pt there)."""

DOWN = 0.2
"""A line of exact height lies four fifths above its baseline and one fifth below, in Word and in
LibreOffice alike; places of ink are counted from it."""
NUMBER_LINE = 16.0
NUMBER_DASH = 0.36
"""A dash lies about a third of its size above the baseline."""
NUMBER_FOOT = BOTTOM - NUMBER_BELOW - (DOWN * NUMBER_LINE + NUMBER_DASH * SMALL) / 72 * 25.4
"""From the edge of the sheet to the bottom of the page number's line, so that its dashes lie
`NUMBER_BELOW` under the type area."""
NUMBER_ABOVE = math.floor(points(BOTTOM - NUMBER_FOOT) - NUMBER_LINE)
"""Empty points above the page number's line, so that the footer reaches up to the type area: some
programs lay the foot block on the footer and not on the margin."""
