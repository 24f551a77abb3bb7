"""Charts as SVG drawn on the server: bars, stacked standings, columns, sparklines. Each says its numbers in words too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bulou.platform.pages import charts
from bulou.platform.pages.components.texts import number


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar or column. `of` is its denominator (a bar is then a share of it), `href` opens its rows.

    `tone` is one of good, late, bad, warn, info, quiet, open.
    """

    label: object
    value: float | None
    of: float | None = None
    href: str = ""
    tone: str = ""
    note: object = ""


def bars(rows: Iterable[Bar], label: object = "") -> dict[str, Any]:
    """Horizontal bars with their names and figures, one line each. All on one scale, or each on its own denominator."""
    rows = list(rows)
    top = max((row.value or 0 for row in rows if row.of is None), default=0) or 1
    drawn = []
    for row in rows:
        whole = row.of if row.of is not None else top
        share = 0 if not whole or row.value is None else min(row.value / whole, 1)
        drawn.append(
            {"bar": row, "width": f"{100 * share:.2f}", "value": number(row.value), "of": row.of and number(row.of)}
        )
    return {"rows": drawn, "label": label}


def stack(parts: Sequence[Bar], label: object = "", legend: bool = True) -> dict[str, Any]:
    """One bar made of parts that add up to a whole (standings of a place). Parts of zero are named but not drawn."""
    total = sum(part.value or 0 for part in parts)
    drawn, at = [], 0.0
    for part in parts:
        width = 100 * (part.value or 0) / total if total else 0
        drawn.append(
            {"bar": part, "x": f"{at:.3f}", "width": f"{max(width - 0.2, 0):.3f}", "value": number(part.value)}
        )
        at += width
    return {"parts": drawn, "total": number(total), "label": label, "legend": legend}


def columns(rows: Sequence[Bar], label: object = "", height: int = 120, unit: object = "") -> dict[str, Any]:
    """Vertical columns over time (14 days of reports). A value of None is a gap with a dash, not a column of zero."""
    top = charts.scale_top([row.value for row in rows])
    slot, room = 40, height - 32
    drawn = []
    for i, row in enumerate(rows):
        tall = 0 if row.value is None else row.value / top * room
        drawn.append({
            "bar": row, "x": i * slot + 5, "y": f"{16 + room - tall:.1f}", "height": f"{tall:.1f}",
            "middle": i * slot + slot / 2, "value": number(row.value), "over": f"{12 + room - tall:.1f}",
        })  # fmt: skip
    return {
        "rows": drawn, "label": label, "height": height, "width": max(len(rows), 1) * slot, "floor": height - 16, "unit": unit,
        "below": height - 3, "wide": slot - 10,
    }  # fmt: skip


def spark(values: Sequence[float | None], label: object = "", width: int = 96, height: int = 24) -> SafeString:
    """A line the height of a text line; a None breaks it. `label` says in words what it shows."""
    pieces = charts.line(values, width - 6, height - 6)
    lines = format_html_join("", '<polyline points="{}"/>', ((piece,) for piece in pieces))
    last = format_html('<circle cx="{}" cy="{}" r="2"/>', *pieces[-1].rsplit(" ", 1)[-1].split(",")) if pieces else ""
    words = '<svg class="spark" width="{}" height="{}" viewBox="-3 -3 {} {}" role="img" aria-label="{}">{}{}</svg>'
    return format_html(words, width, height, width, height, label, lines, last)
