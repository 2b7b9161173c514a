"""Changing people: their names, seats, portfolios and accounts."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.accounts import actions as accounts
from luoshi.accounts.models import User
from luoshi.orgs import actions, forms, joining, offers, queries
from luoshi.orgs.models import Appointment, Person, Portfolio
from luoshi.orgs.views.form import allow, by, one_form, own, words
from luoshi.web.answers import see_other, seen
from luoshi.web.types import SignedIn


def _person(request: SignedIn, pk: UUID) -> Person:
    found: Person = queries.fetch(own(Person, request), pk)
    return found


def _page(pk: UUID) -> str:
    return reverse("orgs:person", args=[pk])


@login_required
@require_http_methods(["GET", "POST"])
def person_add(request: SignedIn) -> HttpResponse:
    """A person without a seat yet."""
    return one_form(
        request,
        forms.PersonForm,
        lambda **values: actions.create_person(**values, **by(request)),
        title=_("New person"),
        back=reverse("orgs:home"),
        onward=lambda person: _page(person.pk),
        said=_("Saved."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_rename(request: SignedIn, pk: UUID) -> HttpResponse:
    """A person's name."""
    person = _person(request, pk)
    return one_form(
        request,
        forms.PersonNameForm,
        lambda **values: actions.rename_person(person, **values, **by(request)),
        title=_("Rename %(unit)s") % {"unit": person.name},
        back=_page(pk),
        said=_("Saved."),
        row=person,
        initial={"name": person.name},
    )


@login_required
@require_http_methods(["GET", "POST"])
def take(request: SignedIn, pk: UUID) -> HttpResponse:
    """The person takes an empty seat."""
    person = _person(request, pk)
    return one_form(
        request,
        forms.TakeForm,
        lambda **values: actions.appoint(person=person, **values, **by(request)),
        title=_("Appoint %(person)s") % {"person": person.name},
        back=_page(pk),
        said=_("Saved."),
        offer=offers.vacancies(person.organisation_id, request.today, words=words(request)),
        initial={"valid_from": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def appointment_end(request: SignedIn, pk: UUID) -> HttpResponse:
    """A person leaves a seat."""
    rows = own(Appointment, request).select_related("person", "post__unit")
    held: Appointment = queries.fetch(rows, pk)
    return one_form(
        request,
        forms.EndForm,
        lambda **values: actions.end_appointment(held, **values, **by(request)),
        title=_("%(person)s leaves %(post)s")
        % {"person": held.person.name, "post": f"{held.post.unit.name} {held.post.title}"},
        back=_page(held.person_id),
        said=_("Saved."),
        row=held,
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def portfolio_give(request: SignedIn, pk: UUID) -> HttpResponse:
    """A leader is put in charge of a unit."""
    rows = own(Appointment, request).select_related("person", "post")
    held: Appointment = queries.fetch(rows, pk)
    return one_form(
        request,
        forms.PortfolioForm,
        lambda **values: actions.give_portfolio(held, **values, **by(request)),
        title=_("What %(person)s is in charge of") % {"person": held.person.name},
        back=_page(held.person_id),
        said=_("Saved."),
        offer=offers.units(held.organisation_id, request.today, words=words(request)),
        initial={"valid_from": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def portfolio_end(request: SignedIn, pk: UUID) -> HttpResponse:
    """A leader is no longer in charge of a unit."""
    rows = own(Portfolio, request).select_related("appointment__person", "unit")
    given: Portfolio = queries.fetch(rows, pk)
    return one_form(
        request,
        forms.EndForm,
        lambda **values: actions.end_portfolio(given, **values, **by(request)),
        title=_("%(person)s is no longer in charge of %(unit)s")
        % {"person": given.appointment.person.name, "unit": given.unit.name},
        back=_page(given.appointment.person_id),
        said=_("Saved."),
        row=given,
        initial={"on": request.today},
    )


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def account_open(request: SignedIn, pk: UUID) -> HttpResponse:
    """An account for a person."""
    person = _person(request, pk)
    return one_form(
        request,
        forms.AccountForm,
        lambda **values: joining.open_account(person, **values, **by(request)),
        title=_("Account for %(person)s") % {"person": person.name},
        back=_page(pk),
        said=_("The account is open."),
        permission="accounts.manage",
    )


def _user(request: SignedIn, pk: UUID) -> User:
    allow(request, "accounts.manage")
    found: User = queries.fetch(own(User, request), pk)
    return found


def _page_of(user: User) -> str:
    person = Person.objects.filter(organisation_id=user.organisation_id, user=user).first()
    return _page(person.pk) if person else reverse("orgs:home")


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def account_password(request: SignedIn, pk: UUID) -> HttpResponse:
    """An administrator sets a new password."""
    user = _user(request, pk)
    if user == request.user:
        return see_other("account")
    return one_form(
        request,
        forms.PasswordForm,
        lambda password, **_values: accounts.set_password(user, password=password, **by(request)),
        title=_("New password for %(person)s") % {"person": user.name},
        back=_page_of(user),
        said=_("The password was set; tell it to the person yourself."),
        permission="accounts.manage",
    )


@login_required
@require_POST
def account_switch(request: SignedIn, pk: UUID) -> HttpResponse:
    """Close the account, or open it again: what `to` says, so that a double click is harmless."""
    user = _user(request, pk)
    opened = request.POST.get("to") == "open"
    if user.is_active != opened:
        (accounts.enable if opened else accounts.disable)(user, **by(request), seen=seen(request))
    messages.success(request, _("The account is open.") if opened else _("The account is closed."))
    return see_other(_page_of(user))
