"""Forgetting in the journal itself: what a line says beyond who, when and which ids goes with its subject. Runs as the forgetting role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from bulou.platform.journal.sealed import FEW
from bulou.platform.journal.sealing import take_turns


def forget_about(kind: str, subjects: Sequence[int], now: datetime) -> dict[str, list[int]]:
    """Empty the lines and looks about these subjects and destroy their secrets; gives, by kind, every subject whose secret is gone.

    A line about a few subjects goes when one of them goes; a batch stays: it says nothing about one of them.
    """
    take_turns()
    lines = _empty("UPDATE journal_line SET why = '', data = '{}'", kind, subjects)
    looks = _empty("UPDATE journal_look SET why = ''", kind, subjects)
    gone = {kind: list(subjects), "journal.line": lines, "journal.look": looks}
    for which, ids in gone.items():
        destroy_salts(which, ids, now)
    return {which: ids for which, ids in gone.items() if ids}


def destroy_salts(kind: str, subjects: Sequence[int], now: datetime) -> None:
    """Destroy the secrets of these subjects' digests. The rows that remain say only that something was, and when it was forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_salt SET salt = NULL, forgotten_at = %s WHERE kind = %s AND subject = ANY(%s) AND salt IS NOT NULL",
            [now, kind, list(subjects)],
        )


def _empty(words: str, kind: str, subjects: Sequence[int]) -> list[int]:
    """Run the update on the lines about few subjects; gives the ids of those about more than one (they have a secret of their own)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{words} WHERE kind = %s AND subjects && %s::bigint[] AND cardinality(subjects) <= %s"
            " RETURNING id, cardinality(subjects)",
            [kind, list(subjects), FEW],
        )
        return [row_id for row_id, count in cursor.fetchall() if count > 1]
