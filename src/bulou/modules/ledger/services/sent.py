"""What devices sent, told to the ledger beyond one new record: corrections and the lines of lists. Called inside a transaction in which the
caller (collection) has judged, as at the moment it happened, whether the sender may; it asks no permission.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection

from bulou.modules.ledger.models import Record
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.content import Content, content
from bulou.modules.ledger.services.filing import add_version
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write


def correct_as_sent(*, by: Viewer, record_id: int, said: Content, why: str, now: datetime) -> int:
    """A further version of a record with this content; gives its number. What it answers is settled anew."""
    record = Record.objects.get(pk=record_id)
    store.hold(record.subject_kind, [record.subject_id])
    made = add_version(by, record, said, why[:400], now, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_resettle(%s, %s, %s)", [record.subject_kind, record.subject_id, record.done_at])
    write(
        by=by, action="ledger.record_corrected", kind=f"registry.{record.subject_kind}", subjects=[record.subject_id], now=now,
        why=made.reason, data={"record": record.pk, "version": made.number},
    )  # fmt: skip
    return made.number


def file_lines_as_sent(
    *, by: Viewer, record_id: int, uuid: UUID, lines: Sequence[tuple[int | None, Mapping[str, Any]]], secret: frozenset[str]
) -> None:  # fmt: skip
    """The lines of a list return about known persons, (person, facts) each, filed as those persons' records (core.listing.records_of)."""
    record = Record.objects.get(pk=record_id)
    for number, (subject_id, facts) in enumerate(lines, start=1):
        if subject_id is None:
            continue
        key = uuid5(uuid, str(number))
        one = content(key, facts, None, secret)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record_id FROM ledger_file(%s, 'person', %s, %s::jsonb, %s::text[], %s, NULL, NULL, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    key, subject_id, json.dumps(one.facts), one.stated, one.sealed, record.happened_at, record.received_at, record.done_at,
                    record.is_doubtful, by.user_id, by.person_id, by.name[:80], record.source, record.device,
                ],
            )  # fmt: skip
