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
from bulou.modules.ledger.models import Window
from bulou.modules.ledger.queries import asked, entry
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.content import checked
from bulou.modules.ledger.services.filing import FILE, Filing, file_many
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal

MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a clerk sends. `usual` = facts of everybody not named; `own` = facts of single enrolments; `left_out` are not reported at all."""

    usual: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SheetFiled:
    """How many were filed now, had been answered before (by somebody else meanwhile, or excused), and still lack a fact or were left out."""

    filed: int
    already: int
    left: int


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
    """File a sheet received `now`. Who is answered already keeps the answer, unless `own` names them: then theirs is a further record.

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
    already = left = 0
    for row in rows:
        own = sheet.own.get(row.enrolment_id)
        if row.is_excused or (own is None and not row.is_open):
            already += 1
        elif row.enrolment_id in sheet.left_out or (said := _said(facts, window.asks, sheet.usual, own)) is None:
            left += 1
        else:
            key = (row.subject_kind, row.subject_id)
            filings[key] = Filing(_key(once, key, said), row.subject_id, said, done, subject_kind=key[0], source=source)
    filed = _file(by, list(filings.values()), now) if filings else 0
    return SheetFiled(filed, already, left)


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
