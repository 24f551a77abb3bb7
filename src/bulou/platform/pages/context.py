"""What every template is given. Modules lend the house its name, its exercise and its seal head by their manifests."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe

from bulou.platform.access.viewer import ANONYMOUS
from bulou.platform.manifest import extras
from bulou.platform.pages.navigation import navigation


def page(request: HttpRequest) -> dict[str, Any]:
    """The viewer, the moment, the navigation, and what modules hang under these keys of their manifest's extras:

    `house_name`: () → the county's name; `exercise`: (now) → what is being exercised, or None; `seal_head`: () → the head of the
    journal's chain as printed; `user_menu`: a tuple of navigation.UserLine; `bar`: (viewer) → navigation.BarMark, several;
    `banners`: (viewer, now) → HTML of a strip on every page, '' for none. Each is asked only when a template shows it.
    """
    viewer = getattr(request, "viewer", ANONYMOUS)
    now = getattr(request, "now", None)
    return {
        "viewer": viewer,
        "now": now,
        "navigation": SimpleLazyObject(lambda: navigation(viewer, request.path)),
        "house_name": SimpleLazyObject(lambda: lent("house_name")),
        "exercise": SimpleLazyObject(lambda: lent("exercise", now)),
        "seal_head": SimpleLazyObject(lambda: lent("seal_head")),
        "user_menu": SimpleLazyObject(lambda: [line for lines in extras("user_menu") for line in lines]),
        "bar": SimpleLazyObject(lambda: [mark for marks in extras("bar") for mark in marks(viewer)]),
        "banners": SimpleLazyObject(
            lambda: [mark_safe(part) for ask in extras("banners") if (part := ask(viewer, now))]
        ),
        "languages": settings.LANGUAGES,
        "here": request.get_full_path(),
    }


def lent(key: str, *given: Any) -> str:
    """What the first module that has an answer says, as text; '' when none does."""
    return next((str(said) for ask in extras(key) if (said := ask(*given))), "")
