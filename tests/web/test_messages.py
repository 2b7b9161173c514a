"""Every message is there in Chinese, fits its source, and is compiled."""

import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import messages

CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
PAPER = {
    "insight/sheet.html",
    "insight/tasklist.html",
    "directives/slip.html",
    "duties/list_sheet.html",
    "duties/offline_sheets.html",
    "500.html",
}
"""Chinese by nature: what is printed, and the page that has no translation at hand."""
WORDS = {"base.html": {"落实"}, "plain.html": {"落实"}, "directives/page.html": {"文件"}}
"""The seal, and the word on the head of a document shown as paper."""
LANGUAGES = re.compile(r'<button [^>]*name="language"[^>]*>[^<]*</button>')
"""A language is offered under its own name."""


def template_name(path: Path) -> str:
    return path.as_posix().rpartition("/templates/")[2]


def catalogue(*entries: tuple[str, str]) -> Catalog:
    result = Catalog(locale="zh_Hans")
    for source, text in entries:
        result.add(source, text)
    return result


def test_nothing_is_missing() -> None:
    assert messages.check() == []


def test_compiled_file_says_what_the_catalogue_says() -> None:
    compiled = gettext.GNUTranslations(io.BytesIO(messages.MO.read_bytes()))
    for message in messages.messages(messages.read(messages.PO)):
        source, context = messages.key(message)
        found = compiled.pgettext(context, source) if context else compiled.gettext(source)
        if not isinstance(message.id, str):
            found = compiled.ngettext(*message.id, 2)
        assert found == messages.forms(message)[0]


def test_compiling_twice_gives_the_same_bytes() -> None:
    catalog = messages.read(messages.PO)
    assert messages.mo_bytes(catalog) == messages.mo_bytes(messages.read(messages.PO))
    assert messages.po_bytes(catalog) == messages.PO.read_bytes()


@pytest.mark.parametrize(
    ("source", "text", "fits"),
    [
        ("%(count)s files", "%(count)s个文件", True),
        ("%(count)s files", "文件", False),
        ("%(count)s files", "%(n)s个文件", False),
        ("files", "%(count)s个文件", False),
        ("%(a)s of %(b)s", "%(b)s之%(a)s", True),
        ("%(a)s of %(a)s", "%(a)s", False),
        ("<b>%(n)s</b> reports", "<b>%(n)s</b>次", True),
        ("<b>%(n)s</b> reports", "%(n)s次", False),
        ("Save", "", False),
    ],
)
def test_a_gap_is_found(source: str, text: str, fits: bool) -> None:
    assert (messages.gaps(catalogue((source, text))) == []) is fits


def test_an_unsure_translation_is_a_gap() -> None:
    catalog = Catalog(locale="zh_Hans")
    catalog.add("Save", "保存", flags={"fuzzy"})
    assert messages.gaps(catalog) == ["fuzzy: 'Save'"]


def test_what_no_source_asks_for_is_told() -> None:
    assert messages.unused(catalogue(("Save", "")), catalogue(("Save", "保存"), ("Go", "去"))) == [
        "unused: 'Go'"
    ]


def test_pages_hold_no_chinese_of_their_own() -> None:
    for path in sorted((messages.ROOT / "luoshi").rglob("templates/**/*.html")):
        name = template_name(path)
        if name not in PAPER:
            text = LANGUAGES.sub("", path.read_text(encoding="utf-8"))
            assert set(CHINESE.findall(text)) <= WORDS.get(name, set()), name
