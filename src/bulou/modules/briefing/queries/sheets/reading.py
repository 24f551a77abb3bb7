"""Reading the superior's .xlsx: refused with what to do instead, or given as plain cells.

It reads what a mapping needs. The file itself stays as it was sent; `patching` puts numbers into a copy of it.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from bulou.modules.briefing.rules import cells
from bulou.modules.briefing.rules.cells import Area, Spot, Tab, Workbook
from bulou.platform.refusals import Refusal

MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_PARTS = 2_000
MAX_CELLS = 20_000
MAX_ROWS, MAX_COLUMNS = 500, 80  # how far a sheet may be mapped; what stands beyond is kept and not shown
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_TEMPLATE = "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"
_MACROS = ("macroEnabled", "vbaProject")
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def read(content: bytes) -> Workbook:
    """The sheets of an .xlsx file. Told apart by content, whatever it is named.

    Refuses (`briefing.sheet_*`): empty, over 5 MB, an old .xls, a password, macros, a signature, another kind of file, damaged, unpacking to
    over 60 MB, no sheet, over 20,000 cells.
    """
    if not content:
        raise Refusal("briefing.sheet_empty", _("The file is empty."), field="file")
    if len(content) > MAX_BYTES:
        words = _("The file has %(size)s MB; at most %(most)s MB are taken.")
        size = f"{len(content) / 1_000_000:.1f}"
        raise Refusal("briefing.sheet_too_large", words, field="file", size=size, most=MAX_BYTES // 1_000_000)
    if content.startswith(OLE):
        raise _of_ole(content)
    if not content.startswith(b"PK"):
        raise _refusal("not_xlsx")
    with _opened(content) as archive:
        _check_parts(archive)
    return _read(content)


_SENTENCES = {
    "not_xlsx": _("This is not an Excel file (.xlsx)."),
    "old_xls": _("This is an Excel file of the old kind (.xls), whatever it is named: open it and save it as “Excel workbook (.xlsx)”."),
    "password": _("The file is protected by a password: save a copy without it."),
    "macros": _("The file carries macros: save a copy as “Excel workbook (.xlsx)”, without them. The form is filled here, so none is needed."),
    "template": _("This is an Excel template (.xltx): save it as “Excel workbook (.xlsx)”."),
    "binary": _("This is a binary Excel file (.xlsb): save it as “Excel workbook (.xlsx)”."),
    "strict": _("The file is saved as “Strict Open XML”: save it as “Excel workbook (.xlsx)”."),
    "signed": _("The file is digitally signed, and filling it would break the signature: ask for a copy without one."),
    "damaged": _("The file is damaged or only half of it arrived: open it in Excel, save it again, and send it anew."),
    "bomb": _("Unpacked, the file is too large."),
    "no_tab": _("There is no sheet with cells in this file."),
}  # fmt: skip


def _refusal(code: str) -> Refusal:
    return Refusal(f"briefing.sheet_{code}", _SENTENCES[code], field="file")


def _of_ole(content: bytes) -> Refusal:
    return _refusal("password" if _ENCRYPTED in content else "old_xls")


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as problem:
        raise _refusal("damaged") from problem


def _check_parts(archive: zipfile.ZipFile) -> None:
    """What an archive says of itself, then what it really unpacks to, part by part, before anything is parsed."""
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if "[Content_Types].xml" not in names:
        raise _refusal("not_xlsx")
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise _refusal("bomb")
    if len(set(names)) != len(names) or any(info.flag_bits & 1 for info in infos):
        raise _refusal("damaged")
    _check_kind(_part(archive, "[Content_Types].xml").decode("utf-8", "replace"), names)
    for name in names:
        content = _part(archive, name)
        if name.endswith((".xml", ".rels", ".vml")) and (_DECLARES.search(content) or b"\x00" in content[:200]):
            raise _refusal("damaged")  # no Excel file declares entities; a bomb does
        if name == "xl/workbook.xml" and _STRICT in content[:2000]:
            raise _refusal("strict")


def _check_kind(types: str, names: Iterable[str]) -> None:
    if any(one in types for one in _MACROS) or any(one.lower().endswith("vbaproject.bin") for one in names):
        raise _refusal("macros")
    if "sheet.binary" in types:
        raise _refusal("binary")
    if _TEMPLATE in types:
        raise _refusal("template")
    if _XLSX not in types:
        raise _refusal("not_xlsx")
    if any(one.startswith("_xmlsignatures/") for one in names):
        raise _refusal("signed")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part, never more of it than the archive said."""
    try:
        info = archive.getinfo(name)
        with archive.open(info) as part:
            content = part.read(info.file_size + 1)
    except (zipfile.BadZipFile, EOFError, OSError, KeyError, NotImplementedError, RuntimeError, ValueError) as problem:
        raise _refusal("damaged") from problem
    except Exception as problem:  # zlib.error and what other unpackers raise: the file's fault, whatever it is called
        raise _refusal("damaged") from problem
    if len(content) > info.file_size:
        raise _refusal("bomb")
    return content


