"""Puts the viewer on the request, lazily: a page that needs nobody asks the database nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from bulou.platform import clock
from bulou.platform.access.viewer import ANONYMOUS, Viewer
from bulou.platform.manifest import extras


def viewer_of(user: object) -> Viewer:
    """The viewer for a signed-in user, with the grants in force now; the module that keeps grants hangs `grants_of`."""
    if not getattr(user, "is_authenticated", False):
        return ANONYMOUS
    now = clock.now()
    grants, person_id = [], None
    for grants_of in extras("grants_of"):
        more, person = grants_of(user.pk, now)  # type: ignore[attr-defined]
        grants.extend(more)
        person_id = person_id or person
    return Viewer(user.pk, user.display_name, tuple(grants), person_id)  # type: ignore[attr-defined]


class ViewerMiddleware:
    """Sets `request.viewer` and `request.now`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.now = clock.now()  # type: ignore[attr-defined]
        request.viewer = SimpleLazyObject(lambda: viewer_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)
