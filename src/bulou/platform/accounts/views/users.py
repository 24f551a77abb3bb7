"""The users' register, for administrators."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.accounts import queries, services
from bulou.platform.accounts.forms import NewUserForm, UserForm
from bulou.platform.accounts.models import User
from bulou.platform.accounts.tables import UserTable
from bulou.platform.accounts.views.asking import acting, trail
from bulou.platform.accounts.views.panels import panels_of
from bulou.platform.once.services import run_once
from bulou.platform.pages.components.texts import moment
from bulou.platform.pages.forms import answer
from bulou.platform.refusals import Refusal

MANAGE = "accounts.manage_users"
USERS = (_("Users"), "accounts:users")


@needs(MANAGE)
@require_safe
def users(request: HttpRequest) -> HttpResponseBase:
    """Everybody who may log in."""
    table = UserTable(request, queries.users(acting(request)["by"]))
    return table.answer("accounts/users.html")


@needs(MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def new_user(request: HttpRequest) -> HttpResponseBase:
    """Make a user and show the one-time password, this once: it is not kept, so a form sent twice leads to the user's page."""
    form = NewUserForm.of(request, initial={"language": "zh-hans"})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _made(request, form)
            except Refusal as refusal:
                form.refuse(refusal)
    return render(request, "accounts/new_user.html", {"form": form, "trail": trail(USERS)}, status=status)


def _made(request: HttpRequest, form: NewUserForm) -> HttpResponseBase:
    shown: list[tuple[User, str]] = []

    def make() -> dict[str, int]:
        shown.append(services.create_user(**form.values, real=clock.real_now(), **acting(request)))
        return {"id": shown[0][0].pk}

    given, _ran = run_once(form.once_key, "accounts:new_user", make, **acting(request))
    if not shown:
        return redirect("accounts:user", given["id"])
    return _one_time_page(request, *shown[0])


@needs(MANAGE)
@never_cache
@require_safe
def user(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """One user: how they come in, where they are logged in, and what modules say of them."""
    viewer, real = acting(request)["by"], clock.real_now()
    found, factor = _found(request, user_id), queries.factor_of(viewer, user_id)
    about = {
        "user": found,
        "factor": factor,
        "sessions": queries.sessions_of(viewer, user_id, real=real, key=request.session.session_key),
        "locks": queries.locks_of(viewer, user_id, real=real),
        "panels": panels_of(request, user_id),
        "is_self": user_id == viewer.user_id,
        "trail": trail(USERS),
        "facts": [
            (_("Last log-in"), moment(found.last_login)),
            (_("Made"), moment(found.created_at)),
            (_("Language"), dict(settings.LANGUAGES).get(found.language)),
            (_("Second factor"), _("On") if factor.is_set else _("Off")),
        ],
    }
    return render(request, "accounts/user.html", about)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def edit_user(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Change a user's name and language."""
    found = _found(request, user_id)

    def standing() -> tuple[dict[str, Any], int]:
        now = _found(request, user_id)
        return {"display_name": now.display_name, "language": now.language}, now.version

    form = UserForm.of(request, version=found.version, initial=standing()[0])
    page = reverse("accounts:user", args=[user_id])
    way = trail(USERS, (found.display_name, "accounts:user", user_id))
    about = {"title": _("Edit user"), "trail": way, "cancel": page}
    return answer(
        request,
        form,
        lambda **v: services.edit_user(user_id, **v, **acting(request)),
        page,
        context=about,
        standing=standing,
    )


@needs(MANAGE)
@never_cache
@require_POST
def reset_password(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Make a one-time password and show it, this once."""
    found = _found(request, user_id)
    why = request.POST.get("why", "")
    password = services.reset_password(user_id, real=clock.real_now(), why=why, **acting(request))
    return _one_time_page(request, found, password)


@needs(MANAGE)
@require_POST
def deactivate_user(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Let the user in no more."""
    _found(request, user_id)
    services.deactivate_user(user_id, request.POST.get("why", ""), **acting(request))
    return redirect("accounts:user", user_id)


@needs(MANAGE)
@require_POST
def activate_user(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Let the user in again."""
    _found(request, user_id)
    services.activate_user(user_id, request.POST.get("why", ""), **acting(request))
    return redirect("accounts:user", user_id)


@needs(MANAGE)
@require_POST
def unlock_user(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Open the user's locks."""
    _found(request, user_id)
    services.unlock_user(user_id, **acting(request))
    return redirect("accounts:user", user_id)


@needs(MANAGE)
@require_POST
def remove_factor_of(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Remove the second factor of somebody who lost it."""
    _found(request, user_id)
    services.remove_second_factor_of(user_id, request.POST.get("why", ""), **acting(request))
    return redirect("accounts:user", user_id)


@needs(MANAGE)
@require_POST
def end_sessions_of(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """End all sessions of a user."""
    _found(request, user_id)
    services.end_sessions_of(user_id, **acting(request))
    return redirect("accounts:user", user_id)


def _one_time_page(request: HttpRequest, user: User, password: str) -> HttpResponseBase:
    way = trail(USERS, (user.display_name, "accounts:user", user.pk))
    facts = [(_("Name"), user.display_name), (_("Log-in name"), user.username)]
    return render(
        request, "accounts/one_time_password.html", {"user": user, "password": password, "trail": way, "facts": facts}
    )


def _found(request: HttpRequest, user_id: int) -> User:
    found = queries.user(acting(request)["by"], user_id)
    if found is None:
        raise Http404
    return found
