"""`luoshi read`: a document's obligations, for a person, as JSON lines, or as a workbook.

Works without a database and without Django. stdout carries data only, UTF-8 whatever the locale;
messages go to stderr. Exit 0 all read, 1 some file refused, 2 usage.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

from luoshi.papers.tasklist import Column, TaskListRow, write
from luoshi.reading import REASONS, Obligation, Reading, Unreadable, read, sentence
from luoshi.reading.explain import MODES, explain, sign_name
from luoshi.reading.files import SUFFIXES, document_at
from luoshi.reading.files.refusals import TAKEN_EN, TAKEN_ZH
from luoshi.reading.learnt import shipped
from luoshi.reading.plain import NOTICES
from luoshi.reading.suggestion import suggestion

MODALITY = {"must": "必须", "prohibit": "禁止", "encourage": "鼓励"}
KIND = {"one_off": "一次性", "recurring": "经常性", "standing": "长期"}
SUGGESTED = {"task": "任务", "context": "背景", "relayed": "转述", "undecided": "待定"}
WIDTH = 30
CELL = 32_767  # a cell's characters, by the file format; more would be dropped without a word


class Usage(Exception):
    """The command was called in a way that means nothing."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file or folder, and how to print it."""
    parser.add_argument("file", type=Path, help=f"a {TAKEN_EN} file, or a folder of them")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one obligation a line")
    how.add_argument("--text", action="store_true", help="the text that offsets count in")
    how.add_argument("--xlsx", type=Path, metavar="OUT", help="a workbook of the obligations")
    how.add_argument("--explain", action="store_true", help="each sentence, and how it was decided")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where a folder's .jsonl files go")
    parser.add_argument("--issued-on", type=date.fromisoformat, help="day of issue, 2026-02-26")


def run(args: argparse.Namespace) -> int:
    """Read; returns the exit code."""
    out = sys.stdout
    if hasattr(out, "reconfigure"):
        out.reconfigure(encoding="utf-8", newline="\n")
    if hasattr(sys.stderr, "reconfigure"):
        sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        if args.file.is_dir():
            return _folder(args)
        if args.out:
            raise Usage("--out DIR 只和文件夹一起用 / --out is for a folder")
        return _one(args, out)
    except Usage as error:
        _say(f"luoshi read: {error}")
        return 2
    except BrokenPipeError:  # the reader of our output has seen enough (luoshi read … | head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        return 0


def _one(args: argparse.Namespace, out: TextIO) -> int:
    if args.xlsx and args.xlsx.suffix.lower() != ".xlsx":
        raise Usage(f"{_shown(args.xlsx)}: 文件名要以 .xlsx 结尾 / the name must end in .xlsx")
    text = _text(args.file)
    if text is None:
        return 1
    if args.text:
        out.write(text)
        return 0
    if args.explain:
        for line in explained(text, args.issued_on):
            out.write(f"{line}\n")
        return 0
    reading = read(text, args.issued_on)
    for code in reading.notices:
        _say(f"{_shown(args.file.name)}: " + " / ".join(NOTICES[code]))
    if args.json:
        for line in json_lines(reading):
            out.write(line)
    elif args.xlsx:
        made = workbook(reading, _shown(args.file.name), args.issued_on)
        return 0 if _write(args.xlsx, made) else 1
    else:
        for line in for_a_person(reading):
            out.write(f"{line}\n")
    return 0


def _folder(args: argparse.Namespace) -> int:
    if not args.json or not args.out:
        raise Usage("文件夹要用 --json --out DIR / a folder needs --json --out DIR")
    inside = sorted(p for p in args.file.iterdir() if p.is_file() and p.name[0] not in ".~")
    files = [p for p in inside if p.suffix.lower() in SUFFIXES]
    if not files:
        raise Usage(f"{_shown(args.file)}: 没有 {TAKEN_ZH} 文件 / no file that can be read")
    stems = [p.stem for p in files]
    twice = next((p for p in files if stems.count(p.stem) > 1), None)
    if twice is not None:
        raise Usage(
            f"{_shown(twice.name)}: 有两个文件同名，只差后缀，请改名 / "
            "two files differ only in their ending, rename one"
        )
    for path in inside:
        if path not in files:
            _say(f"{_shown(path)}: 跳过，不是 {TAKEN_ZH} / skipped, not a kind that is read")
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Usage(
            f"{_shown(args.out)}: 不能用作输出文件夹（{error.strerror}），请换一个 / "
            "cannot be the output folder, choose another"
        ) from error
    refused = 0
    for number, path in enumerate(files, 1):
        text = _text(path)
        lines = "".join(json_lines(read(text, args.issued_on))) if text is not None else ""
        if text is None or not _write(args.out / f"{path.stem}.jsonl", lines.encode()):
            refused += 1
        _progress(number, len(files), _shown(path.name))
    if sys.stderr.isatty():
        _say("")
    return 1 if refused else 0


