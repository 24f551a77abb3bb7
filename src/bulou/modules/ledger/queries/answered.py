"""What a record answered: the obligations it discharged, for the page of whatever brought the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bulou.modules.ledger.models import Discharge, Enrolment, Record, Window


@dataclass(frozen=True, slots=True)
class Answered:
    """An obligation that a record discharged: of which regime and window, due when, and whether it came late."""

    enrolment_id: int
    title: str
    due: datetime
    is_late: bool


def answered_by(record_id: int) -> list[Answered]:
    """The windows a record answered, earliest due first. Not scoped: whoever shows it has asked about the record's subject."""
    record = Record.objects.filter(pk=record_id).first()
    if record is None:
        return []
    enrolled = Enrolment.objects.select_related("regime").in_bulk(
        Enrolment.objects.filter(subject_kind=record.subject_kind, subject_id=record.subject_id).values_list(
            "pk", flat=True
        )
    )
    windows = Window.objects.filter(
        regime_id__in={one.regime_id for one in enrolled.values()}, opens__lte=record.done_at, closes__gt=record.done_at
    ).in_bulk()
    found = Discharge.objects.filter(window_id__in=list(windows), enrolment_id__in=list(enrolled), record_id=record_id)
    rows = [
        Answered(row.enrolment_id, enrolled[row.enrolment_id].regime.title, windows[row.window_id].due, row.is_late)
        for row in found
    ]
    return sorted(rows, key=lambda one: one.due)
