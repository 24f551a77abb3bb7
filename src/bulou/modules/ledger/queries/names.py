"""Names and telephones of subjects, from the registry, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bulou.modules.registry.queries import rosters
from bulou.platform.access.viewer import Viewer

NAMES = "ledger.view_names"


def put_names(viewer: Viewer, rows: Sequence[Any]) -> None:
    """Fill name, phone, owed_name and owed_phone of rows with subject and owed ids. Without ledger.view_names: masked, and no telephone."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.subject_kind, set()).add(row.subject_id)
        wanted.setdefault(row.owed_kind, set()).add(row.owed_id)
    known = {kind: named(viewer, kind, ids) for kind, ids in wanted.items()}
    for row in rows:
        row.name, row.phone = known[row.subject_kind].get(row.subject_id, ("", ""))
        row.owed_name, row.owed_phone = known[row.owed_kind].get(row.owed_id, ("", ""))


def named(viewer: Viewer, kind: str, ids: Iterable[int]) -> Mapping[int, tuple[str, str]]:
    """(name, telephone) by id, of subjects of one kind."""
    return rosters.contacts(kind, list(ids), masked=not viewer.may(NAMES))
