"""What a regime asks, as forms need it: the facts of the catalogue and of an operation's playbook; and what is still known of a subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bulou.core.facts import SHIPPED, Catalogue, Kind, Known, Sensitivity, still_known
from bulou.core.facts import Fact as CoreFact
from bulou.modules.ledger.models import Fact, Record, RecordVersion
from bulou.platform.spoken import said

LONGEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact as it is asked. `title` and the titles of `choices` are in the reader's language, '' where the face has words for the code."""

    fact: CoreFact
    title: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        return self.fact.code


def asked(operation_id: int, codes: Iterable[str]) -> list[Asked]:
    """The facts of these codes, in the order given; a code no catalogue knows is asked as text."""
    wanted = list(dict.fromkeys(codes))
    own = {row.code: row for row in Fact.objects.filter(operation_id=operation_id, code__in=wanted)}
    return [_asked(code, own.get(code)) for code in wanted]


def catalogue(operation_id: int, codes: Iterable[str]) -> Catalogue:
    """The shipped catalogue with these facts of an operation."""
    return Catalogue(
        tuple({one.code: one.fact for one in [*map(Asked, SHIPPED.facts), *asked(operation_id, codes)]}.values())
    )


def statable(operation_id: int) -> list[Asked]:
    """The facts a form may state: the shipped ones, then the operation's own in force, by code."""
    own = Fact.objects.filter(operation_id=operation_id, ended_at=None).order_by("code")
    return [*(_asked(fact.code, None) for fact in SHIPPED.facts), *(_asked(row.code, row) for row in own)]


def known_of(
    kind: str, ids: Iterable[int], codes: Iterable[str], *, operation_id: int, at: datetime
) -> dict[int, dict[str, Known]]:
    """By subject, what was stated before and still holds at `at`, of these codes; sensitive facts are never offered again.

    For whoever may file about the subject: ask `answering.may_file` first. Corrections count, newest first.
    """
    wanted, facts = list(ids), catalogue(operation_id, codes)
    lasting = [
        code for code in codes if (held := facts.by_code[code]).holds_for and held.sensitivity is Sensitivity.PLAIN
    ]
    if not lasting or not wanted:
        return {}
    found = Record.objects.filter(subject_kind=kind, subject_id__in=wanted, done_at__gt=at - LONGEST, done_at__lte=at)
    rows = list(found.filter(stated__overlap=lasting).values_list("pk", "subject_id", "done_at", "facts"))
    newest = _newest([pk for pk, *_rest in rows])
    stated: dict[int, list[tuple[str, datetime, Mapping[str, Any]]]] = {}
    for pk, subject_id, done_at, first in rows:
        told = {
            code: _value(facts.by_code[code], value)
            for code, value in (newest.get(pk, first) or {}).items()
            if code in lasting
        }
        stated.setdefault(subject_id, []).append((str(pk), done_at, told))
    return {subject_id: still_known(told, facts, at=at) for subject_id, told in stated.items()}


def _newest(record_ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = RecordVersion.objects.filter(record_id__in=record_ids).order_by("record_id", "number")
    return dict(rows.values_list("record_id", "facts"))


def _value(fact: CoreFact, value: Any) -> Any:
    if fact.kind is Kind.MOMENT and isinstance(value, str):
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


def _asked(code: str, row: Fact | None) -> Asked:
    if row is None:
        fact = SHIPPED.by_code.get(code) or CoreFact(code, Kind.TEXT)
        return Asked(fact, choices=tuple((choice, "") for choice in fact.choices))
    secret = Sensitivity.SENSITIVE if row.is_sensitive else Sensitivity.PLAIN
    titles = row.choices if isinstance(row.choices, dict) else {str(code): "" for code in row.choices}
    choices = tuple((str(key), said(title)) for key, title in titles.items())
    fact = CoreFact(row.code, Kind(row.kind), row.unit, row.holds_for, secret, tuple(key for key, _title in choices))
    return Asked(fact, said(row.titles), choices)
