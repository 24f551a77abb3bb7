"""Filing a whole sheet: a village or a unit in one window, "all well except …", in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.core.facts import Catalogue
from bulou.modules.ledger.models import Record, Window
from bulou.modules.ledger.queries import asked, entry
from bulou.modules.ledger.queries.records import facts_now
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.content import checked
from bulou.modules.ledger.services.filing import FILE, Filing, correct_record, file_many
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal

MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a clerk sends. `usual` = facts of everybody not named; `own` = facts of single enrolments; `left_out` are not reported at all.

    `why` = the reason where `own` corrects somebody who has been answered.
    """

    usual: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    why: str = ""


@dataclass(frozen=True, slots=True)
class SheetFiled:
    """How many were filed now, had been answered before (by somebody else meanwhile, or excused), still lack a fact or were left out, and how
    many of those answered were corrected."""

    filed: int
    already: int
    left: int
    corrected: int = 0


@transaction.atomic
def file_sheet(
    *,
    by: Viewer,
    window: Window,
    node_kind: str,
    node_id: int,
    sheet: Sheet,
    once: UUID,
    now: datetime,
    source: str = "sheet",
) -> SheetFiled:
    """File a sheet received `now`. Who is answered already keeps the answer, unless `own` names them: then what they are said to have reported is
    corrected, a version with the sheet's reason (`ledger.reason_needed`); the same as stands is no correction.

    Nobody is filed whose facts, with the usual ones, do not carry everything asked. The same answers under the same `once` change nothing. A window that has
    not opened is refused (`ledger.for_tomorrow`); what is filed after it closed counts as done in its last second, so late. Out of reach: Http404.
    """
    by.need(FILE)
    # The sources of a sheet are none of those file_many asks day by day whether they come too early: the window and its owed bits say that for all.
    if now < window.opens:
        raise Refusal("ledger.not_open", _("This is not open yet. A report cannot be made before its day has come."))
    entry.entry_node(by, window, node_kind, node_id)
    store.hold_all()
    rows = entry.entry_sheet(by, window, node_kind, node_id)
    facts = asked.catalogue(
        window.regime.operation_id, {*window.asks, *sheet.usual, *(c for own in sheet.own.values() for c in own)}
    )
    done = min(now, window.closes - MOMENT)
    filings: dict[tuple[str, int], Filing] = {}
    already = left = corrected = 0
    for row in rows:
        own = sheet.own.get(row.enrolment_id)
        if row.is_excused or (own is None and not row.is_open):
            already += 1
        elif own is not None and not row.is_open and (record := _answer(row, window)) is not None:
            is_new = _correct(
                by, record, {code: checked(facts, code, value) for code, value in own.items()}, sheet.why, now
            )
            corrected, already = corrected + is_new, already + (not is_new)
        elif row.enrolment_id in sheet.left_out or (said := _said(facts, window.asks, sheet.usual, own)) is None:
            left += 1
        else:
            key = (row.subject_kind, row.subject_id)
            filings[key] = Filing(_key(once, key, said), row.subject_id, said, done, subject_kind=key[0], source=source)
    filed = _file(by, list(filings.values()), now) if filings else 0
    return SheetFiled(filed, already, left, corrected)


def _answer(row: entry.SheetRow, window: Window) -> Record | None:
    """The report whose facts hold for a row: of those that answer its window the one done last."""
    found = Record.objects.filter(subject_kind=row.subject_kind, subject_id=row.subject_id, lines_stated=None)
    here = found.filter(done_at__gte=window.opens, done_at__lt=window.closes, stated__contains=window.asks)
    return here.order_by("-done_at", "-pk").first() or found.filter(pk=row.record_id or 0).first()


def _correct(by: Viewer, record: Record, said: Mapping[str, Any], why: str, now: datetime) -> bool:
    """Correct a part of what a report says; whether that changed anything."""
    before = facts_now(record)
    after = {code: value for code, value in {**before, **said}.items() if value not in (None, "")}
    if _kept(after) == _kept(before):
        return False
    correct_record(by=by, record_id=record.pk, facts=after, why=why, now=now)
    return True


def _kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are kept in JSON, so that two ways of saying the same compare equal."""
    return {code: str(tuple(value) if isinstance(value, list) else value) for code, value in facts.items()}


def _key(once: UUID, subject: tuple[str, int], said: Mapping[str, Any]) -> UUID:
    """The record's key: of the subject and of what is said, so that a page sent again after a change files what changed and nothing else."""
    return uuid5(once, f"{subject}{sorted((code, str(value)) for code, value in said.items())}")


def _file(by: Viewer, filings: Sequence[Filing], now: datetime) -> int:
    return sum(
        file_many(by=by, filings=[one for one in filings if one.subject_kind == kind], now=now)
        for kind in sorted({one.subject_kind for one in filings})
    )


def _said(
    facts: Catalogue, asks: Sequence[str], usual: Mapping[str, Any], own: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """What one subject's record states; None where it does not carry all that is asked. Refuses a value that is none.

    An empty choice of several where it is asked says that there is none of it; elsewhere it says nothing.
    """
    empty: tuple[Any, ...] = (None, "", [], ())
    told = {**usual, **(own or {})}
    said = {code: value for code, value in told.items() if value not in (empty[:2] if code in asks else empty)}
    for code, value in said.items():
        said[code] = checked(facts, code, value)
    return said if set(asks) <= said.keys() else None
