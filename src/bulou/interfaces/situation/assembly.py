"""The board put together: the figures of a node, of each of its children, and the way up. Two reads of the tree at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from bulou.core.coverage import Figures
from bulou.interfaces.situation import households
from bulou.interfaces.situation.asked import NO_UNIT, Asked
from bulou.interfaces.situation.lines import Line, rate
from bulou.platform.pages.components.texts import number, percent
from bulou.platform.pages.components.treemaps import Cell

RUNNING = 0.05  # from this share to come on, a cell shows how far the whole day is


@dataclass(slots=True)
class Board:
    """What the page shows. `line` is the node itself; `now` its figures now, when one looks back."""

    asked: Asked
    name: str
    line: Line
    lines: list[Line]
    trail: list[tuple[str, str]]
    is_leaf: bool
    known: set[int | None] = field(default_factory=set)

    @property
    def figures(self) -> Figures:
        return self.line.figures

    @property
    def cells(self) -> list[Cell]:
        """The children as a treemap: area = all that opened, colour = missing of what was due, filled = answered, hatched = excused."""
        return [
            _cell(line) for line in sorted(self.lines, key=lambda line: -line.figures.opened) if line.figures.opened
        ]

    @property
    def changed(self) -> list[Line]:
        """Looking back: the children where something has moved since, the most first."""
        found = [line for line in self.lines if line.now is not None and line.now != line.figures]
        return sorted(found, key=lambda line: -abs(line.moved or 0))


def rate_of_due(figures: Figures) -> float | None:
    """Answered of what has fallen due; None while nothing has."""
    due = figures.due_so_far
    return (due - figures.missing) / due if due else None


def _cell(line: Line) -> Cell:
    f = line.figures
    return Cell(
        line.name, f.opened, f.missing / f.due_so_far if f.due_so_far else 0.0 if not f.pending else None, rate(f),
        f.pending >= RUNNING * f.expected > 0,
        f.excused / f.opened, _told(f), line.href,
    )  # fmt: skip


def _told(figures: Figures) -> str:
    """What stands in a cell: how many are missing, else how much has been answered, else that all are excused."""
    if figures.missing:
        return _("%(n)s missing") % {"n": number(figures.missing)}
    return percent(rate(figures)) if figures.expected else _("Excused")


def board(asked: Asked) -> Board:
    """The board of the node asked for; Http404 for one that is out of reach."""
    tree = asked.tree(asked.as_of)
    now = asked.tree(None) if asked.as_of else None
    nodes = {(NO_UNIT if one is None else one): node for one, node in tree.nodes.items()}
    asked.need_node(set(nodes))
    if asked.household_id is not None:
        return _of_household(asked, nodes)
    tops = [NO_UNIT if node.id is None else node.id for node in tree.roots()]
    focus = asked.node if asked.node is not None else tops[0] if len(tops) == 1 else None
    below = (
        tops if focus is None else [one for one in nodes[focus].children if one is not None] if focus in nodes else []
    )
    way = _way(nodes, focus)
    names = asked.names_of({*below, *way, *((focus,) if focus else ())})
    total = tree.total if focus is None else nodes[focus].total if focus in nodes else Figures()
    line = Line(focus or 0, _name(names, focus), total, asked, now=None if now is None else _now(now, focus))
    lines = [
        Line(one, _name(names, one), nodes[one].total, asked.to(node=one), now=None if now is None else _now(now, one))
        for one in below
    ]
    if focus in nodes and below and nodes[focus].own.opened:
        lines.append(Line(focus or 0, _("At its own level"), nodes[focus].own, asked.to(node=focus), is_own=True))
    trail = [(_("All"), asked.to(node=None).url("board"))] if len(tops) != 1 and focus is not None else []
    trail += [(_name(names, one), asked.to(node=one).url("board")) for one in way]
    return Board(asked, line.name, line, _ordered(lines), trail, not below and focus is not None, set(nodes))


def _of_household(asked: Asked, nodes: dict[int, Any]) -> Board:
    """The board of one household of a village: its figures, the way up through the village, and below it people only."""
    name, place = households.name_of(asked), asked.node or 0
    figures = households.figures_of(asked, asked.as_of)
    line = Line(place, name, figures, asked, now=households.figures_of(asked, None) if asked.as_of else None)
    way = [*_way(nodes, place), place]
    names = asked.names_of(set(way))
    trail = [(_name(names, one), asked.to(node=one).url("board")) for one in way]
    return Board(asked, name, line, [], trail, True, set(nodes))


def _way(nodes: dict[int, Any], focus: int | None) -> list[int]:
    """The nodes above one, from the top, as far as they are in reach."""
    way: list[int] = []
    above = nodes[focus].parent_id if focus is not None and focus in nodes else None
    while above is not None and above in nodes:
        way.insert(0, above)
        above = nodes[above].parent_id
    return way


def _name(names: dict[int, str], node: int | None) -> str:
    if node is None:
        return _("All in your reach")
    return _("Belongs to no unit") if node == NO_UNIT else names.get(node, str(node))


def _now(tree: Any, node: int | None) -> Figures:
    return tree.total if node is None else tree.of(None if node == NO_UNIT else node)


def _ordered(lines: Sequence[Line]) -> list[Line]:
    """Whoever lacks most comes first: missing, then pending, then in the order of the register."""
    return sorted(lines, key=lambda line: (line.is_own, -line.figures.missing, -line.figures.pending, line.id))
