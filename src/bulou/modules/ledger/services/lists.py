"""Filing a list return: its lines, known persons and new ones, in one transaction; and correcting it. Empty is a zero report, silence is not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.core.facts import SHIPPED, Catalogue
from bulou.modules.ledger.models import Record, RecordVersion, Window
from bulou.modules.ledger.queries import answering, asked
from bulou.modules.ledger.queries import lists as reads
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.actors import reason
from bulou.modules.ledger.services.content import ListLine, checked, content
from bulou.modules.ledger.services.filing import Filing, add_version, copy_in, line_filing
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Conflict, Refusal

MOST = 5000
LONGEST = 400
MOMENT = timedelta(seconds=1)
EMPTY: tuple[Any, ...] = (None, "", [], ())


@dataclass(frozen=True, slots=True)
class ListFiled:
    """The record, the version of it that holds now, how many lines it has, and how many of them are of people the registry knows."""

    record_id: int
    version: int
    lines: int
    known: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line: its number (first = 1), the fact or "name" concerned, a code and a sentence."""

    number: int
    field: str
    code: str
    sentence: str


class LinesRefused(Refusal):
    """A list with lines that cannot be filed; `faults` names each."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        words = _("%(n)s of the lines cannot be filed; the first is line %(first)s.")
        super().__init__("ledger.lines_wrong", words, field="lines", n=len(faults), first=faults[0].number)
        self.faults = tuple(faults)


@transaction.atomic
def file_list(
    *, by: Viewer, window: Window, kind: str, subject_id: int, lines: Sequence[ListLine], once: UUID, now: datetime, source: str = "list",
    version: int = 0, why: str = "",
) -> ListFiled:  # fmt: skip
    """File the list a subject owes in a window, received `now`: () = nobody to report. Its lines about known people are their records too.

    `version` is what the sender saw filed: 0 = nothing, then this is the list; else it becomes the next version, with the reason `why`. Somebody
    filed meanwhile, or this came before: `ledger.list_meanwhile`. The same `once` of a first list changes nothing. Refused: lines that lack a name
    or a fact, a value that is none, a person twice or out of reach (LinesRefused), more than 5,000 lines, a window not open yet. After it has closed
    the list counts as done in its last second, so late. Not the viewer's to file, or not owed: Http404.
    """
    if not window.is_list or not reads.is_owed(window, kind, subject_id):
        raise Http404
    if not answering.may_file(by, kind, subject_id, now=now):
        raise Http404
    if now < window.opens:
        raise Refusal("ledger.not_open", _("This is not open yet. A report cannot be made before its day has come."))
    if found := Record.objects.filter(uuid=once, subject_kind=kind, subject_id=subject_id).first():
        return _filed(found, reads.newest_of(found))
    tidy = _checked_lines(by, window, kind, subject_id, lines, now)
    store.hold_all()
    standing = reads.list_of(window, kind, subject_id)
    if _version(standing) != version:
        words = _(
            "Somebody filed this list meanwhile. Load the page again: your lines are kept, and theirs are shown first."
        )
        raise Conflict("ledger.list_meanwhile", words)
    if standing is not None:
        return _correct(by, window, standing, tidy, why, now)
    filing = Filing(
        once, subject_id, {}, min(now, window.closes - MOMENT), subject_kind=kind, source=source, lines=tuple(tidy)
    )
    copy_in(by, [filing], now, why)
    made = Record.objects.get(uuid=once)
    return _filed(made, made)


@transaction.atomic
def add_lines(
    *, by: Viewer, window: Window, kind: str, subject_id: int, lines: Sequence[ListLine], once: UUID, now: datetime, why: str
) -> ListFiled:  # fmt: skip
    """Add these lines to the list of a window, in place of those about the same people; nothing filed yet: they are the list. From a file."""
    standing = reads.list_of(window, kind, subject_id)
    said = merged(_standing_lines(window, standing), lines)
    return file_list(
        by=by, window=window, kind=kind, subject_id=subject_id, lines=said, once=once, now=now, source="excel",
        version=_version(standing), why=why,
    )  # fmt: skip


def merged(standing: Sequence[ListLine], lines: Sequence[ListLine]) -> list[ListLine]:
    """The lines that stand, those about the same person or of the same new name in place of theirs; what is new comes last."""
    instead = {_identity(one): one for one in lines}
    kept = [instead.pop(_identity(one), one) for one in standing]
    return [*kept, *instead.values()]


def _identity(line: ListLine) -> tuple[int | None, str]:
    return (line.subject_id, "" if line.subject_id is not None else line.name)


def _standing_lines(window: Window, standing: Record | None) -> list[ListLine]:
    if standing is None:
        return []
    newest = reads.newest_of(standing)
    told = reads.lines_of(standing, newest, reads.catalogue_of(window, newest))
    return [ListLine(one.subject_id, one.facts, "" if one.subject_id is not None else one.name) for one in told]


def _correct(
    by: Viewer, window: Window, record: Record, lines: Sequence[ListLine], why: str, now: datetime
) -> ListFiled:
    """A further version of the list. People whose line changed get a further version of theirs, new ones a record; what was said of somebody who
    is taken off stays said about them."""
    before = {one.subject_id: one for one in _standing_lines(window, record) if one.subject_id is not None}
    said = reason(why)
    made = add_version(by, record, content(record.uuid, {}, lines), said, now, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_resettle(%s, %s, %s)", [record.subject_kind, record.subject_id, record.done_at])
    known = {one.subject_id: one for one in lines if one.subject_id is not None}
    own = _own_records(record, known)
    changed = [pk for pk in own if pk not in before or dict(known[pk].facts) != dict(before[pk].facts)]
    _restate(by, record, [(own[pk], known[pk]) for pk in changed], said, now)
    head = Filing(
        record.uuid, record.subject_id, {}, record.done_at, subject_kind=record.subject_kind, source=record.source
    )
    if fresh := [_own_filing(head, pk, one) for pk, one in known.items() if pk not in own]:
        copy_in(by, fresh, now, said)
    write(
        by=by, action="ledger.record_corrected", kind=f"registry.{record.subject_kind}", subjects=[record.subject_id], now=now, why=said,
        data={"record": record.pk, "version": made.number, "lines": len(lines)},
    )  # fmt: skip
    return _filed(record, made)


def _own_filing(head: Filing, subject_id: int, line: ListLine) -> Filing:
    """The record of a person who came onto the list by a correction."""
    made = line_filing(head, 0, subject_id, line)
    return Filing(
        uuid5(head.uuid, f"person:{subject_id}"), subject_id, made.facts, head.happened_at, source=head.source
    )


def _own_records(record: Record, people: Collection[int]) -> dict[int, Record]:
    """The records these people have from this list: numbered after their first line, or by themselves where a correction brought them."""
    keys = {uuid5(record.uuid, str(number)) for number in range(1, len(record.lines or []) + 1)}
    keys |= {uuid5(record.uuid, f"person:{pk}") for pk in people}
    rows = Record.objects.filter(uuid__in=keys, subject_kind="person", subject_id__in=list(people))
    return {one.subject_id: one for one in rows}


def _restate(by: Viewer, record: Record, own: Sequence[tuple[Record, ListLine]], why: str, now: datetime) -> None:
    """A further version of these people's own records."""
    for one, line in own:
        add_version(by, one, content(one.uuid, line.facts), why, now, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_resettle('person', s, %s) FROM unnest(%s::bigint[]) AS s",
            [record.done_at, [one.subject_id for one, _line in own]],
        )


