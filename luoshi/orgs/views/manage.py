"""Changing the organisation: one form a page, one act a form."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.accounts import actions as accounts
from luoshi.accounts.models import User
from luoshi.base.models import Organisation
from luoshi.base.refused import NotAllowed, Refused
from luoshi.orgs import actions, forms, joining, queries
from luoshi.orgs.models import Appointment, Person, Placement, Portfolio, Post, Unit
from luoshi.web.answers import see_other
from luoshi.web.forms import SiteForm
from luoshi.web.types import SignedIn

Act = Callable[[dict[str, Any]], Any]


def _rows(model: Any, request: SignedIn) -> "QuerySet[Any]":
    rows: QuerySet[Any] = model.objects.filter(organisation_id=request.user.organisation_id)
    return rows


def _units(request: SignedIn) -> "QuerySet[Unit]":
    """The units that stand today, in tree order."""
    standing = Placement.objects.on(request.today).filter(
        organisation_id=request.user.organisation_id
    )
    return Unit.objects.filter(pk__in=standing.values("unit_id")).order_by("position", "id")


def _form(
    request: SignedIn,
    make: Callable[..., SiteForm],
    act: Act,
    *,
    title: str,
    back: str,
    said: str,
    permission: str = "orgs.manage",
    **given: Any,
) -> HttpResponse:
    """Show a form, or run its act and go back; a refusal stands at its field, nothing is lost."""
    if not request.standing.has(permission):
        raise NotAllowed()
    form = make(request.POST or None, **given)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                act(form.cleaned_data)
            except Refused as error:
                if error.status in (403, 404):
                    raise
                status = form.refuse(error)
            else:
                messages.success(request, said)
                return see_other(back)
    context = {"nav": "orgs", "form": form, "title": title, "back": back}
    return render(request, "orgs/form.html", context, status=status)


def _by(request: SignedIn) -> dict[str, Any]:
    return {"by": request.user, "at": request.at}


def _seen(request: SignedIn) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else None


@login_required
@require_http_methods(["GET", "POST"])
def unit_add(request: SignedIn, pk: UUID) -> HttpResponse:
    """A unit below this one."""
    parent = queries.fetch(_rows(Unit, request), pk)

    def act(data: dict[str, Any]) -> None:
        actions.create_unit(parent=parent, **data, **_by(request))

    return _form(
        request,
        forms.UnitForm,
        act,
        title=_("New unit below %(unit)s") % {"unit": parent.name},
        back=reverse("orgs:unit", args=[pk]),
        said=_("The unit was made."),
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_rename(request: SignedIn, pk: UUID) -> HttpResponse:
    """Another name."""
    unit = queries.fetch(_rows(Unit, request), pk)

    def act(data: dict[str, Any]) -> None:
        data.pop("request_id")
        actions.rename_unit(unit, **data, **_by(request), seen=_seen(request))

    return _form(
        request,
        forms.RenameForm,
        act,
        title=_("Rename %(unit)s") % {"unit": unit.name},
        back=reverse("orgs:unit", args=[pk]),
        said=_("Saved."),
        initial={"name": unit.name, "short_name": unit.short_name},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_describe(request: SignedIn, pk: UUID) -> HttpResponse:
    """Kind, region, line of work, rank, position."""
    unit = queries.fetch(_rows(Unit, request), pk)

    def act(data: dict[str, Any]) -> None:
        data.pop("request_id")
        actions.change_unit(unit, **data, **_by(request), seen=_seen(request))

    names = ("unit_kind", "region", "line", "rank", "position")
    return _form(
        request,
        forms.DescribeForm,
        act,
        title=_("Describe %(unit)s") % {"unit": unit.name},
        back=reverse("orgs:unit", args=[pk]),
        said=_("Saved."),
        initial={name: getattr(unit, name) for name in names},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_move(request: SignedIn, pk: UUID) -> HttpResponse:
    """Another place in the tree, from a day on."""
    unit = queries.fetch(_rows(Unit, request), pk)

    def act(data: dict[str, Any]) -> None:
        actions.move_unit(unit, parent=data["parent"], on=data["on"], **_by(request))

    return _form(
        request,
        forms.MoveForm,
        act,
        title=_("Move %(unit)s") % {"unit": unit.name},
        back=reverse("orgs:unit", args=[pk]),
        said=_("Saved."),
        units=_units(request),
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_close(request: SignedIn, pk: UUID) -> HttpResponse:
    """The unit ends on a day."""
    unit = queries.fetch(_rows(Unit, request), pk)

    def act(data: dict[str, Any]) -> None:
        actions.close_unit(unit, on=data["on"], **_by(request))

    return _form(
        request,
        forms.EndForm,
        act,
        title=_("Close %(unit)s") % {"unit": unit.name},
        back=reverse("orgs:home"),
        said=_("Saved."),
        initial={"on": request.today},
    )


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def staff_add(request: SignedIn, pk: UUID) -> HttpResponse:
    """A person with post and account joins the unit."""
    unit = queries.fetch(_rows(Unit, request), pk)

    def act(data: dict[str, Any]) -> None:
        joining.join(unit, **data, **_by(request))

    return _form(
        request,
        forms.StaffForm,
        act,
        title=_("New person in %(unit)s") % {"unit": unit.name},
        back=reverse("orgs:unit", args=[pk]),
        said=_("The person is in the unit now."),
        units=_units(request),
        initial={"since": request.today, "post_role": "clerk"},
    )


@login_required
@require_http_methods(["GET", "POST"])
def post_add(request: SignedIn, pk: UUID) -> HttpResponse:
    """An empty seat."""
    unit = queries.fetch(_rows(Unit, request), pk)

    def act(data: dict[str, Any]) -> None:
        actions.create_post(unit=unit, **data, **_by(request))

    return _form(
        request,
        forms.PostForm,
        act,
        title=_("New post in %(unit)s") % {"unit": unit.name},
        back=reverse("orgs:unit", args=[pk]),
        said=_("The post was made."),
        units=_units(request),
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def post_close(request: SignedIn, pk: UUID) -> HttpResponse:
    """A seat ends."""
    post = queries.fetch(_rows(Post, request).select_related("unit"), pk)

    def act(data: dict[str, Any]) -> None:
        actions.close_post(post, on=data["on"], **_by(request))

    return _form(
        request,
        forms.EndForm,
        act,
        title=_("Close the post %(post)s") % {"post": f"{post.unit.name} {post.title}"},
        back=reverse("orgs:unit", args=[post.unit_id]),
        said=_("Saved."),
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def appoint(request: SignedIn, pk: UUID) -> HttpResponse:
    """Somebody takes the seat."""
    post = queries.fetch(_rows(Post, request).select_related("unit"), pk)

    def act(data: dict[str, Any]) -> None:
        actions.appoint(post=post, **data, **_by(request))

    return _form(
        request,
        forms.AppointForm,
        act,
        title=_("Who becomes %(post)s") % {"post": f"{post.unit.name} {post.title}"},
        back=reverse("orgs:unit", args=[post.unit_id]),
        said=_("Saved."),
        people=_rows(Person, request).order_by("name", "id"),
        initial={"valid_from": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def take(request: SignedIn, pk: UUID) -> HttpResponse:
    """The person takes an empty seat."""
    person = queries.fetch(_rows(Person, request), pk)
    held = Appointment.objects.on(request.today).filter(
        organisation_id=request.user.organisation_id
    )
    posts = (
        Post.objects.on(request.today)
        .filter(organisation_id=request.user.organisation_id)
        .exclude(pk__in=held.values("post_id"))
        .select_related("unit")
        .order_by("unit__position", "position", "id")
    )

    def act(data: dict[str, Any]) -> None:
        actions.appoint(person=person, **data, **_by(request))

    return _form(
        request,
        forms.TakeForm,
        act,
        title=_("Appoint %(person)s") % {"person": person.name},
        back=reverse("orgs:person", args=[pk]),
        said=_("Saved."),
        posts=posts,
        initial={"valid_from": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def appointment_end(request: SignedIn, pk: UUID) -> HttpResponse:
    """A person leaves a seat."""
    found = queries.fetch(_rows(Appointment, request).select_related("person", "post__unit"), pk)

    def act(data: dict[str, Any]) -> None:
        actions.end_appointment(found, on=data["on"], **_by(request))

    return _form(
        request,
        forms.EndForm,
        act,
        title=_("%(person)s leaves %(post)s")
        % {"person": found.person.name, "post": f"{found.post.unit.name} {found.post.title}"},
        back=reverse("orgs:person", args=[found.person_id]),
        said=_("Saved."),
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def portfolio_give(request: SignedIn, pk: UUID) -> HttpResponse:
    """A leader is put in charge of a unit."""
    found = queries.fetch(_rows(Appointment, request).select_related("person", "post"), pk)

    def act(data: dict[str, Any]) -> None:
        actions.give_portfolio(found, **data, **_by(request))

    return _form(
        request,
        forms.PortfolioForm,
        act,
        title=_("What %(person)s is in charge of") % {"person": found.person.name},
        back=reverse("orgs:person", args=[found.person_id]),
        said=_("Saved."),
        units=_units(request),
        initial={"valid_from": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def portfolio_end(request: SignedIn, pk: UUID) -> HttpResponse:
    """A leader is no longer in charge of a unit."""
    rows = _rows(Portfolio, request).select_related("appointment__person", "unit")
    found = queries.fetch(rows, pk)

    def act(data: dict[str, Any]) -> None:
        actions.end_portfolio(found, on=data["on"], **_by(request))

    return _form(
        request,
        forms.EndForm,
        act,
        title=_("%(person)s is no longer in charge of %(unit)s")
        % {"person": found.appointment.person.name, "unit": found.unit.name},
        back=reverse("orgs:person", args=[found.appointment.person_id]),
        said=_("Saved."),
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_rename(request: SignedIn, pk: UUID) -> HttpResponse:
    """A person's name."""
    person = queries.fetch(_rows(Person, request), pk)

    def act(data: dict[str, Any]) -> None:
        actions.rename_person(person, name=data["name"], **_by(request), seen=_seen(request))

    return _form(
        request,
        forms.PersonForm,
        act,
        title=_("Rename %(unit)s") % {"unit": person.name},
        back=reverse("orgs:person", args=[pk]),
        said=_("Saved."),
        initial={"name": person.name},
    )


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def account_open(request: SignedIn, pk: UUID) -> HttpResponse:
    """An account for a person."""
    person = queries.fetch(_rows(Person, request), pk)

    def act(data: dict[str, Any]) -> None:
        joining.open_account(person, **data, **_by(request))

    return _form(
        request,
        forms.AccountForm,
        act,
        title=_("Account for %(person)s") % {"person": person.name},
        back=reverse("orgs:person", args=[pk]),
        said=_("The account is open."),
        permission="accounts.manage",
    )


