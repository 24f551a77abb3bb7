"""Signing a day's figures off: village, town, county; department, county. Sending back, closing and opening a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bulou.core.coverage import Figures
from bulou.modules.ledger.models import Regime
from bulou.modules.ledger.queries import names, reach, signatures, trees
from bulou.modules.ledger.queries.lines import lineages
from bulou.modules.ledger.services import signing
from bulou.modules.ledger.views.days import FIRST, is_near
from bulou.modules.operations.queries.operations import current_operation, operation
from bulou.platform.access.guard import needs
from bulou.platform.clock import local_day
from bulou.platform.pages.components.panels import Tab
from bulou.platform.pages.components.texts import number

SIGN = "ledger.sign_off"
FIGURES = {
    "expected": _("Expected"),
    "actual": pgettext_lazy("chase", "Reported"),
    "on_time": _("On time"),
    "late": _("Late"),
    "missing": pgettext_lazy("chase", "Missing"),
    "excused": _("Excused"),
    "pending": _("Pending"),
    "done_late": _("Done late"),
    "due_so_far": pgettext_lazy("chase", "Due so far"),
}


@dataclass(slots=True)
class Row:
    """A node as the page shows it: its figures now, what was signed, what has changed since, and what this viewer may do."""

    node_id: int
    name: str
    depth: int
    figures: Figures
    stands: signatures.Stands | None
    changed: list[tuple[str, str]]
    waits_for: int
    may_sign: bool
    may_return: bool


@needs(SIGN)
@require_safe
def sign_off(request: HttpRequest) -> HttpResponseBase:
    """The figures of a regime on a day, node by node, and who has signed. `?operation= &regime= &day= &by=place|unit`."""
    viewer, now = request.viewer, request.now
    found = operation(viewer, request.GET["operation"]) if request.GET.get("operation") else current_operation(viewer)
    regimes = reach.regimes(viewer, operation_id=found.pk, permission=SIGN) if found else []
    if found is None or not regimes:
        return render(request, "ledger/chase/sign_off.html", {"operation": found, "regimes": []})
    regime = next((one for one in regimes if one.key == request.GET.get("regime")), regimes[0])
    day = _day(request.GET.get("day"), trees.zone_of(found.pk), now)
    by = "unit" if request.GET.get("by") == "unit" else "place"
    start, end = trees.day_span(found.pk, day)
    stands = signatures.signatures(viewer, regime, start=start, end=end, now=now, by=by)
    tree = trees.tree(viewer, found.pk, start=start, end=end, now=now, regime_id=regime.pk, by=by)
    context = {
        "operation": found, "regime": regime, "regimes": regimes, "day": day, "by": by, "is_over": now >= end,
        "rows": _rows(viewer, found.pk, tree, stands, by),
        "tabs": [Tab(one.key, one.title, _address(found, one, day, by)) for one in regimes],
        "ways": [Tab(way, words, _address(found, regime, day, way)) for way, words in (("place", _("By place")), ("unit", _("By unit")))],
        "before": _address(found, regime, day - timedelta(days=1), by),
        "after": _address(found, regime, day + timedelta(days=1), by) if end <= now else "",
        "is_closed": signatures.is_closed(viewer, found.pk, day),
        "may_close": viewer.may("ledger.close_day"),
    }  # fmt: skip
    return render(request, "ledger/chase/sign_off.html", context)


@needs(SIGN)
@require_POST
def sign(request: HttpRequest) -> HttpResponseBase:
    """Sign one node's figures."""
    regime, day, by = _asked(request)
    start, end = trees.day_span(regime.operation_id, day)
    signing.sign_off(
        by=request.viewer, regime=regime, node_kind=by, node_id=_number(request, "node"), start=start, end=end, once=_once(request),
        now=request.now,
    )  # fmt: skip
    return redirect(_address(regime.operation, regime, day, by))


