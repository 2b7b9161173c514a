"""`luoshi ledger`: the record outside of the pages: packs, files, checkpoints, keys, erasure."""

import argparse
import itertools
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from luoshi.base.models import Organisation
    from luoshi.ledger.models import Witness

ACTOR = "luoshi ledger"
"""How an entry names whoever works at the server's own terminal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One verb, and the organisation where there are several."""
    parser.add_argument("--organisation", default="", metavar="NAME", help="its name or slug")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    export = verbs.add_parser("export", help="an evidence pack: entries, bodies, proofs")
    export.add_argument("out", type=Path, metavar="FILE")
    export.add_argument("--entry", type=int, action="append", default=[], metavar="N",
                        help="an entry by its number; several times for several")  # fmt: skip
    export.add_argument("--object", type=UUID, action="append", default=[], metavar="ID",
                        help="everything about an object")  # fmt: skip
    export.add_argument("--closed", action="store_true", help="without the bodies")
    files = verbs.add_parser("files", help="the log as files (C2SP tlog-tiles)")
    files.add_argument("out", type=Path, metavar="FOLDER")
    verbs.add_parser("checkpoint", help="print the newest signed checkpoint")
    verbs.add_parser("keys", help="print the public keys, the newest first")
    verbs.add_parser("rotate", help="introduce a new signing key; the old one signs on for 30 days")
    ask = verbs.add_parser("request", help="what a cosigning witness is to sign, as a file")
    ask.add_argument("witness", metavar="WITNESS", help="its name")
    ask.add_argument("out", type=Path, metavar="FILE")
    ask.add_argument("--from", type=int, dest="start", metavar="N",
                     help="the witness says that it has signed N entries")  # fmt: skip
    sign = verbs.add_parser("cosigned", help="take in what a cosigning witness signed")
    sign.add_argument("witness", metavar="WITNESS", help="its name")
    sign.add_argument("file", type=Path, metavar="FILE")
    erase = verbs.add_parser("erase", help="erase bodies at the end of their retention")
    erase.add_argument("--before", required=True, metavar="YYYY-MM-DD", help="recorded before")
    erase.add_argument("--kind", action="append", default=[], help="only entries of this kind")
    erase.add_argument("--under", required=True, metavar="RULE", help="the rule that asks for it")
    erase.add_argument("--yes", action="store_true", help="do it; without, only count")


def run(args: argparse.Namespace) -> int:
    """0 done, 1 refused."""
    import django
    from django.conf import settings
    from django.utils import translation

    django.setup()
    from luoshi.base.refused import Refusal

    with translation.override(settings.LANGUAGE_CODE):
        try:
            return _run(args, _organisation(args.organisation))
        except Refusal as error:
            print(error, file=sys.stderr)
        except OSError as error:
            print(f"{error.filename}：{error.strerror}", file=sys.stderr)
        return 1


def _organisation(named: str) -> "Organisation":
    from django.utils.translation import gettext as _

    from luoshi.base.models import Organisation
    from luoshi.base.refused import BadInput

    rows = Organisation.objects.exclude(slug=Organisation.INSTANCE).order_by("slug")
    if named:
        rows = Organisation.objects.filter(name=named) or Organisation.objects.filter(slug=named)
    found = list(rows[:2])
    if len(found) != 1:
        raise BadInput(_("Say with --organisation which one is meant."))
    return found[0]


def _run(args: argparse.Namespace, organisation: "Organisation") -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from luoshi.ledger import keys, outside, packs, published

    now = timezone.now()
    if args.verb == "export":
        return _export(args, organisation)
    if args.verb == "files":
        count = published.write(organisation.pk, args.out)
        print(_("%(n)s files in %(folder)s") % {"n": count, "folder": args.out})
    elif args.verb == "checkpoint":
        print(packs.newest(organisation.pk).note, end="")
    elif args.verb == "keys":
        print(*keys.public(organisation.pk), sep="\n")
    elif args.verb == "rotate":
        print(keys.rotate(organisation.pk, actor=ACTOR, at=now).vkey)
    elif args.verb == "request":
        asked = outside.request(_witness(organisation, args.witness), old=args.start)
        args.out.write_text(str(asked), "utf-8")
        print(args.out)
    elif args.verb == "cosigned":
        witness = _witness(organisation, args.witness)
        lines = args.file.read_text("utf-8", "replace")
        copy = outside.take_cosignature(witness, lines, at=now)
        print(_("%(name)s signed %(size)s entries.") % {"name": witness.name, "size": copy.size})
    else:
        return _erase(args, organisation)
    return 0


