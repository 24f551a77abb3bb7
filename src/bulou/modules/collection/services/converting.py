"""From what an author brings to what devices read: a spreadsheet through pyxform, an XForm as it is. Nothing is stored here.

The spreadsheet is read by the house's own reader (platform.sheets), so that bombs, passwords and half files meet the same sentences as everywhere;
pyxform gets plain cells, in a process with bounded time and memory.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from bulou.modules.collection.rules import converter, sheetcheck
from bulou.modules.collection.rules.faults import Fault
from bulou.modules.collection.rules.model import OURS
from bulou.modules.collection.rules.sheetcheck import Book, Row, SheetOf
from bulou.platform.sheets.reading import Cell, Sheet, read

CHILD = Path(__file__).with_name("pyxform_child.py")
SECONDS = 30
MOST_ROWS = {"survey": 3_000, "choices": 20_000, "external_choices": 50_000, "entities": 100, "settings": 10}
EMPTY_ROWS, EMPTY_COLUMNS = 60, 21
_KNOWN = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_TAG = re.compile(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")
_SPACES = re.compile(r"( )+")
_OURS = re.compile(r"^bulou\s*::?\s*(?P<name>\w+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a file. Without `xform` there are `faults`. `itemsets` is the CSV of external choices; `notices` are about the file itself."""

    xform: bytes = b""
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    itemsets: str = ""
    book: Book = field(default_factory=Book)
    notices: tuple[object, ...] = ()


def is_xform(content: bytes) -> bool:
    """Whether a file is XML rather than a spreadsheet."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def converted(content: bytes, name: str) -> Converted:
    """Gives the XForm of an XLSForm or of a bare XForm. Refuses (Refusal, `sheets.*`) what is no file of either kind."""
    if is_xform(content):
        return Converted(content)
    workbook = read(content, name)
    return replace(converted_book(book_of(workbook.sheets, Path(name).stem)), notices=tuple(workbook.notices))


def converted_book(book: Book) -> Converted:
    """Gives the XForm of the sheets of an XLSForm."""
    if faults := [*_too_large(book), *_twice(book)]:
        return Converted(faults=tuple(faults), book=book)
    result = _run(_for_pyxform(book))
    if "xform" not in result:
        said = [converter.fault(each["error"], each["code"], each["says"]) for each in result["errors"]]
        return Converted(faults=tuple(sheetcheck.together(said, book)), book=book)
    warnings = (converter.fault(each["error"], each["code"], each["says"]) for each in result["warnings"])
    kept = tuple(fault for fault in warnings if not _is_a_tag(fault))
    return Converted(result["xform"].encode(), (), kept, result["itemsets"] or "", book)


def _is_a_tag(fault: Fault) -> bool:
    """Whether a complaint about languages is about plain tags like zh, which every client takes."""
    return fault.code == "x_language_codes" and all(
        _TAG.match(each.strip()) for each in fault.says["languages"].split(",")
    )


def book_of(sheets: list[Sheet], stem: str) -> Book:
    """The sheets that matter, as rows by heading. A file with one sheet is its survey, whatever that sheet is called."""
    book = Book(names=tuple(sheet.name for sheet in sheets), stem=stem)
    for sheet in sheets:
        name = sheet.name.strip().lower()
        if name not in _KNOWN and len(sheets) == 1:
            name = "survey"
        if name in _KNOWN:
            book.sheets[name] = _sheet(sheet, name)
    return book


def _sheet(sheet: Sheet, name: str) -> SheetOf:
    """Its rows up to a run of EMPTY_ROWS empty ones, its columns up to a run of EMPTY_COLUMNS: what lies behind is no form, as pyxform has it."""
    heads = _heads(sheet.rows[0] if sheet.rows else [])
    found = SheetOf(name, sheet.name, tuple(heads))
    empty = 0
    for number, cells in enumerate(sheet.rows[1:], start=2):
        row = {head: text for head, cell in zip(heads, cells, strict=False) if head and (text := _text(cell))}
        empty = 0 if row else empty + 1
        if empty > EMPTY_ROWS:
            break
        found.rows.append(Row(number, row))
    del found.rows[len(found.rows) - min(empty, EMPTY_ROWS) :]
    return found


def _heads(cells: list[Cell]) -> list[str]:
    found: list[str] = []
    for cell in cells:
        found.append(_head(cell))
        if not any(found[-EMPTY_COLUMNS:]) and len(found) >= EMPTY_COLUMNS:
            break
    while found and not found[-1]:
        found.pop()
    return found


def _head(cell: Cell) -> str:
    return _SPACES.sub(" ", str(cell).strip()) if cell not in ("", None) else ""


def _text(cell: Cell) -> str:
    """A cell as pyxform would read it from the file."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return f"{cell} 00:00:00"
    if isinstance(cell, datetime | time):
        return str(cell)
    return str(cell).replace("\u00a0", " ").strip() if cell is not None else ""


def _too_large(book: Book) -> list[Fault]:
    return [
        Fault("sheet_too_long", says={"sheet": sheet.title, "rows": str(len(sheet.rows)), "most": str(MOST_ROWS[name])})
        for name, sheet in book.sheets.items()
        if len(sheet.rows) > MOST_ROWS.get(name, 1_000)
    ]


def _twice(book: Book) -> list[Fault]:
    return [
        Fault("x_column_twice", says={"sheet": sheet.name, "row": "1", "column": head, "column_name": head})
        for sheet in book.sheets.values()
        for head in dict.fromkeys(each for each in sheet.heads if each and sheet.heads.count(each) > 1)
    ]


def _for_pyxform(book: Book) -> dict[str, Any]:
    """The book as pyxform takes it, our own columns turned into attributes of binds in our namespace."""
    given: dict[str, Any] = {"sheet_names": list(book.names), "fallback_form_name": book.stem[:200] or "form"}
    for name, sheet in book.sheets.items():
        heads = {head: _attribute(head) if name == "survey" else head for head in sheet.heads if head}
        given[name] = [{heads[head]: text for head, text in row.cells.items()} for row in sheet.rows]
        given[f"{name}_header"] = [dict.fromkeys(heads.values())] if heads else []
    if any(_OURS.match(head) for head in book.heads("survey")):
        _add_namespace(given)
    return given


def _attribute(head: str) -> str:
    found = _OURS.match(head)
    return f"bind::bulou:{found['name'].lower()}" if found else head


def _add_namespace(given: dict[str, Any]) -> None:
    settings = given.setdefault("settings", [])
    if not settings:
        settings.append({})
    said = settings[0].get("namespaces", "")
    settings[0]["namespaces"] = f'{said} bulou="{OURS}"'.strip()
    head = given.setdefault("settings_header", [])
    if not head:
        head.append({})
    head[0]["namespaces"] = None


def _run(given: dict[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD)],
            input=json.dumps(given).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        result: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"errors": [{"error": "", "code": "TOO_SLOW", "says": {}}]}
    except ValueError:  # killed by its limits, or out of memory before it could say so
        return {"errors": [{"error": "", "code": "TOO_LARGE", "says": {}}]}
    return result
