"""Writes of the tables: the columns a user keeps."""

from __future__ import annotations

from collections.abc import Sequence

from bulou.platform.access.viewer import Viewer
from bulou.platform.tables.models import SavedColumns

LONGEST = 60


def keep_columns(*, by: Viewer, table: str, columns: Sequence[str]) -> None:
    """Keep a choice of columns for a table; an empty choice goes back to the table's own. A taste, not an act: no journal line."""
    if by.user_id is None:
        return
    if columns:
        chosen = [key[:40] for key in columns[:LONGEST]]
        SavedColumns.objects.update_or_create(user_id=by.user_id, table=table[:80], defaults={"columns": chosen})
    else:
        SavedColumns.objects.filter(user_id=by.user_id, table=table).delete()
