"""Discharge: which record answers an obligation, whether in time, and with which facts.

One record may discharge many obligations; an obligation has at most one discharge. A record discharges an obligation
when it alone carries every fact asked, for that subject, done in that window. docs/ledger.md, "Discharge".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bulou.core.book import Book
from bulou.core.facts import Value
from bulou.core.obligations import Obligation
from bulou.core.records import Line, Record, Version, versions
from bulou.core.reviews import Review, review_of


@dataclass(frozen=True, slots=True)
class Filed:
    """A record with all its versions and its review."""

    record: Record
    versions: tuple[Version, ...]
    review: Review


@dataclass(frozen=True, slots=True)
class Discharge:
    """What answers an obligation.

    `record` is the earliest valid one and gives the standing; it was received at `received_at` and done at `done_at`.
    `facts` are those the regime asks and no others, from the valid record done last (`facts_from`); for a list
    return `lines` are that record's, and an empty tuple is a zero report.
    """

    record: str
    received_at: datetime
    done_at: datetime
    is_on_time: bool
    facts_from: str
    facts: Mapping[str, Value] = field(hash=False)
    lines: tuple[Line, ...] | None = None


def filed(known: Book) -> dict[str, list[Filed]]:
    """Gives, by subject, every record of a book as it was known, each with its versions and review."""
    corrections, steps = defaultdict(list), defaultdict(list)
    for correction in known.corrections:
        corrections[correction.record].append(correction)
    for step in known.reviews:
        steps[step.record].append(step)
    by_subject: dict[str, list[Filed]] = {}
    for record in known.records:
        stated = versions(record, corrections[record.id])
        corrected_at = max(version.received_at for version in stated)
        review = review_of(steps[record.id], corrected_at=corrected_at)
        by_subject.setdefault(record.subject, []).append(Filed(record, stated, review))
    return by_subject


def discharge_of(obligation: Obligation, filings: Iterable[Filed]) -> Discharge | None:
    """Gives what answers the obligation among the filings about its subject, or None."""
    inside = [each for each in filings if obligation.window.holds(each.record.done_at)]
    valid = [(each, version) for each in inside if (version := _first_valid(obligation, each)) is not None]
    if not valid:
        return None
    earliest, version = min(valid, key=lambda each: (each[1].received_at, each[0].record.id))
    latest = max((each for each, _ in valid), key=lambda each: (each.record.done_at, each.record.id))
    newest = _newest(latest)
    return Discharge(
        record=earliest.record.id,
        received_at=version.received_at,
        done_at=earliest.record.done_at,
        is_on_time=_is_on_time(obligation, inside, version.received_at),
        facts_from=latest.record.id,
        facts={code: newest.facts[code] for code in sorted(obligation.asks) if code in newest.facts},
        lines=newest.lines if obligation.is_list else None,
    )


def due_now(obligation: Obligation, filings: Iterable[Filed]) -> datetime:
    """Gives until when, included, the obligation can still be met in time.

    That is its due time, or a later one set by a decision on a record that answered it until then.
    """
    inside = (each for each in filings if obligation.window.holds(each.record.done_at))
    extended = [each.review.new_due for each in inside if _struck(obligation, each)]
    return max([obligation.window.due, *(due for due in extended if due is not None)])


def review_beside(obligation: Obligation, filings: Iterable[Filed], discharge: Discharge | None) -> Review:
    """Gives the review to show beside the standing: of the record that answers, else of the one struck last."""
    inside = [each for each in filings if obligation.window.holds(each.record.done_at)]
    if discharge is not None:
        return next(each.review for each in inside if each.record.id == discharge.record)
    struck = [(each.review.struck_at, each.record.id, each.review) for each in inside if _struck(obligation, each)]
    return max(struck, key=lambda each: each[:2])[2] if struck else Review()


def _is_on_time(obligation: Obligation, inside: list[Filed], received_at: datetime) -> bool:
    """By the due time; or put right by the new one if what was returned had come by the due time.

    So a return gives time and never absolution: who was late the first time stays late.
    """
    due = obligation.window.due
    first_came_in_time = any((version := _struck(obligation, each)) and version.received_at <= due for each in inside)
    return received_at <= due or (first_came_in_time and received_at <= due_now(obligation, inside))


def _first_valid(obligation: Obligation, filing: Filed) -> Version | None:
    """The earliest version that carries what is asked and is not struck: later ones never change the lateness."""
    answering = [each for each in filing.versions if _answers(obligation, each)]
    standing = [each for each in answering if not filing.review.strikes(each.received_at)]
    return min(standing, key=lambda each: (each.received_at, each.number), default=None)


def _struck(obligation: Obligation, filing: Filed) -> Version | None:
    """The earliest version that answered the obligation until a decision struck it."""
    answering = [each for each in filing.versions if _answers(obligation, each)]
    struck = [each for each in answering if filing.review.strikes(each.received_at)]
    return min(struck, key=lambda each: (each.received_at, each.number), default=None)


def _answers(obligation: Obligation, version: Version) -> bool:
    return version.answers(obligation.asks, is_list=obligation.is_list)


def _newest(filing: Filed) -> Version:
    """The newest version that is not struck; there is one, or the filing would not answer."""
    standing = (each for each in filing.versions if not filing.review.strikes(each.received_at))
    return max(standing, key=lambda each: each.number)
