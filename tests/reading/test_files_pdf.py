"""PDF to text: paragraphs as they were written, whatever the pages did to them."""

import json

import pytest

from bench.pdf import Pdf
from bench.sheets import Sheets, wrapped
from luoshi.reading import Unreadable, read
from luoshi.reading.files import Document, apart, document_of, pdf
from tests.reading.plan import DUTY, HEAD, LIST, LONG, draw

LONGER = (DUTY + LIST) * 4


def text(made: Pdf) -> str:
    return document_of(made.data(), "要点.pdf").text


def refusal(data: bytes, name: str = "要点.pdf") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        document_of(data, name)
    return caught.value


def drawn(*paragraphs: str) -> Pdf:
    """One page with paragraphs, wrapped between the margins of an official paper."""
    made = Pdf()
    made.page()
    y = 150
    for words in paragraphs:
        for number, line in enumerate(wrapped(words, 442, 16, 32)):
            made.text(79 if number else 111, y, line)
            y += 28
    return made


class TestText:
    @pytest.mark.parametrize("ruled", [True, False])
    def test_a_plan_over_several_pages_is_what_was_written(self, ruled: bool) -> None:
        made = Pdf()
        wanted = draw(made, ruled)
        got = text(made)
        assert got == wanted
        assert HEAD not in got.split("\n")
        assert "— 2 —" not in got

    @pytest.mark.parametrize("ruled", [True, False])
    def test_columns_of_who_and_when_give_obligations_with_their_fields(self, ruled: bool) -> None:
        made = Pdf()
        draw(made, ruled)
        rows = [o for o in read(text(made)).obligations if "actor_line" in o.why]
        assert [(o.text, o.actors, o.deadline) for o in rows] == [
            (LONG, ("办公室", "工程科"), "3月底前"),
            ("修订公务接待管理办法", ("财务科",), "4月底前"),
            ("组织一次防汛应急演练", ("各分局",), "5月20日前"),
        ]

    def test_a_page_of_its_own_keeps_its_text(self) -> None:
        made = Pdf()
        sheets = Sheets(made, head="", foot="")
        for words in ("云州市水务局", "各科室：", LIST):
            sheets.paragraph(words, indent=words == LIST)
        assert text(made) == f"云州市水务局\n各科室：\n{LIST}"

    @pytest.mark.parametrize("foot", ["— {n} —", "第 {n} 页", "第{n}页 共9页", "{n}", "{n}/9"])
    def test_page_numbers_go(self, foot: str) -> None:
        made = Pdf()
        sheets = Sheets(made, foot=foot)
        for _ in range(20):
            sheets.paragraph(DUTY)
        assert sheets.number >= 3
        assert text(made) == "\n".join([DUTY] * 20)

    def test_running_heads_of_odd_and_even_pages_go(self) -> None:
        made = Pdf()
        sheets = Sheets(made, foot="")
        for number in range(30):
            before = sheets.number
            sheets.head = ("云州市水务局文件汇编", "全面从严治党")[sheets.number % 2]
            sheets.paragraph(f"{number + 1}.{DUTY}")
            assert sheets.number - before <= 1
        got = text(made)
        assert got.split("\n") == [f"{n + 1}.{DUTY}" for n in range(30)]

    def test_lines_of_the_text_that_repeat_at_an_edge_stay(self) -> None:
        made = Pdf()
        for number in range(3):
            made.page()
            for line in range(26):
                made.text(79, 60 + 28 * line, f"{26 * number + line + 1}.办公室要报送清单。")
        assert text(made).split("\n") == [f"{n + 1}.办公室要报送清单。" for n in range(78)]

    def test_words_that_only_look_like_a_head_stay(self) -> None:
        made = drawn("各党支部要报送措施。")
        made.text(79, 400, "各党支部要报送措施。")
        made.page()
        made.text(79, 300, "各党支部要报送措施。")
        assert text(made) == "\n".join(["各党支部要报送措施。"] * 3)

    def test_columns_are_read_one_after_the_other(self) -> None:
        made = Pdf()
        made.page()
        made.text(150, 90, "云州水务简报二〇二六年第三期", 22)
        lines = list(wrapped(LONGER, 220, 12, 24))
        cut = len(lines) // 2
        for number, words in enumerate(lines):
            right = number >= cut
            x = 310 if right else 60 + (0 if number else 24)
            made.text(x, 130 + 20 * (number - (cut if right else 0)), words, 12)
        assert text(made) == f"云州水务简报二〇二六年第三期\n{LONGER}"

    def test_three_columns_below_a_title(self) -> None:
        made = Pdf()
        made.page()
        made.text(100, 90, "云州水务简报二〇二六年第三期", 22)
        for column, words in enumerate((DUTY, DUTY.replace("党支部", "分局"), DUTY * 2)):
            for number, line in enumerate(wrapped(words, 150, 12)):
                made.text(40 + column * 180, 130 + 20 * number, line, 12)
        got = text(made).split("\n")
        assert got[0] == "云州水务简报二〇二六年第三期"
        assert "".join(got[1:]) == DUTY + DUTY.replace("党支部", "分局") + DUTY * 2

    @pytest.mark.parametrize(("rotate", "turn"), [(90, 1), (0, 1), (270, 3), (180, 2), (90, 0)])
    def test_turned_pages_are_read_upright(self, rotate: int, turn: int) -> None:
        made = Pdf()
        made.page(rotate)
        for number, words in enumerate(wrapped(LONGER, 440 if turn % 2 == 0 else 640, 16)):
            along = 28 * number
            x, y = ((79, 120 + along), (80 + along, 760), (520, 740 - along), (520 - along, 80))[
                turn
            ]
            made.text(x, y, words, 16, turn)
        assert text(made) == LONGER

    def test_a_turned_part_follows_and_a_watermark_goes(self) -> None:
        made = drawn(LIST)
        for number, words in enumerate(("装订线以内不得书写任何文字", "归档时请注意保管")):
            made.text(540 + 20 * number, 700, words, 12, 1)
        made.used |= set("内部资料")
        codes = "内部资料".encode("utf-16-be").hex()
        made.pages[-1].append(f"BT /F 60 Tf .7 .7 -.7 .7 200 300 Tm <{codes}> Tj ET")
        got = text(made)
        assert got.split("\n")[0] == LIST
        assert "装订线以内不得书写任何文字" in got
        assert "内部资料" not in got

    def test_lists_and_headings_stay_lines_of_their_own(self) -> None:
        made = Pdf()
        sheets = Sheets(made)
        lines = [
            "一、提高认识", "（一）加强学习", "1.各支部要每月学习", "2.机关党委要每季度检查",
            "①检查学习记录", "第一条 为规范公务接待，制定本办法。", DUTY,
        ]  # fmt: skip
        for words in lines:
            sheets.paragraph(words)
        assert text(made).split("\n") == lines

    def test_english_words_and_hyphens(self) -> None:
        made = drawn()
        words = "The water bureau shall report the list of its pipes to the general office."
        cut = words.index("pes")
        for number, line in enumerate((f"{words[:cut]}-", words[cut:])):
            made.text(79, 150 + 28 * number, line)
        assert text(made) == words

    def test_figures_and_gaps(self) -> None:
        made = Pdf()
        made.page()
        end = made.text(79, 150, "到")
        end = made.text(end + 4, 150, "2026")
        made.text(end + 4, 150, "年底，供水管网漏损率降到8.5%以下。")
        made.text(79, 200, "通")
        made.text(127, 200, "知")
        assert text(made).split("\n") == ["到2026年底，供水管网漏损率降到8.5%以下。", "通知"]

    def test_what_is_drawn_twice_is_read_once(self) -> None:
        made = drawn("一、压实责任")
        made.text(111.3, 150, "一、压实责任")
        assert text(made) == "一、压实责任"


