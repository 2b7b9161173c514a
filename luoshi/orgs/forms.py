"""Forms of the organisation's pages; what is beyond a field's type is checked by the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luoshi.orgs.models import Person, Post, PostRole, Unit, UnitKind
from luoshi.web.forms import DayInput, SiteForm


def _password(label: Any, *, new: bool = True, required: bool = True) -> forms.CharField:
    kind = "new-password" if new else "current-password"
    return forms.CharField(
        label=label,
        required=required,
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters.") if new else "",
        widget=forms.PasswordInput(attrs={"autocomplete": kind}),
    )


class StartForm(SiteForm):
    """The first start."""

    code = forms.CharField(
        label=_("Code from the terminal"),
        max_length=40,
        help_text=_("“luoshi serve” shows it where it was started."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    organisation = forms.CharField(label=_("Name of the organisation"), max_length=100)
    units = forms.CharField(
        label=_("First units"),
        required=False,
        max_length=40_000,
        strip=False,
        help_text=_("One a line; indent what stands below another one. More can follow later."),
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    unit = forms.CharField(
        label=_("Your unit"),
        required=False,
        max_length=100,
        help_text=_("One of those above. Left empty: the office, or the organisation itself."),
    )
    name = forms.CharField(label=_("Your name"), max_length=60)
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=40,
        help_text=_("Small letters and digits."),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = _password(_("Password"))


class UnitForm(SiteForm):
    """A new unit below another one."""

    name = forms.CharField(label=_("Name"), max_length=100)
    short_name = forms.CharField(label=_("Short name"), max_length=30, required=False)
    unit_kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind.choices)
    region = forms.CharField(label=_("Region"), max_length=40, required=False)
    line = forms.CharField(label=_("Line of work"), max_length=40, required=False)
    rank = forms.CharField(label=_("Rank"), max_length=40, required=False)
    on = forms.DateField(label=_("From"), widget=DayInput())


class RenameForm(SiteForm):
    """Another name."""

    name = forms.CharField(label=_("Name"), max_length=100)
    short_name = forms.CharField(label=_("Short name"), max_length=30, required=False)


class DescribeForm(SiteForm):
    """What the unit is."""

    unit_kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind.choices)
    region = forms.CharField(label=_("Region"), max_length=40, required=False)
    line = forms.CharField(label=_("Line of work"), max_length=40, required=False)
    rank = forms.CharField(label=_("Rank"), max_length=40, required=False)
    position = forms.IntegerField(label=_("Position in lists"), min_value=0, max_value=100_000)


class UnitsForm(SiteForm):
    """A form with a choice among units of the organisation."""

    choice = ""

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.choice]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units


class MoveForm(UnitsForm):
    """Another place in the tree."""

    choice = "parent"
    parent = forms.ModelChoiceField(label=_("Unit above"), queryset=Unit.objects.none())
    on = forms.DateField(label=_("From"), widget=DayInput())


class EndForm(SiteForm):
    """The day from which something no longer holds."""

    on = forms.DateField(label=_("Ends on"), widget=DayInput())


class StaffForm(UnitsForm):
    """A person with a post, and an account where wanted."""

    choice = "acts_for"
    name = forms.CharField(label=_("Name"), max_length=60)
    post_role = forms.ChoiceField(label=_("Role"), choices=PostRole.choices)
    title = forms.CharField(
        label=_("Title of the post"),
        max_length=60,
        required=False,
        help_text=_("Left empty: the name of the role."),
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = _password(_("Password"), required=False)
    acts_for = forms.ModelChoiceField(
        label=_("Acts for"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("A unit above whose whole tree this seat handles, such as an office's clerk."),
    )
    since = forms.DateField(label=_("Since"), widget=DayInput())


class PostForm(UnitsForm):
    """A seat, still empty."""

    choice = "acts_for"
    title = forms.CharField(label=_("Title of the post"), max_length=60)
    post_role = forms.ChoiceField(label=_("Role"), choices=PostRole.choices)
    acts_for = forms.ModelChoiceField(
        label=_("Acts for"), queryset=Unit.objects.none(), required=False
    )
    on = forms.DateField(label=_("From"), widget=DayInput())


class AppointForm(SiteForm):
    """Somebody takes a seat."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DayInput())
    valid_to = forms.DateField(label=_("Until"), widget=DayInput(), required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


def _seat(obj: Any) -> str:
    return f"{obj.unit.name} {obj.title}"


class TakeForm(SiteForm):
    """A person takes an empty seat."""

    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DayInput())

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = posts
        field.label_from_instance = _seat  # type: ignore[method-assign]  # Django's way to word a choice


class PortfolioForm(UnitsForm):
    """A leader is put in charge of a unit."""

    choice = "unit"
    unit = forms.ModelChoiceField(label=_("In charge of"), queryset=Unit.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DayInput())


class PersonForm(SiteForm):
    """A person's name."""

    name = forms.CharField(label=_("Name"), max_length=60)


class AccountForm(SiteForm):
    """An account for a person."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=40,
        help_text=_("Small letters and digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = _password(_("Password"))
    duties = forms.MultipleChoiceField(
        label=_("Further duties"),
        required=False,
        choices=[
            ("org_admin", _("Administrator: units, people, accounts")),
            ("auditor", _("Auditor: verifies the record")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )


class PasswordForm(SiteForm):
    """A new password, set by an administrator."""

    password = _password(_("New password"))


class OwnPasswordForm(SiteForm):
    """A new password of one's own."""

    current = _password(_("Present password"), new=False)
    password = _password(_("New password"))
    again = _password(_("New password once more"))

    def clean(self) -> dict[str, Any]:
        """Both new ones are the same."""
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return data
