"""Forms of accounts. They read what was typed; what is right is said by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.platform.pages.forms import Form


def _password(label: Any, *, new: bool = False, hint: Any = "") -> forms.CharField:
    kind = "new-password" if new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(label=label, strip=False, max_length=256, widget=widget, help_text=hint)


class LogInForm(Form):
    """Log-in name and password. Without a `once` key: to log in twice is to log in."""

    username = forms.CharField(
        label=_("Log-in name"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = _password(_("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["once"], self.fields["version"]


class CodeForm(Form):
    """A code of the authenticator, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from the authenticator, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "inputmode": "text", "spellcheck": "false"}
        ),
    )


class ConfirmForm(Form):
    """The first code of a new authenticator."""

    code = forms.CharField(
        label=_("Code"),
        max_length=10,
        help_text=_("The six digits it shows now."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordForm(Form):
    """A new password, typed twice, and the present one."""

    old = _password(_("Present password"))
    new = _password(
        _("New password"), new=True, hint=_("At least 10 characters; several words are easier to keep than signs.")
    )
    again = _password(_("New password again"), new=True)


class AgainForm(Form):
    """The password again, before something that weakens the account."""

    password = _password(_("Your password"))


class UserForm(Form):
    """What can be changed of a user."""

    display_name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("As others see it, in the journal too.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewUserForm(UserForm):
    """A new user."""

    username = forms.CharField(
        label=_("Log-in name"),
        max_length=200,
        help_text=_("2 to 64 letters, digits or . _ - @; capitals do not matter. It cannot be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ("username", "display_name", "language")
