"""Writing journal lines. Called by every service inside its own transaction, so that the line and the change stand or fall together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

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
