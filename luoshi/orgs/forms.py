"""Forms of the organisation's pages; what is beyond a field's type is checked by the actions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luoshi.base.refused import Refused
from luoshi.orgs.models import Person, Post, PostRole, Unit, UnitKind
from luoshi.orgs.offers import Offer
from luoshi.web.forms import DayInput, SiteForm


def _password(
    label: Any, *, new: bool = True, required: bool = True, hint: bool = True
) -> forms.CharField:
    kind = "new-password" if new else "current-password"
    return forms.CharField(
        label=label,
        required=required,
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters.") if new and hint else "",
        widget=forms.PasswordInput(attrs={"autocomplete": kind}),
    )


def _same(form: SiteForm, data: dict[str, Any]) -> dict[str, Any]:
    if data.get("password") and data.get("again") and data["password"] != data["again"]:
        form.add_error("again", _("The two passwords differ. Type both anew."))
    return data


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
    again = _password(_("Password once more"), hint=False)
    witness = forms.CharField(
        label=_("Outside witness of the record"),
        required=False,
        max_length=100,
        help_text=_(
            "Who keeps a printed, sealed check code of the record every month: another office, "
            "such as the audit section. Without one, whoever holds the server could rewrite the "
            "record unnoticed. You can name one later."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        return _same(self, super().clean() or {})


class RowForm(SiteForm):
    """A change of a row: it carries the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def renew(self, version: int) -> None:
        """Carry the newest version from now on; what was typed stays."""
        self.data = {**dict(self.data.items()), "version": str(version)}


class Offering(SiteForm):
    """A form with a choice among rows: some are offered, any of them is taken."""

    choice = ""
    nothing: Any = ""

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.choice]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = offer.rows
        field.choices = [("", self.nothing), *offer.shown]
        chosen = self[self.choice].value()
        if chosen and str(chosen) not in dict(offer.shown):
            field.choices = [*field.choices, *((str(r.pk), str(r)) for r in _one(offer, chosen))]


def _one(offer: Offer, chosen: Any) -> list[Any]:
    """What was chosen from an earlier, other offer; nothing where it is no row at all."""
    try:
        return list(offer.rows.filter(pk=chosen))
    except ValidationError:
        return []


class CountsForm(SiteForm):
    """From which day a workbook counts, and whether it is all there is."""

    on = forms.DateField(
        label=_("Counts from"),
        widget=DayInput(),
        help_text=_("What is new begins on this day, what is gone ends on it."),
    )
    complete = forms.BooleanField(
        label=_("The file is complete: what is not in it ends on this day"), required=False
    )


class WorkbookForm(CountsForm):
    """The organisation as a workbook."""

    field_order = ("workbook", "on", "complete")
    workbook = forms.FileField(
        label=_("Workbook"),
        help_text=_(".xlsx with the sheets of the template, at most 20 MB, without macros."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


class UnitForm(SiteForm):
    """A new unit below another one."""

    name = forms.CharField(label=_("Name"), max_length=100)
    short_name = forms.CharField(label=_("Short name"), max_length=30, required=False)
    unit_kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind.choices)
    region = forms.CharField(label=_("Region"), max_length=40, required=False)
    line = forms.CharField(label=_("Line of work"), max_length=40, required=False)
    rank = forms.CharField(label=_("Rank"), max_length=40, required=False)
    on = forms.DateField(label=_("From"), widget=DayInput())


class RenameForm(RowForm):
    """Another name."""

    name = forms.CharField(label=_("Name"), max_length=100)
    short_name = forms.CharField(label=_("Short name"), max_length=30, required=False)


class DescribeForm(RowForm):
    """What the unit is."""

    unit_kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind.choices)
    region = forms.CharField(label=_("Region"), max_length=40, required=False)
    line = forms.CharField(label=_("Line of work"), max_length=40, required=False)
    rank = forms.CharField(label=_("Rank"), max_length=40, required=False)
    position = forms.IntegerField(label=_("Position in lists"), min_value=0, max_value=100_000)


class MoveForm(Offering, RowForm):
    """Another place in the tree."""

    choice = "parent"
    nothing = _("Choose a unit")
    parent = forms.ModelChoiceField(label=_("Unit above"), queryset=Unit.objects.none())
    on = forms.DateField(label=_("From"), widget=DayInput())


class EndForm(RowForm):
    """The day from which something no longer holds."""

    on = forms.DateField(
        label=_("Ends on"),
        widget=DayInput(),
        help_text=_("On this day it no longer holds; the day before is the last one."),
    )


class PostForm(Offering):
    """A seat, still empty."""

    choice = "acts_for"
    nothing = _("Its own unit")
    title = forms.CharField(label=_("Title of the post"), max_length=60)
    post_role = forms.ChoiceField(label=_("Role"), choices=PostRole.choices)
    acts_for = forms.ModelChoiceField(
        label=_("Acts for"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("A unit above whose whole tree this seat handles, such as an office's clerk."),
    )
    on = forms.DateField(label=_("From"), widget=DayInput())


class StaffForm(Offering):
    """A person with a post, and an account where wanted."""

    choice = "acts_for"
    nothing = _("Its own unit")
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
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
        help_text=_("Left empty: no account yet."),
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

    def refuse(self, error: Refused) -> int:
        """The acts behind this form call its one day by other names."""
        if error.field in ("on", "valid_from"):
            error.field = "since"
        return super().refuse(error)


class AppointForm(Offering):
    """Somebody takes a seat."""

    choice = "person"
    nothing = _("Choose a person")
    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DayInput())
    valid_to = forms.DateField(
        label=_("Until"),
        widget=DayInput(),
        required=False,
        help_text=_("On this day it no longer holds; the day before is the last one."),
    )


class TakeForm(Offering):
    """A person takes an empty seat."""

    choice = "post"
    nothing = _("Choose a vacant post")
    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DayInput())
    valid_to = forms.DateField(
        label=_("Until"),
        widget=DayInput(),
        required=False,
        help_text=_("On this day it no longer holds; the day before is the last one."),
    )


class PortfolioForm(Offering):
    """A leader is put in charge of a unit."""

    choice = "unit"
    nothing = _("Choose a unit")
    unit = forms.ModelChoiceField(label=_("In charge of"), queryset=Unit.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DayInput())
    valid_to = forms.DateField(
        label=_("Until"),
        widget=DayInput(),
        required=False,
        help_text=_("Left empty: as long as the appointment."),
    )


class PersonForm(SiteForm):
    """A new person."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)


class PersonNameForm(RowForm):
    """A person's name."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)


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
    again = _password(_("New password once more"), hint=False)

    def clean(self) -> dict[str, Any]:
        """Both new ones are the same."""
        return _same(self, super().clean() or {})
