"""The verdict on a file: every row read, judged and counted, before anything is loaded. Writes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bulou.platform.access.viewer import Viewer
from bulou.platform.sheets import layout as layouts
from bulou.platform.sheets.fields import Row, parse_row
from bulou.platform.sheets.layout import Layout
from bulou.platform.sheets.reading import Sheet, Workbook
from bulou.platform.sheets.spec import BAD, CHANGE, NEW, SAME, ImportSpec


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would happen to each row: `rows` in the order of the file, each with its verdict (new, change, same, bad) and reasons."""

    rows: list[Row]
    left_out: list[int]
    missing: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict, all four always there."""
        found = Counter(row.verdict for row in self.rows)
        return {key: found.get(key, 0) for key in (NEW, CHANGE, SAME, BAD)}

    @property
    def good(self) -> list[Row]:
        """The rows that would change something."""
        return [row for row in self.rows if row.verdict in (NEW, CHANGE)]

    @property
    def digest(self) -> str:
        """Changes when any row's verdict does: what was shown must be what is loaded."""
        text = "\n".join(f"{row.number} {row.verdict}" for row in self.rows)
        return hashlib.sha256(text.encode()).hexdigest()


def judge(
    spec: ImportSpec, sheet: Sheet, layout: Layout, mapping: Mapping[int, str], *, viewer: Viewer, now: datetime
) -> Verdict:
    """Read and judge every data row of a sheet under a mapping (column → field key)."""
    below = layouts.body(sheet, layout)
    fields = {one.key: one for one in spec.fields}
    columns = {key: column for column, key in mapping.items() if key in fields}
    rows = []
    for number, cells in below.rows:
        picked = {key: cells[column] if column < len(cells) else "" for key, column in columns.items()}
        blind = frozenset(key for key, column in columns.items() if (number - 1, column) in sheet.blind_formulas)
        rows.append(parse_row(number, picked, spec.fields, blind))
    spec.judge([row for row in rows if row.is_good], viewer, now)
    for row in rows:
        row.verdict = (row.verdict or NEW) if row.is_good else BAD
    missing = [str(one.label) for one in spec.fields if one.is_required and one.key not in columns]
    return Verdict(rows, below.left_out, missing)


def best_sheet(
    spec: ImportSpec, book: Workbook, remembered: Mapping[str, Mapping[int, str]]
) -> tuple[int, Layout, dict[int, str]]:
    """The sheet whose headings fit the import best, with its layout and mapping."""
    found = [(*layouts.propose(sheet, spec.fields, remembered), number) for number, sheet in enumerate(book.sheets)]
    layout, mapping, number = max(found, key=lambda one: (len(one[1]), -one[2]))
    return number, layout, mapping
