"""Papers of 500 tasks, as Word and as Excel, and one issue notice: seconds and size."""

import io
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median
from typing import Any, BinaryIO

from luoshi.papers import notice, tasklist, tasklist_docx
from luoshi.papers.rows import TaskListRow

ROWS, ROUNDS = 500, 5
UNITS = (
    "办公室", "机关党委", "计划财务科", "工程建设科", "水资源管理科", "河湖管理科", "防汛抗旱科",
    "安全监督科",
    "北渡分局", "南屏分局", "澄湖水源地保护中心", "水文监测中心", "灌溉试验站", "排水管理所",
)  # fmt: skip
SECTIONS = (
    "一、把责任落到每个岗位",
    "二、把工程建设的风险管住",
    "三、把作风抓在日常",
    "四、把监督做在前面",
)
WORK = (
    ("复核设计变更", "对五十万元以上的设计变更逐项复核，形成问题清单，逐项明确责任人和整改时限"),
    ("讲一次警示教育课", "党组成员到分管单位讲一次警示教育课，用本系统的案例说清楚纪律的底线"),
    (
        "公开招标结果",
        "把招标公告、评标结果、合同变更在政务公开栏逐项公开，接受群众监督",
    ),
    (
        "梳理廉政风险点",
        "围绕项目审批、资金拨付、物资采购梳理风险点，逐项制定防控措施",
    ),
    (
        "压减会议文件",
        "每季度通报发文和开会的数量，能合并的合并，能不发的不发",
    ),
)


def rows(count: int = ROWS) -> list[TaskListRow]:
    """Believable rows, the same at each call."""
    found = []
    for number in range(1, count + 1):
        title, measure = WORK[number % len(WORK)]
        leads = tuple(UNITS[(number + step) % len(UNITS)] for step in range(1 + number % 3))
        found.append(
            TaskListRow(
                str(number),
                section=SECTIONS[number * len(SECTIONS) // (count + 1)],
                title=title,
                measure=measure * (1 + number % 2),
                leader="" if number % 7 == 0 else "周衍之",
                lead="、".join(leads),
                support=UNITS[number * 5 % len(UNITS)],
                deadline=f"2026年{1 + number % 12}月底" if number % 4 else "每季度",
                progress=f"应办{4 + number % 9}次，已办{number % 4}次，逾期{number % 2}",
                proof=f"{number % 6}个文件" if number % 6 else "",
                note="与上年第三项合并" if number % 9 == 0 else "",
                source=f"第{number}条",
                leads=leads,
            )
        )
    return found


def issue_notice() -> notice.IssueNotice:
    """A notice with a list of 60 tasks."""
    return notice.IssueNotice(
        subject="2026年全面从严治党重点任务分解",
        issuer="云州市水务局",
        on=date(2026, 3, 2),
        recipients="各科室、直属各单位",
        rows=rows(60),
        number="云水发〔2026〕4号",
        issuer_mark="云州市水务局文件",
        basis="在全市水务系统全面从严治党工作会议上的讲话",
        copies_to="市纪委监委驻市水务局纪检监察组",
        printed_by="云州市水务局办公室",
        printed_on=date(2026, 3, 3),
    )


def timed(make: Callable[[BinaryIO], None]) -> tuple[float, int]:
    """Median seconds of `ROUNDS`, and the size in bytes."""
    times, size = [], 0
    for _ in range(ROUNDS):
        out = io.BytesIO()
        began = time.perf_counter()
        make(out)
        times.append(time.perf_counter() - began)
        size = len(out.getvalue())
    return median(times), size


def main() -> None:
    """Print seconds and sizes with the goal."""
    meta: dict[str, Any] = {
        "title": "2026年全面从严治党重点任务分解台账",
        "source": "云水发〔2026〕4号",
        "made_by": "云州市水务局办公室",
        "as_of": date(2026, 6, 11),
    }
    given = rows()
    for name, write in (("docx", tasklist_docx.write), ("xlsx", tasklist.write)):
        for by in ("point", "unit"):
            seconds, size = timed(partial(write, rows=given, group_by=by, **meta))
            print(
                f"task list of {ROWS} rows as {name}, by {by}: median {seconds:.2f} s of {ROUNDS}, "
                f"{size / 1024:.0f} kB (goal ≤ 3)"
            )
    seconds, size = timed(partial(notice.write, issue_notice()))
    print(f"issue notice with 60 tasks: median {seconds:.2f} s of {ROUNDS}, {size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
