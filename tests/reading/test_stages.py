"""Each stage of the reader alone, on sentences made for it."""

from datetime import date

import pytest

from luoshi.reading import REASONS, Obligation, Unreadable, read, sentence
from luoshi.reading.bounds import bound
from luoshi.reading.check import check
from luoshi.reading.clauses import clauses
from luoshi.reading.dates import number, resolve, rhythm
from luoshi.reading.decision import decide
from luoshi.reading.kinds import kind, modality
from luoshi.reading.outline import enumerator, is_tail, lines
from luoshi.reading.roles import parse
from luoshi.reading.selectors import selector
from luoshi.reading.sentences import mask, split
from luoshi.reading.suggestion import suggestion
from luoshi.reading.text import decode
from luoshi.reading.times import cadence, deadline, stage

HEAD = "关于做好防汛工作的通知\n一、压实责任\n"


def only(words: str) -> Obligation:
    """The one obligation of a part that deploys."""
    [found] = read(f"{HEAD}{words}\n", date(2026, 4, 1)).obligations
    return found


def whole(words: str) -> list[str]:
    return [o.text for o in read(f"{HEAD}{words}\n", date(2026, 4, 1)).obligations]


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
    def test_four_encodings_give_the_same_text(self, encoding: str) -> None:
        words = "各分局要在三月底前列出责任清单，报办公室备案。\n" * 3
        assert decode(words.encode(encoding)) == words

    def test_only_line_ends_change(self) -> None:
        assert decode("甲\r\n乙\r丙\n　 丁 \n".encode()) == "甲\n乙\n丙\n　 丁 \n"

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty"),
            (b"\x00\x01\x02abc\x00", "binary"),
            (b"\xe5\xb1\x80\xff\xfe\xfa", "encoding"),
        ],
    )
    def test_what_is_no_text_is_refused(self, data: bytes, code: str) -> None:
        with pytest.raises(Unreadable) as refusal:
            decode(data)
        assert refusal.value.code == code
        assert refusal.value.message_zh
        assert refusal.value.message_en


class TestOutline:
    @pytest.mark.parametrize(
        ("line", "kind_", "words"),
        [
            ("一、压实责任", "cn", "压实责任"),
            ("（二）严格纪律", "cn_paren", "严格纪律"),
            ("3.完成采购", "arabic", "完成采购"),
            ("普通的一句话", None, "普通的一句话"),
        ],
    )
    def test_enumerators(self, line: str, kind_: str | None, words: str) -> None:
        found, body, _one = enumerator(line, 0, len(line))
        assert line[body:] == words
        assert (found is None) == (kind_ is None)

    def test_headings_nest_and_end(self) -> None:
        text = (
            "防汛工作要点\n一、压实责任\n（一）明确分工\n各科室要列出分工表。\n"
            "（二）严格纪律\n严禁擅自离岗。\n二、抓好保障\n办公室要印发值班表。\n"
        )
        found = read(text, None).obligations
        assert [o.heading_path for o in found] == [
            ("一、压实责任", "（一）明确分工"),
            ("一、压实责任", "（二）严格纪律"),
            ("二、抓好保障",),
        ]

    def test_blank_lines_and_tails(self) -> None:
        assert [x.start for x in lines("\n\n甲句。\n　\n乙句。")] == [2, 8]
        assert is_tail("联系人：林静，电话：8888")


class TestSentences:
    def test_parts_between_semicolons_stand_alone(self) -> None:
        assert whole("办公室要印发值班表；各科室要列出分工表。") == [
            "办公室要印发值班表",
            "各科室要列出分工表",
        ]

    def test_never_cut_at_a_comma(self) -> None:
        words = "各科室要列出分工表，各分局要建好巡查台账，办公室要汇总"
        assert whole(words + "。") == [words]

    def test_brackets_are_masked_and_quotations_hold_together(self) -> None:
        masked = mask("各科室（要落实）要办")
        assert len(masked) == len("各科室（要落实）要办")
        assert "要落实" not in masked
        assert [(s.start, s.end) for s in split("甲要办。乙要办。", 0, 8)] == [(0, 3), (4, 7)]

    def test_clauses_cover_the_sentence(self) -> None:
        masked = "要抓早，抓小，抓细"
        assert "".join(masked[a:b] for a, b in clauses(masked)) == "要抓早抓小抓细"


