"""The head row of an office's form: from a workbook, or from the tables of a Word file."""

from luoshi.papers import sheets
from luoshi.papers.layout import layout_from
from luoshi.reading.files import text_of


def of_file(data: bytes, name: str) -> list[str]:
    """The headings of the row that holds the most known ones; none where no row holds any.

    Looked at are the first twenty rows of each sheet, or every table row of a document (its cells
    stand apart by tabs). Raises `Unreadable`.
    """
    if name.lower().endswith(".xlsx"):
        book = sheets.read(data, name)
        rows = [[sheets.text(v) for v in row] for sheet in book.sheets for row in sheet.rows[:20]]
    else:
        rows = [line.split("\t") for line in text_of(data, name).split("\n") if "\t" in line]
    best: list[str] = []
    most = 0
    for row in rows:
        known = sum(place.key is not None for place in layout_from(row))
        if known > most:
            best, most = row, known
    while best and not best[-1].strip():
        best.pop()
    return [heading.replace("\n", "").strip() for heading in best]
