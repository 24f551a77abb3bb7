"""Columns: what a table shows, how it reads it from a row, how it sorts by it, and how it writes it in HTML and in Excel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db.models.expressions import Combinable
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from bulou.platform.pages.components import marks, texts

Kind = Literal["text", "code", "number", "percent", "day", "moment", "yes_no", "list"]
_RIGHT = ("number", "percent")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `value` is a path on the row ("place.name") or a function of it; without it, `key` is the path. `sort` is a field path or an
    expression the database sorts by (without it the header is no link). `link` is a URL name (given the row's pk) or a function
    from row to address. `tone` is a function from row to a tag's tone: the cell becomes a status chip. `template` is a template given
    `row` and `value`; Excel then still writes `value`. `hidden` columns are shown when chosen. `width` in characters, for Excel.
    """

    key: str
    label: str | Promise
    value: str | Callable[[Any], Any] | None = None
    kind: Kind = "text"
    sort: str | Combinable | None = None
    link: str | Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    template: str = ""
    hidden: bool = False
    width: int = 16
    sheet: bool = True

    @property
    def align(self) -> str:
        """The class that places it: figures to the right, one under the other."""
        return "right" if self.kind in _RIGHT else "code" if self.kind in ("code", "day", "moment") else ""

    def read(self, row: Any) -> Any:
        """The bare value of this column in a row: for sorting nothing, for Excel as it is."""
        if callable(self.value):
            return self.value(row)
        found = row
        for step in (self.value or self.key).split("."):
            found = getattr(found, step, None)
            if found is None:
                return None
        return found() if callable(found) else found

    def html(self, row: Any) -> SafeString:
        """The cell as it stands on the page."""
        value = self.read(row)
        if self.template:
            shown: Any = render_to_string(self.template, {"row": row, "value": value})
        else:
            shown = written(value, self.kind)
            if self.tone and value not in (None, ""):
                shown = marks.tag(shown, self.tone(row))
        address = self.address(row)
        return format_html('<a href="{}">{}</a>', address, shown) if address else conditional_escape(shown)

    def address(self, row: Any) -> str:
        """Where the cell opens to, or ''."""
        if self.link is None:
            return ""
        return self.link(row) if callable(self.link) else reverse(self.link, args=[row.pk])


def written(value: Any, kind: Kind) -> Any:
    """A value as text of the page, by its kind; nothing known is a dash."""
    if value is None or value == "":
        return texts.NONE
    if kind == "text":
        return value
    ways: dict[str, Callable[[Any], Any]] = {
        "number": texts.number, "percent": texts.percent, "day": texts.plain_day, "moment": texts.plain_moment,
        "yes_no": texts.yes_no, "list": texts.listed, "code": str,
    }  # fmt: skip
    return ways[kind](value)


def sheet_value(value: Any, kind: Kind) -> Any:
    """A value as Excel keeps it: numbers and local days as such, all else as text (never a formula)."""
    if value is None or isinstance(value, bool):
        return texts.yes_no(value) if value is not None else None
    if isinstance(value, datetime):
        return value.astimezone(texts.COUNTY_ZONE).replace(tzinfo=None)
    if isinstance(value, int | float | date):
        return value
    return texts.listed(value) if kind == "list" else str(value)