class TestDecision:
    @pytest.mark.parametrize(
        "words",
        [
            "各科室要列出分工表",
            "严禁擅自离岗",
            "加强堤防巡查，建好巡查台账",
            "请各科室会后认真整改",
            "应急值班由办公室负责",
            "计划财务科6月15日前完成抢险物资采购",
        ],
    )
    def test_what_directs(self, words: str) -> None:
        verdict = decide(mask(words), "deploy")
        assert verdict is not None
        assert all(code in REASONS for code in verdict.why)

    @pytest.mark.parametrize(
        "words",
        [
            "去年清淤河道三十公里，群众很满意",
            "这充分说明防汛责任重于泰山",
            "谢谢大家",
            "为什么有的单位总是慢半拍？",
            "现将防汛方案印发给你们，请遵照执行",
        ],
    )
    def test_what_does_not(self, words: str) -> None:
        assert decide(mask(words), "deploy") is None

    def test_a_statement_before_the_demand_is_left_outside(self) -> None:
        found = only("去年的水毁教训很深刻，各分局要逐段排查堤防。")
        assert found.text == "各分局要逐段排查堤防"
        assert "opening_cut" in found.why


class TestFields:
    def test_lead_and_support(self) -> None:
        found = only("由办公室牵头，工程科配合，5月底前制定防汛应急预案。")
        assert (found.lead, found.support) == (("办公室",), ("工程科",))
        assert found.deadline == "5月底前"
        assert found.due is not None
        assert found.due.on == date(2026, 5, 31)
        assert found.check == "防汛应急预案"
        assert (found.kind, found.modality) == ("one_off", "must")

    def test_a_line_of_responsibility_closes_its_paragraph(self) -> None:
        found = only("要逐段排查堤防，形成隐患清单。\n（牵头单位：工程科；配合单位：各分局）")
        assert (found.lead, found.support) == (("工程科",), ("各分局",))
        line = parse("（牵头单位：工程科；完成时限：6月底前）")
        assert line is not None
        assert (line.lead, line.deadline) == (("工程科",), "6月底前")

    @pytest.mark.parametrize(
        ("words", "said", "code", "times"),
        [
            ("各分局要每月开展一次巡查", "每月", "monthly", 1),
            ("各支部要每季度上一次党课", "每季度", "quarterly", 1),
            ("班子每半年听取一次汇报", "每半年", "half_yearly", 1),
            ("各分局要定期开展巡查", "定期", None, 1),
            ("各分局要推动巡查常态化", None, None, 1),
        ],
    )
    def test_cadences(self, words: str, said: str | None, code: str | None, times: int) -> None:
        found = cadence(mask(words), words)
        assert found == said
        if said:
            shown = rhythm(found, words)
            assert shown is not None
            assert (shown.code, shown.times) == (code, times)

    @pytest.mark.parametrize(
        ("phrase", "day"),
        [
            ("6月15日前", date(2026, 6, 15)),
            ("2027年3月底前", date(2027, 3, 31)),
            ("二季度末", date(2026, 6, 30)),
            ("上半年", date(2026, 6, 30)),
            ("年底前", date(2026, 12, 31)),
            ("2月底前", date(2026, 2, 28)),
        ],
    )
    def test_dates_end_with_their_last_day(self, phrase: str, day: date) -> None:
        found = resolve(phrase, date(2026, 1, 5))
        assert found is not None
        assert found.on == day

    def test_dates_that_wait_for_a_person(self) -> None:
        no_year = resolve("6月15日前", None)
        assert no_year is not None
        assert (no_year.on, no_year.why) == (None, "date_no_year")
        later = resolve("接到通知后15个工作日内", date(2026, 1, 5))
        assert later is not None
        assert (later.on, later.amount, later.unit) == (None, 15, "workday")
        never = resolve("2月30日前", date(2026, 1, 5))
        assert never is not None
        assert never.on is None

    @pytest.mark.parametrize(
        ("words", "value"), [("12", 12), ("十二", 12), ("二十", 20), ("三", 3), ("甲", None)]
    )
    def test_numbers(self, words: str, value: int | None) -> None:
        assert number(words) == value

    def test_deadlines_stand_in_their_own_words(self) -> None:
        words = "各科室要在3月底前列出清单"
        assert deadline(mask(words), words) == "3月底前"
        words = "各科室要立即列出清单"
        assert deadline(mask(words), words) is None

    def test_modality_and_kind(self) -> None:
        assert modality(mask("严禁擅自离岗")) == "prohibit"
        assert modality(mask("希望大家多到河边走走")) == "encourage"
        assert kind("各科室要加强值班", "各科室要加强值班", None, None) == "standing"


