"""Numbers that reports state, to be added up: which regimes ask for one, and what each answered obligation said as of a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bulou.core.facts import Kind, Sensitivity
from bulou.modules.ledger.models import Discharge, Record, RecordVersion, Regime, RegimeVersion
from bulou.modules.ledger.queries.asked import Asked, asked
from bulou.modules.ledger.queries.standings import Row

COUNTS = ("", "1")  # units in which numbers may be added up: people on post may, temperatures may not


def counts_asked(operation_id: int, regimes: Iterable[Regime]) -> list[tuple[Regime, Asked]]:
    """Every plain number these regimes ask for now that may be added up; lists state theirs line by line and are left out."""
    found: list[tuple[Regime, Asked]] = []
    for regime in regimes:
        newest = RegimeVersion.objects.filter(regime=regime).order_by("-number").first()
        if newest is not None and not newest.is_list:
            found += [(regime, one) for one in asked(operation_id, newest.asks) if _adds_up(one)]
    return found


def stated_numbers(rows: Sequence[Row], code: str, *, at: datetime) -> dict[Any, int | float]:
    """What answered obligations of windows stated of a fact, by the key of their row: the newest version known at `at`.

    Rows that stated none, or whose answer came in later, are left out.
    """
    records = _records(rows, at)
    facts = _facts(set(records.values()), at)
    said = {key: facts[record_id].get(code) for key, record_id in records.items() if record_id in facts}
    return {key: value for key, value in said.items() if isinstance(value, int | float) and not isinstance(value, bool)}


def _adds_up(one: Asked) -> bool:
    fact = one.fact
    return fact.kind is Kind.NUMBER and fact.unit in COUNTS and fact.sensitivity is Sensitivity.PLAIN


def _records(rows: Sequence[Row], at: datetime) -> dict[Any, int]:
    """The record that answers each row's window."""
    places = {(row.key[0], row.enrolment_id): row.key for row in rows}
    found = Discharge.objects.filter(
        window_id__in={window for window, _enrolment in places}, enrolment_id__in={one for _window, one in places}, received_at__lte=at
    )  # fmt: skip
    spots = found.values_list("window_id", "enrolment_id", "record_id")
    return {places[(window, one)]: record for window, one, record in spots if (window, one) in places}


def _facts(record_ids: set[int], at: datetime) -> dict[int, Mapping[str, Any]]:
    """The facts of records, corrections known by then included."""
    said: dict[int, Mapping[str, Any]] = dict(Record.objects.filter(pk__in=record_ids).values_list("pk", "facts"))
    later = RecordVersion.objects.filter(record_id__in=record_ids, received_at__lte=at).order_by("number")
    return said | dict(later.values_list("record_id", "facts"))
