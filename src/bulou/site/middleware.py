"""The site's own middleware: what was wrong with a request's body, said as a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from bulou.platform.pages.middleware import RefusalMiddleware
from bulou.platform.refusals import Refusal
from bulou.site.serving.patience import MOST, TROUBLE


class BodyMiddleware:
    """Answers a request whose body did not arrive as announced; nothing of it is acted upon. Stands innermost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._refusals = RefusalMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        trouble = request.META.get(TROUBLE)
        if not trouble:
            return self.get_response(request)
        answer = self._refusals.process_exception(request, refusal_for(trouble))
        assert answer is not None
        return answer


def refusal_for(trouble: str) -> Refusal:
    """The refusal for what `bulou.site.serving.patience` found: too_large, no_length or cut_off."""
    if trouble == "too_large":
        return Refusal(
            "site.body_too_large",
            _("What was sent is larger than %(most)s MB. Send it in parts, or smaller pictures."),
            status=413,
            most=MOST // 1_000_000,
        )
    if trouble == "no_length":
        return Refusal(
            "site.body_without_length",
            _("What was sent does not say how long it is, so a cut could not be noticed. Send it again."),
            status=411,
        )
    return Refusal(
        "site.body_cut_off", _("What was sent broke off on the way. Nothing of it was kept; send it again."), status=400
    )
