"""Fields of an import: what a column may hold, and reading one cell into a value or a reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal
from bulou.platform.sheets.reading import MAX_CELL, Cell

Text = str | Promise
Parse = Callable[[Cell], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A field an import can fill. `aliases` are headings people really use; `parse` turns a cell into a value or raises Refusal."""

    key: str
    label: Text
    parse: Parse
    aliases: tuple[str, ...] = ()
    is_required: bool = False
    hint: Text = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is not loaded, or what is to be noticed about it. `field` names the column, "" the row as a whole."""

    field: str
    code: str
    sentence: str
    is_fatal: bool = True


@dataclass(slots=True)
class Row:
    """One data row: its number in the file (first row = 1), values by field key, reasons so far, and the judge's verdict."""

    number: int
    values: dict[str, Any]
    reasons: list[Reason] = field(default_factory=list)
    verdict: str = ""

    @property
    def is_good(self) -> bool:
        return not any(reason.is_fatal for reason in self.reasons)


def text(most: int = 80) -> Parse:
    """A text of at most `most` characters; white space folded, full-width letters and digits narrowed, control characters refused."""

    def parse(cell: Cell) -> str:
        value = plain(cell)
        if any(unicodedata.category(character) == "Cc" for character in value):
            raise Refusal("sheets.control_character", _("Has a character that cannot be shown."))
        if len(value) > most:
            raise Refusal(
                "sheets.too_long", _("Has %(size)s characters; at most %(most)s fit."), size=len(value), most=most
            )
        return value

    return parse


def whole_number(least: int = 0, most: int = 2_000_000_000) -> Parse:
    """A whole number in [least, most]; thousands separators and a trailing unit are tolerated."""

    def parse(cell: Cell) -> int:
        value = re.sub(r"[,，\s]|[人户个]$", "", plain(cell))
        if not re.fullmatch(r"-?\d{1,12}(\.0+)?", value):
            raise Refusal("sheets.not_a_number", _("“%(value)s” is not a whole number."), value=short(cell))
        number = int(float(value))
        if not least <= number <= most:
            raise Refusal(
                "sheets.out_of_range",
                _("%(value)s is outside %(least)s to %(most)s."),
                value=number,
                least=least,
                most=most,
            )
        return number

    return parse


def day(*, earliest: date = date(1850, 1, 1), latest: date = date(2200, 1, 1)) -> Parse:
    """A calendar day: a date cell, 2026-11-23, 2026/11/23, 2026.11.23, 20261123 or 2026年11月23日; earliest ≤ day < latest."""

    def parse(cell: Cell) -> date:
        found = _date_of(cell)
        if found is None:
            raise Refusal(
                "sheets.not_a_day", _("“%(value)s” is not a date. Write it like 2026-11-23."), value=short(cell)
            )
        if not earliest <= found < latest:
            raise Refusal(
                "sheets.day_out_of_range", _("%(value)s is not a possible date here."), value=found.isoformat()
            )
        return found

    return parse


def _date_of(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = re.fullmatch(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(\s+00:00(:00)?)?", plain(cell))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def choice(options: Mapping[str, str]) -> Parse:
    """One of `options` (what people write → what is stored), compared without case and white space."""
    known = {_fold(written): stored for written, stored in options.items()}

    def parse(cell: Cell) -> str:
        value = _fold(plain(cell))
        if value not in known:
            raise Refusal(
                "sheets.not_a_choice",
                _("“%(value)s” is none of: %(options)s."),
                value=short(cell),
                options="、".join(options),
            )
        return known[value]

    return parse


def several(parse_one: Parse) -> Parse:
    """A list written in one cell, separated by commas, 、, ; or line breaks."""

    def parse(cell: Cell) -> list[Any]:
        parts = re.split(r"[,，、;；\n/]+", plain(cell, keep_lines=True))
        return [parse_one(part) for part in parts if part.strip()]

    return parse


def plain(cell: Cell, *, keep_lines: bool = False) -> str:
    """A cell as text: numbers without a trailing .0, dates as ISO, white space folded, full-width forms narrowed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    value = unicodedata.normalize("NFC", str(cell)).translate(_NARROW)
    return value.strip() if keep_lines else re.sub(r"[ \t\r\n\u00a0\u3000\u200b\ufeff]+", " ", value).strip()


_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}


def short(cell: Cell) -> str:
    """A cell as it can be quoted in a sentence."""
    value = plain(cell)
    return value if len(value) <= 40 else value[:39] + "…"


def _fold(value: str) -> str:
    return re.sub(r"\s+", "", value).casefold()


def parse_row(number: int, cells: Mapping[str, Cell], fields: tuple[Field, ...], blind: frozenset[str]) -> Row:
    """Read one row's cells (by field key) into values and reasons. Every fault of the row is told, not the first only."""
    row = Row(number, {})
    for one in fields:
        if one.key in cells:
            _parse_cell(row, one, cells[one.key], one.key in blind)
        elif one.is_required:
            row.reasons.append(
                _reason(
                    one.key, Refusal("sheets.column_missing", _("No column holds %(label)s."), label=str(one.label))
                )
            )
    return row


def _parse_cell(row: Row, one: Field, cell: Cell, is_blind: bool) -> None:
    if is_blind:
        row.reasons.append(
            _reason(
                one.key,
                Refusal(
                    "sheets.formula_without_value",
                    _("Holds a formula whose result the file does not carry. Copy and paste it as values."),
                ),
            )
        )
        return
    if isinstance(cell, str) and len(cell) > MAX_CELL:
        row.reasons.append(
            _reason(
                one.key,
                Refusal(
                    "sheets.cell_too_long",
                    _("The cell holds %(size)s characters; no more than %(most)s are read."),
                    size=len(cell),
                    most=MAX_CELL,
                ),
            )
        )
        return
    if plain(cell) == "":
        if one.is_required:
            row.reasons.append(
                _reason(one.key, Refusal("sheets.required", _("%(label)s is missing."), label=str(one.label)))
            )
        row.values[one.key] = None
        return
    try:
        row.values[one.key] = one.parse(cell)
    except Refusal as problem:
        row.reasons.append(_reason(one.key, problem))


def _reason(key: str, problem: Refusal) -> Reason:
    return Reason(key, problem.code, problem.sentence)
