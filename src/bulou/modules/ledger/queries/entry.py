"""The sheet a clerk fills in: everybody of a place or unit who is owed in one window, and how each stands; and which sheets there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import Http404

from bulou.modules.ledger.models import Window
from bulou.modules.ledger.queries.answering import FILE
from bulou.modules.ledger.queries.reach import Reach, reach, regimes
from bulou.modules.registry.queries.cards import cards
from bulou.platform.access.viewer import Viewer

NODES = ("place", "unit")
_WITHIN = (
    " AND (%s OR EXISTS (SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS k (place, unit)"
    "   WHERE (k.place IS NULL OR k.place = ANY(p.lineage)) AND (k.unit IS NULL OR k.unit = ANY(u.lineage))))"
)
_PATHS = (
    " JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= w.opens AND p.until > w.opens"
    " LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.since <= w.opens AND u.until > w.opens"
)


@dataclass(slots=True)
class SheetRow:
    """One subject of a sheet. `received_at` = when it was answered, None while it is open; `record_id` = by which report; found by initials."""

    enrolment_id: int
    subject_kind: str
    subject_id: int
    received_at: datetime | None
    is_late: bool
    is_excused: bool
    record_id: int | None
    name: str = ""
    initials: str = ""
    household: str = ""
    order: tuple[Any, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a report is still wanted."""
        return self.received_at is None and not self.is_excused


@dataclass(frozen=True, slots=True)
class SheetCount:
    """One sheet: a window at a node, how many are expected, how many have answered."""

    window_id: int
    node_kind: str
    node_id: int
    name: str
    expected: int
    actual: int

    @property
    def left(self) -> int:
        """How many have not been reported yet."""
        return self.expected - self.actual


def entry_window(viewer: Viewer, window_id: int) -> Window:
    """A window whose regime the viewer may file for; Http404 otherwise."""
    found = Window.objects.select_related("regime", "regime__operation").filter(pk=window_id).first()
    if found is None or reach(viewer, FILE, found.regime.operation_id).is_nothing:
        raise Http404
    return found


def open_regimes(now: datetime, regime_id: int | None = None, *, is_list: bool = False) -> list[Window]:
    """The newest open window of each regime that has one, of persons or (`is_list`) list returns; whoever shows it to somebody looks at their
    reach."""
    found = Window.objects.filter(opens__lte=now, closes__gt=now, is_list=is_list, regime__ended_at=None)
    found = found.filter(regime_id=regime_id) if regime_id is not None else found
    newest: dict[int, Window] = {}
    for window in found.select_related("regime", "regime__operation").order_by("regime_id", "opens"):
        newest[window.regime_id] = window
    return list(newest.values())


def entry_windows(viewer: Viewer, *, now: datetime, operation_id: int | None = None) -> list[Window]:
    """The open windows (opens ≤ now < closes) of regimes the viewer may file for, soonest due first."""
    ids = [one.pk for one in regimes(viewer, operation_id=operation_id, permission=FILE)]
    found = Window.objects.filter(regime_id__in=ids, opens__lte=now, closes__gt=now).select_related("regime")
    return list(found.order_by("due", "regime__key", "pk"))


def entry_sheets(viewer: Viewer, windows: Sequence[Window], kind: str = "place") -> list[SheetCount]:
    """The sheets of these windows in reach, by leaf of the place tree (kind "place") or of the unit tree, in the order of the tree."""
    found = []
    for window in windows:
        mine = reach(viewer, FILE, window.regime.operation_id)
        if not mine.is_nothing:
            found += [SheetCount(window.pk, kind, node, "", *counts) for node, *counts in _counts(window, mine, kind)]
    titles = cards(kind, {one.node_id for one in found})
    return [replace(one, name=titles[one.node_id].name) for one in found]


def entry_node(viewer: Viewer, window: Window, kind: str, node_id: int) -> str:
    """The name of a sheet's place or unit; Http404 where nothing of the window is in the viewer's reach there."""
    if kind not in NODES or not _rows(viewer, window, kind, node_id, is_probe=True):
        raise Http404
    return cards(kind, [node_id])[node_id].name


