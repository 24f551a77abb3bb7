"""A round: how subjects stand in what is open now and when they were last heard of. For lists that somebody carries from door to door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from bulou.modules.ledger.queries.answering import FILE
from bulou.modules.ledger.queries.reach import Reach, reach
from bulou.platform.access.viewer import Viewer


@dataclass(slots=True)
class Visit:
    """Of one subject: how many reports are owed now (opens ≤ now < closes, excused ones left out), how many of them came, when the next of
    the rest is due (None = nothing left), which facts the rest asks for, and when the last report about it was made."""

    owed: int = 0
    done: int = 0
    due: datetime | None = None
    last: datetime | None = None
    asks: frozenset[str] = frozenset()


def visits(viewer: Viewer, kind: str, ids: Collection[int], *, now: datetime) -> dict[int, Visit]:
    """The visits of these subjects by id, counting what the viewer may file for; a subject never heard of and owing nothing is left out."""
    found: dict[int, Visit] = defaultdict(Visit)
    for operation_id in _operations(kind, ids, now):
        mine = reach(viewer, FILE, operation_id)
        if mine.is_nothing:
            continue
        for subject, owed, done, due, asks in _owed(operation_id, mine, kind, ids, now):
            visit = found[subject]
            visit.owed, visit.done = visit.owed + owed, visit.done + done
            visit.asks |= frozenset((asks or "").split())
            visit.due = min((one for one in (visit.due, due) if one is not None), default=None)
    for subject, last in last_heard(kind, ids, now=now).items():
        found[subject].last = last
    return dict(found)


def last_heard(kind: str, ids: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """When each subject was last reported about, up to `now`, inclusive; those never reported about are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id, r.done_at FROM unnest(%s::bigint[]) AS k (id) CROSS JOIN LATERAL (SELECT r.done_at FROM ledger_record r"
            " WHERE r.subject_kind = %s AND r.subject_id = k.id AND r.done_at <= %s ORDER BY r.done_at DESC LIMIT 1) r",
            [list(ids), kind, now],
        )
        return dict(cursor.fetchall())


def _operations(kind: str, ids: Collection[int], now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT g.operation_id FROM ledger_enrolment e JOIN ledger_regime g ON g.id = e.regime_id"
            " WHERE e.subject_kind = %s AND e.subject_id = ANY(%s::bigint[]) AND (e.ends IS NULL OR e.ends > %s - interval '2 days') ORDER BY 1",
            [kind, list(ids), now],
        )
        return [row[0] for row in cursor.fetchall()]


# Windows of the calendar, then what is owed one by one; both as queries.duties reads them, within the reach of the viewer.
_OWED = (
    "WITH mine AS (SELECT e.id, e.regime_id, e.subject_id FROM ledger_enrolment e JOIN ledger_regime g ON g.id = e.regime_id AND g.operation_id = %s"
    "  CROSS JOIN LATERAL (SELECT s.cell_id FROM ledger_seat s WHERE s.enrolment_id = e.id ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC LIMIT 1) s"
    "  JOIN ledger_cell c ON c.id = s.cell_id"
    "  JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.until = timestamptz '9999-12-31 00:00+00'"
    "  LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.until = timestamptz '9999-12-31 00:00+00'"
    "  WHERE e.subject_kind = %s AND e.subject_id = ANY(%s::bigint[]) AND e.starts <= %s AND (e.ends IS NULL OR e.ends > %s - interval '2 days')"
    "  AND EXISTS (SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS k (place, unit)"
    "   WHERE (k.place IS NULL OR k.place = ANY(p.lineage)) AND (k.unit IS NULL OR k.unit = ANY(u.lineage)))"
    "), open AS (SELECT m.subject_id, coalesce(x.due, w.due) AS due, d.record_id IS NOT NULL OR coalesce(x.is_done, false) AS is_done, w.asks"
    "  FROM mine m JOIN ledger_window w ON w.regime_id = m.regime_id AND w.closes > %s AND w.opens <= %s"
    "  CROSS JOIN LATERAL (SELECT z.cell_id, z.ord FROM ledger_seat z WHERE z.enrolment_id = m.id AND z.at <= w.due"
    "    AND z.known_at <= w.due ORDER BY z.at DESC, z.known_at DESC, z.uuid DESC LIMIT 1) s"
    "  JOIN ledger_tally t ON t.window_id = w.id AND t.cell_id = s.cell_id AND s.ord < length(t.owed) AND get_bit(t.owed, s.ord) = 1"
    "   AND NOT coalesce(get_bit(t.excused, s.ord) = 1, false)"
    "  LEFT JOIN ledger_discharge d ON d.window_id = w.id AND d.enrolment_id = m.id"
    "  LEFT JOIN ledger_extension x ON x.window_id = w.id AND x.enrolment_id = m.id"
    " UNION ALL SELECT m.subject_id, coalesce(d.due_now, d.due), d.is_done, v.asks FROM mine m"
    "  JOIN ledger_duty d ON d.enrolment_id = m.id AND d.is_owed AND NOT d.is_excused AND d.opens <= %s AND d.closes > %s"
    "  LEFT JOIN LATERAL (SELECT r.asks FROM ledger_regimeversion r WHERE r.regime_id = m.regime_id AND r.since <= d.opens"
    "    ORDER BY r.number DESC LIMIT 1) v ON true)"
    " SELECT subject_id, count(*), count(*) FILTER (WHERE is_done), min(due) FILTER (WHERE NOT is_done),"
    "  string_agg(array_to_string(asks, ' '), ' ') FILTER (WHERE NOT is_done) FROM open GROUP BY 1"
)


def _owed(
    operation_id: int, mine: Reach, kind: str, ids: Collection[int], now: datetime
) -> list[tuple[int, int, int, datetime | None, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _OWED,
            [operation_id, kind, list(ids), now, now, list(mine.places), list(mine.units), now, now, now, now],
        )
        return cursor.fetchall()
