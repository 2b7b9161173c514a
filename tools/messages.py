"""The Chinese catalogue: extracted from the sources, checked, compiled; without GNU gettext.

`python tools/messages.py` writes `django.po` and `django.mo`; `--check` writes nothing, lists what
is missing or does not fit and exits 1. Entries are sorted and carry no line numbers, so that a
change shows as what it is. English needs no catalogue: the sources are English.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

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
PLACE = re.compile(r"%\((\w+)\)s")


def sources() -> Iterator[tuple[Path, bytes]]:
    """Every file that may hold a message, templates turned into calls."""
    from django.utils.translation.template import templatize

    for path in sorted((ROOT / "luoshi").rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield path, path.read_bytes()
        elif path.suffix == ".html":
            text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield path, "\n".join(line.strip() for line in text.splitlines()).encode()


def wanted() -> Catalog:
    """What the sources ask for."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    catalog = Catalog(locale="zh_Hans", charset="utf-8")
    for path, data in sources():
        try:
            found = list(extract("python", io.BytesIO(data), KEYWORDS))
        except (SyntaxError, IndentationError) as error:
            raise SystemExit(f"{path}: {error}") from error
        for _line, message, _comments, context in found:
            if message and message != "":
                catalog.add(message, context=context)
    return catalog


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", charset="utf-8")


def merged(catalog: Catalog) -> Catalog:
    """`catalog` with the translations that are there, in the file and in the parts."""
    known: dict[tuple[str, str | None], Any] = {}
    files = ([PO] if PO.exists() else []) + sorted(PARTS.glob("*.po"))
    for path in files:
        for message in _read(path):
            if message.id and message.string and any(message.string):
                known[_key(message)] = message.string
    for message in catalog:
        if message.id and (found := known.get(_key(message))) is not None:
            if isinstance(message.id, str):
                message.string = found if isinstance(found, str) else found[0]
            else:
                message.string = (found,) if isinstance(found, str) else found
    return catalog


def _key(message: Message) -> tuple[str, str | None]:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def gaps(catalog: Catalog) -> list[str]:
    """Messages without a translation, and translations whose places do not fit."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        source, context = _key(message)
        given = message.string or ""
        strings = [given] if isinstance(given, str) else list(given)
        where = f"{source!r}" + (f" ({context})" if context else "")
        if not strings or not all(strings):
            found.append(f"not translated: {where}")
            continue
        plural = source if isinstance(message.id, str) else "".join(message.id)
        for text in strings:
            extra = set(PLACE.findall(text)) - set(PLACE.findall(plural))
            lost = set(PLACE.findall(source)) - set(PLACE.findall(text))
            if extra or (lost and isinstance(message.id, str)):
                found.append(f"places differ {sorted(extra | lost)}: {where}")
    return found


def po_bytes(catalog: Catalog) -> bytes:
    """The file as text, the same for the same messages."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, no_location=True, omit_header=True, sort_output=True)
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled catalogue, the same for the same messages."""
    fresh = Catalog(locale="zh_Hans", charset="utf-8")
    fresh.mime_headers = [
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Plural-Forms", "nplurals=1; plural=0;"),
    ]
    for message in catalog:
        if message.id:
            fresh.add(message.id, message.string, context=message.context)
    out = io.BytesIO()
    write_mo(out, fresh)
    return out.getvalue()


def main() -> int:
    """Write or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    checking = parser.parse_args().check
    catalog = merged(wanted())
    po = po_bytes(catalog)
    problems = gaps(catalog)
    if checking:
        if not PO.exists() or PO.read_bytes() != po:
            problems.append("django.po is not what the sources ask for: python tools/messages.py")
        elif not MO.exists() or MO.read_bytes() != mo_bytes(_read(PO)):
            problems.append("django.mo is older than django.po: python tools/messages.py")
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(po)
        MO.write_bytes(mo_bytes(_read(PO)))
        for part in PARTS.glob("*.po"):
            part.unlink()
    for line in problems:
        print(line, file=sys.stderr)
    if not checking:
        print(f"{len(catalog)} messages, {len(problems)} problems", file=sys.stderr)
    return 1 if problems and checking else 0


if __name__ == "__main__":
    sys.exit(main())
