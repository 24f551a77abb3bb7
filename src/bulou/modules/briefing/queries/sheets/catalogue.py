"""What may fill a superior's sheet in an operation: its regimes and their windows, the lines of its briefing, its places and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bulou.modules.briefing.queries import composing
from bulou.modules.briefing.queries.counting import VIEW, Asking
from bulou.modules.briefing.rules import fillers, parts
from bulou.modules.briefing.rules.figures import Definition
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.modules.briefing.rules.suggesting import Node
from bulou.modules.ledger.queries import trees
from bulou.modules.ledger.queries.stated import counts_asked
from bulou.modules.registry.queries import organisation
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer

NO_REGIME, NO_WINDOW, NO_LINE, NO_NAME, NO_NODE = "gone_regime", "gone_window", "gone_line", "gone_name", "gone_node"
NO_FACT = "gone_fact"
LEVELS = ("town", "village")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is to choose from at a moment. `regimes` in force, with their titles; `lines` = title and definition by key;
    `facts` = titles of the numbers reports state, by regime and code.
    """

    operation: Any
    regimes: Mapping[str, Mapping[str, str]]
    windows: tuple[str, ...]
    lines: Mapping[str, tuple[Mapping[str, str], Definition]]
    stated: tuple[str, ...]
    facts: Mapping[tuple[str, str], str]
    nodes: tuple[Node, ...]

    @property
    def definitions(self) -> dict[str, Definition]:
        """The definitions of the briefing's own lines."""
        return {key: definition for key, (_titles, definition) in self.lines.items()}

    def node(self, given: Mapping[str, Any]) -> Node | None:
        """The place or unit a cell's limits name."""
        by, pk = given.get("by") or "place", given.get("node")
        return next((one for one in self.nodes if one.by == by and one.id == pk), None)

    def why_gone(self, one: Mapped) -> str:
        """The code of what a cell's figure needs and is there no more; '' if it can be counted."""
        given = one.given
        if any(key not in self.regimes for key in given.get("regimes", ())):
            return NO_REGIME
        if given.get("window") and given["window"] not in self.windows:
            return NO_WINDOW
        if one.fill == fillers.LINE and given["line"] not in self.lines:
            return NO_LINE
        if one.fill == fillers.STATED and given["name"] not in self.stated:
            return NO_NAME
        if one.fill == fillers.FACT and (given["regimes"][0], given["fact"]) not in self.facts:
            return NO_FACT
        return NO_NODE if given.get("node") and self.node(given) is None else ""


def catalogue(viewer: Viewer, operation: Any, *, now: datetime, at: datetime | None = None) -> Catalogue:
    """What a sheet of this operation may be filled with as of a moment (now, unless told), in the viewer's reach."""
    asking = Asking(viewer, operation, at or now, now)
    mine = {key: one.titles for key, one in asking.regimes().items()}
    asked = counts_asked(operation.pk, asking.regimes().values())
    facts = {(regime.key, one.code): one.title or one.code for regime, one in asked}
    return Catalogue(
        operation,
        mine,
        _windows(asking),
        _lines(operation),
        tuple(composing.stated_names(asking)),
        facts,
        _nodes(asking),
    )


def _windows(asking: Asking) -> tuple[str, ...]:
    """The names of windows there were today or yesterday: a regime may owe several a day."""
    zone = trees.zone_of(asking.operation.pk)
    days = (clock.local_day(asking.at, zone), clock.local_day(asking.at - timedelta(days=1), zone))
    return tuple(sorted({one.name for day in days for one in asking.windows(day) if one.name}))


def _lines(operation: Any) -> dict[str, tuple[Mapping[str, str], Definition]]:
    found = {}
    for _key, item in composing.items(operation):
        for line in item["lines"] if item["kind"] == parts.ORGANISATION else ():
            limits = {name: value for name, value in line.items() if name not in ("key", "title", "count")}
            found[line["key"]] = (line["title"], Definition(line["count"], limits))
    return found


def _nodes(asking: Asking) -> tuple[Node, ...]:
    """Towns, then villages, then units: the operation's own, and those that stand by themselves."""
    root = asking.operation.root_id
    places = organisation.places_at(asking.viewer, VIEW, root, asking.at, levels=LEVELS)
    found = [Node("place", one.place_id, one.name, one.parent.name if one.parent else "", one.level) for one in places]
    units = organisation.units_at(asking.viewer, VIEW, "", organisation.Wanted(), asking.at).select_related("parent")
    found += [
        Node("unit", one.unit_id, one.name, one.parent.name if one.parent else "", "unit")
        for one in units
        if _is_ours(one, asking)
    ]
    return tuple(sorted(found, key=lambda one: (*LEVELS, "unit").index(one.level)))


def _is_ours(one: Any, asking: Asking) -> bool:
    """Whether a unit is not one of another operation's."""
    owner, dot, _key = one.unit.code.partition(".")
    return not dot or not owner.isdecimal() or owner == str(asking.operation.pk)
