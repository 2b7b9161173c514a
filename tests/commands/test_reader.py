"""`luoshi reader`: corrections are kept, exported, learnt from on request, and given up again."""

from pathlib import Path

import pytest
from django.conf import settings

from luoshi.cli import main
from luoshi.directives import actions, labels, reader
from luoshi.directives.models import Directive, Requirement
from luoshi.reading import corpus
from luoshi.reading.learnt import shipped
from tests.cast import AT, Cast
from tests.directives.test_actions import load

TEXT = """云州市水务局{name}工作要点
一、管好供水
各分局要在3月底前列出老旧管网清单，报办公室备案。
全局干部要把心思放在供水上，少讲空话。
河长制办公室每月巡河一次，做好巡河记录。
二、守住底线
供水窗口的老规矩，水表坏了先换后查。
"""


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def corrected(cast: Cast, name: str) -> Directive:
    """A directive in which a clerk dismissed one clause and marked another, confirmed."""
    by = cast.users["office_clerk"]
    directive = load(cast, text=TEXT.format(name=name), again=True)
    empty = directive.text.index("全局干部")
    found = Requirement.objects.filter(directive=directive, start__lte=empty, end__gt=empty).first()
    if found:
        actions.dismiss(found, reason="只是号召", by=by, at=AT)
    start = directive.text.index("供水窗口的老规矩")
    end = directive.text.index("先换后查") + 4
    if not Requirement.objects.filter(directive=directive, start__lt=end, end__gt=start).exists():
        actions.add_requirement(directive, start=start, end=end, by=by, at=AT)
    actions.confirm(directive, by=by, at=AT)
    return directive


def test_what_a_clerk_corrects_is_kept_as_labelled_data(cast: Cast, data: Path) -> None:
    directive = corrected(cast, "一")
    load(cast, text=TEXT.format(name="没有纠正的"))
    (document,) = labels.corrected(directive.organisation_id)
    assert document.text == directive.text
    assert not document.fielded
    marked = {label.text: label.label for label in document.labels}
    assert marked["供水窗口的老规矩，水表坏了先换后查"] == corpus.OBLIGATION
    assert marked["全局干部要把心思放在供水上，少讲空话"] == "plain"
    assert corpus.parse("01-own-x", corpus.marked(document)).labels == document.labels


def test_a_moved_span_counts_as_marked_by_hand(cast: Cast, data: Path) -> None:
    directive = load(cast)
    one = directive.requirements.first()
    assert one is not None
    actions.set_span(one, start=one.start + 1, end=one.end, by=cast.users["office_clerk"], at=AT)
    one.refresh_from_db()
    assert labels.BY_HAND in one.why


def test_status_says_what_is_missing(
    cast: Cast, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = cast.users["office_clerk"].organisation.slug
    assert main(["reader", "status", "--organisation", slug]) == 0
    said = capsys.readouterr().out
    assert "程序自带的模型" in said
    assert "0份" in said
    assert main(["reader", "train", "--organisation", slug]) == 1
    assert "至少要2份" in capsys.readouterr().err
    assert main(["reader", "status", "--organisation", "nobody"]) == 2


def test_learning_shows_before_and_after_and_can_be_taken_back(
    cast: Cast, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = list(corpus.documents())[:6]
    monkeypatch.setattr(corpus, "documents", lambda: iter(few))
    organisation = corrected(cast, "一").organisation
    corrected(cast, "二")
    corrected(cast, "三")
    words = ["--organisation", organisation.slug]
    assert main(["reader", "train", *words]) == 0
    said = capsys.readouterr().out
    assert "现在" in said
    assert "学后" in said
    assert not reader.path_of(organisation.pk).exists()
    assert reader.judge(organisation.pk).model is shipped()

    assert main(["reader", "train", "--use", *words]) == 0
    assert str(reader.path_of(organisation.pk)).startswith(str(data))
    own = reader.judge(organisation.pk).model
    assert own is not None
    assert len(own.taught_by) == len(few) + 3
    after = load(cast, text=TEXT.format(name="四"))
    clauses = [after.text[r.start : r.end] for r in after.requirements.all()]
    assert "供水窗口的老规矩，水表坏了先换后查" in clauses

    assert main(["reader", "reset", *words]) == 0
    assert reader.judge(organisation.pk).model is shipped()


def test_an_unreadable_model_is_left_aside(cast: Cast, data: Path) -> None:
    organisation = cast.users["office_clerk"].organisation
    path = reader.path_of(organisation.pk)
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    assert reader.judge(organisation.pk).model is shipped()


def test_export_writes_what_the_corpus_tools_read(
    cast: Cast, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = corrected(cast, "一").organisation.slug
    folder = tmp_path / "out"
    assert main(["reader", "export", str(folder), "--organisation", slug]) == 0
    (document,) = corpus.documents(folder)
    assert document.genre == "own"
    assert document.obligations
    assert main(["reader", "export", str(folder), "--organisation", slug]) == 1
    assert "不是空文件夹" in capsys.readouterr().err
    assert data == settings.DATA_DIR
