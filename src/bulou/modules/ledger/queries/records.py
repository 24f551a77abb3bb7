"""One record with its versions and, of a list, its lines: for whoever may file about its subject, and whoever may see what was reported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import Http404

from bulou.core.facts import Kind
from bulou.modules.ledger.models import Discharge, Enrolment, Record, RecordVersion
from bulou.modules.ledger.queries import lists, registers
from bulou.modules.ledger.queries.answering import may_file
from bulou.modules.ledger.queries.asked import Asked, asked, catalogue
from bulou.modules.ledger.queries.lists import LineTold
from bulou.modules.ledger.queries.names import named
from bulou.modules.ledger.queries.standings import Row
from bulou.modules.ledger.rules.batches import batch_of, kind_of
from bulou.platform import vault
from bulou.platform.access.viewer import Viewer, system
from bulou.platform.expiry.queries import forgotten as expired

PURPOSE = "ledger.record"


@dataclass(frozen=True, slots=True)
class Told:
    """What a version says: its number (the first is 1), when it was received, from whom, why, all its facts, sealed ones opened, and of a list how
    many lines it has.
    """

    number: int
    at: datetime
    who: str
    why: str
    facts: dict[str, Any]
    n_lines: int = 0


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A record: about whom, done when, by which way it came, its versions newest first, and the facts it speaks of.

    Of a list `lines` are those of the newest version, `line_facts` what they speak of, `window_id` the window it was filed for.
    `forgotten_at` = when what it said was forgotten.
    """

    id: int
    subject_kind: str
    subject_id: int
    name: str
    done_at: datetime
    source: str
    is_list: bool
    versions: tuple[Told, ...]
    asked: tuple[Asked, ...]
    lines: tuple[LineTold, ...] = ()
    line_facts: tuple[Asked, ...] = ()
    window_id: int | None = None
    forgotten_at: datetime | None = None

    @property
    def now(self) -> Told:
        """What it says now."""
        return self.versions[0]


def record_page(viewer: Viewer, record_id: int, *, now: datetime) -> RecordPage:
    """A record the viewer may file about; Http404 otherwise. Whoever shows it logs the look."""
    record = Record.objects.filter(pk=record_id).first()
    if record is None or not may_file(viewer, record.subject_kind, record.subject_id, now=now):
        raise Http404
    return _page(record, system("record"))


def record_read(viewer: Viewer, record_id: int) -> RecordPage:
    """A record the viewer may see the content of (ledger.view_content where its subject counts); Http404 otherwise. Names as the viewer may see
    them. Whoever shows it logs the look.
    """
    record = registers.records(viewer).filter(pk=record_id).first()
    if record is None:
        raise Http404
    return _page(record, viewer)


def facts_now(record: Record) -> dict[str, Any]:
    """What a record says as corrected last, sealed facts opened, as kept (moments as text). For verbs that correct a part of it."""
    newest = record.versions.order_by("-number").first() or record
    return _told(newest, record, {}, 0).facts


def put_records(viewer: Viewer, rows: Sequence[Row]) -> None:
    """Fill `record_id` of rows of standings with the report that answers each, for whoever may see what was reported."""
    if not viewer.may("ledger.view_content"):
        return
    windows = {(row.key[0], row.enrolment_id): row for row in rows if row.key[0]}
    found = Discharge.objects.filter(window_id__in={w for w, _e in windows}, enrolment_id__in={e for _w, e in windows})
    for window_id, enrolment_id, record_id in found.values_list("window_id", "enrolment_id", "record_id"):
        if row := windows.get((window_id, enrolment_id)):
            row.record_id = record_id


def _page(record: Record, names_for: Viewer) -> RecordPage:
    about = {"subject_kind": record.subject_kind, "subject_id": record.subject_id}
    operation_id = Enrolment.objects.filter(**about).values_list("regime__operation_id", flat=True).last() or 0
    rows: list[Record | RecordVersion] = [record, *record.versions.order_by("number")]
    facts = asked(operation_id, sorted({code for row in rows for code in row.stated}))
    kinds = {one.code: one.fact.kind for one in facts}
    versions = tuple(_told(row, record, kinds, number) for number, row in enumerate(rows, start=1))[::-1]
    name = named(names_for, record.subject_kind, [record.subject_id]).get(record.subject_id, ("", ""))[0]
    batch = batch_of(record.subject_id, record.received_at)
    forgotten_at = expired(kind_of(record.subject_kind), [batch]).get(batch)
    page = RecordPage(
        record.pk, record.subject_kind, record.subject_id, name, record.done_at, record.source, record.lines_stated is not None, versions,
        tuple(facts), forgotten_at=forgotten_at,
    )  # fmt: skip
    return _with_lines(page, record, rows[-1], operation_id, names_for) if page.is_list else page


def _with_lines(
    page: RecordPage, record: Record, newest: Record | RecordVersion, operation_id: int, names_for: Viewer
) -> RecordPage:
    window = lists.window_of(record)
    codes = [*(window.asks if window else ()), *sorted(newest.lines_stated or ())]
    told = lists.lines_of(record, newest, catalogue(operation_id, [*codes, *_stated(newest)]), names_for=names_for)
    wanted = dict.fromkeys(code for code in (*codes, *(c for one in told for c in one.facts)) if code != "*")
    return replace(
        page,
        lines=tuple(told),
        line_facts=tuple(asked(operation_id, wanted)),
        window_id=window.pk if window else None,
    )


def _stated(newest: Record | RecordVersion) -> list[str]:
    return sorted({code for line in newest.lines or [] for code in line["facts"]})


def _told(row: Record | RecordVersion, record: Record, kinds: dict[str, Kind], number: int) -> Told:
    hidden = json.loads(vault.unseal(row.sealed, purpose=PURPOSE, about=record.uuid)) if row.sealed else {}
    plain = row.facts | {code: value for code, value in hidden.items() if ":" not in code}
    facts = {code: _value(kinds.get(code), value) for code, value in plain.items()}
    said = number if isinstance(row, Record) else row.number
    return Told(
        said,
        row.received_at,
        row.filed_by_name,
        "" if isinstance(row, Record) else row.reason,
        facts,
        len(row.lines or ()),
    )


def _value(kind: Kind | None, value: Any) -> Any:
    if kind is Kind.MOMENT and isinstance(value, str):
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