class TestTables:
    def table(self, rows: list[list[str]], skip: set[tuple[int, int]] = frozenset()) -> str:  # type: ignore[assignment]  # never changed
        """Rows of 40 points; `skip` names (row, column) whose lower edge is not drawn."""
        made = Pdf()
        made.page()
        xs, top = [79, 120, 320, 420, 521], 150
        for r, row in enumerate(rows):
            y = top + 40 * r
            for c, words in enumerate(row):
                if words:
                    made.text(xs[c] + 6, y + 20, words, 12)
                if (r, c) not in skip:
                    made.rule(xs[c], y + 40, xs[c + 1], y + 40)
        made.rule(xs[0], top, xs[-1], top)
        for x in xs:
            made.rule(x, top, x, top + 40 * len(rows))
        return text(made)

    def test_a_cell_over_several_rows_is_said_in_each(self) -> None:
        got = self.table(
            [
                ["序号", "工作任务", "责任单位", "完成时限"],
                ["1", "列出老旧管网清单", "工程科", "3月底前"],
                ["2", "报送巡查台账", "", "4月底前"],
            ],
            {(1, 2)},
        )
        assert got.split("\n")[1:] == [
            "1\t列出老旧管网清单\t工程科\t3月底前",
            "2\t报送巡查台账\t工程科\t4月底前",
        ]
        assert [o.actors for o in read(f"工作计划\n{got}").obligations] == [("工程科",)] * 2

    def test_an_empty_cell_keeps_its_place(self) -> None:
        got = self.table(
            [["序号", "工作任务", "责任单位", "完成时限"], ["", "列出老旧管网清单", "", "3月底前"]]
        )
        assert got.split("\n")[1] == "\t列出老旧管网清单\t\t3月底前"
        only = read(f"工作计划\n{got}").obligations[0]
        assert (only.text, only.actors, only.deadline) == ("列出老旧管网清单", (), "3月底前")

    def over_two_pages(self, *pages: list[list[str]]) -> str:
        """A ruled table on each page; a row is 40 points high, "-" lets the cell above go on."""
        made = Pdf()
        xs = [79, 120, 220, 380, 440, 521]
        for rows in pages:
            made.page()
            made.rule(xs[0], 300, xs[-1], 300)
            for r, row in enumerate(rows):
                y = 340 + 40 * r
                for c, words in enumerate(row):
                    if words and words != "-":
                        made.text(xs[c] + 6, y - 20, words, 12)
                    if r + 1 == len(rows) or rows[r + 1][c] != "-":
                        made.rule(xs[c], y, xs[c + 1], y)
            for x in xs:
                made.rule(x, 300, x, 300 + 40 * len(rows))
        return text(made)

    def test_a_row_that_a_page_cut_in_two_is_one(self) -> None:
        head = ["序号", "类别", "工作任务", "责任单位", "完成时限"]
        got = self.over_two_pages(
            [head, ["1", "供水", "列出老旧管网清单", "工程科", "3月底前"],
             ["2", "-", "修订防洪预案，组织", "防御科", "4月底前"]],
            [head, ["", "", "一次实战演练", "", ""],
             ["3", "", "报送巡查台账", "供水科", "5月底前"],
             ["4", "监管", "每月抽查水质数据。", "供水科", ""]],
            [head, ["", "", "并上报结果", "", ""]],
        )  # fmt: skip
        assert got.split("\n") == [
            "\t".join(head),
            "1\t供水\t列出老旧管网清单\t工程科\t3月底前",
            "2\t供水\t修订防洪预案，组织一次实战演练\t防御科\t4月底前",
            "3\t供水\t报送巡查台账\t供水科\t5月底前",
            "4\t监管\t每月抽查水质数据。并上报结果\t供水科\t",
        ]

    def test_a_frame_around_words_is_no_table(self) -> None:
        made = drawn("一、压实责任", "办公室要列出责任清单。")
        for x in (70, 530):
            made.rule(x, 120, x, 300)
        for y in (120, 300):
            made.rule(70, y, 530, y)
        assert text(made) == "一、压实责任\n办公室要列出责任清单。"


