"""Pages of grants: the register, a user's grants, giving and ending, who may do what, and what I may see."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulou.modules.registry.queries import grants as queries
from bulou.modules.registry.services import grants as services
from bulou.modules.registry.views.grants_forms import EndForm, GrantForm, PersonForm, grant_values
from bulou.modules.registry.views.grants_panel import grant_lines
from bulou.modules.registry.views.grants_tables import GrantTable
from bulou.modules.registry.views.grants_words import SEES
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.access.roles import ROLES
from bulou.platform.clock import day_span
from bulou.platform.journal.services import note_look
from bulou.platform.pages.components.texts import listed
from bulou.platform.pages.forms import answer, picked

MANAGE = queries.MANAGE


def _asks(request: HttpRequest) -> tuple[Any, Any]:
    return request.viewer, request.now  # type: ignore[attr-defined]


@needs(MANAGE)
@require_safe
def grants(request: HttpRequest) -> HttpResponseBase:
    """Every grant of all times."""
    viewer, now = _asks(request)
    return GrantTable(request, queries.grants(viewer, at=now)).answer("registry/grants/grants.html")


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def give_grant(request: HttpRequest) -> HttpResponseBase:
    """Give a grant; `?user=` says to whom."""
    viewer, now = _asks(request)
    asked = request.GET.get("user", "")
    form = GrantForm.of(request, initial={"user": asked if asked.isdigit() else None}).offer(viewer)

    def give(**values: Any) -> dict[str, int]:
        given = services.give_grant(**grant_values(values, now), by=viewer, now=now)
        return {"user": given.user_id}

    about = {
        "trail": _trail(),
        "sees": [(ROLES[key].title, sentence) for key, sentence in SEES.items()],
        "roles": ROLES,
    }
    return answer(
        request, form, give, lambda given: _page_of(given["user"]), template="registry/grants/give.html", context=about
    )


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def end_grant(request: HttpRequest, grant_id: int) -> HttpResponseBase:
    """End a grant now or on a later day."""
    viewer, now = _asks(request)
    grant = queries.grant(viewer, grant_id, at=now)
    if grant is None:
        raise Http404

    def end(last: Any, why: str) -> None:
        services.end_grant(grant_id, ends=day_span(last)[1] if last else None, why=why, by=viewer, now=now)

    about = {"grant": grant, "line": grant_lines([grant])[0], "trail": _trail(), "back": _page_of(grant.user_id)}
    page = _page_of(grant.user_id)
    return answer(request, EndForm.of(request), end, page, template="registry/grants/end.html", context=about)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def link_person(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Say which person a user is."""
    viewer, now = _asks(request)
    named = queries.users_named(viewer, [user_id])
    if not named:
        raise Http404
    form = PersonForm.of(request)
    form.fields["person"].named = lambda ids: queries.people_named(viewer, ids)  # type: ignore[attr-defined]

    def link(person: int) -> None:
        services.link_person(user_id, person, by=viewer, now=now)

    about = {
        "name": named[0][1],
        "person": queries.person_of(viewer, user_id),
        "back": _page_of(user_id),
        "trail": _trail(),
    }
    return answer(request, form, link, _page_of(user_id), template="registry/grants/person.html", context=about)


@needs(MANAGE)
@require_POST
def unlink_person(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Take back which person a user is."""
    viewer, now = _asks(request)
    services.unlink_person(user_id, why=request.POST.get("why", ""), by=viewer, now=now)
    return redirect(_page_of(user_id))


@needs(SIGNED_IN)
@require_safe
def permissions(request: HttpRequest) -> HttpResponseBase:
    """Who may do what: roles and permissions, and what each role sees. No secret: everybody may know who sees what of them."""
    modules = [
        (
            module.title,
            [
                (one.title, one.key, [(role.title, role.key in one.roles) for role in ROLES.values()])
                for one in module.permissions
            ],
        )
        for module in queries.permission_table()
    ]
    about = {
        "modules": modules,
        "roles": ROLES.values(),
        "width": len(ROLES) + 1,
        "sees": [(ROLES[key].title, sentence) for key, sentence in SEES.items()],
    }
    return render(request, "registry/grants/permissions.html", about)


@needs(SIGNED_IN)
@require_safe
def mine(request: HttpRequest) -> HttpResponseBase:
    """What I may see and do, where, and until when."""
    viewer, now = _asks(request)
    lines = grant_lines(queries.grants_of_user(viewer, viewer.user_id, at=now))
    about = {
        "lines": lines,
        "sees": list({line.role: line.sees for line in lines if line.sees and not line.is_over}.items()),
        "person": queries.person_of(viewer, viewer.user_id),
        "held": [(module.title, listed(one.title for one in module.permissions)) for module in queries.held(viewer)],
        "trail": [(_("My account"), reverse("accounts:account"))],
    }
    return render(request, "registry/grants/mine.html", about)


@needs(MANAGE)
@require_safe
def find_user(request: HttpRequest) -> HttpResponse:
    """Users to pick from."""
    return picked(request, lambda letters: queries.users_to_pick(_asks(request)[0], letters))


@needs(MANAGE)
@require_safe
def find_place(request: HttpRequest) -> HttpResponse:
    """Places to pick from."""
    return picked(request, lambda letters: queries.places_to_pick(_asks(request)[0], letters))


@needs(MANAGE)
@require_safe
def find_unit(request: HttpRequest) -> HttpResponse:
    """Units to pick from."""
    return picked(request, lambda letters: queries.units_to_pick(_asks(request)[0], letters))


@needs(MANAGE)
@require_safe
def find_person(request: HttpRequest) -> HttpResponse:
    """People to pick from; the look is logged."""
    viewer, now = _asks(request)

    def search(letters: str) -> list[tuple[int, str]]:
        found = queries.people_to_link(viewer, letters)
        note_look(
            by=viewer, kind="registry.person", subjects=[one.pk for one in found], what="picked", now=now, why="user"
        )
        return [(one.pk, queries.person_text(one)) for one in found]

    return picked(request, search)


def _page_of(user_id: int) -> str:
    return reverse("accounts:user", args=[user_id])


def _trail() -> list[tuple[Any, str]]:
    return [(_("Grants"), reverse("registry:grants"))]