class TestSelectors:
    @pytest.mark.parametrize(
        ("phrase", "reach", "kinds"),
        [
            ("各党支部", "all", ("branch",)),
            ("各科室", "all", ("department",)),
            ("各分局", "all", ("subordinate",)),
            ("办公室", "named", ("department",)),
            ("我局", "self", ("bureau",)),
            ("有关同志", "unresolved", ()),
        ],
    )
    def test_phrases_over_any_tree(self, phrase: str, reach: str, kinds: tuple[str, ...]) -> None:
        found = selector(phrase)
        assert found.reach == reach
        if kinds:
            assert found.unit_kinds == kinds

    def test_posts_within_units(self) -> None:
        assert "secretary" in selector("各党支部书记").post_roles
        assert "head" in selector("各单位主要负责人").post_roles


class TestBoundsAndChecks:
    @pytest.mark.parametrize(
        ("words", "touches"),
        [
            ("掌握干部下班后的去向", "tracking"),
            ("弄清他们同什么人来往，建立行踪台账", "tracking"),
            ("安排专人删除负面评论", "opinion"),
            ("每月给干部打分排名，张榜公布", "ranking"),
            ("各分局要逐段排查堤防", None),
            ("对排名靠后的河段增加巡查", None),
        ],
    )
    def test_bounds(self, words: str, touches: str | None) -> None:
        assert bound(words) == touches

    @pytest.mark.parametrize(
        ("words", "thing"),
        [
            ("制定防汛应急预案", "防汛应急预案"),
            ("建好巡查台账", "巡查台账"),
            ("召开一次防汛工作会议", "防汛工作会议"),
            ("逐处现场验收", "逐处现场验收"),
            ("做好谈话记录", "谈话记录"),
            ("强化责任意识，凝聚工作合力", None),
            ("多到河边走走看看", None),
        ],
    )
    def test_checkable_results(self, words: str, thing: str | None) -> None:
        found = check(mask(words), words)
        assert (found is None) == (thing is None)
        if thing:
            assert found is not None
            assert thing.removeprefix("一次") in found

    @pytest.mark.parametrize(
        ("words", "default"),
        [
            ("办公室要在5月底前制定防汛应急预案。", "task"),
            ("各党支部要定期开展谈心谈话，做好谈话记录。", "undecided"),
            ("全体干部要增强责任意识。", "context"),
            ("办公室要每月给干部打分排名，张榜公布名次，形成通报。", "context"),
        ],
    )
    def test_the_default_triage(self, words: str, default: str) -> None:
        assert suggestion(only(words)) == default


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    for code in REASONS:
        assert sentence(code)
        assert sentence(code, "en")
    assert sentence("unheard of") == "unheard of"


@pytest.mark.parametrize(
    ("heading", "time"),
    [
        ("（一）动员部署阶段（3月上旬—4月底）", "3月上旬—4月底"),
        ("第一阶段：自查自纠（2026年5月至6月）", "2026年5月至6月"),
        ("1.6月上旬", "6月上旬"),
        ("（三）总结提升（12月底前）", "12月底前"),
        ("三、2026年工作重点", None),
        ("一、抓好一季度开门红", None),
        ("2.提升课堂质量", None),
    ],
)
def test_the_time_of_a_heading(heading: str, time: str | None) -> None:
    assert stage(heading) == time


def test_a_dated_heading_gives_its_time_to_what_stands_below() -> None:
    text = (
        "某局专项整治工作方案\n一、时间安排\n（一）自查阶段（3月上旬—4月底）\n"
        "各科室对照清单开展自查，形成问题台账。各科室要及时整改，5月10日前报办公室。\n"
        "二、工作要求\n各科室要加强协调，落实责任。\n"
    )
    assert [one.deadline for one in read(text).obligations] == ["3月上旬—4月底", "5月10日前", None]


def test_a_speech_without_headings_directs_after_its_opening() -> None:
    opening = "这几年学校走过的路并不平坦，大家心里都有数。" * 12
    more = "说到底，教书是一件慢活，急不得，也懒不得。" * 40
    text = f"在工作会上的讲话\n{opening}\n{more}\n教务处应在12月底前提出一份指导意见。\n"
    assert [one.text for one in read(text).obligations] == ["教务处应在12月底前提出一份指导意见"]
