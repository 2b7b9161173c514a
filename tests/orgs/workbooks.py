"""The cast's organisation as a workbook that tests change and send."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from luoshi.base.models import PendingUpload
from luoshi.orgs.workbook import export, flow, template, words
from luoshi.orgs.workbook.compare import Plan
from tests.cast import AT, TODAY, Cast
from tests.papers import books

HEADS = {name: [column.heading for column in columns] for name, columns in words.SHEETS.items()}
Rows = dict[str, list[dict[str, Any]]]
SUMMER = date(2026, 7, 1)
KEEP = {"编号": "", "姓名": ""}


def present(cast: Cast, on: date = TODAY) -> Rows:
    """The state as dictionaries by heading."""
    return {
        name: [dict(zip(HEADS[name], row, strict=True)) for row in rows]
        for name, rows in export.rows(cast.organisation.pk, on).items()
    }


def packed(rows: Rows) -> bytes:
    """Such dictionaries as .xlsx, each sheet with the headings that its rows have."""
    made: dict[str, list[list[Any]]] = {}
    for name, body in rows.items():
        heads = list(dict.fromkeys(head for row in body for head in row)) or HEADS[name]
        cells = [[row.get(head) if row.get(head) != "" else None for head in heads] for row in body]
        made[name] = [heads, *cells]
    return books.book(made)


def written(cast: Cast, on: date = TODAY) -> bytes:
    """The file that the page gives."""
    out = io.BytesIO()
    template.write(out, export.rows(cast.organisation.pk, on), on=on)
    return out.getvalue()


def sent(
    cast: Cast, data: bytes | Rows, *, on: date = TODAY, complete: bool = False
) -> PendingUpload:
    """An upload of the administrator."""
    content = data if isinstance(data, bytes) else packed(data)
    return flow.receive(content, name="组织.xlsx", on=on, complete=complete, by=cast.admin, at=AT)


def planned(cast: Cast, data: bytes | Rows, **options: Any) -> Plan:
    return flow.dry_run(sent(cast, data, **options))


def applied(cast: Cast, data: bytes | Rows, **options: Any) -> Plan:
    upload = sent(cast, data, **options)
    plan = flow.dry_run(upload)
    assert not plan.report.problems, said(plan)
    return flow.apply(upload, seen=plan.digest(), by=cast.admin, at=AT)


def said(plan: Plan) -> list[str]:
    """Each problem as one line, place first."""
    return [f"{p.place.text}: {p.message}" for p in plan.report.problems]


def changes(plan: Plan) -> list[tuple[str, str, str]]:
    return [(c.of, c.act, c.what) for c in plan.report.changes]


def find(rows: Rows, sheet: str, **wanted: Any) -> dict[str, Any]:
    """The one row whose cells are as wanted."""
    (row,) = [r for r in rows[sheet] if all(r[k] == v for k, v in wanted.items())]
    return row


def without(rows: Rows, sheet: str, test: Callable[[dict[str, Any]], bool]) -> None:
    rows[sheet] = [row for row in rows[sheet] if not test(row)]


def first() -> Rows:
    """A small organisation, hand-made: no numbers but where names meet."""
    return {
        "单位": [
            {"名称": "云州市水务局", "上级单位": "", "类别": "机关本级"},
            {"名称": "办公室", "上级单位": "云州市水务局", "类别": ""},
            {"名称": "第一支部", "上级单位": "北渡分局", "类别": "党支部"},
            {"名称": "北渡分局", "上级单位": "云州市水务局", "类别": "下级单位"},
            {"名称": "南屏分局", "上级单位": "云州市水务局", "类别": "下级单位"},
            {"名称": "第一支部", "上级单位": "南屏分局", "类别": "党支部"},
        ],
        "人员": [
            {"姓名": "沈既明", "编号": ""},
            {"姓名": "何静之", "编号": "SW002"},
            {"姓名": "江北望", "编号": "SW003"},
            {"姓名": "江北望", "编号": "SW004"},
        ],
        "任职": [
            {
                "人员": "沈既明", "单位": "云州市水务局", "职务": "局长", "职责类型": "主要负责人",
                "代办范围": "", "起": date(2026, 1, 5), "止": None,
                "分管单位": "办公室、南屏分局/第一支部",
            },
            {
                "人员": "何静之", "单位": "办公室", "职务": "文秘岗", "职责类型": "经办人",
                "代办范围": "云州市水务局", "起": None, "止": None, "分管单位": "",
            },
            {
                "人员": "江北望（SW003）", "单位": "北渡分局/第一支部", "职务": "书记",
                "职责类型": "书记", "代办范围": "", "起": None, "止": None, "分管单位": "",
            },
            {
                "人员": "SW004", "单位": "南屏分局／第一支部", "职务": "书记", "职责类型": "书记",
                "代办范围": "", "起": None, "止": None, "分管单位": "",
            },
            {
                "人员": "", "单位": "南屏分局", "职务": "局长", "职责类型": "主要负责人",
                "代办范围": "", "起": None, "止": None, "分管单位": "",
            },
        ],
    }  # fmt: skip


def english(plan_lines: list[str], *parts: str) -> bool:
    return any(all(part in line for part in parts) for line in plan_lines)
