"""A unit typed in a form: by its name, by its way where several bear it, with a hint where none."""

from typing import Any
from typing import cast as typed

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.translation import override

from luoshi.base.refused import BadInput
from luoshi.duties.views.choosing import unit_named, unit_names
from luoshi.orgs import access
from luoshi.orgs import actions as orgs
from luoshi.orgs.models import Placement, Unit
from luoshi.web.types import SignedIn
from tests.cast import AT, TODAY, Cast


def asked(cast: Cast, text: str) -> Unit | None:
    request: HttpRequest = RequestFactory().post("/", {"to": text})
    user = cast.users["office_clerk"]
    request.user = user
    typed(Any, request).standing = access.standing(user, TODAY)
    return unit_named(typed(SignedIn, request), "to")


def made(cast: Cast, name: str, parent: Unit) -> Unit:
    return orgs.create_unit(
        name=name, unit_kind="department", parent=parent, on=TODAY, by=cast.admin, at=AT
    )


def test_a_name_that_two_units_bear_is_said_with_the_unit_above(cast: Cast) -> None:
    one, other = (made(cast, "综合科", cast.units[key]) for key in ("beidu", "nanping"))
    with pytest.raises(BadInput) as refused:
        asked(cast, "综合科")
    assert "北渡分局 › 综合科" in str(refused.value)
    assert "南屏分局 › 综合科" in str(refused.value)
    names = unit_names(cast.organisation.pk, TODAY)
    assert "综合科" not in names
    assert [asked(cast, name) for name in names if "综合科" in name] == [one, other]
    assert asked(cast, "南屏分局›综合科") == other
    assert len({asked(cast, name) for name in names}) == len(names), "whatever is offered is taken"


def test_units_below_the_second_root_are_found(cast: Cast) -> None:
    below = made(cast, "堤防科", cast.units["bureau"])
    Placement.objects.filter(unit=below).update(path="0001", parent=None)
    assert asked(cast, "堤防科") == below
    path = cast.paths["beidu"]
    assert unit_names(cast.organisation.pk, TODAY, path)[0] == "北渡分局"
    assert "堤防科" not in unit_names(cast.organisation.pk, TODAY, path)


def test_where_none_fits_up_to_three_are_suggested(cast: Cast) -> None:
    with override("en"):
        with pytest.raises(BadInput) as near:
            asked(cast, "支部")
        with pytest.raises(BadInput) as none:
            asked(cast, "没有这个单位")
        with pytest.raises(BadInput) as wrong:
            asked(cast, "南屏分局 › 北渡分局第一支部")
    assert str(near.value).count("支部") == 4
    assert "?" not in str(none.value)
    assert "Is it one of these: 北渡分局第一支部?" in str(wrong.value)
    assert asked(cast, " ") is None
