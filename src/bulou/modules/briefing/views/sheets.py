"""The superior's sheets of an operation: which there are, sending one, the sheet itself, the filled file."""

from __future__ import annotations

from datetime import time
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bulou.modules.briefing import services
from bulou.modules.briefing.exports import sheets as exports
from bulou.modules.briefing.forms import IssueForm
from bulou.modules.briefing.forms.sheets import FileForm, NewSheetForm, SheetForm
from bulou.modules.briefing.models import Sheet
from bulou.modules.briefing.queries.issued import reaches_all
from bulou.modules.briefing.queries.sheets import filling as fillings
from bulou.modules.briefing.queries.sheets import kept, reading
from bulou.modules.briefing.views.reading import day_of
from bulou.modules.operations.queries import operations
from bulou.platform.access.guard import needs
from bulou.platform.journal.sealing import head
from bulou.platform.pages.forms import answer

EDIT, VIEW = "briefing.edit_sheet", "briefing.view_briefing"


@needs(VIEW)
@require_GET
def sheets(request: HttpRequest, key: str) -> HttpResponseBase:
    """The superior's forms of an operation."""
    operation = operations.operation(request.viewer, key)
    if not reaches_all(request.viewer, VIEW, operation):
        raise Http404(key)
    found = [
        (one, len(kept.mapped_cells(one)), kept.fillings(one).first()) for one in kept.sheets(request.viewer, operation)
    ]
    context = {
        "operation": operation,
        "sheets": found,
        "trail": trail(operation),
        "may_edit": may_edit(request, operation),
    }
    return render(request, "briefing/sheets.html", context)


@needs(EDIT)
def add(request: HttpRequest, key: str) -> HttpResponseBase:
    """Send a form of the superior's."""
    operation = operations.operation(request.viewer, key)
    if not reaches_all(request.viewer, VIEW, operation):
        raise Http404(key)

    def added(file: Any, **values: Any) -> Sheet:
        how = {"by": request.viewer, "now": request.now, "operation": operation}
        return services.add_sheet(content=_content(file), file_name=file.name, **values, **how)

    lead = _("Send the form once, say which cell is filled with which figure, and it is filled every day.")
    context = {
        "title": _("Add a form of the superior's"), "lead": lead, "submit": _("Add"), "cancel": reverse("briefing:sheets", args=[key]),
        "trail": [*trail(operation), (_("The superior's forms"), reverse("briefing:sheets", args=[key]))],
    }  # fmt: skip
    form = NewSheetForm.of(request)
    return answer(
        request, form, added, lambda given: reverse("briefing:sheet", args=[key, given["id"]]), context=context
    )


@needs(EDIT)
def edit(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """Its name, whose it is, and its hour."""
    one = kept.sheet(request.viewer, key, pk)
    held = {name: getattr(one, name) for name in ("name", "wanted_by", "due", "fill_at")}

    def standing() -> tuple[dict[str, Any], int]:
        newest = kept.sheet(request.viewer, key, pk)
        return {name: getattr(newest, name) for name in held}, newest.version

    return answer(
        request,
        SheetForm.of(request, version=one.version, initial=held),
        lambda **values: services.change_sheet(by=request.viewer, sheet=one, now=request.now, **values),
        reverse("briefing:sheet", args=[key, pk]),
        context=_of_sheet(one, _("Change the form"), _("Save")),
        standing=standing,
    )


@needs(EDIT)
def upload(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """A newer file of the same form."""
    one = kept.sheet(request.viewer, key, pk)

    def sent(file: Any) -> dict[str, int]:
        made = services.send_file(
            by=request.viewer, sheet=one, content=_content(file), file_name=file.name, now=request.now
        )
        return {"id": made.pk}

    lead = _(
        "The older files stay. Cells whose words beside them changed are not filled until they are confirmed again."
    )
    context = _of_sheet(one, _("Send a newer file"), _("Send")) | {"lead": lead}
    return answer(request, FileForm.of(request), sent, reverse("briefing:sheet", args=[key, pk]), context=context)


@needs(EDIT)
def end(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """Put a form aside."""
    one = kept.sheet(request.viewer, key, pk)
    lead = _("It is filled no more. What it was filled with, its files and its mapping stay and can be read.")
    return answer(
        request,
        IssueForm.of(request),
        lambda **values: services.end_sheet(by=request.viewer, sheet=one, now=request.now, **values),
        reverse("briefing:sheets", args=[key]),
        context=_of_sheet(one, _("Put the form aside"), _("Put the form aside")) | {"lead": lead},
    )


@needs(VIEW)
@require_GET
def file(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """The filled file: of today as of now, of a day (`?day=`) as of its end or a time (`&at=`), or as it was filled by itself (`?filling=`)."""
    one = kept.sheet(request.viewer, key, pk)
    if wanted := request.GET.get("filling", ""):
        if not wanted.isdecimal():
            raise Http404(wanted)
        made = fillings.of_kept(request.viewer, kept.filling(one, int(wanted)), now=request.now)
    else:
        day, at = fillings.moment(
            one, day=day_of(request.GET.get("day", "")), at=_time_of(request.GET.get("at", "")), now=request.now
        )
        made = fillings.filled(request.viewer, one, day=day, at=at, now=request.now)
    services.note_taken(by=request.viewer, filling=made, now=request.now)
    base = f"{request.scheme}://{request.get_host()}"
    content = exports.filled_file(made, base=base, by=request.viewer.name, now=request.now, seal_head=head().short())
    return _xlsx(content, exports.file_name(made))


@needs(VIEW)
@require_GET
def original(request: HttpRequest, key: str, pk: int, number: int) -> HttpResponseBase:
    """The superior's file as it was sent."""
    one = kept.file(kept.sheet(request.viewer, key, pk), number)
    return _xlsx(bytes(one.content), one.file_name)


def may_edit(request: HttpRequest, operation: Any) -> bool:
    """Whether this reader may change what fills the forms of an operation."""
    return operation.ended_at is None and reaches_all(request.viewer, EDIT, operation)


def trail(operation: Any) -> list[tuple[str, str]]:
    """The way to an operation's briefing."""
    return [
        (_("Briefing"), reverse("briefing:index")),
        (operation.title, reverse("briefing:report", args=[operation.key])),
    ]


def trail_of(one: Sheet) -> list[tuple[str, str]]:
    """The way to a sheet, itself left out."""
    return [*trail(one.operation), (_("The superior's forms"), reverse("briefing:sheets", args=[one.operation.key]))]


def _of_sheet(one: Sheet, title: str, submit: str) -> dict[str, Any]:
    address = reverse("briefing:sheet", args=[one.operation.key, one.pk])
    return {"title": title, "submit": submit, "cancel": address, "trail": [*trail_of(one), (one.name, address)]}


def _content(file: Any) -> bytes:
    """What was sent, and of a file that is too large only so much that it is seen to be."""
    found: bytes = file.read(reading.MAX_BYTES + 1) if file.size <= reading.MAX_BYTES else b"P" * file.size
    return found


def _time_of(text: str) -> time | None:
    if not text:
        return None
    try:
        found = time.fromisoformat(text)
    except ValueError:
        raise Http404(text) from None
    if found.tzinfo is not None:
        raise Http404(text)
    return found


def _xlsx(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=exports.TYPE,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"},
    )
