"""Forms of operations: a playbook's text, activation, level."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bulou.platform.pages.forms import Form


class TextForm(Form):
    """A playbook as text, typed or from a file (the file wins)."""

    text = forms.CharField(
        label=_("Playbook (YAML)"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
        required=False,
        strip=False,
    )
    file = forms.FileField(label=_("Or a file"), required=False)

    def clean(self) -> dict[str, Any]:
        """The text of the file, where there is one."""
        given: dict[str, Any] = super().clean() or {}
        if file := given.pop("file", None):
            given["text"] = file.read(2_000_000).decode("utf-8", "replace")
        if not given.get("text"):
            self.add_error("text", _("Type or send a playbook."))
        return given


class ActivateForm(Form):
    """The order that begins an operation."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False)
    key = forms.SlugField(
        label=_("Key"), max_length=60, help_text=_("Short, in Latin letters; it stands in addresses and files.")
    )
    level = forms.ChoiceField(label=_("Response level"))
    why = forms.CharField(
        label=_("Start order"),
        max_length=500,
        help_text=_("The order or decision that opens the operation; kept in the journal."),
    )


class LevelForm(Form):
    """Another response level."""

    level = forms.ChoiceField(label=_("Response level"))
    why = forms.CharField(label=_("Reason"), max_length=500)


class ApplyForm(Form):
    """A previewed version, to be applied. One field `clash_…` for each change by hand the new version touches."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False)
    state = forms.CharField(widget=forms.HiddenInput)
    why = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, clashes: list[tuple[str, str]] = (), **kwargs: Any) -> None:  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        self.clash_ids = [id_ for id_, _label in clashes]
        for number, (_id, label) in enumerate(clashes):
            choices = (("keep", _("Keep the change by hand")), ("take", _("Take the new version")))
            self.fields[f"clash_{number}"] = forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)

    @property
    def decisions(self) -> dict[str, str]:
        """Clash → keep or take, of a valid form."""
        return {id_: self.cleaned_data[f"clash_{number}"] for number, id_ in enumerate(self.clash_ids)}


class OverrideForm(Form):
    """One field of one item, by hand."""

    field = forms.ChoiceField(label=_("What"))
    value = forms.CharField(
        label=_("Value (YAML)"), max_length=2000, strip=False, widget=forms.Textarea(attrs={"rows": 3, "class": "code"})
    )
    why = forms.CharField(label=_("Reason"), max_length=500)
