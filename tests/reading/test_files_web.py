"""HTML to text: what a reader of the page sees, a line for each block."""

import pytest

from luoshi.reading import Unreadable, read
from luoshi.reading.files import document_of

PAGE = """<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>不读的题目</title>
<style>.a {{ color: red }}</style><script>document.write("要报送假清单")</script></head>
<body onload="alert(1)">
<nav>首页 要闻 要转载</nav>
<h1>云州市水务局2026年工作要点</h1>
<p>各科室、<b>各直属
单位</b>：</p>
<p>　　办公室要在3月底前列出责任&#28165;单，&nbsp;报局党组审定。<!-- 要删掉 --></p>
<p style="display: none">各科室要隐藏</p><p hidden>也不读</p><p aria-hidden="true">也不读</p>
<div>一、压实责任<br>各支部要认领任务。</div>
<noscript>请打开脚本</noscript><template><p>模板</p></template>
<ul><li>第一项</li><li>第二项</li></ul>
</body></html>"""
LINES = [
    "云州市水务局2026年工作要点",
    "各科室、各直属单位：",
    "办公室要在3月底前列出责任清单， 报局党组审定。",
    "一、压实责任",
    "各支部要认领任务。",
    "第一项",
    "第二项",
]


def text(source: str | bytes, name: str = "要点.html") -> str:
    data = source.encode() if isinstance(source, str) else source
    return document_of(data, name).text


def lines(source: str | bytes) -> list[str]:
    return [line.strip("　 ") for line in text(source).split("\n")]


class TestText:
    @pytest.mark.parametrize(
        ("declared", "encoding"),
        [
            ("utf-8", "utf-8"),
            ("utf-8", "utf-8-sig"),
            ("gb2312", "gb18030"),
            ("GBK", "gb18030"),
            ("gb18030", "gb18030"),
            ("gb2312", "utf-8-sig"),
            ("utf-8", "gb18030"),
            ("utf-16", "utf-16"),
            ("x-user-defined", "gb18030"),
            ("base64", "utf-8"),
        ],
    )
    def test_a_page_in_any_encoding(self, declared: str, encoding: str) -> None:
        assert lines(PAGE.format(charset=declared).encode(encoding)) == LINES

    def test_without_a_declaration(self) -> None:
        bare = PAGE.format(charset="").replace('<meta charset="">', "")
        assert lines(bare.encode("gb18030")) == LINES

    def test_a_declaration_that_the_bytes_contradict(self) -> None:
        assert lines(PAGE.format(charset="gb2312").encode("utf-8"))[-1] == "第二项"

    def test_a_page_without_any_frame(self) -> None:
        assert (
            text("<p>各科室要报送清单。<p>各支部要认领。") == "各科室要报送清单。\n各支部要认领。"
        )

    def test_text_within_a_frame_of_tables(self) -> None:
        got = text(
            "<table><tr><td><h1>工作要点</h1><p>一、压实责任</p><table><tr><td>甲</td><td>乙</td>"
            "</tr></table></td></tr></table>"
        )
        assert got == "工作要点\n一、压实责任\n甲\t乙"

    def test_set_text_keeps_its_lines(self) -> None:
        assert text("<pre>一、压实责任\n各支部要认领。</pre>") == "一、压实责任\n各支部要认领。"

    def test_entities(self) -> None:
        got = text("<p>A&amp;B &lt;要&gt; &ldquo;两个确立&rdquo; &#x4E00;、&copy;&unknown;</p>")
        assert got == "A&B <要> “两个确立” 一、©&unknown;"

    def test_running_heads_of_word_are_dropped(self) -> None:
        got = text(
            '<div style="mso-element:header">云州市水务局</div><div title="footer">— 1 —</div>'
            '<p>正文<span style="mso-hide: all">看不见</span></p>'
        )
        assert got == "正文"

    def test_word_says_html_is_a_doc(self) -> None:
        assert text(PAGE.format(charset="utf-8"), "要点.doc").startswith("云州市水务局2026年")


class TestTables:
    TABLE = (
        "<table border=1><caption>任务分解表</caption>"
        "<tr><th>序号</th><th>重点任务</th><th>责任单位</th><th>完成时限</th></tr>"
        "<tr><td colspan=4>一、压实责任</td></tr>"
        "<tr><td>1</td><td>列出老旧管网<br>清单</td><td rowspan=2>办公室<p>工程科</p></td>"
        "<td>3月底前</td></tr>"
        "<tr><td>2</td><td>报送巡查台账</td><td>4月底前</td></tr>"
        "<tr style='display:none'><td>9</td><td>假的任务</td><td>没有</td><td>没有</td></tr>"
        "</table>"
    )

    def test_cells_over_rows_and_columns_keep_their_places(self) -> None:
        assert text(self.TABLE).split("\n") == [
            "任务分解表",
            "序号\t重点任务\t责任单位\t完成时限",
            "一、压实责任\t\t\t",
            "1\t列出老旧管网 清单\t办公室 工程科\t3月底前",
            "2\t报送巡查台账\t办公室 工程科\t4月底前",
        ]

    def test_rows_are_obligations_with_their_fields(self) -> None:
        got = read(text(f"<h1>工作计划</h1>{self.TABLE}")).obligations
        assert [(o.text, o.actors, o.deadline) for o in got] == [
            ("列出老旧管网 清单", ("办公室", "工程科"), "3月底前"),
            ("报送巡查台账", ("办公室", "工程科"), "4月底前"),
        ]
        assert got[0].heading_path == ("一、压实责任",)

    def test_spans_beyond_all_use(self) -> None:
        got = text(
            "<table><tr><td colspan=999999999>甲</td></tr><tr><td rowspan=999999999>乙</td>"
            "<td colspan=x>丙</td></tr><tr><td>丁</td></tr></table>"
        )
        assert got.split("\n")[1:] == ["乙\t丙", "乙\t丁"]
        assert got.count("\t") <= 101


class TestRefused:
    @pytest.mark.parametrize(
        "source", ["<html></html>", "<script>要报送</script>", "<!-- -->", "<p hidden>要报送</p>"]
    )
    def test_nothing_to_read(self, source: str) -> None:
        with pytest.raises(Unreadable) as caught:
            text(source)
        assert caught.value.code == "empty"

    @pytest.mark.parametrize(
        "source",
        [
            "<div>" * 100_000 + "要报送清单。",
            "<table><tr><td>" * 20_000 + "要报送清单。",
            "<!--" * 200_000,
            "<a " * 200_000,
            "&" * 400_000,
            "<p>要报送清单。" * 100_000,
        ],
    )
    def test_what_would_hang_or_fill_a_reader(self, source: str) -> None:
        got, code = "", "read"
        try:
            got = text(source)
        except Unreadable as error:
            code = error.code
        assert code in ("read", "empty", "damaged", "too_heavy")
        assert bool(got) == (code == "read")

    def test_nothing_is_fetched(self) -> None:
        got = text(
            '<!DOCTYPE html SYSTEM "http://203.0.113.1/a.dtd"><link rel=stylesheet '
            'href="http://203.0.113.1/"><iframe src="file:///etc/passwd"></iframe><p>要报送。</p>'
        )
        assert got == "要报送。"

    def test_binary(self) -> None:
        with pytest.raises(Unreadable) as caught:
            text(b"<p>\x00\x01\x02\x03" + bytes(range(256)) * 8)
        assert caught.value.code in ("binary", "encoding")
