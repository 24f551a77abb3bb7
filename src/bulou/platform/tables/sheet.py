"""A table as an .xlsx file: every row in the filter, in constant memory, into a temporary file that is then streamed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from bulou.platform.access.viewer import ANONYMOUS
from bulou.platform.journal import services as journal
from bulou.platform.pages.components.texts import plain_moment
from bulou.platform.pages.context import lent
from bulou.platform.tables import keyset
from bulou.platform.tables.columns import Column, sheet_value

if TYPE_CHECKING:
    from bulou.platform.tables.table import Table

CHUNK = 2000
SHEET_ROWS = 1_000_000
LOOK_IDS = 10_000
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}


def sheet_response(table: Table) -> FileResponse:
    """The file, ready to stream. The look and the export are in the journal before the first byte goes out."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 (FileResponse closes it)
    with transaction.atomic():
        written = write_sheet(table, file)
        _journal(table, written)
    file.seek(0)
    day = plain_moment(table.now).replace(":", "").replace(" ", "-")
    response = FileResponse(file, as_attachment=True, filename=f"{table.title}-{day}.xlsx")
    response.headers["Cache-Control"] = "no-store"
    return response


def write_sheet(table: Table, file: Any) -> int:
    """Write the whole table into an open binary file; give the number of rows. Strings stay strings, whatever they begin with."""
    with tempfile.TemporaryDirectory(prefix="bulou-sheet-") as folder:
        book = xlsxwriter.Workbook(file, _SAFE | {"tmpdir": folder, "default_date_format": "yyyy-mm-dd hh:mm"})
        written = _write_rows(table, book)
        _write_notes(table, book, written)
        book.close()
    return written


def _write_rows(table: Table, book: xlsxwriter.Workbook) -> int:
    columns = [column for column in table.shown_columns if column.sheet]
    formats = _formats(book, columns)
    rows, written, number = _rows(table), 0, 0
    ahead = list(islice(rows, 1))
    while ahead or not number:
        number += 1
        sheet = _open_sheet(book, table, columns, number)
        count = _fill(sheet, chain(ahead, islice(rows, SHEET_ROWS - 1)), columns, formats)
        sheet.autofilter(0, 0, count, len(columns) - 1)
        written += count
        ahead = list(islice(rows, 1))
    return written


def _fill(sheet: Any, rows: Iterable[Any], columns: list[Column], formats: list[Any]) -> int:
    """Write rows below the head; give how many."""
    count = 0
    for count, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            value = sheet_value(column.read(row), column.kind)
            if isinstance(value, str):
                sheet.write_string(count, at, value, formats[at])
            elif value is not None:
                sheet.write(count, at, value, formats[at])
    return count


def _rows(table: Table) -> Iterator[Any]:
    """Every row in the filter, in the order of the page, read by a cursor on the server; sensitive rows are logged as they go out."""
    column, descending = table.sorted_by
    assert column.sort is not None
    ids: list[int] = []
    rows = keyset.in_order(table.rows, column.sort, descending).iterator(chunk_size=CHUNK)
    while stretch := list(islice(rows, CHUNK)):
        table.complete(stretch)
        for row in stretch:
            if table.looks:
                ids.append(table.subject_of(row))
                if len(ids) == LOOK_IDS:
                    table.note_look(ids, "export")
                    ids = []
            yield row
    if ids:
        table.note_look(ids, "export")


def _open_sheet(book: xlsxwriter.Workbook, table: Table, columns: list[Column], number: int) -> Any:
    sheet = book.add_worksheet(_sheet_name(str(table.title), number))
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E6EEEF", "valign": "vcenter"})
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, str(column.label), head)
    sheet.freeze_panes(1, 0)
    return sheet


def _formats(book: xlsxwriter.Workbook, columns: list[Column]) -> list[Any]:
    looks = {
        "day": {"num_format": "yyyy-mm-dd"},
        "moment": {"num_format": "yyyy-mm-dd hh:mm"},
        "percent": {"num_format": "0.0%"},
    }
    made = {kind: book.add_format(look) for kind, look in (looks | {"number": {"num_format": "#,##0.##"}}).items()}
    text = book.add_format({"num_format": "@"})
    return [made.get(column.kind, text) for column in columns]


def _write_notes(table: Table, book: xlsxwriter.Workbook, written: int) -> None:
    """The last sheet says what this is: as of when, which rows, for whom, and the head of the journal's chain."""
    sheet = book.add_worksheet(_("Notes"))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    for at, (name, text) in enumerate(_notes(table, written)):
        sheet.write_string(at, 0, name)
        sheet.write_string(at, 1, text)


def _notes(table: Table, written: int) -> list[tuple[str, str]]:
    said = [f"{one.label or _('Search')} = {one.says(table.given)}" for one in table.filters if one.says(table.given)]
    notes = [
        (_("Table"), str(table.title)),
        (_("County"), lent("house_name")),
        (_("As of"), plain_moment(table.now)),
        (_("Filter"), "; ".join(said) or _("none: all rows in your scope")),
        (_("Rows"), f"{written:,}"),
        (_("Exported by"), table.viewer.name),
        (_("Exercise"), lent("exercise", table.now)),
        (_("Journal head"), lent("seal_head")),
    ]
    return [(name, text) for name, text in notes if text]


def _sheet_name(title: str, number: int) -> str:
    """Excel allows 31 characters and none of []:*?/\\."""
    kept = "".join("-" if sign in "[]:*?/\\" else sign for sign in title)[:26].strip("'") or "1"
    return kept if number == 1 else f"{kept} {number}"


def _journal(table: Table, written: int) -> None:
    if table.viewer is ANONYMOUS:
        return
    filters = {name: table.given[name] for name in table.filter_keys() if table.given.get(name)}
    journal.write(
        by=table.viewer,
        action="tables.exported",
        kind=table.looks or table.key,
        subjects=(),
        now=table.now,
        data={"table": table.key, "rows": written, "filtered_by": sorted(filters)},
    )
