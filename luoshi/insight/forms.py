"""Forms of the record's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from luoshi.ledger.models import Witness
from luoshi.web.forms import SiteForm


class WitnessForm(SiteForm):
    """Who keeps copies of checkpoints outside."""

    name = forms.CharField(
        label=_("Kept by"),
        max_length=100,
        help_text=_("An office or body that does not run this server, such as the audit section."),
    )
    way = forms.ChoiceField(label=_("How"), choices=Witness.Way.choices)
    vkey = forms.CharField(
        label=_("Public key of its machine"),
        required=False,
        max_length=300,
        help_text=_("The line that “luoshi witness init” prints there."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    address = forms.CharField(
        label=_("Its address"),
        required=False,
        max_length=200,
        help_text=_("Where “luoshi witness serve” answers. Left empty: files travel by hand."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
