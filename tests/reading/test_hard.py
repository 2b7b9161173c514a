"""Hard cases of the genre, and texts that are no paper at all: read as a careful clerk would."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.reading import corpus, read
from luoshi.reading.dates import resolve, rhythm
from luoshi.reading.plain import notices, plain
from luoshi.reading.tables import header

HEAD = "在全局工作会议上的讲话\n同志们：\n去年全局完成了各项任务。\n一、抓好今年的工作\n"


def spans(text: str) -> list[str]:
    return [one.text for one in read(text).obligations]


def asked(sentence: str) -> list[str]:
    """What is asked in a sentence that stands in a part that gives out work."""
    text = f"{HEAD}各科室要在3月底前列出任务清单，报办公室备案。\n{sentence}\n办公室要按月督办。\n"
    found = spans(text)
    assert found[0].startswith("各科室要")
    assert found[-1] == "办公室要按月督办"
    return found[1:-1]


@pytest.mark.parametrize(
    "sentence",
    [
        "有的单位要钱要人的时候理直气壮，干起活来推三阻四。",
        "会议纪要写得再漂亮，落不了地也是一张废纸。",
        "有的同志怕担风险，有的部门之间推来推去，还有的工作停在纸上。",
        "打铁必须自身硬。",
        "这充分说明，只要方法对头，再硬的骨头也啃得下来。",
        "市委在全会上强调，要坚持不懈抓作风。",
        "去年我们邀请专家上门会诊，解决了三个难题。",
    ],
)
def test_words_that_look_like_a_demand_and_are_none(sentence: str) -> None:
    assert asked(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("各分局要把群众的事放在首位，来信三天之内给回话。", None),
        ("严禁用公款宴请，不准借培训之名旅游。", None),
        ("由工程科牵头，财务科配合，6月底前完成合同清理。", None),
        ("安全科每月对泵站检查一次，发现问题当场整改。", None),
        ("希望年轻同志多到泵房和工地去，把基本功练扎实。", None),
        (
            "去年的台账缺项很多，档案室要在4月底前逐卷补齐。",
            "档案室要在4月底前逐卷补齐",
        ),
    ],
)
def test_demands_of_every_kind(sentence: str, span: str | None) -> None:
    assert asked(sentence) == [span or sentence.rstrip("。")]


def test_parts_of_a_sentence_are_apart_where_each_directs() -> None:
    assert asked("办公室要管好印章；财务科要管好票据；仓库要管好物资。") == [
        "办公室要管好印章",
        "财务科要管好票据",
        "仓库要管好物资",
    ]


def test_a_list_of_what_is_forbidden_forbids_each_item() -> None:
    text = (
        "关于加强公房管理的通告\n"
        "一、任何单位和个人不得有下列行为：\n"
        "（一）擅自改变房屋用途；\n（二）占用消防通道堆放杂物；\n"
        "二、物业企业应当每月巡查一次。\n"
    )
    found = read(text).obligations
    assert [one.text for one in found[:2]] == ["擅自改变房屋用途", "占用消防通道堆放杂物"]
    assert {one.modality for one in found[:2]} == {"prohibit"}
    assert all(one.actors == ("任何单位和个人",) for one in found[:2])


def test_the_line_of_addressees_names_nobody_for_the_items() -> None:
    text = "关于报送材料的通知\n各科室、各直属单位：\n一、要在5月底前报送年度小结。\n"
    (one,) = read(text).obligations
    assert one.actors == ()


def test_a_table_gives_its_columns_to_its_rows() -> None:
    text = (
        "专项整治工作方案\n一、任务分工\n"
        "序号\t工作任务\t责任单位\t完成时限\n"
        "1\t排查老旧管网，列出问题清单\t供水科、维修队\t6月底前\n"
        "2\t修订应急预案\t应急科\t9月10日前\n"
        "二、工作要求\n各单位要加强领导。\n"
    )
    first, second, third = read(text, date(2026, 3, 1)).obligations
    assert (first.text, first.actors) == ("排查老旧管网，列出问题清单", ("供水科", "维修队"))
    assert first.due is not None
    assert first.due.on == date(2026, 6, 30)
    assert (second.text, second.actors, second.deadline) == (
        "修订应急预案",
        ("应急科",),
        "9月10日前",
    )
    assert third.actors == ("各单位",)


def test_blanks_and_bars_make_tables_too() -> None:
    assert header("序号  时间    工作任务    责任部门", 0, 19) is not None
    assert header("| 措施 | 责任单位 |", 0, 13) is not None
    assert header("各单位 要 认真 落实", 0, 10) is None
    text = (
        "比武方案\n一、安排\n序号  时间          工作任务            责任部门\n"
        "1     9月1日—5日    公布初赛分组名单        医务科、护理部\n"
    )
    (one,) = read(text, date(2026, 3, 1)).obligations
    assert (one.text, one.actors) == ("公布初赛分组名单", ("医务科", "护理部"))
    assert one.due is not None
    assert one.due.on == date(2026, 9, 5)


@pytest.mark.parametrize(
    "text",
    [
        "江上\n\n江上月初明，渔火两三星。\n老船归浦晚，新雁过沙汀。\n",
        "夜行\n\n我们在田埂上走，风把麦浪推到天边。\n要是你也来，请把灯留给赶路的人。\n",
        "单位\t一季度\t二季度\n办公室\t12\t15\n人事科\t8\t9\n",
        "2025年主要指标\n地区生产总值 1,203.5 亿元 增长6.2%\n工业增加值 402.1 亿元 增长7.8%\n",
        "他推开门，屋里没有人。桌上的茶还冒着热气。她要走了，他想。谁也没有说话。\n",
        "本报讯 昨日气温降至零下，环卫工人凌晨三点上路除雪。截至上午十点，主干道恢复通行。\n",
        "",
        "　\n\n",
        "“" * 5000,
        "（" * 3000 + "要落实",
        "1" * 20000,
        "要",
    ],
)
def test_what_is_no_paper_gives_nothing(text: str) -> None:
    assert spans(text) == []


def test_an_english_text_says_that_it_is_not_read() -> None:
    found = read("Notice\n\nAll departments shall submit their lists by 30 June 2026.\n")
    assert found.obligations == ()
    assert found.notices == ("not_chinese",)


def test_traditional_characters_are_read_and_kept() -> None:
    text = (
        "關於檔案管理的通知\n一、各科室要在6月底前完成檔案整理，並報辦公室備案。\n"
        "二、嚴禁私自銷毀檔案。\n"
    )
    found = read(text)
    assert [one.text for one in found.obligations] == [
        "各科室要在6月底前完成檔案整理，並報辦公室備案",
        "嚴禁私自銷毀檔案",
    ]
    assert found.obligations[1].modality == "prohibit"
    assert found.notices == ("traditional",)


def test_full_width_figures_and_half_width_marks() -> None:
    text = (
        "关于台账的通知\n一、各科室要在２０２６年６月３０日前列出清单,报办公室备案.\n"
        "二、严禁弄虚作假;\n"
    )
    first, second = read(text).obligations
    assert first.text == "各科室要在２０２６年６月３０日前列出清单,报办公室备案"
    assert first.deadline == "２０２６年６月３０日前"
    assert first.due is not None
    assert first.due.on == date(2026, 6, 30)
    assert second.text == "严禁弄虚作假"


def test_a_text_without_marks_is_said() -> None:
    text = "关于值班的通知\n" + "各科室要落实值班各支部要每季度上一次党课" * 20
    assert "no_marks" in notices(text)
    read(text)


@given(
    st.text(
        alphabet="要各科室单位不得严禁请希望，。；：、（）“”\n\t 一二1234年月日前內后由牵头ab",
        max_size=300,
    )
)
def test_any_text_is_read_and_spans_are_its_own(text: str) -> None:
    found = read(text)
    last = 0
    for one in found.obligations:
        assert last <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        last = one.end
        json.dumps(one.as_json())
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    ("phrase", "day", "rule"),
    [
        ("本月底", date(2026, 3, 31), "this_month"),
        ("年底前", date(2026, 12, 31), "year"),
        ("3月上旬至4月底", date(2026, 4, 30), "window"),
        ("6月5日至20日", date(2026, 6, 20), "window"),
        ("2025年12月1日至2026年1月31日", date(2026, 1, 31), "window"),
        ("9月上、中旬", date(2026, 9, 20), "part_of_month"),
        ("8月12日下午6点前", date(2026, 8, 12), "day"),
        ("明天中午12点之前", date(2026, 3, 3), "said_day"),
        ("本周五前", date(2026, 3, 6), "said_week"),
        ("下周三之前", date(2026, 3, 11), "said_week"),
        ("15号之前", date(2026, 3, 15), "day_of_month"),
        ("这个月1号之前", date(2026, 4, 1), "day_of_month"),
        ("国庆节前", date(2026, 9, 30), "festival"),
        ("元旦前", date(2026, 12, 31), "festival"),
    ],
)
def test_deadlines_resolve_by_a_named_rule(phrase: str, day: date, rule: str) -> None:
    found = resolve(phrase, date(2026, 3, 2))
    assert found is not None
    assert (found.on, found.rule) == (day, rule)


@pytest.mark.parametrize(
    ("phrase", "rule", "amount", "unit", "anchor"),
    [
        ("收到后15个工作日内", "relative", 15, "workday", "收到"),
        ("接报后30分钟之内", "relative", 30, "minute", "接报"),
        ("会前一天", "before_event", 1, "day", "会"),
        ("提前3天", "before_event", 3, "day", None),
        ("第5周之前", "term_week", 5, "week", "开学"),
        ("汛期到来之前", "event", None, None, "汛期到来之前"),
    ],
)
def test_deadlines_that_wait_for_an_event(
    phrase: str, rule: str, amount: int | None, unit: str | None, anchor: str | None
) -> None:
    found = resolve(phrase, date(2026, 3, 2))
    assert found is not None
    assert (found.on, found.rule) == (None, rule)
    assert (found.amount, found.unit, found.anchor) == (amount, unit, anchor)


def test_what_counts_from_the_day_of_issue_needs_it() -> None:
    for phrase in ("明天", "下周三之前", "15号之前"):
        found = resolve(phrase, None, 2026)
        assert found is not None
        assert (found.on, found.why) == (None, "date_no_issue")


@pytest.mark.parametrize(
    ("words", "code"),
    [("每季度末", "quarterly"), ("每周五", "weekly"), ("一月一提醒", "monthly"), ("每两天", None)],
)
def test_cadences_resolve_to_a_rhythm(words: str, code: str | None) -> None:
    found = rhythm(words, words)
    assert found is not None
    assert found.code == code


def test_the_corpus_is_large_and_wide() -> None:
    documents = list(corpus.documents())
    assert len(documents) >= 24
    assert sum(len(document.obligations) for document in documents) >= 700
    assert sum(document.genre == "speech" for document in documents) >= 6
    labels = {label.label for document in documents for label in document.labels}
    assert labels == set(corpus.LABELS)
    for document in documents:
        assert corpus.parse(document.name, corpus.marked(document)) == document
