"""The light runner's files, a form as JSON for a phone that holds a token, and the preview of a form nobody sees yet."""

from __future__ import annotations

import gzip
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bulou.interfaces.field import bundle
from bulou.modules.collection.queries import runnable
from bulou.modules.collection.queries.senders import sender_of
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC

SPOKEN = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


@needs(PUBLIC)
@require_GET
def runner(request: HttpRequest, digest: str, kind: str) -> HttpResponse:
    """The runner in one file. Another digest is another version's: 404, the page that asks is old and loads anew."""
    if kind not in bundle.TYPES or bundle.packed(kind).digest != digest:
        raise Http404
    found = bundle.packed(kind)
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(found.packed if is_packed else found.plain, content_type=bundle.TYPES[kind])
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Vary"] = "Accept-Encoding"
    if is_packed:
        answer["Content-Encoding"] = "gzip"
    return answer


@needs(PUBLIC)
@require_GET
def form_json(request: HttpRequest, token: str, key: str) -> HttpResponseBase:
    """A form this token's sender may fill, as the runner takes it; without `version` the newest. Unknown token 403, no such form 404."""
    now = request.now  # type: ignore[attr-defined]
    sender = sender_of(token, now)
    if sender is None:
        return unlogged(
            JsonResponse(
                {"code": "field.token_unknown", "sentence": _("This phone was signed out. Sign in again.")}, status=403
            )
        )
    found = runnable.fillable_version(sender, key, request.GET.get("version"), now)
    if found is None:
        return unlogged(
            JsonResponse(
                {"code": "field.form_unknown", "sentence": _("There is no such form for this phone.")}, status=404
            )
        )
    return _packed(request, runnable.body_of(found), etag=f'"{found.digest}"')


def script_data(data: dict[str, Any]) -> SafeString:
    """Data for a script element of type application/json, each letter as itself: escaped as \\uXXXX Tibetan would be twice as long."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}))


def unlogged(answer: HttpResponse) -> HttpResponse:
    """The answer, whose address the log must not keep: it holds a token."""
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _packed(request: HttpRequest, body: dict[str, Any], *, etag: str) -> HttpResponse:
    """JSON, compressed where the phone takes it; 304 where it has it."""
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        return HttpResponse(status=304, headers=headers)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        content, headers["Content-Encoding"] = gzip.compress(content, 6, mtime=0), "gzip"
    return HttpResponse(content, content_type="application/json", headers=headers)


@needs("collection.view_forms")
@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as people will see it, published or not. Nothing is sent: the page shows what would be."""
    body = runnable.preview(request.viewer, pk)  # type: ignore[attr-defined]
    why_full = body.pop("why_full")
    language = SPOKEN.get(get_language() or "", "en")
    data = body | {
        "mode": "test",
        "language": language,
        "scope": "",
        "lists": {"people": [], "households": []},
        "prefill": {},
    }
    about = {
        "title": body["title"],
        "data": script_data(data),
        "is_light": body["runner"] == "light",
        "why_full": why_full,
    }
    return render(
        request, "field/preview.html", about | {"script": bundle.address("js"), "style": bundle.address("css")}
    )
