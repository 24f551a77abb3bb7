"""A page of a table, ready to draw: cells in HTML, headers with their addresses, and the way to the pages beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from bulou.platform.pages.components.texts import number
from bulou.platform.tables import keyset
from bulou.platform.tables.columns import Column
from bulou.platform.tables.filters import Days, Filter, Search

SHORT = 26  # in half-width characters
_TAGS = re.compile(r"<[^>]+>")

if TYPE_CHECKING:
    from bulou.platform.tables.table import Table


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head: where a click sorts to, and how it is sorted now ("ascending", "descending" or "")."""

    column: Column
    href: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, written."""

    column: Column
    html: SafeString

    @property
    def css(self) -> str:
        """Its classes: where it stands, and whether it is short enough never to be broken (rows then keep their height)."""
        words = _TAGS.sub("", self.html)
        width = len(words) + sum(sign > "\u2e7f" for sign in words)
        return f"{self.column.align} short".strip() if width <= SHORT else self.column.align


@dataclass(frozen=True, slots=True)
class Control:
    """A filter as a control: its name in the address, what it holds now, and its options."""

    one: Filter
    name: str
    value: str
    value_to: str = ""
    name_to: str = ""
    options: tuple[tuple[str, str], ...] = ()


class Shown:
    """One page of a table."""

    def __init__(self, table: Table, rows: list[Any], has_before: bool, has_after: bool) -> None:
        self.table, self.rows, self.has_before, self.has_after = table, rows, has_before, has_after

    @property
    def headers(self) -> list[Header]:
        now, down = self.table.sorted_by
        heads = []
        for column in self.table.shown_columns:
            here = column.key == now.key
            turned = f"-{column.key}" if here and not down else column.key
            href = self.table.address(sort=turned) if column.sort is not None else ""
            heads.append(Header(column, href, ("descending" if down else "ascending") if here else ""))
        return heads

    def lines(self) -> Iterator[tuple[str, list[Cell]]]:
        """Each row as (the address its first link opens, its cells)."""
        columns = self.table.shown_columns
        for row in self.rows:
            address = next((found for column in columns if (found := column.address(row))), "")
            yield address, [Cell(column, column.html(row)) for column in columns]

    @property
    def before_href(self) -> str:
        first = self.rows[0] if self.rows else None
        return self.table.address(before=keyset.encode(first.sort_value, first.pk)) if first and self.has_before else ""

    @property
    def after_href(self) -> str:
        last = self.rows[-1] if self.rows else None
        return self.table.address(after=keyset.encode(last.sort_value, last.pk)) if last and self.has_after else ""

    @property
    def first_href(self) -> str:
        return self.table.address() if self.has_before else ""

    @property
    def count(self) -> str:
        """How many rows in all: exact, or "1,000+" where counting would be dear or the table shows only the first few."""
        if self.table.is_cut:
            return f"{len(self.rows):,}+"
        if not self.has_before and not self.has_after:
            return number(len(self.rows))
        found = self.table.count(self.table.rows)
        return number(found) if found is not None else f"{self.table.COUNTED:,}+"

    @property
    def controls(self) -> list[Control]:
        table, found = self.table, []
        for one in table.filters:
            if isinstance(one, Days):
                first, last = (end.isoformat() if end else "" for end in one.ends(table.given))
                name = table.prefix + one.key
                found.append(Control(one, f"{name}_from", first, last, f"{name}_to"))
            else:
                options = () if isinstance(one, Search) else tuple(one.options())
                found.append(Control(one, table.prefix + one.key, table.given.get(one.key, ""), options=options))
        return found

    @property
    def is_filtered(self) -> bool:
        return any(self.table.given.get(name) for name in self.table.filter_keys())

    @property
    def unfiltered_href(self) -> str:
        return self.table.address(**dict.fromkeys(self.table.filter_keys(), ""))

    @property
    def export_href(self) -> str:
        return self.table.address(export="xlsx") if self.table.exports else ""

    @property
    def kept_parts(self) -> list[tuple[str, str]]:
        """What the filter form must carry along: sort, chosen columns, and whatever else the page's address holds."""
        own = {self.table.prefix + name for name in (*self.table.filter_keys(), "before", "after", "export")}
        return [(name, str(value)) for name, value in self.table.request.GET.items() if value and name not in own]
