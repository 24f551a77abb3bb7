"""Dense tables: filter, sort, keyset pages, choice of columns, Excel out. A module declares a `Table` over its own query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulou.platform.tables.table import Choice, Column, Days, Flag, Search, Table, Window

__all__ = ["Choice", "Column", "Days", "Flag", "Search", "Table", "Window"]


def __getattr__(name: str) -> Any:
    """Found on first use: this package is a Django app, and Table needs models, which come after the apps."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bulou.platform.tables import table

    return getattr(table, name)
