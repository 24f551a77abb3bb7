"""Below the leaves of the place tree: the figures of each subject that counts at a place, from which a household's are added up.

A household is no node of the tree: who lives together is known as it is now, and counts where each of them counts. Figures are core's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from bulou.core.coverage import Figures
from bulou.modules.ledger.models import Window
from bulou.modules.ledger.queries.reach import VIEW, reach
from bulou.platform.access.viewer import Viewer

Subject = tuple[str, int]
Duties = tuple[Sequence[int], datetime, datetime]

_WITHIN = (
    " (%(node)s::bigint IS NULL OR %(node)s = ANY(p.lineage)) AND (%(everything)s OR EXISTS (SELECT FROM"
    "   unnest(%(places)s::bigint[], %(units)s::bigint[]) AS k (place, unit)"
    "   WHERE (k.place IS NULL OR k.place = ANY(p.lineage)) AND (k.unit IS NULL OR k.unit = ANY(u.lineage))))"
)
_COUNTS = (
    " count(*) FILTER (WHERE NOT j.ex AND j.dn AND NOT j.la), count(*) FILTER (WHERE NOT j.ex AND j.la),"
    " count(*) FILTER (WHERE NOT j.ex AND NOT j.dn AND %(at)s > j.until), count(*) FILTER (WHERE NOT j.ex AND NOT j.dn AND %(at)s <= j.until),"
    " count(*) FILTER (WHERE j.ex), count(*) FILTER (WHERE NOT j.ex AND j.dl), count(*) FILTER (WHERE NOT j.ex AND %(at)s > j.until)"
)
# From the bits: what stands now.
_NOW = (
    "SELECT j.kind, j.id,"
    + _COUNTS
    + " FROM (SELECT e.subject_kind AS kind, e.subject_id AS id, greatest(w.due, x.due) AS until,"
    "   coalesce(get_bit(t.excused, s.ord) = 1, false) AS ex, get_bit(t.done, s.ord) = 1 AS dn, coalesce(get_bit(t.late, s.ord) = 1, false) AS la,"
    "   coalesce(get_bit(t.done_late, s.ord) = 1, false) AS dl"
    "  FROM ledger_window w JOIN ledger_tally t ON t.window_id = w.id JOIN ledger_cell c ON c.id = t.cell_id"
    "  JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= least(%(at)s, w.due) AND p.until > least(%(at)s, w.due)"
    "  LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.since <= least(%(at)s, w.due) AND u.until > least(%(at)s, w.due)"
    "  JOIN ledger_seat s ON s.cell_id = c.id AND s.ord < length(t.owed) AND get_bit(t.owed, s.ord) = 1"
    "  JOIN ledger_enrolment e ON e.id = s.enrolment_id LEFT JOIN ledger_extension x ON x.window_id = w.id AND x.enrolment_id = e.id"
    "  WHERE w.id = ANY(%(windows)s::bigint[]) AND w.opens <= %(at)s AND " + _WITHIN + ") j GROUP BY 1, 2"
)
# From base rows: as known at a past moment, of some enrolments only, and what is owed one by one.
_JUDGED = (
    "WITH seated AS MATERIALIZED (SELECT DISTINCT x.enrolment_id AS id FROM ledger_seat x JOIN ledger_cell c ON c.id = x.cell_id"
    "   JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id"
    "   WHERE (%(chosen)s::bigint[] IS NULL OR x.enrolment_id = ANY(%(chosen)s::bigint[])) AND " + _WITHIN + ")"
    " SELECT j.kind, j.id,"
    + _COUNTS
    + " FROM (SELECT e.subject_kind AS kind, e.subject_id AS id, greatest(s.due, s.due_now) AS until,"
    "   s.is_excused AS ex, s.is_done AS dn, s.is_late AS la, s.is_done_late AS dl"
    "  FROM ledger_states(%(judged)s::bigint[], ARRAY(SELECT id FROM seated), ARRAY(SELECT d.id FROM ledger_duty d"
    "     JOIN ledger_enrolment f ON f.id = d.enrolment_id AND f.regime_id = ANY(%(regimes)s::bigint[]) AND f.id IN (SELECT id FROM seated)"
    "     WHERE d.opens >= %(start)s AND d.opens < %(end)s AND d.opens <= %(at)s), %(at)s) s"
    "  JOIN ledger_enrolment e ON e.id = s.enrolment_id JOIN ledger_cell c ON c.id = s.cell_id"
    "  JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= least(%(at)s, s.due) AND p.until > least(%(at)s, s.due)"
    "  LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.since <= least(%(at)s, s.due) AND u.until > least(%(at)s, s.due)"
    "  WHERE s.opens <= %(at)s AND " + _WITHIN + ") j GROUP BY 1, 2"
)


def subject_figures(
    viewer: Viewer, operation_id: int, windows: Sequence[Window], *, now: datetime, node_id: int | None, duties: Duties | None = None,
    as_of: datetime | None = None, enrolments: Collection[int] | None = None,
) -> dict[Subject, Figures]:  # fmt: skip
    """The figures of every subject that counts at a place or below it in these windows and duties, within reach; they add up to the place's.

    With `enrolments` of those alone. For a village: hundreds of subjects, not a county's.
    """
    mine = reach(viewer, VIEW, operation_id)
    if mine.is_nothing:
        return {}
    at = now if as_of is None else min(as_of, now)
    is_judged = as_of is not None or enrolments is not None
    ids, (regimes, start, end) = [one.pk for one in windows], duties or ((), at, at)
    given: dict[str, Any] = {
        "node": node_id, "everything": mine.is_everything, "places": list(mine.places), "units": list(mine.units), "at": at, "windows": ids,
        "chosen": None if enrolments is None else list(enrolments), "judged": ids if is_judged else [], "regimes": list(regimes), "start": start,
        "end": end,
    }  # fmt: skip
    found: dict[Subject, Figures] = {}
    if not is_judged:
        _add(found, _asked_now(given))
    if is_judged or duties:
        _add(found, _asked_judged(given))
    return found


def enrolments_of(
    viewer: Viewer, operation_id: int, subjects: Collection[Subject], *, now: datetime, node_id: int | None = None
) -> list[int]:
    """The enrolments of these subjects that count or have counted at a place (in reach, unless told); none = not this viewer's matter."""
    mine = reach(viewer, VIEW, operation_id)
    if mine.is_nothing or not subjects:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.id FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS y (kind, id)"
            " JOIN ledger_enrolment e ON e.subject_kind = y.kind AND e.subject_id = y.id"
            " JOIN ledger_regime g ON g.id = e.regime_id AND g.operation_id = %(operation)s JOIN ledger_seat s ON s.enrolment_id = e.id"
            " JOIN ledger_cell c ON c.id = s.cell_id JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.until > %(at)s"
            " LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.until > %(at)s WHERE " + _WITHIN,
            {
                "kinds": [kind for kind, _id in subjects], "ids": [pk for _kind, pk in subjects], "operation": operation_id, "at": now,
                "node": node_id, "everything": mine.is_everything, "places": list(mine.places), "units": list(mine.units),
            },
        )  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def _asked_now(given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_NOW, given)
        return cursor.fetchall()


def _asked_judged(given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED, given)
        return cursor.fetchall()


def _add(found: dict[Subject, Figures], rows: Sequence[tuple[Any, ...]]) -> None:
    for kind, pk, *counts in rows:
        figures = Figures(*counts)
        found[kind, pk] = found[kind, pk] + figures if (kind, pk) in found else figures
