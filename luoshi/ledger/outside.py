"""What lies outside the server: who keeps copies of checkpoints, and which they hold.

A cosignature proves itself and is no act of a person, so it is stored without an entry of its own
(an entry for each would make the next checkpoint, and so on for ever). A copy that a person hands
over, on paper or as a file, is an act and leaves one.
"""

import http.client
import ipaddress
import logging
import socket
import threading
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.base.change import change
from luoshi.base.clock import day_of
from luoshi.base.models import Organisation
from luoshi.base.names import typed
from luoshi.base.refused import BadInput, Refused
from luoshi.ledger import actions, keys, packs
from luoshi.ledger.models import Checkpoint, OutsideCopy, Witness
from luoshi.ledger.proofs import Tree
from luoshi.lib import evidence, notes

log = logging.getLogger("luoshi.ledger")

EVERY = timedelta(minutes=1)
"""How long the worker waits before it asks a cosigning witness again."""
MONTH = 31
"""Days after which a copy that is handed over by hand is due again."""
TROUBLES: dict[str, str | Promise] = {
    "silent": gettext_lazy("does not answer; it is asked again every minute"),
    "ahead": gettext_lazy(
        "knows %(figure)s entries, more than lie here: was the server set back to a backup?"
    ),
    "forked": gettext_lazy(
        "says that this log does not continue the %(figure)s entries that it signed: was it "
        "rewritten?"
    ),
    "unknown": gettext_lazy(
        "does not know the public key of this log yet: run the command below on its machine"
    ),
    "refused": gettext_lazy("refuses to sign (%(figure)s)"),
    "unsigned": gettext_lazy("answers without a good signature: is its public key the right one?"),
}
"""What may come of asking a witness."""
TIMEOUT, LONGEST = 10, 30
"""Seconds without a byte, and in all."""
MOST = 64 * 1024


class NoCosignature(Refused):
    """What came back is no good cosignature of the witness."""

    default = gettext_lazy("This is no cosignature of “%(name)s” on a checkpoint of this log.")


class WitnessEnded(Refused):
    """The witness keeps no copies any more."""

    status = 409
    default = gettext_lazy("“%(name)s” is no witness any more. Choose another one.")


def witnesses(organisation_id: UUID) -> list[Witness]:
    """Those who keep copies now, the longest-serving first."""
    rows = Witness.objects.filter(organisation_id=organisation_id, ended_at__isnull=True)
    return list(rows.order_by("named_at", "id"))


def copies(organisation_id: UUID, *, most: int = 50) -> list[OutsideCopy]:
    """What lies outside, the newest first."""
    rows = OutsideCopy.objects.filter(organisation_id=organisation_id).select_related("witness")
    return list(rows.order_by("-at", "-id")[:most])


def last_copy(organisation_id: UUID) -> OutsideCopy | None:
    """The copy that reaches furthest; what comes after it nobody outside vouches for."""
    rows = OutsideCopy.objects.filter(organisation_id=organisation_id).select_related("witness")
    return rows.order_by("-size", "-at").first()


def due(witness: Witness, copy: OutsideCopy | None, today: date) -> bool:
    """Whether a copy by hand is due: never yet, or more than a month ago."""
    if witness.way == Witness.Way.COSIGNED:
        return False
    return copy is None or (today - copy.on).days >= MONTH


@transaction.atomic
def name_witness(
    organisation_id: UUID,
    *,
    name: str,
    way: str = Witness.Way.SEALED,
    vkey: str = "",
    address: str = "",
    actor: str,
    at: datetime,
) -> Witness:
    """Name who keeps copies outside. Raises `BadInput` with the field.

    A witness that cosigns brings the public key of its machine, and its address when the server
    is to ask it; without an address its requests and answers travel as files.
    """
    name = typed(name, field="name", most=100)
    if way not in Witness.Way.values:
        raise BadInput(_("Choose how the copies get there."), field="way")
    vkey, address = vkey.strip(), address.strip()
    if way == Witness.Way.COSIGNED:
        _check_key(vkey)
        if address:
            _check_address(address)
    else:
        vkey = ""
    if Witness.objects.filter(
        organisation_id=organisation_id, name=name, ended_at__isnull=True
    ).exists():
        raise BadInput(_("“%(name)s” is a witness already."), field="name", name=name)
    witness = Witness.objects.create(
        organisation_id=organisation_id,
        name=name,
        way=way,
        vkey=vkey,
        address=address[:200],
        named_at=at,
    )
    _record("witness.named", witness, actor, at, name=name, way=way, key=vkey, address=address)
    return witness


