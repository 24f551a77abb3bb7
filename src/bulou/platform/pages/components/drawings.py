"""Charts as SVG drawn on the server: bars, stacked standings, columns, sparklines, treemaps. Each says its numbers in words too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bulou.platform.pages import charts
from bulou.platform.pages.components.texts import NONE, number


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, column or treemap cell. `of` is its denominator (a bar is then a share of it), `href` opens its rows.

    `tone` is one of good, late, bad, warn, info, quiet, open. In a treemap `value` is the area and `share` (0 to 1) the shade.
    """

    label: object
    value: float | None
    of: float | None = None
    href: str = ""
    tone: str = ""
    share: float | None = None
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


# A county at work stands between nine tenths and all: the steps are fine where it matters, at the top.
SHADES = ((1.0, "100%"), (0.95, "≥ 95%"), (0.8, "≥ 80%"), (0.5, "≥ 50%"), (0.0, "< 50%"))


def shade(share: float | None) -> int | str:
    """The step of a share: 0 = all, 4 = less than half, "none" = not known."""
    return "none" if share is None else next(step for step, (least, _words) in enumerate(SHADES) if share >= least)


def treemap(cells: Sequence[Bar], label: object = "", width: int = 960, height: int = 420) -> dict[str, Any]:
    """A treemap: area by `value`, shade by `share` in five steps (SHADES; darker = more is missing), each cell a link to its rows."""
    drawn = []
    for cell, box in zip(cells, charts.treemap([cell.value or 0 for cell in cells], width, height), strict=True):
        if box.width > 0:
            drawn.append(_cell(cell, box))
    return {
        "cells": drawn,
        "label": label,
        "width": width,
        "height": height,
        "shades": [words for _least, words in SHADES],
    }


def _cell(cell: Bar, box: charts.Box) -> dict[str, Any]:
    step = shade(cell.share)
    room = int((box.width - 12) / 13)
    name = str(cell.label)
    return {
        "bar": cell, "step": step, "x": f"{box.x + 1:.1f}", "y": f"{box.y + 1:.1f}",
        "width": f"{max(box.width - 2, 0):.1f}", "height": f"{max(box.height - 2, 0):.1f}",
        "name": name if len(name) <= room else name[: max(room - 1, 1)] + "…",
        "is_named": box.width > 42 and box.height > 22, "is_told": box.width > 42 and box.height > 42,
        "text_x": f"{box.x + 8:.1f}", "name_y": f"{box.y + 20:.1f}", "told_y": f"{box.y + 38:.1f}",
        "told": NONE if cell.share is None else cell.note or f"{100 * cell.share:.1f}%", "value": number(cell.value),
    }  # fmt: skip
