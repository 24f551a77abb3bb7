"""The hot address, `/key/<token>/submission`, answered before Django: no session, no cookies, no CSRF, no pages, one function of the door.

Everything else goes on to Django, where the same door has a view (views.submissions), so that routing tables and tests see it.
"""

from __future__ import annotations

import io
import logging
import mmap
import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.db import connection

from bulou.interfaces.openrosa import rates
from bulou.interfaces.openrosa.answering import Answer, common, said
from bulou.interfaces.openrosa.door import Asked, submitted, why_not_version
from bulou.interfaces.openrosa.multipart import Body
from bulou.modules.collection.queries.senders import held_sender
from bulou.platform import clock

MOST = int(os.environ.get("BULOU_BODY_MB", "64")) * 1_000_000
TROUBLES = {"too_large": (413, "collection.too_large"), "cut_off": (400, "collection.cut_off")}
_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_log = logging.getLogger(__name__)

Start = Callable[..., Any]


def token_of(path: str) -> str | None:
    """The token in the address of a submission; None on every other address."""
    if not path.startswith("/key/") or not path.endswith("/submission"):
        return None
    token = path[5:-11]
    return token if "/" not in token else None


def takes_unannounced(environ: dict[str, Any]) -> bool:
    """Whether a body may come without its length: a submission's end shows in itself."""
    return environ["PATH_INFO"].endswith("/submission")


class Bare:
    """A WSGI application that answers submissions itself and hands everything else on. `trouble` names what was wrong with a body."""

    def __init__(self, application: Callable[[dict[str, Any], Start], Any], *, trouble: str) -> None:
        self.application = application
        self.trouble = trouble

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Any:
        token = token_of(environ["PATH_INFO"])
        if token is None or environ["REQUEST_METHOD"] not in ("POST", "HEAD"):
            return self.application(environ, start_response)
        return _sent(start_response, self._answer(environ, token))

    def _answer(self, environ: dict[str, Any], token: str) -> Answer:
        try:
            return answer(environ, token, environ.get(self.trouble, ""))
        except Exception:
            _log.exception("a submission could not be taken")  # without its address, which holds the token
            return said(500, "collection.busy")
        finally:
            if (
                connection.connection is not None
            ):  # no request of Django's ends here, so the connection goes back by hand
                connection.close()


def answer(environ: dict[str, Any], token: str, trouble: str) -> Answer:
    """The answer to a HEAD or POST of a submission under this token."""
    sender = held_sender(token, clock.now())
    if sender is None:
        is_often = not rates.STRANGER.allows(environ.get("REMOTE_ADDR", ""))
        return said(429, "collection.too_often") if is_often else said(403, "collection.token_over")
    version = environ.get("HTTP_X_OPENROSA_VERSION", "")
    if environ["REQUEST_METHOD"] == "HEAD":
        return said(400, "collection.version") if why_not_version(version) else Answer(204)
    if trouble:
        return said(*TROUBLES.get(trouble, TROUBLES["cut_off"]), sender.language)
    body = whole(environ["wsgi.input"])
    asked = Asked(environ.get("CONTENT_TYPE", ""), body, version, environ.get("HTTP_USER_AGENT", ""))
    return submitted(asked, sender)


def whole(stream: Any) -> Body:
    """The body that was taken in (site.serving.patience), without a copy: from memory, or mapped where it lies on disk."""
    if isinstance(stream, io.BytesIO):
        return stream.getvalue()
    stream.seek(0, os.SEEK_END)
    if not stream.tell():
        return b""
    return mmap.mmap(
        stream.fileno(), 0, access=mmap.ACCESS_READ
    )  # asking for the number puts it on disk where it was not yet


def _sent(start_response: Start, found: Answer) -> Iterable[bytes]:
    headers = [*common(MOST), *found.headers]
    if found.status != 204:
        headers.append(("Content-Length", str(len(found.body))))
    start_response(_LINES[found.status], headers)
    return [found.body]
