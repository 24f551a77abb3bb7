"""The form of an immediate report: as little as can be said in a minute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulou.modules.alerts.labels import ABOUT, KINDS
from bulou.platform.pages.forms import Form


class ReportForm(Form):
    """Who, what, since when."""

    kind = forms.ChoiceField(label=_("Case"), choices=KINDS.items)
    about = forms.ChoiceField(label=_("Among"), choices=ABOUT.items)
    person_id = forms.TypedChoiceField(
        label=_("Which person"), coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Name, if somebody else"), max_length=80, required=False)
    happened_at = forms.DateTimeField(label=_("Since when"), required=False, help_text=_("Now, unless told."))
    note = forms.CharField(
        label=_("What is known"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept encrypted; read by those this report goes to."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, people: Sequence[tuple[int, str]] = (), me: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        words = [(pk, gettext("%(name)s (myself)") % {"name": name} if pk == me else name) for pk, name in people]
        self.fields["person_id"].choices = [("", gettext("Somebody else")), *words]  # type: ignore[attr-defined]
