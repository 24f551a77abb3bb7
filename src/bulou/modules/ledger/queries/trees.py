"""The figures of an operation along the place tree or the unit tree, now or as of any past moment; and their trend. Figures are core's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import add
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from bulou.core.coverage import Figures
from bulou.modules.ledger.models import Regime, Window
from bulou.modules.ledger.queries.reach import VIEW, reach, regimes
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer

Counts = tuple[int, ...]
NOTHING: Counts = (0,) * 7


@dataclass(slots=True)
class Node:
    """A place or unit (None = belongs to no unit): what counts at it itself, and with everything below.

    Of hundreds of nodes a page shows twenty: figures are made when they are asked for, until then the counts stay as they were read.
    """

    id: int | None
    parent_id: int | None
    own_counts: Counts = NOTHING
    counts: Counts = NOTHING
    children: list[int | None] = field(default_factory=list)

    @property
    def own(self) -> Figures:
        """What counts at the node itself."""
        return Figures(*self.own_counts)

    @property
    def total(self) -> Figures:
        """Its own and all that counts below it."""
        return Figures(*self.counts)


@dataclass(frozen=True, slots=True)
class Tree:
    """Every node that has figures and is in the viewer's reach, by id; `total` = all of them, each obligation once."""

    nodes: Mapping[int | None, Node]
    total: Figures
    at: datetime

    def roots(self) -> list[Node]:
        """The highest nodes."""
        return [node for node in self.nodes.values() if node.parent_id is None or node.parent_id not in self.nodes]

    def of(self, node_id: int | None) -> Figures:
        """The total of a node; nothing where it has none."""
        node = self.nodes.get(node_id)
        return node.total if node else Figures()


def tree(
    viewer: Viewer, operation_id: int, *, start: datetime, end: datetime, now: datetime, regime_id: int | None = None, by: str = "place",
    as_of: datetime | None = None,
) -> Tree:  # fmt: skip
    """The figures of every window and duty that opens in [start, end), of one regime or all: `by` "place" or "unit".

    Without `as_of` as they stand now; with it as they were known then, nothing later counted.
    """
    ids = [one.pk for one in regimes_of(viewer, operation_id, regime_id)]
    found = Window.objects.filter(regime_id__in=ids, opens__gte=start, opens__lt=end)
    windows = list(found.values_list("pk", flat=True))
    return _tree(viewer, operation_id, windows, ids, (start, end), now, by, as_of)


def window_tree(
    viewer: Viewer, window: Window, *, now: datetime, by: str = "place", as_of: datetime | None = None
) -> Tree:
    """The figures of one window."""
    operation_id = window.regime.operation_id
    return _tree(viewer, operation_id, [window.pk], [], (window.opens, window.opens), now, by, as_of)


def window_totals(viewer: Viewer, windows: Sequence[Window], *, now: datetime) -> dict[int, Figures]:
    """All figures in reach of each of these windows of one operation, by id; a window with none is left out."""
    if not windows:
        return {}
    operation_id = windows[0].regime.operation_id
    mine = reach(viewer, VIEW, operation_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id, sum(t.on_time)::int, sum(t.late)::int, sum(t.missing)::int, sum(t.pending)::int, sum(t.excused)::int,"
            "   sum(t.done_late)::int, sum(t.due_so_far)::int FROM unnest(%s::bigint[]) AS k (id)"
            " CROSS JOIN LATERAL ledger_tree(false, ARRAY[k.id], '{}', %s, %s, %s, false, %s, %s, %s::bigint[], %s::bigint[]) t"
            " WHERE t.is_own GROUP BY 1",
            [
                [one.pk for one in windows] if not mine.is_nothing else [], now, now, now, root_of(operation_id), mine.is_everything,
                list(mine.places), list(mine.units),
            ],
        )  # fmt: skip
        return {row[0]: Figures(*row[1:]) for row in cursor.fetchall()}


def day_tree(
    viewer: Viewer, operation_id: int, day: date, *, now: datetime, regime_id: int | None = None, by: str = "place",
    as_of: datetime | None = None,
) -> Tree:  # fmt: skip
    """The figures of a local day: of all windows that open on it."""
    start, end = day_span(operation_id, day)
    return tree(viewer, operation_id, start=start, end=end, now=now, regime_id=regime_id, by=by, as_of=as_of)


def trend(
    viewer: Viewer, operation_id: int, *, now: datetime, days: int = 14, node_id: int | None = None, regime_id: int | None = None,
    by: str = "place",
) -> list[tuple[date, Figures]]:  # fmt: skip
    """The figures of a node (of all, unless told) on each of the last days, today last. One question for all of them."""
    mine = reach(viewer, VIEW, operation_id)
    zone = zone_of(operation_id)
    today = clock.local_day(now, zone)
    shown = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    if mine.is_nothing:
        return [(day, Figures()) for day in shown]
    starts, ends = zip(*(clock.day_span(day, zone) for day in shown), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _TREND,
            {
                "starts": list(starts), "ends": list(ends), "by_unit": by == "unit", "operation": operation_id, "regime": regime_id, "now": now,
                "root": root_of(operation_id), "everything": mine.is_everything, "places": list(mine.places), "units": list(mine.units),
                "node": node_id,
            },
        )  # fmt: skip
        found = {row[0]: Figures(*row[1:]) for row in cursor.fetchall()}
    return [(day, found.get(number, Figures())) for number, day in enumerate(shown, 1)]


