"""A resident's link: one form, about one person, no account. What is found behind a link says nothing of anybody to who does not know it already.

The address is the key: it is not logged, not passed on as a referrer, not kept by the browser's cache, not found by search engines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bulou.interfaces.field import bundle
from bulou.interfaces.field.views.forms import SPOKEN, script_data, unlogged
from bulou.interfaces.openrosa.rates import Rate
from bulou.modules.collection.queries import links
from bulou.modules.collection.services.tokens import note_seen
from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC
from bulou.platform.pages import languages

# A village behind one address may open its links in the same quarter of an hour; somebody who guesses has one in 10^30 a try.
OF_ADDRESS, OF_LINK, OF_STRANGERS = Rate(300, 2), Rate(20, 0.1), Rate(20, 0.2)
FOR_ALL = ("zh-Hans", "bo", "en")


@needs(PUBLIC)
@never_cache
@gzip_page
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind a link; a kind page where it is over (410) or was never one (404)."""
    return guarded(_answer(request, token))


def guarded(answer: HttpResponse) -> HttpResponse:
    """What every answer below an address with a key in it has."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return unlogged(answer)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    address = request.META.get("REMOTE_ADDR", "")
    if not OF_ADDRESS.allows(address):
        return _said(request, FOR_ALL, "link_busy", 429)
    now = request.now  # type: ignore[attr-defined]
    found = links.link(token, now)
    if found is None:
        is_patient = OF_STRANGERS.allows(address)
        return _said(request, FOR_ALL, "link_unknown" if is_patient else "link_busy", 404 if is_patient else 429)
    if not OF_LINK.allows(str(found.token.pk)):
        return _said(request, FOR_ALL, "link_busy", 429)
    spoken = _language(request, found)
    if found.state != "open" or found.version is None:
        word = "link_closed" if found.state == "closed" else "link_over"
        ended = found.token.revoked_at or found.token.expires_at or now
        return _said(request, (spoken,), word, 410, day=_day(ended))
    if found.version.runner != "light":
        return _said(request, (spoken,), "link_closed", 410)
    note_seen(found.token.pk, by=found.sender.viewer, now=now)
    return _form(request, token, found, spoken)


def _form(request: HttpRequest, token: str, found: links.Link, language: str) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    body = links.page_of(found, now)
    data = {
        key: body[key]
        for key in ("form", "title", "tree", "lists", "prefill", "person", "scope", "received", "languages")
    }
    more = {
        "language": language,
        "submit": f"/key/{token}/submission",
        "now": now.isoformat(),
        "day": str(clock.local_day(now)),
        "until": _day(found.token.expires_at),
    }
    about = {
        "title": body["title"],
        "data": script_data(data | more),
        "language": _tag(language),
        "words": _words(_tag(language)),
    }
    return render(request, "field/link.html", about | {"script": bundle.address("js"), "style": bundle.address("css")})


def _said(request: HttpRequest, spoken: tuple[str, ...], word: str, status: int, **values: str) -> HttpResponse:
    """A page with one sentence, in one language, or in several where nobody knows which."""
    said = [(tag, _words(tag)[word].format(**values)) for tag in dict.fromkeys(map(_tag, spoken))]
    about = {"sentences": said, "language": said[0][0], "style": bundle.address("css")}
    return render(request, "field/link_over.html", about, status=status)


def _language(request: HttpRequest, found: links.Link) -> str:
    """What was printed on the sheet; else what this browser was set to; else the form's first."""
    known = found.version.languages if found.version else []
    if found.token.language:
        return found.token.language
    chosen = SPOKEN.get(languages.of_cookie(request), languages.of_cookie(request))
    return chosen or (known[0] if known else "zh-Hans")


def _tag(language: str) -> str:
    """The nearest language the runner has words in."""
    low = language.rpartition("(")[2].rstrip(")").strip().lower().replace("_", "-") or "zh"
    if low.startswith("zh"):
        return "zh-Hant" if any(part in low for part in ("hant", "tw", "hk", "mo")) else "zh-Hans"
    return low.partition("-")[0] if low.partition("-")[0] in bundle.WORDS else "zh-Hans"


@lru_cache(maxsize=8)
def _words(tag: str) -> dict[str, Any]:
    return bundle.words(tag)


def _day(at: Any) -> str:
    return str(clock.local_day(at)) if at else ""
