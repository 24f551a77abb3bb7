"""The OData feed over HTTP: for a spreadsheet program with a name and password, or with a device's code in their place."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bulou.modules.collection.exports import odata
from bulou.modules.collection.exports.asked import Asked
from bulou.modules.collection.queries import submissions as queries
from bulou.modules.collection.queries.senders import sender_of
from bulou.modules.collection.rules.odata import Unsaid
from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.access.middleware import viewer_of
from bulou.platform.accounts.models import User
from bulou.platform.accounts.services.entering import check_password
from bulou.platform.accounts.services.factors import has_second_factor
from bulou.platform.refusals import Refusal

VIEW = "collection.view_submissions"
View = Callable[..., HttpResponseBase]
JSON = "application/json;odata.metadata=minimal;charset=utf-8"


def by_header(view: View) -> View:
    """Let in whoever names themselves in the Authorization header: Basic with a name and password, or with a device's code as the password (any
    name), or Bearer with the code. A code opens what its user may read. Programs without any are asked (401), browsers go to the log-in page.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        header = request.headers.get("Authorization", "")
        if not header:
            if request.user.is_authenticated or "text/html" in request.headers.get("Accept", ""):
                return view(request, *args, **kwargs)
            return _ask(_("Name and password are needed."))
        try:
            user = _user(request, header)
        except Refusal as refusal:
            return _ask(refusal.sentence)
        if user is None:
            return _ask(_("The log-in name or the password is wrong."))
        request.user = user
        request.viewer = viewer_of(user)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return asked


@by_header
@needs(VIEW)
@require_safe
def service(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What there is."""
    return _json(odata.service(_asked(request, pk), _root(request, pk)))


@by_header
@needs(VIEW)
@require_safe
def metadata(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The types."""
    response = HttpResponse(odata.metadata(_asked(request, pk)), content_type="application/xml; charset=utf-8")
    response.headers["OData-Version"] = "4.0"
    return response


@by_header
@needs(VIEW)
@require_safe
def table(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """One page of a table."""
    try:
        return _json(odata.page(_asked(request, pk), name, request.GET.dict(), _root(request, pk)))
    except KeyError:
        raise Http404(name) from None
    except Unsaid as problem:
        words = _("The feed does not understand “%(what)s”. See docs/collection.md for what it does.") % {
            "what": problem
        }
        return _json({"error": {"code": "collection.odata_not_understood", "message": words}}, status=501)


def _asked(request: HttpRequest, pk: int) -> Asked:
    viewer = request.viewer  # type: ignore[attr-defined]
    of = queries.form(viewer, pk)
    rows = queries.current(queries.submissions(viewer, of.form))
    return Asked(viewer, of, rows, request.now, "odata")  # type: ignore[attr-defined]


def _root(request: HttpRequest, pk: int) -> str:
    return request.build_absolute_uri(reverse("collection:odata", args=[pk]))


def _user(request: HttpRequest, header: str) -> User | None:
    scheme, _space, said = header.partition(" ")
    now = request.now  # type: ignore[attr-defined]
    if scheme.lower() == "bearer":
        return _user_of_token(said.strip(), now)
    if scheme.lower() != "basic":
        return None
    try:
        name, _colon, password = b64decode(said, validate=True).decode().partition(":")
    except ValueError:
        return None
    if (found := _user_of_token(password, now)) is not None:
        return found
    user = check_password(request, name, password, real=clock.real_now(), now=now)
    return None if has_second_factor(user) or user.must_change_password else user


def _user_of_token(text: str, now: Any) -> User | None:
    sender = sender_of(text, now) if len(text) == 26 else None
    if sender is None or sender.viewer.user_id is None or sender.form_id is not None:
        return None
    return User.objects.filter(pk=sender.viewer.user_id, is_active=True).first()


def _ask(words: str) -> HttpResponse:
    response = HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
    response.headers["WWW-Authenticate"] = 'Basic realm="Bulou", charset="UTF-8"'
    return response


def _json(body: dict[str, Any], status: int = 200) -> HttpResponse:
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")), status=status, content_type=JSON
    )
    response.headers["OData-Version"] = "4.0"
    response.headers["Cache-Control"] = "no-store"
    return response