def _read(content: bytes) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions the library does not know: the copy keeps them
            book = load_workbook(io.BytesIO(content), keep_links=False)
            tabs = tuple(_tab(one) for one in book.worksheets)
    except Refusal:
        raise
    except Exception as problem:  # whatever a hand-made file makes the library stumble over
        raise _refusal("damaged") from problem
    if not any(tab.rows for tab in tabs):
        raise _refusal("no_tab")
    return Workbook(tabs, book.epoch == CALENDAR_MAC_1904)


def _tab(sheet: Any) -> Tab:
    """A sheet's cells as far as anything stands, at most so many rows and columns."""
    held = sheet._cells
    if len(held) > MAX_CELLS:
        words = _("The sheet “%(tab)s” has %(cells)s cells; at most %(most)s are taken. Delete what is not needed.")
        raise Refusal(
            "briefing.sheet_too_many_cells", words, field="file", tab=sheet.title, cells=len(held), most=MAX_CELLS
        )
    merged = [one.bounds for one in sheet.merged_cells.ranges]
    areas: list[Area] = [(first, left, last, right) for left, first, right, last in merged]
    rows = max((row for row, _column in held), default=0)
    columns = max((column for _row, column in held), default=0)
    return _filled(sheet, held, areas, min(rows, MAX_ROWS), min(columns, MAX_COLUMNS))


def _filled(sheet: Any, held: dict[Spot, Any], areas: list[Area], rows: int, columns: int) -> Tab:
    texts: dict[Spot, str] = {}
    numbers: set[Spot] = set()
    formulas: dict[Spot, str] = {}
    formats: dict[Spot, str] = {}
    arrays: list[Area] = []
    for at, cell in held.items():
        if at[0] > rows or at[1] > columns:
            continue
        value = getattr(cell, "value", None)
        if (shape := getattr(cell, "number_format", "General")) != "General":
            formats[at] = shape
        if isinstance(value, ArrayFormula | DataTableFormula):
            arrays += [one] if (one := cells.area(value.ref or "")) else []
            formulas[at] = texts[at] = str(getattr(value, "text", "") or "=")
        elif getattr(cell, "data_type", "") == "f":
            formulas[at] = texts[at] = str(value)
        elif value is not None and value != "":
            texts[at] = _shown(value)
            numbers |= {at} if isinstance(value, int | float) and not isinstance(value, bool) else set()
    tables: Iterable[Any] = sheet.tables.values()
    found = [(cells.area(one.ref), one.headerRowCount) for one in tables]
    heads = tuple((area[0], area[1], area[0] + (count or 0) - 1, area[3]) for area, count in found if area and count)
    return Tab(
        sheet.title, rows, columns, texts, frozenset(numbers), formulas, formats, cells.joined(areas, rows, columns), tuple(arrays), heads,
        _widths(sheet, columns), sheet.sheet_state != "visible",
    )  # fmt: skip


def _widths(sheet: Any, columns: int) -> dict[int, float]:
    """The width of columns that have one of their own, in characters; 0 = hidden."""
    found: dict[int, float] = {}
    for one in sheet.column_dimensions.values():
        first, last = one.min or 0, min(one.max or 0, columns)
        for column in range(first, last + 1):
            found[column] = 0.0 if one.hidden else float(one.width)
    return found


_SHOWN: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (datetime, lambda value: f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")),
    (date, lambda value: f"{value:%Y-%m-%d}"),
    (time, lambda value: f"{value:%H:%M}"),
    (float, lambda value: f"{value:.6g}"),
)


def _shown(value: Any) -> str:
    return next((say(value) for kind, say in _SHOWN if isinstance(value, kind)), str(value))
