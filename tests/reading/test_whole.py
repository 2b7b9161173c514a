"""The reader as a whole: any text is taken, spans are exact, same text, same answer."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.reading import Unreadable, read
from luoshi.reading.files import LARGEST, read_file, text_of

DATA = Path(__file__).resolve().parents[1] / "data"
PIECES = st.sampled_from(
    [
        "一、压实责任", "（一）明确分工", "1.", "第一条", "各分局要", "办公室", "每月", "3月底前",
        "列出清单", "，", "。", "；", "：", "\n", "“", "”", "（", "）", "严禁", "定期",
        "牵头单位：",
        "同志们", "要", "\t", "　", "a", "🙂", "\u202e", "2026年", "由", "会同", "的",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_any_text_is_taken_and_spans_are_exact(text: str) -> None:
    reading = read(text, date(2026, 1, 1))
    last = 0
    for one in reading.obligations:
        assert 0 <= last <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        last = one.end
        for words in (*one.actors, *one.lead, *one.support, *one.heading_path):
            assert words
        assert one.why
        row = one.as_json()
        assert len(row) == 13
        assert (row["kind"] == "recurring") == (row["cadence"] is not None)
    for heading in reading.outline:
        assert text[heading.start : heading.end] == heading.text
    assert read(text, date(2026, 1, 1)) == reading


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400), ending=st.sampled_from([".txt", ".md", ".docx", ".pdf", ""]))
def test_any_bytes_are_read_or_refused(data: bytes, ending: str) -> None:
    try:
        text_of(data, f"文件{ending}")
    except Unreadable as error:
        refusal = error
    else:
        return
    assert refusal.message_zh
    assert refusal.message_en


@pytest.mark.parametrize("name", ["plain_speech", "plan", "notice", "rules"])
def test_whole_documents(name: str) -> None:
    reading = read(read_file(DATA / f"{name}.txt"), date(2026, 3, 1))
    assert reading.title
    assert len(reading.obligations) >= 8
    assert len(reading.outline) >= 3


def package(**parts: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def test_a_word_document_gives_its_paragraphs_and_tables() -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("一、压实责任")
    document.add_paragraph("各科室要在3月底前列出清单。")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "甲", "乙"
    out = io.BytesIO()
    document.save(out)
    text = text_of(out.getvalue(), "通知.docx")
    assert "各科室要在3月底前列出清单。\n" in text
    assert "甲\t乙" in text


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b"x" * (LARGEST + 1), "a.txt", "too_large"),
        (b"x", "a.exe", "type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "a.docx", "encrypted"),
        (package(word__document_dot_xml="<a/>", word__vbaProject_dot_bin="x"), "a.docx", "macros"),
        (package(word__document_dot_xml=b"0" * 30_000_000), "a.docx", "zip_bomb"),
        (
            package(word__document_dot_xml='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
            "a.docx",
            "zip_bomb",
        ),
        (package(other="x"), "a.docx", "damaged"),
        (b"PK\x03\x04 broken", "a.docx", "damaged"),
    ],
)
def test_hostile_files_are_refused_before_they_cost_anything(
    data: bytes, name: str, code: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        text_of(data, name)
    assert refusal.value.code == code
