"""Grouping and own columns of the task list: pure functions, shared by every form of the paper."""

import pytest

from luoshi.papers.layout import FIELDS, STANDARD, WORDS, Place, columns, layout_from, plain
from luoshi.papers.rows import NO_LEAD, TaskListRow, extract_title, grouped, of_unit

ROWS = [
    TaskListRow("1", section="一、把责任落到岗位", title="复核设计变更", lead="工程建设科"),
    TaskListRow("2", title="公开招标结果", lead="2个单位", leads=("办公室", "工程建设科")),
    TaskListRow("3", section="二、管住工程风险", title="讲一次警示教育课", leads=("第一支部",)),
    TaskListRow("4", section="二、管住工程风险", title="梳理风险点"),
    TaskListRow("5", section="一、把责任落到岗位", title="签订责任书", lead="办公室"),
]


def shape(by: str, **more: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    return [(g.heading, [r.number for r in g.rows]) for g in grouped(ROWS, by, **more)]  # type: ignore[arg-type]  # as a form sends it


def test_by_point_in_the_order_of_the_text() -> None:
    assert shape("point") == [
        ("一、把责任落到岗位", ["1", "2"]),
        ("二、管住工程风险", ["3", "4"]),
        ("一、把责任落到岗位", ["5"]),
    ]
    assert grouped([]) == []
    assert [g.heading for g in grouped(ROWS[1:2])] == [""]


def test_by_unit_a_task_stands_under_each_that_leads() -> None:
    assert shape("unit") == [
        ("工程建设科", ["1", "2"]),
        ("办公室", ["2", "5"]),
        ("第一支部", ["3"]),
        (NO_LEAD, ["4"]),
    ]
    order = ("办公室", "计划财务科", "第一支部")
    assert [name for name, _ in shape("unit", units=order)] == [
        "办公室", "第一支部", "工程建设科", NO_LEAD,
    ]  # fmt: skip


def test_a_units_extract() -> None:
    assert [r.number for r in of_unit(ROWS, "工程建设科")] == ["1", "2"]
    assert of_unit(ROWS, "计划财务科") == []
    assert extract_title("作风建设任务分解台账", "办公室") == "作风建设任务分解台账（办公室）"


@pytest.mark.parametrize(
    ("headings", "keys"),
    [
        (
            ["序号", "重点任务", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限",
             "进展情况", "佐证材料", "备注"],
            ["number", "title", "measure", "leader", "lead", "support", "deadline", "progress",
             "proof", "note"],
        ),
        (
            ["编号", "工作任务", "工作内容", "分管领导", "主办单位", "协办单位", "办结时限",
             "完成情况", "支撑材料", "政策依据"],
            ["number", "title", "measure", "leader", "lead", "support", "deadline", "progress",
             "proof", "source"],
        ),
        (
            ["序 号", "任务\n名称", "措施", "责任单位（牵头单位列首位）", "责任人", "时间节点",
             "推进情况（截至月底）", "亮点做法"],
            ["number", "title", "measure", "lead", "leader", "deadline", "progress", None],
        ),
        # two that mean the same: the longer word, then the first; the other is for a person
        (["任务", "重点任务", "责任单位", "牵头单位"], [None, "title", "lead", None]),
        (["责任单位及责任人", "任务完成情况", "任务来源"], ["lead", "progress", "source"]),
        (["", "打分", "排名"], [None, None, None]),
    ],
)  # fmt: skip
def test_headings_of_offices_are_known_by_their_words(
    headings: list[str], keys: list[str | None]
) -> None:
    layout = layout_from(headings)
    assert [place.key for place in layout] == keys
    assert [place.heading for place in layout] == [heading.strip() for heading in headings]


def test_every_word_stands_for_its_field_alone() -> None:
    for key, words in WORDS.items():
        for word in words:
            assert [p.key for p in layout_from([word])] == [key], word
    assert [p.key for p in layout_from(p.heading for p in STANDARD)] == list(FIELDS)
    assert plain(" 完成 时限（月底前）") == "完成时限"


def test_columns_of_a_layout() -> None:
    made = columns((Place("任务名称", "title", 20), Place("亮点"), Place("时限", "deadline")))
    assert [c.heading for c in made] == ["任务名称", "亮点", "时限"]
    assert [c.width for c in made] == [20, 9, 11]
    assert [c.wanted for c in made] == [True, False, True]
    row = TaskListRow("1", title="签订责任书", deadline="6月30日")
    assert [c.text(row) for c in made] == ["签订责任书", "", "6月30日"]
    assert [c.heading for c in columns(None)] == [p.heading for p in STANDARD]
    with pytest.raises(KeyError, match="rank"):
        columns((Place("排名", "rank"),))
