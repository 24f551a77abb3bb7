"""Reads of the tables: the columns a user keeps."""

from __future__ import annotations

from bulou.platform.access.viewer import Viewer
from bulou.platform.tables.models import SavedColumns


def kept_columns(viewer: Viewer, table: str) -> list[str]:
    """The keys of the columns this viewer chose for a table; empty = none chosen."""
    if viewer.user_id is None:
        return []
    found = SavedColumns.objects.filter(user_id=viewer.user_id, table=table).values_list("columns", flat=True).first()
    return found or []
