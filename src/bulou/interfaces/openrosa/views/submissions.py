"""The door for submissions as Django sees it: with a token (the same as `bare` answers before Django), or with a password."""

from __future__ import annotations

import io
from tempfile import SpooledTemporaryFile

from django.http import HttpRequest, HttpResponse

from bulou.interfaces.openrosa.answering import Answer, said
from bulou.interfaces.openrosa.bare import MOST, TROUBLES, whole
from bulou.interfaces.openrosa.door import Asked, submitted
from bulou.interfaces.openrosa.views.letting_in import let_in, response
from bulou.modules.collection.queries.senders import Sender
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC

TROUBLE = "bulou.body_trouble"


@needs(PUBLIC)
@let_in
def submission(request: HttpRequest, sender: Sender) -> HttpResponse:
    """HEAD says what may be sent, POST takes it."""
    if request.method == "HEAD":
        return response(Answer(204), MOST)
    if request.method != "POST":
        return response(said(405, "collection.method", sender.language), MOST)
    if trouble := request.META.get(TROUBLE):
        return response(said(*TROUBLES.get(trouble, TROUBLES["cut_off"]), sender.language), MOST)
    body = whole(request.META["wsgi.input"]) if _is_untouched(request) else request.body
    asked = Asked(
        request.META.get("CONTENT_TYPE", ""), body, request.headers.get("X-OpenRosa-Version", ""), request.headers.get("User-Agent", "")
    )  # fmt: skip
    return response(submitted(asked, sender), MOST)


def _is_untouched(request: HttpRequest) -> bool:
    """Whether the body is still as the server took it in; the test client wraps it."""
    return isinstance(request.META["wsgi.input"], (io.BytesIO, SpooledTemporaryFile))
