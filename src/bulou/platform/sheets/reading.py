"""Reading a spreadsheet somebody sent: whatever it is named, into plain rows, with clear sentences for what cannot be read.

It judges the file, not its meaning: which columns are which is `layout`, whether a row is good is the import's own judge.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bulou.platform.refusals import Refusal

MAX_BYTES = 30_000_000
MAX_UNPACKED = 600_000_000
MAX_ROWS = 300_000
MAX_COLUMNS = 300
MAX_CELL = 32_767  # what Excel itself allows

Cell = str | float | int | bool | date | datetime | time | timedelta | None
Range = tuple[tuple[int, int], tuple[int, int]]

OLE = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of cells from the first row on ("" for empty), merged ranges, and formula cells without a stored value."""

    name: str
    rows: list[list[Cell]]
    merged: list[Range] = field(default_factory=list)
    blind_formulas: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a file and what the reader should know about it (already translated lazily)."""

    sheets: list[Sheet]
    notices: list[object] = field(default_factory=list)


def read(content: bytes, name: str) -> Workbook:
    """Every visible sheet of an .xlsx, .xls, .ods or .csv file, told apart by content, not by name.

    Refuses (`sheets.*`): empty, too large, password-protected, damaged or cut off, not a spreadsheet, too many rows or columns.
    """
    if not content:
        raise Refusal("sheets.empty", _("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Refusal(
            "sheets.too_large",
            _("The file has %(size)s MB; at most %(most)s MB are read. Split it."),
            size=len(content) // 1_000_000,
            most=MAX_BYTES // 1_000_000,
        )
    if content.startswith(b"PK"):
        return _read_zip(content, name)
    if content.startswith(OLE):
        return _read_ole(content, name)
    return _read_csv(content, name)


def _read_zip(content: bytes, name: str) -> Workbook:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                raise Refusal("sheets.unpacks_too_large", _("Unpacked, this file is too large to read. Split it."))
            parts = set(archive.namelist())
            blind = _blind_formulas(archive) if "xl/workbook.xml" in parts else {}
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        EOFError,
        OSError,
        ElementTree.ParseError,
        NotImplementedError,
        RuntimeError,
    ) as problem:
        raise Refusal(
            "sheets.cut_off",
            _("The file is damaged or only half of it arrived. Open it in Excel, save it again, and send it anew."),
        ) from problem
    if "xl/workbook.xml" not in parts and "content.xml" not in parts:
        raise Refusal("sheets.not_a_sheet", _("This is not a spreadsheet. Send an Excel file (.xlsx) or a CSV file."))
    return _with_calamine(content, blind, [])


def _read_ole(content: bytes, name: str) -> Workbook:
    notices: list[object] = []
    if name.lower().endswith(".xlsx"):
        notices.append(
            _(
                "The file is named .xlsx but is in the old .xls format. It was read all the same; better save it as .xlsx."
            )
        )
    return _with_calamine(content, {}, notices)


def _with_calamine(content: bytes, blind: dict[int, frozenset[tuple[int, int]]], notices: list[object]) -> Workbook:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            visible = [
                n
                for n, meta in enumerate(book.sheets_metadata)
                if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
            ]
            sheets = [_sheet(book.get_sheet_by_index(n), blind.get(n, frozenset())) for n in visible]
    except PasswordError as problem:
        raise Refusal("sheets.password", _("The file is protected by a password. Save a copy without it.")) from problem
    except CalamineError as problem:
        raise Refusal(
            "sheets.cut_off",
            _("The file is damaged or only half of it arrived. Open it in Excel, save it again, and send it anew."),
        ) from problem
    except (OverflowError, ValueError, MemoryError) as problem:
        raise Refusal(
            "sheets.not_a_sheet", _("This is not a spreadsheet. Send an Excel file (.xlsx) or a CSV file.")
        ) from problem
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":  # what the reader's own fault over a damaged file arrives as
            raise
        raise Refusal(
            "sheets.cut_off",
            _("The file is damaged or only half of it arrived. Open it in Excel, save it again, and send it anew."),
        ) from None
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise Refusal("sheets.no_rows", _("There is nothing in any sheet of this file."))
    return Workbook(sheets, notices)


def _sheet(raw: CalamineSheet, blind: frozenset[tuple[int, int]]) -> Sheet:
    if raw.total_height > MAX_ROWS:
        raise Refusal(
            "sheets.too_many_rows",
            _("Sheet “%(sheet)s” has %(rows)s rows; at most %(most)s are read at a time."),
            sheet=raw.name,
            rows=raw.total_height,
            most=MAX_ROWS,
        )
    if raw.total_width > MAX_COLUMNS:
        raise Refusal(
            "sheets.too_many_columns",
            _("Sheet “%(sheet)s” has %(columns)s columns; at most %(most)s are read. Delete what is not needed."),
            sheet=raw.name,
            columns=raw.total_width,
            most=MAX_COLUMNS,
        )
    rows: list[list[Cell]] = [list(row) for row in raw.to_python(skip_empty_area=False)]
    while rows and all(cell == "" for cell in rows[-1]):
        rows.pop()
    return Sheet(raw.name, rows, list(raw.merged_cell_ranges or []), blind)


_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})$")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _blind_formulas(archive: zipfile.ZipFile) -> dict[int, frozenset[tuple[int, int]]]:
    """Cells holding a formula whose result the file does not carry, by sheet index: they must not pass for empty cells."""
    found = {}
    for index, part in enumerate(_sheet_parts(archive)):
        content = archive.read(part) if part in archive.namelist() else b""
        if b"<f" in content:
            found[index] = frozenset(_formulas_without_value(io.BytesIO(content)))
    return found


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The part of each sheet, in the workbook's order: numbers in part names say nothing."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id"): (r.get("Target") or "").lstrip("/") for r in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    ids = [sheet.get(_REL + "id") for sheet in book.iter(_MAIN + "sheet")]
    return [target if target.startswith("xl/") else "xl/" + target for target in (targets.get(i, "") for i in ids)]


def _formulas_without_value(stream: io.BytesIO) -> list[tuple[int, int]]:
    cells: list[tuple[int, int] | None] = []
    for _event, element in ElementTree.iterparse(stream):
        if element.tag == _MAIN + "c":
            value = element.find(_MAIN + "v")
            if element.find(_MAIN + "f") is not None and (value is None or not value.text):
                cells.append(_position(element.get("r", "")))
            element.clear()
    return [cell for cell in cells if cell]


def _position(reference: str) -> tuple[int, int] | None:
    match = _CELL.match(reference)
    if not match:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _read_csv(content: bytes, name: str) -> Workbook:
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refusal("sheets.not_a_sheet", _("This is not a spreadsheet. Send an Excel file (.xlsx) or a CSV file."))
    text = _decode(content)
    if text.lstrip()[:1] == "<" or not any(mark in text[:4096] for mark in ",\t;\n"):
        raise Refusal("sheets.not_a_sheet", _("This is not a spreadsheet. Send an Excel file (.xlsx) or a CSV file."))
    delimiter = max(",\t;", key=text[:4096].count)
    csv.field_size_limit(MAX_BYTES)
    rows: list[list[Cell]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MAX_ROWS:
        raise Refusal(
            "sheets.too_many_rows",
            _("Sheet “%(sheet)s” has %(rows)s rows; at most %(most)s are read at a time."),
            sheet=name,
            rows=len(rows),
            most=MAX_ROWS,
        )
    width = max((len(row) for row in rows), default=0)
    return Workbook([Sheet(name, [row + [""] * (width - len(row)) for row in rows])])


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(
        "sheets.encoding", _("The letters of this file cannot be read. Save it as Excel (.xlsx) or as CSV in UTF-8.")
    )
