"""The first start: an empty site founds its organisation behind the code on the terminal."""

from datetime import date

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from luoshi.accounts.models import User
from luoshi.base.refused import BadInput, OutOfScope, Refused
from luoshi.orgs import first_start, outline
from luoshi.orgs.forms import StartForm
from luoshi.orgs.models import PostRole
from luoshi.web.answers import see_other

OFFICES = ("办公室", "综合科", "综合处", "党政办公室", "党委办公室")
"""Where the first clerk sits when they do not say: the first unit with such a name."""
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters("password", "again", "code")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """One page, one step: then the first clerk is signed in."""
    if User.objects.exists():
        raise OutOfScope()
    form = StartForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                user = _begin(request, form)
            except Refused as error:
                status = form.refuse(error)
            else:
                login(request, user, backend=BACKEND)
                return see_other("mine")
    return render(request, "orgs/start.html", {"form": form}, status=status)


def _begin(request: HttpRequest, form: StartForm) -> User:
    data = form.cleaned_data
    first_start.check(data["code"])
    lines = outline.read(data["units"], root=data["organisation"])
    names = [line.name for line in lines]
    wanted = data["unit"].strip()
    if wanted and wanted != data["organisation"] and wanted not in names:
        raise BadInput(
            _("“%(unit)s” is not among the first units. Type the name of one or leave it empty."),
            field="unit",
            unit=wanted,
        )
    if not wanted:
        wanted = next((n for n in names if n in OFFICES), "")
    at = request.at  # type: ignore[attr-defined]  # declared in web.types.SignedIn
    # From the year's first day: a document of this year may already have been due.
    return first_start.begin(
        data["organisation"],
        units=data["units"],
        clerk=first_start.Clerk(
            name=data["name"],
            unit=names.index(wanted) + 1 if wanted in names else 0,
            username=data["username"],
            password=data["password"],
        ),
        post_title=str(PostRole.CLERK.label),
        since=date(request.today.year, 1, 1),  # type: ignore[attr-defined]  # as above
        typed_code=data["code"],
        language=get_language() or "zh-hans",
        witness=data["witness"],
        at=at,
    )