_TREND = (
    "WITH g AS MATERIALIZED (SELECT array_agg(r.id) AS ids FROM ledger_regime r WHERE r.operation_id = %(operation)s"
    "   AND (%(regime)s::bigint IS NULL OR r.id = %(regime)s))"
    " SELECT k.n, sum(t.on_time)::int, sum(t.late)::int, sum(t.missing)::int, sum(t.pending)::int, sum(t.excused)::int, sum(t.done_late)::int,"
    "   sum(t.due_so_far)::int"
    "  FROM g CROSS JOIN unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS k (a, b, n)"
    "  CROSS JOIN LATERAL ledger_tree(%(by_unit)s, ARRAY(SELECT w.id FROM ledger_window w WHERE w.regime_id = ANY(g.ids) AND w.opens >= k.a"
    "    AND w.opens < k.b), g.ids, k.a, k.b, %(now)s, false, %(root)s, %(everything)s, %(places)s::bigint[], %(units)s::bigint[]) t"
    "  WHERE CASE WHEN %(node)s::bigint IS NULL THEN t.is_own ELSE t.node = %(node)s END GROUP BY 1"
)


def windows(
    viewer: Viewer, operation_id: int, *, start: datetime, end: datetime, regime_id: int | None = None
) -> list[Window]:
    """The opened calendar windows of [start, end), in order of opening."""
    ids = [one.pk for one in regimes_of(viewer, operation_id, regime_id)]
    found = Window.objects.filter(regime_id__in=ids, opens__gte=start, opens__lt=end).select_related("regime")
    return list(found.order_by("opens", "regime__key", "name", "phase"))


def window_at(viewer: Viewer, regime_id: int, at: datetime) -> Window | None:
    """The window of a regime that is open at a moment (opens ≤ at < closes), or None; the last opened, if several are."""
    ids = [one.pk for one in regimes(viewer) if one.pk == regime_id]
    found = Window.objects.filter(regime_id__in=ids, opens__lte=at, closes__gt=at).select_related("regime")
    return found.order_by("-opens").first()


def regimes_of(viewer: Viewer, operation_id: int, regime_id: int | None = None) -> list[Regime]:
    """The regimes of an operation, ended ones too, where the viewer has any reach; one of them, if told."""
    if reach(viewer, VIEW, operation_id).is_nothing:
        return []
    found = Regime.objects.filter(operation_id=operation_id)
    return list((found.filter(pk=regime_id) if regime_id is not None else found).order_by("key"))


def zone_of(operation_id: int) -> ZoneInfo:
    """The time zone whose local days count in an operation; the county's, before it has a regime."""
    zone = Regime.objects.filter(operation_id=operation_id).values_list("zone", flat=True).first()
    return ZoneInfo(zone) if zone else clock.COUNTY_ZONE


_ROOTS: dict[int, int] = {}


def root_of(operation_id: int) -> int | None:
    """The place an operation is rooted at: it never changes, so it is asked once in a process."""
    if operation_id not in _ROOTS and (root := _root(operation_id)) is not None:
        _ROOTS[operation_id] = root
    return _ROOTS.get(operation_id)


def _root(operation_id: int) -> int | None:
    return Regime.objects.filter(operation_id=operation_id).values_list("operation__root_id", flat=True).first()


def day_span(operation_id: int, day: date) -> tuple[datetime, datetime]:
    """The moments [start, end) of a local day of an operation."""
    return clock.day_span(day, zone_of(operation_id))


def _tree(
    viewer: Viewer, operation_id: int, wins: Sequence[int], ids: Sequence[int], span: tuple[datetime, datetime], now: datetime, by: str,
    as_of: datetime | None,
) -> Tree:  # fmt: skip
    mine = reach(viewer, VIEW, operation_id)
    at = now if as_of is None else min(as_of, now)
    if mine.is_nothing:
        return Tree({}, Figures(), at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT node, parent, is_own, on_time, late, missing, pending, excused, done_late, due_so_far FROM ledger_tree("
            "%s, %s::bigint[], %s::bigint[], %s, %s, %s, %s,"
            " %s, %s, %s::bigint[], %s::bigint[])",
            [
                by == "unit", list(wins), list(ids), *span, at, as_of is not None, root_of(operation_id), mine.is_everything, list(mine.places),
                list(mine.units),
            ],
        )  # fmt: skip
        return _built(cursor.fetchall(), at)


def _built(rows: Iterable[tuple[Any, ...]], at: datetime) -> Tree:
    """Nodes from (node, parent, is own, seven counts): most nodes have one row, so that little is added here."""
    nodes: dict[int | None, Node] = {}
    own: list[Counts] = []
    for row in rows:
        counts = row[3:]
        node = nodes.get(row[0])
        if node is None:
            node = nodes[row[0]] = Node(row[0], row[1], NOTHING, counts)
        else:
            node.counts = _added(node.counts, counts)
        if row[2]:
            node.own_counts = counts if node.own_counts is NOTHING else _added(node.own_counts, counts)
            own.append(counts)
    for node in nodes.values():
        if node.parent_id is not None and node.parent_id in nodes:
            nodes[node.parent_id].children.append(node.id)
    return Tree(nodes, Figures(*map(sum, zip(*own, strict=True))) if own else Figures(), at)


def _added(one: Counts, other: Counts) -> Counts:
    return tuple(map(add, one, other))
