"""The annotated corpus, the scorer, the linear model, its confidence, and training."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.reading import corpus, linear, read, training
from luoshi.reading.confidence import doubtful, percent, table
from luoshi.reading.explain import explain, sign_name
from luoshi.reading.judgement import Judge
from luoshi.reading.learnt import DIRECTS, SHIPPED, Model, load, shipped, write
from luoshi.reading.scoring import pairs, score

MARKED = (
    "某局会议讲话\n\n⟦courtesy｜同志们⟧：\n⟦report｜去年我们修好了三条路⟧，"
    "⟦do one_off; actors=各科室; deadline=6月底前｜各科室要在6月底前列出清单⟧。\n"
    "一要⟦heading｜守住底线⟧。⟦do standing prohibit; actors=任何人｜任何人不得瞒报⟧；"
    "⟦maybe｜瞒报的，依规处理⟧。\n"
    "⟦do recurring; cadence=每月; lead=办公室; support=人事科+财务科｜每月开一次碰头会⟧。"
    "（牵头：办公室；配合：人事科、财务科）\n"
)


# A corpus that may lie beside the checkout, with marks beside the texts.
BESIDE = Path(__file__).parents[3] / "shared" / "corpus"


@dataclass(frozen=True)
class Span:
    start: int
    end: int


class TestCorpus:
    def test_marks_come_out_and_offsets_are_those_of_the_text(self) -> None:
        document = corpus.parse("01-speech-some", MARKED)
        assert "⟦" not in document.text
        assert document.genre == "speech"
        for label in document.labels:
            assert document.text[label.start : label.end] == label.text
        first, second, third = document.obligations
        assert (first.kind, first.deadline, first.actors) == ("one_off", "6月底前", ("各科室",))
        assert second.modality == "prohibit"
        assert (third.lead, third.support) == (("办公室",), ("人事科", "财务科"))
        assert [x.text for x in document.borderline] == ["瞒报的，依规处理"]

    @pytest.mark.parametrize(
        ("marked", "said"),
        [
            ("⟦do｜要做好⟧", "needs its kind"),
            ("⟦do recurring｜要做好⟧", "cadence"),
            ("⟦do standing; actors=甲局｜要做好⟧", "does not stand"),
            ("⟦what｜要做好⟧", "unknown label"),
            ("⟦do standing｜要做好。⟧", "punctuation"),
            ("⟦do standing｜要做好", "not closed"),
            ("⟦do standing｜要\n做好⟧", "end of its line"),
            ("⟦plain; actors=甲｜甲⟧", "only do and maybe"),
            ("要做好⟧", "without ⟦"),
        ],
    )
    def test_what_does_not_fit_is_said_with_its_line(self, marked: str, said: str) -> None:
        with pytest.raises(corpus.CorpusError, match=said) as caught:
            corpus.parse("01-speech-some", marked)
        assert str(caught.value).startswith("01-speech-some")

    def test_the_project_s_documents_fit(self) -> None:
        documents = list(corpus.documents())
        assert documents
        assert len({document.name for document in documents}) == len(documents)


class TestScoring:
    def test_pairs_are_one_to_one_and_the_best_first(self) -> None:
        gold = [Span(0, 10), Span(10, 20)]
        assert pairs(gold, [Span(0, 9), Span(1, 10), Span(10, 20)]) == [(0, 0), (1, 2)]
        assert pairs(gold, [Span(0, 20)]) == []

    def test_borderline_spans_count_neither_way(self) -> None:
        document = corpus.parse("01-speech-some", MARKED)
        both = [*document.obligations, *document.borderline]
        got = score(document.obligations, document.borderline, both)
        assert (got.spans.precision, got.spans.recall, got.spans.f1) == (1, 1, 1)
        assert all(count.f1 == 1 for name, count in got.fields.items() if count.gold)
        missed = score(document.obligations, document.borderline, document.obligations[:1])
        assert missed.spans.recall == pytest.approx(1 / 3)


class TestModel:
    def test_it_learns_what_tells_two_sides_apart(self) -> None:
        samples: list[linear.Sample] = []
        for number in range(40):
            samples += [
                (["=", "要", f"n {number % 3}"], True),
                (["=", "了", f"n {number % 3}"], False),
            ]
        groups = [samples[:40], samples[40:]]
        weights = linear.train(groups)
        assert linear.total(weights, ["=", "要"]) > 0 > linear.total(weights, ["=", "了"])
        assert weights == linear.train(groups)
        assert all(isinstance(weight, int) for weight in weights.values())

    def test_what_one_document_alone_has_is_not_learnt(self) -> None:
        first: list[linear.Sample] = [(["=", "once", "twice"], True), (["="], False)]
        second: list[linear.Sample] = [(["=", "twice"], True), (["="], False)]
        weights = linear.train([first, second])
        assert "once" not in weights
        assert weights["twice"] > 0

    def test_a_document_learnt_by_heart_is_answered_right(self) -> None:
        samples: list[linear.Sample] = [([f"f{n}", f"g{n % 5}"], n % 3 == 0) for n in range(30)]
        weights = linear.train([samples], fewest=1, cost=10)
        assert [linear.total(weights, f) > 0 for f, _ in samples] == [y for _, y in samples]

    @given(st.lists(st.tuples(st.integers(-999, 999), st.booleans()), max_size=200))
    def test_confidence_rises_with_the_margin_and_is_never_certain(
        self, answers: list[tuple[int, bool]]
    ) -> None:
        steps = table(answers)
        told = [percent(steps, margin) for margin in range(-1000, 1001, 50)]
        assert told == sorted(told)
        assert all(0 <= value < 100 for value in told)

    def test_only_a_model_doubts(self) -> None:
        assert not doubtful(None)
        assert doubtful(60)
        assert not doubtful(90)


class TestTraining:
    def test_a_model_changes_what_the_rules_say(self) -> None:
        plain = "某局通知\n一、要求\n全局的路灯都亮着。各科室要在6月底前列出清单。\n"
        assert not read(plain, judge=Judge(Model({DIRECTS: {"=": -1}}))).obligations
        found = read(plain, judge=Judge(Model({DIRECTS: {"=": 1}}, [[0, 60]]))).obligations
        assert [one.confidence for one in found] == [60, 60]
        assert found[0].why[0] == "learnt"

    def test_held_back_documents_are_measured_with_what_the_others_teach(self) -> None:
        documents = list(corpus.documents())[:4]
        for document, model in training.held_back(documents):
            got = training.measure(document, model)
            assert got.spans.gold == len(document.obligations)
            assert got.spans.right > 0

    def test_the_same_corpus_gives_the_same_model(self, tmp_path: Path) -> None:
        documents = list(corpus.documents())[:4]
        model = training.learn(documents, folds=2)
        assert model == training.learn(documents, folds=2)
        for name in ("one", "two"):
            write(model, tmp_path / name)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
        assert load(tmp_path / "one").weights == model.weights

    def test_the_shipped_weights_are_what_the_documents_give(self, tmp_path: Path) -> None:
        own, kept = list(corpus.documents()), shipped()
        assert kept is not None
        assert SHIPPED.stat().st_size < 1_000_000
        told = {name: kept.taught_by.get(name) for name in corpus.digests(own)}
        assert told == corpus.digests(own), "run python tools/reader.py"
        # The published papers that taught them too are not the project's; where they lie beside
        # the checkout, as in CI, the bytes are compared as well.
        lent = list(corpus.beside(BESIDE)) if BESIDE.is_dir() else []
        if kept.taught_by == corpus.digests([*own, *lent]):
            write(training.learn([*own, *lent]), tmp_path / "made")
            assert (tmp_path / "made").read_bytes() == SHIPPED.read_bytes()
        else:
            assert not lent, "run python tools/reader.py with the corpus that lies beside"


def test_each_sentence_is_explained() -> None:
    text = "某局通知\n一、要求\n各科室要在6月底前列出清单。去年修了三条路。\n"
    told = list(explain(text, None, Model({DIRECTS: {"=": 5, "r past": -50}})))
    assert [one.text for one in told if one.part is None][-1] == "去年修了三条路"
    assert told[0].obligation is not None
    last = told[-1]
    assert (last.rule, last.directs, last.obligation) == ("past", False, None)
    assert ("r past", -50) in last.signs
    assert sign_name("r past") == "规则“讲的是已经做了的事”"
