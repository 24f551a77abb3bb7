"""Finding one's way in a sheet somebody else drew: titles, several header rows, merged cells, notes and totals.

Pure: rows in, a proposal out. The proposal is shown and can be changed by hand; a mapping once confirmed is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bulou.platform.sheets.fields import Field, plain
from bulou.platform.sheets.reading import Cell, Range, Sheet

SEARCHED_ROWS = 30
MOST_HEADER_ROWS = 4
TOTALS = re.compile(r"^(合\s*计|总\s*计|小\s*计|共\s*计|total\b|sum\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header stands ([first, first + depth) rows, 0-based) and the heading of each column, joined downwards."""

    first: int
    depth: int
    headings: tuple[str, ...]

    @property
    def data_from(self) -> int:
        return self.first + self.depth

    @property
    def signature(self) -> str:
        """What makes two sheets the same layout: their headings in order."""
        return "|".join(fold(heading) for heading in self.headings)


def fold(label: str) -> str:
    """A heading as compared: no white space, punctuation, brackets' notes or case."""
    without_notes = re.sub(r"[（(【\[].*?[)）】\]]", "", label) or label
    return re.sub(r"[\s\W_]+", "", without_notes).casefold()


def headings_at(sheet: Sheet, first: int, depth: int) -> tuple[str, ...]:
    """Each column's heading over `depth` rows: merged cells spread, equal parts said once, joined by “/”."""
    filled = spread(sheet.rows[first : first + depth], sheet.merged, offset=first)
    width = max((len(row) for row in filled), default=0)
    return tuple(_join([_label(row[column]) if column < len(row) else "" for row in filled]) for column in range(width))


def _join(parts: Sequence[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return "/".join(kept)


def spread(rows: Sequence[Sequence[Cell]], merged: Sequence[Range], *, offset: int) -> list[list[Cell]]:
    """Rows with every merged range filled from its top-left cell; `offset` = number of the first of these rows in the sheet."""
    filled = [list(row) for row in rows]
    for (top, left), (bottom, right) in merged:
        if bottom < offset or top >= offset + len(filled) or top < offset:
            continue
        value = filled[top - offset][left] if left < len(filled[top - offset]) else ""
        for number in range(top, min(bottom, offset + len(filled) - 1) + 1):
            row = filled[number - offset]
            for column in range(left, min(right, len(row) - 1) + 1):
                row[column] = value
    return filled


def match(headings: Sequence[str], fields: Sequence[Field]) -> dict[int, str]:
    """Which column holds which field, by heading: whole heading first, then its last part, then a known alias inside it."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for test in (_whole, _last_part, _inside):
        for column, heading in enumerate(headings):
            if column in found or not heading:
                continue
            for one in fields:
                if one.key not in taken and any(test(heading, name) for name in _names(one)):
                    found[column] = one.key
                    taken.add(one.key)
                    break
    return found


def _names(one: Field) -> list[str]:
    return [name for name in (fold(text) for text in (str(one.label), *one.aliases)) if name]


def _whole(heading: str, name: str) -> bool:
    return fold(heading) == name


def _last_part(heading: str, name: str) -> bool:
    return fold(heading.rsplit("/", 1)[-1]) == name


def _inside(heading: str, name: str) -> bool:
    return len(name) >= 2 and name in fold(heading)


def propose(
    sheet: Sheet, fields: Sequence[Field], remembered: Mapping[str, Mapping[int, str]] | None = None
) -> tuple[Layout, dict[int, str]]:
    """The likeliest header of a sheet and its mapping. `remembered` = signature → mapping confirmed before, which wins."""
    best: tuple[float, Layout, dict[int, str]] | None = None
    for first in range(min(SEARCHED_ROWS, len(sheet.rows))):
        for depth in range(1, min(MOST_HEADER_ROWS, len(sheet.rows) - first) + 1):
            layout = Layout(first, depth, headings_at(sheet, first, depth))
            if remembered and layout.signature in remembered and sum(bool(h) for h in layout.headings) > 1:
                return layout, dict(remembered[layout.signature])
            mapping = match(layout.headings, fields)
            worth = _worth(layout, mapping, sheet)
            if best is None or worth > best[0]:
                best = (worth, layout, mapping)
    if best is None:
        return Layout(0, 0, ()), {}
    return best[1], best[2]


def _worth(layout: Layout, mapping: Mapping[int, str], sheet: Sheet) -> float:
    """Exact headings count most; a header row that is really data (numbers, dates) or swallows data rows counts against."""
    cells = [cell for row in sheet.rows[layout.first : layout.data_from] for cell in row if _label(cell)]
    looks_like_data = sum(not isinstance(cell, str) or bool(re.search(r"\d{5,}", cell)) for cell in cells)
    exact = sum(1 for column in mapping if len(fold(layout.headings[column])) <= 12)
    lonely = all(
        len([cell for cell in sheet.rows[row] if _label(cell)]) <= 1 for row in range(layout.first, layout.data_from)
    )
    return len(mapping) * 10 + exact - looks_like_data * 4 - layout.depth - (20 if lonely else 0) - layout.first * 0.1


@dataclass(frozen=True, slots=True)
class Body:
    """What stands below the header: data rows as (row number from 1, cells), and the numbers of rows left out as totals or repeated headers."""

    rows: list[tuple[int, list[Cell]]]
    left_out: list[int]


def body(sheet: Sheet, layout: Layout) -> Body:
    """The data below the header, merged cells spread. Blank rows do not count; totals and repeated headers are left out by number."""
    rows = spread(sheet.rows[layout.data_from :], sheet.merged, offset=layout.data_from)
    header = {tuple(_label(cell) for cell in row) for row in sheet.rows[layout.first : layout.data_from]}
    found = Body([], [])
    for offset, row in enumerate(rows):
        number, texts = layout.data_from + offset + 1, tuple(_label(cell) for cell in row)
        if not any(texts):
            continue
        if texts in header or _is_total(texts):
            found.left_out.append(number)
        else:
            found.rows.append((number, row))
    return found


def _is_total(texts: Sequence[str]) -> bool:
    first = next((text for text in texts if text), "")
    return bool(TOTALS.match(first))


def _label(cell: Cell) -> str:
    """A cell as a heading: no heading is longer than 200 characters, and a ten-megabyte cell must not be folded a hundred times."""
    return plain(cell[:200] if isinstance(cell, str) else cell)
