"""Which language a reader gets, and remembering the one they choose."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

YEAR = 365 * 24 * 3600


def known(code: str) -> bool:
    """Whether the house speaks this language."""
    return code in dict(settings.LANGUAGES)


def of_cookie(request: HttpRequest) -> str:
    """The language chosen in this browser, or ''."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if known(chosen) else ""


def remember(response: HttpResponseBase, code: str) -> None:
    """Keep the language in this browser for a year (log-in calls this with the user's own)."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
