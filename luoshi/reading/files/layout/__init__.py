"""From letters with places on pages to text: what .pdf and .ofd have in common.

```
letters ──► runs ──► margins (running heads, page numbers) ──► ruled tables ──► columns
        ──► lines ──► aligned tables ──► paragraphs
```

Coordinates are points (1/72 inch) from the upper left corner, y downward. Nothing here knows a
file format.
"""

from collections.abc import Sequence

from . import aligned, columns, flow, margins, ruled
from .lines import lines
from .model import Item, Page

__all__ = ["Page", "text"]


def text(pages: Sequence[Page]) -> str:
    """The text of the pages: a line for each paragraph, heading, item and row of a table."""
    margins.drop(pages)
    items: list[Item] = []
    for number, page in enumerate(pages):
        tables, rest = ruled.tables(page)
        for place, held in enumerate(columns.order([*tables, *rest], page)):
            key = (round(page.width), held.key)
            above = items[-1].what if items and items[-1].page != number else None
            for item in aligned.tables(lines(held.items), above):
                items.append(Item(item, key, number, place))
    return flow.text(items)
