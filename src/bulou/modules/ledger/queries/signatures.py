"""Signed figures, beside what has become of them; closed days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bulou.core.coverage import Figures
from bulou.core.signoff import Signed, difference
from bulou.modules.ledger.models import DayState, Regime, Signature
from bulou.modules.ledger.queries import trees
from bulou.modules.ledger.queries.reach import VIEW, reach
from bulou.modules.registry.queries import rosters
from bulou.platform.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Stands:
    """The newest act of a node on a span: signed or returned, the figures as signed, and what has changed since."""

    signature: Signature
    figures: Figures
    difference: dict[str, int]


def signatures(
    viewer: Viewer, regime: Regime, *, start: datetime, end: datetime, now: datetime, by: str = "place"
) -> dict[int, Stands]:
    """What each node in reach has signed for a span, with the difference to the figures now."""
    tree = trees.tree(viewer, regime.operation_id, start=start, end=end, now=now, regime_id=regime.pk, by=by)
    found = {}
    for one in _newest(regime, by, start, end):
        if one.node_id in tree.nodes:
            signed = Figures(**one.figures) if one.act == "signed" else Figures()
            found[one.node_id] = Stands(
                one, signed, _difference(one, signed, tree.of(one.node_id)) if one.act == "signed" else {}
            )
    return found


def signed_nodes(regime: Regime, node_kind: str, start: datetime, end: datetime) -> set[int]:
    """The nodes whose signature for a span stands: signed and not sent back since."""
    return {one.node_id for one in _newest(regime, node_kind, start, end) if one.act == "signed"}


def covers_node(viewer: Viewer, permission: str, operation_id: int, node_kind: str, node_id: int) -> bool:
    """Whether a place or unit lies below what the viewer holds the permission for."""
    mine = reach(viewer, permission, operation_id)
    if mine.is_everything:
        return True
    if node_kind == "place":
        lineage = rosters.lineages("place", [node_id]).get(node_id, [])
        return any(
            place in lineage for place, unit in zip(mine.places, mine.units, strict=True) if place and unit is None
        )
    lineage = rosters.lineages("unit", [node_id]).get(node_id, [])
    return any(unit in lineage for unit in mine.units if unit)


def is_closed(viewer: Viewer, operation_id: int, day: date) -> bool:
    """Whether a local day of an operation has been closed and not opened again."""
    if reach(viewer, VIEW, operation_id).is_nothing:
        return False
    newest = DayState.objects.filter(operation_id=operation_id, day=day).order_by("-at", "-pk").first()
    return bool(newest and newest.is_closed)


def _newest(regime: Regime, node_kind: str, start: datetime, end: datetime) -> list[Signature]:
    found = Signature.objects.filter(regime=regime, node_kind=node_kind, starts=start, ends=end)
    return list(found.order_by("node_id", "-at", "-pk").distinct("node_id"))


def _difference(one: Signature, signed: Figures, current: Figures) -> dict[str, int]:
    about = Signed(str(one.node_id), str(one.regime_id), one.starts, one.ends, signed, one.actor_name or "?", one.at)
    return difference(about, current)
