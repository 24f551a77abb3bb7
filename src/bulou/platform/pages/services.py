"""Writes of the page kit."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.viewer import Viewer
from bulou.platform.pages import languages
from bulou.platform.refusals import Refusal


def choose_language(*, by: Viewer, code: str) -> None:
    """Keep a signed-in user's language; for anybody else it lives in the browser alone. A taste, not an act: no journal line."""
    if not languages.known(code):
        raise Refusal("pages.unknown_language", _("This language is not offered here."), field="language")
    if by.user_id is not None:
        get_user_model().objects.filter(pk=by.user_id).update(language=code)
