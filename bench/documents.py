"""A PDF of 60 pages to requirements, in a process of its own: seconds, memory, what was found.

The plan is invented and drawn here: headings, paragraphs, a ruled table of who and by when every
few pages, running heads and page numbers.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.pdf import Pdf
from bench.sheets import Sheets

PAGES = 60
ROUNDS = 5
SECONDS, MEGABYTES = 3, 300

_THEMES = (
    "压实管党治党责任", "加强供水管网改造", "抓好防汛抗旱准备", "规范公务接待和公车使用",
    "强化工程招标监督", "提升水质监测能力", "改进基层作风", "做好信访和舆情回应",
)  # fmt: skip
_UNITS = ("办公室", "工程科", "财务科", "供水科", "水旱灾害防御科", "规划科", "机关党委", "各分局")
_DUTIES = (
    "{unit}要在{month}月底前列出{theme}责任清单，逐项明确责任人和完成时限，报局党组审定后印发执行。",
    "{unit}要每季度召开一次工作例会，听取各单位情况汇报，研究解决突出问题，形成会议纪要并抓好督办。",
    "由{unit}牵头，会同有关单位对2025年以来的项目开展一次全面自查，{month}月20日前形成自查报告。",
    "各单位要严格执行中央八项规定精神，严禁违规收受礼品礼金，对顶风违纪的一律从严查处、通报曝光。",
    "过去一年，全局上下齐心协力，各项工作取得了新的成绩，但与上级要求和群众期盼相比还有不小差距。",
)
_HEADS = ("序号", "重点任务", "具体举措", "责任单位", "完成时限")

# Measured from the start of the interpreter: reading the file is a process within it.
_CODE = """
import resource, sys, time
began = time.perf_counter()
from pathlib import Path
from luoshi.reading import read
from luoshi.reading.files import read_file
text = read_file(Path(sys.argv[1]))
got = read(text)
seconds = time.perf_counter() - began
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
rows = sum(1 for one in got.obligations if "deadline_line" in one.why)
print(seconds, own, child, len(text), len(got.obligations), rows)
"""


def draw(pages: int = PAGES) -> tuple[bytes, int]:
    """The plan as a PDF, and how many rows its tables have."""
    made = Pdf()
    sheets = Sheets(made, head="云州市水务局2026年重点工作计划")
    sheets.centred("云州市水务局", 22)
    sheets.centred("2026年重点工作计划", 22)
    part = rows = 0
    while sheets.number < pages:
        theme, unit = _THEMES[part % len(_THEMES)], _UNITS[part % len(_UNITS)]
        part += 1
        sheets.paragraph(f"（{part}）{theme}" if part % 3 else f"{part}.{theme}")
        for number, duty in enumerate(_DUTIES * 2):
            other = _UNITS[(part + number) % len(_UNITS)]
            sheets.paragraph(duty.format(unit=other, theme=theme, month=(part + number) % 12 + 1))
        if part % 4 == 0:
            table = [_HEADS]
            for number in range(1, 9):
                rows += 1
                month = f"{number + 2}月底前"
                measure = f"列出{theme}问题清单，逐条整改并组织验收，形成第{number}批台账"
                table.append((str(number), theme, measure, f"{unit}\n{_UNITS[number % 8]}", month))
            sheets.table(table, (0.08, 0.2, 0.4, 0.18, 0.14))
    return made.data(), rows


def main() -> None:
    """Print the figures with their goals."""
    data, rows = draw()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.pdf"
        path.write_bytes(data)
        runs = [once(path) for _ in range(ROUNDS)]
    seconds = median(run[0] for run in runs)
    memory = max(max(run[1], run[2]) / 1024 for run in runs)
    together = max((run[1] + run[2]) / 1024 for run in runs)
    _, _, _, characters, obligations, found = runs[0]
    print(
        f"a PDF of {PAGES} pages ({len(data) / 1024:.0f} KB) to requirements: median "
        f"{seconds:.2f} s of {ROUNDS} (goal ≤ {SECONDS})"
    )
    print(
        f"peak memory {memory:.0f} MB in one process, {together:.0f} MB of both together "
        f"(goal ≤ {MEGABYTES})"
    )
    print(
        f"{characters:.0f} characters, {obligations:.0f} obligations, {found:.0f} of {rows} rows "
        "of tables with who and by when"
    )


def once(path: Path) -> list[float]:
    """Seconds, KB of the reader and of its child, characters, obligations, rows of tables."""
    words = [sys.executable, "-c", _CODE, str(path)]
    done = subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    main()