def _user(request: SignedIn, pk: UUID) -> User:
    return queries.fetch(User.objects.filter(organisation_id=request.user.organisation_id), pk)


def _home_of(user: User) -> str:
    person = Person.objects.filter(user=user).first()
    return reverse("orgs:person", args=[person.pk]) if person else reverse("orgs:home")


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def account_password(request: SignedIn, pk: UUID) -> HttpResponse:
    """An administrator sets a new password."""
    if not request.standing.has("accounts.manage"):
        raise NotAllowed()
    user = _user(request, pk)

    def act(data: dict[str, Any]) -> None:
        accounts.set_password(user, password=data["password"], **_by(request))

    return _form(
        request,
        forms.PasswordForm,
        act,
        title=_("New password for %(person)s") % {"person": user.name},
        back=_home_of(user),
        said=_("The password was set; tell it to the person yourself."),
        permission="accounts.manage",
    )


@login_required
@require_POST
def account_switch(request: SignedIn, pk: UUID) -> HttpResponse:
    """Close the account, or open it again."""
    if not request.standing.has("accounts.manage"):
        raise NotAllowed()
    user = _user(request, pk)
    (accounts.disable if user.is_active else accounts.enable)(user, **_by(request))
    messages.success(request, _("Saved."))
    return see_other(_home_of(user))


@sensitive_post_parameters("current", "password", "again")
@login_required
@require_http_methods(["GET", "POST"])
def account(request: SignedIn) -> HttpResponse:
    """One's own account: who one is here, a new password."""
    form = forms.OwnPasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                accounts.set_password(
                    request.user,
                    password=data["password"],
                    current=data["current"],
                    **_by(request),
                )
            except Refused as error:
                status = form.refuse(error)
            else:
                update_session_auth_hash(request, request.user)
                messages.success(request, _("Your password was changed."))
                return see_other("account")
    person = Person.objects.filter(user=request.user).first()
    organisation = Organisation.objects.get(pk=request.user.organisation_id)
    context = {"nav": "", "form": form, "person": person, "organisation": organisation}
    return render(request, "orgs/account.html", context, status=status)
