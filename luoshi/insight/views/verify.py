"""The page that checks an evidence pack in the browser, and the stand-alone program for it.

Both are public: whoever is handed a pack can check it, also without an account here.
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luoshi.ledger.kinds import KINDS
from luoshi.lib import evidence
from luoshi.web.answers import made

NAME = "evidence.py"
OPEN = ("未证明：", "Not proven: ")
"""What begins the part of a statement that the file does not prove."""
HEADS = (
    ("不成立：", "注意：", "无法比对：", *OPEN),
    ("Does not hold: ", "Note: ", "Cannot be compared: "),
)
"""What begins a statement and is said by the heading above it."""
OPTIONS = ("（--key）", " (--key)", "（--against）", " (--against)")
"""What a command line would be told; the page has fields."""
UNPROVEN = {"handed_over", "apart"}
NOTES = {"about", "part", "clock"}
"""Where a statement stands that does not say so itself."""


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The page; what is dropped on it stays in the browser."""
    signed_in = request.user.is_authenticated
    context = {
        "frame": "base.html" if signed_in else "plain.html",
        "body_class": "page-verify page-list" if signed_in else "page-verify page-plain",
        "nav": "record",
        "data": {
            "texts": texts(),
            "words": words(),
            "kinds": {kind: str(said) for kind, said in KINDS.items()},
        },
        "name": NAME,
        "sum": sha256(source()).hexdigest(),
    }
    return render(request, "insight/verify.html", context)


@require_GET
def program(request: HttpRequest) -> HttpResponse:
    """The reference checker as a file: one that runs alone."""
    return made(source(), NAME, "text/x-python; charset=utf-8")


@lru_cache(maxsize=1)
def source() -> bytes:
    """The checker's own text."""
    return Path(evidence.__file__).read_bytes()


def texts() -> dict[str, list[tuple[str, str]]]:
    """For each code the places (bad, open, proven, note) and texts of what it says.

    In the language of the page, with `{name}` where a value stands. A statement that says in one
    breath what is proven and what is not is told apart here.
    """
    language = 0 if (get_language() or "").startswith("zh") else 1
    return {
        code: list(_parts(code, said[language], language)) for code, said in evidence.TEXTS.items()
    }


def _parts(code: str, text: str, language: int) -> list[tuple[str, str]]:
    first, _mark, rest = text.partition(OPEN[language])
    place = "bad" if code in evidence.BAD else "note" if code in NOTES else "proven"
    place = "open" if code in UNPROVEN else place
    found = [(place, _plain(first, language)), ("open", _plain(rest, language))]
    return [(where, said) for where, said in found if said]


def _plain(text: str, language: int) -> str:
    for option in OPTIONS:
        text = text.replace(option, "")
    text = text.strip()
    for head in HEADS[language]:
        text = text.removeprefix(head)
    return text[:1].upper() + text[1:]


def words() -> dict[str, str]:
    """What the script says by itself."""
    return {
        "reading": _("Checking {name}…"),
        "checked": _("{name}, {size}, checked in this browser"),
        "holds": _("The file holds."),
        "fails": _("The file does not hold."),
        "unreadable": _("The file cannot be read."),
        "apart": _("The file cannot be compared."),
        "alone": _("The file fits in itself; whose it is has not been checked."),
        "alone_more": _(
            "Anybody can make a file that fits. Fill in, above, the public key that the "
            "organisation published elsewhere, or a checkpoint that is held outside."
        ),
        "holds_more": _(
            "Each check that the file allows was passed. What is not proven stands below."
        ),
        "fails_more": _(
            "Do not rely on it. Ask for the file again and keep this one: it may be evidence."
        ),
        "unreadable_more": _(
            "It is no evidence pack, was cut off on the way, or a part of it cannot be read."
        ),
        "apart_more": _(
            "Nothing speaks against it, but it cannot be tied to the checkpoint that you hold."
        ),
        "too_large": _(
            "It is larger than 200 MB. Check it with “luoshi verify” or the program on this page."
        ),
        "bad_key": _("This is no public key. It reads like luoshi/…+1a2b3c4d+AbCd…=."),
        "bad_against": _("This is no checkpoint. It reads like 1024:0a1b2c…, with 64 digits."),
        "proven": _("Proven"),
        "matching": _("What fits all the same"),
        "fits": _("What fits"),
        "open": _("Not proven"),
        "bad": _("Does not hold"),
        "note": _("Notes"),
        "each": _("{count} results, entry by entry"),
    }