class TestRefused:
    def test_a_scan_says_so(self) -> None:
        made = Pdf()
        for number in range(3):
            made.page()
            made.picture(0, 0, 595, 842)
            made.text(290, 815, str(number + 1), 12)
        said = refusal(made.data())
        assert said.code == "scan"
        assert "全部 3 页" in said.message_zh
        assert "OCR" in said.message_zh
        assert "all 3 pages" in said.message_en

    def test_pages_that_are_pictures_are_named(self) -> None:
        made = drawn(LIST)
        for _ in range(2):
            made.page()
            made.picture(20, 20, 555, 800)
        made.page()
        made.text(79, 150, "各党支部要报送措施。")
        made.page()
        made.picture(20, 20, 555, 800)
        got = document_of(made.data(), "a.pdf")
        assert "各党支部要报送措施。" in got.text
        assert [n.zh.split("页")[0] for n in got.notices] == ["第 2–3、5 "]
        assert "Page 2–3、5" in got.notices[0].en or "2–3, 5" in got.notices[0].en

    def test_an_empty_page(self) -> None:
        made = Pdf()
        made.page()
        assert refusal(made.data()).code == "empty"

    def test_letters_without_meaning(self) -> None:
        assert refusal(drawn("\ue001\ue002\ue003\ue004\ue005\ue006\ue007").data()).code == "garbled"

    def test_a_password_for_changing_does_not_stop_reading(self) -> None:
        made = drawn(LIST)
        assert document_of(made.data(user="", owner="局里"), "a.pdf").text == LIST

    def test_a_password_for_opening_does(self) -> None:
        said = refusal(drawn(LIST).data(user="secret"))
        assert said.code == "encrypted"
        assert "去掉密码" in said.message_zh

    def test_damage(self) -> None:
        made = Pdf()
        draw(made)
        whole = made.data()
        for data in (b"%PDF-1.7", whole[:3000], whole[: len(whole) // 2]):
            said = refusal(data)
            assert said.code in ("damaged", "empty")
            assert "请" in said.message_zh

    def test_what_pdfium_can_mend_is_read(self) -> None:
        made = drawn(LIST)
        data = made.data()
        assert (
            document_of(
                data[: data.rindex(b"xref")] + b"\n" + data[data.rindex(b"trailer") :], "a.pdf"
            ).text
            == LIST
        )

    @pytest.mark.parametrize("name", ["要点.docx", "要点.txt", "要点.doc", "要点"])
    def test_another_name(self, name: str) -> None:
        said = refusal(drawn(LIST).data(), name)
        assert said.code == "renamed"
        assert ".pdf" in said.message_zh


class TestApart:
    """The process that reads: its limits, and what becomes of its end."""

    def test_too_slow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apart, "SECONDS", 30)
        with pytest.raises(Unreadable) as caught:
            apart.call(["/bin/sh", "-c", "sleep 60"], b"", seconds=1, environment={})
        assert caught.value.code == "too_slow"
        assert "1 秒" in caught.value.message_zh

    def test_too_heavy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apart, "MEMORY", 200 * 1024 * 1024)
        with pytest.raises(Unreadable) as caught:
            apart.read_apart("html", b"<body>" + b"<p>a" * 4_000_000)
        assert caught.value.code == "too_heavy"

    def test_a_crash_is_an_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apart, "call", lambda *_, **__: (-11, b"", b"Segmentation fault"))
        said = refusal(drawn(LIST).data())
        assert said.code == "crash"
        assert said.__notes__ == ["Segmentation fault"]

    def test_processor_time_that_is_over_is_too_slow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apart, "call", lambda *_, **__: (-24, b"", b""))
        assert refusal(drawn(LIST).data()).code == "too_slow"

    def test_the_child_knows_nothing_of_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LUOSHI_SECRET_KEY", "geheim")
        seen: dict[str, str] = {}

        def call(words: list[str], data: bytes, *, seconds: int, environment: dict[str, str]):  # type: ignore[no-untyped-def]  # a stand-in
            seen.update(environment)
            return 0, json.dumps({"text": "x", "notices": []}).encode(), b""

        monkeypatch.setattr(apart, "call", call)
        assert apart.read_apart("pdf", b"") == Document("x")
        assert not [name for name in seen if name.startswith("LUOSHI")]

    def test_pages_beyond_all_use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "MOST_PAGES", 1)
        made = drawn(LIST)
        made.page()
        with pytest.raises(Unreadable) as caught:
            pdf.document(made.data())
        assert caught.value.code == "too_large"
        assert "2 页" in caught.value.message_zh