def _write(target: Path, data: bytes) -> bool:
    """Write a whole file or none; a refusal is said on stderr."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        _say(
            f"{_shown(target)}: 写不进去（{error.strerror}），请关掉打开它的程序或换一个位置 / "
            "cannot be written, close the program that holds it or choose another place"
        )
        return False
    return True


def _shown(path: Path | str) -> str:
    """A name that can be printed; bytes that are no UTF-8 show as \ufffd."""
    return os.fsencode(path).decode("utf-8", "replace")


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def _progress(done: int, total: int, name: str) -> None:
    filled = WIDTH * done // total
    end = "\r" if sys.stderr.isatty() else "\n"
    bar = "█" * filled + "░" * (WIDTH - filled)
    print(f"{bar} {done}/{total} {name}", end=end, file=sys.stderr, flush=True)


def _text(path: Path) -> str | None:
    """The text of a file; a refusal is said on stderr."""
    try:
        document = document_at(path)
    except Unreadable as error:
        _say(f"{_shown(path)}: {error.message_zh}\n{_shown(path)}: {error.message_en}")
    except OSError as error:
        _say(
            f"{_shown(path)}: 打不开（{error.strerror}），请检查路径和权限 / "
            "cannot be opened, check the path and its permissions"
        )
    else:
        for notice in document.notices:
            _say(f"{_shown(path.name)}: {notice.zh} / {notice.en}")
        return document.text
    return None


def json_lines(reading: Reading) -> Iterator[str]:
    """One obligation a line, keys in a fixed order."""
    for obligation in reading.obligations:
        yield json.dumps(obligation.as_json(), ensure_ascii=False) + "\n"


def for_a_person(reading: Reading) -> Iterator[str]:
    """The outline with the obligations under their headings."""
    if reading.title:
        yield reading.title
        yield ""
    path: tuple[str, ...] = ()
    for number, one in enumerate(reading.obligations, 1):
        if one.heading_path != path:
            path = one.heading_path
            yield " › ".join(path)
        yield f"{number:>4}  {one.text}"
        for line in _fields(one):
            yield f"      {line}"
    yield ""
    yield f"共{len(reading.obligations)}条要求"


def _fields(one: Obligation) -> Iterator[str]:
    facts = [
        ("谁", "、".join(one.actors)),
        ("牵头", "、".join(one.lead)),
        ("配合", "、".join(one.support)),
        ("时限", one.deadline or ""),
        ("频次", one.cadence or ""),
        ("检查", one.check or ""),
    ]
    known = "　".join(f"{name}：{value}" for name, value in facts if value)
    suggested = SUGGESTED[suggestion(one)]
    yield f"{MODALITY[one.modality]}·{KIND[one.kind]}·建议{suggested}" + (
        f"　{known}" if known else ""
    )
    why = "；".join(sentence(code) for code in one.why if code in REASONS)
    if why:
        yield f"依据：{why}"


def explained(text: str, issued_on: date | None) -> Iterator[str]:
    """The stages for each sentence: its part, the rule, the model's signs, what came of it."""
    path: tuple[str, ...] | None = None
    for one in explain(text, issued_on, shipped()):
        if one.path != path:
            path = one.path
            yield " › ".join(path) or "（无标题）"
        number = "" if one.part is None else f"（分号第{one.part + 1}项）"
        yield f"  {'●' if one.obligation else '○'} {one.text}{number}"
        rule = "要求" if one.rule_directs else "不是要求"
        yield f"      位置：{MODES[one.mode][0]}　规则：{rule}，{sentence(one.rule)}"
        if one.signs:
            shown = "　".join(f"{sign_name(name)} {weight:+d}" for name, weight in one.signs)
            yield f"      模型：合计 {one.margin:+d}　{shown}"
        if one.obligation:
            sure = one.obligation.confidence
            told = f"　把握：{sure}%" if sure is not None else ""
            start = one.obligation.start - one.start
            cut = f"　从第{start + 1}字起" if start else ""
            yield f"      结果：要求{told}{cut}"
            for line in _fields(one.obligation):
                yield f"      {line}"
        elif one.directs:
            yield "      结果：并入整句"
        else:
            yield "      结果：不是要求"


def workbook(reading: Reading, name: str, issued_on: date | None) -> bytes:
    """A workbook: one row an obligation in the columns of the task list, and 建议分类."""
    kinds: dict[str, str] = {}
    rows = []
    for number, one in enumerate(reading.obligations, 1):
        kinds[str(number)] = SUGGESTED[suggestion(one)]
        rows.append(
            TaskListRow(
                number=str(number),
                section=one.heading_path[0] if one.heading_path else "",
                title=(one.check or one.text)[:40],
                measure=one.text if len(one.text) <= CELL else f"{one.text[: CELL - 1]}…",
                lead="、".join(one.lead or one.actors),
                support="、".join(one.support),
                deadline=one.deadline or one.cadence or "",
                source=f"{one.start}–{one.end}",
            )
        )
    out = io.BytesIO()
    write(
        out,
        rows,
        title=f"{reading.title or name}任务分解台账",
        source=name,
        made_by="luoshi read",
        as_of=issued_on,
        extra_columns=(Column("建议分类", lambda row: kinds[row.number], 9, centred=True),),
    )
    return out.getvalue()