def _version(standing: Record | None) -> int:
    if standing is None:
        return 0
    newest = reads.newest_of(standing)
    return newest.number if isinstance(newest, RecordVersion) else 1


def _filed(record: Record, newest: Record | RecordVersion) -> ListFiled:
    lines = newest.lines or []
    known = sum(line["subject"] is not None for line in lines)
    return ListFiled(record.pk, newest.number if isinstance(newest, RecordVersion) else 1, len(lines), known)


def _checked_lines(
    by: Viewer, window: Window, kind: str, subject_id: int, lines: Sequence[ListLine], now: datetime
) -> list[ListLine]:
    """The lines, tidied and held against the catalogue and the sender's reach; refuses them together, line by line."""
    if len(lines) > MOST:
        raise Refusal("ledger.list_long", _("A list has at most %(most)s lines."), field="lines", most=MOST)
    codes = dict.fromkeys([*window.asks, *(code for line in lines for code in line.facts)])
    facts = asked.catalogue(window.regime.operation_id, codes)
    ids = {line.subject_id for line in lines if line.subject_id is not None}
    allowed = reads.may_list(by, ids, kind, subject_id, now=now)
    faults: list[Fault] = []
    seen: dict[int, int] = {}
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_checked_line(line, number, window, facts, allowed, seen))
        except Refusal as refusal:
            faults.append(Fault(number, refusal.field or "", refusal.code, refusal.sentence))
    if faults:
        raise LinesRefused(faults)
    return found


def _checked_line(
    line: ListLine, number: int, window: Window, facts: Catalogue, allowed: set[int], seen: dict[int, int]
) -> ListLine:
    name = " ".join(line.name.split())
    if line.subject_id is None and not name and needs_name(window.asks):
        raise Refusal("ledger.line_nameless", _("Say who this is."), field="name")
    if len(name) > 80:
        raise Refusal("ledger.line_name_long", _("The name is longer than 80 characters."), field="name")
    if line.subject_id is not None:
        if line.subject_id not in allowed:
            raise Refusal("ledger.line_out_of_reach", _("Nobody you may list. Enter the name instead."), field="name")
        if (first := seen.setdefault(line.subject_id, number)) != number:
            raise Refusal("ledger.listed_twice", _("Stands on line %(n)s already."), field="name", n=first)
    if strange := [code for code in line.facts if code not in window.asks and code not in SHIPPED.by_code]:
        raise Refusal("ledger.not_asked", _("This is not asked here."), field=strange[0])
    said = {
        code: _stated(facts, code, value) for code, value in line.facts.items() if _is_said(window.asks, code, value)
    }
    lacking = [code for code in window.asks if code not in said]
    if lacking:
        raise Refusal("ledger.line_lacks", _("Something asked is not said."), field=lacking[0])
    return ListLine(line.subject_id, said, "" if line.subject_id is not None else name)


def needs_name(asks: Sequence[str]) -> bool:
    """Whether a line of such a list is about somebody: lists that ask only a playbook's own facts may be of events, which have no name."""
    return any(code in SHIPPED.by_code for code in asks)


def _is_said(asks: Sequence[str], code: str, value: Any) -> bool:
    """An empty choice of several says, where it is asked, that there is none of it."""
    return value not in (EMPTY[:2] if code in asks else EMPTY)


def _stated(facts: Catalogue, code: str, value: Any) -> Any:
    value = value.strip() if isinstance(value, str) else value
    if isinstance(value, str) and len(value) > LONGEST:
        raise Refusal("ledger.value_long", _("Longer than %(most)s characters."), field=code, most=LONGEST)
    return checked(facts, code, value)
