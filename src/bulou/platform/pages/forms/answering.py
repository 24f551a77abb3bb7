"""Answering a form: show it, run the service, and show what the service says — with or without scripts in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from bulou.platform.once.services import run_once
from bulou.platform.pages.forms.base import Form
from bulou.platform.refusals import Conflict, Refusal

Standing = Callable[[], tuple[Mapping[str, Any], int | None]]


def answer(
    request: HttpRequest,
    form: Form,
    service_call: Callable[..., Any],
    then: str | Callable[[dict[str, Any]], str],
    *,
    template: str = "pages/form_page.html",
    context: Mapping[str, Any] | None = None,
    standing: Standing | None = None,
    once: bool = True,
) -> HttpResponseBase:
    """Show the form; when it was posted and holds, run `service_call(**form.values)` once and go to `then`.

    `then` is an address, or is asked for one with the service's answer (a dict; a row becomes {"id": …}). A Refusal goes beside its
    field with everything typed still there (422). A Conflict (409) asks `standing()` for (values, version) as they are now and shows
    them beside what was typed; sending again then means it. The service runs in one transaction with the form's `once` key, so
    a form sent twice changes nothing the second time and goes to the same place; `once=False` for verbs whose answer must not
    be stored or whose refusals must be kept (log-in).
    """
    status = 200
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        else:
            try:
                return _go(request, then, _run(request, form, service_call, once))
            except Conflict as conflict:
                status = conflict.status
                form.refuse(conflict)
                values, version = standing() if standing else ({}, None)
                form.contest(values, version)
            except Refusal as refusal:
                status = refusal.status
                form.refuse(refusal)
    return render(request, template, {"form": form, **(context or {})}, status=status)


def _run(request: HttpRequest, form: Form, service_call: Callable[..., Any], once: bool) -> dict[str, Any]:
    if not once:
        return _as_dict(service_call(**form.values))
    verb = request.resolver_match.view_name if request.resolver_match else request.path
    given, _ran = run_once(
        form.once_key,
        verb,
        lambda: _as_dict(service_call(**form.values)),
        by=request.viewer,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
    )
    return given


def _as_dict(result: Any) -> dict[str, Any]:
    """What is kept of a service's answer, small and JSON."""
    if result is None:
        return {}
    if isinstance(result, models.Model):
        return {"id": result.pk}
    return dict(result) if isinstance(result, Mapping) else {"id": result}


def _go(request: HttpRequest, then: str | Callable[[dict[str, Any]], str], given: dict[str, Any]) -> HttpResponseBase:
    address = then(given) if callable(then) else then
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
