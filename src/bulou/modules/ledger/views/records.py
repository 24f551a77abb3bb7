"""One report as it stands: what it says, of a list its lines, the versions before; and the lines as Excel."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime
from typing import Any

import xlsxwriter
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from bulou.core.facts import Kind
from bulou.modules.ledger.queries.asked import Asked
from bulou.modules.ledger.queries.lists import LineTold
from bulou.modules.ledger.queries.records import RecordPage, Told, record_read
from bulou.modules.ledger.views.chase_words import CHOICES, FACTS, YES_NO, fact_title
from bulou.platform.access.guard import needs
from bulou.platform.journal.services import note_look, write
from bulou.platform.pages.components.panels import Event
from bulou.platform.pages.components.texts import NONE, listed, plain_moment
from bulou.platform.pages.context import lent

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs("ledger.view_content")
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What one report says, and said before."""
    found = _in_order(record_read(request.viewer, pk))
    _look(request, found, "record")
    facts = [(fact_title(one), told(one, found.now.facts.get(one.code))) for one in found.asked]
    events = [Event(one.at, _said(found, one), one.who, one.why) for one in found.versions]
    context = {
        "record": found, "facts": facts, "events": events, "heads": [fact_title(one) for one in found.line_facts], "rows": _rows(found),
        "trail": [(_("Reports"), reverse("ledger:records"))],
    }  # fmt: skip
    return render(request, "ledger/record.html", context)


@needs("ledger.view_content")
@require_safe
def record_lines(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The lines of a list as .xlsx, with a sheet that says what it is, as of when and for whom; a line in the journal."""
    found = _in_order(record_read(request.viewer, pk))
    if not found.is_list:
        raise Http404
    _look(request, found, "sheet")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer once it is sent
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        _lines_sheet(book, found)
        _notes_sheet(book, found, request)
    write(
        by=request.viewer, action="ledger.lines_exported", kind=f"registry.{found.subject_kind}", subjects=[found.subject_id], now=request.now,
        data={"record": found.id, "lines": len(found.lines)},
    )  # fmt: skip
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{found.name}-{found.done_at:%Y%m%d}.xlsx", content_type=TYPE
    )


def told(one: Asked, value: Any) -> str:
    """A fact in words."""
    if value in (None, "", (), []):
        return NONE
    if one.fact.kind is Kind.YES_NO:
        return str(dict(YES_NO)["yes" if value else "no"])
    if one.fact.kind in (Kind.CHOICE, Kind.CHOICES):
        names = {code: title or str(CHOICES.get(code, code)) for code, title in one.choices}
        return listed([names.get(code, code) for code in (value if isinstance(value, tuple) else (value,))])
    return plain_moment(value) if isinstance(value, datetime) else str(value)


def _in_order(found: RecordPage) -> RecordPage:
    """The columns of a list as one asks: how somebody is first."""
    places = {code: place for place, code in enumerate(FACTS)}
    facts = sorted(found.line_facts, key=lambda one: (places.get(one.code, len(places)), one.code))
    return replace(found, line_facts=tuple(facts))


def _rows(found: RecordPage) -> list[tuple[LineTold, list[str]]]:
    return [(one, [told(fact, one.facts.get(fact.code)) for fact in found.line_facts]) for one in found.lines]


def _said(found: RecordPage, one: Told) -> str:
    if found.is_list:
        return (
            ngettext("%(n)s line", "%(n)s lines", one.n_lines) % {"n": one.n_lines}
            if one.n_lines
            else _("Nobody to report")
        )
    return listed([told(fact, one.facts[fact.code]) for fact in found.asked if fact.code in one.facts])


def _look(request: HttpRequest, found: RecordPage, what: str) -> None:
    note_look(
        by=request.viewer,
        kind=f"registry.{found.subject_kind}",
        subjects=[found.subject_id],
        what=what,
        now=request.now,
    )
    if people := [one.subject_id for one in found.lines if one.subject_id is not None]:
        note_look(by=request.viewer, kind="registry.person", subjects=people, what=what, now=request.now)


def _lines_sheet(book: Any, found: RecordPage) -> None:
    page = book.add_worksheet(_("Lines")[:31])
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E6EEEF"})
    names = [_("No."), _("Name"), _("Household"), _("In the register"), *(fact_title(one) for one in found.line_facts)]
    for at, name in enumerate(names):
        page.set_column(at, at, 6 if at == 0 else 18)
        page.write_string(0, at, name, head)
    page.freeze_panes(1, 2)
    for at, (line, said) in enumerate(_rows(found), start=1):
        known = _("Yes") if line.subject_id is not None else _("No")
        page.write_number(at, 0, line.number)
        for column, value in enumerate([line.name, line.household, known, *said], start=1):
            page.write_string(at, column, value)


def _notes_sheet(book: Any, found: RecordPage, request: HttpRequest) -> None:
    page = book.add_worksheet(_("Notes")[:31])
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 60)
    notes = (
        (_("About"), found.name), (_("Done"), plain_moment(found.done_at)), (_("Received"), plain_moment(found.now.at)),
        (_("Filed by"), found.now.who), (_("Versions"), str(len(found.versions))), (_("Exported by"), request.viewer.name),
        (_("As of"), plain_moment(request.now)), (_("Exercise"), lent("exercise", request.now)), (_("Journal head"), lent("seal_head")),
    )  # fmt: skip
    for at, (name, value) in enumerate((name, value) for name, value in notes if value):
        page.write_string(at, 0, name)
        page.write_string(at, 1, str(value))
