"""A list of standings as .xlsx: written row by row, with a sheet that says what it is, as of when and for whom."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext as _

from bulou.interfaces.situation.asked import Asked
from bulou.interfaces.situation.labels import title_of
from bulou.modules.ledger.queries.standings import Row
from bulou.platform.journal.services import write
from bulou.platform.pages.components.texts import plain_moment
from bulou.platform.pages.context import lent

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (14, 12, 16, 24, 18, 20, 22, 18, 18, 18, 28)


def sheet(asked: Asked, where: str, title: str, rows: Iterable[Row]) -> FileResponse:
    """The file. The export is a line of the journal; the ids shown are in the log of looks."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer once it is sent
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    written = _rows(book, title, rows)
    _notes(book, asked, where, title, written)
    book.close()
    write(
        by=asked.viewer, action="situation.exported", kind="operations.operation", subjects=[asked.operation.pk], now=asked.now,
        data={"rows": written, "day": asked.day.isoformat()},
    )  # fmt: skip
    file.seek(0)
    name = f"{title}-{where}-{asked.at.astimezone(asked.zone):%Y%m%d-%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPE)


def _rows(book: Any, title: str, rows: Iterable[Row]) -> int:
    page = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E6EEEF"})
    names = (
        _("Name"), _("Standing"), _("Telephone"), _("Who answers"), _("Place"), _("Unit"), _("Regime"), _("Due"), _("Received"), _("Last report"),
        _("Reason"),
    )  # fmt: skip
    for at, (name, width) in enumerate(zip(names, WIDTHS, strict=True)):
        page.set_column(at, at, width)
        page.write_string(0, at, name, head)
    page.freeze_panes(1, 1)
    number = 0
    for number, row in enumerate(rows, start=1):
        for at, value in enumerate(_cells(row)):
            page.write_string(number, at, value)
    return number


def _cells(row: Row) -> tuple[str, ...]:
    answers = [name for name, _phone in row.answerers]
    owed = [row.owed_name] if row.owed_name and row.owed_name != row.name else []
    return (
        row.name, title_of(row.standing), row.phone, "、".join(dict.fromkeys(owed + answers)), row.place, row.unit, row.regime, _said(row.due),
        _said(row.received_at), _said(row.last_report), row.excuse,
    )  # fmt: skip


def _said(at: datetime | None) -> str:
    return "" if at is None else plain_moment(at)


def _notes(book: Any, asked: Asked, where: str, title: str, written: int) -> None:
    page = book.add_worksheet(_("Notes"))
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 80)
    notes = (
        (_("Operation"), asked.operation.title), (_("List"), title), (_("Place or unit"), where), (_("Day"), asked.day.isoformat()),
        (_("As of"), plain_moment(asked.at)), (_("Rows"), f"{written:,}"), (_("Exported by"), asked.viewer.name),
        (_("Exercise"), lent("exercise", asked.now)), (_("Journal head"), lent("seal_head")),
    )  # fmt: skip
    for at, (name, text) in enumerate((name, text) for name, text in notes if text):
        page.write_string(at, 0, name)
        page.write_string(at, 1, text)
