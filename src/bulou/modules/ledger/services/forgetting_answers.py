"""Forgetting what was answered when the days of its regimes are over: facts, sealed facts and lines go, counts stay. As the role bulou_forget.

What is forgotten together is what was reported about one subject in one month (UTC), a *batch*: its rows are sealed under one secret, which goes with
them. A batch goes once nothing in it is kept any longer: a report is kept as long as any regime its subject was under when it came, to the
last of `keep_days` after the operation's end; about somebody under none, as long as any regime of that time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from bulou.modules.ledger.models import Regime
from bulou.modules.ledger.models.enrolments import SubjectKind
from bulou.modules.ledger.rules.batches import kind_of, subject_of
from bulou.modules.registry.services.people_forgetting import people_due
from bulou.platform.manifest import Forgets

AGAIN = timedelta(days=7)
# rules.batches.batch_of, of a record `r`.
BATCH = (
    "r.subject_id * 100000 + (extract(year FROM r.received_at AT TIME ZONE 'UTC')::bigint - 1900) * 12"
    " + extract(month FROM r.received_at AT TIME ZONE 'UTC')::bigint"
)
_OVER = (
    "SELECT " + BATCH + " FROM ledger_record r WHERE r.subject_kind = %(kind)s GROUP BY 1"
    " HAVING bool_or(r.facts <> '{}' OR r.sealed IS NOT NULL OR r.lines IS NOT NULL OR EXISTS (SELECT FROM ledger_recordversion v"
    "  WHERE v.record_id = r.id AND (v.facts <> '{}' OR v.sealed IS NOT NULL OR v.lines IS NOT NULL)))"
    " AND NOT bool_or(EXISTS (SELECT FROM ledger_enrolment e WHERE e.subject_kind = r.subject_kind AND e.subject_id = r.subject_id"
    "   AND e.regime_id = ANY(%(kept)s::bigint[]) AND e.starts <= r.received_at AND (e.ends IS NULL OR e.ends > r.done_at))"
    "  OR NOT EXISTS (SELECT FROM ledger_enrolment e WHERE e.subject_kind = r.subject_kind AND e.subject_id = r.subject_id"
    "    AND e.starts <= r.received_at)"
    "   AND EXISTS (SELECT FROM unnest(%(begun)s::timestamptz[]) AS g (since) WHERE g.since <= r.received_at))"
    " ORDER BY 1"
)
_OF_PEOPLE = (
    "SELECT DISTINCT "
    + BATCH
    + " FROM ledger_record r WHERE r.subject_kind = 'person' AND r.subject_id = ANY(%s::bigint[])"
)
_HERE = (
    " r.subject_kind = %(kind)s AND r.subject_id = ANY(%(subjects)s::bigint[]) AND "
    + BATCH
    + " = ANY(%(batches)s::bigint[])"
)
_EMPTIED = (
    "UPDATE ledger_recordversion v SET facts = '{}', sealed = NULL, lines = NULL FROM ledger_record r WHERE r.id = v.record_id AND"
    + _HERE,
    "UPDATE ledger_record r SET facts = '{}', sealed = NULL, lines = NULL WHERE" + _HERE,
)


def forgets() -> tuple[Forgets, ...]:
    """One for each kind of subject."""
    return tuple(Forgets(kind_of(kind), _due(kind), _forget(kind)) for kind in SubjectKind.values)


def answers_due(subject_kind: str, now: datetime) -> list[int]:
    """The batches nothing keeps any longer at `now`, and every batch about people whose own time is over.

    All reports are searched when the time of a regime is over, and once a week from then on (somebody may still have corrected one).
    """
    found = _numbers(_OF_PEOPLE, [people_due(now)]) if subject_kind == SubjectKind.PERSON else []
    over, kept = _regimes(now)
    if any(one.searched_at is None or one.searched_at <= now - AGAIN for one in over):
        begun = [one.operation.started_at for one in kept]
        found += _numbers(_OVER, {"kind": subject_kind, "kept": [one.pk for one in kept], "begun": begun})
        if subject_kind == SubjectKind.values[-1]:
            _note_search([one.pk for one in over], now)
    return sorted(set(found))


def forget_answers(subject_kind: str, batches: list[int]) -> None:
    """Delete what these batches say. May be called again (a restore does)."""
    values: dict[str, Any] = {
        "kind": subject_kind,
        "batches": batches,
        "subjects": [subject_of(one) for one in batches],
    }
    with connection.cursor() as cursor:
        for words in _EMPTIED:
            cursor.execute(words, values)


def _due(kind: str) -> Callable[[datetime], list[int]]:
    return lambda now: answers_due(kind, now)


def _forget(kind: str) -> Callable[[list[int]], None]:
    return lambda batches: forget_answers(kind, batches)


def _regimes(now: datetime) -> tuple[list[Regime], list[Regime]]:
    """The regimes whose days are over at `now`, and those that keep their answers."""
    every = list(Regime.objects.select_related("operation"))
    over = [one for one in every if (end := one.operation.ended_at) and end + timedelta(days=one.keep_days) <= now]
    gone = {one.pk for one in over}
    return over, [one for one in every if one.pk not in gone]


def _note_search(regimes: list[int], now: datetime) -> None:
    """That every kind of subject has been searched: the last of them ends a run."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_regime SET searched_at = %s WHERE id = ANY(%s::bigint[])", [now, regimes])


def _numbers(words: str, values: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return [row[0] for row in cursor.fetchall()]
