"""The duty log: the watch that runs, its lines, handing over and taking over, and the watches before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from bulou.modules.ledger.queries import watches as queries
from bulou.modules.ledger.services import watches as services
from bulou.modules.operations.queries.operations import current_operation, operation
from bulou.platform.access.guard import needs
from bulou.platform.pages.forms import Form, answer

SHOWN = 60


class EntryForm(Form):
    """A line of the log."""

    text = forms.CharField(
        label=gettext_lazy("What happened"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    happened_at = forms.DateTimeField(
        label=gettext_lazy("When"), required=False, help_text=gettext_lazy("Left empty: now.")
    )


class HandOverForm(Form):
    """The note for the next watch."""

    note = forms.CharField(
        label=gettext_lazy("For the next watch"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("What is open, who has promised what, what to look at first."),
    )  # fmt: skip


class TakeOverForm(Form):
    """Who else is on duty."""

    others = forms.CharField(
        label=gettext_lazy("Also on duty"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Names, separated by commas."),
    )

    def names(self) -> list[str]:
        """The names entered, one by one."""
        return [
            one.strip()
            for one in self.cleaned_data["others"].replace("，", ",").replace("、", ",").split(",")
            if one.strip()
        ]


@needs("ledger.view_log")
@require_safe
def duty_log(request: HttpRequest) -> HttpResponseBase:
    """The watch that runs in the operation on hand (`?operation=` names another), and those before it."""
    found = _operation(request)
    log = queries.current(request.viewer, found.pk) if found else None
    context = {"operation": found, "watches": list(queries.watches(request.viewer, found.pk)[:SHOWN]) if found else []}
    return render(request, "ledger/chase/duty_log.html", context | _page(request, log))


@needs("ledger.view_log")
@require_safe
def watch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One watch, as it was signed."""
    log = queries.log(request.viewer, pk)
    context = {"operation": log.watch.operation, "trail": [(_("Duty log"), _home(log.watch.operation))]}
    return render(request, "ledger/chase/watch.html", context | _page(request, log))


@needs("ledger.keep_log")
@require_http_methods(["GET", "POST"])
def write_entry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write a line."""
    log = queries.log(request.viewer, pk)
    form = EntryForm.of(request)

    def save(*, text: str, happened_at: datetime | None) -> Any:
        return services.write_entry(
            by=request.viewer, watch_id=pk, text=text, happened_at=happened_at, once=form.once_key, now=request.now
        )

    return answer(
        request,
        form,
        save,
        then=_home(log.watch.operation),
        context=_form(log, _("Write into the log"), _("Write down")),
    )


@needs("ledger.keep_log")
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Sign the hand-over."""
    log = queries.log(request.viewer, pk)
    form = HandOverForm.of(request)

    def save(*, note: str) -> Any:
        return services.hand_over(by=request.viewer, watch_id=pk, note=note, once=form.once_key, now=request.now)

    context = _form(log, _("Hand over the watch"), _("Sign and hand over"))
    context["lead"] = _("Your name stands under this note. The watch is yours until somebody has taken over.")
    return answer(request, form, save, then=_home(log.watch.operation), context=context)


@needs("ledger.keep_log")
@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Countersign, and begin the next watch."""
    log = queries.log(request.viewer, pk)
    form = TakeOverForm.of(request)

    def save(*, others: str) -> Any:
        return services.take_over(
            by=request.viewer, watch_id=pk, once=form.once_key, now=request.now, with_names=form.names()
        )

    context = _form(log, _("Take over the watch"), _("Sign and take over"))
    context["log"] = log
    return answer(
        request, form, save, then=_home(log.watch.operation), template="ledger/chase/take_over.html", context=context
    )


@needs("ledger.keep_log")
@require_http_methods(["GET", "POST"])
def begin_watch(request: HttpRequest, key: str) -> HttpResponseBase:
    """Begin the first watch of an operation."""
    found = operation(request.viewer, key)
    form = TakeOverForm.of(request)

    def save(*, others: str) -> Any:
        return services.begin_watch(
            by=request.viewer, operation_id=found.pk, once=form.once_key, now=request.now, with_names=form.names()
        )

    context = {
        "title": _("Begin the first watch"),
        "submit": _("Begin"),
        "cancel": _home(found),
        "trail": [(_("Duty log"), _home(found))],
    }
    return answer(request, form, save, then=_home(found), context=context)


def _operation(request: HttpRequest) -> Any:
    key = request.GET.get("operation", "")
    return operation(request.viewer, key) if key else current_operation(request.viewer)


def _page(request: HttpRequest, log: queries.Log | None) -> dict[str, Any]:
    viewer = request.viewer
    may_keep = viewer.may("ledger.keep_log")
    has_it = log is not None and viewer.user_id in [one["user"] for one in log.watch.people]
    return {
        "log": log,
        "may_begin": may_keep and log is None,
        "may_write": may_keep and log is not None and not log.is_closed,
        "may_hand_over": may_keep and has_it and log is not None and log.out is None,
        "may_take_over": may_keep
        and log is not None
        and log.out is not None
        and log.taken is None
        and log.out.actor_id != viewer.user_id,
        "has_it": has_it,
    }


def _form(log: queries.Log, title: str, submit: str) -> dict[str, Any]:
    home = _home(log.watch.operation)
    return {"title": title, "submit": submit, "cancel": home, "trail": [(_("Duty log"), home)]}


def _home(found: Any) -> str:
    return f"{reverse('ledger:duty_log')}?operation={found.key}"
