"""Plain Python that knows no Django: ids, canonical bytes, trees, calendars."""
