"""The guard every view wears: it says who may open the page, and holds it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from bulou.platform.access.permissions import PUBLIC, SIGNED_IN

View = Callable[..., HttpResponseBase]


def needs(permission: str) -> Callable[[View], View]:
    """Mark a view with the permission it needs (or PUBLIC, SIGNED_IN) and enforce it before the view runs.

    Nobody signed in: to the log-in page (JSON callers: 401). Signed in without it: 403 with a sentence.
    Rows out of scope are the query's matter and answer 404.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission != PUBLIC and not request.user.is_authenticated:
                return _ask_to_log_in(request)
            if permission not in (PUBLIC, SIGNED_IN):
                request.viewer.need(permission)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return mark


def _ask_to_log_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"code": "access.log_in"}, status=401)
    return redirect_to_login(request.get_full_path())
