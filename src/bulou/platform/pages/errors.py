"""The pages for what went wrong: not found, not allowed, too big, too slow, out of date, and our own mistakes."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BUSY_SECONDS = "5"  # after which somebody who was not served may ask again


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a page says: the stable code, a heading, a sentence, and what to do."""

    code: str
    heading: str | Promise
    sentence: str | Promise
    advice: str | Promise


WRONG: dict[int, Wrong] = {
    400: Wrong(
        "pages.unreadable",
        _("This request could not be read"),
        _("What your browser sent was not complete or not in the expected form."),
        _("Go back, load the page again and retry. Nothing was changed."),
    ),
    403: Wrong(
        "pages.not_allowed",
        _("This is not open to you"),
        _("Your role does not include this page."),
        _("If you need it for your work, ask the administrator of your county for it."),
    ),
    404: Wrong(
        "pages.not_found",
        _("Nothing here"),
        _("There is nothing at this address, or it is not within what you look after."),
        _("Check the address, or look for it in the register."),
    ),
    408: Wrong(
        "pages.too_slow",
        _("The connection was too slow"),
        _("What you sent did not arrive completely in the time allowed."),
        _("Nothing was changed. Try again where reception is better, or send a smaller file."),
    ),
    413: Wrong(
        "pages.too_big",
        _("Too much at once"),
        _("What you sent is larger than the house takes in one piece."),
        _("Nothing was changed. Split the file, or leave out pictures and unused sheets."),
    ),
    419: Wrong(
        "pages.out_of_date",
        _("This page was open too long"),
        _("For your protection a form must be sent from a page opened in this session. Yours is out of date."),
        _("Go back, load the page again and send the form once more. What you typed is usually still there."),
    ),
    500: Wrong(
        "pages.our_mistake",
        _("Our mistake"),
        _("Something went wrong in the house, not with what you did."),
        _(
            "What you sent was not saved. Try again in a moment; if it stays so, tell the duty desk the time shown here."
        ),
    ),
    503: Wrong(
        "pages.busy",
        _("Very busy just now"),
        _("So many ask at once that the house could not answer in time, or its database is just starting."),
        _("What you sent may not have been saved. Wait a few seconds and send it again: it is never counted twice."),
    ),
}


def page(request: HttpRequest, number: int, status: int | None = None) -> HttpResponse:
    """The page for one of WRONG (JSON callers: code and sentence); `status` where the HTTP status is another number."""
    wrong = WRONG[number]
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"code": wrong.code, "sentence": str(wrong.sentence)}, status=status or number)
    return render(request, "pages/wrong.html", {"wrong": wrong, "number": status or number}, status=status or number)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where there was too much."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return page(request, 413 if too_much else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, for what is not there and for what is out of scope alike."""
    return page(request, 404)


def too_slow(request: HttpRequest) -> HttpResponse:
    """408, for whoever keeps the deadline of bodies."""
    return page(request, 408)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token does not fit the session (an old tab, another log-in)."""
    return page(request, 419, status=403)


def our_mistake(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database could not be reached in time. Drawn without the database, the session and the viewer: any may be broken."""
    from django.template.loader import render_to_string

    status = 503 if isinstance(sys.exc_info()[1], OperationalError | InterfaceError) else 500
    shown = {"wrong": WRONG[status], "number": status, "now": getattr(request, "now", None)}
    text = render_to_string("pages/our_mistake.html", shown)
    answer = HttpResponse(text, status=status)
    if status == 503:
        answer["Retry-After"] = BUSY_SECONDS
    return answer
