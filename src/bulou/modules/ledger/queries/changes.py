"""What changed since a moment: late arrivals, excuses given and taken back, enrolments ended and begun, by whom and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from bulou.modules.ledger.queries import names
from bulou.modules.ledger.queries.reach import VIEW, reach
from bulou.platform.access.viewer import Viewer

KINDS = ("arrived_late", "excused", "excuse_removed", "ended", "enrolled")


@dataclass(slots=True)
class Moved:
    """One thing that became known at `at`. `who` did it; `until` = how long an excuse holds, or when an enrolment ends or begins."""

    kind: str
    at: datetime
    enrolment_id: int
    regime_id: int
    subject_kind: str
    subject_id: int
    owed_kind: str
    owed_id: int
    place_id: int
    who: str
    why: str
    until: datetime | None
    name: str = ""
    phone: str = ""
    owed_name: str = ""
    owed_phone: str = ""
    place: str = ""


_SEATED = (
    " JOIN ledger_enrolment e ON e.id = m.enrolment_id JOIN ledger_regime g ON g.id = e.regime_id AND g.operation_id = %(operation)s"
    " CROSS JOIN LATERAL (SELECT s.cell_id FROM ledger_seat s WHERE s.enrolment_id = e.id AND s.at <= m.about"
    "   ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC LIMIT 1) s"
    " JOIN ledger_cell c ON c.id = s.cell_id"
    " JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= m.about AND p.until > m.about"
    " LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.since <= m.about AND u.until > m.about"
    " WHERE (%(everything)s OR EXISTS (SELECT FROM unnest(%(places)s::bigint[], %(units)s::bigint[]) AS k (place, unit)"
    "   WHERE (k.place IS NULL OR k.place = ANY(p.lineage)) AND (k.unit IS NULL OR k.unit = ANY(u.lineage))))"
    " AND (%(regime)s::bigint IS NULL OR e.regime_id = %(regime)s)"
    " AND (%(node)s::bigint IS NULL OR %(node)s = ANY(CASE WHEN %(by_unit)s THEN u.lineage ELSE p.lineage END))"
)
_COLUMNS = (
    "SELECT m.kind, m.at, e.id, e.regime_id, e.subject_kind, e.subject_id, e.owed_kind, e.owed_id, c.place_id, m.who, m.why, m.until,"
    " count(*) OVER () FROM ("
)
_END = ") m" + _SEATED + " ORDER BY m.at DESC, e.id LIMIT %(limit)s"
# Late arrivals are found by the time they came, and count where their discharge counts: no seat has to be looked up for each.
_ARRIVED = (
    "WITH spot AS MATERIALIZED ("
    "  SELECT t.window_id, t.cell_id, c.place_id FROM ledger_window w JOIN ledger_tally t ON t.window_id = w.id AND t.late IS NOT NULL"
    "   JOIN ledger_cell c ON c.id = t.cell_id JOIN ledger_regime g ON g.id = c.regime_id AND g.operation_id = %(operation)s"
    "   JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= w.due AND p.until > w.due"
    "   LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.since <= w.due AND u.until > w.due"
    "  WHERE w.closes > %(since)s AND w.due < %(now)s AND (%(everything)s OR EXISTS (SELECT FROM unnest(%(places)s::bigint[], %(units)s::bigint[])"
    "     AS k (place, unit) WHERE (k.place IS NULL OR k.place = ANY(p.lineage)) AND (k.unit IS NULL OR k.unit = ANY(u.lineage))))"
    "   AND (%(regime)s::bigint IS NULL OR c.regime_id = %(regime)s)"
    "   AND (%(node)s::bigint IS NULL OR %(node)s = ANY(CASE WHEN %(by_unit)s THEN u.lineage ELSE p.lineage END))"
    " ), came AS MATERIALIZED ("
    "  SELECT d.received_at, d.enrolment_id, d.record_id, d.done_at, s.place_id FROM ledger_discharge d"
    "   JOIN spot s ON s.window_id = d.window_id AND s.cell_id = d.cell_id"
    "  WHERE d.is_late AND d.received_at > %(since)s AND d.received_at <= %(now)s"
    " ) SELECT 'arrived_late', m.received_at, e.id, e.regime_id, e.subject_kind, e.subject_id, e.owed_kind, e.owed_id, m.place_id, r.filed_by_name,"
    "   '', m.done_at, (SELECT count(*) FROM came)"
    "  FROM (SELECT * FROM came ORDER BY received_at DESC, enrolment_id LIMIT %(limit)s) m JOIN ledger_enrolment e ON e.id = m.enrolment_id"
    "  JOIN ledger_record r ON r.id = m.record_id ORDER BY m.received_at DESC, e.id"
)
_EXCUSED = (
    _COLUMNS
    + "SELECT 'excused' AS kind, q.known_at AS at, q.enrolment_id, q.known_at AS about, q.actor_name AS who, q.reason AS why, q.until"
    " FROM ledger_excuse q WHERE q.known_at > %(since)s AND q.known_at <= %(now)s" + _END
)
_REMOVED = (
    _COLUMNS
    + "SELECT 'excuse_removed' AS kind, q.removed_at AS at, q.enrolment_id, q.removed_at AS about, q.remover_name AS who,"
    " q.removal_reason AS why, NULL::timestamptz AS until"
    " FROM ledger_excuse q WHERE q.removed_at > %(since)s AND q.removed_at <= %(now)s" + _END
)
_ENDED = (
    _COLUMNS
    + "SELECT 'ended' AS kind, x.known_at AS at, x.enrolment_id, x.known_at AS about, x.actor_name AS who, x.reason AS why, x.at AS until"
    " FROM ledger_ending x WHERE x.known_at > %(since)s AND x.known_at <= %(now)s" + _END
)
_ENROLLED = (
    _COLUMNS
    + "SELECT 'enrolled' AS kind, e.known_at AS at, e.id AS enrolment_id, e.known_at AS about, e.actor_name AS who, e.reason AS why,"
    " e.starts AS until FROM ledger_enrolment e JOIN ledger_regime o ON o.id = e.regime_id AND o.operation_id = %(operation)s"
    " WHERE e.learned_at > %(since)s AND e.known_at > %(since)s AND e.known_at <= %(now)s" + _END
)


def moved_since(
    viewer: Viewer,
    operation_id: int,
    kind: str,
    *,
    since: datetime,
    now: datetime,
    regime_id: int | None = None,
    node_id: int | None = None,
    by: str = "place",
    limit: int = 30,
) -> tuple[Sequence[Moved], int]:
    """What of a kind (KINDS) became known in (since, now] within reach, newest first, so many; and how many there are in all.

    Of one regime and below one node of a tree, if told.

    "arrived_late" = reports that came after their due time. Whoever shows it logs the look.
    """
    mine = reach(viewer, VIEW, operation_id)
    if mine.is_nothing:
        return (), 0
    given: dict[str, Any] = {
        "operation": operation_id, "since": since, "now": now, "limit": limit, "regime": regime_id, "node": node_id, "by_unit": by == "unit",
        "everything": mine.is_everything,
        "places": list(mine.places), "units": list(mine.units),
    }  # fmt: skip
    with connection.cursor() as cursor:
        match kind:
            case "arrived_late":
                cursor.execute(_ARRIVED, given)
            case "excused":
                cursor.execute(_EXCUSED, given)
            case "excuse_removed":
                cursor.execute(_REMOVED, given)
            case "ended":
                cursor.execute(_ENDED, given)
            case "enrolled":
                cursor.execute(_ENROLLED, given)
            case _:
                raise ValueError(f"{kind!r} is none of {KINDS}")
        rows = cursor.fetchall()
    found = [Moved(*row[:-1]) for row in rows]
    names.put_names(viewer, found)
    places = names.named(viewer, "place", {one.place_id for one in found})
    for one in found:
        one.place = places.get(one.place_id, ("", ""))[0]
    return found, rows[0][-1] if rows else 0