def entry_sheet(viewer: Viewer, window: Window, kind: str, node_id: int) -> list[SheetRow]:
    """Everybody owed in the window at a node or below it whom the viewer may file for, household by household. Whoever shows it logs the look."""
    found = [SheetRow(*row) for row in _rows(viewer, window, kind, node_id)]
    _put_names(found)
    return sorted(found, key=lambda row: row.order)


def entry_states(viewer: Viewer, window: Window, kind: str, node_id: int) -> list[tuple[int, datetime]]:
    """(enrolment, when) of what has been answered of a sheet: a second browser learns from it what was filed meanwhile."""
    return [(row[0], row[3]) for row in _rows(viewer, window, kind, node_id) if row[3] is not None]


def entry_rows_of(viewer: Viewer, window: Window, subject_ids: Sequence[int]) -> list[SheetRow]:
    """The rows, without names, of these persons owed in a window wherever the viewer may file for them: what a list from Excel is held against."""
    root = window.regime.operation.root_id
    return [SheetRow(*row) for row in _rows(viewer, window, "place", root, subjects=subject_ids)]


def _counts(window: Window, mine: Reach, kind: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN %s THEN c.unit_id ELSE c.place_id END AS node, sum(t.n_expected), sum(t.n_on_time + t.n_late)"
            " FROM ledger_window w JOIN ledger_tally t ON t.window_id = w.id JOIN ledger_cell c ON c.id = t.cell_id"
            + _PATHS + " WHERE w.id = %s AND (NOT %s OR c.unit_id IS NOT NULL)" + _WITHIN +
            " GROUP BY 1 HAVING sum(t.n_expected) > 0 ORDER BY min(CASE WHEN %s THEN u.lineage ELSE p.lineage END)",
            [kind == "unit", window.pk, kind == "unit", mine.is_everything, list(mine.places), list(mine.units), kind == "unit"],
        )  # fmt: skip
        return cursor.fetchall()


def _rows(
    viewer: Viewer,
    window: Window,
    kind: str,
    node_id: int,
    *,
    is_probe: bool = False,
    subjects: Sequence[int] | None = None,
) -> list[tuple[Any, ...]]:
    mine = reach(viewer, FILE, window.regime.operation_id)
    if mine.is_nothing:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, e.subject_kind, e.subject_id, d.received_at, coalesce(d.is_late, false),"
            " coalesce(get_bit(t.excused, s.ord) = 1, false), d.record_id"
            " FROM ledger_window w JOIN ledger_tally t ON t.window_id = w.id JOIN ledger_cell c ON c.id = t.cell_id"
            + _PATHS + " JOIN ledger_seat s ON s.cell_id = c.id AND s.ord < length(t.owed) AND get_bit(t.owed, s.ord) = 1"
            " JOIN ledger_enrolment e ON e.id = s.enrolment_id"
            " LEFT JOIN ledger_discharge d ON d.window_id = w.id AND d.enrolment_id = e.id"
            " WHERE w.id = %s AND %s = ANY(CASE WHEN %s THEN u.lineage ELSE p.lineage END)" + _WITHIN +
            " AND (%s::bigint[] IS NULL OR e.subject_kind = 'person' AND e.subject_id = ANY(%s::bigint[])) LIMIT %s",
            [
                window.pk, node_id, kind == "unit", mine.is_everything, list(mine.places), list(mine.units),
                None if subjects is None else list(subjects), list(subjects or []), 1 if is_probe else None,
            ],
        )  # fmt: skip
        return cursor.fetchall()


def _put_names(rows: Sequence[SheetRow]) -> None:
    """Names, initials and households; the order is by household, its head first, as a village's own list is."""
    for kind in {row.subject_kind for row in rows}:
        known = cards(kind, {row.subject_id for row in rows if row.subject_kind == kind})
        for row in rows:
            if row.subject_kind == kind and (card := known.get(row.subject_id)):
                row.name, row.initials, row.household, row.order = (
                    card.name,
                    card.initials,
                    card.household,
                    (kind, *card.order),
                )
