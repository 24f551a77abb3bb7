"""An .xlsx of a form: a sheet of the submissions, one for each repeat, and one of notes. Strings stay strings, whatever they begin with."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from bulou.modules.collection.exports import copying, rows
from bulou.modules.collection.exports.asked import Asked
from bulou.modules.collection.rules.columns import Question
from bulou.platform.pages.components.texts import COUNTY_ZONE

SHEET_ROWS = 1_000_000
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
_SIGNS = re.compile(r"[\[\]:*?/\\']")
_NUMBERS = ("integer", "decimal", "range")
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")


def write(asked: Asked, out: IO[bytes]) -> int:
    """The workbook into an open file; gives the number of submissions."""
    with tempfile.TemporaryDirectory(prefix="bulou-form-") as folder:
        book = xlsxwriter.Workbook(out, _SAFE | {"tmpdir": folder, "default_date_format": "yyyy-mm-dd hh:mm"})
        questions = copying.shown(asked, asked.of.shape.questions)
        heads = [str(one) for one in (*copying.META, *rows.heads_of(asked, questions))]
        written = _sheets(book, _("Submissions"), heads, _main(asked, questions))
        for rounds in asked.of.shape.repeats:
            own = copying.shown(asked, rounds.questions)
            lines = rows.rounds_lines(asked, rounds, own)
            _sheets(book, rounds.path.replace("/", "-"), ["instance_id", "round", *rows.heads_of(asked, own)], lines)
        _notes(book, asked, written)
        book.close()
    return written


def _main(asked: Asked, questions: Sequence[Question]) -> Iterator[list[Any]]:
    for row in rows.submissions(asked):
        cells = rows.cells_of(asked, row.said, questions)  # type: ignore[attr-defined]
        yield [*rows.meta_of(asked, row), *(_number(one, cell) for one, cell in zip(questions, cells, strict=True))]


def _number(question: Question, text: str) -> Any:
    return float(text) if question.kind in _NUMBERS and _PLAIN_NUMBER.fullmatch(text) else text


def _sheets(book: Any, title: str, heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    """One sheet, or as many as a million rows each need; gives how many rows."""
    lines, written, number = iter(lines), 0, 0
    ahead = list(islice(lines, 1))
    while ahead or not number:
        number += 1
        written += _sheet(book, _name(book, title, number), heads, chain(ahead, islice(lines, SHEET_ROWS - 1)))
        ahead = list(islice(lines, 1))
    return written


def _sheet(book: Any, name: str, heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E6EEEF", "valign": "vcenter"})
    moment, count = book.add_format({"num_format": "yyyy-mm-dd hh:mm"}), 0
    sheet.set_column(0, max(len(heads) - 1, 0), 16)
    for at, head in enumerate(heads):
        sheet.write_string(0, at, head, bold)
    sheet.freeze_panes(1, 0)
    for count, line in enumerate(lines, start=1):
        for at, value in enumerate(line):
            if hasattr(value, "astimezone"):
                sheet.write_datetime(count, at, value.astimezone(COUNTY_ZONE).replace(tzinfo=None), moment)
            elif isinstance(value, str):
                sheet.write_string(count, at, value[:32_767])
            else:
                sheet.write_number(count, at, value)
    return count


def _notes(book: Any, asked: Asked, written: int) -> None:
    sheet = book.add_worksheet(_name(book, _("Notes"), 1))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    for at, (name, text) in enumerate(asked.notes(written)):
        sheet.write_string(at, 0, name)
        sheet.write_string(at, 1, text)


def _name(book: Any, title: str, number: int) -> str:
    """Excel allows 31 characters, none of []:*?/\\, and no name twice."""
    kept = _SIGNS.sub("-", title)[:24] or "1"
    name = kept if number == 1 else f"{kept} {number}"
    taken = {sheet.name.lower() for sheet in book.worksheets()}
    while name.lower() in taken:
        number += 1
        name = f"{kept} {number}"
    return name
