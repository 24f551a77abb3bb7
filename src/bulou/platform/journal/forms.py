"""The journal's one form."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bulou.platform.pages.forms import Form


class HeadForm(Form):
    """A head from paper."""

    head = forms.CharField(
        label=_("Printed head"),
        max_length=60,
        help_text=_("As it stands at the foot of a briefing or export; spaces and capitals do not matter."),
    )
