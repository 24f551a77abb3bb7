"""Writing journal lines. Called by every service inside its own transaction, so that the line and the change stand or fall together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.models import Line, Look
from bulou.platform.manifest import manifests


def write(
    *,
    by: Viewer,
    action: str,
    kind: str,
    subjects: Iterable[int],
    now: datetime,
    happened_at: datetime | None = None,
    place_id: int | None = None,
    why: str = "",
    data: Mapping[str, Any] | None = None,
) -> int:
    """Write one line and give its id.

    `action` is `module.past_tense`; `kind` says what the `subjects` are ids of (`registry.person`); `now` is when it was learned,
    `happened_at` when it happened (the same, unless told). `data` is small, JSON, and never holds an identity number or a note.
    Modules that listen to the action (`listens` of their manifests) are called at once, lowest floor first, in the same transaction.
    """
    line = Line.objects.create(
        at=now,
        happened_at=happened_at or now,
        action=action,
        actor_id=by.user_id,
        actor_name=by.name,
        kind=kind,
        subjects=list(subjects),
        place_id=place_id,
        why=why,
        data=dict(data or {}),
    )
    for manifest in manifests():
        if heard := manifest.listens.get(action):
            heard(line=line, by=by, now=now)
    return line.pk


def note_look(*, by: Viewer, kind: str, subjects: Iterable[int], what: str, now: datetime, why: str = "") -> None:
    """Log a look at sensitive rows: `what` was seen (`identity_number`, `list`, …) of which subjects, and the reason given."""
    Look.objects.create(
        at=now, actor_id=by.user_id, actor_name=by.name, kind=kind, subjects=list(subjects), what=what, why=why
    )


def note_looks(*, by: Viewer, kind: str, subjects: QuerySet[Any, Any], what: str, now: datetime, why: str = "") -> None:
    """The same for very many: `subjects` is a query of ids alone, of any size; one line for each ten thousand, made in the database."""
    words, values = subjects.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_look (at, actor_id, actor_name, kind, subjects, what, why)"
            " SELECT %s, %s, %s, %s, array_agg(z.id), %s, %s FROM ("
            f"  SELECT y.id, (row_number() OVER (ORDER BY y.id) - 1) / 10000 AS part FROM (SELECT DISTINCT x.* FROM ({words}) x) y (id)"
            " ) z GROUP BY z.part",
            [now, by.user_id, by.name, kind, what, why, *values],
        )
