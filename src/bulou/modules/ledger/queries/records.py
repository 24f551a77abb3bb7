"""One record with its versions, for whoever may file about its subject: they read it to put it right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404

from bulou.core.facts import Kind
from bulou.modules.ledger.models import Enrolment, Record, RecordVersion
from bulou.modules.ledger.queries.answering import may_file
from bulou.modules.ledger.queries.asked import Asked, asked
from bulou.modules.ledger.queries.names import named
from bulou.platform import vault
from bulou.platform.access.viewer import Viewer, system

PURPOSE = "ledger.record"


@dataclass(frozen=True, slots=True)
class Told:
    """What a version says: its number (the first is 1), when it was received, from whom, why, and all its facts, sealed ones opened."""

    number: int
    at: datetime
    who: str
    why: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A record: about whom, done when, by which way it came, its versions newest first, and the facts it speaks of."""

    id: int
    subject_kind: str
    subject_id: int
    name: str
    done_at: datetime
    source: str
    is_list: bool
    versions: tuple[Told, ...]
    asked: tuple[Asked, ...]

    @property
    def now(self) -> Told:
        """What it says now."""
        return self.versions[0]


def record_page(viewer: Viewer, record_id: int, *, now: datetime) -> RecordPage:
    """A record the viewer may file about; Http404 otherwise. Whoever shows it logs the look."""
    record = Record.objects.filter(pk=record_id).first()
    if record is None or not may_file(viewer, record.subject_kind, record.subject_id, now=now):
        raise Http404
    about = {"subject_kind": record.subject_kind, "subject_id": record.subject_id}
    operation_id = Enrolment.objects.filter(**about).values_list("regime__operation_id", flat=True).last()
    rows: list[Record | RecordVersion] = [record, *record.versions.order_by("number")]
    facts = asked(operation_id or 0, sorted({code for row in rows for code in row.stated}))
    kinds = {one.code: one.fact.kind for one in facts}
    versions = tuple(_told(row, record, kinds, number) for number, row in enumerate(rows, start=1))[::-1]
    name = named(system("record"), record.subject_kind, [record.subject_id]).get(record.subject_id, ("", ""))[0]
    return RecordPage(
        record.pk,
        record.subject_kind,
        record.subject_id,
        name,
        record.done_at,
        record.source,
        record.lines is not None,
        versions,
        tuple(facts),
    )


def _told(row: Record | RecordVersion, record: Record, kinds: dict[str, Kind], number: int) -> Told:
    hidden = json.loads(vault.unseal(row.sealed, purpose=PURPOSE, about=record.uuid)) if row.sealed else {}
    plain = row.facts | {code: value for code, value in hidden.items() if ":" not in code}
    facts = {code: _value(kinds.get(code), value) for code, value in plain.items()}
    said = number if isinstance(row, Record) else row.number
    return Told(said, row.received_at, row.filed_by_name, "" if isinstance(row, Record) else row.reason, facts)


def _value(kind: Kind | None, value: Any) -> Any:
    if kind is Kind.MOMENT and isinstance(value, str):
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
