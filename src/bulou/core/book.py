"""The book of an operation: everything that was ever put into its ledger, each entry with when it became known.

Nothing in it is changed or taken out; to see the past, leave out what was not known yet. Every entry has an `id`; the
same id a second time changes nothing. docs/ledger.md, "As of any time".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, tzinfo
from typing import Any, Protocol, TypeVar

from bulou.core.enrolments import Ending, Enrolment, Owed, Transfer, Withdrawal
from bulou.core.excuses import Excuse, Removal
from bulou.core.moments import aware
from bulou.core.records import Correction, Record
from bulou.core.regimes import RegimeVersion
from bulou.core.reviews import ReviewStep
from bulou.core.trees import Branch, Tree


class Entry(Protocol):
    """What every entry of the book has."""

    @property
    def id(self) -> str:
        """What it is told apart by."""

    @property
    def known_at(self) -> datetime:
        """When the house learned of it."""


AnyEntry = TypeVar("AnyEntry", bound=Entry)


@dataclass(frozen=True, slots=True)
class Book:
    """All entries of one operation, in any order, and the time zone of its local days."""

    zone: tzinfo
    regimes: tuple[RegimeVersion, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    endings: tuple[Ending, ...] = ()
    owed: tuple[Owed, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    records: tuple[Record, ...] = ()
    corrections: tuple[Correction, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    removals: tuple[Removal, ...] = ()
    reviews: tuple[ReviewStep, ...] = ()
    places: tuple[Branch, ...] = ()
    units: tuple[Branch, ...] = ()

    def as_known(self, as_of: datetime) -> Book:
        """Gives the book as it stood at the moment `as_of`, included: each id once, as it was first known."""
        aware(as_of, "The moment as of which the book is read")
        kinds = [each.name for each in fields(self) if each.name != "zone"]
        known: dict[str, Any] = {kind: _known(getattr(self, kind), as_of) for kind in kinds}
        return replace(self, **known)

    def with_entries(self, **entries: Iterable[Entry]) -> Book:
        """Gives the book with these entries added, by kind: `book.with_entries(records=[record])`."""
        both: dict[str, Any] = {kind: (*getattr(self, kind), *added) for kind, added in entries.items()}
        return replace(self, **both)

    @property
    def place_tree(self) -> Tree:
        """The tree of places."""
        return Tree(self.places)

    @property
    def unit_tree(self) -> Tree:
        """The tree of units."""
        return Tree(self.units)


def _known(entries: Iterable[AnyEntry], as_of: datetime) -> tuple[AnyEntry, ...]:
    first: dict[str, AnyEntry] = {}
    for entry in entries:
        if entry.known_at <= as_of and (entry.id not in first or entry.known_at < first[entry.id].known_at):
            first[entry.id] = entry
    return tuple(first.values())
