"""Forgetting the reasons and notes about people whose time is over. Runs as the role bulou_forget. What they answered goes before it
(services.forgetting_answers).

The registry forgets the person after this (highest floor first), and with it the secret its rows are sealed under.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from bulou.modules.registry.services.people_forgetting import people_due

_EMPTIED = (
    "UPDATE ledger_reviewstep s SET reason = '' FROM ledger_record r"
    " WHERE r.id = s.record_id AND r.subject_kind = 'person' AND r.subject_id = ANY(%(ids)s)",
    "UPDATE ledger_seat s SET reason = '' FROM ledger_enrolment e"
    " WHERE e.id = s.enrolment_id AND e.subject_kind = 'person' AND e.subject_id = ANY(%(ids)s)",
    "UPDATE ledger_ending s SET reason = '' FROM ledger_enrolment e"
    " WHERE e.id = s.enrolment_id AND e.subject_kind = 'person' AND e.subject_id = ANY(%(ids)s)",
    "UPDATE ledger_gapreason s SET reason = '' FROM ledger_enrolment e"
    " WHERE e.id = s.enrolment_id AND e.subject_kind = 'person' AND e.subject_id = ANY(%(ids)s)",
    "UPDATE ledger_excuse s SET reason = '', removal_reason = '' FROM ledger_enrolment e"
    " WHERE e.id = s.enrolment_id AND e.subject_kind = 'person' AND e.subject_id = ANY(%(ids)s)",
    "UPDATE ledger_excuserequest s SET reason = '', decision_reason = '' FROM ledger_enrolment e"
    " WHERE e.id = s.enrolment_id AND e.subject_kind = 'person' AND e.subject_id = ANY(%(ids)s)",
    "UPDATE ledger_call s SET note = '' FROM ledger_enrolment e"
    " WHERE e.id = s.enrolment_id AND e.subject_kind = 'person' AND e.subject_id = ANY(%(ids)s)",
    "UPDATE ledger_absence SET reason = '' WHERE person_id = ANY(%(ids)s)",
    "UPDATE ledger_enrolment SET reason = '' WHERE subject_kind = 'person' AND subject_id = ANY(%(ids)s)",
)


def reports_due(now: datetime) -> list[int]:
    """The people whose time is over and about whom something was reported or who were enrolled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT subject_id FROM (SELECT subject_id FROM ledger_record WHERE subject_kind = 'person' AND subject_id = ANY(%s::bigint[])"
            " UNION SELECT subject_id FROM ledger_enrolment WHERE subject_kind = 'person' AND subject_id = ANY(%s::bigint[])) AS s",
            [(ids := people_due(now)), ids],
        )
        return [row[0] for row in cursor.fetchall()]


def forget_reports(ids: list[int]) -> None:
    """Delete what was said of these people in reasons and notes. May be called again (a restore does)."""
    with connection.cursor() as cursor:
        for words in _EMPTIED:
            cursor.execute(words, {"ids": ids})
