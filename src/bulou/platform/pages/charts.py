"""Geometry of charts, in plain numbers: squarified treemap, columns, bars, lines. Draws nothing; the templates do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, top left and size, in the chart's own units."""

    x: float
    y: float
    width: float
    height: float


def treemap(weights: Sequence[float], width: float, height: float) -> list[Box]:
    """One box per weight, areas in proportion, as square as possible (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000).

    Boxes come in the order of the weights given; a weight of zero or less gets an empty box.
    """
    order = sorted((i for i, weight in enumerate(weights) if weight > 0), key=lambda i: -weights[i])
    total = sum(weights[i] for i in order)
    boxes = [Box(0, 0, 0, 0)] * len(weights)
    if not order or total <= 0:
        return boxes
    scale = width * height / total
    room = Box(0, 0, width, height)
    while order:
        row = _best_row([weights[i] * scale for i in order], min(room.width, room.height))
        room, placed = _lay(row, room)
        for box in placed:
            boxes[order.pop(0)] = box
    return boxes


def _best_row(areas: Sequence[float], side: float) -> list[float]:
    """The first areas that together make the squarest row along `side`."""
    row = [areas[0]]
    for area in areas[1:]:
        if _worst([*row, area], side) > _worst(row, side):
            break
        row.append(area)
    return row


def _worst(row: Sequence[float], side: float) -> float:
    total = sum(row)
    return max(max(side * side * area / (total * total), total * total / (side * side * area)) for area in row)


def _lay(row: Sequence[float], room: Box) -> tuple[Box, list[Box]]:
    """Place a row along the shorter side; give the room that is left and the boxes."""
    total = sum(row)
    placed = []
    if room.width >= room.height:
        thick, at = total / room.height, room.y
        for area in row:
            placed.append(Box(room.x, at, thick, area / thick))
            at += area / thick
        return Box(room.x + thick, room.y, max(room.width - thick, 0), room.height), placed
    thick, at = total / room.width, room.x
    for area in row:
        placed.append(Box(at, room.y, area / thick, thick))
        at += area / thick
    return Box(room.x, room.y + thick, room.width, max(room.height - thick, 0)), placed


def scale_top(values: Sequence[float | None]) -> float:
    """A round number at or above the largest value: a short multiple of a power of ten; 1 where there is nothing."""
    top = max((value for value in values if value is not None), default=0)
    if top <= 0:
        return 1.0
    power = 1.0
    while power * 10 <= top:
        power *= 10
    while power > top:
        power /= 10
    return next(power * step for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if power * step >= top)


def line(
    values: Sequence[float | None], width: float, height: float, low: float | None = None, high: float | None = None
) -> list[str]:
    """SVG point lists for a line over equally spaced values; a None breaks the line (nothing known is not zero)."""
    known = [value for value in values if value is not None]
    if not known:
        return []
    low = min(known) if low is None else low
    high = max(known) if high is None else high
    reach = (high - low) or 1
    step = width / max(len(values) - 1, 1)
    pieces: list[list[str]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{i * step:.1f},{height - (value - low) / reach * height:.1f}")
    return [" ".join(piece) for piece in pieces if piece]
