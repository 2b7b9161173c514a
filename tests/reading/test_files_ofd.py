"""OFD (GB/T 33190) to text, and what is refused of it."""

import pytest

from bench.sheets import wrapped
from luoshi.reading import Unreadable, read
from luoshi.reading.files import document_of
from tests.reading.ofd import Ofd, packed
from tests.reading.plan import LIST, LONG, draw

CONTENT = "Doc_0/Pages/Page_0/Content.xml"


def text(made: Ofd) -> str:
    return document_of(made.data(), "要点.ofd").text


def small() -> Ofd:
    made = Ofd()
    made.page()
    for number, line in enumerate(wrapped(LIST, 442, 16, 32)):
        made.text(79 if number else 111, 150 + 28 * number, line)
    return made


def refusal(parts: dict[str, str], name: str = "要点.ofd") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        document_of(packed(parts), name)
    return caught.value


class TestText:
    @pytest.mark.parametrize("ruled", [True, False])
    def test_a_plan_over_several_pages_is_what_was_written(self, ruled: bool) -> None:
        made = Ofd()
        assert draw(made, ruled) == text(made)

    def test_columns_of_who_and_when_give_obligations_with_their_fields(self) -> None:
        made = Ofd()
        draw(made)
        rows = [o for o in read(text(made)).obligations if "actor_line" in o.why]
        assert [(o.text, o.actors, o.deadline) for o in rows] == [
            (LONG, ("办公室", "工程科"), "3月底前"),
            ("修订公务接待管理办法", ("财务科",), "4月底前"),
            ("组织一次防汛应急演练", ("各分局",), "5月20日前"),
        ]

    def test_templates_are_left_out_where_pages_speak(self) -> None:
        made = small()
        made.template = [Ofd()._object(79, 60, "云州市水务局文件专用纸", 9)]
        assert "专用纸" not in text(made)

    def test_templates_are_read_where_pages_are_silent(self) -> None:
        made = Ofd()
        made.page()
        made.template = [Ofd()._object(79, 300, "办公室要报送责任清单。", 16)]
        assert text(made) == "办公室要报送责任清单。"

    def test_pages_come_in_the_order_of_the_document(self) -> None:
        made = Ofd()
        for words in ("一、压实责任", "二、抓好学习", "三、强化监督"):
            made.page()
            made.text(111, 150, words)
        parts = made.parts()
        parts = dict(sorted(parts.items(), reverse=True))
        assert document_of(packed(parts), "a.ofd").text.split("\n") == [
            "一、压实责任",
            "二、抓好学习",
            "三、强化监督",
        ]

    def test_an_older_namespace_and_a_place_from_the_root(self) -> None:
        parts = {
            name: content.replace("http://www.ofdspec.org/2016", "http://www.ofdspec.org")
            for name, content in small().parts().items()
        }
        parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
            'BaseLoc="Pages/', 'BaseLoc="/Doc_0/Pages/'
        )
        assert document_of(packed(parts), "a.ofd").text == LIST

    def test_a_matrix_moves_and_a_watermark_aslant_goes(self) -> None:
        parts = small().parts()
        parts[CONTENT] = parts[CONTENT].replace(
            "</ofd:Layer>",
            '<ofd:TextObject ID="8" Boundary="20 100 100 100" CTM="0.7 0.7 -0.7 0.7 0 0" Size="20">'
            '<ofd:TextCode X="0" Y="20" DeltaX="g 3 20">内部资料</ofd:TextCode></ofd:TextObject>'
            '<ofd:TextObject ID="9" Boundary="39.2 150 100 10" CTM="1 0 0 1 0 0" Size="5.6">'
            '<ofd:TextCode X="0" Y="5" DeltaX="g 4 5.6">附件：清单</ofd:TextCode></ofd:TextObject>'
            "</ofd:Layer>",
        )
        assert document_of(packed(parts), "a.ofd").text == f"{LIST}\n附件：清单"


class TestRefused:
    def test_pictures_only(self) -> None:
        made = Ofd()
        for _ in range(2):
            made.page()
            made.picture(0, 0, 595, 842)
        said = refusal(made.parts())
        assert said.code == "scan"
        assert "全部 2 页" in said.message_zh

    def test_pages_that_are_pictures_are_named(self) -> None:
        made = small()
        made.page()
        made.picture(0, 0, 595, 842)
        got = document_of(made.data(), "a.ofd")
        assert got.text == LIST
        assert "第 2 页" in got.notices[0].zh

    def test_entities(self) -> None:
        parts = small().parts()
        parts[CONTENT] = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
        assert refusal(parts).code == "zip_bomb"

    def test_a_bomb(self) -> None:
        parts = small().parts()
        parts["Doc_0/Res/big.bin"] = "0" * 40_000_000
        said = refusal(parts)
        assert said.code == "zip_bomb"
        assert "不相称" in said.message_zh

    def test_more_parts_than_any_document_has(self) -> None:
        parts = small().parts()
        parts.update({f"Doc_0/Res/{n}.xml": "<a/>" for n in range(6_000)})
        assert refusal(parts).code == "zip_bomb"

    def test_endless_depth(self) -> None:
        parts = small().parts()
        parts[CONTENT] = "<a>" * 5_000 + "</a>" * 5_000
        said = refusal(parts)
        assert said.code == "damaged"
        assert "嵌套太深" in said.message_zh

    @pytest.mark.parametrize(
        "place", ["../../etc/passwd", "/etc/passwd", "Pages/Page_9/Content.xml", "", "C:\\x"]
    )
    def test_places_outside_of_the_package(self, place: str) -> None:
        parts = small().parts()
        parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
            "Pages/Page_0/Content.xml", place
        )
        said = refusal(parts)
        assert said.code == "damaged"
        assert "缺少" in said.message_zh

    def test_encrypted(self) -> None:
        parts = small().parts()
        parts["Encryptions.xml"] = "<a/>"
        assert refusal(parts).code == "encrypted"

    @pytest.mark.parametrize("missing", ["Doc_0/Document.xml", CONTENT])
    def test_a_part_is_missing(self, missing: str) -> None:
        parts = small().parts()
        del parts[missing]
        assert missing in refusal(parts).message_zh

    def test_broken_xml_says_where(self) -> None:
        parts = small().parts()
        parts[CONTENT] = "<a>\n<b>\n</a>"
        assert "第 3 行" in refusal(parts).message_zh

    def test_figures_that_are_none(self) -> None:
        parts = small().parts()
        parts[CONTENT] = parts[CONTENT].replace('Boundary="', 'Boundary="nan 1e999 x ')
        assert "责任清单" in document_of(packed(parts), "a.ofd").text

    @pytest.mark.parametrize("name", ["要点.docx", "要点.pdf", "要点.txt"])
    def test_another_name(self, name: str) -> None:
        said = refusal(small().parts(), name)
        assert said.code == "renamed"
        assert ".ofd" in said.message_zh
