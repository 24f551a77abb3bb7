"""The frame in which the full form engine runs. It is handed a form by the page around it and knows nothing else."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin

from bulou.interfaces.field.engine_words import words
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC

ENGINE = "field/full/engine/engine.js"


def is_built() -> bool:
    """Whether the full engine is there: it is built when the house is set up, and the house works without it."""
    return finders.find(ENGINE) is not None


@needs(PUBLIC)
@cache_control(max_age=0, must_revalidate=True)
@xframe_options_sameorigin
@csp_replace(
    {
        "frame-ancestors": ["'self'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'", "data:", "blob:"],
    }
)
def full(request: HttpRequest) -> HttpResponse:
    """The empty frame; 404 with a sentence where the engine was not built."""
    there = is_built()
    return render(
        request, "field/full.html", {"words": words(), "engine": ENGINE if there else ""}, status=200 if there else 404
    )
