"""Filing records: one, a list return with its persons, many at once; and correcting them. The record is its own journal: append-only, sealed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation

from bulou.core import phones
from bulou.modules.ledger.models import Enrolment, Record, RecordVersion
from bulou.modules.ledger.queries import answering
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.actors import reason
from bulou.modules.ledger.services.content import Content, ListLine, all_sensitive, content
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

FILE = "ledger.file_record"
COPIED = (
    "uuid", "subject_kind", "subject_id", "stated", "facts", "sealed", "lines", "lines_stated", "happened_at", "received_at", "done_at",
    "is_doubtful", "filed_by_id", "filed_by_person", "filed_by_name", "source", "device",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filing:
    """What is stated about one subject. `uuid` is the sender's key: the same again changes nothing.

    `source` says by which way it came (page, phone, telephone, excel, form …); `device_offset` is how far the device's clock was measured
    ahead; `lines` make it a list return, () a zero report.
    """

    uuid: UUID
    subject_id: int
    facts: Mapping[str, Any] = field(hash=False)
    happened_at: datetime | None = None
    subject_kind: str = "person"
    source: str = "page"
    device: str = ""
    device_offset: timedelta | None = None
    lines: tuple[ListLine, ...] | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """The record, whether it is new, and the enrolments it counts for."""

    record_id: int
    is_new: bool
    enrolments: tuple[int, ...]


@transaction.atomic
def file_record(*, by: Viewer, filing: Filing, now: datetime) -> Filed:
    """File one record, received `now`; of a list, its lines about known persons as those persons' records too.

    Who may: whoever holds ledger.file_record where the subject counts, and whoever owes or may answer for it; else Http404. A page's
    report for tomorrow or from before the enrolment is refused (`ledger.for_tomorrow`, `ledger.before_enrolment`); a phone's never is.
    """
    _why_not_file(by, filing, now)
    filed = _file(by, filing, now)
    for number, line in enumerate(filing.lines or (), start=1):
        if line.subject_id is not None:
            _file(by, line_filing(filing, number, line.subject_id, line), now)
    return filed


@transaction.atomic
def file_many(*, by: Viewer, filings: Iterable[Filing], now: datetime, why: str = "") -> int:
    """File many records at once (a village's page, an import), received `now`; one journal line. Gives how many were new.

    All or none. The viewer needs ledger.file_record for every subject; one out of reach is an Http404 for all.
    """
    by.need(FILE)
    filings = filings if isinstance(filings, list) else list(filings)
    if not by.is_system:
        for kind in {filing.subject_kind for filing in filings}:
            ids = {filing.subject_id for filing in filings if filing.subject_kind == kind}
            if ids - answering.subjects_within(by, FILE, kind, ids):
                raise Http404
        for filing in filings:
            _why_not_from_a_page(filing, now)
    return copy_in(by, filings, now, why)


@transaction.atomic
def correct_record(
    *, by: Viewer, record_id: int, facts: Mapping[str, Any], why: str, now: datetime, version: int | None = None,
    lines: tuple[ListLine, ...] | None = None,
) -> RecordVersion:  # fmt: skip
    """A new version of a record: all its facts anew, with a reason. `version` is the number it gets; a number that is there already changes
    nothing. It never changes the lateness of what the record answered; what it newly answers is answered from now on.
    """
    record = _record_to_write(by, record_id, now)
    if version is not None and (found := RecordVersion.objects.filter(record=record, number=version).first()):
        return found
    store.hold(record.subject_kind, [record.subject_id])
    made = add_version(by, record, content(record.uuid, facts, lines), reason(why), now, version)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_resettle(%s, %s, %s)", [record.subject_kind, record.subject_id, record.done_at])
    write(
        by=by, action="ledger.record_corrected", kind=f"registry.{record.subject_kind}", subjects=[record.subject_id], now=now,
        why=made.reason, data={"record": record.pk, "version": made.number},
    )  # fmt: skip
    return made


def line_filing(filing: Filing, number: int, subject_id: int, line: ListLine) -> Filing:
    """A line of a list about a known person as that person's record, numbered after it (core.listing.records_of)."""
    return replace(
        filing,
        uuid=uuid5(filing.uuid, str(number)),
        subject_kind="person",
        subject_id=subject_id,
        facts=line.facts,
        lines=None,
    )


def _file(by: Viewer, filing: Filing, now: datetime) -> Filed:
    row = dict(zip(COPIED, _row(by, filing, now), strict=True))
    facts, lines = json.dumps(row["facts"]), None if row["lines"] is None else json.dumps(row["lines"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, is_new, enrolments FROM ledger_file("
            "%s, %s, %s, %s::jsonb, %s::text[], %s, %s::jsonb, %s::text[], %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                row["uuid"], row["subject_kind"], row["subject_id"], facts, row["stated"], row["sealed"], lines, row["lines_stated"],
                row["happened_at"], row["received_at"], row["done_at"], row["is_doubtful"], row["filed_by_id"], row["filed_by_person"],
                row["filed_by_name"], row["source"], row["device"],
            ],
        )  # fmt: skip
        record_id, is_new, enrolments = cursor.fetchone()
    return Filed(record_id, is_new, tuple(enrolments or ()))


def _row(by: Viewer, filing: Filing, now: datetime, secret: Set[str] | None = None) -> tuple[Any, ...]:
    happened = filing.happened_at or now
    doubtful = phones.is_clock_doubtful(happened, received_at=now, device_offset=filing.device_offset)
    said: Content = content(filing.uuid, filing.facts, filing.lines, secret)
    return (
        filing.uuid, filing.subject_kind, filing.subject_id, said.stated, said.facts, said.sealed, said.lines, said.lines_stated,
        happened, now, now if doubtful else happened, doubtful, by.user_id, by.person_id, by.name[:80], filing.source, filing.device[:80],
    )  # fmt: skip


def copy_in(by: Viewer, filings: Sequence[Filing], now: datetime, why: str) -> int:
    """COPY straight into the records, inside a verb that has asked who may; where one of them is known already, those that are not. Gives how
    many are new, lines of lists included."""
    store.hold_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_record")
        after = cursor.fetchone()[0]
    try:
        with transaction.atomic():
            _copy(by, filings, now)
    except (IntegrityError, UniqueViolation):  # COPY's own errors come unwrapped
        fresh = {filing.uuid: filing for filing in filings}
        known = Record.objects.filter(uuid__in=list(fresh)).values_list("uuid", flat=True)
        _copy(by, [fresh[uuid] for uuid in fresh.keys() - set(known)], now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_count_copied(%s)", [after])
        filed = cursor.fetchone()[0]
    if filed:
        few = [filing.subject_id for filing in filings] if len(filings) <= 2000 else []
        write(
            by=by, action="ledger.records_filed", kind=f"registry.{filings[0].subject_kind}", subjects=few, now=now, why=why,
            data={"count": filed, "sent": len(filings)},
        )  # fmt: skip
    return filed


def _copy(by: Viewer, filings: Sequence[Filing], now: datetime) -> None:
    secret = all_sensitive()  # looked up before the COPY: nothing else can be asked on this connection while it runs
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY ledger_record (uuid, subject_kind, subject_id, stated, facts, sealed, lines, lines_stated, happened_at, received_at, done_at,"
            " is_doubtful, filed_by_id, filed_by_person, filed_by_name, source, device) FROM STDIN"
        ) as copy,
    ):
        for block in staged_text(by, filings, now, secret):
            copy.write(block)


def staged_text(by: Viewer, filings: Iterable[Filing], now: datetime, secret: Set[str] | None = None) -> Iterable[str]:
    """The rows as COPY reads them, some hundreds at a time; what many share is written once. `secret` = the codes to seal (None = looked up)."""
    shared: dict[tuple[Any, ...], tuple[str, str]] = {}
    block: list[str] = []
    for filing in [*filings]:
        for one in (filing, *_line_filings(filing)):
            block.append(_staged_line(by, one, now, shared, secret))
        if len(block) >= 500:
            yield "".join(block)
            block = []
    yield "".join(block)


def _line_filings(filing: Filing) -> list[Filing]:
    lines = enumerate(filing.lines or (), start=1)
    return [line_filing(filing, number, line.subject_id, line) for number, line in lines if line.subject_id is not None]


def _staged_line(
    by: Viewer, filing: Filing, now: datetime, shared: dict[tuple[Any, ...], tuple[str, str]], secret: Set[str] | None
) -> str:
    """One row. Rows that say the same at the same time (a village where all are well) are written from one pattern."""
    alike = None
    if filing.lines is None and filing.device_offset is None:
        try:
            alike = (tuple(filing.facts.items()), filing.happened_at, filing.source, filing.device)
            head, tail = shared[alike]
            return f"{filing.uuid}\t{filing.subject_kind}\t{filing.subject_id}\t{head}{tail}"
        except (KeyError, TypeError):
            pass
    row = _row(by, filing, now, secret)
    values = zip(COPIED[3:], row[3:], strict=True)
    text = "\t".join(_field(value, is_json=name in ("facts", "lines")) for name, value in values) + "\n"
    if alike is not None and row[5] is None:
        try:
            shared[alike] = (text, "")
        except TypeError:
            pass
    return f"{filing.uuid}\t{filing.subject_kind}\t{filing.subject_id}\t{text}"


def _field(value: Any, *, is_json: bool = False) -> str:
    if value is None:
        return "\\N"
    if is_json:
        return _escaped(json.dumps(value, ensure_ascii=False))
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return _escaped(
            "{" + ",".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value) + "}"
        )
    return _escaped(str(value))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def add_version(
    by: Viewer, record: Record, said: Content, why: str, now: datetime, version: int | None
) -> RecordVersion:
    """The row of a further version, inside a verb that has asked who may; what it answers is to be settled anew."""
    number = version or (record.versions.order_by("-number").values_list("number", flat=True).first() or 1) + 1
    return RecordVersion.objects.create(
        record=record, number=number, stated=said.stated, facts=said.facts, sealed=said.sealed, lines=said.lines,
        lines_stated=said.lines_stated, received_at=now, filed_by_id=by.user_id, filed_by_person=by.person_id,
        filed_by_name=by.name[:80], reason=why,
    )  # fmt: skip


def _record_to_write(by: Viewer, record_id: int, now: datetime) -> Record:
    """The record, for whoever may file about its subject at `now`: whoever stands in for somebody away corrects what that person could."""
    record = Record.objects.filter(pk=record_id).first()
    if record is None or not answering.may_file(by, record.subject_kind, record.subject_id, now=now):
        raise Http404
    return record


def _why_not_file(by: Viewer, filing: Filing, now: datetime) -> None:
    if by.is_system:
        return
    if not answering.may_file(by, filing.subject_kind, filing.subject_id, now=now):
        raise Http404
    _why_not_from_a_page(filing, now)


def _why_not_from_a_page(filing: Filing, now: datetime) -> None:
    """A page can be told to type again; a phone that was offline on the mountain cannot."""
    if filing.source not in ("page", "telephone", "excel", "grid") or filing.happened_at is None:
        return
    enrolled = list(
        Enrolment.objects.filter(subject_kind=filing.subject_kind, subject_id=filing.subject_id).select_related(
            "regime"
        )
    )
    zone = ZoneInfo(enrolled[0].regime.zone) if enrolled else ZoneInfo("Asia/Shanghai")
    if phones.why_not_from_a_page(filing.happened_at, now=now, zone=zone):
        words = _("This is for %(day)s. A report cannot be made before the day has come.")
        tomorrow = filing.happened_at.astimezone(zone).date().isoformat()
        raise Refusal("ledger.for_tomorrow", words, field="happened_at", day=tomorrow)
    first = min((one.starts for one in enrolled), default=None)
    if first is not None and filing.happened_at.astimezone(zone).date() < first.astimezone(zone).date():
        words = _("Nothing was owed on %(day)s: this enrolment begins on %(first)s.")
        day, begins = filing.happened_at.astimezone(zone).date(), first.astimezone(zone).date()
        raise Refusal(
            "ledger.before_enrolment", words, field="happened_at", day=day.isoformat(), first=begins.isoformat()
        )
