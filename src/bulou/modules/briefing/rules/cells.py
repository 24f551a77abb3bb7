"""Cells of a workbook as plain values: where they are, what stands in them, and which of them may be filled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Spot = tuple[int, int]  # row and column, both from 1
Area = tuple[int, int, int, int]  # first row, first column, last row, last column, all included

FORMULA, MERGED, TABLE_HEAD, OUTSIDE = "formula", "merged", "table_head", "outside"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_NAME = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def spot(name: str) -> Spot | None:
    """Row and column of a cell's name such as C5; None for what is no name of a cell."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def letters(column: int) -> str:
    """The letters of a column: 1 is A, 27 is AA."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def named(at: Spot) -> str:
    """The name of a cell: (5, 3) is C5."""
    return f"{letters(at[1])}{at[0]}"


def area(name: str) -> Area | None:
    """The corners of a range such as A1:D2, or of a single cell; None for what is neither."""
    first, _colon, last = name.replace("$", "").partition(":")
    start, end = spot(first), spot(last or first)
    return None if start is None or end is None else (*start, *end)


def holds(one: Area, at: Spot) -> bool:
    """Whether a cell lies in a range."""
    return one[0] <= at[0] <= one[2] and one[1] <= at[1] <= one[3]


@dataclass(frozen=True, slots=True)
class Tab:
    """One sheet of a workbook. `texts` are cells as shown, `numbers` those that hold a number, `formulas` and `formats` as Excel keeps them.

    `rows` and `columns` say how far anything stands. `joined` gives each cell of a merged range its range; `arrays` are ranges one formula
    fills, `heads` the headings of Excel's own tables.
    """

    name: str
    rows: int
    columns: int
    texts: Mapping[Spot, str] = field(default_factory=dict)
    numbers: frozenset[Spot] = frozenset()
    formulas: Mapping[Spot, str] = field(default_factory=dict)
    formats: Mapping[Spot, str] = field(default_factory=dict)
    joined: Mapping[Spot, Area] = field(default_factory=dict)
    arrays: tuple[Area, ...] = ()
    heads: tuple[Area, ...] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    is_hidden: bool = False

    def merge_at(self, at: Spot) -> Area | None:
        """The merged range a cell lies in."""
        return self.joined.get(at)

    def text(self, at: Spot) -> str:
        """What stands in a cell; in a merged range, what stands in its first cell."""
        one = self.merge_at(at)
        return self.texts.get(one[:2] if one else at, "")

    def is_open(self, at: Spot) -> bool:
        """Whether a cell waits to be filled: no words in it, no formula, not the hidden part of a merged range."""
        return why_not_fill(self, at) == "" and (at not in self.texts or at in self.numbers)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a file, in order. `is_1904` = its days are counted from 1904."""

    tabs: tuple[Tab, ...]
    is_1904: bool = False

    def tab(self, name: str) -> Tab | None:
        """The sheet of that name."""
        return next((one for one in self.tabs if one.name == name), None)


def joined(merged: Iterable[Area], rows: int, columns: int) -> dict[Spot, Area]:
    """The merged range of each cell that lies in one, as far as rows and columns go."""
    return {
        (row, column): one
        for one in merged
        for row in range(one[0], min(one[2], rows) + 1)
        for column in range(one[1], min(one[3], columns) + 1)
    }


def why_not_fill(tab: Tab, at: Spot) -> str:
    """The code of why a cell cannot be filled; '' if it can.

    Filling a formula would take it away; of a merged range only the first cell is shown; an Excel table whose heading is no text is damaged.
    """
    if not (1 <= at[0] <= LAST_ROW and 1 <= at[1] <= LAST_COLUMN):
        return OUTSIDE
    if at in tab.formulas or any(holds(one, at) for one in tab.arrays):
        return FORMULA
    one = tab.merge_at(at)
    if one is not None and one[:2] != at:
        return MERGED
    return TABLE_HEAD if any(holds(one, at) for one in tab.heads) else ""


def left_of(tab: Tab, at: Spot) -> Iterator[tuple[Spot, str]]:
    """Words to the left of a cell, nearest first, a merged range once."""
    yield from _words(tab, ((at[0], column) for column in range(at[1] - 1, 0, -1)))


def above(tab: Tab, at: Spot) -> Iterator[tuple[Spot, str]]:
    """Words above a cell, nearest first, a merged range once."""
    yield from _words(tab, ((row, at[1]) for row in range(at[0] - 1, 0, -1)))


def _words(tab: Tab, spots: Iterator[Spot]) -> Iterator[tuple[Spot, str]]:
    seen: set[Spot] = set()
    for at in spots:
        one = tab.merge_at(at)
        first = one[:2] if one else at
        if first in tab.texts and first not in tab.numbers and first not in tab.formulas and first not in seen:
            seen.add(first)
            yield first, tab.texts[first]


def beside(tab: Tab, at: Spot) -> str:
    """The words a cell is understood by: the first of its row and the nearest above it. When they change, another thing is asked."""
    row = list(left_of(tab, at))
    head = next(above(tab, at), None)
    parts = [row[-1][1] if row else "", head[1] if head else ""]
    return " · ".join(" ".join(part.split()) for part in parts if part)[:200]