@needs(SIGN)
@require_POST
def send_back(request: HttpRequest) -> HttpResponseBase:
    """Send signed figures back, with a reason."""
    regime, day, by = _asked(request)
    signing.return_sign_off(
        by=request.viewer,
        signature_id=_number(request, "signature"),
        why=request.POST.get("why", ""),
        once=_once(request),
        now=request.now,
    )
    return redirect(_address(regime.operation, regime, day, by))


@needs("ledger.close_day")
@require_POST
def set_day(request: HttpRequest) -> HttpResponseBase:
    """Close a day, or open it again with a reason."""
    regime, day, by = _asked(request)
    how: dict[str, Any] = {
        "by": request.viewer, "operation_id": regime.operation_id, "day": day, "once": _once(request), "now": request.now,
        "why": request.POST.get("why", ""),
    }  # fmt: skip
    if request.POST.get("to") == "open":
        signing.reopen_day(**how)
    else:
        signing.close_day(**how)
    return redirect(_address(regime.operation, regime, day, by))


def _rows(viewer: Any, operation_id: int, tree: trees.Tree, stands: dict[int, signatures.Stands], by: str) -> list[Row]:
    ids = [node_id for node_id in tree.nodes if node_id is not None]
    named, lines = names.named(viewer, by, ids), lineages(by, ids)
    mine = reach.reach(viewer, SIGN, operation_id)
    rows: list[Row] = []

    def walk(node: trees.Node, depth: int) -> None:
        if node.id is not None:
            rows.append(_row(node, depth, named, stands, _covers(mine, by, lines.get(node.id, [])), tree))
        below = [tree.nodes[child] for child in node.children if child in tree.nodes]
        for child in sorted(below, key=lambda one: named.get(one.id or 0, ("", ""))[0]):
            walk(child, depth + 1)

    for root in sorted(tree.roots(), key=lambda one: named.get(one.id or 0, ("", ""))[0]):
        walk(root, 0)
    return rows


def _row(
    node: trees.Node, depth: int, named: Any, stands: dict[int, signatures.Stands], is_mine: bool, tree: trees.Tree
) -> Row:
    one = stands.get(node.id or 0)
    is_signed = one is not None and one.signature.act == "signed"
    waits = [child for child in node.children if child is not None and not _is_signed(stands.get(child))]
    changed = [
        (str(FIGURES[key]), f"{change:+d}") for key, change in (one.difference if one else {}).items() if key in FIGURES
    ]
    return Row(
        node.id or 0, named.get(node.id or 0, (number(node.id), ""))[0], min(depth, 3), node.total, one, changed, len(waits),
        may_sign=is_mine and not is_signed and not waits, may_return=is_mine and is_signed,
    )  # fmt: skip


def _is_signed(one: signatures.Stands | None) -> bool:
    return one is not None and one.signature.act == "signed"


def _covers(mine: reach.Reach, by: str, lineage: list[int]) -> bool:
    return mine.is_everything or (mine.covers(lineage, ()) if by == "place" else mine.covers((), lineage))


def _asked(request: HttpRequest) -> tuple[Regime, date, str]:
    regime = reach.regime(
        request.viewer, _number(request, "regime"), SIGN if request.viewer.may(SIGN) else "ledger.close_day"
    )
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Http404 from None
    if not is_near(day):
        raise Http404
    return regime, day, "unit" if request.POST.get("by") == "unit" else "place"


def _day(text: str | None, zone: Any, now: Any) -> date:
    today = local_day(now, zone)
    try:
        return max(FIRST, min(date.fromisoformat(text or ""), today))
    except ValueError:
        return today


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    if not value.isdigit() or len(value) > 18:
        raise Http404
    return int(value)


def _once(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        raise Http404 from None


def _address(found: Any, regime: Regime, day: date, by: str) -> str:
    return f"{reverse('ledger:sign_off')}?operation={found.key}&regime={regime.key}&day={day.isoformat()}&by={by}"
