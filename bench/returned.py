"""500 workbooks of units without accounts come back: read, checked, entered; on both databases.

Each has ten rows with a report. The filling is done beforehand and not measured.
"""

import io
import time
from datetime import UTC, datetime

from bench import databases

UNITS, ROWS = 500, 10
ISSUED = datetime(2026, 4, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 20, 2, tzinfo=UTC)


def main() -> None:
    """Both databases."""
    databases.measure("bench.returned")


def run() -> None:
    """One database."""
    databases.set_up()
    from luoshi.base import pending
    from luoshi.demo import deciding, synthetic
    from luoshi.duties import actions, offline
    from luoshi.duties.models import Occurrence, Submission
    from luoshi.ledger.models import BulkRow
    from luoshi.orgs import access

    clerk, directive = synthetic.draft(UNITS, 5, 1)
    deciding.decide_on_paper(directive, signer=clerk.name, by=clerk, at=ISSUED)
    actions.issue(directive, by=clerk, at=ISSUED)
    standing = access.standing(clerk, NOW.date())
    ids = list(Occurrence.objects.values_list("unit_id", flat=True).distinct())
    owed = offline.owed_by(standing, ids, until=NOW.date())
    books = offline.books(owed, organisation="模拟局", today=NOW.date())
    began = time.perf_counter()
    packed = offline.packed(books)
    print(
        f"  out: {len(books)} workbooks, {len(owed)} rows, {len(packed) / 1e6:.1f} MB "
        f"in {time.perf_counter() - began:.1f} s"
    )
    files = [(name, _filled(book)) for name, book in books]
    upload = pending.keep([b"x"], name="x.zip", purpose="bench", user=clerk, at=NOW)
    began = time.perf_counter()
    found = offline.check(files, standing)
    checked = time.perf_counter() - began
    assert found.takes == sum(min(ROWS, len(book.rows)) for _name, book in books)
    began = time.perf_counter()
    done = actions.merge_returned(found, upload, by=clerk, at=NOW)
    merged = time.perf_counter() - began
    assert not done.failed
    assert done.taken == found.takes == Submission.objects.count()
    rows = BulkRow.objects.filter(entry__kind="occurrences.recorded").count()
    print(
        f"  back: {len(files)} workbooks, {done.taken} reports, {rows} ledger rows: checked in "
        f"{checked:.1f} s, entered in {merged:.1f} s, together {checked + merged:.1f} s (goal ≤ 60)"
    )


def _filled(book: object) -> bytes:
    """The workbook with its first rows answered."""
    from xlsxwriter.workbook import Workbook

    from luoshi.papers import unitbook
    from luoshi.papers.unitbook import DONE, HEADS, KEYS, SHEET, UnitBook

    assert isinstance(book, UnitBook)
    out = io.BytesIO()
    file = Workbook(out)
    page = file.add_worksheet(SHEET)
    answer = {"status": DONE, "progress": "已按要求完成，材料存档备查。", "by": "经办人"}
    for place, (_field, heading, _width) in enumerate(HEADS):
        page.write_string(0, place, heading)
    for number, row in enumerate(book.rows, 1):
        for place, (field, _heading, _width) in enumerate(HEADS):
            value = answer.get(field, "") if number <= ROWS else ""
            page.write_string(number, place, value or str(getattr(row, field, "")))
    keys = file.add_worksheet(KEYS)
    facts = {
        "format": unitbook.FORMAT,
        "unit": book.unit_key,
        "name": book.unit,
        "year": str(book.made_on.year),
        "made_on": book.made_on.isoformat(),
    }
    for number, (name, value) in enumerate(facts.items()):
        keys.write_row(number, 0, (name, value))
    file.close()
    return out.getvalue()


if __name__ == "__main__":
    run()
