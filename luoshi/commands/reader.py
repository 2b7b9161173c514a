"""`luoshi reader`: what the clerks of an organisation corrected, and learning from it, on the spot.

Nothing leaves the machine, and nothing changes by itself: `train` shows what a model taught by the
corrections too would do on documents held back from it, `--use` puts it in force, `reset` takes it
back. Exit 0 done, 1 refused, 2 usage.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from luoshi.base.models import Organisation
    from luoshi.reading.corpus import Document
    from luoshi.reading.learnt import Model

_FEWEST = 2
_HELD_BACK = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and for which organisation."""
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, purpose in (
        ("status", "which model reads, and how many corrected documents there are"),
        ("export", "write the corrected documents with their marks into a folder"),
        ("train", "learn from the corrections; shows before and after on held-back documents"),
        ("reset", "read with the model that is shipped again"),
    ):
        one = what.add_parser(name, help=purpose, description=purpose)
        one.add_argument("--organisation", metavar="SLUG", help="needed where there are several")
        if name == "export":
            one.add_argument("folder", type=Path, help="a folder that is new or empty")
        if name == "train":
            one.add_argument("--use", action="store_true", help="put the model in force")


def run(args: argparse.Namespace) -> int:
    """Do it; returns the exit code."""
    import django
    from django.db import DatabaseError

    django.setup()
    try:
        organisation = _organisation(args.organisation)
        if organisation is None:
            return 2
        if args.what == "status":
            return _status(organisation)
        if args.what == "export":
            return _export(organisation, args.folder)
        if args.what == "train":
            return _train(organisation, use=args.use)
        return _reset(organisation)
    except DatabaseError as error:
        _say(f"无法读取：{error}。请检查 LUOSHI_DATABASE 和 LUOSHI_DATA。")
        return 1


def _organisation(slug: str | None) -> "Organisation | None":
    from luoshi.base.models import Organisation

    found = list(Organisation.objects.exclude(slug="instance").order_by("slug"))
    if slug:
        found = [one for one in found if one.slug == slug]
    if len(found) == 1:
        return found[0]
    if found:
        slugs = "、".join(one.slug for one in found)
        _say(f"有几个单位，请用 --organisation 指定一个：{slugs}")
    else:
        _say("没有这个单位 / no such organisation" if slug else "还没有单位 / no organisation yet")
    return None


def _status(organisation: "Organisation") -> int:
    from luoshi.directives import labels, reader
    from luoshi.reading.learnt import shipped

    own, kept = reader.own_model(organisation.pk), shipped()
    if own:
        print(f"在用：本单位自己学得的模型，由{len(own.taught_by)}份文件教成")
    elif kept:
        print(f"在用：程序自带的模型，由{len(kept.taught_by)}份文件教成")
    else:
        print("在用：只用规则")
    documents = list(labels.corrected(organisation.pk))
    marked = sum(len(document.obligations) for document in documents)
    print(f"本单位纠正过的文件：{len(documents)}份，人认定的要求{marked}条")
    if len(documents) < _FEWEST:
        print(f"至少要{_FEWEST}份纠正过并确认了的文件才能学（luoshi reader train）")
    return 0


def _export(organisation: "Organisation", folder: Path) -> int:
    from luoshi.directives import labels
    from luoshi.reading.corpus import CorpusError, marked

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        _say(f"{folder}：不是空文件夹。请另给一个 / not an empty folder")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for number, document in enumerate(labels.corrected(organisation.pk), 1):
        try:
            words = marked(document)
        except CorpusError as error:
            _say(f"跳过一份：{error}")
            continue
        path = folder / f"{number:02d}-own-{document.name[:8]}.txt"
        path.write_text(words, encoding="utf-8")
        count += 1
    print(f"写出{count}份，格式见 luoshi/reading/corpus/GUIDE.md")
    return 0


def _train(organisation: "Organisation", *, use: bool) -> int:
    from luoshi.directives import labels, reader
    from luoshi.reading import corpus, training
    from luoshi.reading.learnt import shipped, write

    documents = list(labels.corrected(organisation.pk))
    if len(documents) < _FEWEST:
        _say(
            f"本单位纠正过并确认了的文件有{len(documents)}份，至少要{_FEWEST}份才能学，"
            "才能留出一份来比较。请先在导入的文件上纠正并确认几份。"
        )
        return 1
    held = documents[::_HELD_BACK]
    kept = [document for n, document in enumerate(documents) if n % _HELD_BACK]
    own = list(corpus.documents())
    before = reader.own_model(organisation.pk) or shipped()
    after = training.weigh([training.samples(document) for document in [*own, *kept]])
    print(f"用{len(own)}份自带文件和本单位{len(kept)}份文件学，留出{len(held)}份比较：")
    print(f"  现在  {_told(held, before)}")
    print(f"  学后  {_told(held, after)}")
    if not use:
        print("没有启用。确认有改进后再运行 luoshi reader train --use")
        return 0
    model = training.learn([*own, *documents])
    path = reader.path_of(organisation.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(model, path)
    print("已启用：今后导入的文件用它读。要改回来：luoshi reader reset")
    return 0


def _told(documents: "Sequence[Document]", model: "Model | None") -> str:
    from luoshi.reading import training
    from luoshi.reading.scoring import Score

    total = Score()
    for document in documents:
        total.take(training.measure(document, model))
    spans = total.spans
    return f"准 {spans.precision:.3f}  全 {spans.recall:.3f}  F1 {spans.f1:.3f}"


def _reset(organisation: "Organisation") -> int:
    from luoshi.directives import reader

    path = reader.path_of(organisation.pk)
    if path.exists():
        path.unlink()
        print("已改回程序自带的模型")
    else:
        print("本来就在用程序自带的模型")
    return 0


def _say(message: str) -> None:
    print(f"luoshi reader: {message}", file=sys.stderr)
