"""The rows behind any figure: who is on time, late, missing, pending, excused or sent back, with names, now or as known at a past moment.

Paged by key over several windows and duties, so that the figure of a day opens as well as that of one window. Whoever shows it logs the look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from bulou.modules.ledger.models import Window
from bulou.modules.ledger.queries import names
from bulou.modules.ledger.queries.chase import LastChased, last_chased
from bulou.modules.ledger.queries.excuse_requests import Said
from bulou.modules.ledger.queries.reach import VIEW, Reach, reach
from bulou.platform.access.viewer import Viewer
from bulou.platform.spoken import said

RETURNED = "returned"
EACH = ("missing", "pending", "late", "on_time", "excused")
# What each asked standing is made of. "due" = due so far, "returned" = sent back or upheld and not answered again.
STANDINGS = {one: (one,) for one in EACH} | {
    "all": EACH, "expected": EACH[:-1], "actual": ("late", "on_time"), "due": ("missing", "late", "on_time"), RETURNED: EACH[:-1],
}  # fmt: skip
NO_UNIT = 0

# Where a row goes on: (window or 0 for duties, lineage, cell, ordinal or duty).
Key = tuple[int, tuple[int, ...], int, int]


@dataclass(slots=True)
class Row:
    """One obligation: who, where, how it stands, when it was answered, why it is excused, who may answer and when last heard of.

    `answerers` are (name, telephone) of those who may answer for it, the subject left out. `chased` = what was last done about it.
    Without ledger.view_names names are masked and telephones empty.
    """

    key: Key
    standing: str
    enrolment_id: int
    regime_id: int
    regime: str
    window: str
    due: datetime
    subject_kind: str
    subject_id: int
    owed_kind: str
    owed_id: int
    place_id: int
    unit_id: int | None
    answerables: tuple[int, ...]
    last_report: datetime | None
    received_at: datetime | None
    done_at: datetime | None
    excuse: str
    excused_by: str
    extended_to: datetime | None = None
    name: str = ""
    phone: str = ""
    owed_name: str = ""
    owed_phone: str = ""
    place: str = ""
    unit: str = ""
    answerers: tuple[tuple[str, str], ...] = ()
    chased: LastChased | None = None
    record_id: int | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows window by window, in the order of the place tree; `after` = where the next page begins, None at the end."""

    rows: list[Row] = field(default_factory=list)
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: of which standing (STANDINGS), below which node or at it alone, as of when, for what reach."""

    standing: str
    node_id: int | None
    by_unit: bool
    is_own: bool
    at: datetime
    is_past: bool
    reach: Reach
    chosen: tuple[int, ...] | None = None


def standing_page(
    viewer: Viewer, operation_id: int, windows: Sequence[Window], *, now: datetime, standing: str = "missing", node_id: int | None = None,
    by: str = "place", is_own: bool = False, duties: tuple[Sequence[int], datetime, datetime] | None = None,
    as_of: datetime | None = None, after: Key | None = None, limit: int = 50, enrolments: Sequence[int] | None = None,
) -> Page:  # fmt: skip
    """So many rows of these windows (opened ones, in their order) with a standing of STANDINGS, below a node; all in reach unless told.

    With `is_own` only what counts at the node itself. `node_id` 0 with `by` "unit" = what belongs to no unit. `duties` = (regime ids,
    start, end): then what is owed one by one and opens in [start, end) comes last. `enrolments` = of these alone (a household's).
    """
    at = now if as_of is None else min(as_of, now)
    mine = reach(viewer, VIEW, operation_id)
    chosen = None if enrolments is None else tuple(enrolments)
    asked = Asked(standing, node_id, by == "unit", is_own, at, as_of is not None, mine, chosen)
    found: list[Row] = []
    if not mine.is_nothing:
        for rows in _parts(asked, windows, duties, after, limit + 1):
            found += rows[: limit + 1 - len(found)]
            if len(found) > limit:
                break
    page = found[:limit]
    _put_names(viewer, page)
    return Page(page, page[-1].key if len(found) > limit else None)


def _parts(
    asked: Asked, windows: Sequence[Window], duties: tuple[Sequence[int], datetime, datetime] | None, after: Key | None, limit: int
) -> Iterator[list[Row]]:  # fmt: skip
    """The rows of each window from where we stand, then of the duties."""
    waiting = after[0] if after else None
    for window in windows:
        if waiting is not None and window.pk != waiting:
            continue
        start, waiting = (after if waiting is not None else None), None
        yield from _of_window(asked, window, start, limit)
    if duties:
        yield _of_duties(asked, duties, after if after and after[0] == 0 else None, limit)


def _of_window(asked: Asked, window: Window, after: Key | None, limit: int) -> Iterator[list[Row]]:
    """Batches of rows of one window: what decisions gave until later is told apart here, so a batch may be shorter than what was read."""
    while True:
        spots = (
            _judged_spots(asked, window, after, limit)
            if _is_judged(asked)
            else _counted_spots(asked, window, after, limit)
        )
        rows = _rows(asked, window, spots)
        yield [row for row in rows if _is_wanted(asked, row)]
        if len(spots) < limit:
            return
        after = spots[-1][0]


def _is_wanted(asked: Asked, row: Row) -> bool:
    """Bits do not know what a decision gave until later; what was judged is as it was asked."""
    if _is_judged(asked):
        return True
    if row.standing not in STANDINGS[asked.standing]:
        return False
    return asked.standing != "due" or asked.at > max(row.due, row.extended_to or row.due)


def _is_judged(asked: Asked) -> bool:
    return asked.is_past or asked.standing == RETURNED or asked.chosen is not None


_PATHS = (
    " JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= %(settled)s AND p.until > %(settled)s"
    " LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.since <= %(settled)s AND u.until > %(settled)s"
)
_DUTY_PATHS = (
    " JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= least(%(at)s, s.due) AND p.until > least(%(at)s, s.due)"
    " LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id"
    "   AND u.since <= least(%(at)s, s.due) AND u.until > least(%(at)s, s.due)"
)
_WITHIN = (
    " WHERE (%(node)s::bigint IS NULL OR CASE WHEN %(is_own)s THEN %(node)s = CASE WHEN %(by_unit)s THEN c.unit_id ELSE c.place_id END"
    "   WHEN %(by_unit)s THEN (%(node)s = 0 AND u.lineage IS NULL) OR %(node)s = ANY(u.lineage)"
    "   ELSE %(node)s = ANY(p.lineage) END)"
    " AND (%(everything)s OR EXISTS (SELECT FROM unnest(%(places)s::bigint[], %(units)s::bigint[]) AS k (place, unit)"
    "   WHERE (k.place IS NULL OR k.place = ANY(p.lineage)) AND (k.unit IS NULL OR k.unit = ANY(u.lineage))))"
)
_COUNTED = (
    "SELECT c.id, p.lineage,"
    " CASE %(standing)s WHEN 'late' THEN t.late & ~coalesce(t.excused, t.done & ~t.done)"
    "   WHEN 'on_time' THEN t.owed & t.done & ~coalesce(t.late, t.done & ~t.done) & ~coalesce(t.excused, t.done & ~t.done)"
    "   WHEN 'excused' THEN t.owed & t.excused WHEN 'all' THEN t.owed"
    "   WHEN 'actual' THEN t.owed & t.done & ~coalesce(t.excused, t.done & ~t.done)"
    "   WHEN 'expected' THEN t.owed & ~coalesce(t.excused, t.done & ~t.done) WHEN 'due' THEN t.owed & ~coalesce(t.excused, t.done & ~t.done)"
    "   ELSE t.owed & ~(t.done | coalesce(t.excused, t.done)) END::text"
    " FROM ledger_tally t JOIN ledger_cell c ON c.id = t.cell_id" + _PATHS + _WITHIN + " AND t.window_id = %(window)s"
    " AND CASE %(standing)s WHEN 'late' THEN t.n_late > 0 WHEN 'on_time' THEN t.n_on_time > 0 WHEN 'excused' THEN t.n_excused > 0"
    "   WHEN 'all' THEN t.n_expected + t.n_excused > 0 WHEN 'expected' THEN t.n_expected > 0 WHEN 'actual' THEN t.n_on_time + t.n_late > 0"
    "   WHEN 'due' THEN t.n_expected > 0 AND %(at)s > %(due)s ELSE t.n_expected > t.n_on_time + t.n_late END"
    " AND (NOT %(extended)s OR EXISTS (SELECT FROM ledger_extension x WHERE x.window_id = t.window_id AND x.cell_id = t.cell_id AND x.due >= %(at)s))"
    " AND (%(cell)s::bigint IS NULL OR (p.lineage, c.id) >= (%(lineage)s::bigint[], %(cell)s::bigint))"
    " ORDER BY p.lineage, c.id LIMIT %(limit)s"
)
_STANDS = (
    "CASE WHEN s.is_excused THEN 'excused' WHEN s.is_late THEN 'late' WHEN s.is_done THEN 'on_time'"
    " WHEN %(at)s <= s.due_now THEN 'pending' ELSE 'missing' END"
)
_CHOSEN = (
    " = ANY(%(wanted)s::text[]) AND CASE %(standing)s WHEN 'due' THEN %(at)s > s.due_now"
    " WHEN 'returned' THEN s.struck_record IS NOT NULL AND NOT s.is_done ELSE true END"
)
_JUDGED = (
    "WITH k AS MATERIALIZED (SELECT c.id, p.lineage FROM ledger_cell c"
    + _PATHS
    + _WITHIN
    + " AND c.regime_id = %(regime)s)"
    " SELECT k.lineage, s.cell_id, s.ord, " + _STANDS + " FROM ledger_states(ARRAY[%(window)s::bigint],"
    "   CASE WHEN %(chosen)s::bigint[] IS NOT NULL THEN %(chosen)s::bigint[]"
    "    WHEN %(standing)s = 'returned' THEN ARRAY(SELECT o.enrolment_id FROM ledger_odd_in(%(window)s) o)"
    "   ELSE ARRAY(SELECT DISTINCT x.enrolment_id FROM ledger_seat x JOIN k ON k.id = x.cell_id) END, '{}', %(at)s) s"
    " JOIN k ON k.id = s.cell_id WHERE " + _STANDS + _CHOSEN + ""
    " AND (%(cell)s::bigint IS NULL OR (k.lineage, s.cell_id, s.ord) > (%(lineage)s::bigint[], %(cell)s::bigint, %(ord)s::int))"
    " ORDER BY k.lineage, s.cell_id, s.ord LIMIT %(limit)s"
)


def _scope(asked: Asked, settled: datetime) -> dict[str, Any]:
    return {
        "settled": settled, "node": asked.node_id, "by_unit": asked.by_unit, "is_own": asked.is_own, "everything": asked.reach.is_everything,
        "places": list(asked.reach.places), "units": list(asked.reach.units), "at": asked.at, "standing": asked.standing,
        "wanted": list(STANDINGS[asked.standing]), "chosen": None if asked.chosen is None else list(asked.chosen),
    }  # fmt: skip


def _from(after: Key | None) -> dict[str, Any]:
    return {"lineage": list(after[1]) if after else [], "cell": after and after[2], "ord": after and after[3]}


def _counted_spots(asked: Asked, window: Window, after: Key | None, limit: int) -> list[tuple[Key, str]]:
    """The first ordinals with the standing, cell by cell, from the bits. The standing itself is told with the row."""
    extended = asked.standing == "pending" and asked.at > window.due
    given = _scope(asked, min(asked.at, window.due)) | _from(after)
    given |= {"window": window.pk, "due": window.due, "extended": extended, "limit": limit + 1}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, given)
        cells = cursor.fetchall()
    found: list[tuple[Key, str]] = []
    for cell_id, lineage, bits in cells:
        at = bits.find("1", after[3] + 1 if after and after[2] == cell_id else 0)
        while at >= 0 and len(found) < limit:
            found.append(((window.pk, tuple(lineage), cell_id, at), ""))
            at = bits.find("1", at + 1)
    return found


def _judged_spots(asked: Asked, window: Window, after: Key | None, limit: int) -> list[tuple[Key, str]]:
    """The same from base rows, judged as of the moment."""
    given = _scope(asked, min(asked.at, window.due)) | _from(after)
    given |= {"window": window.pk, "regime": window.regime_id, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED, given)
        return [((window.pk, tuple(row[0]), row[1], row[2]), row[3]) for row in cursor.fetchall()]


_ROWS = (
    "SELECT e.id, g.id, e.subject_kind, e.subject_id, e.owed_kind, e.owed_id, c.place_id, c.unit_id, a.answerables, r.done_at,"
    " d.received_at, d.done_at, q.reason, q.actor_name, x.due,"
    " CASE WHEN t.excused IS NOT NULL AND s.ord < length(t.excused) AND get_bit(t.excused, s.ord) = 1 THEN 'excused'"
    "   WHEN t.late IS NOT NULL AND s.ord < length(t.late) AND get_bit(t.late, s.ord) = 1 THEN 'late'"
    "   WHEN s.ord < length(t.done) AND get_bit(t.done, s.ord) = 1 THEN 'on_time'"
    "   WHEN %(at)s <= greatest(%(due)s, x.due) THEN 'pending' ELSE 'missing' END"
    " FROM unnest(%(cells)s::bigint[], %(ords)s::int[]) WITH ORDINALITY AS k (cell, ord, place)"
    " JOIN ledger_seat s ON s.cell_id = k.cell AND s.ord = k.ord"
    " LEFT JOIN ledger_tally t ON t.window_id = %(window)s AND t.cell_id = k.cell"
    " JOIN ledger_enrolment e ON e.id = s.enrolment_id JOIN ledger_cell c ON c.id = s.cell_id JOIN ledger_regime g ON g.id = e.regime_id"
    " CROSS JOIN LATERAL (SELECT y.answerables FROM ledger_seat y WHERE y.enrolment_id = e.id AND y.answerables IS NOT NULL"
    "   AND y.at <= %(due)s AND y.known_at <= least(%(due)s, %(at)s) ORDER BY y.at DESC, y.known_at DESC, y.uuid DESC LIMIT 1) a"
    " LEFT JOIN LATERAL (SELECT r.done_at FROM ledger_record r WHERE r.subject_kind = e.subject_kind AND r.subject_id = e.subject_id"
    "   AND r.received_at <= %(at)s ORDER BY r.done_at DESC LIMIT 1) r ON true"
    " LEFT JOIN ledger_discharge d ON d.window_id = %(window)s AND d.enrolment_id = e.id AND d.received_at <= %(at)s"
    " LEFT JOIN LATERAL (SELECT q.reason, q.actor_name FROM ledger_excuse q WHERE q.enrolment_id = e.id AND q.since <= %(due)s"
    "   AND q.until > %(due)s AND q.known_at <= %(at)s AND (q.removed_at IS NULL OR q.removed_at > %(at)s) ORDER BY q.known_at DESC LIMIT 1) q ON true"
    " LEFT JOIN ledger_extension x ON x.window_id = %(window)s AND x.enrolment_id = e.id"
    " ORDER BY k.place"
)


def _rows(asked: Asked, window: Window, spots: Sequence[tuple[Key, str]]) -> list[Row]:
    if not spots:
        return []
    given: dict[str, Any] = {"at": asked.at, "due": window.due, "window": window.pk}
    given |= {"cells": [key[2] for key, _s in spots], "ords": [key[3] for key, _s in spots]}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, given)
        found = cursor.fetchall()
    return [
        Row(
            key=key, standing=told or row[15], enrolment_id=row[0], regime_id=row[1], regime=window.regime.title, window=window.name,
            due=window.due, subject_kind=row[2], subject_id=row[3], owed_kind=row[4], owed_id=row[5], place_id=row[6], unit_id=row[7],
            answerables=tuple(row[8]), last_report=row[9], received_at=row[10], done_at=row[11], excuse=row[12] or "",
            excused_by=row[13] or "", extended_to=None if asked.is_past else row[14],
        )
        for (key, told), row in zip(spots, found, strict=True)
    ]  # fmt: skip


_DUTIES = (
    "SELECT d.id, e.id, g.id, g.titles, g.key, d.name, s.due, e.subject_kind, e.subject_id, e.owed_kind, e.owed_id, c.place_id, c.unit_id,"
    " a.answerables, s.received_at, s.done_at, CASE WHEN s.due_now > s.due THEN s.due_now END, p.lineage,"
    " " + _STANDS + ""
    " FROM ledger_states('{}', '{}', ARRAY(SELECT y.id FROM ledger_duty y JOIN ledger_enrolment z ON z.id = y.enrolment_id"
    "   AND z.regime_id = ANY(%(regimes)s::bigint[]) WHERE y.opens >= %(start)s AND y.opens < %(end)s AND y.opens <= %(at)s AND y.id > %(after)s"
    "   AND (%(chosen)s::bigint[] IS NULL OR y.enrolment_id = ANY(%(chosen)s::bigint[]))), %(at)s) s"
    " JOIN ledger_duty d ON d.id = s.duty_id JOIN ledger_enrolment e ON e.id = s.enrolment_id JOIN ledger_regime g ON g.id = e.regime_id"
    " CROSS JOIN LATERAL (SELECT y.answerables FROM ledger_seat y WHERE y.enrolment_id = e.id AND y.answerables IS NOT NULL"
    "   AND y.at <= s.due AND y.known_at <= least(s.due, %(at)s) ORDER BY y.at DESC, y.known_at DESC, y.uuid DESC LIMIT 1) a"
    " JOIN ledger_cell c ON c.id = s.cell_id" + _DUTY_PATHS + _WITHIN + " AND " + _STANDS + _CHOSEN + ""
    " ORDER BY d.id LIMIT %(limit)s"
)


def _of_duties(
    asked: Asked, duties: tuple[Sequence[int], datetime, datetime], after: Key | None, limit: int
) -> list[Row]:
    given = _scope(asked, asked.at) | {"regimes": list(duties[0]), "start": duties[1], "end": duties[2]}
    with connection.cursor() as cursor:
        cursor.execute(_DUTIES, given | {"after": after[3] if after else 0, "limit": limit})
        rows = cursor.fetchall()
    return [
        Row(
            key=(0, tuple(row[17]), 0, row[0]), standing=row[18], enrolment_id=row[1], regime_id=row[2],
            regime=said(row[3]) or row[4], window=row[5], due=row[6], subject_kind=row[7], subject_id=row[8], owed_kind=row[9],
            owed_id=row[10], place_id=row[11], unit_id=row[12], answerables=tuple(row[13]), last_report=None, received_at=row[14],
            done_at=row[15], excuse="", excused_by="", extended_to=row[16],
        )
        for row in rows
    ]  # fmt: skip


def _put_names(viewer: Viewer, rows: Sequence[Row]) -> None:
    names.put_names(viewer, rows)
    places = names.named(viewer, "place", {row.place_id for row in rows})
    units = names.named(viewer, "unit", {row.unit_id for row in rows if row.unit_id is not None})
    others = {one for row in rows for one in row.answerables if (row.subject_kind, one) != ("person", row.subject_id)}
    people = names.named(viewer, "person", others)
    chased = last_chased({row.enrolment_id for row in rows})
    for row in rows:
        row.chased = chased.get(row.enrolment_id)
        row.place = places.get(row.place_id, ("", ""))[0]
        row.unit = units.get(row.unit_id, ("", ""))[0] if row.unit_id is not None else ""
        row.answerers = tuple(people[one] for one in row.answerables if one in people)
