"""Forgetting people whose time is over: the content is deleted for real, the row stays as a count. Runs as the role bulou_forget."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from bulou.platform import clock

_DUE = """
WITH RECURSIVE over(id) AS (
    SELECT id FROM registry_person WHERE keep_until < %s AND forgotten_at IS NULL AND merged_into_id IS NULL
  UNION
    SELECT p.id FROM registry_person p JOIN over ON p.merged_into_id = over.id WHERE p.forgotten_at IS NULL
)
SELECT id FROM over ORDER BY id
"""
# In this order; each statement names only what the migration lets bulou_forget change.
_DELETED = (
    "DELETE FROM registry_document WHERE person_id = ANY(%(ids)s)",
    "DELETE FROM registry_phone WHERE person_id = ANY(%(ids)s)",
    "DELETE FROM registry_relation WHERE person_id = ANY(%(ids)s) OR relative_id = ANY(%(ids)s)",
    "DELETE FROM registry_personversion WHERE person_id = ANY(%(ids)s)",
    "DELETE FROM registry_duplicate WHERE first_id = ANY(%(ids)s) OR second_id = ANY(%(ids)s)",
    "UPDATE registry_merge SET moved = '{}', why = '' WHERE kept_id = ANY(%(ids)s) OR absorbed_id = ANY(%(ids)s)",
    """UPDATE registry_household h SET address = '' WHERE h.id IN (SELECT household_id FROM registry_person WHERE id = ANY(%(ids)s))
       AND NOT EXISTS (SELECT FROM registry_person p WHERE p.household_id = h.id AND p.forgotten_at IS NULL AND p.id <> ALL(%(ids)s))""",
    """UPDATE registry_person SET name = '', other_name = '', name_key = '', initials = '', grams = '{}', sex = '', born_on = NULL,
       code = NULL, address = '', employer = '', languages = '{}', qualifications = '{}', no_document = '', relation = '', ends = coalesce(ends, %(now)s),
       forgotten_at = coalesce(forgotten_at, %(now)s)
       WHERE id = ANY(%(ids)s)""",
)


def people_due(now: datetime) -> list[int]:
    """The people whose last day (`keep_until`, inclusive) is over and who are not forgotten yet, with every row merged into them."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [clock.local_day(now)])
        return [row[0] for row in cursor.fetchall()]


def forget_people(ids: list[int]) -> None:
    """Delete what is kept of these people: names, documents, telephones, relatives, versions, addresses. May be called again (a restore does)."""
    now = clock.now()  # the expiry log holds the time that counts; the column only says that it was done
    with connection.cursor() as cursor:
        for words in _DELETED:
            cursor.execute(words, {"ids": ids, "now": now})
