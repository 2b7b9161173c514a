"""One form a page, one act a form: how all pages that change the organisation work."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from luoshi.base.refused import AlreadyDone, NotAllowed, Refused, Stale
from luoshi.orgs.forms import RowForm
from luoshi.web.answers import see_other
from luoshi.web.forms import SiteForm
from luoshi.web.types import SignedIn


def own(model: type[Model], request: SignedIn) -> "QuerySet[Any]":
    """The rows of the person's organisation."""
    return model._default_manager.filter(organisation_id=request.user.organisation_id)


def by(request: SignedIn) -> dict[str, Any]:
    """Who acts, and when."""
    return {"by": request.user, "at": request.at}


def allow(request: SignedIn, permission: str = "orgs.manage") -> None:
    """Refuse to show a form to who may not send it; the act itself checks again."""
    if not request.standing.has(permission):
        raise NotAllowed()


def words(request: SignedIn) -> str:
    """The part of a name by which the choices are narrowed (`?q=`)."""
    return request.GET.get("q", "").strip()


def one_form(
    request: SignedIn,
    make: Callable[..., SiteForm],
    act: Callable[..., Any],
    *,
    title: str,
    back: str,
    said: str,
    row: Any = None,
    onward: Callable[[Any], str] | None = None,
    permission: str = "orgs.manage",
    note: str = "",
    initial: dict[str, Any] | None = None,
    **given: Any,
) -> HttpResponse:
    """Show a form or run its act; a refusal stands at its field, and what was typed stays.

    The act gets the form's values by keyword: with `row` (a change of it) `seen`, the version that
    the person saw; without it the `request_id`. Afterwards the browser goes `back`, or `onward`
    with what the act returned. A form that comes twice counts once and goes back as well. `note`
    says beforehand what comes of it.
    """
    allow(request, permission)
    initial = {**(initial or {}), **({"version": row.version} if row is not None else {})}
    form = make(request.POST or None, initial=initial, **given)
    status, newest = 200, []
    if request.method == "POST":
        status = 400
        if form.is_valid():
            values = dict(form.cleaned_data)
            if row is not None:
                values.pop("request_id", None)
                values["seen"] = values.pop("version", None)
            try:
                made = act(**values)
            except AlreadyDone as error:
                messages.info(request, str(error))
                return see_other(back)
            except Refused as error:
                status = form.refuse(error)
                if isinstance(error, Stale) and isinstance(form, RowForm):
                    newest = _newest(form, initial)
                    form.renew(row.version)
            else:
                messages.success(request, said)
                return see_other(onward(made) if onward else back)
    context = {
        "nav": "orgs",
        "form": form,
        "title": title,
        "note": note,
        "back": back,
        "newest": newest,
        "offer": given.get("offer"),
    }
    return render(request, "orgs/form.html", context, status=status)


def _newest(form: SiteForm, now: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Label and present value of each field that is kept as something else than what was typed."""
    return [
        (form.fields[name].label, dict(getattr(form.fields[name], "choices", ())).get(value, value))
        for name, value in now.items()
        if name != "version" and name in form.fields and form.cleaned_data.get(name) != value
    ]
