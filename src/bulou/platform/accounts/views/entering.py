"""Log in, second step, log out."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC
from bulou.platform.accounts import services
from bulou.platform.accounts.forms import CodeForm, LogInForm
from bulou.platform.accounts.services.entering import pending_user
from bulou.platform.accounts.views.asking import acting, way_on
from bulou.platform.pages import languages
from bulou.platform.pages.forms import answer


@needs(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponseBase:
    """Name and password. `next` (checked) says where to go on to."""
    onward = way_on(request, request.GET.get("next", ""))
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(onward or settings.LOGIN_REDIRECT_URL)
    real, now = clock.real_now(), acting(request)["now"]

    def check(username: str, password: str) -> dict[str, bool]:
        user = services.check_password(request, username, password, real=real, now=now)
        return {"open": services.enter(request, user, real=real, now=now)}

    def then(given: dict[str, bool]) -> str:
        second = reverse("accounts:enter_code") + (f"?{urlencode({'next': onward})}" if onward else "")
        return (onward or resolve_url(settings.LOGIN_REDIRECT_URL)) if given["open"] else second

    response = answer(request, LogInForm.of(request), check, then, template="accounts/log_in.html", once=False)
    return _in_own_language(request, response)


@needs(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponseBase:
    """The second step: the authenticator's code, or a recovery code."""
    onward = way_on(request, request.GET.get("next", ""))
    real, now = clock.real_now(), acting(request)["now"]
    user = pending_user(request, real=real)
    if user is None and request.method == "GET":
        return redirect(settings.LOGIN_URL)

    def check(code: str) -> None:
        services.enter_with_code(request, code, real=real, now=now)

    to, about = onward or resolve_url(settings.LOGIN_REDIRECT_URL), {"name": user.display_name if user else ""}
    response = answer(
        request, CodeForm.of(request), check, to, template="accounts/enter_code.html", context=about, once=False
    )
    return _in_own_language(request, response)


@needs(PUBLIC)
@require_POST
def log_out(request: HttpRequest) -> HttpResponseBase:
    """Leave. Whoever is not logged in (any more) is only sent to the log-in page."""
    services.leave(request, **acting(request))
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _in_own_language(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """From here on the browser speaks the language of whoever has just come in: several people share one."""
    if request.user.is_authenticated:
        languages.remember(response, request.user.language)  # type: ignore[union-attr]
    return response
