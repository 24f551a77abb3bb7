"""Coverage: the figures of an operation, and what each of them means. This is the definition; the fast path obeys it.

Read it from the top: take the book as it was known, list what was owed, judge each obligation, count, and add up along
a tree. DHIS2's terms: expected, actual, actual on time. docs/ledger.md, "Figures".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from fractions import Fraction

from bulou.core.book import Book
from bulou.core.discharge import filed
from bulou.core.excuses import excuse_for
from bulou.core.moments import aware
from bulou.core.obligations import obligations
from bulou.core.standing import Judged, Standing, judge
from bulou.core.trees import Tree


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of obligations. They add up, so the figures of a node are the sum of those below it."""

    on_time: int = 0
    late: int = 0
    missing: int = 0
    pending: int = 0
    excused: int = 0
    done_late: int = 0
    due_so_far: int = 0

    @property
    def opened(self) -> int:
        """Windows opened: every obligation is in exactly one of the five standings."""
        return self.on_time + self.late + self.missing + self.pending + self.excused

    @property
    def expected(self) -> int:
        """Windows opened, less those excused."""
        return self.opened - self.excused

    @property
    def actual(self) -> int:
        """Answered, in time or late."""
        return self.on_time + self.late

    @property
    def arrived_late(self) -> int:
        """Done in time but received late: counted apart from `done_late`; the two make `late`."""
        return self.late - self.done_late

    @property
    def reporting_rate(self) -> Fraction | None:
        """actual / expected, exactly; None where nothing is expected (never 100 % of nothing)."""
        return Fraction(self.actual, self.expected) if self.expected else None

    @property
    def on_time_rate(self) -> Fraction | None:
        """on_time / expected, exactly; None where nothing is expected."""
        return Fraction(self.on_time, self.expected) if self.expected else None

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Node:
    """The figures of one node of a tree: `total` = its `own` + those that came up from each of its `children`."""

    own: Figures = Figures()
    children: Mapping[str | None, Figures] = field(default_factory=dict, hash=False)
    total: Figures = Figures()


def cover(
    book: Book, *, as_of: datetime, start: datetime, end: datetime, regime: str | None = None
) -> tuple[Judged, ...]:
    """Judges every obligation whose window opens in [start, end) and has opened by `as_of`, from what was known then.

    In order of opening, then enrolment. The past and the present are read alike: only `as_of` differs.
    """
    aware(start, "The start of a span of windows")
    aware(end, "The end of a span of windows")
    known = book.as_known(as_of)
    filings = filed(known)
    judged = [
        judge(
            owed,
            filings.get(owed.subject, ()),
            excuse_for(owed.enrolment, owed.window.due, known.excuses, known.removals),
            as_of=as_of,
        )
        for owed in obligations(known, start, end, regime=regime)
        if owed.window.opens <= as_of
    ]
    return tuple(sorted(judged, key=lambda each: (each.obligation.window, each.obligation.key)))


def figures(judged: Iterable[Judged]) -> Figures:
    """Counts judged obligations."""
    return sum((figure(each) for each in judged), Figures())


def figure(judged: Judged) -> Figures:
    """Gives the figures of a single obligation: one in its standing, nothing elsewhere."""
    counts = {judged.standing.value: 1, "done_late": int(judged.is_done_late)}
    is_due = judged.is_due and judged.standing is not Standing.EXCUSED
    return Figures(**counts, due_so_far=int(is_due))


def by_place(book: Book, judged: Iterable[Judged], *, as_of: datetime) -> dict[str | None, Node]:
    """Gives the figures of every place that has any, from the leaves to the roots."""
    return _roll_up(book.as_known(as_of).place_tree, ((each.obligation.place, each) for each in judged), as_of=as_of)


def by_unit(book: Book, judged: Iterable[Judged], *, as_of: datetime) -> dict[str | None, Node]:
    """Gives the figures of every unit that has any; under None those of enrolments that belong to no unit."""
    return _roll_up(book.as_known(as_of).unit_tree, ((each.obligation.unit, each) for each in judged), as_of=as_of)


def _roll_up(tree: Tree, seated: Iterable[tuple[str | None, Judged]], *, as_of: datetime) -> dict[str | None, Node]:
    """Each obligation counts at its node and at all above it, as the tree stood when it fell due."""
    nodes: dict[str | None, Node] = {}
    for node, each in seated:
        one, path = figure(each), tree.path(node, at=each.obligation.window.due)
        for below, here in zip((None, *path), path, strict=False):
            had = nodes.get(here, Node())
            if here == path[0]:
                nodes[here] = Node(had.own + one, had.children, had.total + one)
            else:
                came_up = {**had.children, below: had.children.get(below, Figures()) + one}
                nodes[here] = Node(had.own, came_up, had.total + one)
    return nodes
