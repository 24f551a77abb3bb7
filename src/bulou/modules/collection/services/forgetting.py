"""Forgetting what was sent: XML, answers and files go when a form's days are over, and when the person they are about is forgotten.

What remains is that something came, when, from whom and what it counted for. Runs as the role bulou_forget.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from bulou.modules.registry.services.people_forgetting import people_due

_OVER = """
SELECT s.id FROM collection_form f JOIN collection_submission s ON s.form_id = f.id
 WHERE f.keep_days IS NOT NULL AND s.received_at < %(now)s - make_interval(days => f.keep_days) AND s.xml IS NOT NULL
"""
_ABOUT = """
SELECT s.id FROM collection_submission s
 WHERE s.subject_kind = 'person' AND s.subject_id = ANY(%(people)s::bigint[]) AND s.xml IS NOT NULL
UNION
SELECT h.submission_id FROM collection_held h JOIN collection_submission s ON s.id = h.submission_id
 WHERE h.subject_kind = 'person' AND h.subject_id = ANY(%(people)s::bigint[]) AND s.xml IS NOT NULL
"""
_EMPTIED = (
    "UPDATE collection_attachment SET sealed = NULL WHERE submission_id = ANY(%(ids)s)",
    "UPDATE collection_held h SET xml = NULL, detail = '{}', why = '' FROM collection_submission s"
    " WHERE s.id = ANY(%(ids)s) AND (h.submission_id = s.id OR h.instance_id = s.instance_id)",
    "UPDATE collection_submission SET xml = NULL, answers = NULL, sealed = NULL WHERE id = ANY(%(ids)s)",
)


def submissions_due(now: datetime) -> list[int]:
    """The submissions whose form keeps them no longer than until `now`, and those about people who are forgotten at `now`."""
    people = people_due(now)
    with connection.cursor() as cursor:
        cursor.execute(_OVER + (f"UNION {_ABOUT}" if people else "") + " ORDER BY 1", {"now": now, "people": people})
        return [row[0] for row in cursor.fetchall()]


def forget_submissions(ids: list[int]) -> None:
    """Delete what these submissions say. May be called again (a restore does)."""
    with connection.cursor() as cursor:
        for words in _EMPTIED:
            cursor.execute(words, {"ids": ids})
