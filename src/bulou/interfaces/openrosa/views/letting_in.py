"""Who asks: a token in the address, or a name and password; and the headers of every answer."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from bulou.interfaces.openrosa import rates
from bulou.interfaces.openrosa.answering import Answer, common, said
from bulou.interfaces.openrosa.door import why_not_version
from bulou.modules.collection.queries.senders import Sender, sender_for, sender_of
from bulou.platform import clock
from bulou.platform.access.middleware import viewer_of
from bulou.platform.accounts.models import User
from bulou.platform.accounts.queries import demanded_roles
from bulou.platform.accounts.rules import owes_second_factor
from bulou.platform.accounts.services.entering import check_password
from bulou.platform.accounts.services.factors import has_second_factor
from bulou.platform.refusals import Refusal

HELD_FOR = 60.0
MOST_HELD = 5_000
LOOPBACK = ("127.", "::1")

View = Callable[..., HttpResponseBase]


def let_in(view: View) -> View:
    """Hold a view behind a token or a password, with which it is called: the guard lets everybody come this far."""

    @wraps(view)
    def held(request: HttpRequest, token: str | None = None, **given: Any) -> HttpResponseBase:
        found = _refused(request, token)
        if isinstance(found, Answer):
            return response(found)
        answer = view(request, found, **given)
        return dressed(answer)

    return csrf_exempt(held)


def response(answer: Answer, most: int | None = None) -> HttpResponse:
    """An answer of the protocol as Django sends it; its address is not logged, for it may hold a token."""
    made = HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
    return dressed(made, most)


def dressed(made: Any, most: int | None = None) -> Any:
    """The headers every answer carries."""
    for name, value in common(most):
        made.headers[name] = value
    made._has_been_logged = True
    return made


def address_of(request: HttpRequest, token: str | None = None) -> str:
    """The address below which this sender's lists lie, ending in a slash."""
    path = request.path
    below = path[: path.index("/", 5) + 1] if path.startswith("/key/") else "/"
    return request.build_absolute_uri(below)


def _refused(request: HttpRequest, token: str | None) -> Sender | Answer:
    if why_not_version(request.headers.get("X-OpenRosa-Version", "")):
        return said(400, "collection.version")
    if token is not None:
        found = sender_of(token, request.now)  # type: ignore[attr-defined]
        if found is not None:
            return found
        is_often = not rates.STRANGER.allows(request.META.get("REMOTE_ADDR", ""))
        return said(429, "collection.too_often") if is_often else said(403, "collection.token_over")
    return _by_password(request)


def _by_password(request: HttpRequest) -> Sender | Answer:
    given = _basic(request.headers.get("Authorization", ""))
    if given is None:
        return _ask()
    is_here = str(request.META.get("REMOTE_ADDR", "")).startswith(LOOPBACK)
    if not (request.is_secure() or settings.SESSION_COOKIE_SECURE or is_here):
        return said(403, "collection.plain")
    try:
        user = _known(request, *given)
    except Refusal as refusal:
        return _ask(refusal.sentence)
    if user is None or not _may_come_so(user):
        return said(403, "collection.account")
    return sender_for(viewer_of(user))


def _ask(sentence: str = "") -> Answer:
    answer = said(401, "collection.log_in", sentence=sentence)
    return Answer(401, answer.body, (*answer.headers, ("WWW-Authenticate", 'Basic realm="OpenRosa", charset="UTF-8"')))


_held: dict[bytes, tuple[float, int, str]] = {}
_salt = os.urandom(16)


def _known(request: HttpRequest, name: str, password: str) -> User | None:
    """The user, by a check at most a minute old: a password's hash is made to be slow, and a phone sends it with every request."""
    key = sha256(_salt + f"{name}\0{password}\0{request.META.get('REMOTE_ADDR')}".encode()).digest()
    held = _held.get(key)
    if held is not None and clock.ticks() - held[0] < HELD_FOR:
        return User.objects.filter(pk=held[1], password=held[2], is_active=True).first()
    bare = HttpRequest()  # without the body, which is no form of the log-in page
    bare.method, bare.META = "POST", {"REMOTE_ADDR": request.META.get("REMOTE_ADDR", "")}
    user = check_password(bare, name, password, real=clock.real_now(), now=request.now)  # type: ignore[attr-defined]
    if len(_held) >= MOST_HELD:
        _held.clear()
    _held[key] = (clock.ticks(), user.pk, user.password)
    return user


def _may_come_so(user: User) -> bool:
    """Whether a name and a password are enough for this account: not where a second factor or a new password is due."""
    roles = {grant.role for grant in viewer_of(user).grants}
    return not (user.must_change_password or has_second_factor(user) or owes_second_factor(roles, demanded_roles()))


def _basic(header: str) -> tuple[str, str] | None:
    kind, _space, text = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None