def _check_key(vkey: str) -> None:
    wrong = BadInput(
        _(
            "Type the public key of the witness: the line that “luoshi witness init NAME” prints "
            "on its machine."
        ),
        field="vkey",
    )
    try:
        kind = notes.kind_of(vkey)
    except ValueError as error:
        raise wrong from error
    if kind != evidence.COSIGNATURE or len(vkey) > 300:
        raise wrong


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and len(address) <= 200
        fits = fits and parts.port != 0 and not _link_local(parts.hostname or "")
    except ValueError:
        fits = False
    if not fits:
        raise BadInput(
            _("Type an address that begins with http:// or https://, or leave it empty."),
            field="address",
        )


def _link_local(host: str) -> bool:
    """Addresses at which a machine answers questions about itself; no witness is there."""
    try:
        return ipaddress.ip_address(host).is_link_local
    except ValueError:
        return False


@transaction.atomic
def end_witness(witness: Witness, *, reason: str, seen: int, actor: str, at: datetime) -> None:
    """The witness keeps no further copies; those that it holds go on counting."""
    _standing(witness)
    reason = typed(reason, field="reason", most=200)
    change(witness, seen=seen, ended_at=at)
    _record("witness.ended", witness, actor, at, name=witness.name, reason=reason)


@transaction.atomic
def hand_over(
    witness: Witness, *, size: int, root_start: str, on: date, actor: str, at: datetime
) -> OutsideCopy:
    """Record that the checkpoint of `size` entries was given to a witness on a day.

    `root_start` are at least the first eight digits of its root, as they stand on the sheet: what
    is recorded is then what was handed over. Raises `BadInput` with the field.
    """
    _standing(witness)
    if witness.way == Witness.Way.COSIGNED:
        raise BadInput(_("This witness signs on its machine; nothing is handed over by hand."))
    checkpoint = Checkpoint.objects.filter(
        organisation_id=witness.organisation_id, size=size
    ).first()
    if checkpoint is None:
        newest = packs.newest(witness.organisation_id)
        raise BadInput(
            _(
                "There is no checkpoint of %(size)s entries. Type the number that stands on the "
                "sheet; the newest is %(newest)s."
            ),
            field="size",
            size=size,
            newest=newest.size,
        )
    if len(root_start) < 8 or not checkpoint.root.startswith(root_start.lower()):
        raise BadInput(
            _("Type the first eight characters of the root on the sheet; these are others."),
            field="root_start",
        )
    if on > day_of(at) or on < day_of(checkpoint.at):
        raise BadInput(_("Choose a day from that of the checkpoint until today."), field="on")
    same = OutsideCopy.objects.filter(
        organisation_id=witness.organisation_id, witness=witness, size=size, on=on
    ).first()
    if same is not None:
        return same
    copy = OutsideCopy.objects.create(
        organisation_id=witness.organisation_id,
        witness=witness,
        size=size,
        root=checkpoint.root,
        on=on,
        at=at,
        by=actor,
    )
    actions.append(
        "checkpoint.handed_over",
        organisation_id=witness.organisation_id,
        actor=actor,
        at=at,
        object_kind="copy",
        object_id=copy.pk,
        version=1,
        values={
            "witness": witness.pk,
            "name": witness.name,
            "way": witness.way,
            "size": size,
            "root": checkpoint.root,
            "on": on,
        },
    )
    return copy


def _standing(witness: Witness) -> None:
    if witness.ended_at is not None:
        raise WitnessEnded(name=witness.name)


def _record(kind: str, witness: Witness, actor: str, at: datetime, **values: Any) -> None:
    actions.append(
        kind,
        organisation_id=witness.organisation_id,
        actor=actor,
        at=at,
        object_kind="witness",
        object_id=witness.pk,
        version=witness.version,
        values=values,
    )


def request(witness: Witness, *, old: int | None = None) -> notes.Request:
    """What a cosigning witness is asked: the newest checkpoint, and that it continues the last.

    `old` is the size that the witness says it knows, where that differs from ours. Raises
    `packs.NotYet`.
    """
    checkpoint = packs.newest(witness.organisation_id)
    if old is None:
        last = (
            OutsideCopy.objects.filter(witness=witness).exclude(line="").order_by("-size").first()
        )
        old = last.size if last else 0
    tree = Tree(witness.organisation_id)
    proof = tree.consistency(old, checkpoint.size) if 0 < old <= checkpoint.size else []
    return notes.Request(old, tuple(proof), checkpoint.note)


