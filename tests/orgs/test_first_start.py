"""The first start: the code, the list of units, and one transaction for everything."""

import logging
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from luoshi.accounts.models import User
from luoshi.base.models import Organisation
from luoshi.base.refused import BadInput, OutOfScope
from luoshi.ledger.models import Entry
from luoshi.orgs import access, first_start, outline
from luoshi.orgs.first_start import Clerk, NewCode, WrongCode
from luoshi.orgs.models import Person, Placement, Unit
from tests.cast import AT, PASSWORD, TODAY, Cast

UNITS = """青川市园林局
办公室
　　办公室党支部
工程科
城南分局
\t综合科
\t\t一组
\t城南分局第一党支部
机关党委
- 派驻纪检监察组
清廉专班
机关党总支
其他
"""


def begin(**more: Any) -> User:
    values: dict[str, Any] = {
        "units": UNITS,
        "clerk": Clerk("何静之", 1, "HeJingzhi", PASSWORD),
        "post_title": "经办人",
        "since": date(2026, 1, 1),
        "typed_code": first_start.code(),
        "at": AT,
        **more,
    }
    return first_start.begin(values.pop("organisation", "青川市园林局"), **values)


def code_file() -> Path:
    return Path(settings.DATA_DIR) / "first-start-code"


def test_the_code_is_kept_for_its_owner_alone() -> None:
    code = first_start.code()
    assert first_start.code() == code
    assert len(code.replace("-", "")) == 10
    assert stat.S_IMODE(code_file().stat().st_mode) == 0o600
    first_start.check(f" {code.lower().replace('-', ' ')}")
    first_start.check("".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in code))


def test_ten_wrong_codes_make_a_new_one_and_say_it(caplog: pytest.LogCaptureFixture) -> None:
    old = first_start.code()
    for _ in range(9):
        with pytest.raises(WrongCode) as refused:
            first_start.check("AAAAA-AAAAA")
        assert type(refused.value) is WrongCode
        assert refused.value.field == "code"
    with caplog.at_level(logging.WARNING), pytest.raises(NewCode):
        first_start.check("")
    new = first_start.code()
    assert new != old
    assert new in caplog.text
    with pytest.raises(WrongCode):
        first_start.check(old)


def test_a_missing_or_damaged_file_never_opens_the_door() -> None:
    with pytest.raises(NewCode):
        first_start.check("")
    code_file().write_text("ABCDE-FGHJK")
    with pytest.raises(NewCode):
        first_start.check("ABCDE-FGHJK")


def test_indentation_makes_levels_and_endings_make_kinds() -> None:
    lines = outline.read(UNITS, root="青川市园林局")
    assert [(line.level, line.name, line.unit_kind) for line in lines] == [
        (0, "办公室", "department"),
        (1, "办公室党支部", "branch"),
        (0, "工程科", "department"),
        (0, "城南分局", "subordinate"),
        (1, "综合科", "section"),
        (2, "一组", "section"),
        (1, "城南分局第一党支部", "branch"),
        (0, "机关党委", "committee"),
        (0, "派驻纪检监察组", "discipline"),
        (0, "清廉专班", "group"),
        (0, "机关党总支", "general_branch"),
        (0, "其他", "other"),
    ]
    assert [line.unit_kind for line in outline.read("甲\n乙科", kinds=["bureau", "?"])] == [
        "bureau", "department",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("办公室\n工程科\n办公室", "办公室"),
        ("办\u200b公室", "1"),
        ("\n".join(" " * n + f"第{n}层" for n in range(20)), "16"),
        ("\n".join(f"第{n}科" for n in range(500)), "500"),
        ("水" * 101, "101"),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        outline.read(text)
    assert refused.value.field == "units"
    assert said in str(refused.value)


@pytest.mark.django_db
def test_an_empty_site_becomes_an_organisation(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        user = begin()
    assert not code_file().exists()
    assert (user.username, user.duties) == ("hejingzhi", ["org_admin"])
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert Organisation.objects.count() == 2
    assert Unit.objects.count() == 13
    root = Placement.objects.get(parent=None)
    assert root.unit.name == "青川市园林局"
    standing = access.standing(user, TODAY)
    assert standing.may("directive.issue", root.path)
    assert standing.may("orgs.manage", root.path)
    assert standing.main is not None
    assert standing.main.unit_name == "办公室"
    assert access.standing(user, date(2026, 1, 1)).seats
    assert not access.standing(user, date(2025, 12, 31)).seats
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert kinds == {
        "organisation.created", "user.created", "unit.created", "post.created",
        "person.created", "appointment.made", "person.linked",
    }  # fmt: skip
    assert Entry.objects.filter(organisation__slug="instance").count() == 2
    assert [u.name for u in Unit.objects.order_by("position", "id")][:3] == [
        "青川市园林局", "办公室", "办公室党支部",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"organisation": "  "}, "organisation"),
        ({"units": "办公室\n办公室"}, "units"),
        ({"clerk": Clerk("", 0, "hejing", PASSWORD)}, "name"),
        ({"clerk": Clerk("何静之", 99, "hejing", PASSWORD)}, "unit"),
        ({"clerk": Clerk("何静之", 0, "何", PASSWORD)}, "username"),
        ({"clerk": Clerk("何静之", 0, "hejing", "12345678")}, "password"),
        ({"typed_code": "AAAAA-AAAAA"}, "code"),
        ({"since": date(2026, 3, 3)}, "since"),
    ],
)
def test_one_mistake_leaves_nothing(more: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        begin(**more)
    assert refused.value.field == field
    for model in (User, Organisation, Unit, Person, Entry):
        assert not model._default_manager.exists()
    assert first_start.code()


def test_a_site_in_use_has_no_first_start(cast: Cast) -> None:
    with pytest.raises(OutOfScope):
        begin()
