"""Changing units and their posts."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from luoshi.base.refused import OutOfScope
from luoshi.orgs import actions, forms, joining, offers, queries
from luoshi.orgs.models import Post, Unit
from luoshi.orgs.views.form import by, one_form, own, words
from luoshi.web.types import SignedIn


def _unit(request: SignedIn, pk: UUID) -> Unit:
    found: Unit = queries.fetch(own(Unit, request), pk)
    return found


def _page(pk: UUID) -> str:
    return reverse("orgs:unit", args=[pk])


@login_required
@require_http_methods(["GET", "POST"])
def root_add(request: SignedIn) -> HttpResponse:
    """The topmost unit of an organisation that has none."""
    return one_form(
        request,
        forms.UnitForm,
        lambda **values: actions.create_unit(parent=None, **values, **by(request)),
        title=_("The topmost unit"),
        back=reverse("orgs:home"),
        said=_("The unit was made."),
        initial={"on": request.today, "unit_kind": "bureau"},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_add(request: SignedIn, pk: UUID) -> HttpResponse:
    """A unit below this one."""
    parent = _unit(request, pk)
    return one_form(
        request,
        forms.UnitForm,
        lambda **values: actions.create_unit(parent=parent, **values, **by(request)),
        title=_("New unit below %(unit)s") % {"unit": parent.name},
        back=_page(pk),
        said=_("The unit was made."),
        initial={"on": request.today, "unit_kind": "department"},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_rename(request: SignedIn, pk: UUID) -> HttpResponse:
    """Another name."""
    unit = _unit(request, pk)
    return one_form(
        request,
        forms.RenameForm,
        lambda **values: actions.rename_unit(unit, **values, **by(request)),
        title=_("Rename %(unit)s") % {"unit": unit.name},
        back=_page(pk),
        said=_("Saved."),
        row=unit,
        initial={"name": unit.name, "short_name": unit.short_name},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_describe(request: SignedIn, pk: UUID) -> HttpResponse:
    """Kind, region, line of work, rank, position."""
    unit = _unit(request, pk)
    names = ("unit_kind", "region", "line", "rank", "position")
    return one_form(
        request,
        forms.DescribeForm,
        lambda **values: actions.change_unit(unit, **values, **by(request)),
        title=_("Describe %(unit)s") % {"unit": unit.name},
        back=_page(pk),
        said=_("Saved."),
        row=unit,
        initial={name: getattr(unit, name) for name in names},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_move(request: SignedIn, pk: UUID) -> HttpResponse:
    """Another place in the tree, from a day on."""
    unit = _unit(request, pk)
    try:
        outside = queries.path_of(unit.pk, request.today)
    except OutOfScope:  # it stands nowhere today: the act will say so
        outside = ""
    return one_form(
        request,
        forms.MoveForm,
        lambda **values: actions.move_unit(unit, **values, **by(request)),
        title=_("Move %(unit)s") % {"unit": unit.name},
        back=_page(pk),
        said=_("Saved."),
        row=unit,
        offer=offers.units(
            unit.organisation_id, request.today, words=words(request), outside=outside
        ),
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_close(request: SignedIn, pk: UUID) -> HttpResponse:
    """The unit ends on a day."""
    unit = _unit(request, pk)
    return one_form(
        request,
        forms.EndForm,
        lambda **values: actions.close_unit(unit, **values, **by(request)),
        title=_("Close %(unit)s") % {"unit": unit.name},
        back=_page(pk),
        said=_("Saved."),
        note=_(
            "What the unit still has to do then stands on the list of the office above until "
            "another unit has taken it over."
        ),
        row=unit,
        initial={"on": request.today},
    )


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def staff_add(request: SignedIn, pk: UUID) -> HttpResponse:
    """A person with post and account joins the unit."""
    unit = _unit(request, pk)
    return one_form(
        request,
        forms.StaffForm,
        lambda **values: joining.join(unit, **values, **by(request)),
        title=_("New person in %(unit)s") % {"unit": unit.name},
        back=_page(pk),
        said=_("The person is in the unit now."),
        offer=offers.above(unit, request.today),
        initial={"since": request.today, "post_role": "clerk"},
    )


@login_required
@require_http_methods(["GET", "POST"])
def post_add(request: SignedIn, pk: UUID) -> HttpResponse:
    """An empty seat."""
    unit = _unit(request, pk)
    return one_form(
        request,
        forms.PostForm,
        lambda **values: actions.create_post(unit=unit, **values, **by(request)),
        title=_("New post in %(unit)s") % {"unit": unit.name},
        back=_page(pk),
        said=_("The post was made."),
        offer=offers.above(unit, request.today),
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def post_close(request: SignedIn, pk: UUID) -> HttpResponse:
    """A seat ends."""
    post: Post = queries.fetch(own(Post, request).select_related("unit"), pk)
    return one_form(
        request,
        forms.EndForm,
        lambda **values: actions.close_post(post, **values, **by(request)),
        title=_("Close the post %(post)s") % {"post": f"{post.unit.name} {post.title}"},
        back=_page(post.unit_id),
        said=_("Saved."),
        row=post,
        initial={"on": request.today},
    )


@login_required
@require_http_methods(["GET", "POST"])
def appoint(request: SignedIn, pk: UUID) -> HttpResponse:
    """Somebody takes the seat."""
    post: Post = queries.fetch(own(Post, request).select_related("unit"), pk)
    return one_form(
        request,
        forms.AppointForm,
        lambda **values: actions.appoint(post=post, **values, **by(request)),
        title=_("Who becomes %(post)s") % {"post": f"{post.unit.name} {post.title}"},
        back=_page(post.unit_id),
        said=_("Saved."),
        offer=offers.people(post.organisation_id, request.today, words=words(request)),
        initial={"valid_from": request.today},
    )
