"""Who keeps checkpoints outside the server, which ones, and the sheet that gets sealed."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.accounts.access import may
from luoshi.base.models import Organisation
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.insight.forms import WitnessForm
from luoshi.ledger import keys, outside, packs
from luoshi.ledger.models import OutsideCopy, Witness
from luoshi.lib import evidence
from luoshi.orgs import actions
from luoshi.papers import qr
from luoshi.web.answers import day_typed, made, see_other, seen
from luoshi.web.types import SignedIn

NAMED = {
    (way, address): _("Named. Print the sheet, hand it over, then record it here.")
    for way in Witness.Way.values
    for address in (False, True)
} | {
    (Witness.Way.COSIGNED, True): _("Named. It is asked to sign within a minute."),
    (Witness.Way.COSIGNED, False): _(
        "Named. Download the request, have it signed on the witness's machine, take it in here."
    ),
}
"""What comes next, by the way of the witness and whether it has an address."""
MOST = 64 * 1024
"""Of a file that should hold one line, no more is read."""


@login_required
@require_http_methods(["GET", "POST"])
def page(request: SignedIn) -> HttpResponse:
    """Witnesses and copies, for everybody; the form that names a witness for who may."""
    form = WitnessForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                witness = actions.name_witness(
                    name=form.cleaned_data["name"],
                    way=form.cleaned_data["way"],
                    vkey=form.cleaned_data["vkey"],
                    address=form.cleaned_data["address"],
                    request_id=form.cleaned_data["request_id"],
                    by=request.user,
                    at=request.at,
                )
            except Refused as error:
                status = form.refuse(error)
            else:
                messages.success(request, NAMED[witness.way, bool(witness.address)])
                return see_other("outside")
    return _show(request, form, status=status)


def _show(
    request: SignedIn,
    form: WitnessForm | None = None,
    error: Refused | None = None,
    about: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    organisation = Organisation.objects.get(pk=request.user.organisation_id)
    newest = packs.newest_or_none(organisation.pk)
    context = {
        "nav": "record",
        "form": form or WitnessForm(),
        "states": [
            (witness, copy, due, outside.trouble_of(witness))
            for witness, copy, due in outside.state(organisation, request.today)
        ],
        "copies": outside.copies(organisation.pk),
        "newest": newest,
        "keys": keys.rows(organisation.pk),
        "may": may(request.user, "ledger.witness"),
        "error": error,
        "about": about,
        "typed": request.POST if error else {},
    }
    status = error.status if error else status
    return render(request, "insight/outside.html", context, status=status)


def _witness(request: SignedIn, pk: UUID) -> Witness:
    found = Witness.objects.filter(organisation_id=request.user.organisation_id, pk=pk).first()
    if found is None:
        raise OutOfScope()
    return found


def _done(request: SignedIn, pk: UUID, act: Callable[[Witness], str]) -> HttpResponse:
    """Do something about a witness and say what; a refusal stands beside that witness."""
    witness = _witness(request, pk)
    try:
        said = act(witness)
    except Refused as error:
        return _show(request, error=error, about=pk)
    messages.success(request, said)
    return see_other("outside")


def _holds(copy: OutsideCopy) -> str:
    said = _("Recorded: %(name)s holds the checkpoint of %(size)s entries.")
    return str(said) % {"name": copy.witness.name, "size": copy.size}


@login_required
@require_POST
def hand_over(request: SignedIn, pk: UUID) -> HttpResponse:
    """The checkpoint was given to a witness, on paper, by mail or as a file."""

    def act(witness: Witness) -> str:
        size, on = request.POST.get("size", "").strip(), day_typed(request.POST, "on")
        if not size.isdecimal():
            raise BadInput(_("Type the number of entries that stands on the sheet."), field="size")
        if on is None:
            raise BadInput(_("Say on which day."), field="on")
        known = int(size) if size.isdecimal() and len(size) < 16 else 0
        copy = actions.hand_over(
            witness,
            size=known,
            root_start="".join(request.POST.get("root_start", "").split())[:64],
            on=on,
            by=request.user,
            at=request.at,
        )
        return _holds(copy)

    return _done(request, pk, act)


@login_required
@require_POST
def cosigned(request: SignedIn, pk: UUID) -> HttpResponse:
    """What a witness without a network signed on its machine, as a file or as its line."""

    def act(witness: Witness) -> str:
        upload = request.FILES.get("file")
        text = upload.read(MOST).decode("utf-8", "replace") if upload else ""
        text = text or request.POST.get("line", "")[:MOST]
        if not text.strip():
            raise BadInput(_("Choose the file with what the witness signed."), field="file")
        return _holds(actions.take_cosignature(witness, text, by=request.user, at=request.at))

    return _done(request, pk, act)


@login_required
@require_POST
def end(request: SignedIn, pk: UUID) -> HttpResponse:
    """A witness keeps no further copies."""

    def act(witness: Witness) -> str:
        if not request.POST.get("reason", "").strip():
            raise BadInput(_("Say why it keeps no further copies."), field="reason")
        actions.end_witness(
            witness,
            reason=request.POST.get("reason", ""),
            seen=seen(request) or 0,
            by=request.user,
            at=request.at,
        )
        return str(_("Ended; what it holds goes on counting."))

    return _done(request, pk, act)


@login_required
@require_POST
def rotate(request: SignedIn) -> HttpResponse:
    """Introduce a new signing key."""
    actions.rotate_key(
        by=request.user, at=request.at, request_id=request.POST.get("request_id", "")
    )
    messages.success(request, _("A new key signs from now on, the old one beside it for 30 days."))
    return see_other("outside")


@login_required
@require_GET
def asked(request: SignedIn, pk: UUID) -> HttpResponse:
    """The request for a witness that cosigns without a network (C2SP add-checkpoint)."""
    witness = _witness(request, pk)
    if witness.way != Witness.Way.COSIGNED:
        raise OutOfScope()
    start = request.GET.get("from", "").strip()
    known = int(start) if start.isdecimal() and len(start) < 16 else None
    asked = outside.request(witness, old=known)
    name = f"签认请求-{witness.name}-{evidence.Checkpoint(asked.note).size}.txt"
    return made(str(asked).encode(), name, "text/plain; charset=utf-8")


@login_required
@require_GET
def sheet(request: SignedIn) -> HttpResponse:
    """The newest checkpoint on A4, to be signed, sealed and kept; always in Chinese."""
    newest = packs.newest(request.user.organisation_id)
    address = request.build_absolute_uri(reverse("cited"))
    code = f"{address}?c={newest.size}.{newest.root}"
    context = {
        "nav": "record",
        "newest": newest,
        "groups": [newest.root[at : at + 8] for at in range(0, 64, 8)],
        "key": keys.public(request.user.organisation_id)[0],
        # our own markup: a QR code of an address
        "code": mark_safe(qr.svg(code)),
        "witnesses": [
            w
            for w in outside.witnesses(request.user.organisation_id)
            if w.way != Witness.Way.COSIGNED
        ],
    }
    with override("zh-hans"):
        return render(request, "insight/sheet.html", context)
