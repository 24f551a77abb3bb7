"""Notes that a session is alive, and holds whoever must first change a password or set up a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bulou.platform import clock
from bulou.platform.access.permissions import PUBLIC
from bulou.platform.accounts.queries import demanded_roles
from bulou.platform.accounts.rules import owes_second_factor
from bulou.platform.accounts.services.sessions import FACTOR, note_seen

FIRST_STEPS = frozenset(
    f"accounts:{name}"
    for name in ("change_password", "log_out", "second_factor", "begin_second_factor", "confirm_second_factor")
)


class EntryMiddleware:
    """Runs for views that need somebody signed in; a public page costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if getattr(view, "permission", PUBLIC) == PUBLIC or not request.user.is_authenticated:
            return None
        note_seen(request.session, real=clock.real_now())
        match = request.resolver_match
        if match is not None and match.view_name in FIRST_STEPS:
            return None
        if request.user.must_change_password:  # type: ignore[union-attr]
            return _send(request, "accounts:change_password", _("Choose a new password first."))
        roles = {grant.role for grant in request.viewer.grants}  # type: ignore[attr-defined]
        if owes_second_factor(roles, demanded_roles()) and not request.session.get(FACTOR):
            return _send(request, "accounts:second_factor", _("Set up the second factor first."))
        return None


def _send(request: HttpRequest, name: str, sentence: str) -> HttpResponseBase:
    """To the page where the first step is taken, in the way this caller can follow."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"code": name.replace(":", "."), "sentence": sentence}, status=403)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse(name)})
    return redirect(name)
