"""The denominator is watched: who should be enrolled and is not, and what moved the number expected, by whom.

It shows and never accuses; whether a fall just before a deadline means anything is a question to a person.
docs/ledger.md, "The denominator is watched".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bulou.core.book import Book
from bulou.core.enrolments import end_of
from bulou.core.excuses import Excuse
from bulou.core.standing import Judged, Standing

BEFORE_DUE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Unenrolled:
    """Both come sorted: subjects the regime's `who` matches without an enrolment, and enrolled ones it does not."""

    matched_not_enrolled: tuple[str, ...]
    enrolled_not_matched: tuple[str, ...]


def enrolled(book: Book, regime: str, *, at: datetime) -> frozenset[str]:
    """Gives the subjects enrolled in the regime at the moment `at`, from what was known then."""
    known = book.as_known(at)
    found = set()
    for each in known.enrolments:
        end = end_of(ending for ending in known.endings if ending.enrolment == each.id)
        if each.regime == regime and each.start <= at and (end is None or at < end):
            found.add(each.subject)
    return frozenset(found)


def unenrolled(matched: Collection[str], enrolled: Collection[str]) -> Unenrolled:
    """Lays the subjects that `who` matches beside those enrolled."""
    return Unenrolled(tuple(sorted(set(matched) - set(enrolled))), tuple(sorted(set(enrolled) - set(matched))))


@dataclass(frozen=True, slots=True)
class Counted:
    """Population and households of a village, as declared by it or as registered. Refuses less than 0 (ValueError)."""

    population: int
    households: int

    def __post_init__(self) -> None:
        if self.population < 0 or self.households < 0:
            raise ValueError("Population and households cannot be less than 0.")


def short_of_declared(declared: Mapping[str, Counted], registered: Mapping[str, Counted]) -> dict[str, Counted | None]:
    """Gives, by place, how far registration lags behind what was declared, at least 0; places in step are left out.

    A place registered without any declaration comes with None: its denominator cannot be checked.
    """
    lags: dict[str, Counted | None] = dict.fromkeys(sorted(set(registered) - set(declared)))
    for place, said in sorted(declared.items()):
        have = registered.get(place, Counted(0, 0))
        lag = Counted(max(0, said.population - have.population), max(0, said.households - have.households))
        if lag != Counted(0, 0):
            lags[place] = lag
    return lags


@dataclass(frozen=True, slots=True)
class Movement:
    """Why `after` is not `before`: after = before + joined − ended − excused + resumed, always.

    All count obligations. `resumed` were excused before and no longer are. Each `by_` counts them by the person
    who did it; under "" those no person moved: the calendar asks more or less of the enrolment on one of the days.
    """

    before: int
    joined: int
    ended: int
    excused: int
    resumed: int
    after: int
    by_joined: Mapping[str, int] = field(default_factory=dict, hash=False)
    by_ended: Mapping[str, int] = field(default_factory=dict, hash=False)
    by_excused: Mapping[str, int] = field(default_factory=dict, hash=False)
    by_resumed: Mapping[str, int] = field(default_factory=dict, hash=False)


def movement(book: Book, before: Iterable[Judged], after: Iterable[Judged], *, as_of: datetime) -> Movement:
    """Explains the number expected `after` (today) against `before` (yesterday), as judged at the moment `as_of`."""
    known = book.as_known(as_of)
    before, after = tuple(before), tuple(after)
    change = _owed(after)
    change.subtract(_owed(before))
    more_excused = _excused(after)
    more_excused.subtract(_excused(before))
    joined, ended = +change, -change
    excused, resumed = +more_excused, -more_excused
    return Movement(
        before=_expected(before),
        joined=joined.total(),
        ended=ended.total(),
        excused=excused.total(),
        resumed=resumed.total(),
        after=_expected(after),
        by_joined=_by_whom(joined, _enrolled_by(known, before)),
        by_ended=_by_whom(ended, _ended_by(known, after)),
        by_excused=_by_whom(excused, {each.excuse.enrolment: each.excuse.by for each in after if each.excuse}),
        by_resumed=_by_whom(resumed, _removed_by(known)),
    )


class Fall(StrEnum):
    """What can take an obligation out of the denominator."""

    ENDED = "ended"
    EXCUSED = "excused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class FallBeforeDue:
    """Something left the denominator shortly before a due time: what, of which enrolment, by whom and when."""

    fall: Fall
    enrolment: str
    by: str
    known_at: datetime


def falls_before_due(
    book: Book, due: datetime, *, as_of: datetime, within: timedelta = BEFORE_DUE
) -> tuple[FallBeforeDue, ...]:
    """Gives, in order, what was learned in [due − within, due] and takes something out of what falls due then.

    Endings, excuses and withdrawals, from what is known at `as_of`. An integrity finding starts from them; none of
    them is one by itself.
    """
    known = book.as_known(as_of)
    enrolment_of = {each.id: each.enrolment for each in known.owed if each.window.due == due}
    falls = [FallBeforeDue(Fall.ENDED, e.enrolment, e.by, e.known_at) for e in known.endings if e.at < due]
    falls += [FallBeforeDue(Fall.EXCUSED, e.enrolment, e.by, e.known_at) for e in _holding(known.excuses, due)]
    falls += [
        FallBeforeDue(Fall.WITHDRAWN, enrolment_of[e.owed], e.by, e.known_at)
        for e in known.withdrawals
        if e.owed in enrolment_of
    ]
    shortly = [each for each in falls if due - within <= each.known_at <= due]
    return tuple(sorted(shortly, key=lambda each: (each.known_at, each.enrolment, each.fall)))


def _holding(excuses: Iterable[Excuse], due: datetime) -> list[Excuse]:
    return [each for each in excuses if each.since <= due < each.until]


def _owed(judged: Iterable[Judged]) -> Counter[str]:
    return Counter(each.obligation.enrolment for each in judged)


def _excused(judged: Iterable[Judged]) -> Counter[str]:
    return Counter(each.obligation.enrolment for each in judged if each.standing is Standing.EXCUSED)


def _expected(judged: Iterable[Judged]) -> int:
    return sum(each.standing is not Standing.EXCUSED for each in judged)


def _enrolled_by(known: Book, before: Iterable[Judged]) -> dict[str, str]:
    """Who enrolled what was not yet enrolled, or not known to be, when the first window before opened."""
    first = min((each.obligation.window.opens for each in before), default=None)
    return {each.id: each.by for each in known.enrolments if first is None or max(each.start, each.known_at) > first}


def _ended_by(known: Book, after: Iterable[Judged]) -> dict[str, str]:
    """Who ended what was over when the last window after fell due."""
    last = max((each.obligation.window.due for each in after), default=None)
    return {each.enrolment: each.by for each in known.endings if last is None or each.at < last}


def _removed_by(known: Book) -> dict[str, str]:
    enrolment_of = {each.id: each.enrolment for each in known.excuses}
    return {enrolment_of[each.excuse]: each.by for each in known.removals if each.excuse in enrolment_of}


def _by_whom(moved: Counter[str], who: Mapping[str, str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for enrolment, number in moved.items():
        counts[who.get(enrolment, "")] += number
    return dict(sorted(counts.items()))
