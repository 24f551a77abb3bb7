"""What the field page asks and sends as JSON: who is signed in, a token for this phone, the lists, newcomers, files of sealed reports."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from bulou.interfaces.field.day import Day
from bulou.interfaces.field.views.forms import unlogged
from bulou.interfaces.openrosa import rates
from bulou.modules.collection.queries.senders import Sender, sender_of
from bulou.modules.collection.services import carrying, newcomers
from bulou.modules.collection.services.tokens import issue_token, note_seen
from bulou.platform import vault
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC
from bulou.platform.journal.services import note_look
from bulou.platform.refusals import Refusal

FILL = "collection.fill"
KEPT = timedelta(days=180)
CARRIED = rates.Rate(
    burst=300, per_second=5
)  # by address: a checkpoint's phones share one, and each report is a file of its own
_ROOM = "field.room"


@needs(PUBLIC)
@never_cache
@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in to the house in this browser, if somebody is who may fill forms; and what a POST needs."""
    if not request.user.is_authenticated or not request.viewer.may(FILL):
        return JsonResponse({"csrf": get_token(request), "name": ""})
    return JsonResponse({"csrf": get_token(request), "name": request.viewer.name, "user": request.viewer.user_id})


@needs(PUBLIC)
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> JsonResponse:
    """End the web session of this browser, so that a colleague can sign in; the rooms on the phone stay."""
    logout(request)
    return JsonResponse({})


@needs(FILL)
@never_cache
@require_POST
def enrol(request: HttpRequest) -> HttpResponseBase:
    """Let a room on this phone work for the one signed in: a token of its own, and the key that only this account can ask for again.

    `recovery` is made of the account and the room: nothing of it is kept, and another account gets another one.
    """
    sent = _body(request)
    room = _uuid(sent.get("vault"))
    issued = issue_token(
        by=request.viewer, kind="browser", user=request.viewer.user_id, label=_("Field page on a phone"), language=str(sent.get("language", ""))[:40],
        expires_at=request.now + KEPT, now=request.now,
    )  # fmt: skip
    recovery = vault.blind(f"{request.viewer.user_id}:{room}", purpose=_ROOM)
    given = {
        "token": issued.text,
        "recovery": b64encode(recovery).decode(),
        "name": request.viewer.name,
        "user": request.viewer.user_id,
    }
    return JsonResponse(given | {"county": dict(carrying.county_key())})


@needs(PUBLIC)
@require_GET
def lists(request: HttpRequest, token: str) -> HttpResponseBase:
    """The lists of a token's sender. The same lists again are 304; whoever is on newly sent ones was looked at."""
    sender = sender_of(token, request.now)
    if sender is None:
        return _unknown(request)
    if sender.token_id is not None:
        note_seen(sender.token_id, by=sender.viewer, now=request.now)
    day = Day(sender, request.now)
    body = day.as_json()
    plain = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    etag = f'"{sha256(plain.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "X-Bulou-Now": request.now.isoformat(), "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        return HttpResponse(status=304, headers=headers)
    _note(sender, day, request)
    return _packed(request, plain[:-1] + f',"now":"{request.now.isoformat()}"}}', headers)


@csrf_exempt
@needs(PUBLIC)
@require_POST
def register(request: HttpRequest, token: str) -> HttpResponseBase:
    """People met while out: 201, or 202 when they were registered before. A refusal is JSON with its code and sentence."""
    sender = sender_of(token, request.now)
    if sender is None:
        return _unknown(request)
    try:
        status = newcomers.receive_newcomers(_body(request), sender=sender, now=request.now)
    except Refusal as refusal:
        return _refused(refusal)
    return JsonResponse({}, status=status)


@csrf_exempt
@needs(PUBLIC)
@require_POST
def carry(request: HttpRequest) -> HttpResponseBase:
    """A file of sealed reports, whoever brings it; each is answered as if its own phone had sent it."""
    if not CARRIED.allows(request.META.get("REMOTE_ADDR", "")):
        return _often()
    try:
        found = carrying.deliver(request.body, now=request.now)
    except Refusal as refusal:
        return _refused(refusal)
    items = [
        {
            "id": one.id,
            "kind": one.kind,
            "status": one.status,
            "code": one.code,
            "sentence": one.sentence,
            "held": one.held,
        }
        for one in found
    ]
    return JsonResponse({"at": request.now.isoformat(), "items": items})


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise Refusal("field.not_read", _("The page sent something that cannot be read. Load it again."), status=400)
    return sent


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise Refusal(
            "field.not_read", _("The page sent something that cannot be read. Load it again."), status=400
        ) from None


def _unknown(request: HttpRequest) -> HttpResponse:
    """A token nobody knows, revoked or over: 403, and the phone says what to do; 429 where somebody knocks in a flood."""
    if not rates.STRANGER.allows(request.META.get("REMOTE_ADDR", "")):
        return unlogged(_often())
    sentence = _("This phone was signed out. Sign in again.")
    return unlogged(JsonResponse({"code": "field.token_unknown", "sentence": sentence}, status=403))


def _often() -> JsonResponse:
    sentence = _("That is too often. Wait a minute and send it again.")
    return JsonResponse(
        {"code": "collection.too_often", "sentence": sentence}, status=429, headers={"Retry-After": "60"}
    )


def _refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"code": refusal.code, "sentence": refusal.sentence}, status=refusal.status)


def _note(sender: Sender, day: Day, request: HttpRequest) -> None:
    for kind, ids in (("registry.person", day.people_ids), ("registry.household", day.household_ids)):
        if ids:
            note_look(by=sender.viewer, kind=kind, subjects=ids, what="list", now=request.now)


def _packed(request: HttpRequest, text: str, headers: Mapping[str, str]) -> HttpResponse:
    """JSON, compressed where the browser takes it: a village is 150 kB plain and 25 packed, on a line that carries 10 a second."""
    body = text.encode()
    more = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body, more = gzip.compress(body, 6, mtime=0), more | {"Content-Encoding": "gzip"}
    return HttpResponse(body, content_type="application/json", headers={**headers, **more})
