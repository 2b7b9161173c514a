"""One invented plan, drawn on pages of any format: what tests expect to read."""

from bench.sheets import Canvas, Sheets

TITLE = ("云州市水务局关于印发", "2026年全面从严治党工作要点的通知")
DUTY = (
    "各党支部要结合实际制定具体措施，明确责任人和完成时限，4月15日前报机关党委备案，逾期未报的由机关"
    "党委发函提醒，连续两次未报的在全局通报，并纳入年底述职评议内容。"
)
LIST = "办公室要在3月底前列出全面从严治党责任清单，报局党组审定。"
LONG = "列出老旧供水管网清单，逐段标明管材和使用年限，并在局内网公开"
ROWS = (
    ("序号", "重点任务", "责任单位", "完成时限"),
    ("1", LONG, "办公室\n工程科", "3月底前"),
    ("2", "修订公务接待管理办法", "财务科", "4月底前"),
    ("3", "组织一次防汛应急演练", "各分局", "5月20日前"),
)  # fmt: skip
SHARES = (0.1, 0.5, 0.2, 0.2)
READ_ROWS = (
    "序号\t重点任务\t责任单位\t完成时限\n"
    f"1\t{LONG}\t办公室 工程科\t3月底前\n"
    "2\t修订公务接待管理办法\t财务科\t4月底前\n"
    "3\t组织一次防汛应急演练\t各分局\t5月20日前"
)
HEAD = "云州市水务局2026年工作要点"


def draw(on: Canvas, ruled: bool = True) -> str:
    """Draw the plan on several pages; returns the text that should be read."""
    sheets = Sheets(on, head=HEAD)
    lines = ["".join(TITLE), "各科室、各直属单位："]
    for words in TITLE:
        sheets.centred(words, 22)
    sheets.paragraph(lines[1], indent=False)
    for number in "一二三四五六":
        lines += [f"{number}、压实管党治党责任", DUTY, f"（一）抓住重点。{DUTY}", LIST]
        for words in lines[-4:]:
            sheets.paragraph(words)
    sheets.table(ROWS, SHARES, ruled)
    lines += [*READ_ROWS.split("\n"), "以上任务请抓紧落实，有关情况及时报送办公室。"]
    sheets.paragraph(lines[-1])
    assert sheets.number >= 4
    return "\n".join(lines)
