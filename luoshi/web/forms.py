"""What all forms share: a form sent twice counts once, and a refusal lands on its field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luoshi.base.refused import Refused
from luoshi.lib.ids import new_id


class SiteForm(forms.Form):
    """A form with a one-time `request_id`; `refuse` binds an action's refusal to its field."""

    template_name = "ui/form.html"
    request_id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["request_id"].initial = str(new_id())
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField | forms.FileField):
                field.error_messages.setdefault("required", str(_("Choose one.")))
            if isinstance(field, forms.DateField):
                field.error_messages["invalid"] = _("Type a day like 2026-06-30.")
            field.error_messages["required"] = field.error_messages.get("required") or _(
                "Fill this in."
            )
            field.widget.attrs.setdefault("id", f"id_{name}")

    def refuse(self, error: Refused) -> int:
        """Show the refusal at its field (or above the form); returns the HTTP status."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, str(error))
        return error.status


class DayInput(forms.DateInput):
    """A native date field; its value is always ISO, whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
