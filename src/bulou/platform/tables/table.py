"""A table over a query: declared once by a module, made per request, shown as a page, a part of a page, or a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import Promise

from bulou.platform.access.viewer import Viewer
from bulou.platform.journal import services as journal
from bulou.platform.tables import keyset, queries
from bulou.platform.tables.columns import Column
from bulou.platform.tables.filters import Choice, Days, Filter, Flag, Search, keys_of
from bulou.platform.tables.keyset import Window
from bulou.platform.tables.shown import Shown

__all__ = ["Choice", "Column", "Days", "Flag", "Search", "Table", "Window"]


class Table:
    """A dense table. A module declares a subclass; a view makes one per request over the query of what the viewer may see.

    `key` names it for good (chosen columns, the export's name). `order` is the column sorted by at first, "-key" for descending.
    `looks` is the kind of subject whose rows are sensitive: every page and export then logs one Look line with the ids shown
    (`subject` is the attribute that holds the id). `per_page` rows a page. `empty` says what it means that nothing is here.
    """

    key: ClassVar[str]
    title: ClassVar[str | Promise]
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    order: ClassVar[str]
    looks: ClassVar[str] = ""
    subject: ClassVar[str] = "pk"
    per_page: ClassVar[int] = 50
    empty: ClassVar[str | Promise] = ""
    exports: ClassVar[bool] = True
    COUNTED: ClassVar[int] = 1000
    is_cut: bool = False  # set by a table whose page holds only the best of more rows, without pages behind it

    def __init__(self, request: HttpRequest, rows: QuerySet[Any], *, prefix: str = "") -> None:
        self.request, self.all_rows, self.prefix = request, rows, prefix
        self.viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        self.now = request.now  # type: ignore[attr-defined]
        self.given: Mapping[str, str] = {
            name.removeprefix(prefix): str(value)
            for name, value in request.GET.items()
            if name.startswith(prefix) and value
        }

    # what a module may replace -------------------------------------------------------------------------------------------

    def page(self, rows: QuerySet[Any], window: Window) -> list[Any]:
        """The rows of one window, in reading order. Replace it where the query knows a faster way; give `window.limit` rows at most,
        and call `super().page(...)` for the windows it does not know. Each row needs `sort_value`."""
        return keyset.rows_of(rows, window)

    def complete(self, rows: list[Any]) -> None:
        """Give the rows of a page, or of a stretch of the export, what their columns need beside their own fields, asked for all at once."""

    def count(self, rows: QuerySet[Any]) -> int | None:
        """How many rows the filter leaves: exact up to COUNTED, None (= more) above. Replace it where the query knows."""
        found = rows.order_by()[: self.COUNTED + 1].count()
        return found if found <= self.COUNTED else None

    # what is asked for ---------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """The rows the filters leave."""
        found = self.all_rows
        for one in self.filters:
            found = one.narrow(found, self.given)
        return found

    @cached_property
    def sorted_by(self) -> tuple[Column, bool]:
        """The column in force and whether it runs downwards; an unknown or unsortable one falls to the table's own order."""
        wanted = self.given.get("sort", "")
        for text in (wanted, self.order):
            for column in self.columns:
                if column.key == text.removeprefix("-") and column.sort is not None:
                    return column, text.startswith("-")
        raise LookupError(f"table {self.key}: its order {self.order!r} names no sortable column")

    @cached_property
    def shown_columns(self) -> list[Column]:
        """The columns in force: those in the address, else those kept, else the table's own."""
        asked = [key for key in self.given.get("columns", "").split(",") if key] or queries.kept_columns(
            self.viewer, self.key
        )
        chosen = [column for column in self.columns if column.key in asked]
        return chosen or [column for column in self.columns if not column.hidden]

    @cached_property
    def shown(self) -> Shown:
        """The page asked for, ready to draw. Logs the look where the table is sensitive."""
        shown = Shown(self, *self._read())
        if self.looks and shown.rows:
            self.note_look([self.subject_of(row) for row in shown.rows], "list")
        return shown

    def _read(self) -> tuple[list[Any], bool, bool]:
        """The rows of the page, and whether there is more before and after: one row more is read than shown."""
        column, descending = self.sorted_by
        assert column.sort is not None
        before, after = self.given.get("before", ""), self.given.get("after", "")
        start = keyset.decode(before or after, self.all_rows, column.sort) if before or after else None
        backwards = bool(before)
        window = Window(column.sort, descending, self._is_nullable(column.sort), self.per_page + 1, start, backwards)
        rows = self.page(self.rows, window)
        more = len(rows) > self.per_page
        rows = (rows[-self.per_page :] if backwards else rows[: self.per_page]) if more else rows
        self.complete(rows)
        return rows, (more if backwards else start is not None), (start is not None if backwards else more)

    def _is_nullable(self, sort: str | Combinable) -> bool:
        """A plain NOT NULL field has no NULL segment; anything else may have."""
        if sort == "pk":
            return False
        if not isinstance(sort, str) or "__" in sort or sort in self.all_rows.query.annotations:
            return True
        return bool(self.all_rows.model._meta.get_field(sort).null)

    def subject_of(self, row: Any) -> int:
        """The id a Look line names for a row."""
        return getattr(row, self.subject)

    def note_look(self, ids: Sequence[int], what: str) -> None:
        """Log that these were seen."""
        journal.note_look(by=self.viewer, kind=self.looks, subjects=ids, what=what, now=self.now, why=self.key)

    # addresses and answers -----------------------------------------------------------------------------------------------

    def address(self, **changes: str) -> str:
        """This page's address with some of the table's own parts changed ('' drops one); a change forgets the page one was on."""
        kept = [
            (k, v)
            for k, v in self.request.GET.items()
            if v and not self._is_own(k, {*changes, "before", "after", "export"})
        ]
        kept += [(self.prefix + name, value) for name, value in changes.items() if value]
        return f"{self.request.path}?{urlencode(kept)}" if kept else self.request.path

    def _is_own(self, name: str, dropped: set[str]) -> bool:
        return name.startswith(self.prefix) and name.removeprefix(self.prefix) in dropped

    def filter_keys(self) -> list[str]:
        """The names the filters read."""
        return [name for one in self.filters for name in keys_of(one)]

    @property
    def id(self) -> str:
        """The id of its part of the page."""
        return f"table-{self.key.replace('.', '-')}"

    def answer(self, template: str, context: Mapping[str, Any] | None = None) -> HttpResponseBase:
        """The response of a view that shows this table as `table`: the page, its part for htmx, or the sheet with `?export=xlsx`."""
        if self.exports and self.given.get("export") == "xlsx":
            from bulou.platform.tables.sheet import sheet_response

            return sheet_response(self)
        is_part = self.request.htmx and self.request.htmx.target == self.id  # type: ignore[attr-defined]
        named = "tables/table.html" if is_part else template
        response = render(self.request, named, {"table": self, **(context or {})})
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        patch_cache_control(response, no_store=True)
        return response
