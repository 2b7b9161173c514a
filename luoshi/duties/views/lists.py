"""责任清单: as of a day, drawn up, edited, confirmed, signed, printed."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.base.clock import day_of
from luoshi.base.refused import BadInput, NotAllowed, OutOfScope, Refused
from luoshi.directives.actions import Scan
from luoshi.directives.models import Directive
from luoshi.directives.proof import of_object
from luoshi.directives.typed import RHYTHM_WORDS
from luoshi.duties import actions, lists
from luoshi.duties.lists import DRAFT
from luoshi.duties.models import DutyLine, DutyList
from luoshi.duties.views.choosing import choose_unit
from luoshi.orgs import queries as orgs
from luoshi.orgs.models import Post, Unit
from luoshi.papers import dutylist, qr
from luoshi.papers.dutylist import Duty, DutyListPaper
from luoshi.papers.proof import PaperProof
from luoshi.web.answers import DOCX, day_typed, download, made, see_other, seen
from luoshi.web.pages import page as paged
from luoshi.web.types import SignedIn

GROUPS = (
    (Directive.WorkLine.GOVERNANCE, "全面从严治党责任"),
    (Directive.WorkLine.BUSINESS, "业务工作责任"),
)
"""The two lines of one post, as the paper heads them."""

NAMES: dict[str, Promise] = {
    "title": gettext_lazy("Responsibility"),
    "basis": gettext_lazy("Basis"),
    "check": pgettext_lazy("list", "Checked by"),
    "due_on": gettext_lazy("Date"),
    "rhythm": gettext_lazy("Cadence"),
    "reason": gettext_lazy("Reason"),
    "signer": gettext_lazy("Who signed"),
    "signed_on": gettext_lazy("Day of the signature"),
}
"""Field of a form → its name, where something is said of it."""


@login_required
@require_GET
def listing(request: SignedIn) -> HttpResponse:
    """Lists that the person may read, newest first; what waits for their signature on top."""
    rows = lists.visible_to(request.standing).defer("content")
    found = paged(rows, request.GET.get("before", ""), by=("-made_at", "-id"))
    context = {
        "nav": "orgs",
        "page": found,
        "to_sign": lists.to_sign(request.standing),
        "may_draft": request.standing.has(DRAFT),
    }
    return render(request, "duties/lists.html", context)


@login_required
@require_GET
def new(request: SignedIn) -> HttpResponse:
    """Whose list: the units for which the person may draw one up."""
    standing = request.standing
    if not standing.has(DRAFT):
        raise NotAllowed()
    return choose_unit(
        request,
        lists.places(standing),
        title=_("Whose responsibility list?"),
        back="duty_lists",
        back_title=_("Responsibility lists"),
        then="duty_lists_of",
    )


def _whose(request: SignedIn) -> tuple[Unit, Post | None]:
    """The unit and post of `?unit=&post=`, within what the person reads; else `OutOfScope`."""
    given = request.POST if request.method == "POST" else request.GET
    post: Post | None = None
    if wanted := given.get("post", ""):
        posts = Post.objects.filter(organisation_id=request.user.organisation_id)
        post = orgs.fetch(posts.select_related("unit"), wanted)
        unit: Unit = post.unit
    else:
        units = Unit.objects.filter(organisation_id=request.user.organisation_id)
        unit = orgs.fetch(units, given.get("unit", ""))
    standing = request.standing
    if not standing.may("occurrence.read", orgs.path_of(unit.pk, standing.on)):
        own = {s.appointment_id for s in standing.seats}
        if post is None or not post.appointments.filter(pk__in=own).exists():
            raise OutOfScope()
    return unit, post


@login_required
@require_http_methods(["GET", "POST"])
def of(request: SignedIn) -> HttpResponse:
    """What is a unit's or a post's on a day, its lists so far, and the button that begins one."""
    unit, post = _whose(request)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            begun = actions.draw_up(
                unit,
                post,
                as_of=_as_of(request),
                by=request.user,
                at=request.at,
                request_id=request.POST.get("request_id", ""),
            )
        except Refused as error:
            refused = error
        else:
            return see_other("duty_list", begun.pk)
    whose, on = lists.Subject(unit, post), request.today
    proposed: list[lists.Proposed] | None = None
    try:
        on = _as_of(request)
        whose = lists.subject(unit.organisation_id, unit, post, on)
        proposed = lists.collect(whose, on)
    except BadInput as error:  # no such day, or nobody there on it: nothing is said of another day
        refused = refused or error
    earlier = list(
        lists.of(unit.organisation_id, unit.pk, post.pk if post else None)
        .select_related("unit", "post", "appointment__person")
        .defer("content")
        .order_by("-number")[:50]
    )
    current = next((e for e in earlier if e.state in ("draft", "confirmed")), None)
    context = {
        "nav": "orgs",
        "whose": whose,
        "title": lists.title_of(DutyList(unit=unit, post=post)),
        "proposed": proposed,
        "bases": lists.marked(one.basis for one in proposed or ()),
        "on": on,
        "other_day": on != request.today,
        "earlier": earlier,
        "open": current,
        "may": proposed is not None
        and current is None
        and lists.may_draft(request.standing, whose),
        "posts": [] if post else lists.posts_of(unit, on),
        "refused": refused,
    }
    return render(
        request, "duties/list_of.html", context, status=refused.status if refused else 200
    )


def _as_of(request: SignedIn) -> date:
    given = request.POST if request.method == "POST" else request.GET
    on = day_typed(given, "on") or request.today
    if on > request.today:
        raise BadInput(_("The day lies in the future."), field="on")
    return on


@login_required
@require_GET
def page(request: SignedIn, pk: UUID) -> HttpResponse:
    """A list: its lines, what changed since the last signed one, the next step."""
    return _show(request, lists.fetch(request.standing, pk))


def _show(
    request: SignedIn, found: DutyList, *, error: Refused | None = None, form: str = ""
) -> HttpResponse:
    standing = request.standing
    rows = list(found.lines.order_by("position", "id"))
    content = found.content or lists.content_of(found, rows)
    earlier = lists.before(found)
    may = lists.may_draft(standing, found)
    own = {line.key: line for line in rows}
    context: dict[str, Any] = {
        "nav": "orgs",
        "l": found,
        "title": lists.title_of(found),
        "groups": _grouped([(one, own.get(one.key)) for one in lists.shown(content)]),
        "bases": lists.marked(line["basis"] for line in content["lines"]),
        "count": len(content["lines"]),
        "dropped": [line for line in rows if line.dropped],
        "earlier": earlier,
        "changes": lists.differences(earlier.content, content)
        if earlier is not None and earlier.content
        else [],
        "dropped_before": {x["key"]: x["reason"] for x in earlier.content["dropped"]}
        if earlier is not None and earlier.content
        else {},
        "versions": lists.same(found).defer("content").order_by("-number")[:20],
        "edit": may and found.state == DutyList.State.DRAFT,
        "may": may,
        "sign": found.state == DutyList.State.CONFIRMED and lists.may_sign(standing, found),
        "rhythms": RHYTHM_WORDS,
        "work_lines": Directive.WorkLine.choices,
        "error": error,
        "error_at": NAMES.get(error.field or "", "") if error else "",
        "form": form,
        "typed": request.POST if error else {},
    }
    return render(request, "duties/list.html", context, status=error.status if error else 200)


def _grouped(lines: list[tuple[lists.Shown, DutyLine | None]]) -> list[tuple[str, list[Any]]]:
    """Governance first, business behind it; a line of work without a line is left out."""
    labels = dict(Directive.WorkLine.choices)
    groups = [
        (str(labels[code]), [pair for pair in lines if pair[0].work_line == code])
        for code, _head in GROUPS
    ]
    return [(label, pairs) for label, pairs in groups if pairs]


def _acting(request: SignedIn, found: DutyList, form: str, act: Callable[[], Any]) -> HttpResponse:
    """Run one act; a refusal shows the page again with what was typed, else back to the page."""
    try:
        act()
    except Refused as error:
        return _show(request, lists.fetch(request.standing, found.pk), error=error, form=form)
    return see_other("duty_list", found.pk)


@login_required
@require_POST
def line(request: SignedIn, pk: UUID) -> HttpResponse:
    """Drop a line with the reason, or put it back."""
    rows = DutyLine.objects.filter(duty_list__in=lists.visible_to(request.standing).values("pk"))
    found = orgs.fetch(rows.select_related("duty_list"), pk)
    who: dict[str, Any] = {"by": request.user, "at": request.at, "seen": seen(request)}

    def act() -> None:
        if "back" in request.POST:
            actions.put_back(found, **who)
        else:
            actions.drop_line(found, reason=request.POST.get("reason", ""), **who)

    return _acting(request, found.duty_list, f"line-{found.pk}", act)


@login_required
@require_POST
def add(request: SignedIn, pk: UUID) -> HttpResponse:
    """Add a line by hand, with its basis."""
    found = lists.fetch(request.standing, pk)
    return _acting(
        request,
        found,
        "add",
        lambda: actions.add_line(
            found,
            title=request.POST.get("title", ""),
            basis=request.POST.get("basis", ""),
            check=request.POST.get("check", ""),
            due_on=day_typed(request.POST, "due_on"),
            rhythm=request.POST.get("rhythm", ""),
            work_line=request.POST.get("work_line", "governance"),
            by=request.user,
            at=request.at,
            request_id=request.POST.get("request_id", ""),
        ),
    )


@login_required
@require_POST
def confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    """Confirm the lines; the list waits for its signature then."""
    found = lists.fetch(request.standing, pk)
    return _acting(
        request,
        found,
        "confirm",
        lambda: actions.confirm(found, by=request.user, at=request.at, seen=seen(request)),
    )


@login_required
@require_POST
def sign(request: SignedIn, pk: UUID) -> HttpResponse:
    """Whose list it is signs on screen, or sends it back."""
    found = lists.fetch(request.standing, pk)
    who: dict[str, Any] = {"by": request.user, "at": request.at, "seen": seen(request)}
    note = request.POST.get("note", "")

    def act() -> None:
        if "back" in request.POST:
            actions.send_back(found, reason=note, **who)
        else:
            digest = request.POST.get("digest", "")
            actions.sign(found, digest_seen=digest, note=note, **who)

    return _acting(request, found, "sign", act)


@login_required
@require_POST
def on_paper(request: SignedIn, pk: UUID) -> HttpResponse:
    """Enter what was signed by hand, with the scan."""
    found = lists.fetch(request.standing, pk)
    upload = request.FILES.get("scan")
    scan = None
    if isinstance(upload, UploadedFile):
        scan = Scan(upload.name or "", upload.content_type or "", upload.chunks())
    return _acting(
        request,
        found,
        "paper",
        lambda: actions.sign_on_paper(
            found,
            signer=request.POST.get("signer", ""),
            signed_on=day_typed(request.POST, "signed_on"),
            scan=scan,
            note=request.POST.get("note", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
            request_id=request.POST.get("request_id", ""),
        ),
    )


@login_required
@require_POST
def withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    """Withdraw a draft, with the reason."""
    found = lists.fetch(request.standing, pk)
    return _acting(
        request,
        found,
        "withdraw",
        lambda: actions.withdraw_list(
            found,
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=request.at,
            seen=seen(request),
        ),
    )


@login_required
@require_GET
def scan(request: SignedIn, pk: UUID) -> FileResponse:
    """The signed paper as it was attached, always as a download."""
    found = lists.fetch(request.standing, pk)
    if found.scan is None:
        raise OutOfScope()
    return download(found.scan)


def _printed(request: SignedIn, pk: UUID) -> tuple[DutyList, str, PaperProof | None]:
    """A confirmed list, where its code leads, and what of the record the paper bears."""
    found = lists.fetch(request.standing, pk)
    if found.content is None:
        raise OutOfScope()
    proof = of_object(request, found.organisation_id, "duty_list", found.pk)
    address = reverse("duty_list", args=[found.pk])
    link = proof.link if proof else request.build_absolute_uri(f"{address}#{found.digest[:16]}")
    return found, link, proof


def _since(found: DutyList) -> str:
    """比第1版（2026年1月10日）新增2项、变化1项、到期1项。"""
    earlier = lists.before(found)
    if earlier is None or earlier.content is None or found.content is None:
        return ""
    changes = lists.differences(earlier.content, found.content)
    kinds = [c.what for c in {(c.what, c.title): c for c in changes}.values()]
    said = "、".join(
        f"{word}{kinds.count(what)}项"
        for what, word in (("added", "新增"), ("changed", "变化"), ("lapsed", "不再承担"))
        if kinds.count(what)
    )
    return f"与第{earlier.number}版相比，{said or '没有变化'}。"


def _paper(found: DutyList, proof: PaperProof | None) -> DutyListPaper:
    """What the paper says, printed or as a Word file; in Chinese, the language of the paper."""
    assert found.content is not None
    assert found.confirmed_at is not None
    post = found.content["post_title"]
    bases = lists.marked(line["basis"] for line in found.content["lines"])
    shown = lists.shown(found.content)
    groups = [(head, [x for x in shown if x.work_line == code]) for code, head in GROUPS]
    return DutyListPaper(
        title=lists.title_of(found),
        unit=found.content["unit_name"],
        holder=f"{found.content['holder']}（{post}）" if post else "",
        as_of=found.as_of,
        on=day_of(found.confirmed_at),
        number=found.number,
        groups=[
            (head, [Duty(x.title, x.check, x.when, bases[x.basis], x.why) for x in rows])
            for head, rows in groups
            if rows
        ],
        bases=[f"{mark}{basis}" for basis, mark in bases.items()],
        digest=found.digest,
        changes=_since(found),
        signer=found.signer,
        signed_on=found.signed_on,
        note=found.note if found.state == DutyList.State.SIGNED else "",
        proof=proof,
    )


@login_required
@require_GET
def sheet(request: SignedIn, pk: UUID) -> HttpResponse:
    """The list as it prints on A4; always in Chinese, the language of the paper."""
    found, link, proof = _printed(request, pk)
    with override("zh-hans"):
        paper = _paper(found, proof)
        context = {
            "nav": "orgs",
            "l": found,
            "paper": paper,
            "opening": dutylist.opening(paper),
            "confirmation": dutylist.confirmation(paper),
            "afterwards": dutylist.afterwards(paper),
            "signs": dutylist.signer(paper),
            # our own markup: a QR code of an address
            "code": mark_safe(qr.svg(link)),
            "cited": proof,
        }
        return render(request, "duties/list_sheet.html", context)


@login_required
@require_GET
def document(request: SignedIn, pk: UUID) -> HttpResponse:
    """The same list as a Word file in the official layout."""
    found, _link, proof = _printed(request, pk)
    with override("zh-hans"):
        paper = _paper(found, proof)
    out = io.BytesIO()
    dutylist.write(paper, out)
    return made(out.getvalue(), f"{paper.title}（第{found.number}版）.docx", DOCX)
