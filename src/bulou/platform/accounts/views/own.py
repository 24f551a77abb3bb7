"""One's own account: password, second factor, sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.accounts import queries, services
from bulou.platform.accounts.forms import AgainForm, ConfirmForm, PasswordForm
from bulou.platform.accounts.rules import grouped, owes_second_factor
from bulou.platform.accounts.services.factors import enrolment_address, secret_of
from bulou.platform.accounts.services.sessions import FACTOR
from bulou.platform.accounts.views.asking import acting, trail
from bulou.platform.accounts.views.panels import panels_of
from bulou.platform.pages.context import lent
from bulou.platform.pages.forms import answer
from bulou.platform.refusals import Refusal

ACCOUNT = (_("My account"), "accounts:account")
FACTOR_PAGE = (_("Second factor"), "accounts:second_factor")


@needs(SIGNED_IN)
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponseBase:
    """Who I am here, how I come in, and where I am logged in."""
    viewer = acting(request)["by"]
    key = request.session.session_key
    about = {
        "user": request.user,
        "factor": queries.factor_of(viewer, viewer.user_id),
        "sessions": queries.sessions_of(viewer, viewer.user_id, real=clock.real_now(), key=key),
        "panels": panels_of(request, viewer.user_id),
    }
    return render(request, "accounts/account.html", about)


@needs(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password."""

    def change(old: str, new: str, again: str) -> None:
        services.change_password(request, old, new, again, **acting(request))

    must = request.user.must_change_password  # type: ignore[union-attr]
    about = {"must": must, "trail": [] if must else trail(ACCOUNT)}
    form = PasswordForm.of(request)
    return answer(
        request, form, change, reverse("accounts:account"), template="accounts/password.html", context=about, once=False
    )


@needs(SIGNED_IN)
@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """How my second factor stands, and the next step."""
    return _factor_page(request)


@needs(SIGNED_IN)
@require_POST
def begin_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Make a new secret, then show it."""
    services.begin_second_factor(**acting(request))
    return redirect("accounts:second_factor")


@needs(SIGNED_IN)
@never_cache
@require_POST
def confirm_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Put the second factor into force and show the recovery codes, this once."""
    form = ConfirmForm.of(request)
    if not form.is_valid():
        return _factor_page(request, form, status=422)
    try:
        codes = services.confirm_second_factor(form.cleaned_data["code"], real=clock.real_now(), **acting(request))
    except Refusal as refusal:
        form.refuse(refusal)
        return _factor_page(request, form, status=refusal.status)
    request.session.cycle_key()
    request.session[FACTOR] = True
    return _codes_page(request, codes)


@needs(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def renew_codes(request: HttpRequest) -> HttpResponseBase:
    """New recovery codes, after the password."""
    form, status = AgainForm.of(request), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                codes = services.renew_recovery_codes(request, form.cleaned_data["password"], **acting(request))
                return _codes_page(request, codes)
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
    about = {"form": form, "trail": trail(ACCOUNT, FACTOR_PAGE)}
    return render(request, "accounts/renew_codes.html", about, status=status)


@needs(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def remove_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Remove one's own second factor, after the password."""

    def remove(password: str) -> None:
        services.remove_second_factor(request, password, **acting(request))
        request.session.pop(FACTOR, None)

    return answer(
        request,
        AgainForm.of(request),
        remove,
        reverse("accounts:account"),
        template="accounts/remove_factor.html",
        context={"is_demanded": _is_demanded(request), "trail": trail(ACCOUNT, FACTOR_PAGE)},
        once=False,
    )


@needs(SIGNED_IN)
@require_POST
def end_session(request: HttpRequest, handle: UUID) -> HttpResponseBase:
    """End one session: one's own, or anybody's for those who manage users. Ending the one in use leads to the log-in page."""
    owner = services.end_session(handle, **acting(request))
    if owner != acting(request)["by"].user_id:
        return redirect("accounts:user", owner)
    return redirect("accounts:account")


@needs(SIGNED_IN)
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponseBase:
    """End all of one's sessions but this one."""
    services.end_other_sessions(request.session.session_key, **acting(request))
    return redirect("accounts:account")


def _factor_page(request: HttpRequest, form: ConfirmForm | None = None, status: int = 200) -> HttpResponseBase:
    viewer = acting(request)["by"]
    state = queries.factor_of(viewer, viewer.user_id)
    about: dict[str, Any] = {"factor": state, "is_demanded": _is_demanded(request), "trail": trail(ACCOUNT)}
    if state.begun:
        secret = secret_of(state.begun)
        address = enrolment_address(secret, request.user.get_username(), lent("house_name") or "Bulou")
        about |= {
            "form": form or ConfirmForm(),
            "secret": grouped(secret),
            "qr": segno.make(address, micro=False).svg_data_uri(scale=5),
        }
    return render(request, "accounts/second_factor.html", about, status=status)


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponseBase:
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "name": request.user})


def _is_demanded(request: HttpRequest) -> bool:
    roles = {grant.role for grant in acting(request)["by"].grants}
    return owes_second_factor(roles, queries.demanded_roles())
