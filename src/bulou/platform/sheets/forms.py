"""The forms of an import: a file, another way of reading it, and the decision to load."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bulou.platform.pages.forms import Form
from bulou.platform.sheets.layout import MOST_HEADER_ROWS
from bulou.platform.sheets.spec import ImportSpec

LEFT_OUT = "-"


class UploadForm(Form):
    """One file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Excel (.xlsx, .xls) or CSV. Any layout: titles, merged cells and several header rows are understood."
        ),
    )


class LoadForm(Form):
    """The decision: everything, or the good rows only."""

    only_good = forms.BooleanField(required=False, widget=forms.HiddenInput)
    why = forms.CharField(label=_("Reason, kept in the journal"), max_length=200, required=False)


class MappingForm(Form):
    """Which sheet, where its header stands, and what each column holds. Columns are fields `column_0`, `column_1`, …"""

    sheet = forms.TypedChoiceField(label=_("Sheet"), coerce=int, required=False)
    first = forms.IntegerField(label=_("Header begins in row"), min_value=1, max_value=300_000)
    depth = forms.IntegerField(label=_("Header rows"), min_value=1, max_value=MOST_HEADER_ROWS + 2)

    def __init__(self, *args: Any, spec: ImportSpec, sheets: list[str], width: int, **kwargs: Any) -> None:
        self.width = width
        self.base_columns = [(LEFT_OUT, _("Leave out")), *[(one.key, one.label) for one in spec.fields]]
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = list(enumerate(sheets))  # type: ignore[attr-defined]
        for column in range(width):
            self.fields[f"column_{column}"] = forms.ChoiceField(choices=self.base_columns, required=False)

    @property
    def mapping(self) -> dict[int, str]:
        """Column → field key, of a valid form."""
        chosen = {column: self.cleaned_data.get(f"column_{column}") for column in range(self.width)}
        return {column: key for column, key in chosen.items() if key and key != LEFT_OUT}
