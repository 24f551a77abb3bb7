"""The forms that ship: written as tables of text in `data/forms/`, beside the XForms pyxform made of them (tools/ship_forms.py; a test holds them together).

An operation gets its own copy under `<operation>.<form>`: form ids are unique in the house, and two operations may run one playbook.
"""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import xlsxwriter

from bulou.modules.collection.rules.xform import Reading, read
from bulou.modules.collection.services.converting import book_of, converted_book
from bulou.platform.sheets.reading import Cell, Sheet

FOLDER = Path(__file__).resolve().parent.parent / "data" / "forms"
_TITLE = re.compile(r"^\|\s*([\w-]+)\s*\|\s*$")


@cache
def names() -> tuple[str, ...]:
    """The forms that ship, by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md")))


@cache
def sheets(name: str) -> tuple[Sheet, ...]:
    """The sheets of a shipped form. A line `| survey |` begins one, the lines `| | … |` are its rows."""
    found: list[Sheet] = []
    for line in (FOLDER / f"{name}.md").read_text(encoding="utf-8").splitlines():
        if title := _TITLE.match(line):
            found.append(Sheet(title[1], []))
        elif line.startswith("|") and found:
            cells: list[Cell] = []
            cells.extend(cell.strip() for cell in line.strip().strip("|").split("|"))
            found[-1].rows.append(cells[1:])
    return tuple(found)


@cache
def reading(name: str) -> Reading:
    """What a shipped form says."""
    return read(_xform(name))


@cache
def _xform(name: str) -> bytes:
    return (FOLDER / f"{name}.xml").read_bytes()


def xform(name: str, key: str) -> bytes:
    """A shipped form's XForm under an id."""
    return _xform(name).replace(f' id="{name}"'.encode(), f' id="{key}"'.encode(), 1)


def workbook(name: str, key: str) -> bytes:
    """A shipped form as an XLSForm under an id, to change and bring again."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        bold = made.add_format({"bold": True, "bg_color": "#e3eef0"})
        for each in sheets(name):
            sheet = made.add_worksheet(each.name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(each.rows):
                cells = [key if cell == name and each.name == "settings" else cell for cell in row]
                sheet.write_row(number, 0, cells, bold if number == 0 else None)
            sheet.autofit(400)
    return out.getvalue()


def made_anew(name: str) -> bytes:
    """What pyxform makes of a shipped form's tables now."""
    found = converted_book(book_of(list(sheets(name)), name))
    if found.faults:
        raise ValueError(f"{name}: {found.faults}")
    return found.xform + b"\n"
