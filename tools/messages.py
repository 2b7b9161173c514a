"""The Chinese catalogue: extracted from the sources, checked, compiled; without GNU gettext.

`python tools/messages.py` takes in what stands in `locale/parts/*.po`, writes `django.po` and
`django.mo`, and lists what is still missing. `--check` writes nothing, lists what is missing or
does not fit, and exits 1. Entries are sorted and carry no line numbers, so that a change shows as
what it is. English needs no catalogue: the sources are English.
"""

import argparse
import io
import re
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
PARTS = ROOT / "locale" / "parts"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
HEAD = (("Content-Type", "text/plain; charset=UTF-8"), ("Plural-Forms", "nplurals=1; plural=0;"))
PLACE = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}|</?\w+")
"""What a translation must keep as it is: places for values, and tags."""

Key = tuple[str, str | None]


def sources() -> Iterator[tuple[Path, bytes]]:
    """Every file that may hold a message, as Python: templates are turned into calls."""
    for path in sorted((ROOT / "luoshi").rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield path, path.read_bytes()
        elif path.suffix == ".html":
            text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # what Django leaves in place of the markup must not read as indentation
            yield path, "\n".join(line.strip() for line in text.splitlines()).encode()


def wanted() -> Catalog:
    """What the sources ask for, untranslated."""
    catalog = Catalog(locale="zh_Hans", charset="utf-8")
    for path, data in sources():
        try:
            found = list(extract("python", io.BytesIO(data), KEYWORDS))
        except SyntaxError as error:
            raise SystemExit(f"{path}: {error}") from error
        for _line, message, _comments, context in found:
            if message:
                catalog.add(message, context=context)
    return catalog


def read(path: Path) -> Catalog:
    """A PO file."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", charset="utf-8")


def messages(catalog: Catalog) -> Iterator[Message]:
    """The entries without the header."""
    return (message for message in catalog if message.id)


def key(message: Message) -> Key:
    """What gettext looks an entry up by: the singular and its context."""
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def forms(message: Message) -> list[str]:
    """The translations that an entry has: one, or none."""
    given = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return [text for text in given if text]


def merged(catalog: Catalog, files: list[Path]) -> Catalog:
    """`catalog` with the translations in `files`; a later file counts more than an earlier one."""
    known = {key(m): m for path in files for m in messages(read(path)) if forms(m)}
    for message in messages(catalog):
        if (found := known.get(key(message))) is not None:
            text = forms(found)[0]
            message.string = text if isinstance(message.id, str) else (text,)
            if found.fuzzy:
                message.flags.add("fuzzy")
    return catalog


def gaps(catalog: Catalog) -> list[str]:
    """Entries without a translation, with an unsure one, or with one whose places differ."""
    found = []
    for message in messages(catalog):
        source, context = key(message)
        where = f"{source!r}" + (f" ({context})" if context else "")
        # Chinese has one form for all numbers, so it says the number, as the English plural does
        full = message.id if isinstance(message.id, str) else message.id[1]
        if not forms(message):
            found.append(f"not translated: {where}")
        elif message.fuzzy:
            found.append(f"fuzzy: {where}")
        elif Counter(PLACE.findall(full)) != Counter(PLACE.findall(forms(message)[0])):
            found.append(f"places differ: {where}")
    return found


def unused(catalog: Catalog, there: Catalog) -> list[str]:
    """Entries of `there` that no source asks for any more."""
    asked = {key(message) for message in messages(catalog)}
    return [f"unused: {key(m)[0]!r}" for m in messages(there) if key(m) not in asked]


def po_bytes(catalog: Catalog) -> bytes:
    """The file as text, the same for the same messages."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, no_location=True, omit_header=True, sort_output=True)
    head = "".join(f'"{name}: {value}\\n"\n' for name, value in HEAD)
    return f'msgid ""\nmsgstr ""\n{head}\n'.encode() + out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled catalogue, of nothing but the messages: no day, no name of a tool.

    The format is GNU gettext's: a head of seven numbers, two tables of (length, offset), the texts.
    Unsure translations stay out.
    """
    texts = {"": "".join(f"{name}: {value}\n" for name, value in HEAD)}
    for m in messages(catalog):
        if forms(m) and not m.fuzzy:
            source = m.id if isinstance(m.id, str) else "\0".join(m.id)
            texts[f"{m.context}\4{source}" if m.context else source] = forms(m)[0]
    pairs = sorted((source.encode(), text.encode()) for source, text in texts.items())
    count, start = len(pairs), 7 * 4 + len(pairs) * 16
    tables, body = b"", b""
    for column in (0, 1):
        for pair in pairs:
            tables += struct.pack("<2I", len(pair[column]), start + len(body))
            body += pair[column] + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + count * 8, 0, start) + tables + body


def check() -> list[str]:
    """Everything that `python tools/messages.py` and a translator have still to do."""
    catalog, there = wanted(), read(PO)
    merged(catalog, [PO])
    problems = [*gaps(catalog), *unused(catalog, there)]
    problems += [f"not taken in: {path.relative_to(ROOT)}" for path in sorted(PARTS.glob("*.po"))]
    if PO.read_bytes() != po_bytes(catalog):
        problems.append("django.po is not what the sources ask for: run tools/messages.py")
    if MO.read_bytes() != mo_bytes(there):
        problems.append("django.mo does not match django.po: run tools/messages.py")
    return problems


def write() -> list[str]:
    """Take in the parts, write both files; returns what is still missing."""
    parts = sorted(PARTS.glob("*.po"))
    catalog = merged(wanted(), [PO, *parts])
    PO.write_bytes(po_bytes(catalog))
    MO.write_bytes(mo_bytes(read(PO)))
    for part in parts:
        part.unlink()
    return gaps(catalog)


def main() -> int:
    """Write or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 on a gap")
    checking = parser.parse_args().check
    problems = check() if checking else write()
    for line in problems:
        print(line, file=sys.stderr)
    return 1 if checking and problems else 0


if __name__ == "__main__":
    sys.exit(main())
