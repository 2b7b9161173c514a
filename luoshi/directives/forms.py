"""Forms of the directive pages. Texts become units, days and cadences here, errors at the field."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from luoshi.base.refused import BadInput
from luoshi.directives import resolving
from luoshi.directives.models import Directive, TaskKind
from luoshi.directives.typed import typed_when
from luoshi.orgs.models import Unit
from luoshi.reading import Unreadable
from luoshi.reading.files import LARGEST, SUFFIXES, Notice, document_of
from luoshi.web.forms import DayInput, SiteForm

ACCEPT = ",".join(SUFFIXES)


def unreadable(error: Unreadable) -> str:
    """The reader's message in the language of the page."""
    return error.message_zh if _chinese() else error.message_en


def noticed(notice: Notice) -> str:
    """What a person should know of a file, in the language of the page."""
    return notice.zh if _chinese() else notice.en


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


class ImportForm(SiteForm):
    """A document as a file or as pasted text, and what the office knows about it."""

    document = forms.FileField(
        label=_("Document"),
        required=False,
        help_text=_(
            "Word (.docx, .doc, .wps), PDF with text, .ofd, .html, .txt or .md, at most 20 MB; "
            "the original is kept as it is."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    text = forms.CharField(
        label=_("or paste its text"),
        required=False,
        strip=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=200,
        help_text=_("Left empty: the title in the text."),
    )
    number = forms.CharField(label=_("Document number"), required=False, max_length=60)
    issued_on = forms.DateField(label=_("Date of the document"), required=False, widget=DayInput())
    year = forms.IntegerField(
        label=_("Year of the work"),
        min_value=1990,
        max_value=2100,
        help_text=_("Dates without a year and cadences fall into it."),
    )
    owner = forms.ModelChoiceField(
        label=_("Issued by"), queryset=Unit.objects.none(), empty_label=None
    )
    work_line = forms.ChoiceField(
        label=_("Line"),
        required=False,
        choices=Directive.WorkLine.choices,
        help_text=_("For business work, a governance directive for the same units is proposed."),
    )
    again = forms.BooleanField(
        label=_("Import it once more all the same"), required=False, widget=forms.HiddenInput
    )
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = owners

    def clean(self) -> dict[str, Any]:
        """One of file and text; the file is read here, so that errors stand at it.

        `notices` are what the reading of the file leaves out.
        """
        data = super().clean() or {}
        data["notices"] = ()
        upload, text = data.get("document"), (data.get("text") or "")
        if isinstance(upload, UploadedFile):
            try:
                content = upload.read(LARGEST + 1)
                upload.seek(0)
                data["text"], data["notices"] = document_of(content, upload.name or "")
            except Unreadable as error:
                self.add_error("document", unreadable(error))
        elif "document" not in self.errors and not text.strip():
            self.add_error("document", _("Choose a document, or paste its text below."))
        else:
            data["text"] = text.replace("\r\n", "\n").replace("\r", "\n")
        return data


@dataclass(frozen=True, slots=True)
class Cells:
    """What was typed for one task, as the actions take it; None means: not touched."""

    lead: list[UUID] | None
    support: list[UUID] | None
    due_on: date | None
    rhythm: str
    within: int | None = None
    within_unit: str = "workdays"

    @property
    def when(self) -> dict[str, Any]:
        """Day, cadence and time after receipt, as a task keeps them."""
        return {
            "due_on": self.due_on,
            "rhythm": self.rhythm,
            "within": self.within,
            "within_unit": self.within_unit,
        }


def cells(
    typed: dict[str, str], tree: resolving.Tree, *, year: int, before: dict[str, str] | None = None
) -> Cells:
    """Units and time as typed in `lead`, `support`, `when`; raises `BadInput` at the field.

    A field that still holds its text of `before` counts as not touched.
    """
    before = before or {}

    def units(name: str) -> list[UUID] | None:
        text = typed.get(name)
        if text is None or text.strip() == before.get(name, "\0").strip():
            return None
        return resolving.chosen(text, tree, field=name)

    when = typed_when(typed.get("when", ""), year=year, field="when")
    return Cells(
        units("lead"), units("support"), when.due_on, when.rhythm, when.within, when.within_unit
    )


def located(text: str, wanted: str, near: int) -> tuple[int, int]:
    """Where a stretch stands in the text: the occurrence nearest to `near`. Raises `BadInput`."""
    wanted = wanted.replace("\r\n", "\n").strip()
    best = -1
    if wanted:
        at = text.find(wanted)
        while at >= 0:
            if best < 0 or abs(at - near) < abs(best - near):
                best = at
            at = text.find(wanted, at + 1)
    if best < 0:
        raise BadInput(
            _("These words do not stand in the text like this. Copy them from the document."),
            field="stretch",
        )
    return best, best + len(wanted)


def cut_at(clause: str, typed: str) -> int:
    """The character of the clause before which a person put a line break. Raises `BadInput`."""
    parts = typed.replace("\r\n", "\n").strip().split("\n")
    if len(parts) != 2 or "".join(parts) != clause:
        raise BadInput(
            _("Put one line break where the clause is to be cut, and change nothing else."),
            field="stretch",
        )
    return len(parts[0])


KINDS = TaskKind.choices
