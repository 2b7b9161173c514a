"""How the pages look to one browser: theme and text size, kept in two cookies."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from luoshi.web.context import LOOK

YEAR = 365 * 24 * 3600


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme or size and go back to the page that asked."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, values in LOOK.items():
        value = request.POST.get(name, "")
        if value in values:
            response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax")
    return response
