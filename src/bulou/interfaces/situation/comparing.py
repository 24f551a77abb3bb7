"""One moment beside another: what fell due, where the denominator fell, expected against yesterday, declared against registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bulou.core.coverage import Figures
from bulou.interfaces.situation.asked import LOOK_BACK, NO_UNIT, PLACE, Asked
from bulou.interfaces.situation.assembly import Board
from bulou.modules.ledger.queries import trees
from bulou.modules.registry.queries import places

MOST_WINDOWS = 40


@dataclass(frozen=True, slots=True)
class FellDue:
    """A window that fell due in the meantime, who is missing in it, and where they are listed."""

    title: str
    due: datetime
    missing: int
    expected: int
    href: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What was expected before and is expected now."""

    name: str
    before: int
    now: int
    href: str

    @property
    def by(self) -> int:
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Declared:
    """What a place says it has against what the register has; None = not known."""

    name: str
    place_id: int
    people: int | None
    declared_people: int | None
    households: int | None
    declared_households: int | None

    @property
    def difference(self) -> int | None:
        """Declared less registered: above zero, people the register does not have."""
        if self.people is None or self.declared_people is None:
            return None
        return self.declared_people - self.people


def fallen_due(asked: Asked, since: datetime) -> list[FellDue]:
    """The windows that fell due in (since, now], the last first."""
    opened = trees.windows(
        asked.viewer, asked.operation.pk, start=since - LOOK_BACK, end=asked.now, regime_id=asked.regime_id
    )
    found = sorted((one for one in opened if since < one.due < asked.now), key=lambda one: one.due, reverse=True)
    shown = found[:MOST_WINDOWS]
    totals = trees.window_totals(asked.viewer, shown, now=asked.now)
    return [_fell_due(asked, one, totals.get(one.pk, Figures())) for one in shown]


def _fell_due(asked: Asked, window: Any, figures: Figures) -> FellDue:
    day = window.opens.astimezone(asked.zone).date()
    title = f"{window.regime.title} · {window.name}" if window.name else window.regime.title
    href = asked.to(day=day, regime_id=window.regime_id, window_id=window.pk, as_of=None).url(
        "rows", standing="missing"
    )
    return FellDue(title, window.due, figures.missing, figures.expected, href)


def fallen(asked: Asked, since: datetime) -> list[Movement]:
    """Today's places (or units) where less is expected now than was then, the most first; leaves of the tree only."""
    today = asked.to(day=asked.today, window_id=None, as_of=None)
    then, now = today.tree(since), today.tree(None)
    leaves = [one for one, node in then.nodes.items() if one is not None and not node.children]
    found = _movements(today, {one: (then.of(one).expected, now.of(one).expected) for one in leaves})
    return sorted((one for one in found if one.by < 0), key=lambda one: one.by)


def movements(asked: Asked) -> list[Movement]:
    """Expected on the day against the day before, for each child of the node shown, whatever moved most first."""
    before = asked.to(day=asked.day - timedelta(days=1), window_id=None)
    today = asked.to(window_id=None)
    was, now = before.tree(asked.as_of), today.tree(asked.as_of)
    ids = {one for one in {*was.nodes, *now.nodes} if one is not None}
    top = asked.node if asked.node else None
    shown = (
        {one for one in ids if _parent(was, now, one) == top}
        if top
        else {one for one in ids if _parent(was, now, one) is None}
    )
    if top is None and len(shown) == 1:
        only = next(iter(shown))
        shown = {one for one in ids if _parent(was, now, one) == only} or shown
    found = _movements(today, {one: (was.of(one).expected, now.of(one).expected) for one in shown})
    return sorted(found, key=lambda one: (-abs(one.by), one.name))


def _parent(was: Any, now: Any, one: int) -> int | None:
    """The node above, as far as it is in reach."""
    tree = now if one in now.nodes else was
    above = tree.nodes[one].parent_id
    return above if above in tree.nodes else None


def _movements(asked: Asked, pairs: dict[int, tuple[int, int]]) -> list[Movement]:
    names = asked.names_of(set(pairs))
    return [
        Movement(names.get(one, str(one)), before, now, asked.to(node=one).url("rows", standing="expected"))
        for one, (before, now) in pairs.items()
    ]


def declared(asked: Asked, board: Board) -> list[Declared]:
    """Declared against registered for the places shown on the board; nothing in the tree of units, nor for who may not see the register."""
    if asked.by != PLACE or not asked.viewer.may(places.PEOPLE):
        return []
    shown = {line.id: line.name for line in board.lines if line.id != NO_UNIT} or (
        {board.line.id: board.name} if board.line.id else {}
    )
    visible = places.everything(asked.viewer)
    chosen = [place for place in visible if place.pk in shown]
    figures = places.figures(asked.viewer, chosen, [one for one in visible if set(one.lineage) & shown.keys()])
    found = [
        Declared(place.name, place.pk, f.people, f.declared_people, f.households, f.declared_households)
        for place in chosen
        if (f := figures[place.pk]).declared_people is not None or f.people
    ]
    return sorted(found, key=lambda one: -abs(one.difference or 0))
