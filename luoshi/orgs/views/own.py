"""One's own account: who one is here, the language of the pages, a new password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.accounts import actions
from luoshi.accounts.adapter import speak
from luoshi.base.models import Organisation
from luoshi.base.refused import Refused
from luoshi.orgs import pages
from luoshi.orgs.forms import OwnPasswordForm
from luoshi.orgs.models import Person
from luoshi.orgs.views.form import by
from luoshi.web.answers import see_other
from luoshi.web.types import SignedIn


@sensitive_post_parameters("current", "password", "again")
@login_required
@require_http_methods(["GET", "POST"])
def account(request: SignedIn) -> HttpResponse:
    """The page, and its form for a new password; the present session stays, all others end."""
    form = OwnPasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.set_password(
                    request.user,
                    password=form.cleaned_data["password"],
                    current=form.cleaned_data["current"],
                    **by(request),
                )
            except Refused as error:
                status = form.refuse(error)
            else:
                update_session_auth_hash(request, request.user)
                messages.success(request, _("Your password was changed."))
                return see_other("account")
    person = Person.objects.filter(
        organisation_id=request.user.organisation_id, user=request.user
    ).first()
    context = {
        "form": form,
        "person": person,
        "page": pages.person_page(person, request.today) if person else None,
        "organisation": Organisation.objects.get(pk=request.user.organisation_id),
    }
    return render(request, "orgs/account.html", context, status=status)


@login_required
@require_POST
def language(request: SignedIn) -> HttpResponse:
    """The language of one's pages, in this browser and in every new one."""
    chosen = request.POST.get("language", "")
    actions.set_language(request.user, language=chosen, **by(request))
    with override(chosen):
        messages.success(request, _("Saved."))
    response = see_other("account")
    speak(response, chosen)
    return response