def _witness(organisation: "Organisation", name: str) -> "Witness":
    from django.utils.translation import gettext as _

    from luoshi.base.refused import BadInput
    from luoshi.ledger import outside
    from luoshi.ledger.models import Witness

    for witness in outside.witnesses(organisation.pk):
        if witness.name == name and witness.way == Witness.Way.COSIGNED:
            return witness
    raise BadInput(_("There is no cosigning witness “%(name)s”."), name=name)


def _export(args: argparse.Namespace, organisation: "Organisation") -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from luoshi.ledger import packs
    from luoshi.ledger.models import Entry

    now = timezone.now()
    if args.entry or args.object:
        wanted = packs.of_index(organisation.pk, [number - 1 for number in args.entry])
        rows = Entry.objects.filter(organisation_id=organisation.pk, object_id__in=args.object)
        wanted += [packs.Wanted(pk) for pk in rows.values_list("pk", flat=True)]
        if args.closed:
            wanted = [packs.Wanted(w.entry_id, disclosed=False) for w in wanted]
        lines = packs.pack(organisation, wanted, about=_("chosen entries"), at=now)
    else:
        lines = packs.whole(
            organisation, about=_("the whole record"), at=now, disclosed=not args.closed
        )
    count, part = -1, args.out.with_name(f"{args.out.name}.part")
    lines = itertools.chain([next(lines)], lines)  # a refusal comes before the file is touched
    with open(part, "w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(line)
            count += 1
    part.replace(args.out)
    print(_("%(n)s entries in %(file)s") % {"n": count, "file": args.out})
    return 0


def _erase(args: argparse.Namespace, organisation: "Organisation") -> int:
    from datetime import date, datetime, time
    from zoneinfo import ZoneInfo

    from django.conf import settings
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from luoshi.base.refused import BadInput
    from luoshi.ledger import erasing
    from luoshi.ledger.kinds import KINDS
    from luoshi.ledger.models import Body, Entry
    from luoshi.lib.canonical import moment

    try:
        day = date.fromisoformat(args.before)
    except ValueError as error:
        raise BadInput(_("%(day)s is no day. Write it as 2026-05-03."), day=args.before) from error
    if not day.year >= 2000 or day > timezone.localdate():
        raise BadInput(_("Choose a day from 2000 until today."))
    for kind in args.kind:
        if kind not in KINDS or kind in erasing.KEPT:
            raise BadInput(_("There is no kind “%(kind)s” that can be erased."), kind=kind)
    before = moment(datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)))
    rows = Entry.objects.filter(
        organisation_id=organisation.pk,
        index__isnull=False,
        at__lt=before,
        pk__in=Body.objects.filter(organisation_id=organisation.pk).values("pk"),
    ).exclude(kind__in=erasing.KEPT)
    if args.kind:
        rows = rows.filter(kind__in=args.kind)
    ids = list(rows.order_by("index").values_list("pk", flat=True))
    if not args.yes:
        print(_("%(n)s bodies would be erased. With --yes they are.") % {"n": len(ids)})
        for kind, number in Counter(rows.values_list("kind", flat=True)).most_common():
            print(f"  {number} {KINDS[kind]} {kind}")
        print(_("It cannot be undone."))
        return 0
    done = 0
    for first in range(0, len(ids), erasing.MOST):
        part = ids[first : first + erasing.MOST]
        done += erasing.erase(
            organisation.pk, part, under=args.under, actor=ACTOR, at=timezone.now()
        )
    print(_("%(n)s bodies erased under “%(under)s”.") % {"n": done, "under": args.under})
    return 0
