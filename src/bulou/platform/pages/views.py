"""The kit's own pages: the language switch and the page that shows every component."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC
from bulou.platform.pages import languages, services, showcase
from bulou.platform.pages.forms import answer, picked


@needs(PUBLIC)
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language and come back to the page."""
    code = request.POST.get("language", "")
    services.choose_language(by=request.viewer, code=code)  # type: ignore[attr-defined]
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = HttpResponseRedirect(back if safe else "/")
    languages.remember(response, code)
    return response


@needs("pages.view_kit")
def showcase_page(request: HttpRequest) -> HttpResponseBase:
    """Every component on one page, alive."""
    now = request.now  # type: ignore[attr-defined]
    shown = showcase.content(request, now)
    if request.method == "GET" and (request.htmx or "export" in request.GET):  # type: ignore[attr-defined]
        return shown["table"].answer("pages/showcase.html", shown)
    form = showcase.visit_form(request, now)
    return answer(
        request,
        form,
        showcase.send_visit,
        reverse("pages:showcase"),
        template="pages/showcase.html",
        context=shown,
        standing=lambda: ({"name": "扎西", "result": "absent", "town": "2"}, 4),
    )


@needs("pages.view_kit")
def find_shown(request: HttpRequest) -> HttpResponseBase:
    """The invented people the living form picks from."""
    return picked(request, showcase.found_people)