@transaction.atomic
def take_cosignature(witness: Witness, lines: str, *, at: datetime) -> OutsideCopy:
    """Keep what a witness signed, found among `lines`. Raises `NoCosignature`.

    `lines` are signature lines for one of our checkpoints, or a whole signed note.
    """
    found = [line for line in lines.splitlines() if line.startswith(f"{notes.DASH} ")]
    _standing(witness)
    name = witness.vkey.partition("+")[0]
    mine = [line for line in found if line.split(" ")[1:2] == [name]]
    signed = Checkpoint.objects.filter(organisation_id=witness.organisation_id).order_by("-size")
    origin = keys.origin(witness.organisation_id)
    for checkpoint in signed[:200] if mine else ():
        text = notes.text_of(origin, checkpoint.size, bytes.fromhex(checkpoint.root))
        for line in mine[:16]:
            moment = notes.cosigned_at(notes.with_lines(text, [line]), witness.vkey)
            if moment is not None and moment <= at + evidence.SLACK:
                return _keep(witness, checkpoint, line, moment, at)
    raise NoCosignature(name=witness.name)


def _keep(
    witness: Witness, checkpoint: Checkpoint, line: str, moment: datetime, at: datetime
) -> OutsideCopy:
    """One row a witness and day: the later cosignature says all that the earlier one did."""
    rows = OutsideCopy.objects.filter(organisation_id=witness.organisation_id, witness=witness)
    today = rows.filter(on=day_of(moment)).exclude(line="").first()
    if today is None:
        return OutsideCopy.objects.create(
            organisation_id=witness.organisation_id,
            witness=witness,
            size=checkpoint.size,
            root=checkpoint.root,
            line=line,
            on=day_of(moment),
            at=at,
        )
    if today.size < checkpoint.size:
        today.size, today.root = checkpoint.size, checkpoint.root
        today.line, today.at = line, at
        today.save(update_fields=["size", "root", "line", "at"])
    return today


def ask_all(now: datetime) -> int:
    """Ask every cosigning witness with an address that is due; returns how many signed.

    The network is asked outside of any transaction. What went wrong is kept with the witness and
    shown on the record page; it is tried again a minute later.
    """
    done = 0
    rows = Witness.objects.filter(way=Witness.Way.COSIGNED, ended_at__isnull=True)
    for witness in rows.exclude(address="").order_by("pk"):
        if witness.asked_at is not None and now - witness.asked_at < EVERY:
            continue
        try:
            asked = request(witness)
        except packs.NotYet:
            continue
        if evidence.Checkpoint(asked.note).size <= asked.old:
            continue
        trouble = _ask(witness, asked, now)
        done += not trouble
        Witness.objects.filter(pk=witness.pk).update(asked_at=now, trouble=trouble[:200])
        if trouble:
            log.warning("the witness %s did not sign: %s", witness.pk, trouble)
    return done


def _ask(witness: Witness, asked: notes.Request, now: datetime) -> str:
    """Ask once, and once more from the size that the witness names; returns what went wrong.

    That is one of `TROUBLES` and, after a space, a figure.
    """
    for _round in range(2):
        try:
            status, body = _post(witness.address, str(asked))
        except (OSError, http.client.HTTPException, ValueError):
            return "silent"
        figure = body.strip()
        known = int(figure) if status == 409 and figure.isdecimal() and len(figure) < 19 else -1
        if known > evidence.Checkpoint(asked.note).size:
            return f"ahead {known}"
        if known >= 0 and known != asked.old:
            asked = request(witness, old=known)
            continue
        if status in (409, 422):
            return f"forked {asked.old}"
        if status in (403, 404):
            return "unknown"
        if status != 200:
            return f"refused {status}"
        try:
            take_cosignature(witness, body, at=now)
        except (NoCosignature, WitnessEnded):
            return "unsigned"
        return ""
    return "refused 409"


def _post(address: str, body: str) -> tuple[int, str]:
    """One POST to the witness's add-checkpoint; no redirects, at most 64 KiB and half a minute."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)

    def hang_up() -> None:  # an answer that drips would else keep the line for days
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(LONGEST, hang_up)
    watch.start()
    try:
        connection.request(
            "POST",
            f"{parts.path.rstrip('/')}/add-checkpoint",
            body.encode(),
            {"Content-Type": "text/plain; charset=utf-8"},
        )
        answer = connection.getresponse()
        return answer.status, answer.read(MOST).decode("utf-8", "replace")
    finally:
        watch.cancel()
        connection.close()


def trouble_of(witness: Witness) -> str:
    """What went wrong the last time that a witness was asked, in words; empty where nothing did."""
    code, _space, figure = witness.trouble.partition(" ")
    return str(TROUBLES[code]) % {"figure": figure} if code in TROUBLES else ""


def state(
    organisation: Organisation, today: date
) -> list[tuple[Witness, OutsideCopy | None, bool]]:
    """Each witness with its newest copy and whether one by hand is due."""
    found = []
    for witness in witnesses(organisation.pk):
        copy = OutsideCopy.objects.filter(witness=witness).order_by("-size", "-at").first()
        found.append((witness, copy, due(witness, copy, today)))
    return found
