"""Who may answer for whom: the one who owes, the answerables, and whoever files for the place or unit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from bulou.modules.ledger.models import Absence
from bulou.modules.ledger.queries.reach import reach
from bulou.platform.access.viewer import Viewer

FILE = "ledger.file_record"


def may_file(viewer: Viewer, kind: str, subject_id: int, *, now: datetime | None = None) -> bool:
    """Whether the viewer may file about a subject: by office where it counts, or because it is theirs to answer, or (at `now`) somebody's
    for whom they stand in.
    """
    if viewer.is_system:
        return True
    people = [viewer.person_id] if viewer.person_id is not None else []
    people += stood_in_for(people[0], now) if people and now is not None else []
    if any(subject_id in subjects_answered_by(person, kind, [subject_id]) for person in people):
        return True
    return bool(subjects_within(viewer, FILE, kind, [subject_id]))


def stood_in_for(person_id: int, now: datetime) -> list[int]:
    """The persons who are away at `now` and have named this one their deputy."""
    away = Absence.objects.filter(deputy_id=person_id, ended_at=None, since__lte=now, until__gt=now)
    return list(away.values_list("person_id", flat=True).distinct())


def subjects_answered_by(person_id: int, kind: str, ids: Iterable[int]) -> set[int]:
    """Which of these subjects a person owes for or may answer for, now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.subject_id FROM ledger_enrolment e"
            " CROSS JOIN LATERAL (SELECT s.answerables FROM ledger_seat s WHERE s.enrolment_id = e.id AND s.answerables IS NOT NULL"
            "   ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC LIMIT 1) s"
            " WHERE e.subject_kind = %s AND e.subject_id = ANY(%s::bigint[])"
            " AND ((e.owed_kind = 'person' AND e.owed_id = %s) OR %s = ANY(s.answerables))",
            [kind, list(ids), person_id, person_id],
        )
        return {row[0] for row in cursor.fetchall()}


def subjects_within(viewer: Viewer, permission: str, kind: str, ids: Iterable[int]) -> set[int]:
    """Which of these subjects have an enrolment that counts, as far as is known, where the viewer holds the permission."""
    wanted = list(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT g.operation_id FROM ledger_enrolment e JOIN ledger_regime g ON g.id = e.regime_id"
            " WHERE e.subject_kind = %s AND e.subject_id = ANY(%s::bigint[])",
            [kind, wanted],
        )
        operations = [row[0] for row in cursor.fetchall()]
        found: set[int] = set()
        for operation_id in operations:
            mine = reach(viewer, permission, operation_id)
            if mine.is_nothing:
                continue
            cursor.execute(
                "SELECT DISTINCT e.subject_id FROM ledger_enrolment e JOIN ledger_regime g ON g.id = e.regime_id AND g.operation_id = %s"
                " CROSS JOIN LATERAL (SELECT s.cell_id FROM ledger_seat s WHERE s.enrolment_id = e.id"
                "   ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC LIMIT 1) s"
                " JOIN ledger_cell c ON c.id = s.cell_id"
                " JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.until = timestamptz '9999-12-31 00:00+00'"
                " LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.until = timestamptz '9999-12-31 00:00+00'"
                " WHERE e.subject_kind = %s AND e.subject_id = ANY(%s::bigint[])"
                " AND EXISTS (SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS k (place, unit)"
                "   WHERE (k.place IS NULL OR k.place = ANY(p.lineage)) AND (k.unit IS NULL OR k.unit = ANY(u.lineage)))",
                [operation_id, kind, wanted, list(mine.places), list(mine.units)],
            )
            found |= {row[0] for row in cursor.fetchall()}
    return found
