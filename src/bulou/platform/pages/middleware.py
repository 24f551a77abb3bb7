"""Language and refusals: every page speaks the reader's language, and a refusal is an answer, not a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import translation

from bulou.platform.pages import languages
from bulou.platform.refusals import Refusal

Answer = Callable[[HttpRequest], HttpResponseBase]


class LanguageMiddleware:
    """The language of the cookie, else the signed-in user's own, else Chinese: a county's browsers often claim English."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        self._speak(request, languages.of_cookie(request) or settings.LANGUAGE_CODE)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Here the user is known (the middlewares below have run): without a cookie his own language counts."""
        user = getattr(request, "user", None)
        if (
            not languages.of_cookie(request)
            and user is not None
            and user.is_authenticated
            and languages.known(user.language)
        ):
            self._speak(request, user.language)

    def _speak(self, request: HttpRequest, language: str) -> None:
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]


class RefusalMiddleware:
    """Turns a Refusal raised anywhere below into a page or, for JSON callers, into its code, sentence and values."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponseBase | None:
        if not isinstance(problem, Refusal):
            return None
        if request.headers.get("Accept", "").startswith("application/json"):
            body = {"code": problem.code, "sentence": problem.sentence, "field": problem.field}
            return JsonResponse(body, status=problem.status)
        return render(request, "pages/refused.html", {"refusal": problem}, status=problem.status)
