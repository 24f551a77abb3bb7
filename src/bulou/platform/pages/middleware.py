"""Language and refusals: every page speaks the reader's language, and a refusal is an answer, not a failure."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import translation

from bulou.platform.refusals import Refusal

Answer = Callable[[HttpRequest], HttpResponseBase]


class LanguageMiddleware:
    """The language of the cookie, else Chinese: a county's browsers often claim English."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


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
