"""The register of forms, one form with its versions and questions, its states, and what can be taken away of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bulou.modules.collection.labels import forms as labels
from bulou.modules.collection.models import Media
from bulou.modules.collection.queries import forms as queries
from bulou.modules.collection.services import forms as services
from bulou.modules.collection.views.form_shown import form_page
from bulou.platform.access.guard import needs
from bulou.platform.refusals import Refusal
from bulou.platform.tables import Choice, Column, Days, Search, Table

VIEW, EDIT = queries.VIEW, queries.EDIT
VERBS: dict[str, Callable[..., Any]] = {
    "closing": services.begin_closing,
    "close": services.close,
    "reopen": services.reopen,
    "retire": services.retire,
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNNERS = {"light": pgettext_lazy("form", "Light page"), "full": pgettext_lazy("form", "Full engine")}


class FormTable(Table):
    """The forms in reach, how they stand, since when."""

    key = "collection.forms"
    title = pgettext_lazy("form", "Forms")
    order = "title"
    empty = gettext_lazy("No form has been brought here yet.")
    columns = (
        Column("title", pgettext_lazy("form", "Form"), sort="title", link="collection:form", width=36),
        Column("key", gettext_lazy("Form id"), kind="code", sort="key", width=24),
        Column("operation", gettext_lazy("Operation"), value="operation.title", width=28),
        Column(
            "state", pgettext_lazy("form", "State"), value=lambda row: labels.STATES[row.state][0], tone=lambda row: labels.STATES[row.state][1]
        ),
        Column("newest", pgettext_lazy("form", "Newest version"), width=18),
        Column("published", pgettext_lazy("form", "Published"), kind="moment", width=20),
        Column("waiting", pgettext_lazy("form", "Drafts"), kind="number", value=lambda row: row.waiting or None),
        Column("runner", pgettext_lazy("form", "Shown by"), value=lambda row: RUNNERS.get(row.runner, "")),
        Column("keep_days", gettext_lazy("Kept for days"), kind="number", hidden=True),
    )  # fmt: skip
    filters = (
        Search(by=queries.named_like),
        Choice(
            "state",
            pgettext_lazy("form", "State"),
            tuple((key, words) for key, (words, _tone) in labels.STATES.items()),
            field="state",
        ),
        Days("made_at", pgettext_lazy("form", "Brought")),
    )

    def complete(self, rows: list[Any]) -> None:
        """How many drafts wait of each."""
        waiting = queries.counts(row.pk for row in rows)
        for row in rows:
            row.waiting = waiting.get(row.pk, 0)


@needs(VIEW)
@require_safe
def forms(request: HttpRequest) -> HttpResponseBase:
    """The register."""
    table = FormTable(request, queries.forms(request.viewer))
    return table.answer("collection/forms/forms.html", {"may_edit": request.viewer.may(EDIT)})


@needs(VIEW)
@require_safe
def form(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One form: the version devices are offered, else its newest draft; `?version=` shows another."""
    found = queries.form(request.viewer, pk)
    asked = request.GET.get("version", "")
    row = queries.version(request.viewer, int(asked)) if asked.isdigit() else queries.shown_first(found.pk)
    if row is not None and row.form_id != found.pk:
        raise Http404
    return form_page(request, found, row)


@needs(EDIT)
@require_POST
def move(request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
    """Closing, close, open again, retire; then the form's page."""
    if verb not in VERBS:
        raise Http404
    queries.form(request.viewer, pk, EDIT)
    seen = request.POST.get("version", "")
    VERBS[verb](
        by=request.viewer,
        form_id=pk,
        now=request.now,
        why=request.POST.get("why", "")[:400],
        version=int(seen) if seen.isdigit() else None,
    )
    return redirect("collection:form", pk)


@needs(VIEW)
@require_safe
def xlsform(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The spreadsheet a version was made from."""
    row = queries.version(request.viewer, pk)
    if row.source is None:
        raise Refusal("collection.no_sheet", _("This version was brought as XML; there is no spreadsheet."), status=404)
    return _file(bytes(row.source), row.source_name or f"{row.form.key}.xlsx", XLSX)


@needs(VIEW)
@require_safe
def xform(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A version as devices get it, byte for byte."""
    row = queries.version(request.viewer, pk)
    return _file(bytes(row.xform), f"{row.form.key}.xml", "text/xml; charset=utf-8")


@needs(VIEW)
@require_safe
def media(request: HttpRequest, pk: int, media_id: int) -> HttpResponseBase:
    """A file of a version."""
    row = queries.version(request.viewer, pk)
    found = Media.objects.filter(version=row, pk=media_id).exclude(content=None).first()
    if found is None:
        raise Http404
    return _file(bytes(found.content or b""), found.name, found.content_type or "application/octet-stream")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    )


def address_of(pk: int, version: int | None = None) -> str:
    """The page of a form, of one of its versions."""
    return reverse("collection:form", args=[pk]) + (f"?version={version}" if version else "")
