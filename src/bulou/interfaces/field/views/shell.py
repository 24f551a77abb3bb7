"""The installable page, its service worker, its manifest and its words. The same for everybody: what is personal lies on the phone, sealed."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page

from bulou.interfaces.field import bundle
from bulou.interfaces.field.views.full import is_built
from bulou.interfaces.field.words import LANGUAGES, TIBETAN, spoken
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC

FOLDERS = ("shell", "icons")
LOOSE = ("field/queue.js", "field/full/host.js", "bulou/mark.svg")
ENGINE = "field/full"


@needs(PUBLIC)
@cache_control(max_age=0, must_revalidate=True)
@csp_update({"img-src": ["blob:"]})
def shell(request: HttpRequest) -> HttpResponse:
    """The page: a frame without anybody's data."""
    files = kept_files()
    return render(
        request,
        "field/field.html",
        {
            "base": settings.STATIC_URL,
            "sheets": [one for one in files if one.endswith(".css")],
            "scripts": [bundle.address("js"), _static("field/full/host.js")],
            "has_full": is_built(),
        },
    )


@needs(PUBLIC)
@gzip_page
@cache_control(max_age=0, must_revalidate=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of /field/. Its text changes with every file it keeps, which is how a browser learns of a new version."""
    kept = [reverse("field:shell"), reverse("field:manifest"), *kept_files()]
    kept += [reverse("field:words", args=[code]) for code in LANGUAGES]
    script = render_to_string(
        "field/sw.js",
        {
            "version": version(),
            "kept": json.dumps(kept),
            "engine": json.dumps(engine_files()),
            "carrying": _static("field/shell/carrying.js"),
        },
    )
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@needs(PUBLIC)
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponseBase:
    """What a phone needs to put the page on its home screen."""
    icons = [
        {"src": _static(f"field/icons/{name}.png"), "sizes": size, "type": "image/png", "purpose": purpose}
        for name, size, purpose in (
            ("192", "192x192", "any"),
            ("512", "512x512", "any"),
            ("maskable", "512x512", "maskable"),
        )
    ]
    about = {
        "id": "/field/", "name": _("Bulou: reports from the field"), "short_name": _("Bulou"), "start_url": "/field/", "scope": "/field/",
        "display": "standalone", "orientation": "portrait", "background_color": "#ffffff", "theme_color": "#8c2318", "icons": icons,
    }  # fmt: skip
    return JsonResponse(about, content_type="application/manifest+json")


@needs(PUBLIC)
@gzip_page
@cache_control(max_age=0, must_revalidate=True)
def words(request: HttpRequest, language: str) -> HttpResponseBase:
    """What the page says in one of its languages, by the English sentence."""
    if language not in LANGUAGES:
        raise Http404
    return JsonResponse(spoken(language), json_dumps_params={"ensure_ascii": False})


@lru_cache(maxsize=1)
def version() -> str:
    """A digest of everything the page is made of."""
    digest = sha256(render_to_string("field/field.html").encode())
    for address in (*kept_files(), *engine_files()[1:]):
        digest.update(address.encode())
        if address.startswith(settings.STATIC_URL):
            digest.update(Path(str(finders.find(address.removeprefix(settings.STATIC_URL)))).read_bytes())
    for code in LANGUAGES:
        digest.update(json.dumps(spoken(code), sort_keys=True).encode())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def kept_files() -> list[str]:
    """Every file of the page and of the light runner, by address; the same names in every installation, as modules name each other."""
    found = [f"field/{folder}/{name}" for folder in FOLDERS for name in _below(f"field/{folder}")]
    there = [_static(one) for one in (*found, *LOOSE) if finders.find(one) and one != TIBETAN]
    return [*there, bundle.address("js"), bundle.address("css")]


@lru_cache(maxsize=1)
def engine_files() -> list[str]:
    """The frame of the full engine and what it loads; only phones with a form that needs it keep them."""
    if not is_built():
        return []
    loose = [
        f"{ENGINE}/{name}" for name in _below(ENGINE) if name.endswith((".js", ".css", ".wasm")) and name != "host.js"
    ]
    return [reverse("field:full"), *map(_static, loose)]


def _below(folder: str) -> list[str]:
    root = finders.find(folder)
    if root is None:
        return []
    base = Path(str(root))
    return sorted(str(one.relative_to(base)) for one in base.rglob("*") if one.is_file())


def _static(path: str) -> str:
    return settings.STATIC_URL + path
