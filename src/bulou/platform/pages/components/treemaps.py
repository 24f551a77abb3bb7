"""The treemap of a place: area by how much is expected, colour by how much is missing of what was due, and nothing red before anything is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bulou.platform.pages import charts
from bulou.platform.pages.components.texts import number

# How much may be missing of what was due, step by step: a county at work stands near nothing, so the steps are fine there.
STEPS = ((0.0, gettext_noop("nobody")), (0.01, "≤ 1%"), (0.05, "≤ 5%"), (0.2, "≤ 20%"), (1.0, "> 20%"))
BAR = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `area` weighs it; `missing` is the share (0 to 1) missing of what was due, None where nothing has fallen due yet.

    `progress` = the share answered of all that is expected, `is_running` = some of it is not due yet; `excused` = the excused share of the
    area, drawn hatched. `told` stands below the name; `href` opens the cell's rows.
    """

    label: object
    area: float
    missing: float | None = None
    progress: float | None = None
    is_running: bool = False
    excused: float = 0.0
    told: object = ""
    href: str = ""


def step(missing: float | None) -> int | str:
    """The step of a missing share: 0 = nobody, 4 = more than a fifth, "open" = nothing is due yet."""
    if missing is None:
        return "open"
    return next(number for number, (most, _words) in enumerate(STEPS) if missing <= most)


def treemap(
    cells: Sequence[Cell], label: object = "", width: int = 960, height: int = 420, letters: int = 14
) -> dict[str, Any]:
    """A treemap with its legend; `letters` = the height of a name, in the units of width and height."""
    boxes = charts.treemap([cell.area or 0 for cell in cells], width, height)
    drawn = [_cell(cell, box, letters) for cell, box in zip(cells, boxes, strict=True) if box.width > 0]
    return {
        "cells": drawn,
        "label": label,
        "width": width,
        "height": height,
        "steps": [_(words) for _most, words in STEPS],
    }


def _cell(cell: Cell, box: charts.Box, letters: int) -> dict[str, Any]:
    x, y, width, height = box.x + 1, box.y + 1, max(box.width - 2, 0.0), max(box.height - 2, 0.0)
    hatched = width * min(max(cell.excused, 0.0), 1.0)
    return {
        "cell": cell, "step": step(cell.missing), "value": number(cell.area),
        "box": _rect(x, y, width, height), "filled": _filled(cell, x, y, width - hatched, height),
        "hatched": _rect(x + width - hatched, y, hatched, height) if hatched >= 1 else None, **_words(cell, box, letters),
    }  # fmt: skip


def _filled(cell: Cell, x: float, y: float, width: float, height: float) -> dict[str, str] | None:
    """Progress: the whole cell fills up until the due time; after it, a bar at its foot as long as more is to come."""
    if not cell.progress:
        return None
    if cell.missing is None:
        return _rect(x, y, width * cell.progress, height)
    return _rect(x, y + height - BAR, width * cell.progress, BAR) if cell.is_running and height > 3 * BAR else None


def _words(cell: Cell, box: charts.Box, letters: int) -> dict[str, Any]:
    """The name as far as there is room, and what is told below it."""
    room, name = int((box.width - letters) / (0.95 * letters)), str(cell.label)
    return {
        "name": name if len(name) <= room else name[: max(room - 1, 1)] + "…",
        "is_named": box.width > 3 * letters and box.height > 1.6 * letters,
        "is_told": bool(cell.told) and box.width > max(3, 0.6 * len(str(cell.told)) + 1) * letters and box.height > 3.1 * letters,
        "text_x": f"{box.x + 0.6 * letters:.1f}", "name_y": f"{box.y + 1.4 * letters:.1f}", "told_y": f"{box.y + 2.7 * letters:.1f}",
    }  # fmt: skip


def _rect(x: float, y: float, width: float, height: float) -> dict[str, str]:
    return {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}"}
