"""Folding the tallies: many small steps become one row a place. Done by a job, changes no sum, may run twice or at once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def fold_tallies(now: datetime) -> int:
    """Fold the tallies if there are more than a few for each place; gives how many rows were folded.

    A second one running at once waits for the rows the first takes, finds them gone and folds nothing twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) > 100 + 4 * count(DISTINCT place_id) FROM registry_tally")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("""
            WITH taken AS (DELETE FROM registry_tally RETURNING place_id, people, households),
                 folded AS (INSERT INTO registry_tally (place_id, people, households)
                            SELECT place_id, sum(people), sum(households) FROM taken GROUP BY place_id
                            HAVING sum(people) <> 0 OR sum(households) <> 0)
            SELECT count(*) FROM taken""")
        return cursor.fetchone()[0]
