"""My duties: what a person owes now, for themselves and for others, and what they have done of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from bulou.core.standing import Standing
from bulou.modules.ledger.models import Regime
from bulou.modules.ledger.queries import names
from bulou.modules.ledger.queries.answering import FILE, stood_in_for
from bulou.platform.access.viewer import Viewer, system


@dataclass(slots=True)
class OwedNow:
    """One open obligation of the viewer. `window_id` or `duty_id` says which; `due` is the later one where a decision gave time.

    `is_about_me`: the subject is the viewer. `name` is the subject's, in clear: whoever answers for somebody knows who that is.
    """

    enrolment_id: int
    regime: Regime
    subject_kind: str
    subject_id: int
    window_id: int | None
    duty_id: int | None
    title: str
    opens: datetime
    due: datetime
    closes: datetime
    asks: tuple[str, ...]
    is_list: bool
    standing: Standing
    received_at: datetime | None = None
    record_id: int | None = None
    is_about_me: bool = False
    name: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.standing in (Standing.PENDING, Standing.MISSING)


def duties_of(viewer: Viewer, *, now: datetime) -> list[OwedNow]:
    """What is open at `now` (opens ≤ now < closes) and owed by the viewer's person, by somebody away whose deputy they are, or by a place or
    unit they file for, or theirs to answer; soonest due first, done ones included.
    """
    people = [] if viewer.person_id is None else [viewer.person_id, *stood_in_for(viewer.person_id, now)]
    kinds, ids = _owners(viewer, people)
    if not ids:
        return []
    rows = _calendar_rows(people, kinds, ids, now) + _duty_rows(people, kinds, ids, now)
    regimes = Regime.objects.in_bulk({row[1] for row in rows})
    found = [_owed(viewer, row, regimes[row[1]], now) for row in rows]
    _name(found)
    return sorted(found, key=lambda one: (one.due, not one.is_about_me, one.name, one.enrolment_id))


def _owners(viewer: Viewer, people: Sequence[int]) -> tuple[list[str], list[int]]:
    """Who owes what the viewer has to do: the person and whom they stand in for, and the places and units a grant to file names."""
    owners = {("person", person) for person in people}
    for grant in viewer.scopes(FILE):
        if grant.unit_id is not None:
            owners.add(("unit", grant.unit_id))
        elif grant.place_id is not None:
            owners.add(("place", grant.place_id))
    return [kind for kind, _id in owners], [one for _kind, one in owners]


# Those whose enrolment names the owner, and those whose seat names the person as one who may answer.
_MINE = (
    "WITH mine AS ("
    " SELECT e.id FROM ledger_enrolment e JOIN unnest(%s::text[], %s::bigint[]) AS k (kind, id) ON k.kind = e.owed_kind AND k.id = e.owed_id"
    "  WHERE e.starts <= %s AND (e.ends IS NULL OR e.ends > %s - interval '2 days')"
    " UNION SELECT s.enrolment_id FROM ledger_seat s WHERE s.answerables && %s::bigint[]"
    "  AND s.answerables = (SELECT x.answerables FROM ledger_seat x WHERE x.enrolment_id = s.enrolment_id AND x.answerables IS NOT NULL"
    "   ORDER BY x.at DESC, x.known_at DESC, x.uuid DESC LIMIT 1))"
)


def _calendar_rows(
    people: Sequence[int], kinds: Sequence[str], ids: Sequence[int], now: datetime
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _MINE
            + " SELECT e.id, e.regime_id, e.subject_kind, e.subject_id, w.id, NULL, w.name, w.opens, coalesce(x.due, w.due), w.closes,"
            " w.asks, w.is_list, d.received_at, d.record_id, coalesce(d.is_late, false),"
            " coalesce(get_bit(t.excused, s.ord) = 1, false), d.record_id IS NOT NULL OR coalesce(x.is_done, false)"
            " FROM mine m JOIN ledger_enrolment e ON e.id = m.id"
            " JOIN ledger_window w ON w.regime_id = e.regime_id AND w.closes > %s AND w.opens <= %s"
            " CROSS JOIN LATERAL (SELECT z.cell_id, z.ord FROM ledger_seat z WHERE z.enrolment_id = e.id AND z.at <= w.due"
            "   AND z.known_at <= w.due ORDER BY z.at DESC, z.known_at DESC, z.uuid DESC LIMIT 1) s"
            " JOIN ledger_tally t ON t.window_id = w.id AND t.cell_id = s.cell_id AND s.ord < length(t.owed) AND get_bit(t.owed, s.ord) = 1"
            " LEFT JOIN ledger_discharge d ON d.window_id = w.id AND d.enrolment_id = e.id"
            " LEFT JOIN ledger_extension x ON x.window_id = w.id AND x.enrolment_id = e.id",
            [list(kinds), list(ids), now, now, list(people), now, now],
        )
        return cursor.fetchall()


def _duty_rows(people: Sequence[int], kinds: Sequence[str], ids: Sequence[int], now: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _MINE
            + " SELECT e.id, e.regime_id, e.subject_kind, e.subject_id, NULL, d.id, d.name, d.opens, coalesce(d.due_now, d.due), d.closes,"
            " coalesce(v.asks, '{}'), coalesce(v.is_list, false), d.received_at, d.record_id, d.is_late, d.is_excused, d.is_done"
            " FROM mine m JOIN ledger_enrolment e ON e.id = m.id"
            " JOIN ledger_duty d ON d.enrolment_id = e.id AND d.is_owed AND d.opens <= %s AND d.closes > %s"
            " LEFT JOIN LATERAL (SELECT r.asks, r.is_list FROM ledger_regimeversion r WHERE r.regime_id = e.regime_id AND r.since <= d.opens"
            "   ORDER BY r.number DESC LIMIT 1) v ON true",
            [list(kinds), list(ids), now, now, list(people), now, now],
        )
        return cursor.fetchall()


def _owed(viewer: Viewer, row: tuple[Any, ...], regime: Regime, now: datetime) -> OwedNow:
    (
        enrolment,
        _regime,
        kind,
        subject,
        window,
        duty,
        title,
        opens,
        due,
        closes,
        asks,
        is_list,
        received,
        record,
        is_late,
        is_excused,
        is_done,
    ) = row
    if is_excused:
        standing = Standing.EXCUSED
    elif is_done:
        standing = Standing.LATE if is_late else Standing.ON_TIME
    else:
        standing = Standing.MISSING if now > due else Standing.PENDING
    me = kind == "person" and subject == viewer.person_id
    return OwedNow(
        enrolment,
        regime,
        kind,
        subject,
        window,
        duty,
        title,
        opens,
        due,
        closes,
        tuple(asks),
        is_list,
        standing,
        received,
        record,
        me,
    )


def _name(rows: Sequence[OwedNow]) -> None:
    """In clear, whatever the role: these are the viewer's own people."""
    for kind in {row.subject_kind for row in rows}:
        found = names.named(system("my duties"), kind, {row.subject_id for row in rows if row.subject_kind == kind})
        for row in rows:
            if row.subject_kind == kind:
                row.name = found.get(row.subject_id, ("", ""))[0]


def subjects_of(person_id: int, *, now: datetime, operation_id: int | None = None) -> dict[str, set[int]]:
    """Whom a person owes for or may answer for at `now` (of one operation, if told): ids by kind of subject. Not scoped: these are their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MINE + " SELECT DISTINCT e.subject_kind, e.subject_id FROM mine m JOIN ledger_enrolment e ON e.id = m.id"
            " JOIN ledger_regime g ON g.id = e.regime_id AND (%s::bigint IS NULL OR g.operation_id = %s)"
            " WHERE e.starts <= %s AND (e.ends IS NULL OR e.ends > %s)",
            [["person"], [person_id], now, now, [person_id], operation_id, operation_id, now, now],
        )
        found: dict[str, set[int]] = {}
        for kind, subject_id in cursor.fetchall():
            found.setdefault(kind, set()).add(subject_id)
        return found
