"""The base of every form: a `once` key, the version it was opened on, and controls that fit phones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulou.platform.pages.components.texts import NONE, listed, plain_day, plain_moment, yes_no
from bulou.platform.refusals import Refusal

SMALL_CHOICE = 7

# Sentences for what Django's fields and validators find wrong, said as a colleague at the desk would say it.
SENTENCES = {
    "required": _("This is needed."),
    "invalid_choice": _("Choose one of the list."),
    "min_value": _("Not less than %(limit_value)s, please."),
    "max_value": _("Not more than %(limit_value)s, please."),
    "min_length": _("At least %(limit_value)d characters; here are %(show_value)d."),
    "max_length": _("At most %(limit_value)d characters; here are %(show_value)d."),
    "max_decimal_places": _("Too many decimals: %(max)s at most."),
}
INVALID: dict[type[forms.Field], Any] = {
    forms.DateTimeField: _("Not a date and time. Write them like 2026-03-09 08:05."),
    forms.DateField: _("Not a date. Write it like 2026-03-09."),
    forms.TimeField: _("Not a time. Write it like 08:05."),
    forms.IntegerField: _("Not a whole number."),
    forms.DecimalField: _("Not a number."),
    forms.FloatField: _("Not a number."),
}


class Form(forms.Form):
    """A form with two hidden keys: `once` (a uuid; sending the form again changes nothing) and `version` (of the row it edits).

    `groups` = pairs of (heading, field names). Choices of up to seven become buttons, dates get the browser's own picker.
    """

    groups: ClassVar[Iterable[tuple[Any, Iterable[str]]]] = ()
    once = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    required_css_class = "required"
    error_css_class = "wrong"

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = uuid4
        self.fields["version"].initial = version
        self.standing: dict[str, str] = {}
        self.is_contested = False
        for field in self.fields.values():
            _fit(field)
            _word(field)

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        *,
        version: int | None = None,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Self:
        """The form of this request: bound when it was posted, else filled with `initial`."""
        if request.method == "POST":
            kwargs |= {"data": request.POST, "files": request.FILES}
        return cls(version=version, initial=initial, **kwargs)

    @property
    def once_key(self) -> UUID:
        """The key of a valid form."""
        return self.cleaned_data["once"]

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, cleaned, without the hidden keys (`version` stays when the form has one)."""
        dropped = {"once"} if self.cleaned_data.get("version") is not None else {"once", "version"}
        return {name: value for name, value in self.cleaned_data.items() if name not in dropped}

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal's sentence beside the field it names, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)

    def contest(self, standing: Mapping[str, Any], version: int | None) -> None:
        """Somebody else saved meanwhile: keep what was typed, show what stands now beside it, and go on from the new version."""
        self.is_contested = True
        for name, value in standing.items():
            if name in self.fields and _said(self[name].value()) != _said(value):
                self.standing[name] = said(self.fields[name], value)
        renewed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, or a dict in tests
        renewed[self.add_prefix("once")] = str(uuid4())
        if version is not None:
            renewed[self.add_prefix("version")] = str(version)
        self.data = renewed

    def slim_errors(self) -> list[tuple[str, str, str]]:
        """Every error as (id of the field or '', label, sentence), for the summary on top."""
        found: list[tuple[str, str, str]] = []
        for name, errors in self.errors.items():
            known = name in self.fields
            where, label = (
                (self[name].id_for_label, str(self[name].label)) if known and not self[name].is_hidden else ("", "")
            )
            found.extend((where, label, str(error)) for error in errors)
        return found


def said(field: forms.Field, value: Any) -> str:
    """A stored value as the reader of the form would say it: the choice's title, yes or no, a plain day."""
    for key, title in getattr(field, "choices", ()):
        if str(key) == str(value):
            return str(title)
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, list | tuple | set):
        return listed(value)
    if hasattr(value, "astimezone"):
        return plain_moment(value)
    return plain_day(value) if hasattr(value, "isoformat") else str(value or NONE)


def _said(value: Any) -> str:
    """For comparing what was typed with what stands: both as plain text."""
    if isinstance(value, list | tuple | set):
        return "\n".join(sorted(str(item) for item in value))
    return "" if value is None or value is False else str(value).strip()


def _fit(field: forms.Field) -> None:
    """Give a field the control that suits it: few choices as buttons, dates with the browser's picker."""
    widget = field.widget
    if type(widget) is forms.Select and not getattr(field, "is_long", False):
        choices = [choice for choice in getattr(field, "choices", ()) if choice[0] not in ("", None)]
        grouped = any(isinstance(title, list | tuple) for _key, title in choices)
        if field.required and 0 < len(choices) <= SMALL_CHOICE and not grouped:
            field.widget = forms.RadioSelect(attrs=widget.attrs, choices=choices)
            field.widget.is_required = field.required
    elif type(widget) is forms.SelectMultiple:
        field.widget = forms.CheckboxSelectMultiple(attrs=widget.attrs, choices=getattr(field, "choices", ()))
    elif type(widget) is forms.DateInput:
        field.widget = forms.DateInput(attrs={"type": "date"} | widget.attrs, format="%Y-%m-%d")
    elif type(widget) is forms.DateTimeInput:
        field.widget = forms.DateTimeInput(attrs={"type": "datetime-local"} | widget.attrs, format="%Y-%m-%dT%H:%M")
    elif type(widget) is forms.TimeInput:
        field.widget = forms.TimeInput(attrs={"type": "time"} | widget.attrs, format="%H:%M")
    if isinstance(field, forms.ChoiceField) and isinstance(field.widget, forms.Select) and not field.required:
        field.widget.choices = [(key, title if key else gettext("Not said")) for key, title in field.widget.choices]


def _word(field: forms.Field) -> None:
    """Put our sentences in place of the framework's; what a form says itself stays."""
    usual: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        usual |= getattr(kind, "default_error_messages", {})
    ours = dict(SENTENCES)
    for kind in type(field).__mro__:
        if kind in INVALID:
            ours["invalid"] = INVALID[kind]
            break
    for code, sentence in ours.items():
        if field.error_messages.get(code) in (None, usual.get(code)):
            field.error_messages[code] = sentence
